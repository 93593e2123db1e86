import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  AHEAD_MS,
  LATEST_MS,
  latestAfter,
  PERIOD_MS,
  type TurnRequest,
  Turns,
} from '../../src/poweroffice/turns'
import { chance, type Granted, mostWithin, simulate } from './turns-simulation'

const T0 = 1_000_000
const SECOND = 1000
/** Of callers that are always on time. */
const latestMs = latestAfter(0)
/** Pushes are told to come back so much before their turn. */
const EARLY_MS = Math.floor((AHEAD_MS + latestMs) / 2)

const push = (caller: string): TurnRequest => ({ lane: 'push', caller, latestMs })
const bulk = (caller: string): TurnRequest => ({ lane: 'bulk', caller, latestMs })

describe('how much of the budget is used', () => {
  test('is nothing after a cold start', () => {
    expect(new Turns(10, T0).use(T0)).toEqual({
      lastSecond: 0,
      lastMinute: 0,
      waiting: { push: 0, bulk: 0 },
      heldForMs: 0,
      turns: 0,
      holds: 0,
    })
  })

  test('is told by the second and by the minute, with who waits', () => {
    const turns = new Turns(10, T0)
    const now = T0 + 60 * SECOND
    turns.take(push('acme'), now - 61 * SECOND)
    turns.take(push('acme'), now - 30 * SECOND)
    for (let n = 0; n < 12; n++) turns.take(push(`call ${n}`), now)
    turns.take(bulk('one'), now)
    turns.take(bulk('two'), now)
    turns.take(bulk('two'), now)
    expect(turns.use(now)).toMatchObject({
      lastSecond: 10,
      lastMinute: 11,
      waiting: { push: 2, bulk: 2 },
      turns: 12,
      heldForMs: 0,
    })
    expect(turns.use(now + 3 * SECOND)).toMatchObject({ lastSecond: 0, waiting: { push: 0 } })
    expect(turns.use(now + 60 * SECOND).waiting.bulk).toBe(0)
  })

  test('with how long nobody may call', () => {
    const turns = new Turns(10, T0)
    turns.hold(5000, T0)
    expect(turns.use(T0 + 2000)).toMatchObject({ heldForMs: 3000, holds: 1 })
  })
})

describe('after a cold start', () => {
  test('a lone push does not wait', () => {
    const turns = new Turns(10, T0)
    expect(turns.take(push('acme'), T0)).toEqual({ granted: true, waitMs: 0 })
  })

  test('a lone poll does not wait either', () => {
    const turns = new Turns(10, T0)
    expect(turns.take(bulk('acme'), T0)).toEqual({ granted: true, waitMs: 0 })
  })

  test('there is one turn at hand and no more: what ran before the restart may fill the second', () => {
    const turns = new Turns(10, T0)
    turns.take(push('acme'), T0)
    for (let n = 0; n < 10; n++)
      expect(turns.take(push(`call ${n}`), T0 + n)).toEqual({
        granted: false,
        waitMs: PERIOD_MS - EARLY_MS - n,
      })
    for (let n = 0; n < 10; n++)
      expect(turns.take(push(`call ${n}`), T0 + PERIOD_MS - EARLY_MS)).toEqual({
        granted: true,
        waitMs: EARLY_MS,
      })
  })

  test('that came while there was work there is none, until all that was given out before is over', () => {
    const turns = new Turns(10, T0, { reachMs: 4 * LATEST_MS })
    expect(turns.take(push('acme'), T0).granted).toBe(false)
    expect(turns.take(push('acme'), T0 + AHEAD_MS).granted).toBe(false)
    const { granted, waitMs } = turns.take(push('acme'), T0 + 1600)
    expect(granted).toBe(true)
    // The last turn before it may have been given out at that moment, and used as late as can be.
    expect(T0 + 1600 + waitMs).toBeGreaterThanOrEqual(T0 + AHEAD_MS + 4 * LATEST_MS + SECOND)
  })

  test('with one call a second, the second call waits for the second', () => {
    const turns = new Turns(1, T0)
    expect(turns.take(push('first'), T0).waitMs).toBe(0)
    expect(turns.take(push('second'), T0).waitMs).toBe(PERIOD_MS - EARLY_MS)
    expect(turns.take(push('third'), T0).waitMs).toBe(2 * PERIOD_MS - EARLY_MS)
  })

  test('after a quiet time ten pushes leave at once, and the eleventh a second later', () => {
    const turns = new Turns(10, T0)
    const later = T0 + 60 * SECOND
    for (let n = 0; n < 10; n++) expect(turns.take(push(`call ${n}`), later).waitMs).toBe(0)
    expect(turns.take(push('one more'), later).waitMs).toBe(PERIOD_MS - EARLY_MS)
  })
})

