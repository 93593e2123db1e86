import { beforeEach, expect, test } from 'vitest'
import type { SyncContext } from '../../src/sync-step'
import { noteReached, reachedBy } from '../../src/two-way/reached'

/** Where each list of changes begins: `customer:cursor` is the newest change that was seen, by the other system's clock. */

const MINUTE_MS = 60_000
const NEWEST = '2026-03-02T08:00:00.0000000Z'
const FIVE_BEFORE = '2026-03-02T07:55:00.0000000Z'
const JUST_BEHIND = '2026-03-02T08:00:00.0010000Z'
const CURSOR = 'customer:cursor'

let now: number
let noted: Map<string, unknown>
let ctx: SyncContext
beforeEach(() => {
  now = Date.parse('2026-03-02T08:00:10Z')
  noted = new Map()
  const facts = {
    get: (name: string) => noted.get(name) ?? null,
    set: (name: string, value: unknown) => noted.set(name, value),
  }
  ctx = { facts, now: () => now } as unknown as SyncContext
})

/** A list that was asked for now, shows all up to that change, and is read to its end some seconds later. */
function listed(newest: string) {
  const begunAt = now
  now += 5000
  noted.set(CURSOR, newest)
  noteReached(ctx, CURSOR, begunAt)
}
const passMinutes = (minutes: number) => {
  now += minutes * MINUTE_MS
}

test('the first list begins at the beginning', () => {
  expect(reachedBy(ctx, CURSOR)).toBeNull()
})

test('the list after a change begins five minutes before it, for what shows late', () => {
  listed(NEWEST)
  passMinutes(15)
  expect(reachedBy(ctx, CURSOR)).toBe(FIVE_BEFORE)
})

test('once such a list has shown nothing newer, the next begins behind it', () => {
  listed(NEWEST)
  passMinutes(15)
  listed(NEWEST)
  expect(reachedBy(ctx, CURSOR)).toBe(JUST_BEHIND)
})

test('lists that follow one another within minutes prove nothing of what shows late', () => {
  listed(NEWEST)
  for (const minutes of [1, 1, 2]) {
    passMinutes(minutes)
    listed(NEWEST)
  }
  expect(reachedBy(ctx, CURSOR)).toBe(FIVE_BEFORE)
})

test('a list that was asked for early and read to its end late proves nothing either', () => {
  listed(NEWEST)
  const begunAt = now
  passMinutes(30)
  noteReached(ctx, CURSOR, begunAt)
  expect(reachedBy(ctx, CURSOR)).toBe(FIVE_BEFORE)
})

test('a newer change, and a cursor that is set anew, begin with five minutes again', () => {
  listed('2026-03-02T07:00:00.0000000Z')
  passMinutes(15)
  listed('2026-03-02T07:00:00.0000000Z')
  listed(NEWEST)
  expect(reachedBy(ctx, CURSOR)).toBe(FIVE_BEFORE)
  passMinutes(15)
  listed(NEWEST)
  noted.set(CURSOR, '2026-03-02T07:30:00.0000000Z')
  expect(reachedBy(ctx, CURSOR)).toBe('2026-03-02T07:25:00.0000000Z')
})
