/** Sales orders: drafts of invoices and credit notes, with amounts worked out from products and accounts. */
import type { Books } from './books'
import { type Contact, hasRole } from './contacts'
import { dimensionCodes, inheritedDimensions } from './dimensions'
import type { JsonObject } from './json'
import type { SalesOrderDto, SalesOrderLineDto } from './models/orders'
import { sum } from './money'
import { type Amounts, lineAmounts, type Sale, saleOf } from './vat'

/** A request to send, from the moment it is accepted until it has been worked off. */
export interface Sending {
  /** In milliseconds of the fake's clock. */
  dueAt: number
  askedAt: number
  deliveryType: string
  emailAddress: string | null
  voucherDate: string | null
  overrideDueDate: string | null
}

export type Order = {
  Id: string
  /** As stored; what can be worked out is filled in when it is shown. */
  header: SalesOrderDto
  lines: SalesOrderLineDto[]
  sending: Sending | null
  lastError: string | null
}

export const BLANK_DIMENSIONS = {
  DepartmentCode: null,
  DepartmentId: null,
  Dim1Code: null,
  Dim1Id: null,
  Dim2Code: null,
  Dim2Id: null,
  Dim3Code: null,
  Dim3Id: null,
  LocationCode: null,
  LocationId: null,
  ProjectCode: null,
  ProjectId: null,
}

export function customerOfOrder(books: Books, header: { CustomerId: number | null }): Contact | null {
  const contact = header.CustomerId === null ? null : books.contacts.find(header.CustomerId)
  return contact && hasRole(contact, 'Customer') ? contact : null
}

/** The sale behind a line; null for a line of text. */
export function saleOfLine(books: Books, customer: Contact | null, line: SalesOrderLineDto): Sale | null {
  const product = line.ProductId === null ? null : books.productRows.find(line.ProductId)
  if (!product) return null
  return saleOf(books, product, line.UseStandardSalesAccount ?? !customer?.customer?.IsVatFree)
}

/** The line with its product code, VAT and amounts. */
export function shownLine(
  books: Books,
  customer: Contact | null,
  line: SalesOrderLineDto,
): SalesOrderLineDto {
  const product = line.ProductId === null ? null : books.productRows.find(line.ProductId)
  const sale = saleOfLine(books, customer, line)
  const allowance = line.Allowance ?? customer?.customer?.Allowance ?? 0
  const amounts: Amounts = sale?.account
    ? lineAmounts(line.Quantity ?? 0, line.ProductUnitPrice ?? 0, allowance, sale.rate)
    : { net: 0, vat: 0, total: 0 }
  return {
    ...line,
    ...dimensionCodes(books, line),
    ProductCode: product?.Code ?? null,
    VatCode: sale?.vat?.Code ?? null,
    VatId: sale?.vat?.Id ?? null,
    VatRate: sale ? sale.rate : null,
    NetAmount: amounts.net,
    VatAmount: amounts.vat,
    TotalAmount: amounts.total,
  }
}

export function shownLines(books: Books, order: Order): SalesOrderLineDto[] {
  const customer = customerOfOrder(books, order.header)
  return order.lines
    .toSorted((a, b) => (a.SortOrder ?? 0) - (b.SortOrder ?? 0))
    .map((line) => shownLine(books, customer, line))
}

/** The values that would apply on sending, where the order itself has none. */
export function inherited(books: Books, header: SalesOrderDto): Partial<SalesOrderDto> {
  const customer = customerOfOrder(books, header)?.customer
  const defaultTerm = books.paymentTerms.all().find((term) => term.IsDefault)?.Id ?? null
  const defaultDelivery = books.deliveryTerms.all().find((term) => term.IsDefault)?.Id ?? null
  return {
    ...inheritedDimensions(books, header, customer),
    PaymentTermId: header.PaymentTermId ?? customer?.PaymentTermId ?? defaultTerm,
    DeliveryTermId: header.DeliveryTermId ?? customer?.DeliveryTermId ?? defaultDelivery,
    CurrencyCode: header.CurrencyCode ?? customer?.CurrencyCode ?? 'NOK',
    BrandingThemeId:
      header.BrandingThemeId ?? customer?.InvoiceBrandingThemeId ?? books.brandingThemes[0]?.Id ?? null,
  }
}

