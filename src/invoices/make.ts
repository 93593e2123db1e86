import type { Order } from '../poweroffice/schemas'
import { catalogOf } from '../products/lists'
import { ApiError, SyncError } from '../shared/errors'
import { recordSubject } from '../shared/subjects'
import type { SyncContext, SyncResult } from '../sync-step'
import { entryFor } from '../two-way/link'
import { restOfSent, sending } from '../two-way/pending-writes'
import { owesAttachments } from './attachments'
import { type Begun, begunOf, forgetBegun, noteBegun, orderReferenceOf, orderReferencesOf } from './begun'
import { refusal, whyNoOrder } from './diagnose'
import { type Dimensions, dimensionsOf } from './dimensions'
import { creditDaysOf } from './due'
import { newExportState } from './export-state'
import { waitUntilFinished } from './finished'
import { findInBooks, type InBooks } from './in-books'
import { type Invoice, isText } from './invoice'
import { type InvoiceLink, linkFrom } from './link'
import { invoiceToOrder } from './mapping'
import { giveNotice } from './notice'
import { creditedNoOf, customerOf } from './parties'
import { printOf } from './prints'
import { roundingFor } from './rounding'
import { type Sold, soldAs } from './sold-as'
import { tellLines } from './tell-lines'
import { sumsOf } from './totals'
import { makeVoucher, takeOverVoucher } from './voucher'

/** Brings an invoice to PowerOffice as a sales order: the customer first, then its products, then the order. */

/** What became of it: made now, or found as an earlier run had left it. */
export type Made = { link: InvoiceLink; order: Order | null } | { again: SyncResult }

/**
 * Makes the order, or the voucher where that is the mode; or takes over what an earlier run made and could not
 * note. `begun`: which attempt it is, where that is not known by a note.
 */
export async function makeOrder(
  ctx: SyncContext,
  invoice: Invoice,
  how: { mayBeThere: boolean; begun?: Begun },
): Promise<Made> {
  const waiting = waitUntilFinished(ctx, invoice)
  if (waiting) return { again: waiting }
  const noted = how.begun ?? begunOf(ctx, invoice.id)
  const known = noted === null ? await findInBooks(ctx, invoice) : null
  if (known) return { link: await tied(ctx, invoice, known), order: null }
  const before = noted ?? { mode: ctx.settings.invoices.mode, attempt: 0 }
  const restMs = restOfSent(ctx, 'invoice', invoice.id)
  const found = how.mayBeThere ? await takeOver(ctx, invoice, before) : null
  if (found) return { link: found, order: null }
  if (restMs > 0) return { again: stillSent(restMs) }
  if (before.mode === 'voucher') return makeVoucher(ctx, invoice, before, how)
  const wanted = await orderFor(ctx, invoice, before.attempt)
  if ('again' in wanted) return wanted
  const { body, parts, made, amounts } = wanted
  const begun: Begun = { ...before, made, print: await printOf(ctx, invoice) }
  // What was sent first may be what is there, as long as no answer says otherwise.
  const first: Begun = { ...begun, ...before }
  noteBegun(ctx, invoice.id, first)
  const answer = await createOrder(ctx, invoice, body, parts)
  if ('made' in answer) noteBegun(ctx, invoice.id, begun)
  // On posting the day itself is told; a draft has terms alone.
  const isUnsaid = parts.creditDays !== null && parts.paymentTermId === null && sumsOf(amounts).total > 0
  if ('made' in answer && isUnsaid && begun.mode === 'draft')
    giveNotice(ctx, invoice.id, 'invoice.due_day_unsaid')
  if ('made' in answer) return { link: await linked(ctx, invoice, begun, answer.made.Id), order: answer.made }
  return { link: await adopt(ctx, invoice, first, answer.holder), order: null }
}

/** A call whose object was cut off may still arrive, and find its reference free: that of an order that was sent may be. */
const stillSent = (restMs: number): SyncResult => ({
  status: 'again',
  afterSeconds: restMs / 1000,
  because: 'what was sent to PowerOffice may still arrive',
})

/** What an earlier run made and could not note; null when there is none, be it a draft or posted. */
export async function takeOver(
  ctx: SyncContext,
  invoice: Invoice,
  begun: Begun,
): Promise<InvoiceLink | null> {
  if (begun.mode === 'voucher') return takeOverVoucher(ctx, invoice, begun)
  const found = await findMade(ctx, orderReferencesOf(ctx, invoice.id, begun.attempt))
  return found === null ? null : linked(ctx, invoice, begun, found)
}

/** The order as it is told to PowerOffice, and a fingerprint of it. */
export async function orderFor(ctx: SyncContext, invoice: Invoice, attempt: number) {
  const parts = await partsOf(ctx, invoice)
  if ('again' in parts) return parts
  const reference = orderReferenceOf(ctx, invoice.id, attempt)
  const amounts = tellLines(invoice)
  const rounding = await roundingFor(ctx, invoice, sumsOf(amounts))
  const body = invoiceToOrder(invoice, { ...parts, reference, amounts, rounding })
  // A line of rounding is added to a draft, and is no reason to make it anew.
  const { ExternalImportReference: _, ...told } = invoiceToOrder(invoice, { ...parts, reference, amounts })
  return { body, parts, amounts, made: await ctx.fingerprint(JSON.stringify(told)) }
}

