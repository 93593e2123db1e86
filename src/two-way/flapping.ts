import type { RecentChange } from '../db/schema'
import { HOUR_MS } from '../shared/dates'

const MOST_RETURNS = 3
/** Enough of each field to see that many returns. */
const KEPT_PER_FIELD = 8

/**
 * Notes what a write overwrites, and says whether the pair goes to and fro: a field that returns to a value
 * it had left within the hour, for the third time (DESIGN.md §3.8).
 */
export function noteChanges(
  recent: readonly RecentChange[],
  changes: readonly { field: string; was: string; becomes: string }[],
  now: number,
): { recent: RecentChange[]; isFlapping: boolean } {
  const kept = recent.filter((change) => now - change.at < HOUR_MS)
  const added = changes.map(({ field, was, becomes }) => {
    const isReturn = kept.some((change) => change.field === field && change.was === becomes)
    return { field, was, at: now, isReturn }
  })
  const byField = Map.groupBy([...kept, ...added], (change) => change.field)
  const latest = [...byField.values()].flatMap((all) => all.slice(-KEPT_PER_FIELD))
  const isFlapping = [...byField.values()].some(
    (all) => all.filter((change) => change.isReturn).length >= MOST_RETURNS,
  )
  return { recent: latest.sort((a, b) => a.at - b.at), isFlapping }
}
