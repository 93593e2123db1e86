import type { FactOf } from '../facts'
import { SyncError } from '../shared/errors'
import { recordSubject } from '../shared/subjects'
import type { SyncContext, SyncResult } from '../sync-step'

/**
 * Invoices that PowerOffice says are settled, and whose ledger does not show by what: its replica lags, an entry
 * comes late, or a list was cut short. They are asked for again, later each time, and then told; every later
 * sweep asks once more, until it is explained.
 */

/** Seconds until the next look, and until the one after it. */
const WAITS = [2, 15, 60, 300]
const NAME = 'payments:unexplained'

type AllAsked = FactOf<'payments:unexplained'>

const all = (ctx: SyncContext): AllAsked => ctx.facts.get(NAME) ?? {}

export const paymentJobOf = (powerOfficeId: string) =>
  ({ kind: 'payment', subject: recordSubject('powerOffice', powerOfficeId), lane: 'bulk' }) as const

/** A sweep met one: it gets looks of its own. */
export function askSoon(ctx: SyncContext, powerOfficeId: string): void {
  ctx.enqueue({ ...paymentJobOf(powerOfficeId), afterSeconds: WAITS[0] ?? 0 })
}

/** A look of its own did not find it explained. Throws `payment.unexplained` when it was asked for often enough. */
export function askLater(ctx: SyncContext, powerOfficeId: string, at: string | null): SyncResult {
  const before = all(ctx)[powerOfficeId]
  const looks = before && before.at === at ? before.looks + 1 : 1
  ctx.facts.set(NAME, { ...all(ctx), [powerOfficeId]: { at, looks } })
  const afterSeconds = WAITS[looks]
  if (afterSeconds !== undefined)
    return { status: 'again', afterSeconds, because: 'the ledger does not show yet what settled the invoice' }
  throw new SyncError(
    'payment.unexplained',
    'data',
    'PowerOffice says that the invoice is settled, and its ledger does not show by what: look at the match of the invoice in PowerOffice. Until then its phase in Tribe stays; the relay looks again with every sweep of payments',
  )
}

export function noteExplained(ctx: SyncContext, powerOfficeId: string): void {
  const { [powerOfficeId]: ended, ...others } = all(ctx)
  if (!ended) return
  if (Object.keys(others).length === 0) ctx.facts.remove(NAME)
  else ctx.facts.set(NAME, others)
}

/** What was told is asked for once more. */
export function askAllAgain(ctx: SyncContext): void {
  for (const [powerOfficeId, { looks }] of Object.entries(all(ctx)))
    if (looks >= WAITS.length) ctx.enqueue(paymentJobOf(powerOfficeId))
}
