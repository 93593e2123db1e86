import { type Instant, laterOf } from '../shared/dates'
import { ApiError } from '../shared/errors'
import { STORED } from '../shared/sides'
import type { SyncContext } from '../sync-step'

/**
 * The cutoff between old and new: what only the CRM has, and was there when the tenant was activated, is left alone
 * until somebody changes it. It is set once for each set of the CRM's, by the CRM's own clock, before anybody is
 * told that the tenant is at work.
 */
export interface Cutoff {
  /** When the CRM's newest record was made or changed; null when the CRM had none. */
  at: Instant | null
  /** The records of that very moment: the CRM's times may be whole seconds, and more may be made in the same one. */
  ids: readonly string[]
}

/** A record, and a moment at which it was made or changed. */
export interface Dated {
  id: string
  at: Instant
}

/** A set that has a cutoff, and the sets whose records count as a part of its own. */
export interface WithCutoff {
  set: string
  parts: readonly string[]
  /** What was made or changed last in a set, by the CRM's clock. */
  newest(ctx: SyncContext, set: string): Promise<Dated[]>
}

const cutoffName = (set: string) => `${STORED.crm}:${set}:baseline` as const
export const cursorName = (set: string) => `${STORED.crm}:${set}:cursor` as const
/** Before all that the CRM can hold. */
export const BEGINNING: Instant = '1970-01-01T00:00:00.0000000Z'

const hasCutoff = (ctx: SyncContext, set: string): boolean => ctx.facts.get(cursorName(set)) !== null

/**
 * Sets the cutoff of these sets where there is none yet, or anew for all of them. Two calls for each set that
 * has records: nothing is noted before all are answered.
 */
export async function setCutoffs(
  ctx: SyncContext,
  sets: readonly WithCutoff[],
  { anew }: { anew: boolean },
): Promise<void> {
  const wanted = sets.filter(({ set }) => anew || !hasCutoff(ctx, set))
  const parts = [...new Set(wanted.flatMap(({ set, parts }) => [set, ...parts]))]
  const [first] = wanted
  if (!first) return
  const newestIn = (set: string) => first.newest(ctx, set)
  const own = new Set(wanted.map(({ set }) => set))
  const newest = parts.map((set) => (own.has(set) ? newestIn(set) : unlessRefused(newestIn(set))))
  const cutoff = cutoffOf((await Promise.all(newest)).flat())
  for (const { set } of wanted) {
    ctx.facts.set(cutoffName(set), cutoff)
    ctx.facts.set(cursorName(set), cutoff.at ?? BEGINNING)
  }
}

/** Not everybody may list the parts by themselves: then the cutoff goes by the records that they belong to. */
async function unlessRefused(newest: Promise<Dated[]>): Promise<Dated[]> {
  try {
    return await newest
  } catch (thrown) {
    if (thrown instanceof ApiError && [400, 403, 404, 405].includes(thrown.status)) return []
    throw thrown
  }
}

export function cutoffOf(newest: readonly Dated[]): Cutoff {
  const at = newest.reduce<Instant | null>((last, one) => laterOf(last, one.at), null)
  return { at, ids: [...new Set(newest.flatMap((one) => (one.at === at ? [one.id] : [])))] }
}

/** Whether a record was there before the cutoff was set, and neither it nor a part of it was touched since. */
export function isBeforeCutoff(ctx: SyncContext, set: string, parts: readonly Dated[]): boolean {
  // Versions before this one kept the time alone.
  const kept = ctx.facts.get(cutoffName(set))
  if (kept === null) return false
  const cutoff: Cutoff = typeof kept === 'string' ? { at: kept, ids: parts.map(({ id }) => id) } : kept
  return parts.every(
    ({ id, at }) => cutoff.at !== null && (at < cutoff.at || (at === cutoff.at && cutoff.ids.includes(id))),
  )
}
