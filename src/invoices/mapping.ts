import { type Day, dayIn, daysBetween, isDay, parseInstant } from '../shared/dates'
import { toMinor } from '../shared/money'
import type { Invoice as TribeInvoice, InvoiceLine as TribeLine } from '../tribe/schemas'
import { type Invoice, type InvoiceLine, isText, type Totals } from './invoice'
import type { Amounts } from './totals'

/** How each system spells an invoice (spec §6). */

/** Invoice dates are calendar days of Norway, which keeps the same time as the Netherlands (poweroffice-api §4.5). */
export const TIME_ZONE = 'Europe/Oslo'

// ── Tribe ───────────────────────────────────────────────────────────────────

/** Where a member has a twin in the invoice's currency, that one counts: the plain one is in the company's own (tribe-api §6.4). */
export function invoiceFromTribe(invoice: TribeInvoice): Invoice {
  const lines = (invoice.ProductLines ?? []).map(lineFromTribe)
  const { Relationship, Contact } = invoice
  return {
    id: invoice.ID,
    number: text(invoice.Number),
    customer: Relationship ? { id: Relationship.ID, type: Relationship._Type ?? null } : null,
    contactName: Contact?.Person ? nameOf(Contact.Person) : null,
    reference: text(invoice.CustomerReference),
    currency: text(invoice.Currency)?.toUpperCase() ?? null,
    isVatIncluded: invoice.IsVatIncluded ?? false,
    discount: invoice.DiscountPercentage ?? 0,
    date: dayOf(invoice.InvoiceDate),
    dueDate: dayOf(invoice.ExpirationDate),
    creditedId: invoice.CreditedInvoice?.ID ?? null,
    totals: totalsOf(invoice, lines),
    lines,
  }
}

function lineFromTribe(line: TribeLine): InvoiceLine {
  const { Product: product, VatGroup } = line
  const vatGroup = VatGroup ?? null
  return {
    id: line.ID,
    description: text([text(line.Description), text(line.ExtraDescription)].filter(Boolean).join('\n')),
    quantity: line.Quantity ?? 0,
    unitPrice: inCurrency(line.PriceInCurrency, line.Price) ?? 0,
    discount: line.DiscountPercentage ?? 0,
    vatPercent: line.VatPercentage ?? vatGroup?.Percentage ?? 0,
    stated: {
      net: minor(inCurrency(line.TotalExcludingVatInCurrency, line.TotalExcludingVat)),
      total: minor(inCurrency(line.TotalIncludingVatInCurrency, line.TotalIncludingVat)),
    },
    vatGroup: vatGroup && { id: vatGroup.ID, name: vatGroup.Name ?? vatGroup.Code ?? vatGroup.ID },
    product: product
      ? {
          id: product.ID,
          vatGroupId: product.VatGroup?.ID ?? null,
          unit: product.Unit
            ? { id: product.Unit.ID, name: product.Unit.Name ?? product.Unit.Code ?? product.Unit.ID }
            : null,
        }
      : null,
  }
}

function totalsOf(invoice: TribeInvoice, lines: readonly InvoiceLine[]): Totals {
  const net = minor(inCurrency(invoice.TotalExcludingVatInCurrency, invoice.TotalExcludingVat))
  const vat = minor(inCurrency(invoice.VatAmountInCurrency, invoice.VatAmount))
  const total = minor(inCurrency(invoice.TotalIncludingVatInCurrency, invoice.TotalIncludingVat))
  const amount = minor(inCurrency(invoice.AmountInCurrency, invoice.Amount))
  const sums = net === null && vat === null && total === null ? sumsOf(invoice, lines) : null
  if (sums) return { ...sums, vat: sums.total - sums.net, amount }
  return {
    net: net ?? (vat !== null && total !== null ? total - vat : null),
    vat: vat ?? (net !== null && total !== null ? total - net : null),
    total: total ?? (net !== null && vat !== null ? net + vat : null),
    amount,
  }
}

