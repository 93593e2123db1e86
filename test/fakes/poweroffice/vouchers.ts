/** What all vouchers have in common that an integration posts: what is checked of them, and how they are kept. */
import type { Books } from './books'
import { isObject, type JsonObject } from './json'
import { cents } from './money'
import type { Complaints } from './problem'

export type VoucherRoute = 'OutgoingInvoiceJournals' | 'OutgoingCreditNoteJournals' | 'BankJournals'

export interface Voucher {
  /** Where it was posted: it is read there, and nowhere else. */
  route: VoucherRoute
  shown: JsonObject
  /** What went to the ledger, but for the customer's own account; of outgoing invoices. */
  postings: readonly Posting[]
}

/** A line in the ledger, in the voucher's currency. Revenue is above zero, unlike in the ledger itself. */
export interface Posting {
  accountNo: number
  vatCode: string | null
  vatRate: number
  net: number
  vat: number
}

export const linesOf = (body: JsonObject): JsonObject[] =>
  (Array.isArray(body.VoucherLines) ? body.VoucherLines : []).filter(isObject)

/** In cents. */
export const total = (lines: JsonObject[]): number =>
  lines.reduce((sum, line) => sum + cents(Number(line.CurrencyAmount ?? 0)), 0)

export function checkDate(books: Books, date: string, complaints: Complaints): void {
  const { LockDate } = books.lockDateSettings
  if (LockDate !== null && date <= LockDate) complaints.add(`The date ${date} is in a closed period.`)
  if (date < books.financialSettings.ConversionDate)
    complaints.add(`The date ${date} is before the conversion date.`)
}

/** One reference, one voucher; what was reversed gives it free. */
export function checkReference(books: Books, value: unknown, complaints: Complaints): void {
  const isSame = (row: { ExternalImportReference: string | null }) => row.ExternalImportReference === value
  const holder = books.invoices.all().find((invoice) => isSame(invoice) && !invoice.IsReversed)
  const voucher = [...books.vouchers.values()].find(({ shown }) => shown.ExternalImportReference === value)
  const id = holder?.Id ?? voucher?.shown.Id
  if (typeof value !== 'string' || id === undefined) return
  complaints.add(`ExternalImportReference is already in use. '${value}' is used on (voucher) Id = ${id}.`)
}

export function remember(
  books: Books,
  route: VoucherRoute,
  fields: JsonObject & { Id: string },
  postings: readonly Posting[] = [],
): JsonObject {
  const shown = { IsReversed: false, CreatedDateTimeOffset: books.stamps.next(), ...fields }
  const voucher = { route, shown, postings }
  books.vouchers.set(fields.Id, voucher)
  return shownVoucher(books, voucher)
}

/** The lines of outgoing invoices had another name a year ago. */
export function shownVoucher({ quirks }: Books, { route, shown }: Voucher): JsonObject {
  if (route === 'BankJournals' || quirks.voucherLinesAs === 'VoucherLines') return shown
  const { VoucherLines = null, ...rest } = shown
  return { ...rest, OutgoingInvoiceLines: VoucherLines }
}