describe('in line', () => {
  /** A gate with one turn a second, which has just been taken. */
  function busyGate() {
    const turns = new Turns(1, T0)
    turns.take(bulk('first'), T0)
    return turns
  }

  test('a poll is told when its turn comes, and gets it when it comes back then', () => {
    const turns = busyGate()
    expect(turns.take(bulk('acme'), T0)).toEqual({ granted: false, waitMs: PERIOD_MS })
    expect(turns.take(bulk('acme'), T0 + PERIOD_MS)).toEqual({ granted: true, waitMs: 0 })
  })

  test('each tenant behind waits a turn longer', () => {
    const turns = busyGate()
    for (let n = 0; n < 5; n++) expect(turns.take(bulk(`tenant ${n}`), T0).waitMs).toBe((n + 1) * PERIOD_MS)
  })

  test('a tenant that asks for several turns has one place', () => {
    const turns = busyGate()
    for (let n = 0; n < 5; n++) expect(turns.take(bulk('acme'), T0 + n).waitMs).toBe(PERIOD_MS - n)
    expect(turns.take(bulk('bravo'), T0).waitMs).toBe(2 * PERIOD_MS)
  })

  test('who has had a turn goes to the end', () => {
    const turns = busyGate()
    turns.take(bulk('acme'), T0)
    turns.take(bulk('bravo'), T0)
    turns.take(bulk('acme'), T0 + PERIOD_MS)
    expect(turns.take(bulk('acme'), T0 + PERIOD_MS).waitMs).toBe(2 * PERIOD_MS)
    expect(turns.take(bulk('bravo'), T0 + 2 * PERIOD_MS).granted).toBe(true)
  })

  test('a tenant that does not come back keeps its place for a second, and then is forgotten', () => {
    const turns = busyGate()
    turns.take(bulk('gone'), T0)
    turns.take(bulk('acme'), T0)
    expect(turns.take(bulk('acme'), T0 + PERIOD_MS + 999).granted).toBe(false)
    expect(turns.take(bulk('acme'), T0 + PERIOD_MS + 1001)).toEqual({ granted: true, waitMs: 0 })
  })

  test('200 tenants that went away hold up nobody once their time is over', () => {
    const turns = new Turns(10, T0)
    turns.take(bulk('first'), T0)
    for (let n = 0; n < 200; n++) turns.take(bulk(`gone ${n}`), T0)
    const later = T0 + 21 * PERIOD_MS + 1001
    for (let n = 0; n < 10; n++) expect(turns.take(bulk(`tenant ${n}`), later).granted).toBe(true)
    expect(turns.take(bulk('one more'), later)).toEqual({ granted: false, waitMs: PERIOD_MS })
  })

  test('a tenant that comes back after it was forgotten queues up again', () => {
    const turns = busyGate()
    turns.take(bulk('late'), T0)
    turns.take(bulk('acme'), T0)
    turns.take(bulk('bravo'), T0)
    const later = T0 + PERIOD_MS + 1001
    expect(turns.take(bulk('late'), later).granted).toBe(false)
    expect(turns.take(bulk('acme'), later).granted).toBe(true)
  })

  test('a push goes before all of them', () => {
    const turns = busyGate()
    for (let n = 0; n < 50; n++) turns.take(bulk(`tenant ${n}`), T0)
    expect(turns.take(push('acme'), T0).waitMs).toBe(PERIOD_MS - EARLY_MS)
    expect(turns.take(bulk('tenant 0'), T0 + PERIOD_MS).granted).toBe(false)
    expect(turns.take(push('acme'), T0 + PERIOD_MS)).toEqual({ granted: true, waitMs: 0 })
  })

  test('a thousand calls of one tenant delay a call of another by one turn', () => {
    const turns = busyGate()
    const ask = (tenant: string, n: number) => turns.take({ ...push(`${tenant}/${n}`), tenant }, T0)
    for (let n = 0; n < 1000; n++) ask('crowd', n)
    expect(ask('acme', 0).waitMs).toBe(2 * PERIOD_MS - EARLY_MS)
    // Each has its turn in each round.
    expect(ask('acme', 1).waitMs).toBe(4 * PERIOD_MS - EARLY_MS)
    expect(ask('third', 0).waitMs).toBe(3 * PERIOD_MS - EARLY_MS)
  })

  test('three tenants with forty calls each: a fourth one waits a turn of each', () => {
    const turns = new Turns(10, T0)
    const now = T0 + 60 * SECOND
    const ask = (tenant: string, n: number) => turns.take({ ...push(`${tenant}/${n}`), tenant }, now)
    for (let n = 0; n < 40; n++) for (const tenant of ['one', 'two', 'three']) ask(tenant, n)
    const { granted, waitMs } = ask('four', 0)
    expect([granted, waitMs <= PERIOD_MS]).toEqual([false, true])
  })

  test('a push that does not come back is waited for a second, too', () => {
    const turns = busyGate()
    turns.take(push('gone'), T0)
    turns.take(bulk('acme'), T0)
    const backAt = T0 + PERIOD_MS - EARLY_MS
    expect(turns.take(bulk('acme'), backAt + 999).granted).toBe(false)
    expect(turns.take(bulk('acme'), backAt + 1001).granted).toBe(true)
  })

  test('no turn is given out long before it comes: a push that waits keeps its place instead', () => {
    const turns = busyGate()
    for (let n = 0; n < 20; n++) expect(turns.take(push(`call ${n}`), T0).granted).toBe(false)
    expect(turns.take(push('call 1'), T0 + PERIOD_MS).granted).toBe(false)
    expect(turns.take(push('call 0'), T0 + PERIOD_MS).granted).toBe(true)
  })
})

