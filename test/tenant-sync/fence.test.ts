import { expect, test } from 'vitest'
import { watched } from '../../src/db/database'
import type { Facts } from '../../src/sync-step'
import { createFence } from '../../src/tenant-sync/fence'

/** Facts that keep what is noted last, and all of it in `notes`. */
function memory(notes: unknown[] = []): Facts {
  const kept = new Map<string, unknown>()
  return {
    get: <T>(name: string) => (kept.get(name) as T) ?? null,
    set(name, value) {
      notes.push(value)
      kept.set(name, value)
    },
    remove: (name) => void kept.delete(name),
    noted: (names) => names.filter((name) => kept.has(name)),
  }
}
const NOON = Date.UTC(2026, 2, 2, 12)

test('each write is noted before it may leave, each time with another note', () => {
  const notes: unknown[] = []
  const fence = createFence(memory(notes), () => NOON)
  const { mayWrite } = fence.pass()
  mayWrite()
  mayWrite()
  fence.noteWrite()
  expect(notes).toEqual([1, 2, 3].map((count) => [NOON, count]))
})

test('an object knows when the one before it sent something last, whatever it sends itself', () => {
  const facts = memory()
  const first = createFence(facts, () => NOON)
  expect(first.life().earlierWroteAt).toBe(0)
  first.noteWrite()
  const second = createFence(facts, () => NOON + 1000)
  expect(second.life().earlierWroteAt).toBe(NOON)
  second.noteWrite()
  expect(second.life()).toEqual({ id: second.life().id, earlierWroteAt: NOON })
  expect(second.life().id).not.toBe(first.life().id)
})

test('what the storage refuses to note does not leave; nor does what the settings stop, and that is not noted', () => {
  const refusing = {
    ...memory(),
    set: () => {
      throw new Error('replaced')
    },
  }
  const replaced = createFence(refusing, () => NOON)
  expect(() => replaced.pass().mayWrite()).toThrow('replaced')
  const notes: unknown[] = []
  const fence = createFence(memory(notes), () => NOON)
  const { mayWrite } = fence.pass()
  fence.raise()
  expect(mayWrite).toThrow('it begins anew')
  expect(notes).toEqual([])
})

test.each([
  ['select 1', false],
  ['  SELECT * from links', false],
  ['insert or replace into links select 1', true],
  ['update links set number = 1', true],
  ['delete from links', true],
  ['with known as materialized (select 1) update links set number = 1', true],
  ['with known as (select 1) select * from known', true],
])('D1 tells that "%s" may change something: %s', (query, isWrite) => {
  const told: boolean[] = []
  const binding = { prepare: (text: string) => text } as unknown as D1Database
  watched(binding, (write) => told.push(write)).prepare(query)
  expect(told).toEqual([isWrite])
})
