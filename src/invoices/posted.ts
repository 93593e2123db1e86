import type { PostedInvoice } from '../poweroffice/schemas'
import { DONE, type SyncContext, type SyncResult } from '../sync-step'
import { confirmGone, entryFor, noteSeen } from '../two-way/link'
import { type InvoiceLink, withNews } from './link'
import { callWaiters } from './waiters'

/** The order is no draft any more: it was posted, by us or by a bookkeeper, or a bookkeeper has deleted it. */
export async function noteGoneOrPosted(ctx: SyncContext, link: InvoiceLink): Promise<SyncResult> {
  const posted = await ctx.powerOffice.findInvoice(link.powerOfficeId)
  if (posted) {
    noteSeen(ctx, link, 'books')
    notePosted(ctx, link, posted)
    if (isSettledAlready(ctx, posted)) askForPayments(ctx, link.powerOfficeId)
    return DONE
  }
  return confirmGone(ctx, link, 'books')
}

/**
 * Something became of it before it was tied: it was found again by its reference, or there is nothing to be
 * paid. Sweeps only tell what changes after them. What was posted just now costs no call.
 */
export function isSettledAlready(ctx: SyncContext, posted: PostedInvoice): boolean {
  if (posted.IsReversed) return true
  const total = posted.TotalPostedAmount ?? posted.TotalAmount ?? null
  const isMoved = posted.MatchId != null || (posted.Balance ?? total) !== total || total === 0
  return isMoved && ctx.settings.payments.enabled
}

/** Whatever was paid on it is told in Tribe, by a look of its own. */
export function askForPayments(ctx: SyncContext, powerOfficeId: string): void {
  ctx.enqueue({ kind: 'payment', subject: `powerOffice:${powerOfficeId}`, lane: 'bulk' })
}

/** Keeps the number and the payment reference; credit notes that waited for the number go now. */
export function notePosted(
  ctx: SyncContext,
  link: InvoiceLink,
  posted: { InvoiceNo?: number | null | undefined; Cid?: string | null | undefined },
): InvoiceLink {
  const number = posted.InvoiceNo == null ? null : String(posted.InvoiceNo)
  const life = { stage: 'posted', askedAt: null, toldFailure: null, kid: posted.Cid ?? null } as const
  const now = withNews(link, life, { number })
  ctx.remember(now, entryFor(ctx, link)('posted', { number, kid: posted.Cid ?? null }))
  callWaiters(ctx, 'invoice', link.tribeId)
  return now
}
