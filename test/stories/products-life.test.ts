import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Relay, Tenant, TenantGiven } from './relay'
import { startRelay } from './relay'
import {
  aShopAt,
  clearLogs,
  NO_WRITES,
  namesProduct,
  only,
  pairIn,
  problemsOf,
  recordOf,
  sweep,
  writesTo,
} from './shop'

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
const LAMP = {
  Code: 'L1',
  Name: 'Lampe',
  UnitPrice: 100,
  UnitOfMeasureCode: 'EA',
  StandardSalesAccount: 3000,
}
async function aPair(given: TenantGiven = {}) {
  const shop = await aShop({ seed: (_crm, books) => books.hasProduct(LAMP), ...given })
  const { here, there } = pairIn(shop)
  return { shop, tribeId: String(here.ID), powerOfficeId: String(there.Id) }
}
const byHand = async (shop: Tenant, what: string, body: Record<string, unknown>) => {
  const { status, body: said } = await shop.api('POST', `/records/${what}`, { kind: 'product', ...body })
  await shop.quiet()
  return [status, said?.error?.code ?? null]
}
const DONE = [202, null]
const NOBODY = '00000000-0000-4000-8000-000000000000'

// ── Deleted ─────────────────────────────────────────────────────────────────

test('a product that is deleted in Tribe stays in PowerOffice, and is not made again', async () => {
  const { shop, powerOfficeId } = await aPair()
  shop.crm.remove(String(pairIn(shop).here.ID))
  await shop.quiet()
  shop.books.editProduct(Number(powerOfficeId), { UnitPrice: 1 })
  await shop.poll()
  await sweep(shop, 'compare')
  await sweep(shop, 'everything')
  expect(shop.crm.products()).toEqual([])
  expect(shop.books.products()).toHaveLength(1)
  expect(await recordOf(shop, `powerOfficeId=${powerOfficeId}`)).toMatchObject({
    state: 'tribe-gone',
    timeline: [{ event: 'detached', details: { gone: 'tribe' } }, { event: 'created-in-tribe' }],
  })
  expect(await problemsOf(shop)).toEqual([])
})

test('a product that is deleted in PowerOffice stays in Tribe, and is not made again', async () => {
  const { shop, tribeId, powerOfficeId } = await aPair()
  shop.books.deleteProduct(Number(powerOfficeId))
  shop.crm.edit(tribeId, { SalesPrice: 2 })
  await shop.quiet()
  await sweep(shop, 'compare')
  await sweep(shop, 'unlinked')
  expect(shop.books.products()).toEqual([])
  expect(pairless(shop)).toMatchObject({ Name: 'Lampe', SalesPrice: 2 })
  expect((await recordOf(shop, `tribeId=${tribeId}`)).state).toBe('poweroffice-gone')
})
const pairless = (shop: Tenant) => only(shop.crm.products())

test('deletions that nobody told of are found by the comparison', async () => {
  const shop = await aShop({
    seed: (_crm, books) => {
      for (const Code of ['A', 'B', 'C']) books.hasProduct({ ...LAMP, Code })
    },
  })
  const [a, b] = shop.books.products()
  const inTribe = shop.crm.products().find((one) => one.Code === 'B')
  if (!a || !b) throw new Error('no product')
  shop.books.deleteProduct(a.Id)
  shop.crm.remove(String(inTribe?.ID), { silent: true })
  await sweep(shop, 'compare')
  expect((await recordOf(shop, `powerOfficeId=${a.Id}`)).state).toBe('poweroffice-gone')
  expect((await recordOf(shop, `powerOfficeId=${b.Id}`)).state).toBe('tribe-gone')
  expect((await shop.status()).links.product).toBe(1)
})

test('a product that Tribe hides for a moment is not taken for deleted', async () => {
  const { shop, tribeId } = await aPair()
  shop.crm.hide(tribeId)
  await shop.webhook({ type: 'EntityMutation', entityId: tribeId, entityType: 'Product' })
  await relay.sleep(500)
  shop.crm.hide(tribeId, false)
  await shop.quiet()
  expect((await recordOf(shop, `tribeId=${tribeId}`)).state).toBe('linked')
})

// ── By hand ─────────────────────────────────────────────────────────────────

test('a product that was deleted on one side is made there again when an admin asks for it', async () => {
  const { shop, tribeId, powerOfficeId } = await aPair()
  shop.crm.remove(tribeId)
  await shop.quiet()
  expect(await byHand(shop, 'recreate', { powerOfficeId })).toEqual(DONE)
  const again = String(pairless(shop).ID)
  expect(again).not.toBe(tribeId)
  expect(await recordOf(shop, `powerOfficeId=${powerOfficeId}`)).toMatchObject({
    state: 'linked',
    tribeId: again,
  })

  shop.books.deleteProduct(Number(powerOfficeId))
  shop.crm.edit(again, { SalesPrice: 3 })
  await shop.quiet()
  expect(await byHand(shop, 'recreate', { tribeId: again })).toEqual(DONE)
  const { here, there } = pairIn(shop)
  expect(there).toMatchObject({ Name: 'Lampe', UnitPrice: 3 })
  expect(here.ImportId).toMatch(namesProduct(there.Id))
  shop.books.editProduct(there.Id, { UnitPrice: 4 })
  await shop.poll()
  expect(pairIn(shop).here.SalesPrice).toBe(4)
  expect((await shop.status()).links.product).toBe(1)
})