export function shownHeader(books: Books, order: Order, showInherited = false): SalesOrderDto {
  const header = showInherited ? { ...order.header, ...inherited(books, order.header) } : order.header
  const lines = shownLines(books, order)
  const person =
    header.CustomerReferenceContactPersonId === null
      ? null
      : books.persons.find(header.CustomerReferenceContactPersonId)
  const term = header.PaymentTermId === null ? null : books.paymentTerms.find(header.PaymentTermId)
  const delivery = header.DeliveryTermId === null ? null : books.deliveryTerms.find(header.DeliveryTermId)
  return {
    ...header,
    ...dimensionCodes(books, header),
    SalesPersonEmployeeNumber: books.employees.find(header.SalesPersonEmployeeId ?? 0)?.Number ?? null,
    CustomerNo: customerOfOrder(books, header)?.customer?.Number ?? null,
    CustomerReference: person ? `${person.FirstName} ${person.LastName}` : header.CustomerReference,
    PaymentTerm: term?.CreditDays ?? null,
    DeliveryTerm: delivery?.Name ?? null,
    BrandingThemeCode: books.brandingThemes.find((t) => t.Id === header.BrandingThemeId)?.Code ?? null,
    NetAmount: sum(lines.map((line) => line.NetAmount)),
    TotalAmount: sum(lines.map((line) => line.TotalAmount)),
    LineCount: lines.length,
  }
}

export function shownComplete(books: Books, order: Order, showInherited = false): JsonObject {
  return { ...shownHeader(books, order, showInherited), SalesOrderLines: shownLines(books, order) }
}

export function addOrder(books: Books, fields: Partial<SalesOrderDto>, lines: SalesOrderLineDto[]): Order {
  const stamp = books.stamps.next()
  const header: SalesOrderDto = {
    ...BLANK_DIMENSIONS,
    BrandingThemeCode: null,
    BrandingThemeId: null,
    ContactDeliveryAddressId: null,
    ContractNo: null,
    CurrencyCode: null,
    CurrencyExchangeRate: null,
    CustomMatchingReference: null,
    CustomerId: null,
    CustomerNo: null,
    CustomerReference: null,
    CustomerReferenceContactPersonId: null,
    DeliveryDate: null,
    DeliveryTerm: null,
    DeliveryTermId: null,
    ExternalImportReference: null,
    ImportedOrderNo: null,
    PaymentTerm: null,
    PaymentTermId: null,
    PurchaseOrderReference: null,
    RelatedInvoiceNo: null,
    SalesOrderDate: null,
    SalesPersonEmployeeId: null,
    SalesPersonEmployeeNumber: null,
    IsCreatedByCurrentIntegration: true,
    NetAmount: 0,
    TotalAmount: 0,
    LineCount: 0,
    ...fields,
    Id: books.random.uuid(),
    SalesOrderNo: books.nextNo('order'),
    SalesOrderStatus: fields.SalesOrderStatus ?? 'Draft',
    CreatedDateTimeOffset: stamp,
    LastChangedDateTimeOffset: stamp,
  }
  const own = lines.map((line) => ({ ...line, SalesOrderId: header.Id }))
  return books.orders.put({ Id: header.Id, header, lines: own, sending: null, lastError: null })
}

/** Puts a changed order back, with a new time of change. */
export function changeOrder(
  books: Books,
  order: Order,
  changes: { header?: Partial<SalesOrderDto>; lines?: SalesOrderLineDto[] },
): Order {
  const stamp = { LastChangedDateTimeOffset: books.stamps.next() }
  const header = { ...order.header, ...changes.header, ...stamp }
  return books.orders.put({ ...order, header, lines: changes.lines ?? order.lines })
}

/** A line from the members that were given; name, price, cost and unit are copied from the product. */
export function lineFrom(books: Books, fields: JsonObject, position: number): SalesOrderLineDto {
  const given: Partial<SalesOrderLineDto> = Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null),
  )
  const product =
    given.ProductId === undefined || given.ProductId === null ? null : books.productRows.find(given.ProductId)
  const group = product?.ProductGroupId ? books.productGroupRows.find(product.ProductGroupId) : null
  return {
    ...BLANK_DIMENSIONS,
    Accrual: null,
    Allowance: null,
    ExternalImportReference: null,
    ProductCode: null,
    ProductId: null,
    Quantity: null,
    SalesOrderId: null,
    SellersReferenceEmployeeId: null,
    SellersReferenceEmployeeNo: null,
    UseStandardSalesAccount: null,
    VatCode: null,
    VatId: null,
    VatRate: null,
    VatReturnSpecification: null,
    NetAmount: 0,
    VatAmount: 0,
    TotalAmount: 0,
    LineType: product ? 'Normal' : 'Text',
    Description: product?.Name ?? null,
    ProductUnitPrice: product ? (product.UnitPrice ?? group?.UnitPrice ?? 0) : null,
    ProductUnitCost: product ? (product.UnitCost ?? group?.UnitCost ?? null) : null,
    UnitOfMeasureCode: product?.UnitOfMeasureCode ?? group?.UnitOfMeasureCode ?? null,
    SortOrder: position,
    ...given,
    Id: books.random.uuid(),
  }
}
