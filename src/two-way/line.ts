import { type Instant, laterOf } from '../shared/dates'
import { ApiError } from '../shared/errors'
import { STORED } from '../shared/sides'
import type { SyncContext } from '../sync-step'

/**
 * The line between old and new: what only the CRM has, and was there when the tenant was activated, is left alone
 * until somebody changes it. It is drawn once for each set of the CRM's, by the CRM's own clock, before anybody is
 * told that the tenant is at work.
 */
export interface Line {
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

/** A set that has a line, and the sets whose records count as a part of its own. */
export interface Lined {
  set: string
  parts: readonly string[]
  /** What was made or changed last in a set, by the CRM's clock. */
  newest(ctx: SyncContext, set: string): Promise<Dated[]>
}

const lineName = (set: string) => `${STORED.crm}:${set}:baseline`
export const cursorName = (set: string) => `${STORED.crm}:${set}:cursor`
/** Before all that the CRM can hold. */
export const BEGINNING: Instant = '1970-01-01T00:00:00.0000000Z'

const hasLine = (ctx: SyncContext, set: string): boolean => ctx.facts.get(cursorName(set)) !== null

/**
 * Draws the line of these sets where there is none yet, or anew for all of them. Two calls for each set that
 * has records: nothing is noted before all are answered.
 */
export async function drawLines(
  ctx: SyncContext,
  sets: readonly Lined[],
  { anew }: { anew: boolean },
): Promise<void> {
  const wanted = sets.filter(({ set }) => anew || !hasLine(ctx, set))
  const parts = [...new Set(wanted.flatMap(({ set, parts }) => [set, ...parts]))]
  const [first] = wanted
  if (!first) return
  const newestIn = (set: string) => first.newest(ctx, set)
  const own = new Set(wanted.map(({ set }) => set))
  const newest = parts.map((set) => (own.has(set) ? newestIn(set) : unlessRefused(newestIn(set))))
  const line = lineOf((await Promise.all(newest)).flat())
  for (const { set } of wanted) {
    ctx.facts.set(lineName(set), line)
    ctx.facts.set(cursorName(set), line.at ?? BEGINNING)
  }
}

/** Not everybody may list the parts by themselves: then the line goes by the records that they belong to. */
async function unlessRefused(newest: Promise<Dated[]>): Promise<Dated[]> {
  try {
    return await newest
  } catch (thrown) {
    if (thrown instanceof ApiError && [400, 403, 404, 405].includes(thrown.status)) return []
    throw thrown
  }
}

export function lineOf(newest: readonly Dated[]): Line {
  const at = newest.reduce<Instant | null>((last, one) => laterOf(last, one.at), null)
  return { at, ids: [...new Set(newest.flatMap((one) => (one.at === at ? [one.id] : [])))] }
}

/** Whether a record was there before the line was drawn, and neither it nor a part of it was touched since. */
export function isBeforeLine(ctx: SyncContext, set: string, parts: readonly Dated[]): boolean {
  // Versions before this one kept the time alone.
  const kept = ctx.facts.get<Line | Instant>(lineName(set))
  if (kept === null) return false
  const line: Line = typeof kept === 'string' ? { at: kept, ids: parts.map(({ id }) => id) } : kept
  return parts.every(
    ({ id, at }) => line.at !== null && (at < line.at || (at === line.at && line.ids.includes(id))),
  )
}
