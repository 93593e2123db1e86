import { expect, test } from 'vitest'
import { companies } from '../fakes/data/companies'
import type { TownTenant } from '../platform/town'
import { type Bookkeeping, codesOf, useBookkeeping } from './bookkeeping'

/** A hundred events within a moment, of customers that are linked: what they cost by count, and that none is lost. */
const begin = useBookkeeping()
const MANY = 100

const CUSTOMER = 'Relationship.Organization.CommercialRelationship.Customer'

interface Said {
  id: string
  entityType?: string
  type?: string
}

/** Tribe tells of all of these at once. */
async function tellAll({ town }: Bookkeeping, { crm }: TownTenant, said: readonly Said[]): Promise<void> {
  const answers = said.map(async ({ id, entityType = CUSTOMER, type = 'EntityUpdateMutation' }) => {
    const hook = crm.webhooks.find((one) => one.entityType === entityType) ?? expect.fail(entityType)
    const headers = Object.fromEntries(hook.headers.map(({ name, value }) => [name, value]))
    const body = JSON.stringify({ webhookId: hook.id, payload: { type, entityType, entityId: id } })
    return town.platform.fetch(new Request(hook.webhookUrl, { method: 'POST', headers, body }))
  })
  for (const { status } of await town.waitFor(Promise.all(answers))) expect(status).toBe(202)
}

const loaded = async (kit: Bookkeeping): Promise<TownTenant> => {
  const tenant = await kit.tenant({
    tribe: { echo: false },
    before: ({ books }) => {
      for (const { name } of companies(MANY)) books.hasCustomer({ Name: name })
    },
  })
  await kit.town.passMinutes(11)
  return tenant
}

const rolesOf = ({ crm }: TownTenant) =>
  crm.customers().map((role) => ({
    id: String(role.ID),
    organizationId: String((role.Organization as { ID: string }).ID),
  }))
const phonesIn = ({ books }: TownTenant) => books.customers().map(({ PhoneNumber }) => PhoneNumber)

/** Edits all customers in Tribe, and nothing tells of it yet. */
function editAll(tenant: TownTenant): string[] {
  const roles = rolesOf(tenant)
  for (const [n, { organizationId }] of roles.entries())
    tenant.crm.edit(organizationId, { PhoneNumber: `22 00 ${1000 + n}` }, { silent: true })
  return roles.map(({ id }) => id)
}

/** What is asked of D1 and of the tenant's object from now on, and what is logged. */
function watched({ town }: Bookkeeping, { id }: TownTenant) {
  const seen = { d1: [] as string[], object: [] as string[], linesFrom: town.logged.length }
  town.platform.tenantSync.of(id).onDone = (what) => seen.object.push(what.replace(/\s+/g, ' '))
  town.platform.onQuery = (query) => seen.d1.push(query.replaceAll('"', ''))
  return seen
}
const runsSince = ({ town }: Bookkeeping, from: number): { kind: string }[] =>
  town.logged
    .slice(from)
    .flatMap((line) => (line.includes('"event":"job"') ? [JSON.parse(line.slice(line.indexOf('{')))] : []))

test('a hundred events are one write each, a query of links for all, and a run for each no more', async () => {
  const kit = begin()
  const tenant = await loaded(kit)
  const ids = editAll(tenant)
  const seen = watched(kit, tenant)
  await tellAll(
    kit,
    tenant,
    ids.map((id) => ({ id })),
  )
  await kit.town.timeline.run(2000)

  expect(runsSince(kit, seen.linesFrom)).toEqual([])
  const count = (start: string) => seen.object.filter((what) => what.startsWith(start)).length
  expect(count('takeWebhook')).toBe(MANY)
  expect(count('insert into inbox')).toBe(MANY)
  // The first, which is begun at once; the others; and the look that they are left to.
  expect(count('insert into jobs')).toBeLessThanOrEqual(4)
  expect(count('delete from jobs')).toBe(1)
  expect(count('alarm')).toBeLessThanOrEqual(2)
  expect(seen.d1.filter((query) => query.includes('from links'))).toHaveLength(1)
  expect(seen.d1.length).toBeLessThanOrEqual(3)
  // Taken and stored; and what the runs cost that find them.
  expect(seen.object.length).toBeLessThanOrEqual(2 * MANY + 120)

  await kit.quiet()
  expect(new Set(phonesIn(tenant)).size).toBe(MANY)
})

