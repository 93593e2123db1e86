import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HeldError } from '../../src/shared/errors'
import { type Lane, TribeWindow, type WindowNote } from '../../src/tribe/window'
import { Timeline } from '../platform/timeline'
import { mostWithin } from '../poweroffice/turns-simulation'

const T0 = Date.parse('2026-03-02T08:00:00Z')
const MINUTE = 60_000

function aWindow(perMinute = 1000) {
  const time = new Timeline(T0)
  let kept: WindowNote | null = null
  let notes = 0
  const note = {
    get: () => kept,
    set: (one: WindowNote) => {
      kept = structuredClone(one)
      notes++
    },
  }
  let lives = 0
  const open = () => {
    const life = ++lives
    // An object that was cut off does nothing more.
    const after = (ms: number, run: () => void) => time.after(ms, () => life === lives && run())
    return new TribeWindow({ perMinute, now: time.now, note, after })
  }
  const left: { lane: Lane; at: number; waitedMs: number }[] = []
  let window = open()
  const call = async (lane: Lane) => {
    const since = time.now()
    await window.turn(lane)
    left.push({ lane, at: time.now() - T0, waitedMs: time.now() - since })
  }
  /** One call after another, four at a time, each taking so long. */
  const load = (calls: number, callMs = 50) => {
    let left = calls
    const worker = async () => {
      while (left-- > 0) {
        await call('bulk')
        await time.sleep(callMs)
      }
    }
    return Promise.all([worker(), worker(), worker(), worker()])
  }
  return {
    time,
    left,
    call,
    load,
    window: () => window,
    restart: () => {
      window = open()
    },
    notes: () => notes,
    mostInAMinute: () =>
      mostWithin(
        left.map(({ at }) => at),
        MINUTE,
      ),
    end: () => left.at(-1)?.at ?? 0,
  }
}

test('a lone call leaves at once', async () => {
  const tribe = aWindow()
  await tribe.call('push')
  await tribe.call('bulk')
  expect(tribe.left.map(({ waitedMs }) => waitedMs)).toEqual([0, 0])
})

test.each([
  ['1,000 relations at 1,000 a minute', 1000, 1000],
  ['10,000 relations at 1,000 a minute', 10_000, 1000],
  ['300 relations at 150 a minute', 300, 150],
])(
  'a first load of %s is done in 1.1 times the least time, and no minute holds more than 95 %%',
  async (_, n, perMinute) => {
    const tribe = aWindow(perMinute)
    const calls = Math.ceil(1.015 * n + 20)
    void tribe.load(calls)
    await tribe.time.run(60 * MINUTE)
    expect(tribe.left).toHaveLength(calls)
    expect(tribe.mostInAMinute()).toBeLessThanOrEqual(0.95 * perMinute)
    expect(tribe.end() / MINUTE).toBeLessThanOrEqual((1.1 * n) / perMinute)
  },
)

test.each([
  ['at 1,000 a minute', 1000, 20_000],
  ['at 150 a minute', 150, 3000],
])(
  'beside a load %s a push of four calls waits five seconds at most, whenever it comes',
  async (_, perMinute, calls) => {
    const tribe = aWindow(perMinute)
    void tribe.load(calls)
    const pushes: number[] = []
    const push = async () => {
      const since = tribe.time.now()
      for (let n = 0; n < 4; n++) await tribe.call('push')
      pushes.push(tribe.time.now() - since)
    }
    for (let at = 3000; at < 10 * MINUTE; at += 10_700) tribe.time.after(at, () => void push())
    await tribe.time.run(11 * MINUTE)
    expect(pushes.length).toBeGreaterThan(50)
    expect(Math.max(...pushes)).toBeLessThanOrEqual(5000)
    expect(tribe.mostInAMinute()).toBeLessThanOrEqual(0.95 * perMinute)
  },
)

