import type { Day } from '../shared/dates'
import { fromMinor } from '../shared/money'
import { type Invoice, type InvoiceLine, isText } from './invoice'
import type { Counted } from './voucher-lines'

/** How an invoice that Tribe has issued is told to PowerOffice, under its own number. Pure. */

/** PowerOffice keeps numbers of invoices in 64 bits. */
const MOST_NO = 2n ** 63n - 1n

/** The digits of Tribe's number, whatever stands around and between them; null: there are none, or too many. */
export function invoiceNoOf(number: string | null): bigint | null {
  const digits = (number ?? '').replace(/[^0-9]/g, '').replace(/^0+/, '')
  if (digits === '' || digits.length > 19) return null
  const no = BigInt(digits)
  return no <= MOST_NO ? no : null
}

/** What is known in PowerOffice only. */
export interface VoucherTerms {
  reference: string
  /** The same for an invoice and what credits it in full: PowerOffice matches the two at once. */
  matchingReference: string
  invoiceNo: bigint
  /** The number in PowerOffice of the invoice that this one credits. */
  creditedNo: number | null
  customerAccountId: number
  dueDate: Day
  /** By the line's id. */
  accounts: ReadonlyMap<string, Account>
  /** By the line's id; what costs nothing has none. */
  lines: ReadonlyMap<string, Counted>
  rounding: { amount: number; account: Account } | null
  /** Project, department and sales person of the whole, and project and department of each line, by its id, and of the rounding. */
  dimensions: {
    head: Readonly<Record<string, number>>
    lines: ReadonlyMap<string, Readonly<Record<string, number>>>
    rounding: Readonly<Record<string, number>>
  }
}

/** Where a line is booked. */
export interface Account {
  accountId: number
  vatId: number
  unit: string | null
}

export type VoucherKind = 'invoice' | 'credit-note'

/** The body of `POST /Vouchers/OutgoingInvoiceJournals` or, below zero, of `…/OutgoingCreditNoteJournals`. */
export function invoiceToVoucher(invoice: Invoice & { date: Day; bookedIn: string }, terms: VoucherTerms) {
  const { rounding } = terms
  const total = [...terms.lines.values()].reduce((sum, { gross }) => sum + gross, rounding?.amount ?? 0)
  const kind: VoucherKind = total < 0 ? 'credit-note' : 'invoice'
  const body = {
    InvoiceNo: terms.invoiceNo,
    ExternalImportReference: terms.reference,
    CustomMatchingReference: terms.matchingReference,
    CustomerAccountId: terms.customerAccountId,
    VoucherDate: invoice.date,
    DeliveryDate: invoice.date,
    DueDate: terms.dueDate,
    CurrencyCode: invoice.bookedIn,
    CurrencyAmount: fromMinor(total),
    Description: textOf(invoice, kind, terms.creditedNo),
    ...(invoice.reference === null ? {} : { PurchaseOrderReference: invoice.reference }),
    ...(invoice.contactName === null ? {} : { CustomerReference: invoice.contactName }),
    ...terms.dimensions.head,
    VoucherLines: [
      ...invoice.lines.flatMap((line) => lineToVoucher(line, kind, terms)),
      ...(rounding === null ? [] : [{ ...roundingToVoucher(rounding), ...terms.dimensions.rounding }]),
    ],
  }
  return { kind, total, body }
}

/** Tribe's number as it stands on the paper that the customer has. */
function textOf({ number }: Invoice, kind: VoucherKind, creditedNo: number | null): string {
  if (kind === 'invoice') return `Faktura ${number}`
  return creditedNo === null ? `Kreditnota ${number}` : `Kreditnota ${number} til faktura ${creditedNo}`
}

function lineToVoucher(line: InvoiceLine, kind: VoucherKind, { accounts, lines, dimensions }: VoucherTerms) {
  const [account, counted] = [accounts.get(line.id), lines.get(line.id)]
  if (isText(line) || !account || !counted) return []
  return [
    {
      AccountId: account.accountId,
      VatId: account.vatId,
      CurrencyAmount: fromMinor(counted.gross),
      Quantity: kind === 'credit-note' && line.unitPrice < 0 ? -line.quantity : line.quantity,
      ExternalLineReference: line.id,
      ...(account.unit === null ? {} : { UnitOfMeasureType: account.unit }),
      Description: line.description ?? line.product?.name ?? '',
      ...dimensions.lines.get(line.id),
    },
  ]
}

const roundingToVoucher = ({ amount, account }: NonNullable<VoucherTerms['rounding']>) => ({
  AccountId: account.accountId,
  VatId: account.vatId,
  CurrencyAmount: fromMinor(amount),
  Quantity: 1,
  ExternalLineReference: 'rounding',
  Description: 'Øreavrunding',
})
