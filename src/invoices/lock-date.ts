import type { Day } from '../shared/dates'
import type { SyncContext } from '../sync-step'

/** The day up to which PowerOffice is closed: asked for once an hour; a period closed since is refused by PowerOffice itself. */
export async function isLocked(ctx: SyncContext, date: Day): Promise<boolean> {
  const known = ctx.cache.get('lock-date') as { at: number; day: Day | null } | undefined
  const isFresh =
    known !== undefined && ctx.now() - known.at < 3_600_000 && !(known.day !== null && date <= known.day)
  const { day } = isFresh ? known : { day: await ctx.powerOffice.lockDate() }
  ctx.cache.set('lock-date', { at: isFresh ? known.at : ctx.now(), day })
  return day !== null && date <= day
}
