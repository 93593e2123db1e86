import { forgetGeneric } from '../products/generic'
import { type ApiError, SyncError } from '../shared/errors'
import type { SyncContext } from '../sync-step'
import { mailAddressOf } from './sending'
import type { Difference } from './totals'

/** Why an invoice does not go, in words that say what to do. What PowerOffice refuses is looked into: its words decide nothing (DESIGN.md §1.7). */

const HINTS = {
  'invoice.no_lines': 'The invoice has no lines that can be booked: credit it in Tribe, or add lines',
  'invoice.no_customer': 'The invoice names no customer in Tribe: choose one',
  'invoice.customer_not_linked':
    'The customer of this invoice is not tied to one in PowerOffice: link or recreate the customer, mend what else is told of it, or switch its kind of relations on; the invoice then goes by itself',
  'invoice.customer_gone':
    'The customer of this invoice was deleted in PowerOffice: relink or recreate it, then try again',
  'invoice.customer_archived':
    'The customer of this invoice is archived in PowerOffice: revive it, then try again',
  'invoice.product_gone':
    'A product of this invoice was deleted in PowerOffice: relink or recreate it, then try again',
  'invoice.product_archived':
    'A product of this invoice is archived in PowerOffice: revive it, then try again',
  'invoice.currency_unknown':
    'PowerOffice does not know the currency of this invoice: switch it on there, then try again',
  'invoice.currency_unclear':
    'Tribe does not say in which currency the invoice is, or says its prices in another one only: book it by hand, and set this aside by "try again" when Tribe says it',
  'invoice.amount_absurd':
    'An amount of this invoice in Tribe is more than any books can hold: correct it there by a credit invoice, or book it by hand',
  'invoice.rounding_account':
    'The account for rounding is no active income account without VAT in PowerOffice: choose another one in the settings, or none, then try again',
  'invoice.total_unknown':
    'Tribe says no total of the invoice, so nothing can be compared and it is not posted: check its draft in PowerOffice and send it by hand; where there is none, book it by hand',
  'invoice.dimension_unknown':
    'The invoice names what is not active in PowerOffice, so nothing was made: make it there, make it active, or correct the field in Tribe; the invoice then goes by itself',
  'invoice.period_closed':
    'The invoice date is in a period that is closed in PowerOffice: open the period (lock date), then try again',
  'invoice.send_not_allowed':
    'PowerOffice does not let the integration post invoices: ask go-api@poweroffice.no for the right to send invoices, or switch to drafts; then try again',
  'invoice.no_email':
    'The customer has no e-mail address in PowerOffice, neither for invoices nor a general one, and cannot take EHF: enter one, then try again',
  'invoice.credited_not_posted':
    'The invoice that this one credits is a draft in PowerOffice: post it first, and this one goes by itself',
  'invoice.credited_unknown':
    'The invoice that this one credits is not in step with PowerOffice: export or relink it, then try again',
  'invoice.credit_unclear':
    'Tribe says that this invoice credits another one, and that it asks for money: nothing was made. Correct its amounts in Tribe, or book it by hand in PowerOffice and relink it',
  'invoice.delivery_overdue':
    'PowerOffice has been posting this invoice for a day: look in PowerOffice what holds it up, then try again',
  'invoice.due_day_unsaid':
    'PowerOffice has no payment term that comes to the due date of this invoice, and a draft can say it in no other way: choose a term on the draft, or make one in PowerOffice; set this aside with "try again"',
  'invoice.reversed':
    'The invoice was reversed in PowerOffice: credit it in Tribe, or send a new one; set this aside with "try again"',
  'invoice.changed_in_tribe':
    'The invoice was edited in Tribe after it was made in PowerOffice, which does not change there: correct it by a credit invoice, and set this aside with "try again"',
  'invoice.old_or_new':
    'This invoice changed while the relay noted what had been sent before, and is left alone. If it is not in the books yet, have the invoices of its date exported; then set this aside with "try again"',
  'invoice.unfinished':
    'Tribe says that the invoice is sent, and does not say all that belongs to it yet: send it in Tribe, and it goes by itself',
  'invoice.date_unknown':
    'Tribe shows no date of its invoices to this application, so none is made: connect Tribe again by credentials that may read the invoice date, then try again',
  'invoice.not_sent': 'The invoice is not sent in Tribe: send it there, and it goes by itself',
  'invoice.taken_back':
    'Tribe does not say any more that the invoice is sent: its draft in PowerOffice is not posted. Send it again in Tribe, or delete the draft',
  'invoice.draft_outdated':
    'The invoice is another in Tribe by now, and PowerOffice does not let its draft be replaced: delete the draft there, then try again',
  'invoice.number_not_numeric':
    'PowerOffice takes numbers of invoices that are digits, at most so many as 64 bits hold, and the number of this one gives none: change the numbering in Tribe, or book this invoice by hand and set this aside by "try again" when it is done',
  'invoice.number_taken':
    'Another invoice in PowerOffice has the number of this one already, so nothing was posted: find out which of the two is wrong. If the other one is this invoice, relink the two; else give one of them another number, then try again',
  'invoice.voucher_not_allowed':
    'PowerOffice does not let the integration post invoices under their own numbers: ask go-api@poweroffice.no for OutgoingInvoiceVoucher_Full and connect again, or choose another mode; then try again',
  'invoice.zero_total':
    'The invoice comes to nothing, and PowerOffice takes no voucher of 0: book it by hand if it has to be in the books',
  'invoice.booked_otherwise':
    'PowerOffice has booked the invoice with another amount or VAT than Tribe has issued it: compare the two, and correct the voucher in PowerOffice; set this aside with "try again"',
  'invoice.customer_without_account':
    'PowerOffice shows no ledger account of this customer: look at the customer in PowerOffice, then try again',
  'invoice.pdf_missing':
    'The invoice is booked, and Tribe has shown no PDF of it for a day: make it there, with the number of the invoice in its name, then try again; or put it on the voucher in PowerOffice by hand',
  'invoice.pdf_too_large':
    'The invoice is booked, and its PDF in Tribe is larger than the 30 MB that PowerOffice takes: put a smaller one on the voucher in PowerOffice by hand',
  'invoice.pdf_not_allowed':
    'The invoice is booked, and its PDF may not be brought to the voucher: the application may not read attachments in Tribe, or not write documentation of vouchers in PowerOffice (VoucherDocumentation_Full). Grant what is missing, then try again',
  'invoice.pdf_refused':
    'The invoice is booked, and PowerOffice did not take its PDF: look at the file in Tribe, then try again, or put it on the voucher by hand',
  'invoice.paper_missing':
    'The invoice is posted, and PowerOffice has shown no PDF of it for a day: look at it there, then try again; or attach it to the invoice in Tribe by hand',
  'invoice.paper_unreadable':
    'The invoice is posted, and PowerOffice sends its PDF in a way that cannot be unpacked: try again later, or attach it to the invoice in Tribe by hand',
  'invoice.paper_too_large':
    'The invoice is posted, and the PDF that PowerOffice has made of it is too large to be brought to Tribe: attach it by hand if it is wanted there',
  'invoice.paper_refused':
    'The invoice is posted, and Tribe did not take the PDF that PowerOffice has made of it: mend what it says, then try again, or attach it by hand',
  'invoice.attachment_refused':
    'Something that hangs on the invoice in Tribe did not come along to PowerOffice, where the invoice is all the same: attach it there by hand; or mend it in Tribe and, while the order is still a draft, try again',
  'invoice.attachments_not_allowed':
    'What hangs on the invoice in Tribe did not come along to PowerOffice, where the invoice is all the same: the application may not read attachments in Tribe, or not put them on orders in PowerOffice (SalesOrderAttachment_Full). Grant what is missing, or switch attachments off',
  'invoice.deleted_in_tribe':
    'The invoice was deleted in Tribe after it was made in PowerOffice, where it stays: credit it there if it should not be',
} as const
export type Guard = keyof typeof HINTS

