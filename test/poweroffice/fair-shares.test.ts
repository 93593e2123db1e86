import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PERIOD_MS } from '../../src/poweroffice/turns'
import {
  BIG,
  BROKEN,
  beganAt,
  HELD,
  QUARTER,
  type Setting,
  SHARING,
  simulate,
  THROTTLED,
  tribeOf,
} from './fair-shares'
import { mostWithin } from './turns-simulation'

const MINUTE = 60_000
const TWO_HUNDRED: Setting = {
  tenants: 200,
  load: 50_000,
  pushesPerSecond: 1,
  skewMs: 5 * MINUTE,
  trouble: true,
  seed: 1,
}
/** More than the gate lets through in a quarter. */
const MORE_THAN_GETS_DONE = 15_000

const realNow = Date.now
afterAll(() => {
  Date.now = realNow
})

type World = ReturnType<typeof simulate>

/** In any second, as they left here and as they came in there. */
const mostInASecond = ({ calls }: World) =>
  Math.max(
    mostWithin(
      calls.map(({ leftAt }) => leftAt),
      1000,
    ),
    mostWithin(
      calls.map(({ arrivedAt }) => arrivedAt),
      1000,
    ),
  )

/** Of those that are in no trouble themselves, once the gate has come to work. */
const waitsOfPushes = ({ waits }: World) =>
  waits.filter(({ lane, tenant, since }) => lane === 'push' && tenant > THROTTLED && since > beganAt + MINUTE)
const longest = (waits: readonly { ms: number }[]) => waits.reduce((most, { ms }) => Math.max(most, ms), 0)

const callsOf = ({ calls }: World, tenant: number) => calls.filter((call) => call.tenant === tenant).length

describe('200 tenants: one brings 50,000 records, one has a broken key, one gets 429s, the others push and poll', () => {
  let world: World
  beforeAll(async () => {
    world = simulate(TWO_HUNDRED)
    await world.run(2 * QUARTER + MINUTE)
  })

  test('no second holds more than ten requests, tokens and retries included, though clocks differ by minutes', () => {
    expect(world.calls.length).toBeGreaterThan(10_000)
    expect(mostInASecond(world)).toBeLessThanOrEqual(10)
  })

  test('a push of any of the others waits two seconds at the gate at most', () => {
    const waits = waitsOfPushes(world)
    expect(waits.length).toBeGreaterThan(3000)
    expect(longest(waits)).toBeLessThanOrEqual(2000)
  })

  test('every poll is done long before the next', () => {
    expect(world.latePolls).toEqual([])
    const polls = world.waits.filter(({ lane, tenant }) => lane === 'bulk' && tenant > THROTTLED)
    expect(polls.length).toBeGreaterThan(2 * 4 * 197 - 1)
    expect(longest(polls)).toBeLessThan(2 * MINUTE)
  })

  test('the broken key costs a few calls and no more', () => {
    const after = world.calls.filter(({ tenant, status }) => tenant === BROKEN && status >= 400)
    expect(after.length).toBeGreaterThan(0)
    expect(after.length).toBeLessThanOrEqual(4)
    expect(world.tenants[BROKEN]?.isStopped).toBe(true)
  })

  test('the one with 429s did get them, and is told from the rest by nothing else', () => {
    expect(
      world.calls.filter(({ tenant, status }) => tenant === THROTTLED && status === 429).length,
    ).toBeGreaterThan(100)
    expect(world.calls.filter(({ tenant, status }) => tenant > THROTTLED && status !== 200)).toEqual([])
  })

  test('no Tribe is asked more than 950 times in any minute, also where three companies share it', () => {
    const most = [...Map.groupBy(world.tribeCalls, ({ tribe }) => tribe)].map(([tribe, calls]) => ({
      tribe,
      calls: mostWithin(
        calls.map(({ leftAt }) => leftAt),
        MINUTE,
      ),
    }))
    expect(most.length).toBeGreaterThan(190)
    expect(most.filter(({ calls }) => calls > 950)).toEqual([])
    expect(most.find(({ tribe }) => tribe === tribeOf(SHARING[1] ?? 0))?.calls).toBeGreaterThan(900)
  })

  test('a push beside three loads of one Tribe waits two seconds there at most', () => {
    const pushes = world.tribeCalls.filter(({ tribe, lane }) => tribe === SHARING[0] && lane === 'push')
    expect(pushes.length).toBeGreaterThan(100)
    expect(pushes.reduce((longestMs, { waitedMs }) => Math.max(longestMs, waitedMs), 0)).toBeLessThanOrEqual(
      2000,
    )
  })

  test('not one call leaves for a Tribe that wants to be left alone, and all that was asked of it is done', () => {
    expect(world.tribeCalls.filter(({ isHeld }) => isHeld)).toEqual([])
    expect(world.tribeCalls.filter(({ tribe }) => tribe === HELD).length).toBeGreaterThan(1000)
  })

  test('the load goes on all the while', () => {
    expect(callsOf(world, BIG)).toBeGreaterThan(7000)
  })
})

test('the load uses nine tenths of what the others leave', async () => {
  const world = simulate({ ...TWO_HUNDRED, load: MORE_THAN_GETS_DONE, trouble: false, seed: 2 })
  const lasted = await world.run(QUARTER + MINUTE)
  const left = (10 * lasted) / PERIOD_MS - (world.calls.length - callsOf(world, BIG))
  expect(callsOf(world, BIG)).toBeGreaterThanOrEqual(0.9 * left)
  expect(mostInASecond(world)).toBeLessThanOrEqual(10)
})

test('a gate that is restarted every twenty seconds, on machines whose clocks differ, keeps to its limit all the same', async () => {
  const world = simulate({ ...TWO_HUNDRED, load: MORE_THAN_GETS_DONE, restartEveryMs: 20_000, seed: 3 })
  await world.run(QUARTER / 2)
  expect(world.restarts.length).toBeGreaterThan(20)
  expect(mostInASecond(world)).toBeLessThanOrEqual(10)
  // It begins with none, since nobody knows what the one before had given out.
  const waits = waitsOfPushes(world)
  const isHit = ({ since }: { since: number }) =>
    world.restarts.some((at) => since > at - 2000 && since < at + 3000)
  expect(longest(waits.filter((wait) => !isHit(wait)))).toBeLessThanOrEqual(2000)
  expect(longest(waits)).toBeLessThanOrEqual(5000)
})

test('the same seed gives the same run', async () => {
  const digests = []
  for (let n = 0; n < 2; n++) {
    const world = simulate({ ...TWO_HUNDRED, tenants: 20, load: 1000 })
    await world.run(MINUTE)
    digests.push(world.digest())
  }
  expect(digests[0]).toBe(digests[1])
})