/** What the lines say, where the invoice itself says nothing; a discount on the whole is in none of them. */
function sumsOf(
  { DiscountPercentage }: TribeInvoice,
  lines: readonly InvoiceLine[],
): { net: number; total: number } | null {
  const sum = { net: 0, total: 0 }
  for (const { stated } of lines.filter((line) => !isText(line))) {
    if (stated.net === null || stated.total === null) return null
    sum.net += stated.net
    sum.total += stated.total
  }
  return lines.length === 0 || DiscountPercentage ? null : sum
}

/** An unused twin may stand at 0. */
function inCurrency(there: number | null | undefined, here: number | null | undefined): number | null {
  return (there === 0 && here ? here : (there ?? here)) ?? null
}

/** A date may be a day or an instant: midnight in Oslo is the evening before in UTC. */
function dayOf(date: string | null | undefined): Day | null {
  if (!date) return null
  if (isDay(date)) return date
  const instant = parseInstant(date)
  return instant === null ? null : dayIn(instant, TIME_ZONE)
}

// ── PowerOffice ─────────────────────────────────────────────────────────────

/** Everything an order needs that is known in PowerOffice only. */
export interface OrderTerms {
  reference: string
  customerId: number
  paymentTermId: number | null
  /** The number of the invoice that a credit note credits. */
  relatedInvoiceNo: number | null
  /** By the line's id; text lines have none. */
  products: ReadonlyMap<string, { productId: number; unit: string | null }>
  /** How each line is told, by its id. */
  amounts: ReadonlyMap<string, Amounts>
}

/** The body of `POST /SalesOrders/Complete`. VAT is the product's account's; Tribe has decided whether there is any. */
export function invoiceToOrder(invoice: Invoice, terms: OrderTerms) {
  const importedNo = /^\d{1,15}$/.test(invoice.number ?? '') ? Number(invoice.number) : null
  return withoutNulls({
    CustomerId: terms.customerId,
    ExternalImportReference: terms.reference,
    ImportedOrderNo: importedNo,
    PurchaseOrderReference: invoice.reference,
    CustomerReference: invoice.contactName,
    PaymentTermId: terms.paymentTermId,
    SalesOrderDate: invoice.date,
    DeliveryDate: invoice.date,
    CurrencyCode: invoice.currency,
    RelatedInvoiceNo: terms.relatedInvoiceNo,
    SalesOrderLines: invoice.lines.map((line, index) => lineToOrder(line, index, terms)),
  }) as Record<string, unknown> & { ExternalImportReference: string; CustomerId: number }
}

function lineToOrder(line: InvoiceLine, sortOrder: number, { products, amounts }: OrderTerms) {
  const common = { Description: line.description, SortOrder: sortOrder, ExternalImportReference: line.id }
  if (isText(line)) return withoutNulls({ LineType: 'Text', ...common })
  const sold = products.get(line.id)
  const told = amounts.get(line.id)
  return withoutNulls({
    LineType: 'Normal',
    ProductId: sold?.productId ?? null,
    Quantity: line.quantity,
    UnitOfMeasureCode: sold?.unit ?? null,
    ProductUnitPrice: told?.unitPrice ?? null,
    // Without one, the customer's own discount would come off.
    Allowance: told?.allowance ?? 0,
    UseStandardSalesAccount: true,
    ...common,
  })
}

/** Days of credit; null when either day is unknown. */
export const creditDaysOf = ({ date, dueDate }: Invoice): number | null =>
  date !== null && dueDate !== null && dueDate >= date ? daysBetween(date, dueDate) : null

const withoutNulls = (members: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null))

type Person = NonNullable<NonNullable<TribeInvoice['Contact']>['Person']>
const nameOf = ({ FirstName, MiddleName, LastName }: Person): string | null =>
  text([FirstName, MiddleName, LastName].map(text).filter(Boolean).join(' '))

const minor = (amount: number | null | undefined): number | null =>
  amount === null || amount === undefined ? null : toMinor(amount)
const text = (value: string | null | undefined): string | null => value?.trim() || null