export const refusal = (code: Guard, detail = ''): SyncError =>
  new SyncError(code, 'data', `${HINTS[code]}${detail ? ` (${detail})` : ''}`)

/** By how much, and on which lines. */
export function totalDiffers(
  found: readonly Difference[],
  lines: readonly number[],
  currency: string | null,
): SyncError {
  const where = lines.length === 0 ? '' : `, on line ${named(lines)}`
  return new SyncError(
    'invoice.total_differs',
    'data',
    `The invoice comes to something else in PowerOffice (${apartBy(found, currency)}${where}): it stays a draft there. Correct the draft, then try again`,
  )
}

/** Of what would be posted at once: there is no draft to correct. */
export const voucherDiffers = (found: readonly Difference[], currency: string | null): SyncError =>
  new SyncError(
    'invoice.total_differs',
    'data',
    `The invoice would come to something else in PowerOffice (${apartBy(found, currency)}): nothing was posted. Correct it in Tribe, choose an account for rounding in the settings if it is a matter of øre, or book it by hand; then try again`,
  )

export function apartBy(found: readonly Difference[], currency: string | null): string {
  const money = (minor: number) => (minor / 100).toFixed(2)
  const NAMES = { net: 'without VAT', vat: 'VAT', total: 'with VAT' } as const
  const apart = found.map(
    ({ what, tribe, powerOffice }) =>
      `${NAMES[what]} ${money(powerOffice)} in PowerOffice and ${money(tribe)} in Tribe, ${money(Math.abs(powerOffice - tribe))} apart`,
  )
  return [currency, apart.join('; ')].filter(Boolean).join(' ')
}

