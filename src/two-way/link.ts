import type { LinkState } from '../db/links'
import type { TimelineEntry } from '../db/timeline'
import { parseInstant } from '../shared/dates'
import { type Side, STORED, SYSTEM } from '../shared/sides'
import { recordSubject } from '../shared/subjects'
import { losesCharacters } from '../shared/texts'
import { DONE, type SyncContext, type SyncResult } from '../sync-step'
import type { StoredImages } from './before'
import { clockedIn, type FieldRow } from './fields'
import { asSeen, type Fingerprints, isAsLast } from './merge'
import { doubtOf } from './pending-writes'
import type { Merged } from './reconcile'
import { isOneOfMany, noteMissed, noteShown } from './vanished'

/** What all kinds of links have in common: how old they are, what is told of them, how they end. */

export const isoOf = (ctx: SyncContext) => new Date(ctx.now()).toISOString()

export const entryFor =
  (ctx: SyncContext, link: LinkState) =>
  (event: string, details: Record<string, unknown> = {}): TimelineEntry => ({
    kind: link.kind,
    tribeId: link.tribeId,
    powerOfficeId: link.powerOfficeId,
    at: isoOf(ctx),
    event,
    details,
  })

/**
 * One look at a record at a time, whoever asks for it; what it remembered is kept before the next begins,
 * which would otherwise go by an older link and undo it.
 */
export function lookAlone<T>(ctx: SyncContext, record: string, look: () => Promise<T>): Promise<T> {
  return ctx.withLock(record, async () => {
    try {
      return await look()
    } finally {
      await ctx.flush()
    }
  })
}

/**
 * The same by its link, which also says under which name. It is read again where another look has ended since it was
 * read: that one may have changed it.
 */
export async function lookAtLink<T>(
  ctx: SyncContext,
  find: () => Promise<LinkState | null>,
  nameOf: (link: LinkState | null) => string,
  look: (link: LinkState | null) => Promise<T>,
): Promise<T> {
  const ended = ctx.withLock.ended()
  const found = await find()
  // Whoever ties it just now looks at it by the name that it had before.
  if (found) await ctx.withLock.free(nameOf(null))
  return lookAlone(ctx, nameOf(found), async () =>
    look(ctx.withLock.ended() === ended ? found : await find()),
  )
}

/** A record by the name that tells it apart whichever side was looked at: the CRM's, once the two are known to be one. */
export const toldAs = (link: LinkState | null, side: Side, id: string | number): string =>
  link ? recordSubject(STORED.crm, link.tribeId) : recordSubject(STORED[side], id)

/** The row is from before the newest state that is known: a replica of theirs lags (DESIGN.md §4.5). */
export function isOlder(row: { LastChangedDateTimeOffset: string }, link: LinkState): boolean {
  const seen = parseInstant(row.LastChangedDateTimeOffset)
  return seen !== null && link.powerOfficeChangedAt !== null && seen < link.powerOfficeChangedAt
}

/**
 * The row tells the moment that is known already: what it shows else may be from before our own change, where the
 * clock tells whole seconds, or not of all that changed. Only the record itself tells.
 */
const isOfKnownMoment = (row: { LastChangedDateTimeOffset: string }, link: LinkState): boolean =>
  link.powerOfficeChangedAt !== null &&
  parseInstant(row.LastChangedDateTimeOffset) === link.powerOfficeChangedAt

/** A clock that tells whole seconds cannot tell our write from an edit right after it. */
export const isExact = (instant: string): boolean => !instant.endsWith('.0000000Z')

/**
 * The link by what the books show. As long as nobody has changed the record since our write, what differs from what was written is
 * what the books made of it, and no edit. The same object where nothing is learned.
 */
export function linkAsSeenInBooks(
  rows: readonly FieldRow<never>[],
  link: LinkState,
  record: { LastChangedDateTimeOffset: string },
  now: Fingerprints,
): LinkState {
  const changedAt = link.powerOfficeChangedAt
  if (changedAt === null || !isExact(changedAt) || !isOfKnownMoment(record, link)) return link
  const bases = asSeen(link.bases, 'books', clockedIn(rows), now)
  return bases === link.bases ? link : { ...link, bases }
}

/** Lists lag by seconds, and clocks differ by minutes. */
const SURELY_MS = 10 * 60_000

/** A row of the CRM's that was changed so long after the last look cannot be what that look has seen: it is taken as it is listed. */
export const isSurelyNewer = (mutatedAt: string | null, link: LinkState): boolean =>
  mutatedAt !== null && Date.parse(mutatedAt) - Date.parse(link.syncedAt) > SURELY_MS

/** Something was written to the pair that the link may not know of: neither side alone tells whether the two are in step. */
export const isInDoubt = (ctx: SyncContext, link: LinkState | null): boolean =>
  doubtOfLink(ctx, link) !== null

export const doubtOfLink = (ctx: SyncContext, link: LinkState | null) =>
  link && doubtOf(ctx, link.tribeId, link)

/** One side holds what it held when the pair was last in step, and nothing is in doubt: nothing to do for its sake. */
export const isStillInStep = (
  ctx: SyncContext,
  side: Side,
  fields: readonly string[],
  now: Fingerprints,
  link: LinkState | null,
): boolean => link !== null && isAsLast(side, fields, now, link.bases) && !isInDoubt(ctx, link)

