import { confirmGone, entryFor, noteSeen } from '../pairs/link'
import type { Order, PostedInvoice } from '../poweroffice/schemas'
import { type Terms, termsOf } from '../products/terms'
import { type Day, dayIn } from '../shared/dates'
import { ApiError, type SyncError } from '../shared/errors'
import { toMinor } from '../shared/money'
import { DONE, type SyncContext, type SyncResult } from '../sync-step'
import { refusal, totalDiffers, vatDiffers, whyNotPosted } from './guards'
import { type Invoice, isText } from './invoice'
import { type InvoiceLink, withLife } from './link'
import { TIME_ZONE } from './mapping'
import { planPosting } from './plan'
import { isRounded, withRounding } from './rounding'
import { headerFault } from './said'
import { howToSend } from './sending'
import { differences, tellLines } from './totals'
import { vatCodeOf, vatFault } from './vat'
import { callWaiters } from './waiters'

/** What happens to an order of ours: its totals are compared, its posting is asked for and followed to the end. */

/** Stands for a difference that was told. */
const TOTALS = 'totals'

/** Goes on with an order that is still a draft, as far as we know. */
export async function goOn(ctx: SyncContext, link: InvoiceLink, invoice: Invoice): Promise<SyncResult> {
  const { powerOffice } = ctx
  const order = await powerOffice.findOrder(link.powerOfficeId)
  if (!order) return noteGoneOrPosted(ctx, link)
  noteSeen(ctx, link, 'poweroffice')
  const rounded = await withRounding(ctx, invoice, order)
  const compared = await compare(ctx, link, invoice, rounded)
  return link.life.mode === 'draft' ? DONE : ask(ctx, compared, invoice, order)
}

/** Asks PowerOffice to post the order; nothing but its own answer later says that it did. */
export async function ask(
  ctx: SyncContext,
  link: InvoiceLink,
  invoice: Invoice,
  order: Order,
): Promise<SyncResult> {
  const { powerOfficeId, life } = link
  const date = invoice.date ?? dayIn(new Date(ctx.now()), TIME_ZONE)
  if (await isLocked(ctx, date)) throw refusal('invoice.period_closed', date)
  try {
    const how = { date, isSent: life.mode === 'send', customerId: order.CustomerId ?? null }
    await ctx.powerOffice.requestSend(powerOfficeId, await howToSend(ctx, invoice, how))
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.remedy !== 'data') throw thrown
    throw await whyNotPosted(ctx, thrown.said, {
      customerId: order.CustomerId ?? null,
      date,
      mode: life.mode,
    })
  }
  const asked = withLife(ctx, link, { stage: 'sending', askedAt: ctx.now() })
  ctx.remember(asked, entryFor(ctx, link)('posting-asked', { mode: life.mode }))
  return { status: 'again', afterSeconds: 1, because: 'PowerOffice is posting it' }
}

/** Follows an order whose posting was asked for. */
export async function follow(
  ctx: SyncContext,
  link: InvoiceLink,
  invoiceOf: () => Promise<Invoice | null>,
): Promise<SyncResult> {
  const { powerOffice } = ctx
  const { life, powerOfficeId } = link
  const said = await powerOffice.sentState(powerOfficeId)
  const message = said?.LastErrorMessage || null
  const plan = planPosting({
    state: said && {
      isBeingProcessed: said.IsInvoiceBeingProcessed ?? false,
      isSent: Boolean(said.SentDateTimeOffset),
      failure: message === null ? null : await ctx.fingerprint(message),
    },
    askedMsAgo: life.askedAt === null ? null : ctx.now() - life.askedAt,
    toldFailure: life.toldFailure,
  })
  switch (plan.do) {
    case 'note-posted':
      return noteGoneOrPosted(ctx, link)
    case 'wait':
      return { status: 'again', afterSeconds: plan.afterSeconds, because: 'PowerOffice is posting it' }
    case 'give-up-waiting':
      throw refusal('invoice.delivery_overdue')
    case 'report-failure':
      throw await reportFailure(ctx, link, message, await invoiceOf())
    case 'ask': {
      const invoice = await invoiceOf()
      return invoice ? goOn(ctx, link, invoice) : DONE
    }
  }
}

async function reportFailure(
  ctx: SyncContext,
  link: InvoiceLink,
  message: string | null,
  invoice: Invoice | null,
): Promise<SyncError> {
  const order = await ctx.powerOffice.findOrder(link.powerOfficeId)
  const date = invoice?.date ?? dayIn(new Date(ctx.now()), TIME_ZONE)
  const { mode } = link.life
  const error = await whyNotPosted(ctx, message, { customerId: order?.CustomerId ?? null, date, mode })
  const failed = withLife(ctx, link, {
    ...{ stage: 'draft', askedAt: null },
    toldFailure: message === null ? null : await ctx.fingerprint(message),
  })
  ctx.remember(failed, entryFor(ctx, link)('posting-failed', { code: error.code }))
  return error
}

