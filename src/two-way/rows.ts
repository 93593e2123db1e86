import { asSyncError, HeldError, ShownLateError, SyncError } from '../shared/errors'
import type { JobKind } from '../shared/job-kinds'
import { forEachLimited } from '../shared/limit'
import { STORED, SYSTEM } from '../shared/sides'
import { recordSubject } from '../shared/subjects'
import type { SyncContext, SyncResult } from '../sync-step'

/** A sweep holds the rows of a page, and takes each through its step at hand: no call per record. */

/** Rows between two notes of how far a sweep has come. */
export const CHUNK = 100
export const PAGE_SIZE = 2000
/** The job that looks for what changed in the CRM. */
export const POLL = `poll-${SYSTEM.crm}` as const
/** How far each poll goes back behind the last one. */
export const OVERLAP_MS = 5 * 60_000
const AT_ONCE = 4
/** When a record that failed is looked at by itself. */
const LATER_S = 5
/** Records that fail for want of an answer, before the whole chunk is put off. */
const MOST_UNANSWERED = 3

export const again = (because: string): SyncResult => ({ status: 'again', afterSeconds: 0, because })

/** A look that is to go on later. */
export const isAgain = (outcome: unknown): outcome is { afterSeconds: number } =>
  typeof outcome === 'object' && outcome !== null && 'status' in outcome && outcome.status === 'again'

/** Stands in a hint for a record that is looked at by itself, however many others wait. */
export const ALONE = '!'

/** A row at which nothing was looked: what is told of its record stays. */
export const PASSED_OVER = Symbol('passed over')

/**
 * One bad record never blocks the others: it gets a job of its own. Only when nothing answers, all of it
 * waits. Stops early when a push is due, and gives how many rows are done.
 */
export async function eachRow<T>(
  ctx: SyncContext,
  rows: readonly T[],
  jobOf: (row: T) => { kind: JobKind; subject: string },
  run: (row: T) => Promise<unknown>,
): Promise<number> {
  let unanswered = 0
  const one = async (row: T) => {
    try {
      const outcome = await run(row)
      const { kind, subject } = jobOf(row)
      if (outcome !== PASSED_OVER) ctx.settle(kind, [subject])
      // A look that is to go on later goes on by itself.
      if (isAgain(outcome))
        ctx.enqueue({ kind, subject, hint: ALONE, lane: 'bulk', afterSeconds: outcome.afterSeconds })
    } catch (thrown) {
      const error = asSyncError(thrown)
      if (error.remedy === 'data') return ctx.park({ ...jobOf(row), lane: 'bulk' }, error)
      if (
        error.remedy === 'reconnect' ||
        // The CRM takes no calls for a while: that is no fault of the row.
        error instanceof HeldError ||
        error.code === 'relay.settings_changed' ||
        // What may be there already waits by itself, however many there are.
        (!(error instanceof ShownLateError) && ++unanswered > MOST_UNANSWERED)
      )
        throw error
      const afterSeconds = Math.max(LATER_S, error.retryAfterSeconds ?? 0)
      ctx.postpone({ ...jobOf(row), lane: 'bulk', afterSeconds }, error)
    }
  }
  let isBegun = false
  const places = () => {
    if (isBegun && ctx.mustYield()) return 0
    isBegun = true
    // Where rows wait for their turn at the CRM, a push would have to wait for all that are under way.
    return ctx.isPaced() ? 1 : AT_ONCE
  }
  return forEachLimited(rows, places, one)
}

const WORD: Readonly<Record<string, string>> = { contactPerson: 'contact person' }

export function reportUnreadable(ctx: SyncContext, kind: JobKind, ids: readonly string[]): void {
  for (const id of ids) {
    const message = `A ${WORD[kind] ?? kind} came in a form that the relay does not know (${id}): tell whoever runs the relay`
    ctx.park(
      { kind, subject: recordSubject(STORED.books, id), lane: 'bulk' },
      new SyncError('relation.unreadable', 'data', message),
    )
  }
}
