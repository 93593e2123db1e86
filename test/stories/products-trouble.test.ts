import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Relay, Tenant, TenantGiven } from './relay'
import { startRelay } from './relay'
import {
  aShopAt,
  clearLogs,
  NO_WRITES,
  namesProduct,
  pairIn,
  problemsOf,
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
  expect(relay.violations().filter((line) => !/above the cap of 3/.test(line))).toEqual([])
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
const faultAtBooks = (shop: Tenant, name: 'lost-after', times = 1) =>
  relay.powerOffice.faults.add({ name, times, on: /^POST .*\/Products/, account: shop.books.clientKey })

/** Both systems hold so many products, all linked, and nothing stands in the way. */
async function inStep(shop: Tenant, count: number): Promise<void> {
  await shop.poll()
  await sweep(shop, 'compare')
  expect(shop.crm.products()).toHaveLength(count)
  expect(shop.books.products()).toHaveLength(count)
  const { links, problems } = await shop.status()
  expect([links.product, problems]).toEqual([count, []])
  clearLogs(relay)
  await sweep(shop, 'everything')
  expect(writesTo(shop)).toEqual(NO_WRITES)
}

// ── Answers that are lost ───────────────────────────────────────────────────

for (const fault of ['lost-after', 'error-after', 'truncated', 'empty', 'slow-after'] as const) {
  test(`an answer of PowerOffice that is lost after it made the product makes no second one (${fault})`, async () => {
    const shop = await aShop()
    relay.powerOffice.faults.add({
      name: fault,
      delayMs: 2500,
      on: /^POST .*\/Products/,
      account: shop.books.clientKey,
    })
    shop.crm.hasProduct({ Name: 'Tapt', Code: 'T1' })
    await shop.quiet()
    expect(pairIn(shop).here.ImportId).toMatch(namesProduct(pairIn(shop).there.Id))
    await inStep(shop, 1)
  })

  test(`an answer of Tribe that is lost after it made the product makes no second one (${fault})`, async () => {
    const shop = await aShop()
    relay.tribe.faults.add({
      name: fault,
      delayMs: 2500,
      on: /^POST .*\/Product$/,
      account: shop.crm.id,
    })
    shop.books.hasProduct(LAMP)
    await shop.poll()
    await inStep(shop, 1)
  })
}

test('trouble before anything is made costs time and nothing else', async () => {
  const shop = await aShop()
  for (const name of ['rate-limited', 'unavailable', 'lost-before'] as const) {
    relay.powerOffice.faults.add({ name, on: /^POST .*\/Products/, account: shop.books.clientKey })
    relay.tribe.faults.add({ name, on: /^POST .*\/Product$/, account: shop.crm.id })
  }
  shop.crm.hasProduct({ Name: 'Fra Tribe' })
  shop.books.hasProduct(LAMP)
  await shop.poll()
  await inStep(shop, 2)
})

test('a pull that comes before the lost answer was looked into brings no twin to Tribe', async () => {
  const shop = await aShop()
  faultAtBooks(shop, 'lost-after')
  shop.crm.hasProduct({ Name: 'Tapt og hentet', Code: 'T2' })
  await relay.until(() => shop.books.products().length === 1)
  await relay.tick('*/15 * * * *')
  await shop.api('POST', '/sync', { what: 'products' })
  await shop.quiet()
  await inStep(shop, 1)
})

test('a product that is edited while its lost answer is looked into is found by what was sent', async () => {
  const shop = await aShop()
  faultAtBooks(shop, 'lost-after')
  const id = shop.crm.hasProduct({ Name: 'Før', SalesPrice: 10 })
  await relay.until(() => shop.books.products().length === 1)
  shop.crm.edit(id, { Name: 'Etter', SalesPrice: 20 })
  await shop.quiet()
  expect(pairIn(shop).there).toMatchObject({ UnitPrice: 20, Name: 'Etter' })
  await inStep(shop, 1)
})

test('of three products that are all alike and whose answers are lost, each finds one', async () => {
  const shop = await aShop()
  faultAtBooks(shop, 'lost-after', 3)
  for (let n = 0; n < 3; n++) shop.crm.hasProduct({ Name: 'Like', Code: null })
  await shop.quiet()
  await inStep(shop, 3)
})

test('a product that is deleted in Tribe while its answer is lost is not brought back', async () => {
  const shop = await aShop()
  faultAtBooks(shop, 'lost-after')
  const id = shop.crm.hasProduct({ Name: 'Angret' })
  await relay.until(() => shop.books.products().length === 1)
  shop.crm.remove(id)
  await shop.quiet()
  await shop.poll()
  await sweep(shop, 'everything')
  expect(shop.crm.products()).toEqual([])
  expect(shop.books.products()).toHaveLength(1)
})

test('a deploy in the middle of making products makes none twice', async () => {
  const shop = await aShop()
  relay.powerOffice.faults.add({
    name: 'slow-after',
    delayMs: 1000,
    times: 2,
    on: /^POST .*\/Products/,
    account: shop.books.clientKey,
  })
  for (let n = 0; n < 4; n++) shop.crm.hasProduct({ Name: `Vare ${n}` })
  await relay.until(() => shop.books.products().length > 0)
  await relay.restart()
  await shop.quiet()
  await inStep(shop, 4)
})

test('links that cannot be written are written later, and nothing is made twice', async () => {
  const shop = await aShop()
  await relay.sql('alter table links rename to links_away')
  shop.crm.hasProduct({ Name: 'Uten lenke' })
  await relay.wait(shop.crm.settled())
  await relay.sleep(500)
  await relay.sql('alter table links_away rename to links')
  await shop.quiet()
  await inStep(shop, 1)
})

// ── Webhooks ────────────────────────────────────────────────────────────────

test('doubled, late and reordered webhooks end with exactly one product', async () => {
  const shop = await aShop()
  shop.crm.holdDeliveries()
  const id = shop.crm.hasProduct({ Name: 'Én' })
  shop.crm.edit(id, { SalesPrice: 1 })
  shop.crm.edit(id, { SalesPrice: 2 })
  shop.crm.releaseDeliveries({ shuffle: true, duplicate: true })
  await shop.quiet()
  shop.crm.deliverAgain(6)
  await shop.quiet()
  expect(pairIn(shop).there.UnitPrice).toBe(2)
  await inStep(shop, 1)
})

test('a webhook and a poll at once end with exactly one product, and a lost webhook is made good by the next poll', async () => {
  const shop = await aShop()
  shop.crm.hasProduct({ Name: 'Begge' })
  await Promise.all([relay.tick('*/15 * * * *'), shop.api('POST', '/sync', { what: 'products' })])
  await shop.quiet()
  await inStep(shop, 1)
  shop.crm.hasProduct({ Name: 'Stille' }, { silent: true })
  await shop.poll()
  await inStep(shop, 2)
})

test('a replica of PowerOffice that lags does not undo what was just written', async () => {
  const shop = await aShop({ seed: (_crm, books) => books.hasProduct(LAMP) })
  relay.powerOffice.replicaLagMs = 1500
  shop.crm.edit(String(pairIn(shop).here.ID), { Name: 'Fersk' })
  await shop.quiet()
  await shop.poll()
  relay.powerOffice.replicaLagMs = 0
  await shop.poll()
  expect(pairIn(shop)).toMatchObject({ here: { Name: 'Fersk' }, there: { Name: 'Fersk' } })
})

// ── What nobody knows of the two systems ────────────────────────────────────

for (const [what, given] of [
  ['a null in a write to Tribe is passed over', { tribe: { nullWrites: 'ignore' } }],
  ['a null in a write to Tribe is refused', { tribe: { nullWrites: 'refuse' } }],
  ['writes to Tribe answer without a body', { tribe: { emptyWriteAnswers: true } }],
  ['lists of Tribe come in small pages', { tribe: { pageCap: 3, nextLink: true } }],
  ['deliveries say next to nothing', { tribe: { payloadStyle: 'minimal' } }],
  ['deliveries speak of links only', { tribe: { payloadStyle: 'edge' } }],
  ['our own writes send no webhooks', { tribe: { echo: false } }],
  [
    'Tribe leaves out what is null, and shows its metadata as JSON',
    { tribe: { omitNulls: true, metadataFormat: 'json' } },
  ],
  ['PowerOffice leaves out what is null', { powerOffice: { nullsOmitted: true, timestampsWithSpace: true } }],
  [
    'Tribe demands unit, VAT group and product group',
    { tribe: { productRequires: ['Unit', 'VatGroup', 'ProductGroup'] } },
  ],
] as const)
  test(`products travel both ways where ${what}`, async () => {
    const shop = await aShop({
      ...(given as TenantGiven),
      seed: (_crm, books) => {
        for (let n = 0; n < 4; n++)
          books.hasProduct({ ...LAMP, Code: `L${n}`, Description: 'Til taket', UnitCost: 50 })
      },
    })
    expect(shop.crm.products()).toHaveLength(4)
    const there = shop.books.products()[3]
    if (!there) throw new Error('no product')
    const here = () => shop.crm.products().find((one) => one.Code === 'L3')
    shop.books.editProduct(there.Id, {
      Name: 'Uten alt',
      Description: null,
      UnitCost: null,
      UnitOfMeasureCode: null,
      UnitPrice: null,
    })
    await shop.poll()
    expect(here()).toMatchObject({ Name: 'Uten alt' })
    expect(here()?.Description ?? '').toBe('')

    // Whatever could not be emptied stays as it is: nothing comes back, nothing is said again.
    await shop.poll()
    clearLogs(relay)
    await shop.poll()
    expect(writesTo(shop)).toEqual(NO_WRITES)
    shop.crm.edit(String(here()?.ID), { Name: 'Igjen', PurchasePrice: 12.5 })
    shop.crm.hasProduct({
      Name: 'Ny i Tribe',
      Code: 'N1',
      IsVatIncluded: true,
      SalesPrice: 12.5,
      ProductGroup: shop.crm.hasProductGroup('Diverse'),
    })
    await shop.quiet()
    await shop.poll()
    expect(shop.books.product(there.Id)).toMatchObject({ Name: 'Igjen', UnitCost: 12.5, Description: null })
    expect(shop.books.products().find((one) => one.Code === 'N1')).toMatchObject({ UnitPrice: 10 })
    clearLogs(relay)
    await shop.poll()
    expect(writesTo(shop)).toEqual(NO_WRITES)
    expect([shop.crm.products().length, shop.books.products().length]).toEqual([5, 5])
    expect(await problemsOf(shop)).toEqual([])
  })

test('where Tribe demands a unit, a product of PowerOffice without one is sold by the piece', async () => {
  const shop = await aShop({
    tribe: { productRequires: ['Unit', 'VatGroup'] },
    seed: (_crm, books) => {
      for (let n = 0; n < 3; n++) books.hasProduct({ Code: `U${n}`, Name: `Uten enhet ${n}` })
    },
  })
  expect(shop.crm.products().map((one) => (one.Unit as { Code: string }).Code)).toEqual(['pcs', 'pcs', 'pcs'])
  // What stands in for a unit is nobody's edit, whoever looks again.
  clearLogs(relay)
  await shop.poll()
  await relay.tick('30 2 * * *')
  await shop.quiet()
  expect(writesTo(shop)).toEqual(NO_WRITES)
  expect(shop.books.products().map((one) => one.UnitOfMeasureCode)).toEqual([null, null, null])
  expect(await problemsOf(shop)).toEqual([])
})

test('where nobody mapped pieces, such a product waits with what Tribe says', async () => {
  const shop = await aShop({ tribe: { productRequires: ['Unit'] } })
  await remap(shop, 'units', { [shop.crm.lookupId('Datastore_Unit', 'pcs')]: null })
  shop.books.hasProduct({ Name: 'Uten enhet' })
  await shop.poll()
  expect(await problemsOf(shop)).toMatchObject([
    { kind: 'product', remedy: 'data', message: expect.stringMatching(/Unit/) },
  ])
})

test('a code that PowerOffice refuses is said, and goes once it is another; nothing else waits for it', async () => {
  const shop = await aShop({
    powerOffice: { productCodesUnique: true },
    seed: (_crm, books) => books.hasProduct(LAMP),
  })
  const id = shop.crm.hasProduct({ Name: 'Annen lampe', Code: 'L1' })
  shop.crm.hasProduct({ Name: 'Helt annet', Code: 'H1' })
  await shop.quiet()
  // The product is made without it, and the code is told.
  expect(shop.books.products().map((one) => one.Code)).toEqual(expect.arrayContaining(['L1', 'H1', null]))
  expect(await problemsOf(shop)).toMatchObject([
    {
      kind: 'product',
      tribeId: id,
      remedy: 'data',
      message: expect.stringMatching(/PowerOffice does not take the code/),
    },
  ])
  shop.crm.edit(id, { Code: 'L2' })
  await shop.quiet()
  await inStep(shop, 3)
})
