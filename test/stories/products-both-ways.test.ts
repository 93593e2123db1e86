import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Relay, TenantGiven } from './relay'
import { startRelay } from './relay'
import {
  aShopAt,
  clearLogs,
  NO_WRITES,
  only,
  pairIn,
  problemsOf,
  recordOf,
  remap,
  sweep,
  writesTo,
} from './shop'

let relay: Relay
beforeAll(async () => {
  relay = await startRelay({ callTimeoutMs: 1500 })
})
afterEach(() => {
  relay.tribe.faults.clear()
  relay.powerOffice.faults.clear()
  expect(relay.violations()).toEqual([])
})
afterAll(() => relay.close())

const aShop = (given?: TenantGiven) => aShopAt(relay, given)
const LAMP = {
  Code: 'L1',
  Name: 'Lampe',
  UnitPrice: 100,
  UnitOfMeasureCode: 'EA',
  StandardSalesAccount: 3000,
}

/** A shop with one product that came from PowerOffice, in step and quiet. */
async function aPair(given: TenantGiven = {}, product: Record<string, unknown> = {}) {
  const shop = await aShop({ ...given, seed: (_crm, books) => books.hasProduct({ ...LAMP, ...product }) })
  const { here, there } = pairIn(shop)
  return { shop, tribeId: String(here.ID), powerOfficeId: there.Id }
}

// ── Each field ──────────────────────────────────────────────────────────────

const FIELDS: [what: string, inTribe: Record<string, unknown>, inPowerOffice: Record<string, unknown>][] = [
  ['code', { Code: 'L2' }, { Code: 'L2' }],
  ['name', { Name: 'Lampe, stor' }, { Name: 'Lampe, stor' }],
  ['description', { Description: 'Til taket' }, { Description: 'Til taket' }],
  ['price', { SalesPrice: 129.9 }, { UnitPrice: 129.9 }],
  ['cost', { PurchasePrice: 64.1234 }, { UnitCost: 64.1234 }],
  ['unit', { Unit: 'box' }, { UnitOfMeasureCode: 'BX' }],
  ['activity', { IsInactive: true }, { IsArchived: true }],
]

test('each field that is edited in Tribe is in PowerOffice at once, for two calls, and its echo costs none', async () => {
  const { shop, tribeId, powerOfficeId } = await aPair()
  await shop.poll()
  for (const [what, inTribe, inPowerOffice] of FIELDS) {
    clearLogs(relay)
    shop.crm.edit(tribeId, inTribe as never)
    await shop.quiet()
    expect(shop.books.product(powerOfficeId), what).toMatchObject(inPowerOffice)
    expect(
      shop.calls().map(({ method }) => method),
      what,
    ).toEqual(['GET', 'PATCH'])
  }
  clearLogs(relay)
  await shop.poll()
  await sweep(shop, 'compare')
  expect(writesTo(shop)).toEqual(NO_WRITES)
})

test('each field that is edited in PowerOffice is in Tribe after the next pull, for one write', async () => {
  const { shop, powerOfficeId } = await aPair()
  await shop.poll()
  for (const [what, inTribe, inPowerOffice] of FIELDS) {
    clearLogs(relay)
    shop.books.editProduct(powerOfficeId, inPowerOffice)
    await shop.poll()
    const expected = what === 'unit' ? { Unit: { Code: 'box' } } : inTribe
    expect(pairIn(shop).here, what).toMatchObject(expected)
    expect(writesTo(shop), what).toEqual({ tribe: 1, powerOffice: 0 })
  }
  clearLogs(relay)
  await shop.poll()
  await sweep(shop, 'compare')
  expect(writesTo(shop)).toEqual(NO_WRITES)
})

test('a VAT group that is changed in Tribe moves the product to its account, and back', async () => {
  const { shop, tribeId, powerOfficeId } = await aPair()
  const accountOf = () => shop.books.product(powerOfficeId)?.StandardSalesAccount
  shop.crm.edit(tribeId, { VatGroup: 'NO15' })
  await shop.quiet()
  expect(accountOf()).toBe(3010)
  shop.books.editProduct(powerOfficeId, { StandardSalesAccount: 3020 })
  await shop.poll()
  expect(pairIn(shop).here).toMatchObject({ VatGroup: { Percentage: 12 }, SalesPrice: 100 })
  shop.crm.edit(tribeId, { VatGroup: 'NO25' })
  await shop.quiet()
  expect(accountOf()).toBe(3000)
})

test('an account with the same VAT code is the bookkeeper’s choice, and stays', async () => {
  const shop = await aShop({
    seed: (_crm, books) => {
      books.hasAccount({ AccountNo: 3055, VatCode: '3' })
      books.hasProduct({ ...LAMP, StandardSalesAccount: 3055 })
    },
  })
  shop.crm.edit(String(pairIn(shop).here.ID), { Name: 'Lampe, stor', SalesPrice: 5 })
  await shop.quiet()
  expect(pairIn(shop).there).toMatchObject({ Name: 'Lampe, stor', StandardSalesAccount: 3055 })
})

