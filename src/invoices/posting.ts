import type { Order } from '../poweroffice/schemas'
import { type Catalog, catalogOf } from '../products/lists'
import type { Day } from '../shared/dates'
import { ApiError, type SyncError } from '../shared/errors'
import { toMinor } from '../shared/money'
import { DONE, type SyncContext, type SyncResult } from '../sync-step'
import { entryFor, noteSeen, toldAs } from '../two-way/link'
import { bringAttachments } from './attachments'
import { isBeingReplaced, modeToGoOnIn } from './begun'
import { comparedAs } from './booked'
import { refusal, totalDiffers, vatDiffers, whyNotPosted } from './diagnose'
import { type Invoice, isText } from './invoice'
import { type InvoiceLink, withExportState, withNews } from './link'
import { isLocked } from './lock-date'
import { giveNotice } from './notice'
import { bringUpToDate } from './outdated'
import { planPosting } from './plan'
import { noteGoneOrPosted, notePosted } from './posted'
import { printOf } from './prints'
import { ratesApart } from './rates'
import { isRounded, linesBeside, withRounding } from './rounding'
import { headerFault } from './said'
import { howToSend } from './sending'
import { tellLines } from './tell-lines'
import { differences } from './totals'
import { vatCodeOf, vatFault } from './vat'
import { keepable } from './words'

/** What happens to an order of ours: its totals are compared, its posting is asked for and followed to the end. */

/** Stands for a difference that was told; behind it stays what is known of PowerOffice's own words. */
const TOTALS = 'totals'
/** A fingerprint of what PowerOffice said when it posted nothing, where that was told: it goes on saying so. */
const failureIn = (told: string | null): string | null =>
  told?.startsWith(TOTALS) ? told.slice(TOTALS.length + 1) || null : told

/** Goes on with an order that is still a draft, as far as we know, of an invoice that is sent. */
export async function goOn(ctx: SyncContext, link: InvoiceLink, invoice: Invoice): Promise<SyncResult> {
  const order = await ctx.powerOffice.findOrder(link.powerOfficeId)
  if (order) noteSeen(ctx, link, 'books')
  if (link.exportState.mode === 'draft') {
    // With the bookkeeper: whatever it says by now, only what it comes to is compared.
    if (!order) return noteGoneOrPosted(ctx, link, async () => invoice)
    const ready = await bringAttachments(ctx, link)
    if ('again' in ready) return ready.again
    await compare(ctx, ready, invoice, await withRounding(ctx, invoice, order))
    return DONE
  }
  if (!order && !isBeingReplaced(ctx, link)) return noteGoneOrPosted(ctx, link, async () => invoice)
  const current = await bringUpToDate(ctx, link, invoice, order)
  if ('again' in current) return current.again
  const rounded = await withRounding(ctx, invoice, current.order)
  return postOrLeave(ctx, current.link, invoice, rounded)
}

/** Completes it with what hangs on it in Tribe, compares it, and has it posted unless the admin wants drafts by now. */
export async function postOrLeave(
  ctx: SyncContext,
  link: InvoiceLink,
  invoice: Invoice,
  order: Order,
): Promise<SyncResult> {
  const mode = modeToGoOnIn(link.exportState.mode, ctx.settings.invoices.mode)
  const now = mode === link.exportState.mode ? link : withExportState(ctx, link, { mode })
  if (now !== link) ctx.remember(now, entryFor(ctx, now)('mode-changed', { mode }))
  const ready = await bringAttachments(ctx, now)
  if ('again' in ready) return ready.again
  const compared = await compare(ctx, ready, invoice, order)
  return mode === 'draft' ? DONE : ask(ctx, compared, invoice, order)
}

/** Asks PowerOffice to post the order; nothing but its own answer later says that it did. */
async function ask(ctx: SyncContext, link: InvoiceLink, invoice: Invoice, order: Order): Promise<SyncResult> {
  const { powerOfficeId, exportState } = link
  const { date } = invoice
  if (date === null) throw refusal('invoice.unfinished', 'date')
  if (await isLocked(ctx, date)) throw refusal('invoice.period_closed', date)
  try {
    const how = { date, isSent: exportState.mode === 'send', customerId: order.CustomerId ?? null }
    await ctx.powerOffice.requestSend(powerOfficeId, await howToSend(ctx, invoice, how))
  } catch (thrown) {
    // It may have arrived: that is followed first, since PowerOffice may not show it at once.
    if (leavesDoubt(thrown)) ctx.remember(await askedFor(ctx, link, invoice))
    if (!(thrown instanceof ApiError) || thrown.remedy !== 'data') throw thrown
    return wasRefused(ctx, link, invoice, { refused: thrown, order, date })
  }
  ctx.remember(
    await askedFor(ctx, link, invoice),
    entryFor(ctx, link)('posting-asked', { mode: exportState.mode }),
  )
  return ASKED
}

