import type { LinkState } from '../db/links'
import type { RecentChange } from '../db/schema'
import { ApiError, SyncError } from '../shared/errors'
import type { SyncContext } from '../sync-step'
import { noteChanges } from './flapping'
import type { LeftOut } from './left-out'
import {
  type Base,
  type Bases,
  basesOf,
  type Fingerprints,
  isApart,
  isWithheld,
  type Merge,
  merge,
  refusedBase,
  refusedByIn,
  type Side,
  sentBase,
  stillRefused,
  withoutWithheld,
} from './merge'

/** When fields that only Tribe has filled go to PowerOffice: see `fills` in `merge.ts`. */
export type Fills = 'never' | 'along' | 'always'

export interface PairToMerge<Field extends string> {
  fields: readonly Field[]
  /** Null: the two were found to be one just now. */
  link: LinkState | null
  /** How the fields were when they were last in step, as far as anybody knows. */
  bases: Bases
  tribe: Fingerprints
  powerOffice: Fingerprints
  newest: Side
  ledByPowerOffice: ReadonlySet<string>
  fills: Fills
  /** The code of what keeps a field from being sent; null when nothing does. */
  faultOf: (field: Field) => string | null | Promise<string | null>
  /** Something besides its fields is to be written to PowerOffice's record. */
  isOwed?: boolean
  /** Each writes the given fields to its side, leaving out what that refuses. */
  writePowerOffice: (fields: readonly Field[], toTribe: readonly Field[]) => Promise<AfterWrite<Field>>
  writeTribe: (fields: readonly Field[]) => Promise<AfterWrite<Field>>
}

export interface AfterWrite<Field extends string> {
  /** What that side holds then, as far as we know of it. */
  prints: Fingerprints
  refused: readonly Field[]
  /** The system's words about these. */
  said: string | null
  /** Fields that were written, of which the answer does not surely show what is kept. */
  unseen?: readonly Field[]
}

export interface Merged<Field extends string> {
  bases: Bases
  recent: RecentChange[]
  toTribe: Field[]
  toPowerOffice: Field[]
  /** Something besides the fields was written to PowerOffice. */
  isOwed: boolean
  conflicts: Merge['conflicts']
  /** What could not be sent, now or earlier; the rest was. */
  leftOut: LeftOut<Field>[]
}

/**
 * Compares a pair field by field and writes what differs to either side (spec §9). Throws `….flapping` for
 * a pair that goes to and fro.
 */
export async function reconcile<Field extends string>(
  ctx: SyncContext,
  kind: string,
  pair: PairToMerge<Field>,
): Promise<Merged<Field>> {
  const { fields, link, tribe, powerOffice, fills } = pair
  const bases = mayOverwrite(ctx, pair) ? withoutWithheld(pair.bases) : pair.bases
  const plan = merge({ ...pair, bases, policy: ctx.settings.conflictPolicy })
  const takesFills =
    fills === 'always' || (fills === 'along' && (link === null || plan.toPowerOffice.length > 0))
  const withheld = withheldOf(ctx, pair, plan.toPowerOffice as Field[])
  const sent = (plan.toPowerOffice as Field[]).filter((field) => !withheld.includes(field))
  const wanted = [...sent, ...(takesFills ? plan.fills : [])] as Field[]
  const looked = await Promise.all(wanted.map(async (field) => [field, await pair.faultOf(field)] as const))
  const toPowerOffice = looked.flatMap(([field, fault]) => (fault === null ? [field] : []))
  const toTribe = plan.toTribe as Field[]

  const recent = recentOf(ctx, kind, pair, { toTribe, toPowerOffice })
  const isWritten = toPowerOffice.length > 0 || pair.isOwed
  const written = {
    powerOffice: isWritten
      ? await stillThere(() => pair.writePowerOffice(toPowerOffice, toTribe))
      : asBefore<Field>(powerOffice),
    tribe: toTribe.length > 0 ? await stillThere(() => pair.writeTribe(toTribe)) : asBefore<Field>(tribe),
  }
  const after = { tribe: written.tribe.prints, powerOffice: written.powerOffice.prints }
  const next = basesOf(fields, after.tribe, after.powerOffice)
  // What could not be sent is not in step: the next look tries again. A new record there never had it.
  for (const field of wanted.filter((one) => !toPowerOffice.includes(one)))
    if (after.powerOffice[field] === powerOffice[field]) next[field] = pair.bases[field] ?? ''
    else next[field] = after.powerOffice[field] ?? ''
  for (const side of ['powerOffice', 'tribe'] as const)
    for (const field of written[side].refused) next[field] = refusedBase(field, after, side)
  for (const side of ['powerOffice', 'tribe'] as const)
    for (const field of written[side].unseen ?? []) next[field] = sentBase(field, after, side)
  const isNews = new Set<string>([...wanted, ...toTribe])
  for (const field of fields.filter((one) => !isNews.has(one)))
    next[field] = stillRefused(field, after, pair.bases) ?? (next[field] as Base)
  for (const field of fields) {
    const [here, there] = [after.tribe[field] ?? '', after.powerOffice[field] ?? '']
    if (isApart(pair.bases[field]) && here !== there) next[field] = [here, there, 'apart']
  }
  // They were never in step: the policy decides once it may.
  for (const field of [...withheld, ...fields.filter((one) => isWithheld(bases[one]) && !isNews.has(one))]) {
    const [here, there] = [after.tribe[field] ?? '', after.powerOffice[field] ?? '']
    if (here !== there) next[field] = [here, there, 'withheld']
  }
  const refused = new Set<string>([...written.powerOffice.refused, ...written.tribe.refused])
  const isTaken = (field: Field) => !refused.has(field)
  return {
    ...{
      bases: next,
      recent,
      toTribe: toTribe.filter(isTaken),
      toPowerOffice: toPowerOffice.filter(isTaken),
    },
    isOwed: pair.isOwed ?? false,
    // At the first link a difference is no conflict: nobody changed anything since.
    conflicts: link
      ? plan.conflicts.filter(({ field }) => !refused.has(field) && !withheld.includes(field as Field))
      : [],
    leftOut: [
      ...looked.flatMap(([field, code]) => (code === null ? [] : [{ field, code }])),
      ...leftOutIn(fields, next, written),
    ],
  }
}

