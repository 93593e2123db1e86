import type { Delivery } from '../db/schema'
import type { PostedInvoice } from '../poweroffice/schemas'
import { parseInstant } from '../shared/dates'
import { recordSubject } from '../shared/subjects'
import { DONE, type SyncContext, type SyncResult } from '../sync-step'
import { confirmGone, entryFor, noteSeen } from '../two-way/link'
import { isBeingReplaced } from './begun'
import { compareBooked } from './booked'
import { endWhatWasOwed } from './gone'
import type { Invoice } from './invoice'
import { type InvoiceLink, withNews } from './link'
import { invoiceFromTribe } from './mapping'
import { askForPaper } from './paper-search'
import { callWaiters } from './waiters'

type InvoiceOf = () => Promise<Invoice | null>

/**
 * The order is no draft any more: it was posted, by us or by a bookkeeper, or a bookkeeper has deleted it. `invoiceOf`
 * gives Tribe's invoice where that is at hand.
 */
export async function noteGoneOrPosted(
  ctx: SyncContext,
  link: InvoiceLink,
  invoiceOf: InvoiceOf = inTribe(ctx, link),
): Promise<SyncResult> {
  const posted = await ctx.powerOffice.findInvoice(link.powerOfficeId)
  if (posted) {
    noteSeen(ctx, link, 'books')
    await notePosted(ctx, link, posted, invoiceOf)
    if (isSettledAlready(ctx, posted)) askForPayments(ctx, link.powerOfficeId)
    return DONE
  }
  // The relay itself took it away: what keeps the next one is told of the invoice.
  if (isBeingReplaced(ctx, link)) return DONE
  const result = await confirmGone(ctx, link, 'books')
  if (result === DONE) endWhatWasOwed(ctx, link)
  return result
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

/** A posted invoice that a sweep shows: where it comes to something else than when it was compared, that is told or ended. */
export async function noteBooked(
  ctx: SyncContext,
  link: InvoiceLink,
  posted: PostedInvoice,
): Promise<InvoiceLink> {
  if (link.exportState.compared === undefined) return link
  const { compared } = await compareBooked(ctx, link, posted, inTribe(ctx, link))
  if (compared === undefined) return link
  const now = withNews(link, { compared })
  ctx.remember(now)
  return now
}

/** Whatever was paid on it is told in Tribe, by a look of its own. */
export function askForPayments(ctx: SyncContext, powerOfficeId: string): void {
  ctx.enqueue({ kind: 'payment', subject: recordSubject('powerOffice', powerOfficeId), lane: 'bulk' })
}

/** What is only booked goes to nobody. */
function deliveryOf(
  { exportState }: InvoiceLink,
  {
    InvoiceDeliveryType,
    SentDateTimeOffset,
  }: Pick<PostedInvoice, 'InvoiceDeliveryType' | 'SentDateTimeOffset'>,
): Delivery | null {
  const at = parseInstant(SentDateTimeOffset)
  if (exportState.mode === 'book' || at === null) return null
  return { channel: InvoiceDeliveryType ?? null, at, failed: null }
}

/** Tribe's invoice, by a call. */
export const inTribe =
  (ctx: SyncContext, { tribeId }: InvoiceLink): InvoiceOf =>
  async () => {
    const found = await ctx.tribe.findInvoice(tribeId)
    return found && invoiceFromTribe(found)
  }

/** Keeps the number and the payment reference, and compares what was booked; credit notes that waited for the number go now. */
export async function notePosted(
  ctx: SyncContext,
  link: InvoiceLink,
  posted: PostedInvoice,
  invoiceOf: InvoiceOf = inTribe(ctx, link),
): Promise<InvoiceLink> {
  const compared = posted.IsReversed ? {} : await compareBooked(ctx, link, posted, invoiceOf)
  const number = posted.InvoiceNo == null ? null : String(posted.InvoiceNo)
  const delivery = deliveryOf(link, posted)
  const exportState = { stage: 'posted', askedAt: null, toldFailure: null, kid: posted.Cid ?? null } as const
  const now = withNews(link, { ...exportState, ...compared, ...(delivery ? { delivery } : {}) }, { number })
  askForPaper(ctx, now)
  const entry = entryFor(ctx, link)
  ctx.remember(
    now,
    entry('posted', { number, kid: posted.Cid ?? null }),
    ...(delivery ? [entry('delivered', { channel: delivery.channel, sentAt: delivery.at })] : []),
  )
  callWaiters(ctx, 'invoice', link.tribeId)
  return now
}
