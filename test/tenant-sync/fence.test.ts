import { expect, test } from 'vitest'
import { watched } from '../../src/db/database'
import { createFence } from '../../src/tenant-sync/fence'

test('each write is noted before it may leave, each time with another note', () => {
  const notes: number[] = []
  const fence = createFence((count) => void notes.push(count))
  const { mayWrite } = fence.pass()
  mayWrite()
  mayWrite()
  fence.noteWrite()
  expect(notes).toEqual([1, 2, 3])
})

test('what the storage refuses to note does not leave; nor does what the settings stop, and that is not noted', () => {
  const replaced = createFence(() => {
    throw new Error('replaced')
  })
  expect(() => replaced.pass().mayWrite()).toThrow('replaced')
  const notes: number[] = []
  const fence = createFence((count) => void notes.push(count))
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
