import { type Day, dayIn, isDay, laterOf, parseInstant } from '../shared/dates'
import { fromMinor } from '../shared/money'
import type { Invoice as TribeInvoice, InvoiceLine as TribeLine } from '../tribe/schemas'
import { type Invoice, type InvoiceLine, isText } from './invoice'
import type { Rounding } from './rounding'
import { currencyOf, HOME_CURRENCY, inCurrency, plainOf, statedOf, totalsOf } from './stated'
import type { Amounts } from './tell-lines'
import { sumsOf } from './totals'

/** How each system spells an invoice (DESIGN.md §6.5). */

/** Invoice dates are calendar days of Norway, which keeps the same time as the Netherlands (poweroffice/API.md §4.5). */
export const TIME_ZONE = 'Europe/Oslo'

// ── Tribe ───────────────────────────────────────────────────────────────────

/** Amounts are in the invoice's currency, see `stated.ts`. */
export function invoiceFromTribe(invoice: TribeInvoice): Invoice {
  const plain = plainOf(invoice)
  const said = invoice.ProductLines ?? []
  const lines = said.map((line) => lineFromTribe(line, plain.lines))
  const priced = said.filter((_, index) => !isText(lines[index] as InvoiceLine))
  const { Relationship, Contact } = invoice
  const currency = text(invoice.Currency)?.toUpperCase() ?? null
  const isForeign = plain.header === false || plain.lines === false
  return {
    id: invoice.ID,
    number: text(invoice.Number),
    customer: Relationship ? { id: Relationship.ID, type: Relationship._Type ?? null } : null,
    contactName: Contact?.Person ? nameOf(Contact.Person) : null,
    reference: text(invoice.CustomerReference),
    currency,
    bookedIn: currencyOf(invoice) ?? (isForeign ? null : HOME_CURRENCY),
    isVatIncluded: invoice.IsVatIncluded ?? false,
    discount: invoice.DiscountPercentage ?? 0,
    madeAt: parseInstant(invoice.CreationDate),
    changedAt: laterOf(parseInstant(invoice.LastMutationDate), parseInstant(invoice.CreationDate)),
    date: dayOf(invoice.InvoiceDate),
    dueDate: dayOf(invoice.ExpirationDate),
    creditedId: invoice.CreditedInvoice?.ID ?? null,
    totals: totalsOf(invoice, priced, plain),
    lines,
  }
}

function lineFromTribe(line: TribeLine, isPlain: boolean | null): InvoiceLine {
  const { Product: product, VatGroup } = line
  const vatGroup = VatGroup ?? null
  const price = inCurrency(line.PriceInCurrency, line.Price, isPlain)
  return {
    id: line.ID,
    description: text([text(line.Description), text(line.ExtraDescription)].filter(Boolean).join('\n')),
    quantity: line.Quantity ?? 0,
    unitPrice: price ?? line.Price ?? 0,
    isPriceKnown: price !== null || line.Price == null,
    discount: line.DiscountPercentage ?? 0,
    vatPercent: line.VatPercentage ?? vatGroup?.Percentage ?? 0,
    stated: statedOf(line, isPlain),
    vatGroup: vatGroup && { id: vatGroup.ID, name: vatGroup.Name ?? vatGroup.Code ?? vatGroup.ID },
    product: product
      ? {
          id: product.ID,
          name: text(product.Name),
          vatGroupId: product.VatGroup?.ID ?? null,
          unit: product.Unit
            ? { id: product.Unit.ID, name: product.Unit.Name ?? product.Unit.Code ?? product.Unit.ID }
            : null,
        }
      : null,
  }
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
  /** A line that makes up for an øre that the others cannot come to. */
  rounding?: Rounding | null
  /** Projects, departments, sales persons: members of the order, and of its lines by their ids. */
  dimensions?: {
    head: Readonly<Record<string, number>>
    lines: ReadonlyMap<string, Readonly<Record<string, number>>>
  }
  /** How each line is told, by its id. */
  amounts: ReadonlyMap<string, Amounts>
}

/** The body of `POST /SalesOrders/Complete`. VAT is the product's account's; Tribe has decided whether there is any. */
export function invoiceToOrder(invoice: Invoice, terms: OrderTerms) {
  const isCredit = sumsOf(terms.amounts).total < 0
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
    CurrencyCode: invoice.bookedIn,
    RelatedInvoiceNo: terms.relatedInvoiceNo,
    ...terms.dimensions?.head,
    SalesOrderLines: [
      ...invoice.lines.map((line, index) => lineToOrder(line, { index, isCredit }, terms)),
      ...roundingToOrder(terms.rounding ?? null, invoice.lines.length),
    ],
  }) as Record<string, unknown> & { ExternalImportReference: string; CustomerId: number }
}

export const roundingToOrder = (rounding: Rounding | null, SortOrder: number) =>
  rounding === null
    ? []
    : [
        {
          LineType: 'Normal',
          ProductId: rounding.productId,
          Quantity: 1,
          Allowance: 0,
          SortOrder,
          ProductUnitPrice: fromMinor(rounding.amount),
          UseStandardSalesAccount: true,
          Description: 'Øreavrunding',
          ExternalImportReference: 'rounding',
        },
      ]

function lineToOrder(
  line: InvoiceLine,
  { index, isCredit }: { index: number; isCredit: boolean },
  { products, amounts, dimensions }: OrderTerms,
) {
  const common = { Description: line.description, SortOrder: index, ExternalImportReference: line.id }
  if (isText(line)) return withoutNulls({ LineType: 'Text', ...common })
  const sold = products.get(line.id)
  const told = amounts.get(line.id)
  const sign = isCredit && line.unitPrice < 0 ? -1 : 1
  return withoutNulls({
    LineType: 'Normal',
    ProductId: sold?.productId ?? null,
    // What is credited is told by its quantity, also where Tribe does by the price.
    Quantity: line.quantity * sign,
    UnitOfMeasureCode: sold?.unit ?? null,
    ProductUnitPrice: told ? told.unitPrice * sign : null,
    // Without one, the customer's own discount would come off.
    Allowance: told?.allowance ?? 0,
    UseStandardSalesAccount: true,
    ...common,
    // Without one, PowerOffice would say the product's name, and a generic product has none to show.
    Description: line.description ?? line.product?.name ?? '',
    ...dimensions?.lines.get(line.id),
  })
}

const withoutNulls = (members: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null))

type Person = NonNullable<NonNullable<TribeInvoice['Contact']>['Person']>
const nameOf = ({ FirstName, MiddleName, LastName }: Person): string | null =>
  text([FirstName, MiddleName, LastName].map(text).filter(Boolean).join(' '))

const text = (value: string | null | undefined): string | null => value?.trim() || null