describe('when PowerOffice said 429', () => {
  test('nobody gets a turn until the time is over, and then the first one waits no longer', () => {
    const turns = new Turns(10, T0)
    turns.hold(30 * SECOND, T0)
    expect(turns.take(push('acme'), T0)).toEqual({ granted: false, waitMs: 30 * SECOND - EARLY_MS })
    expect(turns.take(bulk('acme'), T0 + SECOND).granted).toBe(false)
    expect(turns.take(push('acme'), T0 + 30 * SECOND - EARLY_MS)).toEqual({ granted: true, waitMs: EARLY_MS })
    expect(turns.take(bulk('acme'), T0 + 30 * SECOND).granted).toBe(true)
  })

  test('a shorter wait that is told later does not shorten a longer one', () => {
    const turns = new Turns(10, T0)
    turns.hold(30 * SECOND, T0)
    turns.hold(SECOND, T0 + SECOND)
    expect(turns.take(push('acme'), T0 + 2 * SECOND).waitMs).toBe(28 * SECOND - EARLY_MS)
  })

  test('a poll that had waited long does not slip through', () => {
    const turns = new Turns(1, T0)
    turns.take(push('acme'), T0)
    for (let n = 0; n < 8; n++) turns.take(push(`call ${n}`), T0)
    turns.take(bulk('bravo'), T0)
    turns.hold(60 * SECOND, T0 + SECOND)
    for (const at of [T0 + 9 * PERIOD_MS, T0 + 60 * SECOND]) {
      const { granted, waitMs } = turns.take(bulk('bravo'), at)
      expect(granted).toBe(false)
      expect(at + waitMs).toBeGreaterThanOrEqual(T0 + 61 * SECOND - EARLY_MS)
    }
  })
})

// ── In simulated time ───────────────────────────────────────────────────────

interface Scene {
  perSecond: number
  tenants: number
  pushesPerSecond: number
  /** Evenly spread, or as they come. */
  spread: 'even' | 'random'
  seconds: number
  lateMs: number
  /** How long a bulk call takes. */
  callMs: number
  seed: number
}