/** The id of what carries our reference, be it a draft or posted. */
async function findMade(ctx: SyncContext, references: readonly string[]): Promise<string | null> {
  const { powerOffice } = ctx
  const made =
    (await powerOffice.findOrderByReference(references)) ??
    (await powerOffice.findInvoiceByReference(references))
  return made?.Id ?? null
}

async function createOrder(
  ctx: SyncContext,
  invoice: Invoice,
  body: ReturnType<typeof invoiceToOrder>,
  { customerId, products }: Parts,
) {
  try {
    return await sending(ctx, 'invoice', invoice.id, () => ctx.powerOffice.createOrder(body))
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.remedy !== 'data') throw thrown
    forgetBegun(ctx, invoice.id)
    const productIds = [...products.values()].map(({ productId }) => productId)
    throw await whyNoOrder(ctx, thrown, { customerId, currency: invoice.bookedIn, productIds })
  }
}

/** Our reference is taken: an earlier run made it. When its holder is gone, a bookkeeper has deleted that draft. */
async function adopt(ctx: SyncContext, invoice: Invoice, begun: Begun, holder: string | null) {
  const id = (await findMade(ctx, orderReferencesOf(ctx, invoice.id, begun.attempt))) ?? holder
  if (id === null)
    throw new SyncError(
      'invoice.reference_taken',
      'time',
      'PowerOffice has this invoice already and does not show it yet',
    )
  const isThere = (await ctx.powerOffice.findOrder(id)) ?? (await ctx.powerOffice.findInvoice(id))
  if (isThere) return linked(ctx, invoice, begun, id)
  const link = linkFrom(ctx, invoice, {
    id,
    exportState: await newExportState(ctx, invoice, begun),
    state: 'poweroffice-gone',
  })
  ctx.remember(link, entryFor(ctx, link)('detached', { gone: 'poweroffice' }))
  await ctx.flush()
  return link
}

async function linked(ctx: SyncContext, invoice: Invoice, begun: Begun, id: string) {
  const exportState = await newExportState(ctx, invoice, begun)
  const link = linkFrom(ctx, invoice, {
    id,
    exportState: owesAttachments(ctx, begun) ? { ...exportState, owesAttachments: true } : exportState,
  })
  ctx.remember(link, entryFor(ctx, link)('created-in-poweroffice', { mode: link.exportState.mode }))
  // From here on it is known, whatever becomes of its posting.
  await ctx.flush()
  return link
}

/** It stays as it is: a draft is left with the bookkeeper, who may have seen it, and payments are looked at. */
async function tied(ctx: SyncContext, invoice: Invoice, { id, isPosted }: InBooks) {
  const exportState = await newExportState(ctx, invoice, { mode: 'draft', attempt: 0 })
  const link = linkFrom(ctx, invoice, { id, exportState })
  ctx.remember(link, entryFor(ctx, link)('linked'))
  await ctx.flush()
  if (isPosted) ctx.enqueue({ kind: 'payment', subject: recordSubject('powerOffice', id), lane: 'bulk' })
  return link
}

// ── What the order names ────────────────────────────────────────────────────

interface Parts {
  customerId: number
  /** Until it has to be paid; null: nobody says. */
  creditDays: number | null
  paymentTermId: number | null
  relatedInvoiceNo: number | null
  products: Map<string, Sold>
  dimensions: Dimensions
}

async function partsOf(ctx: SyncContext, invoice: Invoice): Promise<Parts | { again: SyncResult }> {
  if (invoice.lines.every(isText)) throw refusal('invoice.no_lines')
  if (invoice.bookedIn === null || invoice.lines.some((line) => !line.isPriceKnown))
    throw refusal('invoice.currency_unclear')
  // What it names has to be there before anything is made.
  const dimensions = await dimensionsOf(ctx, invoice)
  const customer = await customerOf(ctx, invoice)
  if (typeof customer !== 'string') return { again: customer }
  const products = await soldAs(ctx, invoice, await catalogOf(ctx))
  if ('again' in products) return products
  const creditDays = await creditDaysOf(ctx, invoice)
  return {
    creditDays,
    customerId: Number(customer),
    paymentTermId: await paymentTermOf(ctx, creditDays),
    relatedInvoiceNo: await creditedNoOf(ctx, invoice),
    products,
    dimensions,
  }
}

/** The term of so many days, when PowerOffice has one; else the customer's own counts, and a due date is told on posting. */
async function paymentTermOf(ctx: SyncContext, days: number | null): Promise<number | null> {
  if (days === null) return null
  const { powerOffice } = await ctx.lookups.get()
  return powerOffice.paymentTerms.find((term) => term.creditDays === days)?.id ?? null
}
