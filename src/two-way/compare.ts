import type { LinkState } from '../db/links'
import { preferredBy, STORED, SYSTEM } from '../shared/sides'
import { recordSubject } from '../shared/subjects'
import { DONE, type SyncContext, type SyncResult } from '../sync-step'
import { type ComparisonRow, countedRow } from './comparison'
import { isInDoubt } from './link'
import { type Bases, basesOf, type MergeInput, merge, withoutWithheld } from './merge'
import type { SweptKind, SweptRow } from './record-kind'
import { again, CHUNK, PAGE_SIZE, reportUnreadable } from './rows'
import { worthALook } from './vanished'

/**
 * The nightly comparison (DESIGN.md §8.1): every record of both sides. What drifted is repaired by the normal
 * rules, what is gone is looked at once more, and the counts of both sides stand next to each other.
 */

/** What a comparison needs to know of a kind besides what every sweep does. */
export interface ComparedKind<Row extends SweptRow, Index extends CrmIndex> extends SweptKind<Row, Index> {
  /** What its counts are called. */
  what: string
  /** Takes rows of the books' through their step; gives how many are done, since a push may come in between. */
  compare(ctx: SyncContext, rows: readonly Row[], now: Comparing<Row, Index>): Promise<number>
  /** How many records of the CRM's have their place in the books. */
  countInCrm(ctx: SyncContext, index: Index): number | Promise<number>
}

/** All of the CRM's records of a kind. */
export interface CrmIndex {
  has(crmId: string): boolean
}

/** Lives in memory: a comparison that was cut off begins its kind anew. */
export interface Comparing<Row, Index> {
  index: Index
  page: number
  readAt: number
  rows: Row[]
  isLast: boolean
  done: number
  isStale: boolean
  /** The books' records that count, and all that are there. */
  seen: Set<string>
  present: Set<string>
  differ: number
  /** What pairs of this chunk hold alike of fields that are new to them. */
  news: { tribeId: string; bases: Bases }[]
}

/** Compares a chunk. Once all of both sides were read, `tell` is given what was counted. */
export async function compareKind<Row extends SweptRow, Index extends CrmIndex>(
  ctx: SyncContext,
  kind: ComparedKind<Row, Index>,
  tell: (row: ComparisonRow, now: Comparing<Row, Index>) => void | Promise<void>,
): Promise<SyncResult> {
  const key = `compare:${kind.kind}`
  const now = await underway(ctx, kind, ctx.cache.get(key) as Comparing<Row, Index> | undefined)
  ctx.cache.set(key, { ...now, isStale: true })
  const chunk = now.rows.slice(now.done, now.done + CHUNK)
  const done = await kind.compare(ctx, chunk, now)
  await ctx.flush()
  await ctx.links.addBases(kind.kind, now.news.splice(0))
  for (const { Id } of chunk.slice(0, done)) now.present.add(String(Id))
  now.done += done
  ctx.cache.set(key, now)
  if (now.done < now.rows.length) return again('more rows of this page')
  if (!now.isLast) {
    ctx.cache.set(key, { ...now, ...(await pageOf(ctx, kind, now.page + 1)) })
    return again('more pages')
  }
  ctx.cache.delete(key)
  await lookForGone(ctx, kind, now)
  const linked = (await ctx.links.counts())[kind.kind]
  const crm = await kind.countInCrm(ctx, now.index)
  await tell(countedRow(kind.what, { crm, books: now.seen.size, linked, differ: now.differ }), now)
  return DONE
}

/** After a run that failed both lists are read again: what it wrote shows in neither, and the note of it may be lost. */
async function underway<Row extends SweptRow, Index extends CrmIndex>(
  ctx: SyncContext,
  kind: ComparedKind<Row, Index>,
  held: Comparing<Row, Index> | undefined,
): Promise<Comparing<Row, Index>> {
  if (held && !held.isStale) return held
  const index = await kind.readIndex(ctx)
  const page = await pageOf(ctx, kind, held?.page ?? 1)
  const fresh = { ...page, index, isStale: false, news: [] }
  return held
    ? { ...held, ...fresh, done: held.done }
    : { ...fresh, seen: new Set(), present: new Set(), differ: 0 }
}

async function pageOf<Row extends SweptRow, Index>(
  ctx: SyncContext,
  kind: SweptKind<Row, Index>,
  page: number,
) {
  const readAt = ctx.now()
  const { rows, unreadable, isLast } = await kind.page(ctx, { page, pageSize: PAGE_SIZE, orderBy: 'Id asc' })
  reportUnreadable(ctx, kind.kind, unreadable)
  return { page, readAt, rows, isLast, done: 0 }
}

/**
 * Whether nothing would travel between two as they are listed. A field that is new to the pair, and that both hold alike, is in
 * step from now on: else the first edit of either side would be taken for a difference that was always there.
 */
export function isInStep(
  ctx: SyncContext,
  link: LinkState,
  pair: Pick<MergeInput, 'fields' | 'crm' | 'books' | 'ledByBooks' | 'oneWay'>,
  { news }: Pick<Comparing<unknown, unknown>, 'news'>,
): boolean {
  if (isInDoubt(ctx, link)) return false
  const { tribeId, bases } = link
  const prefer = preferredBy(ctx.settings.conflictPolicy)
  const { toCrm, toBooks, fills } = merge({
    ...pair,
    bases: withoutWithheld(bases),
    prefer,
    newest: 'books',
  })
  if (toCrm.length + toBooks.length + fills.length > 0) return false
  const { fields, crm, books } = pair
  const isNew = (field: string) => bases[field] === undefined && (crm[field] ?? '') === (books[field] ?? '')
  const alike = fields.filter(isNew)
  if (alike.length > 0) news.push({ tribeId, bases: basesOf(alike, pair) })
  return true
}

/** Both sides of a pair that came apart are there: it goes on where it was, unless an admin parted the two. */
export function lookAgain(ctx: SyncContext, link: LinkState, isInCrm: boolean): void {
  const { kind, state, tribeId, powerOfficeId, powerOfficeParentId } = link
  if (state === 'forgotten' || !isInCrm) return
  const subject =
    state === `${SYSTEM.crm}-gone`
      ? recordSubject(STORED.crm, tribeId)
      : recordSubject(STORED.books, powerOfficeId, powerOfficeParentId)
  ctx.enqueue({ kind, subject, lane: 'bulk' })
}

/** Records that one of the lists does not have any more: only a look of their own may say that they are gone. */
async function lookForGone<Row extends SweptRow, Index extends CrmIndex>(
  ctx: SyncContext,
  { kind }: ComparedKind<Row, Index>,
  { present, index }: Comparing<Row, Index>,
): Promise<void> {
  const pairs = await ctx.links.pairs(kind)
  for (const { powerOfficeId, powerOfficeParentId } of pairs)
    if (!present.has(powerOfficeId))
      ctx.enqueue({
        kind,
        subject: recordSubject(STORED.books, powerOfficeId, powerOfficeParentId),
        lane: 'bulk',
      })
  // Also of one that the books' list leaves out because it is archived.
  const unseen = pairs.filter(({ tribeId }) => !index.has(tribeId))
  for (const { tribeId } of worthALook(ctx, { kind, linked: pairs.length }, unseen))
    ctx.enqueue({ kind, subject: recordSubject(STORED.crm, tribeId), lane: 'bulk' })
}
