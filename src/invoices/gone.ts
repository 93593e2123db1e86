import { ApiError } from '../shared/errors'
import { recordSubject } from '../shared/subjects'
import type { SyncContext } from '../sync-step'
import type { InvoiceLink } from './link'

/** Deleted in Tribe, or hidden: a look of its own tells which. Whatever was to be told is told when it shows again. */
export const askForInvoice = (ctx: SyncContext, tribeId: string): void =>
  ctx.enqueue({ kind: 'invoice', subject: recordSubject('tribe', tribeId), lane: 'bulk' })

/** What Tribe does not take of an invoice may be refused because somebody has just deleted it: that is looked at. */
export function lookWhyRefused(ctx: SyncContext, tribeId: string, thrown: unknown): void {
  if (thrown instanceof ApiError && thrown.remedy === 'data') askForInvoice(ctx, tribeId)
}

/** One of the two is no more: what kept the other from its papers and payments is nobody's to mend. */
export function endWhatWasOwed(ctx: SyncContext, { tribeId, powerOfficeId }: InvoiceLink): void {
  for (const kind of ['documentation', 'attachments'] as const)
    ctx.settle(kind, [recordSubject('tribe', tribeId)])
  ctx.settle('payment', [recordSubject('powerOffice', powerOfficeId)])
}
