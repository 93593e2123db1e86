import { afterEach, expect, test } from 'vitest'
import { type Relay, startRelay } from './relay'

/** What a first load costs at Tribe's window: the least time that the window leaves, and hardly a call more than it has records. */

const MINUTE_MS = 60_000

let relay: Relay
afterEach(async () => {
  const violations = relay.violations()
  await relay.close()
  expect(violations).toEqual([])
})

test.each([
  [2000, 1000],
  [1000, 1000],
])(
  'a first load of %d customers at %d calls a minute takes 1.1 times the least minutes and a twentieth more calls at most, its echoes and the poll after it too',
  async (count, perMinute) => {
    relay = await startRelay({
      requestsPerSecond: 10,
      vars: { TRIBE_REQUESTS_PER_MINUTE: String(perMinute) },
    })
    const acme = await relay.tenant({
      tribe: { requestsPerMinute: perMinute },
      activate: false,
      seed: (_, books) => {
        for (let n = 0; n < count; n++) books.hasCustomer({ Name: `Kunde ${n} AS` })
      },
    })
    // What connecting cost is out of the window by then.
    await relay.sleep(2 * MINUTE_MS)
    relay.tribe.log.clear()
    const begunAt = Date.now()
    expect((await acme.api('POST', '/activate')).status).toBe(202)
    await relay.until(async () => (await acme.status()).initialSync.state === 'done', 10 * MINUTE_MS, 1000)
    const { finishedAt } = (await acme.status()).initialSync
    expect((Date.parse(finishedAt) - begunAt) / MINUTE_MS).toBeLessThanOrEqual((1.1 * count) / perMinute)
    await acme.quiet()
    expect(acme.crm.customers()).toHaveLength(count)
    const calls = relay.tribe.log.matching(/./, acme.crm.id).length
    expect(calls).toBeLessThanOrEqual(1.05 * count + 50)
  },
)
