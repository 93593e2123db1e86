import { beforeEach, expect, test } from 'vitest'
import { openDatabase } from '../../src/db/database'
import { linksOf } from '../../src/db/links'
import { type TimelineEntry, timelineOf } from '../../src/db/timeline'
import { remembering } from '../../src/tenant-sync/remembering'
import { d1Over, freshDatabase } from '../platform/d1'
import { aLink as link } from './links'

/** The next queries that fail, and whether they took effect. */
let trouble: ('before' | 'after')[]
let slowMs: number
let db: ReturnType<typeof openDatabase>
beforeEach(() => {
  trouble = []
  slowMs = 0
  const binding = d1Over(freshDatabase(), async (_, run) => {
    const fails = trouble.shift()
    if (fails === 'before') throw new Error('D1_ERROR: Network connection lost')
    if (slowMs > 0) await new Promise((resolve) => setTimeout(resolve, slowMs))
    const result = run()
    if (fails === 'after') throw new Error('D1_ERROR: storage operation exceeded timeout')
    return result
  })
  db = openDatabase(binding)
})

const NOTHING_HELD = {
  tell: () => undefined,
  settle: () => undefined,
  enqueue: () => undefined,
  facts: { get: () => null, set: () => undefined, remove: () => undefined, noted: () => [] },
}
const begin = () => remembering(db, 'acme', null, NOTHING_HELD)
const told = (tribeId: string, event = 'linked'): TimelineEntry => ({
  kind: 'customer',
  tribeId,
  powerOfficeId: `p-${tribeId}`,
  at: '2026-03-02T07:00:00.000Z',
  event,
  details: { by: ['payment'] },
})
const numbersOf = async (...ids: string[]) =>
  (await linksOf(db, 'acme').amongTribe('customer', ids)).map(({ tribeId, number }) => [tribeId, number])
const eventsOf = async (tribeId: string) =>
  (await timelineOf(db, 'acme').of('customer', { tribeId, powerOfficeId: null })).map(({ event }) => event)

test.each(['before', 'after'] as const)(
  'when D1 is away for the one row of a sweep that writes first, what other rows remembered is kept (%s)',
  async (when) => {
    const ctx = begin()
    ctx.remember(link('row-1'), told('row-1'))
    ctx.remember(link('row-2'), told('row-2'))
    trouble = [when]
    await expect(ctx.flush()).rejects.toThrow('D1_ERROR')
    ctx.remember(link('row-3'), told('row-3'))
    await ctx.flush()
    expect((await numbersOf('row-1', 'row-2', 'row-3')).map(([id]) => id)).toEqual([
      'row-1',
      'row-2',
      'row-3',
    ])
    expect(await eventsOf('row-1')).toEqual(['linked'])
  },
)

test.each(['before', 'after'] as const)(
  'what is told of a record is told once, though D1 failed %s it took it',
  async (when) => {
    const ctx = begin()
    ctx.remember(link('a'), told('a'), told('a', 'paid'))
    slowMs = 1
    const links = d1Failing(1, when)
    await expect(ctx.flush()).rejects.toThrow('D1_ERROR')
    links()
    await ctx.flush()
    expect(await eventsOf('a')).toEqual(['paid', 'linked'])
  },
)

/** Fails the query after so many; gives how to look that it did. */
function d1Failing(afterQueries: number, when: 'before' | 'after'): () => void {
  const queue = [...Array<undefined>(afterQueries), when] as ('before' | 'after')[]
  trouble = queue
  return () => expect(trouble).toEqual([])
}

test('a flush ends only when all that was remembered before it is kept, whoever began to write it', async () => {
  const ctx = begin()
  slowMs = 20
  ctx.remember(link('row-1'))
  const first = ctx.flush()
  // The next row has nothing of its own left to write, and its record is free for others after this.
  await ctx.flush()
  expect(await numbersOf('row-1')).toEqual([['row-1', '10001']])
  await first
})

test('what a write that failed still holds does not take the place of what was kept since', async () => {
  const slow = begin()
  slow.remember(link('a', { number: 'old', syncedAt: '2026-03-02T07:00:00.000Z' }))
  trouble = ['before']
  await expect(slow.flush()).rejects.toThrow('D1_ERROR')
  const other = begin()
  other.remember(link('a', { number: 'new', syncedAt: '2026-03-02T07:00:01.000Z' }))
  await other.flush()
  await slow.flush()
  expect(await numbersOf('a')).toEqual([['a', 'new']])
  // A state of the same moment, or a newer one, does.
  other.remember(link('a', { number: 'newer', syncedAt: '2026-03-02T07:00:01.000Z' }))
  await other.flush()
  expect(await numbersOf('a')).toEqual([['a', 'newer']])
})