/** The order is no draft any more: it was posted, by us or by a bookkeeper, or a bookkeeper has deleted it. */
export async function noteGoneOrPosted(ctx: SyncContext, link: InvoiceLink): Promise<SyncResult> {
  const posted = await ctx.powerOffice.findInvoice(link.powerOfficeId)
  if (posted) {
    noteSeen(ctx, link, 'poweroffice')
    notePosted(ctx, link, posted)
    if (isSettledAlready(ctx, posted)) askForPayments(ctx, link.powerOfficeId)
    return DONE
  }
  return confirmGone(ctx, link, 'poweroffice')
}

/**
 * Something became of it before it was tied: it was found again by its reference, or there is nothing to be
 * paid. Sweeps only tell what changes after them. What was posted just now costs no call.
 */
function isSettledAlready(ctx: SyncContext, posted: PostedInvoice): boolean {
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
  const now = withLife(ctx, link, life, { number })
  ctx.remember(now, entryFor(ctx, link)('posted', { number, kid: posted.Cid ?? null }))
  callWaiters(ctx, 'invoice', link.tribeId)
  return now
}

// ── To the cent ─────────────────────────────────────────────────────────────

/**
 * Compares what PowerOffice makes of the order with what Tribe says, to the cent, before anything is posted
 * (spec §6). Throws `invoice.total_differs` or `invoice.vat_differs`, and the draft stays as it is.
 */
export async function compare(
  ctx: SyncContext,
  link: InvoiceLink,
  invoice: Invoice,
  order: Order,
): Promise<InvoiceLink> {
  const found = findDifference(invoice, order, await termsOf(ctx))
  const wasTold = link.life.toldFailure === TOTALS
  if (Boolean(found) === wasTold) {
    if (found) throw found
    return link
  }
  const now = withLife(ctx, link, { toldFailure: found ? TOTALS : null })
  ctx.remember(now, ...(found ? [entryFor(ctx, link)('differs', { code: found.code })] : []))
  if (found) throw found
  return now
}

/** What keeps an order from being posted as it is. Pure. */
export function findDifference(invoice: Invoice, order: Order, terms: Terms): SyncError | null {
  const { totals } = invoice
  // VAT alone is no total.
  if (totals.net === null && totals.total === null && totals.amount === null)
    return refusal('invoice.total_unknown')
  for (const [index, line] of invoice.lines.entries()) {
    const fault = isText(line) ? null : vatFault(line, index, terms)
    if (fault) return fault
  }
  // Amounts of another currency are no amounts to compare.
  const other = headerFault(invoice, order)
  if (other) return other
  const net = toMinor(order.NetAmount)
  const total = toMinor(order.TotalAmount)
  const sums = { net, vat: total - net, total }
  const apart = isRounded(invoice, order, sums) ? [] : differences(totals, sums)
  const lines = [...invoice.lines.entries()].filter(([, line]) => !isText(line))
  const ofOrder = new Map((order.SalesOrderLines ?? []).map((line) => [line.ExternalImportReference, line]))
  if (apart.length > 0) {
    const told = tellLines(invoice)
    const isOff = ([, line]: (typeof lines)[number]) => {
      const [said, wanted] = [ofOrder.get(line.id), told.get(line.id)]
      if (!said || !wanted) return true
      if (toMinor(said.NetAmount ?? 0) !== wanted.net || toMinor(said.VatAmount ?? 0) !== wanted.vat)
        return true
      return invoice.discount === 0 && line.stated.net !== null && line.stated.net !== wanted.net
    }
    return totalDiffers(
      apart,
      lines.filter(isOff).map(([index]) => index),
      invoice.bookedIn,
    )
  }
  const others = lines.filter(([, line]) => {
    const said = ofOrder.get(line.id)?.VatCode ?? null
    return said !== null && said !== vatCodeOf(line, terms)
  })
  return others.length > 0 ? vatDiffers(others.map(([index]) => index)) : null
}

/** The day up to which PowerOffice is closed: asked for once an hour; a period closed since is refused by PowerOffice itself. */
async function isLocked(ctx: SyncContext, date: Day): Promise<boolean> {
  const known = ctx.memory.get('lock-date') as { at: number; day: Day | null } | undefined
  const isFresh =
    known !== undefined && ctx.now() - known.at < 3_600_000 && !(known.day !== null && date <= known.day)
  const { day } = isFresh ? known : { day: await ctx.powerOffice.lockDate() }
  ctx.memory.set('lock-date', { at: isFresh ? known.at : ctx.now(), day })
  return day !== null && date <= day
}