const ASKED: SyncResult = { status: 'again', afterSeconds: 1, because: 'PowerOffice is posting it' }

const leavesDoubt = (thrown: unknown): boolean => thrown instanceof ApiError && thrown.outcomeUnknown

const askedFor = async (ctx: SyncContext, link: InvoiceLink, invoice: Invoice): Promise<InvoiceLink> =>
  withExportState(ctx, link, { stage: 'sending', askedAt: ctx.now(), print: await printOf(ctx, invoice) })

/** A bookkeeper was faster, or an earlier request of ours whose answer was lost; else something stands in the way. */
async function wasRefused(
  ctx: SyncContext,
  link: InvoiceLink,
  invoice: Invoice,
  { refused, order, date }: { refused: ApiError; order: Order; date: Day },
): Promise<SyncResult> {
  const posted = await ctx.powerOffice.findInvoice(link.powerOfficeId)
  if (posted) {
    await notePosted(ctx, link, posted, async () => invoice)
    return DONE
  }
  if ((await ctx.powerOffice.sentState(link.powerOfficeId))?.IsInvoiceBeingProcessed) {
    ctx.remember(await askedFor(ctx, link, invoice))
    return ASKED
  }
  const { mode } = link.exportState
  throw await whyNotPosted(ctx, refused.said, { customerId: order.CustomerId ?? null, date, mode })
}

/** Follows an order whose posting was asked for; `not-asked` when nobody has, as far as PowerOffice knows. */
export async function follow(
  ctx: SyncContext,
  link: InvoiceLink,
  invoiceOf: () => Promise<Invoice | null>,
): Promise<SyncResult | 'not-asked'> {
  const { powerOffice } = ctx
  const { exportState, powerOfficeId } = link
  const said = await powerOffice.sentState(powerOfficeId)
  const message = said?.LastErrorMessage || null
  const plan = planPosting({
    state: said && {
      isBeingProcessed: said.IsInvoiceBeingProcessed ?? false,
      isSent: Boolean(said.SentDateTimeOffset),
      isPosted: Boolean(said.InvoiceNo),
      failure: message === null ? null : await ctx.fingerprint(message),
    },
    askedMsAgo: exportState.askedAt === null ? null : ctx.now() - exportState.askedAt,
    toldFailure: failureIn(exportState.toldFailure),
  })
  switch (plan.do) {
    case 'note-posted':
      ctx.because('invoice', toldAs(link, 'crm', link.tribeId), 'booked')
      return noteGoneOrPosted(ctx, link, invoiceOf)
    case 'note-undelivered':
      return noteUndelivered(ctx, link, message, invoiceOf)
    case 'wait':
      return { status: 'again', afterSeconds: plan.afterSeconds, because: 'PowerOffice is posting it' }
    case 'give-up-waiting':
      throw refusal('invoice.delivery_overdue')
    case 'report-failure':
      throw await reportFailure(ctx, link, message, await invoiceOf())
    case 'ask':
      return 'not-asked'
    default:
      return plan satisfies never
  }
}

/** Posted, and not delivered: nothing is posted again, and somebody has to see to it that it gets there. */
async function noteUndelivered(
  ctx: SyncContext,
  link: InvoiceLink,
  message: string | null,
  invoiceOf: () => Promise<Invoice | null>,
): Promise<SyncResult> {
  const posted = await ctx.powerOffice.findInvoice(link.powerOfficeId)
  // It has a number, and is a draft all the same.
  if (!posted && (await ctx.powerOffice.findOrder(link.powerOfficeId)))
    throw await reportFailure(ctx, link, message, await invoiceOf())
  if (!posted) return noteGoneOrPosted(ctx, link, invoiceOf)
  const failed = await keepable(ctx, message, posted.CustomerId ?? null)
  const details = { code: 'invoice.not_delivered', ...(failed === null ? {} : { said: failed }) }
  ctx.remember(null, entryFor(ctx, link)('delivery-failed', details))
  giveNotice(ctx, link.tribeId, 'invoice.not_delivered', message ?? '')
  return noteGoneOrPosted(ctx, withNews(link, { delivery: { channel: null, at: null, failed } }), invoiceOf)
}

