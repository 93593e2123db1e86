import { afterEach, expect, test } from 'vitest'
import { Town, type TownTenant } from '../platform/town'

/**
 * A deploy or a move puts a new object in the place of a tenant's old one. The old one goes on until it touches its
 * storage: what it waits for still comes, and what it sends would still leave.
 */

const RELATIONS = { invoices: { enabled: false } }
let town: Town
afterEach(({ task }) => {
  if (task.result?.state === 'fail') console.error(town.story.slice(-60).join('\n'))
  town.platform.close()
})

async function aTenant(settings: Record<string, unknown> = RELATIONS): Promise<TownTenant> {
  town = new Town(5)
  const tenant = await town.addTenant({ settings })
  await town.waitFor(tenant.mapAsProposed())
  return tenant
}

async function activated(tenant: TownTenant): Promise<TownTenant> {
  await town.waitFor(tenant.activate())
  await quiet()
  await town.passMinutes(1)
  return tenant
}

async function quiet(): Promise<void> {
  expect(await town.quiet()).toBe(null)
}

/** The next calls that fit are answered late, with what was so when they were asked. */
function slow(system: 'tribe' | 'powerOffice', fits: (request: Request) => boolean, ms: number, times = 1) {
  const { app } = town[system]
  const real = app.fetch.bind(app)
  let left = times
  app.fetch = async (request: Request) => {
    const isSlow = left > 0 && fits(request)
    if (isSlow) left--
    const answer = await real(request)
    if (isSlow) await town.timeline.sleep(ms)
    return answer
  }
}

const phones = ({ crm, books }: TownTenant) => [
  books.customers()[0]?.PhoneNumber,
  (crm.customers()[0]?.Organization as { PhoneNumber?: string } | undefined)?.PhoneNumber,
]

test('an edit that was under way at a deploy does not come back over a newer one', async () => {
  const tenant = await activated(await aTenant())
  const { crm } = tenant
  const organization = { Name: 'Nordlys AS', PhoneNumber: '+4722000001' }
  const { organizationId } = crm.hasCustomer({ organization })
  await quiet()
  slow('powerOffice', ({ method, url }) => method === 'GET' && /\/Customers\/\d+/.test(url), 9000)
  crm.edit(organizationId, { PhoneNumber: '+4722000002' })
  await town.timeline.run(1500)
  town.platform.deploy()
  await town.timeline.run(4000)
  crm.edit(organizationId, { PhoneNumber: '+4722000003' })
  await town.timeline.run(3000)
  expect(phones(tenant)[0]).toBe('+4722000003')
  await town.timeline.run(20_000)
  expect(phones(tenant)).toEqual(['+4722000003', '+4722000003'])
})

test('deploys in a first load, while Tribe is slow: each customer is made once, and each webhook registered once', async () => {
  const tenant = await aTenant()
  const names = Array.from({ length: 60 }, (_, n) => `Kunde ${String(n + 1).padStart(2, '0')} AS`)
  for (const Name of names) tenant.books.hasCustomer({ Name })
  slow('tribe', ({ method, url }) => method === 'GET' && /odata/.test(url), 8000, 10_000)
  await town.waitFor(tenant.activate())
  const made = () => tenant.crm.customers().length
  for (const part of [10, 25, 40]) {
    await town.timeline.runUntil(() => made() >= part, 600_000, 100)
    town.platform.deploy()
  }
  await quiet()
  const there = tenant.crm.customers().map(({ Organization }) => (Organization as { Name: string }).Name)
  expect(there.sort()).toEqual(names)
  const hooks = tenant.crm.webhooks.map(({ entityType }) => entityType)
  expect(hooks).toEqual([...new Set(hooks)])
})

test('a product that was on its way at a deploy, while PowerOffice is slow, is made once', async () => {
  const tenant = await activated(await aTenant())
  slow('powerOffice', ({ method, url }) => method === 'GET' && /\/Products/.test(url), 9000)
  tenant.crm.hasProduct({ Name: 'Time', Code: 'T1', SalesPrice: 1000 })
  await town.timeline.run(1500)
  town.platform.deploy()
  await town.timeline.run(30_000)
  await quiet()
  expect(tenant.books.products().filter(({ Name }) => Name === 'Time')).toHaveLength(1)
})

const RESET = () =>
  Object.assign(new Error('Durable Object reset because its code was updated.'), { retryable: true })
const FULL = () => Object.assign(new Error('Durable Object is overloaded.'), { overloaded: true })

/** What Tribe is answered when the object fails like this as a customer's webhook comes, and who is in the books then. */
async function webhookMeets(...failures: Error[]) {
  const tenant = await activated(await aTenant())
  tenant.object.callsToFail.push(...failures)
  tenant.crm.options.webhookRetries = 0
  tenant.crm.hasCustomer({ organization: { Name: 'Nordlys AS' } })
  await town.passMinutes(1)
  const answered = tenant.crm.deliveries.map(({ status }) => status)
  return { tenant, answered, there: tenant.books.customers().map(({ Name }) => Name) }
}

test('a webhook that comes as the object is reset is taken all the same', async () => {
  const { answered, there } = await webhookMeets(RESET())
  expect(answered.every((status) => status === 202)).toBe(true)
  expect(there).toEqual(['Nordlys AS'])
})

test.each([
  ['is reset twice', [RESET(), RESET()]],
  ['has too much to do', [FULL()]],
])('a webhook that meets an object that %s is to come again, and says when', async (_, failures) => {
  const tenant = await activated(await aTenant())
  tenant.object.callsToFail.push(...failures)
  const answer = await town.waitFor(
    town.platform.fetch(
      new Request(`https://relay.example/webhooks/tribe/${tenant.id}`, { method: 'POST', body: '{}' }),
    ),
  )
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
  expect(await answer.json()).toMatchObject({ error: { code: 'relay.object_unavailable' } })
})

test('a tick and a click that come as the object is reset do what they are for', async () => {
  const tenant = await activated(await aTenant())
  tenant.books.hasCustomer({ Name: 'Fra boka AS' })
  tenant.object.callsToFail.push(RESET())
  await town.tick('*/15 * * * *')
  await quiet()
  expect(tenant.crm.customers()).toHaveLength(1)
  tenant.object.callsToFail.push(RESET())
  expect(await town.waitFor(tenant.api('GET', '/status'))).toMatchObject({ state: 'active' })
})

test('a link that an old object has sent to D1 and that arrives after the new one has saved it stays away', async () => {
  const tenant = await activated(await aTenant())
  const { crm } = tenant
  const organization = { Name: 'Nordlys AS', PhoneNumber: '+4722000001' }
  const { organizationId } = crm.hasCustomer({ organization })
  await quiet()
  const link = () => town.platform.database.prepare('select bases, synced_at as syncedAt from links').all()
  const hanging = town.platform.d1.add({ name: 'hangs', on: /insert or replace into links/, times: 1 })
  crm.edit(organizationId, { PhoneNumber: '+4722000002' })
  await town.timeline.runUntil(() => hanging.struck() === 1, 20_000, 10)
  town.platform.deploy()
  await town.timeline.run(5000)
  crm.edit(organizationId, { PhoneNumber: '+4722000003' })
  // Until it was looked once more for what the old object may have sent.
  await town.timeline.run(45_000)
  const saved = link()
  expect(phones(tenant)).toEqual(['+4722000003', '+4722000003'])
  // The old one arrives within this.
  await town.timeline.run(85_000)
  expect(link()).toEqual(saved)
})