/** Pushes that come by, and tenants whose polls and first loads want every turn they can get. */
function play(scene: Scene): {
  pushes: Granted[]
  bulk: Granted[]
  all: Granted[]
  seconds: number
  start: number
} {
  const random = chance(scene.seed)
  const upTo = (most: number) => Math.floor(random() * (most + 1))
  const world = simulate({ perSecond: scene.perSecond, lateness: () => upTo(scene.lateMs) })
  const end = world.start + scene.seconds * SECOND
  for (let n = 0; n < scene.tenants; n++)
    world.saturate(`tenant ${n}`, world.start + upTo(500), end, () => upTo(2 * scene.callMs))
  const apartMs = SECOND / scene.pushesPerSecond
  for (let at = world.start, n = 0; scene.pushesPerSecond > 0 && at < end; n++) {
    at += scene.spread === 'even' ? apartMs : -Math.log(1 - random()) * apartMs
    world.turn('push', `tenant ${n % 50}`, Math.floor(at))
  }
  world.run(end)
  // Its first five seconds are those of a gate that fills.
  const settled = world.granted.filter(({ at }) => at >= world.start + 5 * SECOND && at < end)
  return {
    pushes: settled.filter(({ lane }) => lane === 'push'),
    bulk: settled.filter(({ lane }) => lane === 'bulk'),
    all: world.granted,
    seconds: scene.seconds - 5,
    start: world.start,
  }
}

const SCENE: Scene = {
  perSecond: 10,
  tenants: 200,
  pushesPerSecond: 0,
  spread: 'random',
  seconds: 120,
  lateMs: 0,
  callMs: 0,
  seed: 7,
}

/** Turns a second that pushes leave to others. Where callers are late, a turn lasts longer. */
const leftBy = (pushes: readonly Granted[], seconds: number, { lateMs = 0 }: Partial<Scene>) =>
  (SECOND / (PERIOD_MS + lateMs)) * 10 - pushes.length / seconds

const longestWait = (turns: readonly Granted[]) =>
  turns.reduce((longest, { at, since }) => Math.max(longest, at - since), 0)

/** Callers that ask when they like, come back late or not at all, and now and then a 429. */
const anyDay = fc.record({
  perSecond: fc.integer({ min: 1, max: 12 }),
  tenants: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constant(200)),
  pushes: fc.array(fc.integer({ min: 0, max: 12_000 }), { maxLength: 150 }),
  holds: fc.array(fc.tuple(fc.integer({ min: 0, max: 12_000 }), fc.integer({ min: 1, max: 4000 })), {
    maxLength: 3,
  }),
  /** Of the callers that were told to wait, so many percent come back much too late. */
  veryLate: fc.integer({ min: 0, max: 30 }),
  lateMs: fc.integer({ min: 0, max: 120 }),
  callMs: fc.integer({ min: 0, max: 400 }),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
})

function playAnyDay(day: ReturnType<typeof anyDay.generate>['value']) {
  const random = chance(day.seed)
  const lateness = () =>
    Math.floor(random() * 100) < day.veryLate
      ? Math.floor(random() * 5000)
      : Math.floor(random() * (day.lateMs + 1))
  const world = simulate({ perSecond: day.perSecond, lateness })
  const end = world.start + 15 * SECOND
  for (let n = 0; n < day.tenants; n++) {
    const from = world.start + Math.floor(random() * 2000)
    world.saturate(`tenant ${n}`, from, end, () => Math.floor(random() * (day.callMs + 1)))
  }
  for (const at of day.pushes) world.turn('push', `tenant ${at % 7}`, world.start + at)
  for (const [at, ms] of day.holds) world.at(world.start + at, (now) => world.turns.hold(ms, now))
  world.run(end + 60 * SECOND)
  return world
}

test('no second ever holds more turns than PowerOffice allows, whoever asks and however late they come back', () => {
  fc.assert(
    fc.property(anyDay, (day) => {
      const { granted } = playAnyDay(day)
      const times = granted.map(({ at }) => at)
      expect(mostWithin(times, PERIOD_MS)).toBeLessThanOrEqual(day.perSecond)
      // A caller uses its turn up to 75 ms late, and the margin makes up for it.
      const left = granted.flatMap(({ leftAt }) => leftAt ?? [])
      expect(mostWithin(left, SECOND)).toBeLessThanOrEqual(day.perSecond)
    }),
    { numRuns: 150 },
  )
})

test('a turn comes never before it was asked for, and never waits a negative time', () => {
  fc.assert(
    fc.property(anyDay, (day) => {
      for (const { at, askedAt, since } of playAnyDay(day).granted) {
        expect(at).toBeGreaterThanOrEqual(askedAt)
        expect(askedAt).toBeGreaterThanOrEqual(since)
      }
    }),
    { numRuns: 30 },
  )
})

test('a 429 stops everybody: no turn that is asked for after it comes before its time is over', () => {
  fc.assert(
    fc.property(anyDay, (day) => {
      const { granted, start } = playAnyDay(day)
      for (const [heldAt, ms] of day.holds)
        for (const { at, askedAt } of granted)
          if (askedAt > start + heldAt) expect(at < start + heldAt + ms).toBe(false)
    }),
    { numRuns: 60 },
  )
})

