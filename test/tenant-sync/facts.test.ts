import fc from 'fast-check'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { FACTS, factPattern } from '../../src/facts'
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
  expect(facts.get('customer:cursor')).toBeNull()
  facts.set('customer:cursor', '2026-03-15T07:00:00.0000000Z')
  facts.remove('customer:cursor')
  facts.remove('supplier:cursor')
  expect(facts.get('customer:cursor')).toBeNull()
})

test('a fact holds what was set last, and no other holds it', () => {
  facts.set('waits-for:customer:a', ['i1'])
  facts.set('waits-for:customer:a', ['i1', 'i2'])
  expect(facts.get('waits-for:customer:a')).toEqual(['i1', 'i2'])
  expect(facts.get('waits-for:customer:A')).toBeNull()
  facts.set('waits-for:product:a', ['i1'])
  expect(facts.noted(['waits-for:customer:b', 'waits-for:product:a', 'waits-for:customer:a'])).toEqual([
    'waits-for:product:a',
    'waits-for:customer:a',
  ])
  facts.remove('waits-for:product:a')
  expect(facts.noted(['waits-for:product:a'])).toEqual([])
  expect(facts.noted([])).toEqual([])
})

test('what was set is there for whoever opens the same storage again', () => {
  facts.set('preview:seen', 'here')
  const again = factsIn(sql)
  again.createTable()
  expect(again.get('preview:seen')).toBe('here')
})

test('any id may stand in a name, and any text in what it holds', () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.string()), (id, value) => {
      facts.set(`waits-for:${id}`, value)
      expect(facts.get(`waits-for:${id}`)).toEqual(value)
    }),
  )
})

describe('what cannot be read', () => {
  const storeAs = (name: string, text: string) =>
    sql.exec('insert or replace into cursors (name, value) values (?, ?)', name, text)

  test.each([
    ['is no JSON', '{"since":'],
    ['lacks a member', '{"sentAt":null}'],
    ['has another type', '{"since":"yesterday","sentAt":null}'],
  ])('counts as never noted, and is told once: it %s', (_, text) => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
    storeAs('paper:i1', text)
    expect([facts.get('paper:i1'), facts.get('paper:i1')]).toEqual([null, null])
    expect(log.mock.calls).toEqual([['{"event":"fact-unreadable","fact":"paper:*"}']])
    log.mockRestore()
    facts.set('paper:i1', { since: 1, sentAt: null })
    expect(facts.get('paper:i1')).toEqual({ since: 1, sentAt: null })
  })

  test('was perhaps read before it was spoilt, and is read again once it is mended', () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
    facts.set('paper:i1', { since: 1, sentAt: null })
    const sound = facts.get('paper:i1')
    storeAs('paper:i1', '{"since":"1","sentAt":null}')
    expect([sound, facts.get('paper:i1')]).toEqual([{ since: 1, sentAt: null }, null])
    storeAs('paper:i1', '{"since":1,"sentAt":null}')
    expect(facts.get('paper:i1')).toEqual(sound)
    expect(log).toHaveBeenCalledTimes(1)
    log.mockRestore()
  })

  test('what was read belongs to who read it: changing it changes nothing for the next', () => {
    facts.set('waits-for:a', ['i1'])
    facts.get('waits-for:a')
    ;(facts.get('waits-for:a') as string[]).push('i2')
    expect(facts.get('waits-for:a')).toEqual(['i1'])
  })

  test('is not what an older version did not have: a comparison without the sums of today is shown as it is', () => {
    const sums = { tribe: 1, powerOffice: 1, paid: 0, open: 1 }
    const rows = [{ what: 'invoices', tribe: 1, powerOffice: 1, linked: 1, differ: 0, sums }]
    storeAs('comparison', JSON.stringify({ at: '2026-03-15T01:30:00Z', rows }))
    expect(facts.get('comparison')).toEqual({ at: '2026-03-15T01:30:00Z', rows })
  })

  test('is not what a newer version added: that is left as it stands', () => {
    storeAs('paper:i1', '{"since":1,"sentAt":null,"pages":2}')
    expect(facts.get('paper:i1')).toEqual({ since: 1, sentAt: null, pages: 2 })
  })
})

test('no two patterns fit one name, so that each fact is what its name says', () => {
  const names = Object.keys(FACTS).map((pattern) => pattern.replace('*', 'x1'))
  expect(names.map(factPattern)).toEqual(Object.keys(FACTS))
})