/** What a look comes to whose link is remembered: what may still be on its way is looked for once more. */
export function onceSettled(ctx: SyncContext, link: LinkState): SyncResult {
  const doubt = doubtOfLink(ctx, link)
  if (!doubt) return DONE
  const afterSeconds = Math.ceil((doubt.at - ctx.now()) / 1000)
  return { status: 'again', afterSeconds, because: 'what was sent may still be on its way' }
}

/** What a list shows of it may be from before our own write: only the record itself tells. */
export const mayBeOlder = (
  ctx: SyncContext,
  row: { LastChangedDateTimeOffset: string },
  link: LinkState,
): boolean => isOfKnownMoment(row, link) || isInDoubt(ctx, link)

/** Remembers what a merge came to, and tells of it; not when there is nothing new. */
export function noteMerged(
  ctx: SyncContext,
  before: LinkState | null,
  now: LinkState,
  { toCrm, toBooks, isOwed, conflicts }: Merged,
  kept: StoredImages = {},
): void {
  const isWritten = toBooks.length > 0 || isOwed
  const isNews = isWritten || toCrm.length > 0 || isInDoubt(ctx, before)
  if (before && !isNews && known(before) === known(now)) return
  const entry = entryFor(ctx, now)
  ctx.remember(
    now,
    ...(before?.state === 'linked' ? [] : [entry('linked')]),
    ...conflicts.map(({ field, winner }) => entry('conflict', { field, winner: STORED[winner] })),
    ...(toCrm.length > 0 ? [entry(`updated-${SYSTEM.crm}`, { fields: toCrm, ...keptAs(kept.crm) })] : []),
    ...(isWritten ? [entry(`updated-${SYSTEM.books}`, { fields: toBooks, ...keptAs(kept.books) })] : []),
  )
}

const keptAs = (id: string | undefined) => (id === undefined ? {} : { kept: id })

/** Names that were written without characters that invoices cannot carry: told once, with that write. */
export function noteLost(
  ctx: SyncContext,
  link: LinkState,
  names: Readonly<Record<string, string | null | undefined>>,
  written: readonly string[],
): void {
  const fields = written.filter((field) => losesCharacters(names[field]))
  if (fields.length > 0) ctx.remember(link, entryFor(ctx, link)('characters-left-out', { fields }))
}

const known = ({
  state,
  bases,
  number,
  tribeRelationId,
  powerOfficeParentId,
  powerOfficeChangedAt,
}: LinkState) =>
  JSON.stringify([
    state,
    Object.entries(bases).sort(),
    number,
    tribeRelationId,
    powerOfficeParentId,
    powerOfficeChangedAt,
  ])

/** How far apart two looks must be that show the same: one hiccup of a replica is one look, however often it is asked. */
const LOOKS_APART_MS = 2500
/** What a look missed longer ago than this says nothing about now. */
const LOOK_COUNTS_MS = 60_000

const missedName = (link: LinkState, side: Side) => `gone:${SYSTEM[side]}:${link.kind}:${link.tribeId}`

/** It stays linked: a person is asked about many at once. */
const ASKED: SyncResult = { status: 'done' }

/**
 * A record that one side does not know any more is looked at twice within a minute before that is believed:
 * it may only be hidden, or the answer came from a replica that lags. Two answers that lie further apart, or
 * that have a sight of the record between them (`noteSeen`), prove nothing together. One of many does not come
 * apart: `ASKED`.
 */
export async function confirmGone(ctx: SyncContext, link: LinkState, gone: Side): Promise<SyncResult> {
  const name = missedName(link, gone)
  const missedAt = ctx.cache.get(name) as number | undefined
  const agoMs = missedAt === undefined ? null : ctx.now() - missedAt
  if (agoMs === null || agoMs < LOOKS_APART_MS || agoMs > LOOK_COUNTS_MS) {
    if (agoMs === null || agoMs > LOOK_COUNTS_MS) {
      ctx.cache.set(name, ctx.now())
      noteMissed(ctx, link, gone)
    }
    return { status: 'again', afterSeconds: 3, because: `${SYSTEM[gone]} does not know it; asking once more` }
  }
  ctx.cache.delete(name)
  if (await isOneOfMany(ctx, link, gone)) return ASKED
  const detached: LinkState = {
    ...link,
    state: `${SYSTEM[gone]}-gone`,
    syncedAt: isoOf(ctx),
  }
  ctx.remember(detached, entryFor(ctx, detached)('detached', { gone: SYSTEM[gone] }))
  return DONE
}

/** That side shows the record: what a look missed before was a hiccup. */
export function noteSeen(ctx: SyncContext, link: LinkState, side: Side): void {
  ctx.cache.delete(missedName(link, side))
  noteShown(ctx, link, side)
}

/** The books do not know it: a pair that came apart before stays so, and is gone on that side by now. */
export async function noteGone(ctx: SyncContext, link: LinkState): Promise<SyncResult> {
  if (link.state === 'linked') return confirmGone(ctx, link, 'books')
  if (link.state === `${SYSTEM.crm}-gone`)
    ctx.remember({ ...link, state: `${SYSTEM.books}-gone`, syncedAt: isoOf(ctx) })
  return DONE
}
