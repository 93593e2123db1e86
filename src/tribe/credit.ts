import type { Invoice, InvoiceHead, InvoiceLine } from './schemas'

/**
 * How Tribe says that an invoice credits is not known (API.md §6.3): by amounts below zero, or by a flag beside amounts
 * without a sign. From here on it is always amounts below zero. Pure.
 */

const TOTALS = [
  ...['TotalIncludingVat', 'TotalIncludingVatInCurrency', 'TotalExcludingVat', 'TotalExcludingVatInCurrency'],
  ...['Amount', 'AmountInCurrency', 'VatAmount', 'VatAmountInCurrency'],
] as const
const OF_LINE = [
  ...['TotalExcludingVat', 'TotalExcludingVatInCurrency', 'TotalIncludingVat', 'TotalIncludingVatInCurrency'],
  ...['VatAmount', 'VatAmountInCurrency', 'Quantity'],
] as const

/** What is told of an invoice in a list, its amounts with their sign. */
export const signedHead = (head: InvoiceHead): InvoiceHead => (isUnsigned(head) ? turned(head, TOTALS) : head)

/** An invoice with its lines; on one that credits, quantities take the sign. */
export function signed(invoice: Invoice): Invoice {
  if (!isUnsigned(invoice)) return invoice
  const ProductLines = invoice.ProductLines?.map((line) => turned(line, OF_LINE))
  return { ...turned(invoice, TOTALS), ProductLines }
}

/** A flag says that it credits, and what it comes to is above zero all the same. */
function isUnsigned(invoice: InvoiceHead & Partial<Invoice>): boolean {
  if (invoice.IsCreditInvoice !== true) return false
  const said = TOTALS.map((name) => numberIn(invoice, name)).find((amount) => amount !== 0)
  return (said ?? sumOf(invoice.ProductLines ?? [])) > 0
}

const sumOf = (lines: readonly InvoiceLine[]): number =>
  lines.reduce((sum, { Quantity, Price }) => sum + (Quantity ?? 0) * (Price ?? 0), 0)

function numberIn(record: object, name: string): number {
  const value: unknown = Object.entries(record).find(([member]) => member === name)?.[1]
  return typeof value === 'number' ? value : 0
}

function turned<T extends object>(record: T, names: readonly string[]): T {
  const isTurned = (name: string, value: unknown) =>
    names.includes(name) && typeof value === 'number' && value !== 0
  const members = Object.entries(record).map(([name, value]) => [
    name,
    isTurned(name, value) ? -value : value,
  ])
  return Object.fromEntries(members)
}
