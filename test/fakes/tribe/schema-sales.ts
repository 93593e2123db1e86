/** Products, invoices, their lines and payments. */
import type { TribeOptions } from './options'
import type { TypeSpec } from './type-spec'

export const product = (options: TribeOptions): TypeSpec => ({
  base: 'Entity',
  string: 'Name! LocalizedName Code Description',
  double: 'SalesPrice PurchasePrice StockLevel',
  boolean: 'IsVatIncluded IsInactive IsDividable IsPriceEditable IsVatEditable IsDescriptionEditable',
  one: Object.fromEntries(
    ['ProductGroup', 'Unit', 'VatGroup', 'GeneralLedgerAccount'].map((name) => [
      options.productRequires.includes(name) ? `${name}!` : name,
      name === 'ProductGroup' ? name : `Datastore_${name}`,
    ]),
  ),
  many: { ProductLine: ['ProductLine', 'Product'] },
})

const LINE_TOTALS = `Total TotalExcludingVat TotalIncludingVat VatPercentage VatAmount VatAmountIncludingDiscount
  TotalPurchasePrice TotalInCurrency TotalExcludingVatInCurrency TotalIncludingVatInCurrency VatAmountInCurrency
  VatAmountIncludingDiscountInCurrency`

export const LINE: TypeSpec = {
  base: 'Entity',
  string: 'Description LocalizedDescription ExtraDescription Currency',
  double: `Quantity Price PriceInCurrency PurchasePrice DiscountPercentage ${LINE_TOTALS}`,
  boolean: 'IsPriceManuallyChanged IsBilled IsProcessableInParent',
  instant: 'StartDate EndDate',
  readOnly: `${LINE_TOTALS} PriceInCurrency`,
  one: { 'Activity!': 'Activity', Product: 'Product', VatGroup: 'Datastore_VatGroup' },
}

export function invoicing(options: TribeOptions): Record<string, TypeSpec> {
  // "Start" and "Deadline" are instants that every record has; other names are days of their own.
  const reference = options.invoiceReferenceName === 'none' ? '' : options.invoiceReferenceName
  const dates = [options.invoiceDateName, options.dueDateName].filter(
    (n) => n !== 'Start' && n !== 'Deadline',
  )
  return {
    Activity_Invoice: {
      base: 'Activity',
      string: `Number Currency RelationDescription ${reference}`,
      double: 'Amount DiscountPercentage TotalExcludingVat VatAmount TotalIncludingVat',
      boolean: `IsVatIncluded IsFinal${options.creditMarker === 'flag' ? ' IsCreditInvoice' : ''}`,
      date: dates.join(' '),
      readOnly: 'Number Amount TotalExcludingVat VatAmount TotalIncludingVat IsFinal',
      one: {
        Phase: 'Datastore_Phase_ActivityInvoice',
        'Relationship!': 'Relationship',
        Contact: 'Relationship_Person_Contact_Standard',
        PaymentMethod: 'Datastore_PaymentMethod',
        SalesRepresentative: 'Relationship_Person_Contact_Employee',
        ...(options.creditMarker === 'navigation' ? { CreditedInvoice: 'Activity_Invoice' } : {}),
      },
      many: { Payments: ['Payment', 'Invoice'] },
    },
    Payment: {
      base: 'Entity',
      string: 'Currency Reference Provider PayLink ExtraInfo Metadata',
      double: 'Amount',
      instant: 'CreatedAt UpdatedAt',
      one: {
        Invoice: 'Activity_Invoice',
        PaymentMethod: 'Datastore_PaymentMethod',
        PaymentStatus: 'Datastore_PaymentStatus',
      },
    },
  }
}