test('of two VAT groups with one code each keeps its account, both ways', async () => {
  const shop = await aShop({
    seed: (crm, books) => {
      crm.has('Datastore_VatGroup', { Name: 'Tjenester 25', Code: 'SERV25', Percentage: 25 })
      books.hasAccount({ AccountNo: 3060, VatCode: '3' })
    },
    activate: false,
  })
  const services = shop.crm.lookupId('Datastore_VatGroup', 'SERV25')
  await remap(shop, 'vat', { [services]: { powerOfficeVatCode: '3', salesAccountNo: 3060 } })
  await shop.activate()
  shop.crm.hasProduct({ Name: 'Time', VatGroup: 'SERV25' })
  shop.crm.hasProduct({ Name: 'Vare', VatGroup: 'NO25' })
  await shop.quiet()
  const accounts = shop.books.products().map(({ Name, StandardSalesAccount }) => [Name, StandardSalesAccount])
  expect(accounts.sort()).toEqual([
    ['Time', 3060],
    ['Vare', 3000],
  ])
  shop.books.hasProduct({ Name: 'Ny time', StandardSalesAccount: 3060, UnitOfMeasureCode: 'HUR' })
  await shop.poll()
  expect(shop.crm.products().find((one) => one.Name === 'Ny time')).toMatchObject({
    VatGroup: { Code: 'SERV25' },
  })
})

test('a product without a VAT group goes to the default ledger account, and one without anything but a name goes too', async () => {
  const shop = await aShop({ settings: { defaultSalesAccountNo: 3100 } })
  shop.crm.has('Product', { Name: 'Bare et navn' })
  await shop.quiet()
  expect(pairIn(shop).there).toMatchObject({
    Name: 'Bare et navn',
    StandardSalesAccount: 3100,
    UnitPrice: null,
    UnitOfMeasureCode: null,
  })
  await shop.poll()
  await sweep(shop, 'compare')
  clearLogs(relay)
  await sweep(shop, 'compare')
  expect(writesTo(shop)).toEqual(NO_WRITES)
  expect(await problemsOf(shop)).toEqual([])
})

test('what is emptied on one side is emptied on the other', async () => {
  const { shop, tribeId, powerOfficeId } = await aPair({}, { Description: 'Gammel', UnitCost: 3 })
  shop.books.editProduct(powerOfficeId, { Description: null, UnitOfMeasureCode: null })
  await shop.poll()
  expect(pairIn(shop).here).toMatchObject({ Description: null, Unit: null, PurchasePrice: 3 })
  shop.crm.edit(tribeId, { PurchasePrice: null, Code: null })
  await shop.quiet()
  expect(pairIn(shop).there).toMatchObject({ UnitCost: null, Code: null, UnitPrice: 100 })
})

test('a product that is inactive in Tribe and never was in PowerOffice stays, until it is active', async () => {
  const shop = await aShop()
  const id = shop.crm.hasProduct({ Name: 'Kommer', IsInactive: true })
  await shop.quiet()
  expect(shop.books.products()).toEqual([])
  shop.crm.edit(id, { IsInactive: false })
  await shop.quiet()
  expect(only(shop.books.products())).toMatchObject({ Name: 'Kommer', IsArchived: false })
})

test('an archived product of PowerOffice comes as an inactive one', async () => {
  const { shop } = await aPair({}, { IsArchived: true })
  expect(pairIn(shop).here.IsInactive).toBe(true)
})

// ── Prices with VAT in them ─────────────────────────────────────────────────

async function aGrossPair(gross: number, vatGroup = 'NO25') {
  const shop = await aShop()
  const tribeId = shop.crm.hasProduct({
    Name: 'Med mva',
    SalesPrice: gross,
    IsVatIncluded: true,
    VatGroup: vatGroup,
    Unit: 'pcs',
  })
  await shop.quiet()
  return { shop, tribeId, powerOfficeId: only(shop.books.products()).Id }
}

test('a price with VAT is net in PowerOffice, and comes back to the cent whichever side changes', async () => {
  const { shop, tribeId, powerOfficeId } = await aGrossPair(99.99)
  expect(shop.books.product(powerOfficeId)?.UnitPrice).toBe(79.992)
  shop.crm.edit(tribeId, { SalesPrice: 0.01, Name: 'Nesten gratis' })
  await shop.quiet()
  expect(shop.books.product(powerOfficeId)?.UnitPrice).toBe(0.008)
  shop.books.editProduct(powerOfficeId, { UnitPrice: 33.33, Description: 'Fra boka' })
  await shop.poll()
  expect(pairIn(shop).here).toMatchObject({ SalesPrice: 41.6625, IsVatIncluded: true })
  await shop.poll()
  clearLogs(relay)
  shop.crm.edit(tribeId, { Description: 'Fra Tribe' })
  await shop.quiet()
  await sweep(shop, 'compare')
  expect(shop.books.product(powerOfficeId)).toMatchObject({ UnitPrice: 33.33, Description: 'Fra Tribe' })
  expect(writesTo(shop)).toEqual({ tribe: 0, powerOffice: 1 })
})

