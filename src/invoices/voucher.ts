import { isDuplicate } from '../poweroffice/caller'
import { holderIn } from '../poweroffice/invoices'
import type { PostedInvoice } from '../poweroffice/schemas'
import { ApiError, SyncError } from '../shared/errors'
import type { SyncContext } from '../sync-step'
import { entryFor } from '../two-way/link'
import { sending } from '../two-way/pending-writes'
import { type Begun, forgetBegun, noteBegun, orderReferencesOf } from './begun'
import { compareBooked } from './booked'
import { refusal } from './diagnose'
import { newExportState } from './export-state'
import type { Invoice } from './invoice'
import { type InvoiceLink, linkFrom, withNews } from './link'
import type { Made } from './make'
import { askForPaper } from './paper-search'
import { askForPayments, isSettledAlready } from './posted'
import { printOf } from './prints'
import { invoiceNoOf } from './voucher-mapping'
import { mayPostVouchers, voucherFor, type Wanted, whyNoVoucher } from './voucher-terms'
import { callWaiters } from './waiters'

/**
 * Brings an invoice that Tribe has issued to the books under its own number. PowerOffice posts a voucher at once and for
 * good, and has no draft of it: what could be wrong is found before, and what an earlier run posted is looked for
 * by its reference.
 */

/** Posts the voucher. `mayBeThere`: an earlier run may have sent it, and it was not found by its reference. */
export async function makeVoucher(
  ctx: SyncContext,
  invoice: Invoice,
  before: Begun,
  { mayBeThere }: { mayBeThere: boolean },
): Promise<Made> {
  const wanted = await voucherFor(ctx, invoice, before.attempt)
  if ('again' in wanted) return wanted
  const held = await holderOfNumber(ctx, invoice, before, wanted)
  if (held) return { link: await tie(ctx, invoice, before, held.Id), order: null }
  const begun: Begun = {
    ...before,
    mode: 'voucher',
    print: await printOf(ctx, invoice),
    sentAt: ctx.now(),
  }
  // What was sent first may be what is there, as long as no answer says otherwise.
  const first: Begun = { ...begun, ...(before.print === undefined ? {} : { print: before.print }) }
  noteBegun(ctx, invoice.id, first)
  const answer = await sending(ctx, 'invoice', invoice.id, () => post(ctx, wanted))
  if (!(answer instanceof ApiError)) {
    noteBegun(ctx, invoice.id, begun)
    return { link: await tie(ctx, invoice, begun, answer.Id), order: null }
  }
  const isAlone = !mayBeThere || isLongAgo(ctx, before)
  try {
    const found = await adopt(ctx, invoice, first, wanted, answer)
    if (found) return { link: found, order: null }
    throw await whyRefused(ctx, invoice, before, wanted, answer)
  } catch (thrown) {
    // Nothing was made, and no other call for it is under way: it may begin anew, in another mode too.
    const isTold = thrown instanceof SyncError && !(thrown instanceof ApiError) && thrown.remedy === 'data'
    if (isTold && isAlone) forgetBegun(ctx, invoice.id)
    throw thrown
  }
}

/** What an earlier run posted and could not note; null when there is none. */
export async function takeOverVoucher(
  ctx: SyncContext,
  invoice: Invoice,
  begun: Begun,
): Promise<InvoiceLink | null> {
  const references = orderReferencesOf(ctx, invoice.id, begun.attempt)
  const found = await ctx.powerOffice.findInvoiceByReference(references)
  return found && tie(ctx, invoice, begun, found.Id, found)
}

/** The voucher as it was posted, or how it was refused. */
async function post(ctx: SyncContext, { kind, body }: Wanted): Promise<{ Id: string } | ApiError> {
  try {
    return await ctx.powerOffice.postVoucher(kind, body)
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.remedy === 'time') throw thrown
    if (thrown.remedy === 'reconnect' && (thrown.status !== 403 || (await mayPostVouchers(ctx)))) throw thrown
    return thrown
  }
}

