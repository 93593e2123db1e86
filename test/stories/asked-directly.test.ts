import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Relay, startRelay, type Tenant } from './relay'

/** What one company asks for directly, however often, takes little from the others. */

let relay: Relay
beforeAll(async () => {
  relay = await startRelay({ requestsPerSecond: 10 })
})
afterEach(() => expect(relay.violations()).toEqual([]))
afterAll(() => relay.close())

const times = (statuses: readonly number[], status: number) => statuses.filter((one) => one === status).length

/** How long a new customer of this company takes to PowerOffice, in milliseconds. */
async function pushOf(tenant: Tenant): Promise<number> {
  const began = relay.tribe.clock.now().getTime()
  tenant.crm.hasCustomer({ organization: { Name: 'Beside it AS' } })
  await relay.until(() => tenant.books.customers().some(({ Name }) => Name === 'Beside it AS'), 60_000, 50)
  return relay.tribe.clock.now().getTime() - began
}

test('three hundred searches side by side: sixty are answered, and the customer of another company waits two seconds at the most', async () => {
  const [acme, other] = [await relay.tenant(), await relay.tenant()]
  await relay.sleep(60_000)
  const searches = Promise.all(
    Array.from(
      { length: 300 },
      async (_, n) => (await acme.api('GET', `/records/search?kind=customer&q=name${n}`)).status,
    ),
  )
  expect(await pushOf(other)).toBeLessThanOrEqual(2000)
  const statuses = await searches
  expect([times(statuses, 200), times(statuses, 429)]).toEqual([60, 240])
})

test('a hundred and fifty wrong client keys: sixty are tried, and the customer of another company waits two seconds at the most', async () => {
  const [acme, other] = [await relay.tenant(), await relay.tenant()]
  await relay.sleep(60_000)
  const tries = Promise.all(
    Array.from(
      { length: 150 },
      async (_, n) => (await acme.put('/poweroffice', { clientKey: `wrong-${n}` })).status,
    ),
  )
  expect(await pushOf(other)).toBeLessThanOrEqual(2000)
  const statuses = await tries
  expect([times(statuses, 422), times(statuses, 429)]).toEqual([60, 90])
})

test('all of it counts together; who is turned away is told for how long, and may then ask again', async () => {
  const acme = await relay.tenant({ activate: false })
  await relay.sleep(60_000)
  const calls = [
    ['GET', '/records/search?kind=customer&q=x'],
    ['GET', '/lookups'],
    ['POST', '/preview'],
    ['GET', '/export'],
    ['GET', '/tribe/connect'],
  ] as const
  for (let n = 0; n < 60; n++) {
    const [method, path] = calls[n % calls.length] ?? calls[0]
    expect((await acme.api(method, path)).status).not.toBe(429)
  }
  for (const [method, path] of [...calls, ['PUT', '/tribe'], ['PUT', '/poweroffice']] as const) {
    const answer = await acme.api(method, path, method === 'PUT' ? {} : undefined)
    expect([answer.status, answer.body.error.code], path).toEqual([429, 'request.too_many'])
  }
  const headers = { authorization: `Bearer ${acme.token}` }
  const refused = await relay.fetch(`/api/tenants/${acme.id}/export`, { headers })
  const seconds = Number(refused.headers.get('retry-after'))
  expect(seconds).toBeGreaterThan(0)
  expect(seconds).toBeLessThanOrEqual(60)

  // Looking on is free, and another company has its own sixty.
  for (const path of ['/status', '/jobs', '/preview', '/checklist'])
    expect((await acme.api('GET', path)).status).toBe(200)
  const other = await relay.tenant({ activate: false })
  expect((await other.api('GET', '/export')).status).toBe(200)

  await relay.sleep(seconds * 1000)
  expect((await acme.api('GET', '/export')).status).toBe(200)
})
