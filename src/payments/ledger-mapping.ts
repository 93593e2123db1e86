import type { InvoiceState, LedgerEntry } from '../poweroffice/schemas'
import { toMinor } from '../shared/money'
import { entryFrom } from './mapping'
import type { LedgerItem, Posted } from './receivables'

/** How PowerOffice spells what receivables are worked out from. */

/** Null for an entry of no customer. */
export function itemFrom(entry: LedgerEntry): LedgerItem | null {
  if (entry.CustomerId == null) return null
  const own = entryFrom(entry)
  return {
    ...own,
    // Without a balance of its own, all of it is open.
    left: own.left ?? own.amount,
    customerId: String(entry.CustomerId),
    voucherDate: entry.VoucherDate?.slice(0, 10) ?? null,
    dueDate: entry.DueDate?.slice(0, 10) ?? null,
    matchId: entry.MatchId ?? null,
  }
}

/** As much of an invoice as its revenue takes; null for one of no customer or no date. */
export function postedFrom(invoice: InvoiceState): Posted | null {
  const { CustomerId, VoucherDate, NetPostedAmount, NetAmount } = invoice
  const net = NetPostedAmount ?? NetAmount
  if (CustomerId == null || VoucherDate == null || net == null) return null
  return {
    customerId: String(CustomerId),
    date: VoucherDate.slice(0, 10),
    net: toMinor(net),
    isReversed: invoice.IsReversed ?? false,
  }
}