test('an admin ties two products together, whatever stood there before', async () => {
  const { shop, tribeId, powerOfficeId } = await aPair()
  const other = shop.crm.hasProduct({ Name: 'Lampe, den ekte', Unit: 'pcs' }, { silent: true })
  expect(await byHand(shop, 'relink', { tribeId: other, powerOfficeId })).toEqual(DONE)
  expect(await recordOf(shop, `powerOfficeId=${powerOfficeId}`)).toMatchObject({ tribeId: other })
  expect(shop.crm.get(other)).toMatchObject({ Name: 'Lampe' })

  // What it was tied to before says so still: a person has to decide what becomes of it.
  shop.crm.edit(tribeId, { Name: 'Den gamle' })
  await shop.quiet()
  expect(await problemsOf(shop)).toMatchObject([{ code: 'product.tied_elsewhere', tribeId }])
  shop.crm.remove(tribeId)
  await shop.quiet()
  expect(await problemsOf(shop)).toEqual([])
  expect(pairIn(shop).there.Name).toBe('Lampe')
})

test('a link that is forgotten leaves both products as they are, for good: only an admin ties them again', async () => {
  const { shop, tribeId, powerOfficeId } = await aPair()
  expect(await byHand(shop, 'forget', { tribeId })).toEqual(DONE)
  expect((await shop.status()).links.product).toBe(0)
  shop.crm.edit(tribeId, { Description: 'Ny' })
  await shop.quiet()
  expect(pairIn(shop).there).toMatchObject({ Id: Number(powerOfficeId) })
  expect(pairIn(shop).there.Description).not.toBe('Ny')
  expect((await shop.status()).links.product).toBe(0)
  expect(await byHand(shop, 'relink', { tribeId, powerOfficeId })).toEqual(DONE)
  expect((await shop.status()).links.product).toBe(1)
})

test('work by hand names what is not there', async () => {
  const { shop, tribeId, powerOfficeId } = await aPair()
  expect(await byHand(shop, 'relink', { tribeId: NOBODY, powerOfficeId })).toEqual([422, 'record.unknown'])
  expect(await byHand(shop, 'relink', { tribeId, powerOfficeId: '999' })).toEqual([422, 'record.unknown'])
  expect(await byHand(shop, 'recreate', { tribeId })).toEqual([422, 'record.not_detached'])
  expect(await byHand(shop, 'recreate', { powerOfficeId: '999' })).toEqual([422, 'record.unknown'])
  expect(await byHand(shop, 'forget', { tribeId: NOBODY })).toEqual([404, 'record.unknown'])
})

test('what only Tribe has stays until it changes or an admin asks for it; inactive products stay', async () => {
  const shop = await aShop({
    seed: (crm) => {
      crm.hasProduct({ Name: 'Gammel' })
      crm.hasProduct({ Name: 'Gammel og endret' })
      crm.hasProduct({ Name: 'Utgått', IsInactive: true })
    },
  })
  await shop.poll()
  expect(shop.books.products()).toEqual([])
  const changed = shop.crm.products().find((one) => one.Name === 'Gammel og endret')
  shop.crm.edit(String(changed?.ID), { SalesPrice: 1 })
  await shop.quiet()
  expect(shop.books.products().map((one) => one.Name)).toEqual(['Gammel og endret'])
  await sweep(shop, 'unlinked')
  expect(shop.books.products().map((one) => one.Name)).toEqual(['Gammel og endret', 'Gammel'])
})

// ── Preview ─────────────────────────────────────────────────────────────────

async function preview(shop: Tenant, query = '') {
  await shop.api('POST', '/preview')
  await relay.until(async () => (await shop.api('GET', '/preview')).body.state === 'done')
  return (await shop.api('GET', `/preview?kind=product${query}`)).body
}

