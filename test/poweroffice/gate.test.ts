import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { PowerOfficeGate } from '../../src/poweroffice/gate'

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

/** The object as the platform makes it: nothing is stored, so an empty state will do. */
const aGate = () => {
  const state = {
    id: { toString: () => 'gate' },
    storage: {},
    blockConcurrencyWhile: (run: () => unknown) => run(),
  }
  return Reflect.construct(PowerOfficeGate, [state, {}]) as InstanceType<typeof PowerOfficeGate>
}

test('a gate hands out so many turns a second, whoever asks', () => {
  const gate = aGate()
  gate.take('push', 'acme', 10)
  const waits = Array.from({ length: 10 }, (_, n) => gate.take('push', `tenant ${n}`, 10).waitMs)
  expect(waits.every((ms) => ms >= 1000)).toBe(true)
})

test('after a 429 nobody gets a turn for so long', () => {
  const gate = aGate()
  gate.hold(5000, 10)
  expect(gate.take('push', 'acme', 10)).toEqual({ granted: true, waitMs: 5000 })
})

test('while a new limit is rolled out, old and new Workers ask in turn: the turns are still counted', () => {
  const gate = aGate()
  const atOnce = Array.from({ length: 40 }, (_, n) => gate.take('push', 'acme', n % 2 === 0 ? 10 : 8)).filter(
    ({ granted, waitMs }) => granted && waitMs === 0,
  )
  expect(atOnce.length).toBeLessThanOrEqual(10)
})

test('a new limit does not end a wait that PowerOffice has asked for', () => {
  const gate = aGate()
  gate.hold(5000, 10)
  expect(gate.take('push', 'acme', 8).waitMs).toBe(5000)
})
