import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Noted, predicted, tried, written } from '../dry-run/written'
import { organizationOf, type Relay, startRelay } from './relay'
import { aShopAt, clearLogs, remap, sweep } from './shop'

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => expect(relay.violations()).toEqual([]))
afterAll(() => relay.close())

const SILENT = { silent: true }
async function aCompany() {
  const acme = await relay.tenant({
    seed: (_crm, books) => {
      for (const n of [1, 2, 3])
        books.hasCustomer({ Name: `Kunde ${n} AS`, PhoneNumber: `${n}0`, EmailAddress: `a${n}@x.example` })
    },
  })
  const edit = (n: number, members: Record<string, string>) => {
    const role = acme.crm.customers().find((one) => organizationOf(one).Name === `Kunde ${n} AS`)
    acme.crm.edit(String(organizationOf(role).ID), members, SILENT)
  }
  const change = (n: number, members: Record<string, string>) => {
    const contact = acme.books.customers().find(({ Name }) => Name === `Kunde ${n} AS`)
    acme.books.editCustomer(contact?.Id ?? 0, members)
  }
  return { acme, edit, change }
}

test('a change of the conflict policy is tried: what it tells is what the comparison then writes, and trying it writes nothing', async () => {
  const { acme, edit, change } = await aCompany()
  edit(1, { PhoneNumber: '111', EmailAddress: 'nytt@x.example' })
  change(1, { PhoneNumber: '999' })
  change(2, { EmailAddress: 'hos@x.example' })
  acme.books.hasCustomer({ Name: 'Ny i bøkene AS', PhoneNumber: '77' })
  clearLogs(relay)
  const links = await relay.sql('select * from links where tenant_id = ? order by tribe_id', acme.id)
  const { records, writes, parked } = await tried(acme, { settings: { conflictPolicy: 'tribe' } })
  expect([acme.tribeWrites(), acme.calls(/^(POST|PATCH|PUT|DELETE)/)]).toEqual([[], []])
  expect(await relay.sql('select * from links where tenant_id = ? order by tribe_id', acme.id)).toEqual(links)
  expect(writes).toContainEqual({ side: 'powerOffice', kind: 'customer', field: 'phone', count: 1 })
  expect(parked).toEqual([])
  const was = await written(relay, acme, async () => {
    await acme.api('PATCH', '/settings', { conflictPolicy: 'tribe' })
    await sweep(acme, 'compare')
  })
  expect(was.length).toBeGreaterThan(4)
  expect(predicted(records)).toEqual(was)
})

test('what would wait for a mapping is counted by its code; a mapping that cannot be is refused as by the change itself', async () => {
  const shop = await aShopAt(relay, {
    seed: (crm) => {
      for (const n of [1, 2]) crm.hasProduct({ Name: `Vare ${n}`, Code: `V${n}`, SalesPrice: 10 })
    },
  })
  await sweep(shop, 'unlinked')
  for (const product of shop.crm.products()) shop.crm.edit(String(product.ID), { SalesPrice: 20 }, SILENT)
  const { parked, records } = await tried(shop, { vat: { mappings: [] } })
  expect([parked, records]).toEqual([[{ code: 'vat.unmapped', count: 2 }], []])
  const bad = { mappings: [{ tribeUnitId: 'none', powerOfficeUnit: 'HUR' }] }
  const [dry, real] = [
    await shop.api('POST', '/dry-run', { units: bad }),
    await shop.put('/mappings/units', bad),
  ]
  expect([dry.status, dry.body]).toEqual([422, real.body])
  expect((await shop.api('GET', '/mappings/vat')).body.mappings).not.toEqual([])
  const was = await written(relay, shop, async () => {
    const groups = (await shop.api('GET', '/mappings/vat')).body.mappings
    const gone = groups.map((one: { tribeVatGroupId: string }) => [one.tribeVatGroupId, null])
    await remap(shop, 'vat', Object.fromEntries(gone))
    await sweep(shop, 'compare')
  })
  expect(was).toEqual([])
  expect((await shop.status()).problems.map(({ code }: { code: string }) => code)).toEqual(
    parked.flatMap(({ code, count }: { code: string; count: number }) => Array(count).fill(code)),
  )
})

