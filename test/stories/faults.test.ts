import { afterAll, beforeAll, expect, test } from 'vitest'
import { type KindName, strike } from '../fakes/catalogue'
import type { Relay } from './relay'
import { startRelay } from './relay'

let relay: Relay
beforeAll(async () => {
  relay = await startRelay({ callTimeoutMs: 1500 })
})
afterAll(() => relay.close())

/** What each of them does is shown in `test/faults`; here they strike the real runtime, over HTTP. */
const SOME: readonly KindName[] = [
  ...([
    'error-after',
    'lost-before',
    'lost-after',
    'slow',
    'truncated',
    'html',
    'unauthorized-once',
  ] as const),
  ...(['token-expires', 'stale-replica', 'webhook-dropped', 'webhook-doubled', 'webhook-reordered'] as const),
]

test('the faults of the catalogue strike over HTTP as well, and all ends in step', async () => {
  const { tribe, powerOffice } = relay
  const tenant = await relay.tenant()
  const { crm, books } = tenant
  for (const [n, name] of SOME.entries()) {
    const fault = strike(name, { tribe, crm, powerOffice, books }, { delayMs: 2500 })
    crm.hasCustomer({ organization: { Name: `Herfra ${n} AS` } })
    books.hasCustomer({ Name: `Derfra ${n} AS` })
    await tenant.poll()
    expect([name, fault.struck()]).toEqual([name, expect.toSatisfy((times: number) => times > 0)])
    fault.lift()
  }
  await tenant.poll()
  const there = books.customers().map(({ Name }) => String(Name))
  const here = crm.customers().map(({ Organization }) => String((Organization as { Name?: string }).Name))
  expect(here.sort()).toEqual(there.sort())
  expect([there.length, new Set(there).size]).toEqual([2 * SOME.length, 2 * SOME.length])
  expect([(await tenant.status()).problems, relay.violations()]).toEqual([[], []])
})