test('a push that waits goes before loads that wait longer', async () => {
  const tribe = aWindow(20)
  for (let n = 0; n < 30; n++) void tribe.call('bulk')
  await tribe.time.run(1000)
  for (let n = 0; n < 12; n++) void tribe.call('push')
  await tribe.time.run(61_000)
  const waited = tribe.left.filter(({ at }) => at >= 1000)
  expect(waited.slice(0, 12).every(({ lane }) => lane === 'push')).toBe(true)
})

test('no minute holds more than 95 %, whoever asks, whenever the object is restarted', async () => {
  const day = fc.record({
    perMinute: fc.integer({ min: 20, max: 300 }),
    pushes: fc.array(fc.integer({ min: 0, max: 4 * MINUTE }), { maxLength: 400 }),
    bulk: fc.integer({ min: 0, max: 800 }),
    restarts: fc.array(fc.integer({ min: 0, max: 4 * MINUTE }), { maxLength: 6 }),
  })
  await fc.assert(
    fc.asyncProperty(day, async ({ perMinute, pushes, bulk, restarts }) => {
      const tribe = aWindow(perMinute)
      void tribe.load(bulk)
      for (const at of pushes) tribe.time.after(at, () => void tribe.call('push'))
      for (const at of restarts) tribe.time.after(at, tribe.restart)
      await tribe.time.run(90 * MINUTE)
      expect(tribe.mostInAMinute()).toBeLessThanOrEqual(Math.floor(0.95 * perMinute))
      // The calls that waited when the object was cut off are gone with it.
      if (restarts.length === 0) expect(tribe.left).toHaveLength(pushes.length + bulk)
    }),
    { numRuns: 60 },
  )
})

test('a window in full use is noted twenty times a minute, a quiet one never', async () => {
  const tribe = aWindow()
  void tribe.load(1900)
  await tribe.time.run(2 * MINUTE)
  expect(tribe.notes()).toBeLessThanOrEqual(2 * 20 + 1)
  const before = tribe.notes()
  await tribe.time.run(60 * MINUTE)
  expect(tribe.notes()).toBe(before)
})

test('while Tribe wants to be left alone nothing leaves, what waits is told so, and a restart knows it', async () => {
  const tribe = aWindow(20)
  const told: unknown[] = []
  for (let n = 0; n < 25; n++) tribe.call('push').catch((thrown) => told.push(thrown))
  await tribe.window().hold(30_000)
  await tribe.time.run(10)
  expect(tribe.left).toHaveLength(19)
  expect(told).toHaveLength(6)
  expect(told[0]).toBeInstanceOf(HeldError)
  expect(told[0]).toMatchObject({ code: 'tribe.too_many_requests', remedy: 'time', retryAfterSeconds: 30 })
  tribe.restart()
  await expect(tribe.call('bulk')).rejects.toBeInstanceOf(HeldError)
  await tribe.time.run(30_000)
  expect(tribe.window().heldForMs).toBe(0)
})

test('a hold of a second or two is waited out on the spot', async () => {
  const tribe = aWindow()
  await tribe.window().hold(1500)
  void tribe.call('push')
  await tribe.time.run(2000)
  expect(tribe.left).toMatchObject([{ waitedMs: 1500 }])
})

test('whose place was taken lets nothing more leave: the other may know of a hold', async () => {
  const time = new Timeline(T0)
  let isReplaced = false
  const get = () => {
    if (isReplaced) throw new Error('replaced')
    return null
  }
  const after = (ms: number, run: () => void) => time.after(ms, run)
  const window = new TribeWindow({ perMinute: 20, now: time.now, note: { get, set: () => undefined }, after })
  // With half of the window used by loads, the next of them waits.
  for (let n = 0; n < 10; n++) await window.turn('push')
  const told: unknown[] = []
  const ask = (lane: Lane) =>
    void window.turn(lane).then(
      () => told.push('left'),
      (thrown: Error) => told.push(thrown.message),
    )
  ask('bulk')
  isReplaced = true
  ask('push')
  await time.run(2 * MINUTE)
  expect(told).toEqual(['replaced', 'replaced'])
})