/** Set once somebody has looked at a preview that was done. */
export const SEEN = 'preview:seen'

/** The nightly comparison of a tenant whose first load is over, and of which somebody has seen a preview. */
const mayOverwrite = (ctx: SyncContext, { fills }: { fills: Fills }): boolean =>
  fills === 'always' && ctx.cursors.get('initial-sync') === null && ctx.cursors.get(SEEN) !== null

/**
 * Fields that both sides fill and that were never in step, where the policy lets Tribe win: what it would overwrite in
 * PowerOffice waits for the first load to end and for somebody to have seen a preview, which shows it; then the nightly
 * comparison carries it out. What somebody edits meanwhile travels at once.
 */
function withheldOf<Field extends string>(
  ctx: SyncContext,
  pair: PairToMerge<Field>,
  toPowerOffice: readonly Field[],
): Field[] {
  const { bases, fields, link, fills, tribe, powerOffice } = pair
  const first = toPowerOffice.filter((field) => bases[field] === undefined)
  const isLeft = (field: Field) => isWithheld(bases[field]) && tribe[field] !== powerOffice[field]
  if (first.length === 0 && (fills !== 'always' || !fields.some(isLeft))) return []
  const isLoading = ctx.cursors.get('initial-sync') !== null
  if (mayOverwrite(ctx, pair) || (!isLoading && link === null)) return []
  if (ctx.cursors.get(SEEN) === null && !ctx.isAwaited('preview', ''))
    ctx.park(
      { kind: 'preview', subject: '', lane: 'bulk' },
      new SyncError(
        'preview.unseen',
        'data',
        'By the conflict policy values of Tribe would take the place of values in PowerOffice, and nobody has seen which: have a preview worked out and look at it, or choose another policy',
      ),
    )
  return first
}

const asBefore = <Field extends string>(prints: Fingerprints): AfterWrite<Field> => ({
  ...{ prints, refused: [], said: null },
})

/** What either side has refused, as the bases remember it. */
export function leftOutIn<Field extends string>(
  fields: readonly Field[],
  bases: Bases,
  written?: Readonly<Record<Side, Pick<AfterWrite<Field>, 'said'>>>,
): LeftOut<Field>[] {
  return fields.flatMap((field) => {
    const refusedBy = refusedByIn(field, bases)
    return refusedBy ? [{ field, refusedBy, said: written?.[refusedBy].said ?? null }] : []
  })
}

/** Somebody may delete a record between a read and a write: the next look finds it gone. */
async function stillThere<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.status !== 404) throw thrown
    throw new SyncError('record.gone', 'time', 'It was deleted while it was looked at: it is looked at anew')
  }
}

function recentOf<Field extends string>(
  ctx: SyncContext,
  kind: string,
  { link, tribe, powerOffice }: PairToMerge<Field>,
  { toTribe, toPowerOffice }: { toTribe: readonly Field[]; toPowerOffice: readonly Field[] },
): RecentChange[] {
  const changes = [
    ...toTribe.map((field) => ({ field, was: tribe[field] ?? '', becomes: powerOffice[field] ?? '' })),
    ...toPowerOffice.map((field) => ({ field, was: powerOffice[field] ?? '', becomes: tribe[field] ?? '' })),
  ]
  const { recent, isFlapping } = noteChanges(link?.recent ?? [], changes, ctx.now())
  if (!isFlapping) return recent
  const message =
    'Tribe and PowerOffice keep setting each other back: find out who else changes this record, then try again'
  throw new SyncError(`${kind}.flapping`, 'data', message)
}