const named = (lines: readonly number[]): string => lines.map((index) => index + 1).join(', ')

export const vatDiffers = (lines: readonly number[]): SyncError =>
  new SyncError(
    'invoice.vat_differs',
    'data',
    `PowerOffice books line ${named(lines)} with another VAT code than the mapping says: it stays a draft there. Correct the sales account of the product, then the draft, and try again`,
  )

/** The VAT code that the lines are mapped to comes to another VAT than Tribe's. */
export const voucherVatDiffers = (lines: readonly number[]): SyncError =>
  new SyncError(
    'invoice.vat_differs',
    'data',
    `PowerOffice would book line ${named(lines)} with another VAT than Tribe says: nothing was posted. Correct the mapping of the VAT group, or the line in Tribe, then try again`,
  )

/** What an order named. */
export interface Named {
  customerId: number
  currency: string | null
  productIds: readonly number[]
}

/** Why PowerOffice took no order: what it names is looked up, the likeliest first. */
export async function whyNoOrder(ctx: SyncContext, thrown: ApiError, named: Named): Promise<SyncError> {
  const { powerOffice } = ctx
  const customer = await powerOffice.findContact('customer', { id: String(named.customerId), parentId: null })
  if (!customer) return refusal('invoice.customer_gone')
  if (customer.IsArchived) return refusal('invoice.customer_archived')
  for (const id of new Set(named.productIds)) {
    const product = await powerOffice.findProduct(String(id))
    // One of our own is made anew.
    if (!product && forgetGeneric(ctx, id))
      return new SyncError(
        'invoice.product_gone',
        'time',
        'A generic product was deleted in PowerOffice; it is made again',
      )
    if (!product) return refusal('invoice.product_gone')
    if (product.IsArchived) return refusal('invoice.product_archived', product.Code ?? String(id))
  }
  if (named.currency !== null && !(await powerOffice.hasCurrency(named.currency)))
    return refusal('invoice.currency_unknown', named.currency)
  return refused(thrown.said)
}

/** Why PowerOffice did not post an order. */
export async function whyNotPosted(
  ctx: SyncContext,
  said: string | null,
  order: { customerId: number | null; date: string | null; mode: string },
): Promise<SyncError> {
  const { powerOffice } = ctx
  const lockDate = await powerOffice.lockDate()
  if (lockDate !== null && order.date !== null && order.date <= lockDate)
    return refusal('invoice.period_closed', lockDate)
  const customer =
    order.customerId === null
      ? null
      : await powerOffice.findContact('customer', { id: String(order.customerId), parentId: null })
  if (customer?.IsArchived) return refusal('invoice.customer_archived', said ?? '')
  if (order.mode === 'send' && customer && mailAddressOf(customer) === null)
    return refusal('invoice.no_email', said ?? '')
  if ((await powerOffice.clientInformation()).AllowSendInvoice === false)
    return refusal('invoice.send_not_allowed', said ?? '')
  return new SyncError(
    'invoice.delivery_failed',
    'data',
    `PowerOffice could not post the invoice${said ? `: ${said}` : ''}. Mend what it says, then try again`,
  )
}

const refused = (said: string | null): SyncError =>
  new SyncError(
    'invoice.refused',
    'data',
    `PowerOffice did not take the invoice${said ? `: ${said}` : ''}. Mend what it says, then try again`,
  )
