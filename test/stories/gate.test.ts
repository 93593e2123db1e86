import { afterAll, beforeAll, expect, test } from 'vitest'
import { companies } from '../fakes/data/companies'
import { type Relay, startRelay } from './relay'

/** The pace of real requests shows in few of them; in virtual time there are many (`npm test` tells both). */
const [ROUNDS, BURST] = process.env.STORIES === 'workerd' && !process.env.SOAK ? [3, 20] : [6, 50]

let relay: Relay
beforeAll(async () => {
  relay = await startRelay({ requestsPerSecond: 10 })
})
afterAll(() => relay.close())

test('three tenants that push at once never send more than ten requests in a second, and a push of a fourth goes between them', async () => {
  const busy = [await relay.tenant(), await relay.tenant(), await relay.tenant()]
  const calm = await relay.tenant()
  relay.powerOffice.log.clear()
  for (const tenant of busy)
    for (const company of companies(40, 7))
      tenant.books.hasCustomer({ Name: company.name, PhoneNumber: company.phone })
  // Bulk work of three tenants at once: pulls, and pages that are read again and again.
  const load = Promise.all(
    busy.map(async (tenant) => {
      for (let round = 0; round < ROUNDS; round++) {
        await tenant.api('POST', '/sync', { what: 'everything' })
        await tenant.quiet()
      }
    }),
  )
  await relay.sleep(500)
  const callsBefore: number[] = []
  for (let n = 0; n < 3; n++) {
    const begun = relay.powerOffice.log.all.length
    calm.crm.hasCustomer({ organization: { Name: `Push ${n} AS` } })
    await relay.until(() => calm.books.customers().length > n, 60_000, 10)
    callsBefore.push(relay.powerOffice.log.all.length - begun)
    await calm.quiet()
  }
  await load
  // Ten calls a second: so many of others go first, however fast this machine is.
  expect(Math.max(...callsBefore)).toBeLessThanOrEqual(60)
  expect(relay.powerOffice.log.mostWithin(1000)).toBeLessThanOrEqual(10)
  expect(relay.powerOffice.overLimit).toBe(0)
  expect(relay.violations()).toEqual([])
})

test(`${BURST} pushes at once go out at the pace that is allowed, and none is lost`, async () => {
  const acme = await relay.tenant()
  relay.powerOffice.log.clear()
  for (let n = 0; n < BURST; n++) acme.crm.hasCustomer({ organization: { Name: `Burst ${n} AS` } })
  await acme.quiet()
  expect(acme.books.customers()).toHaveLength(BURST)
  expect(new Set(acme.books.customers().map((one) => one.ExternalImportReference)).size).toBe(BURST)
  expect(relay.powerOffice.log.mostWithin(1000)).toBeLessThanOrEqual(10)
  expect(relay.powerOffice.overLimit).toBe(0)
})

test('a 429 empties the budget for all', async () => {
  const [acme, other] = [await relay.tenant(), await relay.tenant()]
  relay.powerOffice.faults.add({
    name: 'rate-limited',
    on: /^POST .*Customers/,
    account: acme.books.clientKey,
  })
  relay.powerOffice.log.clear()
  acme.crm.hasCustomer({ organization: { Name: 'Refused once AS' } })
  await relay.until(() => relay.powerOffice.log.matching(/Customers/).length > 0, 60_000, 5)
  const refusedAt = relay.powerOffice.log.matching(/Customers/)[0]?.at ?? 0
  await relay.sleep(50)
  other.crm.hasCustomer({ organization: { Name: 'Waits along AS' } })
  await Promise.all([acme.quiet(), other.quiet()])
  const later = relay.powerOffice.log.matching(/Customers/).slice(1)
  expect(Math.min(...later.map((seen) => seen.at))).toBeGreaterThanOrEqual(refusedAt + 1000)
  expect(acme.books.customers()).toHaveLength(1)
  expect(other.books.customers()).toHaveLength(1)
})
