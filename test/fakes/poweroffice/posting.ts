/** Turns a draft into a posted invoice or credit note: number, voucher, ledger entry, payment reference. */
import type { Books } from './books'
import { EXCHANGE_RATES } from './chart'
import { dimensionCodes } from './dimensions'
import { addEntry, entryOfVoucher, match } from './ledger'
import type { OutgoingInvoiceDto, OutgoingInvoiceLineDto } from './models/invoices'
import type { SalesOrderDto } from './models/orders'
import { roundedProduct, withCheckDigit } from './money'
import {
  BLANK_DIMENSIONS,
  customerOfOrder,
  inherited,
  type Order,
  saleOfLine,
  shownHeader,
  shownLines,
} from './orders'
import { addDays } from './stamps'

export interface Terms {
  voucherDate: string
  overrideDueDate: string | null
  /** As invoices and customers spell it. */
  deliveryType: string
  isByIntegration: boolean
}

export function exchangeRate(currency: string, given: number | null): number {
  return given ?? EXCHANGE_RATES[currency] ?? 1
}

const BLANK: Omit<
  OutgoingInvoiceDto,
  | 'Id'
  | 'VoucherNo'
  | 'VoucherDate'
  | 'NetAmount'
  | 'TotalAmount'
  | 'NetPostedAmount'
  | 'TotalPostedAmount'
  | 'CreatedDateTimeOffset'
  | 'LastChangedDateTimeOffset'
> = {
  ...BLANK_DIMENSIONS,
  Balance: null,
  BalanceLastChangedDateTimeOffset: null,
  BrandingThemeCode: null,
  BrandingThemeId: null,
  Cid: null,
  ContractNo: null,
  CurrencyCode: 'NOK',
  CurrencyExchangeRate: null,
  CustomMatchingReference: null,
  CustomerId: null,
  CustomerNo: null,
  CustomerReference: null,
  CustomerReferenceContactPersonId: null,
  DeliveryAddress1: null,
  DeliveryAddress2: null,
  DeliveryAddressCity: null,
  DeliveryAddressCountryCode: null,
  DeliveryAddressZipCode: null,
  DeliveryDate: null,
  DeliveryTerm: null,
  DeliveryTermId: null,
  DueDate: null,
  ExternalImportReference: null,
  ImportedOrderNo: null,
  InvoiceDeliveryType: null,
  InvoiceNo: null,
  IsCreatedByCurrentIntegration: false,
  IsReversed: false,
  MatchId: null,
  OrderDate: null,
  OrderNo: null,
  PaymentTerm: null,
  PaymentTermId: null,
  PurchaseOrderReference: null,
  RelatedInvoiceNo: null,
  SellersReferenceEmployeeId: null,
  SellersReferenceEmployeeNo: null,
  SentDateTimeOffset: null,
  VoucherType: 'OutgoingInvoice',
}

type NewInvoice = Omit<OutgoingInvoiceDto, keyof typeof BLANK> & Partial<OutgoingInvoiceDto>

/** Books an invoice and its ledger entry, whichever road it came. */
export function bookInvoice(
  books: Books,
  fields: NewInvoice,
  lines: OutgoingInvoiceLineDto[],
): OutgoingInvoiceDto {
  const stamp = books.stamps.next()
  const invoice: OutgoingInvoiceDto = {
    ...BLANK,
    Balance: fields.TotalPostedAmount,
    BalanceLastChangedDateTimeOffset: stamp,
    ...fields,
  }
  books.invoices.put(invoice)
  books.invoiceLines.set(invoice.Id, lines)
  addEntry(books, {
    VoucherId: invoice.Id,
    VoucherNo: invoice.VoucherNo,
    VoucherType: invoice.VoucherType,
    VoucherDate: invoice.VoucherDate,
    PostingDate: invoice.VoucherDate,
    DueDate: invoice.DueDate,
    CustomerId: invoice.CustomerId,
    InvoiceNo: invoice.InvoiceNo === null ? null : String(invoice.InvoiceNo),
    Amount: invoice.TotalPostedAmount,
    CurrencyAmount: invoice.TotalAmount,
    CurrencyCode: invoice.CurrencyCode,
    Cid: invoice.Cid,
    CustomMatchingReference: invoice.CustomMatchingReference,
    ExternalImportReference: invoice.ExternalImportReference,
    IsCreatedByCurrentIntegration: invoice.IsCreatedByCurrentIntegration,
  })
  matchWithCredited(books, invoice)
  return books.invoices.find(invoice.Id) ?? invoice
}

function matchWithCredited(books: Books, credit: OutgoingInvoiceDto): void {
  if (!books.quirks.creditNotesMatchThemselves || credit.RelatedInvoiceNo === null) return
  const credited = books.invoices.all().find((i) => i.InvoiceNo === credit.RelatedInvoiceNo && !i.IsReversed)
  if (credited) match(books, [entryOfVoucher(books, credited.Id).Id, entryOfVoucher(books, credit.Id).Id])
}

