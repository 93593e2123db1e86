import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { organizationOf, type Relay, startRelay, type Tenant } from './relay'
import { aShopAt, clearLogs, remap, sweep } from './shop'

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => expect(relay.violations()).toEqual([]))
afterAll(() => relay.close())

const SILENT = { silent: true }
interface Written {
  side: string
  kind: string
  tribeId: string | null
  powerOfficeId: string | null
  action: string
  fields: string[]
}

async function tried(tenant: Tenant, change: object) {
  const begun = await tenant.api('POST', '/dry-run', change)
  expect([begun.status, begun.body.error]).toEqual([202, undefined])
  await tenant.quiet()
  const { body } = await tenant.api('GET', `/dry-run/${begun.body.dryRunId}?pageSize=500`)
  expect(body.state).toBe('done')
  return { id: begun.body.dryRunId as string, ...body, records: body.records as Written[] }
}

/** What the timeline says was written, in the words of a dry run. */
async function written(tenant: Tenant, act: () => Promise<unknown>): Promise<string[]> {
  const [{ last }] = (await relay.sql('select coalesce(max(id), 0) as last from timeline')) as [
    { last: number },
  ]
  await act()
  await tenant.quiet()
  const rows = await relay.sql<{
    kind: string
    tribe_id: string
    power_office_id: string
    event: string
    details: string
  }>('select * from timeline where tenant_id = ? and id > ?', tenant.id, last)
  return rows
    .flatMap(({ kind, tribe_id, power_office_id, event, details }) => {
      const [, what, system] = /^(created-in|updated)-(tribe|poweroffice)$/.exec(event) ?? []
      if (!what) return []
      const { fields = [], number } = JSON.parse(details)
      const side = system === 'tribe' ? 'tribe' : 'powerOffice'
      const id = event === 'created-in-poweroffice' ? tribe_id : power_office_id
      const back = event === 'created-in-poweroffice' && number ? [`tribe ${kind} ${id} number`] : []
      return [...fields.map((field: string) => `${side} ${kind} ${id} ${field}`), ...back]
    })
    .toSorted()
}
const predicted = (records: readonly Written[]): string[] =>
  records
    .flatMap(({ side, kind, tribeId, powerOfficeId, fields }) =>
      fields.map((field) => `${side} ${kind} ${powerOfficeId ?? tribeId} ${field}`),
    )
    .toSorted()

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
  const was = await written(acme, async () => {
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
  const was = await written(shop, async () => {
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

test('a dry run is nobody else’s, and is gone after an hour', async () => {
  const { acme } = await aCompany()
  const other = await relay.tenant()
  const { id } = await tried(acme, {})
  const stranger = await other.api('GET', `/dry-run/${id}`)
  expect([stranger.status, stranger.body.error.code]).toEqual([404, 'dry_run.unknown'])
  await relay.sleep(3_600_000)
  expect((await acme.api('GET', `/dry-run/${id}`)).status).toBe(404)
})

// ── Any change in any world ─────────────────────────────────────────────────

/** A world of its own for each seed: records on either side, edits that nobody told of, and a change to try. */
async function aWorld(seed: number) {
  const { draw, one, maybe } = dice(seed)
  const name = () => `Navn ${draw(1000)} AS`
  const shop = await aShopAt(relay, {
    settings: { relations: { enabled: true }, conflictPolicy: one(POLICIES) },
    seed: (crm, books) => {
      for (let n = 0; n < 4; n++) {
        const { Id } = books.hasCustomer({ Name: `K${n} ${name()}`, PhoneNumber: String(draw(99)) })
        if (maybe()) books.hasContactPerson(Id, { FirstName: `P${draw(99)}`, LastName: 'Hansen' })
        if (maybe()) books.makeAlsoSupplier(Id)
      }
      for (let n = 0; n < 3; n++) crm.hasProduct({ Name: `Vare ${n}`, Code: `V${n}`, SalesPrice: draw(99) })
    },
  })
  await sweep(shop, 'unlinked')
  for (const role of shop.crm.customers()) {
    const organizationId = String(organizationOf(role).ID)
    if (maybe()) shop.crm.edit(organizationId, { PhoneNumber: String(draw(99)) }, SILENT)
    if (maybe()) shop.crm.edit(organizationId, { Website: `https://${draw(99)}.example` }, SILENT)
    if (maybe()) shop.crm.edit(organizationId, { FinancialEmailAddress: `f${draw(99)}@x.example` }, SILENT)
  }
  for (const { Id } of shop.books.customers()) {
    if (maybe()) shop.books.editCustomer(Id, { PhoneNumber: String(draw(99)) })
    if (maybe()) shop.books.editCustomer(Id, { EmailAddress: `b${draw(99)}@x.example` })
    if (maybe()) shop.books.editCustomer(Id, { InvoiceEmailAddress: `i${draw(99)}@x.example` })
  }
  for (const { ID } of shop.crm.products())
    if (maybe()) shop.crm.edit(String(ID), { SalesPrice: draw(99) }, SILENT)
  if (maybe()) shop.books.hasCustomer({ Name: `Ny ${name()}`, PhoneNumber: '5' })
  const settings = one([
    ...POLICIES.map((conflictPolicy) => ({ conflictPolicy })),
    { relations: { financialFields: false } },
    { relations: { suppliers: false } },
    { relations: { contactPersons: false } },
    { products: { enabled: false } },
  ])
  return { shop, settings }
}
const POLICIES = ['poweroffice', 'tribe', 'newest'] as const

function dice(seed: number) {
  let state = seed * 7919 + 17
  const draw = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  return {
    draw,
    maybe: () => draw(2) === 1,
    one: <T>(list: readonly T[]): T => list[draw(list.length)] as T,
  }
}

const SEEDS = Number(process.env.DRY_RUN_SEEDS ?? 8)
for (let seed = 1; seed <= SEEDS; seed++)
  test(`what is predicted is what the change then writes, in world ${seed}`, async () => {
    const { shop, settings } = await aWorld(seed)
    clearLogs(relay)
    const { records } = await tried(shop, { settings })
    expect([shop.tribeWrites(), shop.calls(/^(POST|PATCH|PUT|DELETE)/)]).toEqual([[], []])
    const was = await written(shop, async () => {
      await shop.api('PATCH', '/settings', settings)
      await sweep(shop, 'compare')
    })
    expect(predicted(records)).toEqual(was)
  })