test('pushes of all tenants leave in the order in which they came', () => {
  fc.assert(
    fc.property(anyDay, (day) => {
      const pushes = playAnyDay(day).granted.filter(({ lane }) => lane === 'push')
      const inOrder = pushes.map(({ at }) => at)
      expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b))
    }),
    { numRuns: 30 },
  )
})

test.each([
  ['one tenant', { tenants: 1 }],
  ['5 tenants', { tenants: 5 }],
  ['20 tenants', { tenants: 20 }],
  ['200 tenants', { tenants: 200 }],
  ['5 tenants whose calls take 200 ms', { tenants: 5, callMs: 200 }],
  ['200 tenants that come back late', { tenants: 200, lateMs: 30 }],
  ['20 tenants, with 3 pushes a second', { tenants: 20, pushesPerSecond: 3 }],
  ['200 tenants, with 3 pushes a second', { tenants: 200, pushesPerSecond: 3, lateMs: 30 }],
  ['200 tenants, with 7 pushes a second', { tenants: 200, pushesPerSecond: 7, lateMs: 30 }],
  ['20 tenants, with 7 pushes a second', { tenants: 20, pushesPerSecond: 7, lateMs: 30 }],
])('first loads use what pushes leave, nine tenths at least: %s', (_, change) => {
  const { pushes, bulk, seconds } = play({ ...SCENE, ...change })
  const left = leftBy(pushes, seconds, change)
  expect(bulk.length / seconds).toBeGreaterThanOrEqual(0.9 * left)
})

test.each([
  ['200 tenants', {}],
  ['200 tenants that come back late', { lateMs: 50 }],
  ['200 tenants, while others push', { pushesPerSecond: 3 }],
  ['200 tenants, while others push nearly all the time', { pushesPerSecond: 7, seconds: 300 }],
  ['20 tenants, while others push', { tenants: 20, pushesPerSecond: 2 }],
  ['20 tenants that come back late', { tenants: 20, callMs: 150, lateMs: 50 }],
  ['3 tenants', { tenants: 3 }],
  ['3 tenants whose calls take time and that come back late', { tenants: 3, callMs: 200, lateMs: 50 }],
])('tenants that load alternate: while one waits, no other has more than two turns: %s', (_, change) => {
  expect(mostTurnsOfAnotherWhileOneWaits(play({ ...SCENE, ...change }).bulk)).toBeLessThanOrEqual(2)
})

test.each([
  ['5 of them', { tenants: 5 }],
  ['20 of them', { tenants: 20 }],
  ['20 of them, while others push', { tenants: 20, pushesPerSecond: 2 }],
  ['60 of them, while others push', { tenants: 60, pushesPerSecond: 3 }],
])('tenants that load share what there is, within a tenth: %s', (_, change) => {
  const scene = { ...SCENE, callMs: 100, lateMs: 50, seconds: 600, ...change }
  const { bulk } = play(scene)
  const fair = bulk.length / scene.tenants
  for (let n = 0; n < scene.tenants; n++) {
    const mine = bulk.filter(({ tenantId }) => tenantId === `tenant ${n}`).length
    expect(Math.abs(mine - fair)).toBeLessThan(fair / 10)
  }
})

function mostTurnsOfAnotherWhileOneWaits(bulk: readonly Granted[]): number {
  const times = new Map<string, number[]>()
  for (const { tenantId, askedAt } of bulk) times.set(tenantId, [...(times.get(tenantId) ?? []), askedAt])
  let most = 0
  for (const { tenantId, since, askedAt } of bulk)
    for (const [other, turns] of times) {
      if (other === tenantId) continue
      most = Math.max(most, turns.filter((at) => at > since && at < askedAt).length)
    }
  return most
}

test.each([
  ['8 pushes a second, 3 tenants', { pushesPerSecond: 8, tenants: 3 }],
  ['8 pushes a second, 20 tenants', { pushesPerSecond: 8, tenants: 20, lateMs: 50 }],
  [
    '8 pushes a second as they come, 20 tenants',
    { pushesPerSecond: 8, tenants: 20, spread: 'random' as const },
  ],
])('polls keep their pace while pushes go on and on: %s', (_, change) => {
  const { bulk, seconds, pushes } = play({ ...SCENE, spread: 'even', seconds: 300, ...change })
  const left = leftBy(pushes, seconds, change)
  expect(bulk.length / seconds).toBeGreaterThanOrEqual(0.8 * left)
  // Each in its turn: with so much left, a round takes this long.
  expect(longestWait(bulk)).toBeLessThan((change.tenants / left + 10) * 2 * SECOND)
})