async function reportFailure(
  ctx: SyncContext,
  link: InvoiceLink,
  message: string | null,
  invoice: Invoice | null,
): Promise<SyncError> {
  const order = await ctx.powerOffice.findOrder(link.powerOfficeId)
  const date = invoice?.date ?? null
  const { mode } = link.exportState
  const error = await whyNotPosted(ctx, message, { customerId: order?.CustomerId ?? null, date, mode })
  const said = await keepable(ctx, message, order?.CustomerId ?? null)
  const failed = withNews(link, {
    stage: 'draft',
    askedAt: null,
    toldFailure: message === null ? null : await ctx.fingerprint(message),
    ...(said === null ? {} : { delivery: { channel: null, at: null, failed: said } }),
  })
  const details = { code: error.code, ...(said === null ? {} : { said }) }
  ctx.remember(failed, entryFor(ctx, link)('posting-failed', details))
  return error
}

// ── To the cent ─────────────────────────────────────────────────────────────

/**
 * Compares what PowerOffice makes of the order with what Tribe says, to the cent, before anything is posted
 * (DESIGN.md §6.4). Throws `invoice.total_differs` or `invoice.vat_differs`, and the draft stays as it is.
 */
export async function compare(
  ctx: SyncContext,
  link: InvoiceLink,
  invoice: Invoice,
  order: Order,
): Promise<InvoiceLink> {
  const found = findDifference(invoice, order, await catalogOf(ctx))
  const told = link.exportState.toldFailure
  const wasTold = told?.startsWith(TOTALS) ?? false
  // What it comes to when it is posted is compared with this.
  const compared = found ? null : await comparedAs(ctx, order)
  if (Boolean(found) === wasTold && compared === (link.exportState.compared ?? null)) {
    if (found) throw found
    return link
  }
  const failure = failureIn(told)
  const toldFailure = found ? [TOTALS, failure ?? ''].join(' ').trim() : failure
  const now = withExportState(ctx, link, { toldFailure, compared })
  const isNews = found !== null && !wasTold
  ctx.remember(now, ...(isNews ? [entryFor(ctx, link)('differs', { code: found.code })] : []))
  if (found) throw found
  return now
}

/** What keeps an order from being posted as it is. Pure. */
export function findDifference(invoice: Invoice, order: Order, catalog: Catalog): SyncError | null {
  const { totals } = invoice
  // VAT alone is no total.
  if (totals.net === null && totals.total === null && totals.amount === null)
    return refusal('invoice.total_unknown')
  for (const [index, line] of invoice.lines.entries()) {
    const fault = isText(line) ? null : vatFault(line, index, catalog)
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
    return said !== null && said !== vatCodeOf(line, catalog)
  })
  if (others.length > 0) return vatDiffers(others.map(([index]) => index))
  const rates = vatApart(invoice, order)
  const isOfThese = ([, { vatPercent }]: (typeof lines)[number]) =>
    rates.some(({ rate }) => rate === vatPercent)
  return rates.length > 0
    ? totalDiffers(
        rates,
        lines.filter(isOfThese).map(([index]) => index),
        invoice.bookedIn,
      )
    : null
}

/** The rates at which the order has another VAT than Tribe's invoice; none where a bookkeeper has added lines, or PowerOffice says no VAT of one. */
function vatApart(invoice: Invoice, order: Order) {
  const own = new Map(
    order.SalesOrderLines.flatMap(({ ExternalImportReference: id, VatAmount: vat }) =>
      // Whether PowerOffice rounds the VAT of a line is not known.
      id == null || vat == null ? [] : [[id, { vat: vat * 100 }] as const],
    ),
  )
  const isSaid = invoice.lines.every((line) => isText(line) || own.has(line.id))
  return isSaid && linesBeside(invoice, order).length === 0 ? ratesApart(invoice, own) : []
}