test('a product with the code of another is shown as a possible duplicate, and linked only when an admin says so', async () => {
  const shop = await aShop({
    activate: false,
    seed: (crm, books) => {
      crm.hasProduct({ Name: 'Lampe i Tribe', Code: ' l1 ' })
      crm.hasProduct({ Name: 'Kabel i Tribe', Code: 'K1' })
      crm.hasProduct({ Name: 'Uten kode' })
      books.hasProduct({ ...LAMP })
      books.hasProduct({ ...LAMP, Code: 'K1', Name: 'Kabel' })
      books.hasProduct({ ...LAMP, Code: 'X1', Name: 'Ikke denne' })
      books.hasProduct({ ...LAMP, Code: null, Name: 'Kodeløs' })
    },
  })
  clearLogs(relay)
  const { counts, items } = await preview(shop)
  expect(writesTo(shop)).toEqual(NO_WRITES)
  expect(counts).toMatchObject({ 'new-in-tribe': 4, 'only-in-tribe': 3, 'possible-duplicates': 2 })
  const [lamp, cable] = shop.crm.products()
  const byName = new Map(items.map((item: { name: string }) => [item.name, item]))
  expect(byName.get('Lampe')).toMatchObject({
    outcome: 'new-in-tribe',
    number: 'L1',
    duplicates: [{ tribeId: lamp?.ID, by: 'code' }],
  })
  expect(byName.get('Kodeløs')).toMatchObject({ duplicates: [] })
  expect((await preview(shop, '&duplicates=true')).items).toHaveLength(2)

  const idOf = (name: string) => String(shop.books.products().find((one) => one.Name === name)?.Id)
  const decided = await shop.put('/preview/decisions', {
    decisions: [
      { kind: 'product', powerOfficeId: idOf('Kabel'), action: 'link', tribeId: cable?.ID },
      { kind: 'product', powerOfficeId: idOf('Ikke denne'), action: 'leave' },
      { kind: 'product', powerOfficeId: idOf('Kodeløs'), action: 'create' },
    ],
  })
  expect(decided.status).toBe(200)
  expect((await preview(shop, '&outcome=matched-by-id')).items).toMatchObject([
    { name: 'Kabel', tribeIds: [cable?.ID] },
  ])

  await shop.activate()
  const names = shop.crm.products().map((one) => one.Name)
  expect(names.sort()).toEqual(['Kabel', 'Kodeløs', 'Lampe', 'Lampe i Tribe', 'Uten kode'])
  expect(shop.crm.get(String(cable?.ID))).toMatchObject({
    ImportId: expect.stringMatching(namesProduct(idOf('Kabel'))),
  })
  expect(shop.books.products()).toHaveLength(4)
  await shop.poll()
  await sweep(shop, 'compare')
  expect(shop.crm.products()).toHaveLength(5)
  expect((await shop.status()).links.product).toBe(3)
})

test('a decision that names a product which Tribe does not have is a problem, and nothing is made', async () => {
  const shop = await aShop({ activate: false, seed: (_crm, books) => books.hasProduct(LAMP) })
  const powerOfficeId = String(only(shop.books.products()).Id)
  await shop.put('/preview/decisions', {
    decisions: [{ kind: 'product', powerOfficeId, action: 'link', tribeId: NOBODY }],
  })
  await shop.activate()
  expect(shop.crm.products()).toEqual([])
  expect(await problemsOf(shop)).toMatchObject([{ code: 'decision.unknown_record', kind: 'product' }])
})

// ── Comparison ──────────────────────────────────────────────────────────────

test('what drifted is repaired at night and counted; a second comparison writes nothing', async () => {
  const shop = await aShop({
    seed: (crm, books) => {
      for (let n = 0; n < 5; n++) books.hasProduct({ ...LAMP, Code: `C${n}` })
      crm.hasProduct({ Name: 'Bare i Tribe' })
    },
  })
  const [first, second] = shop.books.products()
  if (!first || !second) throw new Error('no product')
  const inTribe = (code: string | null) => shop.crm.products().find((one) => one.Code === code)
  shop.crm.edit(String(inTribe(first.Code)?.ID), { SalesPrice: 7 }, { silent: true })
  shop.books.editProduct(second.Id, { Name: 'Nytt navn' })
  await sweep(shop, 'compare')
  expect(shop.books.product(first.Id)?.UnitPrice).toBe(7)
  expect(inTribe(second.Code)?.Name).toBe('Nytt navn')
  const rowOf = async () =>
    (await shop.status()).comparison.rows.find((row: { what: string }) => row.what === 'products')
  expect(await rowOf()).toEqual({ what: 'products', tribe: 6, powerOffice: 5, linked: 5, differ: 2 })
  clearLogs(relay)
  await sweep(shop, 'compare')
  expect(writesTo(shop)).toEqual(NO_WRITES)
  expect(await rowOf()).toMatchObject({ differ: 0 })
})

test("generic products of invoices never come to Tribe, are in no preview and in no comparison's count", async () => {
  const shop = await aShop({
    activate: false,
    seed: (_crm, books) => {
      books.hasProduct(LAMP)
      books.hasProduct({ Code: 'RELAY-VAT-3', Name: 'Tribe (mva-kode 3)', StandardSalesAccount: 3000 })
    },
  })
  expect((await preview(shop)).items).toHaveLength(1)
  await shop.activate()
  await shop.poll()
  await sweep(shop, 'compare')
  expect(shop.crm.products()).toHaveLength(1)
  expect((await shop.status()).comparison.rows).toContainEqual({
    what: 'products',
    tribe: 1,
    powerOffice: 1,
    linked: 1,
    differ: 0,
  })
})
