import { type Instant, minus } from '../shared/dates'
import type { SyncContext } from '../sync-step'
import { OVERLAP_MS } from './rows'

const nameOf = (cursor: `${string}:cursor`) => `${cursor}:reached` as const

/**
 * Where a list of changes begins: some minutes before the newest change that was seen, since a commit may show late. Once a list
 * that was asked for later than that has shown nothing newer, all up to that change has shown, and the next list begins
 * behind it: else whatever was changed last would be read again with each poll until something else changes. Null: never read.
 */
export function reachedBy(ctx: SyncContext, cursor: `${string}:cursor`): Instant | null {
  const at = ctx.facts.get(cursor)
  if (at === null) return null
  const reached = ctx.facts.get(nameOf(cursor))
  return reached?.isSettled && reached.at === at ? minus(at, -1) : minus(at, OVERLAP_MS)
}

/** Notes that a list was read to its end; `begunAt` is when it was asked for. */
export function noteReached(ctx: SyncContext, cursor: `${string}:cursor`, begunAt: number): void {
  const at = ctx.facts.get(cursor)
  if (at === null) return
  const known = ctx.facts.get(nameOf(cursor))
  if (known?.at !== at) ctx.facts.set(nameOf(cursor), { at, since: ctx.now(), isSettled: false })
  else if (!known.isSettled && begunAt > known.since + OVERLAP_MS)
    ctx.facts.set(nameOf(cursor), { ...known, isSettled: true })
}
