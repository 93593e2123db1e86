import type { Day, Instant } from '../shared/dates'

/**
 * An invoice as both systems can express it. Amounts are in minor units of the invoice's currency; unit
 * prices are decimals, as a bookkeeper typed them.
 */
export interface Invoice {
  /** Tribe's id. */
  id: string
  /** Tribe's own number; null while it has none. */
  number: string | null
  /** The customer's role in Tribe, and its type with dots. */
  customer: { id: string; type: string | null } | null
  contactName: string | null
  reference: string | null
  /** ISO 4217, as Tribe has it. */
  currency: string | null
  /** The currency that its amounts are in; null: Tribe does not say. */
  bookedIn: string | null
  /** Unit prices hold the VAT. */
  isVatIncluded: boolean
  /** Percent off the whole invoice. */
  discount: number
  /** When it was made in Tribe, by Tribe's clock. */
  madeAt: Instant | null
  /** When it was changed last, by the same clock. */
  changedAt: Instant | null
  date: Day | null
  dueDate: Day | null
  /** The invoice that this one credits, by Tribe's id. */
  creditedId: string | null
  totals: Totals
  lines: InvoiceLine[]
}

/** What an invoice comes to, as far as Tribe says. `amount` is either with VAT or without: nobody knows which (tribe/API.md §6.1). */
export interface Totals {
  net: number | null
  vat: number | null
  total: number | null
  amount: number | null
}

export interface InvoiceLine {
  id: string
  description: string | null
  quantity: number
  unitPrice: number
  /** False: Tribe says the price in another currency than the invoice's. */
  isPriceKnown: boolean
  /** Percent off this line. */
  discount: number
  vatPercent: number
  /** What Tribe says the line comes to, before the discount on the whole invoice. */
  stated: { net: number | null; total: number | null }
  vatGroup: { id: string; name: string } | null
  product: {
    id: string
    name: string | null
    vatGroupId: string | null
    unit: { id: string; name: string } | null
  } | null
}

/** A line that says something and costs nothing. */
export const isText = (line: InvoiceLine): boolean => line.product === null && line.unitPrice === 0
