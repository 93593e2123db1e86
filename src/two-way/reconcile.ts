import type { LinkState } from '../db/links'
import type { RecentChange } from '../db/schema'
import { ApiError, SyncError } from '../shared/errors'
import { inWords, type ProblemCode } from '../shared/problems'
import { CALLED, otherSide, preferredBy, type Side } from '../shared/sides'
import type { SyncContext } from '../sync-step'
import { noteChanges } from './flapping'
import type { LeftOut } from './left-out'
import {
  asArrived,
  type Base,
  type Bases,
  type BothPrints,
  basesOf,
  decide,
  type Fingerprints,
  isApart,
  isWithheld,
  type Merge,
  merge,
  refusedBase,
  refusedByIn,
  type SentPrints,
  sentBase,
  settled,
  standInsAmong,
  stillKept,
  withoutWithheld,
} from './merge'
import { writing } from './pending-writes'

/** When fields that only the CRM has filled go to the books: see `fills` in `merge.ts`. */
export type Fills = 'never' | 'along' | 'always'

/** Kinds whose pairs are stopped when they go to and fro, as their problem names them. */
type FlappingKind = ProblemCode extends infer Code
  ? Code extends `${infer Kind}.flapping`
    ? Kind
    : never
  : never

export interface PairToMerge extends BothPrints {
  fields: readonly string[]
  crmId: string
  /** Null: the two were found to be one just now. */
  link: LinkState | null
  /** What was sent to either and may have arrived. */
  doubts: readonly ({ prints: SentPrints } | null)[]
  /** How the fields were when they were last in step, as far as anybody knows. */
  bases: Bases
  newest: Side
  ledByBooks: ReadonlySet<string>
  oneWay?: ReadonlyMap<string, Side>
  fills: Fills
  /** The code of what keeps a field from being sent; null when nothing does. */
  faultOf: (field: string) => ProblemCode | null | Promise<ProblemCode | null>
  /** Fields for which something besides their values is to be written to the books. */
  owed?: readonly string[]
  /** Each writes the given fields to its side, leaving out what that refuses. */
  writeBooks: (fields: readonly string[]) => Promise<AfterWrite>
  writeCrm: (fields: readonly string[]) => Promise<AfterWrite>
}

export interface AfterWrite {
  /** What that side holds then, as far as we know of it. */
  prints: Fingerprints
  refused: readonly string[]
  /** The system's words about these. */
  said: string | null
  /** Fields that were written, of which the answer does not surely show what is kept. */
  unseen?: readonly string[]
}

type Written = Readonly<Record<Side, AfterWrite>>

export interface Merged {
  bases: Bases
  recent: RecentChange[]
  toCrm: string[]
  toBooks: string[]
  /** Something besides the fields was written to the books. */
  isOwed: boolean
  conflicts: Merge['conflicts']
  /** What could not be sent, now or earlier; the rest was. */
  leftOut: LeftOut[]
}

/** The books are written first, and what they refuse is told first. */
const BOOKS_FIRST: readonly Side[] = ['books', 'crm']

/**
 * Compares a pair field by field and writes what differs to either side (DESIGN.md §3.2). Throws `….flapping` for
 * a pair that goes to and fro.
 */
export async function reconcile(ctx: SyncContext, kind: FlappingKind, given: PairToMerge): Promise<Merged> {
  const { fields, link, crm, books } = given
  const pair = {
    ...given,
    bases: given.doubts.reduce(
      (bases, one) => (one ? asArrived(bases, one.prints, given) : bases),
      given.bases,
    ),
  }
  const bases = mayOverwrite(ctx, pair) ? withoutWithheld(pair.bases) : pair.bases
  const merging = { ...pair, bases, prefer: preferredBy(ctx.settings.conflictPolicy) }
  const plan = merge(merging)
  const withheld = withheldOf(ctx, pair, plan.toBooks)
  const wanted = [
    ...plan.toBooks.filter((field) => !withheld.includes(field)),
    ...(takesFills(pair, plan) ? plan.fills : []),
  ]
  const looked = await Promise.all(wanted.map(async (field) => [field, await pair.faultOf(field)] as const))
  const toBooks = looked.flatMap(([field, fault]) => (fault === null ? [field] : []))
  const { toCrm } = plan
  ctx.planned?.({
    toCrm,
    toBooks,
    withheld,
    faults: Object.fromEntries(looked.flatMap(([field, code]) => (code === null ? [] : [[field, code]]))),
    because: Object.fromEntries(fields.map((field) => [field, decide(field, merging).because])),
  })

  const recent = recentOf(ctx, kind, pair, { toCrm, toBooks })
  const noted = (side: Side, fields: readonly string[], write: () => Promise<AfterWrite>) => {
    const from = pair[otherSide(side)]
    const sent = Object.fromEntries(fields.map((field) => [field, from[field] ?? '']))
    return writing(ctx, pair, side, sent, () => stillThere(write))
  }
  const owed = pair.owed ?? []
  const isOwed = owed.length > 0
  const isWritten = toBooks.length > 0 || isOwed
  const written: Written = {
    books: isWritten
      ? await noted('books', [...toBooks, ...owed], () => pair.writeBooks(toBooks))
      : asBefore(books),
    crm: toCrm.length > 0 ? await noted('crm', toCrm, () => pair.writeCrm(toCrm)) : asBefore(crm),
  }
  const next = basesAfter(pair, written, { wanted, toBooks, toCrm, withheld, merged: bases })
  const refused = new Set([...written.books.refused, ...written.crm.refused])
  const isTaken = (field: string) => !refused.has(field)
  return {
    // A field that is off or rests for now keeps what was last in step, for when it is back.
    bases: { ...settled(pair.bases), ...next },
    recent,
    toCrm: toCrm.filter(isTaken),
    toBooks: toBooks.filter(isTaken),
    isOwed,
    // At the first link a difference is no conflict: nobody changed anything since.
    conflicts: link ? plan.conflicts.filter(({ field }) => isTaken(field) && !withheld.includes(field)) : [],
    leftOut: [
      ...looked.flatMap(([field, code]) => (code === null ? [] : [{ field, code }])),
      ...leftOutIn(fields, next, written),
    ],
  }
}