test('an invoice that waits for one of the customers of a burst looks again', async () => {
  const kit = begin()
  const tenant = await loaded(kit)
  const ids = editAll(tenant)
  const waiting = { customer: ids[MANY - 1] ?? '', invoice: '00000000-0000-4000-8000-00000000abcd' }
  tenant.facts.set(`waits-for:customer:${waiting.customer}`, [waiting.invoice])
  const seen = watched(kit, tenant)
  await tellAll(
    kit,
    tenant,
    ids.map((id) => ({ id })),
  )
  await kit.town.timeline.run(2000)
  expect(runsSince(kit, seen.linesFrom).map(({ kind }) => kind)).toContain('invoice')
  expect(tenant.facts.get(`waits-for:customer:${waiting.customer}`)).toBeNull()
})

test('what is told again before it was read asks D1 nothing, and is read once', async () => {
  const kit = begin()
  const tenant = await loaded(kit)
  const said = editAll(tenant).map((id) => ({ id }))
  await tellAll(kit, tenant, said)
  await kit.town.timeline.run(1000)
  const seen = watched(kit, tenant)
  const callsFrom = kit.town.calls.length
  await tellAll(kit, tenant, said)
  await kit.town.timeline.run(1000)
  expect(seen.d1.filter((query) => query.includes('from links'))).toEqual([])
  await kit.quiet()
  expect(new Set(phonesIn(tenant)).size).toBe(MANY)
  const lists = kit.town.calls
    .slice(callsFrom)
    .filter(({ host, path }) => /tribe/.test(host) && /odata/.test(path))
  expect(lists.length).toBeLessThanOrEqual(4)
})

test('events of organisations and of new records in one burst all come to what a lone event comes to', async () => {
  const kit = begin()
  const tenant = await loaded(kit)
  editAll(tenant)
  const roles = rolesOf(tenant)
  const made = Array.from({ length: 15 }, (_, n) => {
    const organization = { Name: `Ny kunde ${n} AS` }
    return tenant.crm.hasCustomer({ organization, silent: true }).roleId
  })
  await tellAll(kit, tenant, [
    ...roles.map(({ organizationId: id }) => ({ id, entityType: 'Relation.Organization' })),
    ...made.map((id) => ({ id, type: 'EntityCreationMutation' })),
    // Made by the relay itself, long ago.
    ...roles.slice(0, 20).map(({ id }) => ({ id, type: 'EntityCreationMutation' })),
  ])
  await kit.quiet()
  expect(new Set(phonesIn(tenant)).size).toBe(MANY + 1)
  const names = tenant.books.customers().map(({ Name }) => Name)
  expect(names).toHaveLength(MANY + 15)
  expect(new Set(names.filter((name) => name?.startsWith('Ny kunde'))).size).toBe(15)
})

test('a record that waits for a person is looked at by itself in a burst, too, and its problem ends', async () => {
  const kit = begin()
  const tenant = await loaded(kit)
  const [first] = rolesOf(tenant)
  if (!first) throw new Error('no customer')
  tenant.crm.edit(first.organizationId, { EmailAddress: 'ikke en adresse' })
  await kit.quiet()
  expect(codesOf(tenant)).toEqual(['relation.email_invalid'])
  await kit.town.passMinutes(2)

  const ids = editAll(tenant)
  tenant.crm.edit(first.organizationId, { EmailAddress: '', PhoneNumber: '' }, { silent: true })
  await tellAll(
    kit,
    tenant,
    ids.map((id) => ({ id })),
  )
  await kit.quiet()
  expect(codesOf(tenant)).toEqual([])
})

test.each(['crash', 'reset'] as const)(
  'a %s while events are taken together loses none of them',
  async (how) => {
    const kit = begin()
    const tenant = await loaded(kit)
    const ids = editAll(tenant)
    let struck = false
    kit.town.platform.onQuery = (query) => {
      if (struck || !query.includes('json_each')) return
      struck = true
      tenant.object[how]()
    }
    await tellAll(
      kit,
      tenant,
      ids.map((id) => ({ id })),
    )
    await kit.quiet()
    expect(struck).toBe(true)
    expect(new Set(phonesIn(tenant)).size).toBe(MANY)
  },
)

test('while D1 is away, events of a burst wait, and none is lost', async () => {
  const kit = begin()
  const tenant = await loaded(kit)
  const ids = editAll(tenant)
  const fault = kit.town.platform.d1.add({ name: 'fails', on: /from "links"/, times: 30 })
  await tellAll(
    kit,
    tenant,
    ids.map((id) => ({ id })),
  )
  await kit.quiet()
  expect(fault.struck()).toBeGreaterThan(0)
  expect(new Set(phonesIn(tenant)).size).toBe(MANY)
})

