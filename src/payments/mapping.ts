import type { LedgerEntry, PostedInvoice } from '../poweroffice/schemas'
import { fromMinor, toMinor } from '../shared/money'
import type { Balance, Entry, PaymentRow } from './plan'

/** How each system spells what was paid (DESIGN.md §7.1). */

/** Null while the ledger knows nothing of the invoice, unless there is nothing to be paid. */
export function balanceFrom(invoice: PostedInvoice): Balance | null {
  const total = invoice.TotalAmount ?? null
  if (total === null) return null
  const posted = toMinor(invoice.TotalPostedAmount ?? total)
  const left = invoice.Balance ?? (posted === 0 ? 0 : null)
  if (left === null) return null
  return {
    id: invoice.Id,
    invoiceNo: invoice.InvoiceNo ?? null,
    posted,
    total: toMinor(total),
    currency: invoice.CurrencyCode ?? null,
    left: toMinor(left),
  }
}

export function entryFrom(entry: LedgerEntry): Entry {
  return {
    id: entry.Id,
    voucherId: entry.VoucherId,
    voucherNo: entry.VoucherNo ?? null,
    voucherType: entry.VoucherType ?? null,
    invoiceNo: entry.InvoiceNo ?? null,
    date: entry.PostingDate?.slice(0, 10) ?? null,
    amount: toMinor(entry.Amount),
    left: entry.Balance == null ? null : toMinor(entry.Balance),
    currencyAmount: entry.CurrencyAmount == null ? null : toMinor(entry.CurrencyAmount),
    currency: entry.CurrencyCode ?? null,
    isWriteOff: entry.IsWriteOff ?? false,
  }
}

/** By this a row is found again: one for each ledger entry (tribe/API.md §6.5). */
export const referenceOfEntry = (entryId: number): string => `PO-${entryId}`
export const entryIdFrom = (reference: string | null | undefined): number | null => {
  const found = /^PO-(\d+)$/.exec(reference ?? '')
  return found ? Number(found[1]) : null
}

/** `CreatedAt` is the day of the payment; it stands in the text as well, since nobody knows whether Tribe takes it (tribe/API.md §6.5). */
export function paymentToTribe(row: PaymentRow, invoice: Balance, invoiceId: string) {
  const [first = 0] = row.entries
  return {
    Amount: fromMinor(row.amount),
    Currency: invoice.currency ?? 'NOK',
    Provider: PROVIDER,
    Reference: referenceOfEntry(first),
    ExtraInfo: [row.kind, row.date, row.isShared ? 'paid together with other invoices' : null]
      .filter((part) => part !== null)
      .join(' '),
    Metadata: JSON.stringify({
      poInvoiceId: invoice.id,
      poEntryIds: row.entries,
      poVoucherNo: row.voucherNo,
      kind: row.kind,
      date: row.date,
    }),
    Invoice: { ID: invoiceId },
    ...(row.date === null ? {} : { CreatedAt: `${row.date}T00:00:00Z` }),
  }
}
export type TribePayment = ReturnType<typeof paymentToTribe>

export const PROVIDER = 'PowerOffice'

/** A payment that was undone stays as a row of nothing: the relay deletes nothing. */
export const UNDONE = { Amount: 0, ExtraInfo: 'Undone in PowerOffice' }