const takesFills = ({ fills, link }: PairToMerge, { toBooks }: Merge): boolean =>
  fills === 'always' || (fills === 'along' && (link === null || toBooks.length > 0))

interface Course {
  /** What was to go to the books, and of that what could. */
  wanted: readonly string[]
  toBooks: readonly string[]
  toCrm: readonly string[]
  withheld: readonly string[]
  /** The bases by which it was merged. */
  merged: Bases
}

/** What to remember of each field once both sides were written. */
function basesAfter(
  pair: PairToMerge,
  written: Written,
  { wanted, toBooks, toCrm, withheld, merged }: Course,
): Bases {
  const { fields } = pair
  const after = { crm: written.crm.prints, books: written.books.prints }
  // Where the CRM cannot be emptied, what it keeps is nobody's.
  const next = { ...basesOf(fields, after), ...standInsAmong(toCrm, after) }
  // What could not be sent is not in step: the next look tries again. A new record there never had it.
  for (const field of wanted.filter((one) => !toBooks.includes(one)))
    if (after.books[field] === pair.books[field]) next[field] = pair.bases[field] ?? ''
    else next[field] = after.books[field] ?? ''
  for (const side of BOOKS_FIRST)
    for (const field of written[side].refused) next[field] = refusedBase(field, after, side)
  for (const side of BOOKS_FIRST)
    for (const field of written[side].unseen ?? []) next[field] = sentBase(field, after, side)
  const isNews = new Set([...wanted, ...toCrm])
  const others = fields.filter((one) => !isNews.has(one))
  for (const field of others) next[field] = stillKept(field, after, pair.bases) ?? (next[field] as Base)
  const keepDiffering = (some: readonly string[], why: 'apart' | 'withheld') => {
    for (const field of some) {
      const [here, there] = [after.crm[field] ?? '', after.books[field] ?? '']
      if (here !== there) next[field] = [here, there, why]
    }
  }
  keepDiffering(
    fields.filter((field) => isApart(pair.bases[field])),
    'apart',
  )
  // They were never in step: the policy decides once it may.
  keepDiffering([...withheld, ...others.filter((field) => isWithheld(merged[field]))], 'withheld')
  return next
}

/** Set once somebody has looked at a preview that was done. */
export const SEEN = 'preview:seen'

/** The nightly comparison of a tenant whose first load is over, and of which somebody has seen a preview. */
const mayOverwrite = (ctx: SyncContext, { fills }: { fills: Fills }): boolean =>
  fills === 'always' && ctx.facts.get('initial-sync') === null && ctx.facts.get(SEEN) !== null

/**
 * Fields that both sides fill and that were never in step, where the policy lets the CRM win: what it would overwrite in
 * the books waits for the first load to end and for somebody to have seen a preview, which shows it; then the nightly
 * comparison carries it out. What somebody edits meanwhile travels at once.
 */
function withheldOf(ctx: SyncContext, pair: PairToMerge, toBooks: readonly string[]): string[] {
  const { bases, fields, link, fills, crm, books } = pair
  const first = toBooks.filter((field) => bases[field] === undefined)
  const isLeft = (field: string) => isWithheld(bases[field]) && crm[field] !== books[field]
  if (first.length === 0 && (fills !== 'always' || !fields.some(isLeft))) return []
  const isLoading = ctx.facts.get('initial-sync') !== null
  if (mayOverwrite(ctx, pair) || (!isLoading && link === null)) return []
  if (ctx.facts.get(SEEN) === null && !ctx.isAwaited('preview', ''))
    ctx.park({ kind: 'preview', subject: '', lane: 'bulk' }, previewUnseen())
  return first
}

const previewUnseen = () => new SyncError('preview.unseen', 'data', inWords('preview.unseen'))

const asBefore = (prints: Fingerprints): AfterWrite => ({ prints, refused: [], said: null })

/** What either side has refused, as the bases remember it. */
export function leftOutIn(
  fields: readonly string[],
  bases: Bases,
  written?: Readonly<Record<Side, Pick<AfterWrite, 'said'>>>,
): LeftOut[] {
  return fields.flatMap((field) => {
    const refusedBy = refusedByIn(field, bases)
    return refusedBy ? [{ field, refusedBy, said: written?.[refusedBy].said ?? null }] : []
  })
}

/** Somebody may delete a record between a read and a write: the next look finds it gone. */
export async function stillThere<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.status !== 404) throw thrown
    throw new SyncError('record.gone', 'time', 'It was deleted while it was looked at: it is looked at anew')
  }
}

function recentOf(
  ctx: SyncContext,
  kind: FlappingKind,
  { link, crm, books }: PairToMerge,
  { toCrm, toBooks }: { toCrm: readonly string[]; toBooks: readonly string[] },
): RecentChange[] {
  const changes = [
    ...toCrm.map((field) => ({ field, was: crm[field] ?? '', becomes: books[field] ?? '' })),
    ...toBooks.map((field) => ({ field, was: books[field] ?? '', becomes: crm[field] ?? '' })),
  ]
  const { recent, isFlapping } = noteChanges(link?.recent ?? [], changes, ctx.now())
  if (!isFlapping) return recent
  const message = `${CALLED.crm} and ${CALLED.books} keep setting each other back: find out who else changes this record, then try again`
  throw new SyncError(`${kind}.flapping`, 'data', message)
}
