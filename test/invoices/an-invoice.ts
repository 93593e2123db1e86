import type { Invoice, InvoiceLine } from '../../src/invoices/invoice'

/** An invoice of Tribe's as the relay reads it: in kroner, of nothing, unless the test says otherwise. */
export function anInvoice(more: Partial<Invoice>): Invoice {
  const invoice: Invoice = {
    id: 'i',
    number: null,
    customer: null,
    contactName: null,
    reference: null,
    currency: 'NOK',
    bookedIn: 'NOK',
    isVatIncluded: false,
    discount: 0,
    madeAt: null,
    changedAt: null,
    date: null,
    dueDate: null,
    creditedId: null,
    totals: { net: null, vat: null, total: null, amount: null },
    lines: [],
  }
  return Object.assign(invoice, more)
}

/** One of its lines: one piece at 25 % VAT, of no product. */
export function aLine(more: Partial<InvoiceLine>): InvoiceLine {
  const line: InvoiceLine = {
    id: 'l',
    description: 'x',
    quantity: 1,
    unitPrice: 0,
    isPriceKnown: true,
    discount: 0,
    vatPercent: 25,
    stated: { net: null, total: null },
    vatGroup: null,
    product: null,
  }
  return Object.assign(line, more)
}
