import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Relay, TenantGiven } from './relay'
import { startRelay } from './relay'
import { aShopAt } from './shop'

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => {
  relay.tribe.faults.clear()
  relay.powerOffice.faults.clear()
  expect(relay.violations()).toEqual([])
})
afterAll(() => relay.close())

const aShop = (given?: TenantGiven) => aShopAt(relay, given)

test('products of PowerOffice arrive in Tribe, with unit, VAT group and product group', async () => {
  const shop = await aShop({
    seed: (_crm, books) => {
      const group = books.hasProductGroup({ Name: 'Belysning' })
      books.hasProduct({
        Code: 'LED-40',
        Name: 'LED-panel 40 W',
        Description: '60×60 cm',
        ProductGroupId: group.Id,
        UnitOfMeasureCode: 'EA',
        UnitPrice: 899,
        UnitCost: 512.5,
        StandardSalesAccount: 3000,
      })
    },
  })
  const [product] = shop.crm.products()
  expect(product).toMatchObject({
    Code: 'LED-40',
    Name: 'LED-panel 40 W',
    Description: '60×60 cm',
    SalesPrice: 899,
    PurchasePrice: 512.5,
    IsInactive: false,
    ProductGroup: { Name: 'Belysning' },
    Unit: { Code: 'pcs' },
    VatGroup: { Percentage: 25 },
  })
})

test('a new product in Tribe is in PowerOffice at once, on the sales account of its VAT group', async () => {
  const shop = await aShop()
  shop.crm.hasProduct({
    Name: 'Konsulenttime',
    Code: 'KONS',
    SalesPrice: 1450,
    Unit: 'hr',
    VatGroup: 'NO25',
    ProductGroup: shop.crm.hasProductGroup('Tjenester'),
  })
  await shop.quiet()
  const account = shop.books.accountNo(3000)
  expect(shop.books.products()).toMatchObject([
    {
      Name: 'Konsulenttime',
      Code: 'KONS',
      UnitPrice: 1450,
      UnitOfMeasureCode: 'HUR',
      StandardSalesAccountId: account.Id,
    },
  ])
  expect(shop.books.productGroups().map((group) => group.Name)).toContain('Tjenester')
  expect((await shop.status()).links.product).toBe(1)
})

test('a product renamed on one side and repriced on the other is merged', async () => {
  const shop = await aShop({
    seed: (_crm, books) => books.hasProduct({ Name: 'Lampe', UnitPrice: 100, UnitOfMeasureCode: 'EA' }),
  })
  const [here] = shop.crm.products()
  const [there] = shop.books.products()
  if (!here || !there) throw new Error('no product')
  shop.books.editProduct(there.Id, { UnitPrice: 120 })
  shop.crm.edit(String(here.ID), { Name: 'Lampe, stor' })
  await shop.quiet()
  await shop.poll()
  expect(shop.books.product(there.Id)).toMatchObject({ Name: 'Lampe, stor', UnitPrice: 120 })
  expect(shop.crm.products()[0]).toMatchObject({ Name: 'Lampe, stor', SalesPrice: 120 })
})

test('a product archived in PowerOffice is inactive in Tribe after the next pull, and active again when revived', async () => {
  const shop = await aShop({
    seed: (_crm, books) => books.hasProduct({ Name: 'Utgått', UnitOfMeasureCode: 'EA' }),
  })
  const [there] = shop.books.products()
  if (!there) throw new Error('no product')
  shop.books.editProduct(there.Id, { IsArchived: true })
  await shop.poll()
  expect(shop.crm.products()[0]?.IsInactive).toBe(true)
  shop.books.editProduct(there.Id, { IsArchived: false })
  await shop.poll()
  expect(shop.crm.products()[0]?.IsInactive).toBe(false)
})

test('a product whose unit is not mapped waits, and goes by itself once it is', async () => {
  const shop = await aShop()
  const { mappings } = (await shop.api('GET', '/mappings/units')).body
  const box = shop.crm.lookupId('Datastore_Unit', 'box')
  await shop.put('/mappings/units', {
    mappings: mappings.filter((one: { tribeUnitId: string }) => one.tribeUnitId !== box),
  })
  shop.crm.hasProduct({ Name: 'Eske', Unit: 'box', VatGroup: 'NO25' })
  await shop.quiet()
  expect(shop.books.products()).toEqual([])
  expect((await shop.status()).problems).toMatchObject([
    { code: 'unit.unmapped', kind: 'product', message: expect.stringMatching(/box/i) },
  ])

  await shop.put('/mappings/units', { mappings })
  await shop.quiet()
  expect(shop.books.products()).toMatchObject([{ Name: 'Eske', UnitOfMeasureCode: 'BX' }])
  expect((await shop.status()).problems).toEqual([])
})

test('a product that is in step costs no call, a pull without news one, and a second load writes nothing', async () => {
  const shop = await aShop({
    seed: (_crm, books) => books.hasProduct({ Name: 'Stille', UnitPrice: 10.5, UnitOfMeasureCode: 'EA' }),
  })
  await shop.poll()
  relay.powerOffice.log.clear()
  relay.tribe.log.clear()
  await shop.poll()
  expect(shop.calls().map((seen) => seen.path)).toEqual(['/v2/Products'])
  await shop.api('POST', '/sync', { what: 'everything' })
  await shop.quiet()
  expect(shop.calls(/POST|PATCH/)).toEqual([])
  expect(relay.tribe.log.matching(/^(PUT|POST) \/v1\/odata/, shop.crm.id)).toEqual([])
})

test('activation is refused while the ledger account, a unit or a VAT group in use is open', async () => {
  const shop = await relay.tenant({
    settings: { products: { enabled: true }, relations: { enabled: false } },
    seed: (crm) => crm.hasProduct({ Name: 'I bruk', Unit: 'hr', VatGroup: 'NO25' }),
    activate: false,
  })
  const { status, body } = await shop.api('POST', '/activate')
  expect(status).toBe(409)
  const open = body.error.details.checklist
    .filter((item: { ok: boolean }) => !item.ok)
    .map((item: { step: string }) => item.step)
  expect(open).toEqual(['default-ledger-account', 'units', 'vat-groups'])
})