describe('while first loads and polls want every turn', () => {
  test.each([
    ['3 tenants load, a push a second', { tenants: 3, pushesPerSecond: 1 }],
    ['3 tenants load, 5 pushes a second', { tenants: 3, pushesPerSecond: 5 }],
    ['20 tenants load, a push a second', { tenants: 20, pushesPerSecond: 1 }],
    ['20 tenants load, 3 pushes a second', { tenants: 20, pushesPerSecond: 3 }],
    ['200 tenants load, a push a second', { tenants: 200, pushesPerSecond: 1 }],
    [
      '200 tenants load, a push a second, and they come back late',
      { tenants: 200, pushesPerSecond: 1, lateMs: 50 },
    ],
    ['200 tenants load, 3 pushes a second', { tenants: 200, pushesPerSecond: 3 }],
    ['200 tenants load, 5 pushes a second', { tenants: 200, pushesPerSecond: 5 }],
    [
      '200 tenants load, 5 pushes a second at even intervals',
      { tenants: 200, pushesPerSecond: 5, spread: 'even' as const },
    ],
    [
      '200 tenants load, 7 pushes a second at even intervals',
      { tenants: 200, pushesPerSecond: 7, spread: 'even' as const },
    ],
    [
      '20 tenants load, 8 pushes a second at even intervals',
      { tenants: 20, pushesPerSecond: 8, spread: 'even' as const },
    ],
  ])('a push waits two seconds at most: %s', (_, change) => {
    const scene = { ...SCENE, seconds: 300, ...change }
    // By themselves these pushes would hardly wait: whatever they wait is what bulk costs them.
    expect(longestWait(play({ ...scene, tenants: 0 }).pushes)).toBeLessThanOrEqual(PERIOD_MS)

    expect(longestWait(play(scene).pushes)).toBeLessThanOrEqual(2 * SECOND)
  })

  test.each([
    ['20 tenants load, 3 pushes a second', { tenants: 20, pushesPerSecond: 3 }],
    ['20 tenants load, 7 pushes a second', { tenants: 20, pushesPerSecond: 7 }],
    ['200 tenants load, a push a second', { tenants: 200, pushesPerSecond: 1 }],
    ['200 tenants load, 3 pushes a second', { tenants: 200, pushesPerSecond: 3 }],
    ['200 tenants load, 5 pushes a second', { tenants: 200, pushesPerSecond: 5 }],
    ['200 tenants load, more pushes than there are turns', { tenants: 200, pushesPerSecond: 12 }],
  ])('bulk takes no more than 70 % of any second in which a push waits: %s', (_, change) => {
    const { pushes, bulk } = play({ ...SCENE, seconds: 300, ...change })
    expect(mostBulkWhilePushesWait(pushes, bulk)).toBeLessThanOrEqual(7)
  })
})

/** The most bulk turns of a full period throughout which some push was waiting. */
function mostBulkWhilePushesWait(pushes: readonly Granted[], bulk: readonly Granted[]): number {
  const waits: { from: number; to: number }[] = []
  for (const { since, at } of [...pushes].sort((a, b) => a.since - b.since)) {
    const last = waits.at(-1)
    if (last && since <= last.to) last.to = Math.max(last.to, at)
    else waits.push({ from: since, to: at })
  }
  const times = bulk.map(({ at }) => at).sort((a, b) => a - b)
  const inPeriods = waits.flatMap(({ from, to }) => {
    const among = times.filter((at) => at > from && at <= to)
    return among
      .filter((at) => at + PERIOD_MS <= to)
      .map((at) => among.filter((other) => other >= at && other < at + PERIOD_MS).length)
  })
  return Math.max(0, ...inPeriods)
}

test('whoever is far away says so, and its turn counts until it is used at the latest', () => {
  const turns = new Turns(1, T0)
  expect(turns.take({ ...push('far'), latestMs: 500 }, T0).granted).toBe(true)
  const { waitMs } = turns.take(push('near'), T0)
  expect(waitMs).toBe(PERIOD_MS - EARLY_MS + 500 - latestMs)
})