/** Why an order cannot be posted on a day; null when it can. */
export function obstacleTo(books: Books, order: Order, voucherDate: string): string | null {
  const { LockDate } = books.lockDateSettings
  if (LockDate !== null && voucherDate <= LockDate) {
    return `The voucher date ${voucherDate} is in a closed period. The client is locked up to and including ${LockDate}.`
  }
  const { ConversionDate } = books.financialSettings
  if (voucherDate < ConversionDate) return `The voucher date ${voucherDate} is before ${ConversionDate}.`
  const customer = customerOfOrder(books, order.header)
  if (!customer) return 'The order has no customer.'
  if (customer.shared.IsArchived) return 'The customer is archived.'
  if (!order.lines.some((line) => saleOfLine(books, customer, line)?.account)) {
    return 'The order has no line that can be invoiced.'
  }
  if (!books.quirks.zeroSumsPost && shownHeader(books, order).TotalAmount === 0)
    return 'The sum of the order is zero.'
  return null
}

/** Posts an order that nothing stands in the way of; it leaves the list of orders, and its id lives on. */
export function postOrder(books: Books, order: Order, terms: Terms): OutgoingInvoiceDto {
  const header = { ...shownHeader(books, order, true), ...inherited(books, order.header) }
  const customer = customerOfOrder(books, order.header)
  const currency = header.CurrencyCode ?? 'NOK'
  const rate = exchangeRate(currency, header.CurrencyExchangeRate)
  const isCredit = header.TotalAmount < 0
  const InvoiceNo = books.nextNo('invoice')
  const days = header.PaymentTerm ?? 14
  const sentAt = books.stamps.next()
  const { SalesOrderNo, SalesOrderStatus, SalesOrderDate, LineCount, ContactDeliveryAddressId, ...rest } =
    header
  const { SalesPersonEmployeeId, SalesPersonEmployeeNumber, ...carried } = rest
  const address =
    ContactDeliveryAddressId === null ? null : books.deliveryAddresses.find(ContactDeliveryAddressId)
  books.orders.delete(order.Id)
  return bookInvoice(
    books,
    {
      ...carried,
      CurrencyCode: currency,
      CurrencyExchangeRate: currency === 'NOK' ? header.CurrencyExchangeRate : rate,
      VoucherType: isCredit ? 'OutgoingCreditNote' : 'OutgoingInvoice',
      InvoiceNo,
      VoucherNo: books.nextNo('voucher'),
      VoucherDate: terms.voucherDate,
      DueDate: terms.overrideDueDate ?? addDays(terms.voucherDate, isCredit ? 0 : days),
      NetPostedAmount: roundedProduct(header.NetAmount, rate),
      TotalPostedAmount: roundedProduct(header.TotalAmount, rate),
      Cid: isCredit ? null : cidOf(customer?.customer?.Number ?? 0, InvoiceNo),
      OrderNo: SalesOrderNo,
      OrderDate: SalesOrderDate ?? terms.voucherDate,
      DeliveryDate: header.DeliveryDate ?? terms.voucherDate,
      DeliveryAddress1: address?.AddressLine1 ?? null,
      DeliveryAddress2: address?.AddressLine2 ?? null,
      DeliveryAddressCity: address?.City ?? null,
      DeliveryAddressCountryCode: address?.CountryCode ?? null,
      DeliveryAddressZipCode: address?.ZipCode ?? null,
      InvoiceDeliveryType: terms.deliveryType,
      SentDateTimeOffset: sentAt,
      IsCreatedByCurrentIntegration: terms.isByIntegration,
      LastChangedDateTimeOffset: sentAt,
    },
    invoiceLinesOf(books, order, header, rate),
  )
}

/** Payment reference (KID): customer number, invoice number, check digit. */
export function cidOf(customerNo: number, invoiceNo: number): string {
  return withCheckDigit(`${String(customerNo).padStart(8, '0')}${String(invoiceNo).padStart(7, '0')}`)
}

/** Lines take the head's department and project where they name none. */
function invoiceLinesOf(
  books: Books,
  order: Order,
  head: SalesOrderDto,
  rate: number,
): OutgoingInvoiceLineDto[] {
  const customer = customerOfOrder(books, order.header)
  return shownLines(books, order).map((line, i) => {
    const { Accrual, SalesOrderId, UseStandardSalesAccount, ...carried } = line
    const account = saleOfLine(books, customer, line)?.account ?? null
    const ProjectId = line.ProjectId ?? head.ProjectId
    const DepartmentId = line.DepartmentId ?? head.DepartmentId
    return {
      ...carried,
      ProjectId,
      DepartmentId,
      ...dimensionCodes(books, { ProjectId, DepartmentId }),
      Id: books.nextId('entry'),
      AccountId: account?.Id ?? null,
      AccountNo: account?.AccountNo ?? null,
      AgricultureDepartment: null,
      IsAccrued: Accrual?.IsActive ?? false,
      SortOrder: line.SortOrder ?? i,
      ProductUnitPrice: line.ProductUnitPrice ?? 0,
      VatRate: line.VatRate ?? 0,
      NetPostedAmount: roundedProduct(line.NetAmount, rate),
      TotalPostedAmount: roundedProduct(line.TotalAmount, rate),
    }
  })
}