/** One event after another, so far apart, of the customers in turn; `at` is told how many have been sent. */
async function stream(
  { town }: Bookkeeping,
  { crm }: TownTenant,
  { events, apartMs, at = () => undefined }: { events: number; apartMs: number; at?: (n: number) => void },
): Promise<void> {
  const roles = crm.customers().map(({ ID }) => String(ID))
  const hook = crm.webhooks.find((one) => one.entityType === CUSTOMER) ?? expect.fail(CUSTOMER)
  const headers = Object.fromEntries(hook.headers.map(({ name, value }) => [name, value]))
  const answers: Promise<Response>[] = []
  for (let n = 0; n < events; n++) {
    const payload = { type: 'EntityUpdateMutation', entityType: CUSTOMER, entityId: roles[n % roles.length] }
    const body = JSON.stringify({ webhookId: hook.id, payload })
    answers.push(town.platform.fetch(new Request(hook.webhookUrl, { method: 'POST', headers, body })))
    at(n)
    await town.timeline.run(apartMs)
  }
  for (const { status } of await town.waitFor(Promise.all(answers))) expect(status).toBe(202)
}
/** What is due, and for how long the oldest of it has been. */
function dueOf({ town }: Bookkeeping, tenant: TownTenant): { count: number; forMs: number } {
  const now = town.timeline.now()
  const due = tenant.jobs.list('due', { limit: 10_000, offset: 0, now })
  return { count: due.length, forMs: now - Math.min(now, ...due.map(({ createdAt }) => createdAt)) }
}

test('while events keep coming, they are stored, and worked off every two seconds', async () => {
  const kit = begin()
  const tenant = await loaded(kit)
  editAll(tenant)
  const seen = watched(kit, tenant)
  const longest = { forMs: 0, count: 0 }
  await stream(kit, tenant, {
    events: 600,
    apartMs: 10,
    at: () => {
      const { count, forMs } = dueOf(kit, tenant)
      longest.count = Math.max(longest.count, count)
      longest.forMs = Math.max(longest.forMs, forMs)
    },
  })
  expect(longest.forMs).toBeGreaterThan(1500)
  expect(longest.forMs).toBeLessThanOrEqual(2300)
  // Each of a hundred records once, however often it was told of.
  expect(longest.count).toBeLessThanOrEqual(MANY + 5)
  // Six seconds, two for each run; the first began at once, and the looks that are made together when they are due.
  const runs = seen.d1.filter((query) => query.includes('from tenants')).length
  expect(runs).toBeLessThanOrEqual(7)
  // Taken and stored, each of them; all else is for many at once.
  expect(seen.object.length).toBeLessThanOrEqual(3 * 600)
  await kit.quiet()
  expect(new Set(phonesIn(tenant)).size).toBe(MANY)
})

test('the first event of a stream begins at once, and what a person asks for in the midst of it does, too', async () => {
  const kit = begin()
  const tenant = await loaded(kit)
  const { town } = kit
  const callsTo = (host: RegExp, from: number) =>
    town.calls.slice(from).filter((call) => host.test(call.host))
  const from = town.calls.length
  const seen = watched(kit, tenant)
  let begunAt: number | null = null
  let asked: { at: number; from: number; answered: Promise<unknown> } | null = null
  let polledAfter: number | null = null
  const startedAt = town.timeline.now()
  await stream(kit, tenant, {
    events: 200,
    apartMs: 10,
    at: (n) => {
      const now = town.timeline.now()
      if (begunAt === null && seen.d1.length > 0) begunAt = now - startedAt
      if (n === 100)
        asked = {
          at: now,
          from: town.calls.length,
          answered: tenant.api('POST', '/sync', { what: 'relations' }),
        }
      if (asked && polledAfter === null && callsTo(/poweroffice/, asked.from).length > 0)
        polledAfter = now - asked.at
    },
  })
  expect(begunAt).toBeLessThanOrEqual(50)
  expect(callsTo(/poweroffice/, from).length).toBeGreaterThan(0)
  expect(polledAfter).toBeLessThanOrEqual(800)
  await kit.quiet()
})

test.each(['crash', 'reset'] as const)(
  'a %s while a run waits for events to pause loses none of them',
  async (how) => {
    const kit = begin()
    const tenant = await loaded(kit)
    editAll(tenant)
    await stream(kit, tenant, {
      events: 150,
      apartMs: 10,
      at: (n) => {
        if (n === 100) tenant.object[how]()
      },
    })
    await kit.quiet()
    expect(new Set(phonesIn(tenant)).size).toBe(MANY)
  },
)

test('a tenant that is paused and resumed while events keep coming has all of them', async () => {
  const kit = begin()
  const tenant = await loaded(kit)
  editAll(tenant)
  const asked: Promise<unknown>[] = []
  await stream(kit, tenant, {
    events: 300,
    apartMs: 10,
    at: (n) => {
      if (n === 60) asked.push(tenant.api('POST', '/pause'))
      if (n === 200) asked.push(tenant.api('POST', '/resume'))
    },
  })
  await kit.town.waitFor(Promise.all(asked))
  await kit.quiet()
  expect(new Set(phonesIn(tenant)).size).toBe(MANY)
})
