import { afterEach, beforeEach, expect, test } from 'vitest'
import { type KindName, strike } from '../fakes/catalogue'
import { type Relay, startRelay, type Tenant } from './relay'

/** Tribe allows so many calls in any minute; the relay keeps to 95 % of it, and loses nothing for that. */

const A_MINUTE = 150
const MINUTE_MS = 60_000

let relay: Relay
beforeEach(async () => {
  relay = await startRelay({ vars: { TRIBE_REQUESTS_PER_MINUTE: String(A_MINUTE) } })
})
afterEach(async () => {
  const violations = relay.violations()
  await relay.close()
  expect(violations).toEqual([])
})

const toTribe = (acme: Tenant) => relay.tribe.log.matching(/./, acme.crm.id).length
const customers = (n: number) =>
  Array.from({ length: n }, (_, at) => `Kunde ${String(at + 1).padStart(3, '0')} AS`)
const health = async (acme: Tenant) => (await acme.status()).health.state

test("a first load keeps to the window, is done in time, and a user's edit does not wait for it", async () => {
  const N = 160
  const acme = await relay.tenant({
    tribe: { requestsPerMinute: A_MINUTE },
    activate: false,
    seed: (_, books) => {
      for (const Name of customers(N)) books.hasCustomer({ Name })
    },
  })
  // What connecting cost is out of the window by then.
  await relay.sleep(2 * MINUTE_MS)
  const [begun, before] = [Date.now(), toTribe(acme)]
  expect((await acme.api('POST', '/activate')).status).toBe(202)
  const EDITS = 5
  const waits: number[] = []
  for (let n = 0; n < EDITS; n++) {
    await relay.sleep(9000)
    const since = Date.now()
    const Name = `Ny ${n} AS`
    acme.crm.hasCustomer({ organization: { Name } })
    await relay.until(() => acme.books.customers().some((customer) => customer.Name === Name), 60_000, 50)
    waits.push(Date.now() - since)
    expect(await health(acme)).toBe('healthy')
  }
  await relay.until(async () => (await acme.status()).initialSync.state === 'done', 10 * MINUTE_MS, 1000)
  const lasted = Date.now() - begun
  await acme.quiet(10 * MINUTE_MS)
  expect(acme.crm.customers()).toHaveLength(N + EDITS)
  expect(Math.max(...waits)).toBeLessThanOrEqual(5000)
  expect(lasted / MINUTE_MS).toBeLessThanOrEqual((1.1 * (N + EDITS)) / A_MINUTE)
  // Each of the new ones is read once, and its number is written back.
  expect(toTribe(acme) - before).toBeLessThanOrEqual(1.05 * N + 50 + EDITS * 3)
})

test('a restart in the middle of a load knows what the minute has left', async () => {
  const acme = await relay.tenant({
    tribe: { requestsPerMinute: A_MINUTE },
    activate: false,
    seed: (_, books) => {
      for (const Name of customers(120)) books.hasCustomer({ Name })
    },
  })
  await acme.api('POST', '/activate')
  for (let n = 0; n < 4; n++) {
    await relay.sleep(7000)
    await relay.restart()
  }
  await acme.quiet(10 * MINUTE_MS)
  expect(acme.crm.customers()).toHaveLength(120)
})

test.each<[KindName, number]>([
  ['tribe-429-bare', 60_000],
  ['tribe-429-date', 20_000],
  ['tribe-window', 60_000],
])(
  'after "%s" all of the tenant\'s work rests, nothing is told of it, and it goes on by itself',
  async (fault, holdMs) => {
    const acme = await relay.tenant({
      tribe: { requestsPerMinute: A_MINUTE },
      seed: (_, books) => {
        for (const Name of customers(5)) books.hasCustomer({ Name })
      },
    })
    await relay.sleep(2 * MINUTE_MS)
    strike(fault, { tribe: relay.tribe, crm: acme.crm, powerOffice: relay.powerOffice, books: acme.books })
    const since = Date.now()
    const before = toTribe(acme)
    for (const Name of ['En AS', 'To AS', 'Tre AS']) acme.crm.hasCustomer({ organization: { Name } })
    await relay.sleep(holdMs / 2)
    // What was under way together met it; all else waits.
    expect(toTribe(acme) - before).toBeLessThanOrEqual(4)
    const status = await acme.status()
    expect([status.health.state, status.problems]).toEqual(['healthy', []])
    const jobs = (await acme.api('GET', '/jobs?state=due')).body.jobs as {
      attempts: number
      code: string | null
    }[]
    expect(jobs.length).toBeGreaterThan(0)
    expect(jobs.map(({ code }) => code).filter(Boolean)).toEqual([])
    await relay.until(() => acme.books.customers().length === 8, 2 * MINUTE_MS, 100)
    expect(Date.now() - since).toBeGreaterThanOrEqual(holdMs - 1000)
    expect(Date.now() - since).toBeLessThanOrEqual(holdMs + 10_000)
    await acme.quiet()
  },
)

test('what a person asks for while Tribe takes no calls is answered with the reason', async () => {
  const acme = await relay.tenant({ tribe: { requestsPerMinute: A_MINUTE } })
  relay.tribe.faults.add({ name: 'rate-limited-bare', on: /^GET .*odata/, account: acme.crm.id })
  const refused = await acme.api('GET', '/lookups?refresh=true')
  expect([refused.status, refused.body.error?.code]).toEqual([503, 'tribe.too_many_requests'])
  // What was under way together has arrived by then.
  await relay.sleep(1000)
  const before = toTribe(acme)
  expect((await acme.api('GET', '/lookups?refresh=true')).status).toBe(503)
  expect(toTribe(acme)).toBe(before)
})

test('new credentials are tried once Tribe takes calls again, and all work rests after what their trial meets', async () => {
  const acme = await relay.tenant({ tribe: { requestsPerMinute: A_MINUTE } })
  const { clientId, clientSecret } = acme.crm
  const connect = () => acme.api('PUT', '/tribe', { clientId, clientSecret })
  const refuses = () =>
    relay.tribe.faults.add({ name: 'rate-limited-bare', on: /^GET .*odata/, account: acme.crm.id })
  refuses()
  await acme.api('GET', '/lookups?refresh=true')
  await relay.sleep(1000)
  const before = toTribe(acme)
  const { status, body } = await connect()
  expect([status, body.error?.code]).toEqual([503, 'tribe.too_many_requests'])
  expect(toTribe(acme)).toBe(before)
  await relay.sleep(MINUTE_MS)
  expect((await connect()).status).toBe(200)

  refuses()
  expect((await connect()).status).toBe(503)
  await relay.sleep(1000)
  const met = toTribe(acme)
  acme.crm.hasCustomer({ organization: { Name: 'Nordvik Bygg AS' } })
  await relay.sleep(MINUTE_MS / 2)
  expect(toTribe(acme)).toBe(met)
  await relay.until(() => acme.books.customers().length === 1, 2 * MINUTE_MS, 100)
  await acme.quiet()
})