test('a VAT group that is changed in Tribe leaves the price with VAT, and net follows', async () => {
  const { shop, tribeId, powerOfficeId } = await aGrossPair(115)
  shop.crm.edit(tribeId, { VatGroup: 'NO15' })
  await shop.quiet()
  expect(shop.books.product(powerOfficeId)).toMatchObject({ UnitPrice: 100, StandardSalesAccount: 3010 })
  expect(pairIn(shop).here.SalesPrice).toBe(115)
})

test('an account with another VAT code in PowerOffice leaves net, and the price with VAT follows', async () => {
  const { shop, powerOfficeId } = await aGrossPair(125)
  shop.books.editProduct(powerOfficeId, { StandardSalesAccount: 3010 })
  await shop.poll()
  expect(pairIn(shop).here).toMatchObject({ SalesPrice: 115, VatGroup: { Percentage: 15 } })
  clearLogs(relay)
  await shop.poll()
  await sweep(shop, 'compare')
  expect(writesTo(shop)).toEqual(NO_WRITES)
  expect(shop.books.product(powerOfficeId)?.UnitPrice).toBe(100)
})

test('a price edited in Tribe while PowerOffice changes the VAT: both stay', async () => {
  const { shop, tribeId, powerOfficeId } = await aGrossPair(125)
  shop.crm.holdDeliveries()
  shop.crm.edit(tribeId, { SalesPrice: 250 })
  shop.books.editProduct(powerOfficeId, { StandardSalesAccount: 3010 })
  shop.crm.releaseDeliveries()
  await shop.quiet()
  await shop.poll()
  expect(shop.books.product(powerOfficeId)).toMatchObject({ UnitPrice: 200, StandardSalesAccount: 3010 })
  expect(pairIn(shop).here).toMatchObject({ SalesPrice: 230, VatGroup: { Percentage: 15 } })
  clearLogs(relay)
  await sweep(shop, 'compare')
  expect(writesTo(shop)).toEqual(NO_WRITES)
})

test('a net price with more decimals than a price with VAT can hold settles, and is not sent to and fro', async () => {
  const { shop, powerOfficeId } = await aGrossPair(125, 'NO12')
  shop.books.editProduct(powerOfficeId, { UnitPrice: 33.333333 })
  await shop.poll()
  clearLogs(relay)
  await shop.poll()
  await sweep(shop, 'compare')
  expect(writesTo(shop)).toEqual(NO_WRITES)
  expect(shop.books.product(powerOfficeId)?.UnitPrice).toBe(33.333333)
})

// ── Product groups ──────────────────────────────────────────────────────────

test('a product group is made once in Tribe, though many products come with it at once', async () => {
  const shop = await aShop({
    seed: (_crm, books) => {
      const group = books.hasProductGroup({ Name: 'Belysning' })
      for (let n = 0; n < 12; n++) books.hasProduct({ ...LAMP, Name: `Lampe ${n}`, ProductGroupId: group.Id })
    },
  })
  expect(shop.crm.products().map((one) => (one.ProductGroup as { Name: string }).Name)).toEqual(
    Array(12).fill('Belysning'),
  )
  expect(shop.crm.all('ProductGroup').filter((one) => one.Name === 'Belysning')).toHaveLength(1)
})

test('a product group is made once in PowerOffice, though many products need it at once', async () => {
  const shop = await aShop()
  const group = shop.crm.hasProductGroup('Tjenester', {}, { silent: true })
  for (let n = 0; n < 8; n++) shop.crm.hasProduct({ Name: `Tjeneste ${n}`, ProductGroup: group })
  await shop.quiet()
  const [made, ...others] = shop.books.productGroups().filter((one) => one.Name === 'Tjenester')
  expect(others).toEqual([])
  expect(shop.books.products().map((one) => one.ProductGroupId)).toEqual(Array(8).fill(made?.Id))
  await shop.poll()
  expect(shop.crm.all('ProductGroup').map((one) => one.Name)).not.toContain(null)
  clearLogs(relay)
  await sweep(shop, 'compare')
  expect(writesTo(shop)).toEqual(NO_WRITES)
})

