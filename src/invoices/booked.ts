import type { InvoiceExportState } from '../db/schema'
import type { PostedInvoice } from '../poweroffice/schemas'
import type { SyncContext } from '../sync-step'
import { entryFor } from '../two-way/link'
import { apartBy } from './diagnose'
import type { Invoice } from './invoice'
import type { InvoiceLink } from './link'
import { giveNotice, isNoticed, takeNotice } from './notice'
import { amountOf } from './sums'
import { type Difference, differences } from './totals'

/**
 * What PowerOffice has booked, compared with Tribe's invoice (DESIGN.md §6.22). The relay posts nothing that differs, and a bookkeeper
 * may: a draft that the bookkeeper changes, a product whose account moved meanwhile, a voucher that is corrected. A
 * difference is told once.
 */

const CODE = 'invoice.booked_otherwise'

/** Of a draft or of a posted invoice, in the invoice's own currency. */
export type Booked = Pick<PostedInvoice, 'NetAmount' | 'TotalAmount' | 'CurrencyCode'>

/** A fingerprint of what an order or an invoice comes to: an order that is posted as it was has the same. */
export function comparedAs(ctx: SyncContext, booked: Booked): Promise<string> {
  const { NetAmount, TotalAmount } = booked
  return ctx.fingerprint(JSON.stringify([amountOf(NetAmount), amountOf(TotalAmount), currencyOf(booked)]))
}

/**
 * Tells what is booked otherwise than Tribe's invoice, and ends what was told when nothing is any more. Costs nothing
 * while PowerOffice says what was compared last, else one look at Tribe. Gives what the link keeps of it.
 */
export async function compareBooked(
  ctx: SyncContext,
  link: InvoiceLink,
  booked: Booked,
  invoiceOf: () => Promise<Invoice | null>,
): Promise<Pick<InvoiceExportState, 'compared'>> {
  const compared = await comparedAs(ctx, booked)
  if (compared === link.exportState.compared) return {}
  const invoice = await invoiceOf()
  if (!invoice) return {}
  // A bookkeeper may round a draft by hand.
  const mayBeRounded = link.exportState.mode !== 'voucher' || ctx.settings.invoices.roundingAccountNo !== null
  const apart = bookedOtherwise(invoice, booked, mayBeRounded)
  if (apart !== null) {
    giveNotice(ctx, link.tribeId, CODE, apart)
    ctx.remember(null, entryFor(ctx, link)('booked-otherwise'))
  } else if (isNoticed(ctx, link.tribeId, CODE)) takeNotice(ctx, link.tribeId, CODE)
  return { compared }
}

/** What was told of it is over: it is no invoice any more, or another one. */
export function forgetBooked(ctx: SyncContext, tribeId: string): void {
  if (isNoticed(ctx, tribeId, CODE)) takeNotice(ctx, tribeId, CODE)
}

/** Somebody should know of a difference, and it may be gone. */
export const isToldOtherwise = (ctx: SyncContext, tribeId: string): boolean => isNoticed(ctx, tribeId, CODE)

/**
 * In which currency, and by how much, a booked invoice differs from Tribe's; null when it does not, as far as both say. A line of
 * rounding, where there is an account for it, moves VAT and net by an øre for each line, and never the total. Pure.
 */
export function bookedOtherwise(invoice: Invoice, booked: Booked, mayBeRounded: boolean): string | null {
  const found = differencesIn(invoice, booked)
  const most = mayBeRounded && found.every(({ what }) => what !== 'total') ? invoice.lines.length : 0
  const apart = found.filter(({ tribe, powerOffice }) => Math.abs(tribe - powerOffice) > most)
  const [ours, theirs] = [invoice.bookedIn, currencyOf(booked)]
  const isSameCurrency = ours === null || theirs === null || ours === theirs
  const currencies = isSameCurrency ? [] : [`currency ${theirs} in PowerOffice and ${ours} in Tribe`]
  const amounts = apart.length === 0 ? [] : [apartBy(apart, isSameCurrency ? ours : null)]
  const all = [...currencies, ...amounts]
  return all.length === 0 ? null : all.join('; ')
}

/** An amount that cannot be one is not said. */
function differencesIn({ totals }: Invoice, { NetAmount, TotalAmount }: Booked): Difference[] {
  const [net, total] = [amountOf(NetAmount), amountOf(TotalAmount)]
  if (total === null) return []
  if (net === null) return differences({ ...totals, net: null, vat: null }, { net: total, vat: 0, total })
  return differences(totals, { net, vat: total - net, total })
}

const currencyOf = ({ CurrencyCode }: Booked): string | null => CurrencyCode?.trim().toUpperCase() || null