/** A call that was given up may take effect this much later; by then, lists show it too. */
const LATEST_MS = 600_000
const isLongAgo = (ctx: SyncContext, { sentAt }: Begun): boolean =>
  sentAt !== undefined && ctx.now() - sentAt > LATEST_MS

/** Our own voucher, when that has the number; another one stops it. What was reversed has given its number free. */
async function holderOfNumber(
  ctx: SyncContext,
  invoice: Invoice,
  begun: Begun,
  { invoiceNo }: Wanted,
): Promise<{ Id: string } | null> {
  const rows = await ctx.powerOffice.invoicesNumbered(String(invoiceNo))
  const standing = rows.filter(({ IsReversed }) => !IsReversed)
  const references = orderReferencesOf(ctx, invoice.id, begun.attempt)
  const own = standing.find((row) => references.includes(row.ExternalImportReference ?? ''))
  if (!own && standing.length > 0) throw refusal('invoice.number_taken', String(invoiceNo))
  return own ?? null
}

/** PowerOffice refuses it: because it is there already? Throws `invoice.number_taken` when another one is. */
async function adopt(
  ctx: SyncContext,
  invoice: Invoice,
  begun: Begun,
  wanted: Wanted,
  refused: ApiError,
): Promise<InvoiceLink | null> {
  if (refused.status === 403) return null
  const references = orderReferencesOf(ctx, invoice.id, begun.attempt)
  const holder = holderIn(refused)
  const named = holder === null ? null : await ctx.powerOffice.findInvoice(holder)
  if (named && references.includes(named.ExternalImportReference ?? ''))
    return tie(ctx, invoice, begun, named.Id, named)
  const shown = await takeOverVoucher(ctx, invoice, begun)
  if (shown) return shown
  const held = await holderOfNumber(ctx, invoice, begun, wanted)
  return held && tie(ctx, invoice, begun, held.Id)
}

async function whyRefused(
  ctx: SyncContext,
  invoice: Invoice,
  before: Begun,
  wanted: Wanted,
  refused: ApiError,
): Promise<SyncError> {
  const { status, said } = refused
  if (status === 403) return refusal('invoice.voucher_not_allowed')
  if (status === 409 || isDuplicate(refused)) {
    // Whatever has it would show by now, if it was ours.
    if (isLongAgo(ctx, before)) return refusal('invoice.number_taken', String(wanted.invoiceNo))
    const message = 'PowerOffice has this invoice already and does not show it yet'
    return new SyncError('invoice.reference_taken', 'time', message)
  }
  const why = await whyNoVoucher(ctx, invoice, wanted, before.attempt)
  if (why) return why
  const message = `PowerOffice did not take the invoice${said ? `: ${said}` : ''}. Mend what it says, then try again`
  return new SyncError('invoice.refused', 'data', message)
}

/** Ties what stands in the books; its paper is asked for before that is known, so that neither is forgotten. */
async function tie(
  ctx: SyncContext,
  invoice: Invoice,
  begun: Begun,
  id: string,
  known: PostedInvoice | null = null,
): Promise<InvoiceLink> {
  const posted = known ?? (await ctx.powerOffice.findInvoice(id))
  const kid = posted?.Cid ?? null
  const number = posted?.InvoiceNo ?? invoiceNoOf(invoice.number)
  const made = linkFrom(ctx, invoice, {
    id,
    number: number === null ? null : String(number),
    exportState: { ...(await newExportState(ctx, invoice, begun)), stage: 'posted', kid },
  })
  const entry = entryFor(ctx, made)
  askForPaper(ctx, made)
  // Should PowerOffice count otherwise than was worked out.
  const compared = posted ? await compareBooked(ctx, made, posted, async () => invoice) : {}
  const link = withNews(made, compared)
  ctx.remember(
    link,
    entry('created-in-poweroffice', { mode: link.exportState.mode }),
    entry('posted', { number: link.number, kid }),
  )
  await ctx.flush()
  if (posted && isSettledAlready(ctx, posted)) askForPayments(ctx, id)
  callWaiters(ctx, 'invoice', link.tribeId)
  return link
}