test('a product moves to a group that was made after the lists were read, on either side', async () => {
  const { shop, tribeId, powerOfficeId } = await aPair()
  const group = shop.books.hasProductGroup({ Name: 'Helt ny' })
  shop.books.editProduct(powerOfficeId, { ProductGroupId: group.Id })
  await shop.poll()
  expect(pairIn(shop).here).toMatchObject({ ProductGroup: { Name: 'Helt ny' } })
  shop.crm.edit(tribeId, { ProductGroup: shop.crm.hasProductGroup('Enda nyere') })
  await shop.quiet()
  const moved = shop.books.productGroups().find((one) => one.Name === 'Enda nyere')
  expect(pairIn(shop).there.ProductGroupId).toBe(moved?.Id)
  shop.books.editProduct(powerOfficeId, { ProductGroupId: group.Id })
  await shop.poll()
  expect(pairIn(shop).here).toMatchObject({ ProductGroup: { Name: 'Helt ny' } })
})

test('a lost answer to a new product group makes no second one, in either system', async () => {
  const { shop, tribeId, powerOfficeId } = await aPair()
  const on = { name: 'lost-after', account: shop.books.clientKey } as const
  relay.powerOffice.faults.add({ ...on, on: /^POST .*ProductGroups/ })
  shop.crm.edit(tribeId, { ProductGroup: shop.crm.hasProductGroup('Kabler') })
  await shop.quiet()
  expect(shop.books.productGroups().filter((one) => one.Name === 'Kabler')).toHaveLength(1)
  relay.tribe.faults.add({ name: 'lost-after', on: /^POST .*ProductGroup/, account: shop.crm.id })
  const group = shop.books.hasProductGroup({ Name: 'Rør' })
  shop.books.editProduct(powerOfficeId, { ProductGroupId: group.Id })
  await shop.poll()
  expect(shop.crm.all('ProductGroup').filter((one) => one.Name === 'Rør')).toHaveLength(1)
  expect(pairIn(shop).here).toMatchObject({ ProductGroup: { Name: 'Rør' } })
})

test('a product on a sales account that is newer than the lists has its VAT all the same', async () => {
  const { shop } = await aPair()
  shop.books.hasAccount({ AccountNo: 3077, VatCode: '33' })
  shop.books.hasProduct({ ...LAMP, Name: 'Bok', StandardSalesAccount: 3077 })
  await shop.poll()
  expect(shop.crm.products().find((one) => one.Name === 'Bok')).toMatchObject({
    VatGroup: { Percentage: 12 },
  })
})

// ── Both sides at once ──────────────────────────────────────────────────────

for (const [policy, expected] of [
  ['poweroffice', 110],
  ['tribe', 120],
  ['newest', 120],
] as const)
  test(`a price edited on both sides follows the policy "${policy}", and is noted`, async () => {
    const { shop, tribeId, powerOfficeId } = await aPair({ settings: { conflictPolicy: policy } })
    shop.books.editProduct(powerOfficeId, { UnitPrice: 110 })
    await relay.sleep(1100)
    shop.crm.edit(tribeId, { SalesPrice: 120 })
    await shop.quiet()
    await shop.poll()
    expect(pairIn(shop)).toMatchObject({ here: { SalesPrice: expected }, there: { UnitPrice: expected } })
    expect(await shop.events(`kind=product&tribeId=${tribeId}`)).toContain('conflict')
  })

test('both sides edited to the same are in step without a write', async () => {
  const { shop, tribeId, powerOfficeId } = await aPair()
  await shop.poll()
  clearLogs(relay)
  shop.books.editProduct(powerOfficeId, { Name: 'Samme' })
  shop.crm.edit(tribeId, { Name: 'Samme' })
  await shop.quiet()
  await shop.poll()
  expect(writesTo(shop)).toEqual(NO_WRITES)
})

test('a product that somebody keeps setting back is stopped and reported', async () => {
  const { shop, tribeId, powerOfficeId } = await aPair()
  for (let round = 0; round < 5; round++) {
    shop.crm.edit(tribeId, { SalesPrice: 1 })
    await shop.quiet()
    shop.books.editProduct(powerOfficeId, { UnitPrice: 2 })
    await shop.poll()
  }
  expect(await problemsOf(shop)).toMatchObject([{ code: 'product.flapping', remedy: 'data' }])
})

test('a product tells its story', async () => {
  const { shop, tribeId, powerOfficeId } = await aPair()
  shop.crm.edit(tribeId, { Name: 'Ny' })
  await shop.quiet()
  shop.books.editProduct(powerOfficeId, { UnitPrice: 1 })
  await shop.poll()
  const record = await recordOf(shop, `powerOfficeId=${powerOfficeId}`)
  expect(record).toMatchObject({ state: 'linked', tribeId, problem: null })
  expect(record.timeline).toMatchObject([
    { event: 'updated-tribe', details: { fields: ['price'] } },
    { event: 'updated-poweroffice', details: { fields: ['name'] } },
    { event: 'created-in-tribe' },
  ])
})
