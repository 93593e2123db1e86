import { expect, test } from 'vitest'
import type { TownTenant } from '../platform/town'
import { type Bookkeeping, useBookkeeping } from './bookkeeping'

/** What one event of Tribe's costs: statements of the tenant's object and of D1, hops, calls. Never how long it takes. */
const begin = useBookkeeping()

/** Delivers what Tribe would say of a record, and gives the answer's status. */
async function tell(
  { town }: Bookkeeping,
  { crm }: TownTenant,
  entityId: string,
  { type = 'EntityCreationMutation', of = /Customer$/ }: { type?: string; of?: RegExp } = {},
): Promise<number> {
  const hook = crm.webhooks.find(({ entityType }) => of.test(entityType)) ?? expect.fail('no webhook')
  const headers = Object.fromEntries(hook.headers.map(({ name, value }) => [name, value]))
  const payload = { type, entityType: hook.entityType, entityId }
  const body = JSON.stringify({ webhookId: hook.id, payload })
  const request = new Request(hook.webhookUrl, { method: 'POST', headers, body })
  return (await town.waitFor(town.platform.fetch(request))).status
}

/** What is done for a tenant from now on, in its order: by its object, its gate and D1, and what it calls. */
function watched({ town }: Bookkeeping, { id }: TownTenant): string[] {
  const done: string[] = []
  const short = (what: string) => what.replaceAll('"', '').replace(/\s+/g, ' ')
  town.platform.tenantSync.of(id).onDone = (what) => done.push(`object: ${short(what)}`)
  for (const gate of town.platform.gate.objects.values())
    gate.onDone = (what) => done.push(`gate: ${short(what)}`)
  town.platform.onQuery = (query) => done.push(`D1: ${short(query)}`)
  town.onCall = ({ method, path }) => done.push(`call: ${method} ${path.split('?')[0]}`)
  return done
}

test('a delivery to a paused tenant is one hop and one statement, within ten seconds of another', async () => {
  const kit = begin()
  const tenant = await kit.tenant()
  await kit.api(tenant, 'POST', '/pause')
  const ids = Array.from({ length: 3 }, (_, n) => `7d1c2f30-5b7a-4f0e-8a51-2f9f0c6e1a1${n}`)
  expect(await tell(kit, tenant, ids[0] ?? '')).toBe(202)
  const done = watched(kit, tenant)
  for (const id of ids.slice(1)) expect(await tell(kit, tenant, id)).toBe(202)

  const once = ['object: takeWebhook', expect.stringMatching(/^object: insert into inbox/)]
  expect(done).toEqual([...once, ...once])
})

test('a stream of deliveries to a paused tenant asks D1 once in ten seconds, and what a person asks for begins at once', async () => {
  const kit = begin()
  const tenant = await kit.tenant()
  await kit.api(tenant, 'POST', '/pause')
  const id = '7d1c2f30-5b7a-4f0e-8a51-2f9f0c6e1a10'
  await tell(kit, tenant, id)
  await kit.town.timeline.run(1000)
  const done = watched(kit, tenant)
  for (let n = 0; n < 40; n++) {
    await tell(kit, tenant, id)
    await kit.town.timeline.run(500)
  }
  expect(done.filter((what) => what.startsWith('D1: '))).toHaveLength(2)

  await tell(kit, tenant, id)
  await kit.api(tenant, 'POST', '/preview')
  await kit.town.timeline.run(1500)
  expect(await kit.api(tenant, 'GET', '/preview')).toMatchObject({ state: 'done' })
})

test('a new customer is in PowerOffice after two rounds of D1, one call to Tribe and one turn at the gate', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ tribe: { echo: false } })
  // Tokens are fetched, and the first hour is told.
  tenant.crm.hasCustomer({ organization: { Name: 'Første AS' } })
  await kit.quiet()
  await kit.town.passMinutes(1)
  const { roleId } = tenant.crm.hasCustomer({ organization: { Name: 'Nordlys AS' }, silent: true })
  const done = watched(kit, tenant)
  expect(await tell(kit, tenant, roleId)).toBe(202)
  await kit.quiet()

  expect(tenant.books.customers()).toHaveLength(2)
  const before = done.slice(0, done.indexOf('call: POST /v2/Customers'))
  const hops = before.filter((what) => !what.startsWith('object: ') || what === 'object: takeWebhook')
  expect(hops).toEqual([
    'object: takeWebhook',
    // The tenant, and the links of what was told of.
    'D1: batch',
    expect.stringMatching(/^call: GET .*Customer\(/),
    expect.stringMatching(/^D1: select .* from links/),
    'gate: fetch',
  ])
})

test('a changed organisation is in PowerOffice after two rounds of D1', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ tribe: { echo: false } })
  const { organizationId } = tenant.crm.hasCustomer({ organization: { Name: 'Nordlys AS' } })
  await kit.quiet()
  await kit.town.passMinutes(1)
  tenant.crm.edit(organizationId, { PhoneNumber: '22 00 10 01' }, { silent: true })
  const done = watched(kit, tenant)
  const how = { type: 'EntityUpdateMutation', of: /\.Organization$|^Organization$/ }
  expect(await tell(kit, tenant, organizationId, how)).toBe(202)
  await kit.quiet()

  expect(tenant.books.customers()[0]?.PhoneNumber).toBe('22 00 10 01')
  const written = done.findIndex((what) => what.startsWith('call: PATCH /v2/Customers'))
  expect(done.slice(0, written).filter((what) => what.startsWith('D1: '))).toEqual([
    'D1: batch',
    // Whether the same contact is a supplier's.
    expect.stringMatching(/power_office_id = /),
  ])
})

test('what a run has done itself is known to its next look: a customer is changed while it is made', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ tribe: { echo: false } })
  const { organizationId, roleId } = tenant.crm.hasCustomer({
    organization: { Name: 'Nordlys AS' },
    silent: true,
  })
  const done: string[] = []
  const told: Promise<number>[] = []
  kit.town.onCall = ({ method, path }) => {
    done.push(`${method} ${path}`)
    if (told.length > 0 || method !== 'POST' || !path.endsWith('/Customers')) return
    tenant.crm.edit(organizationId, { PhoneNumber: '22 00 10 01' }, { silent: true })
    told.push(tell(kit, tenant, roleId, { type: 'EntityUpdateMutation' }))
  }
  expect(await tell(kit, tenant, roleId)).toBe(202)
  await kit.quiet()

  expect(await Promise.all(told)).toEqual([202])
  expect(tenant.books.customers()).toMatchObject([{ PhoneNumber: '22 00 10 01' }])
  expect(done.filter((call) => call.startsWith('POST /v2/Customers'))).toHaveLength(1)
})