test('several that are begun at once are all tried, one after the other, and each tells its own', async () => {
  const { acme, edit, change } = await aCompany()
  for (let n = 4; n <= 230; n++) acme.books.hasCustomer({ Name: `Kunde ${n} AS` })
  await acme.poll()
  edit(1, { PhoneNumber: '111' })
  change(1, { PhoneNumber: '999' })
  const policies = ['tribe', 'poweroffice', 'tribe', 'poweroffice'] as const
  const begun = await Promise.all(
    policies.map((conflictPolicy) => acme.api('POST', '/dry-run', { settings: { conflictPolicy } })),
  )
  await acme.quiet()
  const found = await Promise.all(
    begun.map(async ({ body }) => (await acme.api('GET', `/dry-run/${body.dryRunId}`)).body),
  )
  expect(found.map(({ state }) => state)).toEqual(policies.map(() => 'done'))
  expect(found.map(({ writes }) => writes.map(({ side }: { side: string }) => side))).toEqual(
    policies.map((policy) => [policy === 'tribe' ? 'powerOffice' : 'tribe']),
  )
})

test('a dry run is nobody else’s, and is gone after an hour', async () => {
  const { acme } = await aCompany()
  const other = await relay.tenant()
  const { id } = await tried(acme, {})
  const stranger = await other.api('GET', `/dry-run/${id}`)
  expect([stranger.status, stranger.body.error.code]).toEqual([404, 'dry_run.unknown'])
  await relay.sleep(3_600_000)
  expect((await acme.api('GET', `/dry-run/${id}`)).status).toBe(404)
})

test('product groups that would be made are told as what they are, by their ids in the other system, and once each', async () => {
  const shop = await aShopAt(relay, {
    settings: { conflictPolicy: 'tribe' },
    seed: (crm, books) => {
      const inBooks = books.hasProductGroup({ Name: 'Bare i bøkene' }).Id
      for (const n of [1, 2]) {
        crm.hasProductGroup(`Bare i Tribe ${n}`, {}, SILENT)
        crm.hasProduct({ Name: `Vare ${n}`, Code: `V${n}`, SalesPrice: 10 }, SILENT)
        books.hasProduct({ Name: `Bok ${n}`, Code: `B${n}`, UnitPrice: 10 })
      }
      books.hasProduct({ Name: 'Bok 3', Code: 'B3', UnitPrice: 10, ProductGroupId: inBooks })
    },
  })
  await sweep(shop, 'unlinked')
  const inTribe = (name: string) => String(shop.crm.products().find(({ Name }) => Name === name)?.ID)
  const grouped = (name: string, ProductGroup: string) =>
    shop.crm.edit(inTribe(name), { ProductGroup }, SILENT)
  grouped('Vare 1', 'Bare i Tribe 1')
  grouped('Vare 2', 'Bare i Tribe 1')
  grouped('Bok 1', 'Bare i Tribe 2')
  const another = shop.books.hasProductGroup({ Name: 'Ny i bøkene' }).Id
  for (const { Id, Name } of shop.books.products())
    if (Name === 'Bok 2' || Name === 'Bok 3') shop.books.editProduct(Id, { ProductGroupId: another })
  clearLogs(relay)
  const { records, writes } = await tried(shop, { settings: { products: { enabled: true } } })
  expect([shop.tribeWrites(), shop.calls(/^(POST|PATCH|PUT|DELETE)/)]).toEqual([[], []])
  expect(writes.filter(({ kind }: { kind: string }) => kind === 'productGroup')).toEqual([
    { side: 'powerOffice', kind: 'productGroup', field: 'name', count: 2 },
    { side: 'tribe', kind: 'productGroup', field: 'name', count: 1 },
  ])
  const made = (records as Noted[]).filter(({ kind, side }) => kind === 'productGroup' && side === 'tribe')
  expect(made).toEqual([
    {
      side: 'tribe',
      kind: 'productGroup',
      tribeId: null,
      powerOfficeId: String(another),
      action: 'create',
      fields: ['name'],
    },
  ])
  const was = await written(relay, shop, () => sweep(shop, 'compare'))
  expect(was.filter((line) => line.includes('productGroup'))).toHaveLength(3)
  expect(predicted(records)).toEqual(was)
})
