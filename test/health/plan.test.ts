import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planAlert, type Turned, turn } from '../../src/health/plan'

const SETTLE_MS = 600_000

/** Looks at a tenant now and then, and tells when it is time; gives what was told and when. */
function watched(looks: readonly { afterMs: number; state: 'healthy' | 'unhealthy' | 'idle' }[]) {
  const told: { state: Turned['state']; at: number; lastedMs: number }[] = []
  let turned: Turned | null = null
  let at = 1_800_000_000_000
  for (const { afterMs, state } of looks) {
    at += afterMs
    turned = turn(turned, state, at)
    const last = told.at(-1)?.state ?? null
    const plan = planAlert({ turned, told: last, at, settleMs: SETTLE_MS })
    if (plan.do === 'tell') told.push({ state: plan.turned.state, at, lastedMs: at - plan.turned.since })
    if (plan.do === 'wait') expect(plan.ms).toBeGreaterThan(0)
  }
  return told
}
const minutes = (after: number, state: 'healthy' | 'unhealthy' | 'idle') => ({
  afterMs: after * 60_000,
  state,
})

test('a tenant that is ill for ten minutes is told of once, however often it is looked at', () => {
  const looks = Array.from({ length: 100 }, () => minutes(1, 'unhealthy'))
  expect(watched(looks)).toMatchObject([{ state: 'unhealthy', lastedMs: SETTLE_MS }])
})

test('one that recovers is told of once more', () => {
  const ill = Array.from({ length: 20 }, () => minutes(1, 'unhealthy'))
  const well = Array.from({ length: 20 }, () => minutes(1, 'healthy'))
  expect(watched([...ill, ...well, ...ill]).map(({ state }) => state)).toEqual([
    'unhealthy',
    'healthy',
    'unhealthy',
  ])
})

test('one that goes to and fro is not told of', () => {
  const looks = Array.from({ length: 100 }, (_, n) => minutes(5, n % 2 ? 'unhealthy' : 'healthy'))
  expect(watched(looks)).toEqual([])
})

test('a pause begins anew: what was before it is not told after it', () => {
  expect(watched([minutes(1, 'unhealthy'), minutes(5, 'idle'), minutes(9000, 'unhealthy')])).toEqual([])
})

test('whatever happens, messages alternate, the first is bad news, and each lasted', () => {
  const look = fc.record({
    afterMs: fc.integer({ min: 0, max: 900_000 }),
    state: fc.constantFrom('healthy' as const, 'unhealthy' as const, 'idle' as const),
  })
  fc.assert(
    fc.property(fc.array(look, { maxLength: 200 }), (looks) => {
      const told = watched(looks)
      told.forEach(({ state, lastedMs }, index) => {
        expect(state).toBe(index % 2 === 0 ? 'unhealthy' : 'healthy')
        expect(lastedMs).toBeGreaterThanOrEqual(SETTLE_MS)
      })
    }),
  )
})
