import { forgetGeneric } from '../products/generic'
import { type ApiError, SyncError } from '../shared/errors'
import { inWords } from '../shared/problems'
import type { INVOICES } from '../shared/problems/invoices'
import { recordSubject } from '../shared/subjects'
import type { SyncContext } from '../sync-step'
import { mailAddressOf } from './sending'
import type { Difference } from './totals'

/** Why an invoice does not go, in words that say what to do. What PowerOffice refuses is looked into: its words decide nothing (DESIGN.md §1.7). */

export type Guard = keyof typeof INVOICES

/** The words of the catalogue; `detail` says which one is meant, or what the other system said. */
export function refusal(code: Guard, detail = ''): SyncError {
  return new SyncError(code, 'data', `${inWords(code)}${detail ? ` (${detail})` : ''}`)
}

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
    ({ what, rate, tribe, powerOffice }) =>
      `${NAMES[what]}${rate === undefined ? '' : ` at ${rate} %`} ${money(powerOffice)} in PowerOffice and ${money(tribe)} in Tribe, ${money(Math.abs(powerOffice - tribe))} apart`,
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

/** An order named what was deleted there. That is looked at by itself, so that its link says so and a person can make it anew. */
export function goneThere(ctx: SyncContext, kind: 'customer' | 'product', id: string | number): SyncError {
  ctx.enqueue({ kind, subject: recordSubject('powerOffice', id), lane: 'push' })
  return refusal(`invoice.${kind}_gone`)
}

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
  if (!customer) return goneThere(ctx, 'customer', named.customerId)
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
    if (!product) return goneThere(ctx, 'product', id)
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
