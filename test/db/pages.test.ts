import { expect, test } from 'vitest'
import { openDatabase } from '../../src/db/database'
import { type LinkState, linksOf } from '../../src/db/links'
import { type TimelineEntry, timelineOf } from '../../src/db/timeline'
import { d1Over, freshDatabase } from '../platform/d1'

const db = openDatabase(d1Over(freshDatabase(), async (_, run) => run()))
const AT = '2026-01-01T00:00:00Z'
const KINDS = ['customer', 'product', 'invoice'] as const

/** More than two pages, of several kinds. */
const NUMBERS = Array.from({ length: 2500 }, (_, n) => n)
const linkOf = (n: number): LinkState => ({
  kind: KINDS[n % 3] ?? 'customer',
  tribeId: `t${n}`,
  tribeType: 'T',
  powerOfficeId: String(n),
  tribeRelationId: null,
  powerOfficeParentId: null,
  number: null,
  powerOfficeChangedAt: null,
  bases: {},
  recent: [],
  state: 'linked',
  createdAt: AT,
  syncedAt: AT,
})
/** Many of one record, and many that have no id of Tribe's. */
const tribeIdOf = (n: number) => (n < 2000 ? 'busy' : `t${n}`)
const entryOf = (n: number): TimelineEntry => ({
  kind: KINDS[n % 3] ?? 'customer',
  tribeId: n % 2 ? null : tribeIdOf(n),
  powerOfficeId: String(n),
  at: AT,
  event: 'linked',
  details: { n },
})

async function all<T>(pages: AsyncGenerator<T[]>): Promise<T[]> {
  const rows: T[] = []
  for await (const page of pages) {
    expect(page.length).toBeLessThanOrEqual(1000)
    rows.push(...page)
  }
  return rows
}

test('links are read page by page, each of them once, and those of this tenant alone', async () => {
  await linksOf(db, 'mine').saveAll(NUMBERS.map(linkOf))
  await linksOf(db, 'other').saveAll([linkOf(1)])
  const rows = await all(linksOf(db, 'mine').pages())
  expect(rows.map(({ tribeId }) => tribeId).sort()).toEqual(NUMBERS.map((n) => `t${n}`).sort())
})

test('so is the timeline, with what happened to records that Tribe does not have', async () => {
  await timelineOf(db, 'mine').addAll(NUMBERS.map(entryOf))
  await timelineOf(db, 'other').addAll([entryOf(1)])
  const rows = await all(timelineOf(db, 'mine').pages())
  expect(rows.map(({ powerOfficeId }) => Number(powerOfficeId)).sort((a, b) => a - b)).toEqual(NUMBERS)
})
