import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { cursorsIn } from '../../src/tenant-sync/cursors'
import { sqliteInMemory } from './sqlite'

let sql: SqlStorage
let cursors: ReturnType<typeof cursorsIn>
beforeEach(() => {
  sql = sqliteInMemory()
  cursors = cursorsIn(sql)
  cursors.createTable()
})

test('a cursor that was never set is null, and so is one that was taken away', () => {
  expect(cursors.get('customers:cursor')).toBeNull()
  cursors.set('customers:cursor', '2026-03-15T07:00:00.0000000Z')
  cursors.remove('customers:cursor')
  cursors.remove('never there')
  expect(cursors.get('customers:cursor')).toBeNull()
})

test('a cursor holds what was set last, and no other holds it', () => {
  cursors.set('a', 1)
  cursors.set('a', { page: 2, lastId: 7 })
  cursors.set('b', null)
  expect(cursors.get('a')).toEqual({ page: 2, lastId: 7 })
  expect(cursors.get('b')).toBeNull()
  expect(cursors.get('A')).toBeNull()
})

test('it is there after a restart, and making the table again does it no harm', () => {
  cursors.set('a', 'here')
  const again = cursorsIn(sql)
  again.createTable()
  expect(again.get('a')).toBe('here')
})

test('whatever JSON can hold comes back as it was', () => {
  fc.assert(
    fc.property(fc.string(), fc.jsonValue(), (name, value) => {
      cursors.set(name, value)
      expect(JSON.stringify(cursors.get(name))).toBe(JSON.stringify(value))
    }),
    { numRuns: 40 },
  )
})
