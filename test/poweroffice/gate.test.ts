import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createGate } from '../../src/poweroffice/gate'
import { aStorage, gateIn, gatesBehind } from './a-gate'

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

/** In a second from now, a caller each. */
const asked = (gate: ReturnType<typeof gateIn>, calls: number, perSecond = (_: number) => 10) =>
  Array.from({ length: calls }, (_, n) => gate.take('push', `call ${n}`, perSecond(n)))

test('a gate hands out so many turns a second, whoever asks', () => {
  const gate = gateIn()
  gate.take('push', 'acme', 10)
  expect(asked(gate, 10).every(({ granted }) => !granted)).toBe(true)
})

test('after a 429 nobody gets a turn for so long', () => {
  const gate = gateIn()
  gate.hold(5000, 10)
  expect(gate.take('push', 'acme', 10).granted).toBe(false)
  vi.advanceTimersByTime(5000)
  expect(gate.take('push', 'acme', 10)).toEqual({ granted: true, waitMs: 0 })
})

test('while a new limit is rolled out, old and new Workers ask in turn: the turns are still counted', () => {
  const atOnce = asked(gateIn(), 40, (n) => (n % 2 === 0 ? 10 : 8)).filter(
    ({ granted, waitMs }) => granted && waitMs === 0,
  )
  expect(atOnce.length).toBeLessThanOrEqual(10)
})

test('a new limit does not end a wait that PowerOffice has asked for', () => {
  const gate = gateIn()
  gate.hold(5000, 10)
  expect(gate.take('push', 'acme', 8)).toMatchObject({ granted: false })
  vi.advanceTimersByTime(4000)
  expect(gate.take('push', 'acme', 8)).toMatchObject({ granted: false })
})

test('a gate that is restarted amid its work gives out nothing until the turns of the one before are over', async () => {
  const storage = aStorage()
  const before = gateIn(storage)
  vi.advanceTimersByTime(60_000)
  asked(before, 10)
  vi.advanceTimersByTime(500)
  const gate = gateIn(storage)
  await gate.onLoad()
  expect(asked(gate, 10).every(({ granted }) => !granted)).toBe(true)
  vi.advanceTimersByTime(2000)
  expect(gate.take('push', 'call 0', 10).granted).toBe(true)
})

test('nor does it forget how long PowerOffice wants to be left alone', async () => {
  const storage = aStorage()
  gateIn(storage).hold(60_000, 10)
  vi.advanceTimersByTime(30_000)
  const gate = gateIn(storage)
  await gate.onLoad()
  expect(gate.take('push', 'acme', 10)).toMatchObject({ granted: false })
  vi.advanceTimersByTime(30_000)
  expect(gate.take('push', 'acme', 10)).toMatchObject({ granted: true })
})

test('one that comes back after a quiet time has a turn at hand', async () => {
  const storage = aStorage()
  gateIn(storage).take('push', 'acme', 10)
  vi.advanceTimersByTime(10_000)
  const gate = gateIn(storage)
  await gate.onLoad()
  expect(gate.take('push', 'acme', 10)).toEqual({ granted: true, waitMs: 0 })
})

test('a busy gate writes once in five seconds, an idle one never', () => {
  const storage = aStorage()
  const gate = gateIn(storage)
  for (let n = 0; n < 600; n++) {
    gate.take('push', `call ${n}`, 10)
    vi.advanceTimersByTime(100)
  }
  expect(storage.puts).toBeLessThanOrEqual(60 / 5 + 1)
  vi.advanceTimersByTime(3_600_000)
  expect(storage.puts).toBeLessThanOrEqual(60 / 5 + 1)
})

// ── Who asks ────────────────────────────────────────────────────────────────

const asTenant = (namespace: ReturnType<typeof gatesBehind>, lane: 'push' | 'bulk' = 'push') =>
  createGate({ namespace, name: 'key', perSecond: 10, tenantId: 'acme', lane })

/** Goes on until it is done; gives how long that took. */
async function lasting(run: Promise<unknown>): Promise<number> {
  const begun = Date.now()
  let isOver = false
  const over = run.finally(() => {
    isOver = true
  })
  while (!isOver) await vi.advanceTimersByTimeAsync(1)
  await over
  return Date.now() - begun
}

test('somebody so far away that the answer is always late gets its turn all the same', async () => {
  const gate = asTenant(gatesBehind(gateIn(), { delayMs: () => 200 }))
  const first = await lasting(gate.turn())
  expect(first).toBeLessThan(3000)
  // Now it knows how far it is.
  expect(await lasting(gate.turn())).toBeLessThan(2000)
})

test('a gate that is just being restarted is asked again', async () => {
  let tries = 0
  const namespace = gatesBehind(gateIn(), {
    delayMs: () => 1,
    mishap: () => {
      if (++tries < 3) throw new Error('Network connection lost.')
    },
  })
  expect(await lasting(asTenant(namespace).turn())).toBeLessThan(1000)
  expect(tries).toBe(3)
})

test('one that does not answer at all is trouble that time mends', async () => {
  const namespace = gatesBehind(gateIn(), {
    delayMs: () => 1,
    mishap: () => {
      throw new Error('Network connection lost.')
    },
  })
  const refused = expect(asTenant(namespace).turn()).rejects.toMatchObject({
    code: 'relay.gate_unavailable',
    remedy: 'time',
  })
  await lasting(refused)
})
