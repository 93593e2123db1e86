import type { LinkState } from '../db/links'
import { DONE, type Step, type SyncContext, type SyncResult } from '../sync-step'
import type { TogetherSet } from './kinds'
import { again } from './rows'

/**
 * Events that need no look of their own. Tribe tells of our own writes, too, and of a thousand edits one by one:
 * such records wait until Tribe's lists show them, and are read together. A lone edit is still looked at at once.
 */

/** Tribe's lists may lag behind a write by seconds. */
const WAIT_S = 6
/** So soon after a write of ours, an event is most likely of that. */
const ECHO_MS = 10_000
/** As many ids as an address of six kilobytes holds. */
const MOST = 75

/** Stands in a hint for a record that lists did not show: it is looked at by itself. */
export const ALONE = '!'

interface Noted {
  id: string
  at: number
}
const nameOf = (set: string) => `together:${set}`
const notedIn = (ctx: SyncContext, set: string): Noted[] => ctx.cursors.get<Noted[]>(nameOf(set)) ?? []

/** Whether this look at a linked record can be made with others. */
export const canWait = (ctx: SyncContext, link: LinkState, hint: string | null): boolean =>
  link.state === 'linked' &&
  hint !== ALONE &&
  (ctx.now() - Date.parse(link.syncedAt) < ECHO_MS || ctx.isBurst())

/** Leaves the look to the job `look-together`. */
export function lookTogether(ctx: SyncContext, set: string, id: string): SyncResult {
  const others = notedIn(ctx, set).filter((one) => one.id !== id)
  ctx.cursors.set(nameOf(set), [...others, { id, at: ctx.now() }])
  ctx.enqueue({ kind: 'look-together', subject: set, lane: 'push', afterSeconds: WAIT_S })
  return DONE
}

/** The job `look-together`: its subject is a set. One call reads up to 75 records; what it does not show is looked at by itself. */
export const lookTogetherAt =
  (sets: readonly TogetherSet[]): Step =>
  async (ctx, { id: set }) => {
    const polled = sets.find((one) => one.set === set)
    const ripe = notedIn(ctx, set)
      .filter(({ at }) => at <= ctx.now() - WAIT_S * 1000)
      .slice(0, MOST)
    if (!polled || ripe.length === 0) return later(ctx, set)
    const readAt = ctx.now()
    const rows = await polled.named(
      ctx,
      ripe.map(({ id }) => id),
    )
    const done = await polled.sync(ctx, rows, readAt)
    await ctx.flush()
    const left = new Set(rows.slice(done).map(polled.idOf))
    const shown = new Set(rows.map(polled.idOf))
    for (const { id } of ripe)
      if (!shown.has(id))
        ctx.enqueue({ kind: polled.kind, subject: `tribe:${id}`, hint: ALONE, lane: 'push' })
    // An event that came meanwhile wants another look.
    const isOver = ({ id, at }: Noted) => ripe.some((one) => one.id === id && one.at === at) && !left.has(id)
    ctx.cursors.set(
      nameOf(set),
      notedIn(ctx, set).filter((one) => !isOver(one)),
    )
    return later(ctx, set)
  }

function later(ctx: SyncContext, set: string): SyncResult {
  const [first] = notedIn(ctx, set)
  if (!first) {
    ctx.cursors.remove(nameOf(set))
    return DONE
  }
  const ripeInMs = first.at + WAIT_S * 1000 - ctx.now()
  if (ripeInMs <= 0) return again('more of them')
  return { status: 'again', afterSeconds: Math.ceil(ripeInMs / 1000), because: 'lists may not show them yet' }
}
