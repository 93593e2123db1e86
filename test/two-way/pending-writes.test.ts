import { beforeEach, describe, expect, test } from 'vitest'
import { birthOf, endBirth, makingInBooks, restOfBirth } from '../../src/products/births'
import { ApiError } from '../../src/shared/errors'
import type { SyncContext } from '../../src/sync-step'
import { factsIn } from '../../src/tenant-sync/facts'
import {
  areUnfinished,
  beginWrites,
  doubtOf,
  endWrites,
  making,
  restOfMade,
  settleWriting,
  writing,
} from '../../src/two-way/pending-writes'
import { aLink } from '../tenant-sync/links'
import { sqliteInMemory } from '../tenant-sync/sqlite'

/** Did an earlier run make it? What was noted before a write left says so to the run that comes after. */

let facts: ReturnType<typeof factsIn>
let now: number
/** A run in an object of its own; of what an earlier one sent, all has arrived by then. */
const inLife = (id: string, earlierUntil = 0): SyncContext =>
  ({ facts, now: () => now, life: { id, earlierUntil } }) as unknown as SyncContext
const never = () => new Promise<never>(() => undefined)
const lost = () =>
  Promise.reject(new ApiError('poweroffice.unreachable', 'time', 'No answer', 0, null, null, true))

beforeEach(() => {
  facts = factsIn(sqliteInMemory())
  facts.createTable()
  now = Date.UTC(2026, 2, 2, 12)
})

describe('a product that is made in PowerOffice', () => {
  const prints = { name: 'n' }

  test('is known again by what was sent first, however often it is tried', () => {
    void makingInBooks(inLife('one'), 't-1', prints, never)
    const first = now
    now += 60_000
    void makingInBooks(inLife('two'), 't-1', { name: 'edited since' }, never)
    expect(birthOf(inLife('two'), 't-1')).toMatchObject({ first, prints })
  })

  test('is waited for as long as a call that was cut off may still arrive, and then to show', () => {
    void makingInBooks(inLife('one'), 't-1', prints, never)
    expect(restOfBirth(inLife('two', now + 30_000), 't-1')).toBe(35_000)
    now += 35_000
    expect(restOfBirth(inLife('two', now - 5000), 't-1')).toBe(0)
  })

  test('is in doubt for good until it is settled, whatever else is made meanwhile', async () => {
    void makingInBooks(inLife('one'), 't-1', prints, never)
    now += 24 * 3_600_000
    await makingInBooks(inLife('one'), 't-2', prints, async () => 'made')
    expect(birthOf(inLife('one'), 't-1')).not.toBeNull()
    endBirth(inLife('one'), 't-1')
    expect(birthOf(inLife('one'), 't-1')).toBeNull()
    expect(birthOf(inLife('one'), 't-2')).not.toBeNull()
  })

  test('by an earlier version, and was in doubt then, is so still', () => {
    facts.set('product-births', { 't-1': { at: now - 1000, lastAt: now - 500, prints } })
    expect(birthOf(inLife('one'), 't-1')).toMatchObject({ first: now - 1000, prints })
    expect(restOfBirth(inLife('one'), 't-1')).toBe(4500)
    expect(facts.get('product-births')).toBeNull()
  })
})

test('what is known by its code is waited for after an answer was lost, and no longer than until lists must show it', async () => {
  await expect(making(inLife('one'), 'genericProduct', '3:7', lost, 'books')).rejects.toThrow()
  expect(restOfMade(inLife('one'), 'genericProduct', '3:7', 'books')).toBe(5000)
  now += 5000
  expect(restOfMade(inLife('one'), 'genericProduct', '3:7', 'books')).toBe(0)
})

describe('what is written to a pair', () => {
  const linkOf = (at: number) => aLink('t-1', { syncedAt: new Date(at).toISOString() })
  const write = (how: () => Promise<unknown>, prints = { phone: 'b' }, life = 'one') =>
    writing(inLife(life), { crmId: 't-1', link: linkOf(now - 1000) }, 'books', prints, how)
  const doubt = (link = linkOf(now), life = inLife('one')) => doubtOf(life, 't-1', link)

  test('is in doubt until a link is kept that knows of it', async () => {
    const before = linkOf(now - 1000)
    await write(async () => 'done')
    expect(doubt(before)).toMatchObject({ prints: { crm: {}, books: { phone: ['b'] } } })
    settleWriting(facts, before)
    expect(doubt(before)).not.toBeNull()
    expect(doubt()).toBeNull()
    settleWriting(facts, linkOf(now))
    expect(doubt(before)).toBeNull()
  })

  test('and not answered may still arrive within two seconds; all that was sent since counts', async () => {
    await expect(write(lost)).rejects.toThrow()
    await expect(write(lost, { phone: 'c' })).rejects.toThrow()
    expect(doubt()).toMatchObject({ at: now + 2000, prints: { books: { phone: ['b', 'c'] } } })
    now += 2000
    expect(doubt()).toBeNull()
  })

  test('by an object that was cut off may arrive as long as a call may be under way', () => {
    void write(never)
    const begun = now
    now += 5000
    expect(doubt(linkOf(now), inLife('two', begun + 30_000))).toMatchObject({ at: begun + 38_000 })
    // The next one asks nothing anew.
    expect(doubt(linkOf(now), inLife('two', 0))).toMatchObject({ at: begun + 38_000 })
    expect(doubt(linkOf(begun + 38_000), inLife('two', 0))).toBeNull()
  })
})

test('writes that one run began with are unfinished until they are all done, by a note of before too', () => {
  facts.set('payment:i-1', true)
  beginWrites(inLife('one'), 'payment', 'i-2')
  expect(['i-1', 'i-2', 'i-3'].map((id) => areUnfinished(inLife('two'), 'payment', id))).toEqual([
    true,
    true,
    false,
  ])
  endWrites(inLife('two'), 'payment', 'i-1')
  expect(areUnfinished(inLife('two'), 'payment', 'i-1')).toBe(false)
})
