import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { factsIn } from '../../src/tenant-sync/facts'
import { sqliteInMemory } from './sqlite'

let sql: SqlStorage
let facts: ReturnType<typeof factsIn>
beforeEach(() => {
  sql = sqliteInMemory()
  facts = factsIn(sql)
  facts.createTable()
})

test('a fact that was never set is null, and so is one that was taken away', () => {
  expect(facts.get('customers:cursor')).toBeNull()
  facts.set('customers:cursor', '2026-03-15T07:00:00.0000000Z')
  facts.remove('customers:cursor')
  facts.remove('never there')
  expect(facts.get('customers:cursor')).toBeNull()
})

test('a fact holds what was set last, and no other holds it', () => {
  facts.set('a', 1)
  facts.set('a', { page: 2, lastId: 7 })
  facts.set('b', null)
  expect(facts.get('a')).toEqual({ page: 2, lastId: 7 })
  expect(facts.get('b')).toBeNull()
  expect(facts.get('A')).toBeNull()
})

test('it is there after a restart, and making the table again does it no harm', () => {
  facts.set('a', 'here')
  const again = factsIn(sql)
  again.createTable()
  expect(again.get('a')).toBe('here')
})

test('whatever JSON can hold comes back as it was', () => {
  fc.assert(
    fc.property(fc.string(), fc.jsonValue(), (name, value) => {
      facts.set(name, value)
      expect(JSON.stringify(facts.get(name))).toBe(JSON.stringify(value))
    }),
    { numRuns: 40 },
  )
})
