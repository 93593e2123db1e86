/** What the server refuses in sales orders and their lines. */
import type { Books } from './books'
import { checkCurrency } from './contact-rules'
import { hasRole } from './contacts'
import { employeeId, withDimensions } from './dimensions'
import type { Json, JsonObject } from './json'
import { textOf } from './json'
import type { Order } from './orders'
import { type Complaints, Problem } from './problem'

export const SUBJECT = 'Sales order'

/** Codes, numbers and days that stand in for an id; the id wins where both are given. */
export function headerWithTwins(books: Books, body: JsonObject, complaints: Complaints): JsonObject {
  const { CustomerNo, PaymentTerm, BrandingThemeCode, DeliveryTerm, SalesPersonEmployeeNumber, ...rest } =
    body
  const fields = withDimensions(books, rest, complaints)
  const twin = (id: string, value: Json | undefined, found: number | undefined, what: string) => {
    if (value === null || value === undefined || typeof fields[id] === 'number') return
    if (found === undefined) complaints.missing(`${what} = '${value}' not found.`)
    else fields[id] = found
  }
  const customer = books.contacts.all().find((c) => c.customer?.Number === CustomerNo)
  const term = books.paymentTerms.all().find((t) => t.CreditDays === PaymentTerm && t.IsActive)
  const salesPerson = employeeId(books, fields.SalesPersonEmployeeId, SalesPersonEmployeeNumber, complaints)
  if (salesPerson !== undefined) fields.SalesPersonEmployeeId = salesPerson
  twin('CustomerId', CustomerNo, customer?.Id, 'Customer with number')
  twin('PaymentTermId', PaymentTerm, term?.Id, 'Payment term with credit days')
  const theme = books.brandingThemes.find((t) => t.Code === BrandingThemeCode)
  twin('BrandingThemeId', BrandingThemeCode, theme?.Id, 'Branding theme with code')
  const delivery = books.deliveryTerms.all().find((t) => t.Name === DeliveryTerm)
  twin('DeliveryTermId', DeliveryTerm, delivery?.Id, 'Delivery term with name')
  return fields
}

export function lineWithTwins(books: Books, body: JsonObject, complaints: Complaints): JsonObject {
  const { ProductCode, SellersReferenceEmployeeNo, ...rest } = body
  const fields = withDimensions(books, rest, complaints)
  const code = textOf(ProductCode)
  if (code !== null && typeof fields.ProductId !== 'number') {
    const product = books.productRows.all().find((p) => p.Code === code)
    if (product) fields.ProductId = product.Id
    else complaints.missing(`Product with code = '${code}' not found.`)
  }
  const seller = employeeId(books, fields.SellersReferenceEmployeeId, SellersReferenceEmployeeNo, complaints)
  if (seller !== undefined) fields.SellersReferenceEmployeeId = seller
  return fields
}

export function checkHeader(
  books: Books,
  next: JsonObject,
  changed: Set<string>,
  selfId: string | null,
  complaints: Complaints,
): void {
  if (changed.has('CustomerId')) checkCustomer(books, next.CustomerId, complaints)
  if (changed.has('ExternalImportReference')) checkReference(books, next, selfId, complaints)
  const known = (name: string, what: string, exists: (id: number) => boolean) => {
    const id = next[name]
    if (!changed.has(name) || typeof id !== 'number' || exists(id)) return
    complaints.missing(`${what} with id = ${id} not found.`)
  }
  known('PaymentTermId', 'Payment term', (id) => books.paymentTerms.find(id) !== null)
  known('DeliveryTermId', 'Delivery term', (id) => books.deliveryTerms.find(id) !== null)
  known('BrandingThemeId', 'Branding theme', (id) => books.brandingThemes.some((t) => t.Id === id))
  if (selfId !== null && changed.has('SalesPersonEmployeeId'))
    employeeId(books, next.SalesPersonEmployeeId, null, complaints)
  const isHis = (row: { ContactId: number } | null) => row?.ContactId === next.CustomerId
  known('CustomerReferenceContactPersonId', 'Contact person', (id) => isHis(books.persons.find(id)))
  known('ContactDeliveryAddressId', 'Contact delivery address', (id) =>
    isHis(books.deliveryAddresses.find(id)),
  )
  if (changed.has('CurrencyCode')) checkCurrency(books, next.CurrencyCode, complaints)
  const rate = next.CurrencyExchangeRate
  if (changed.has('CurrencyExchangeRate') && typeof rate === 'number' && rate <= 0) {
    complaints.add('CurrencyExchangeRate must be more than 0.')
  }
}

function checkCustomer(books: Books, id: Json | undefined, complaints: Complaints): void {
  const contact = typeof id === 'number' ? books.contacts.find(id) : null
  if (typeof id !== 'number') complaints.add('CustomerId or CustomerNo is required.')
  else if (!contact || !hasRole(contact, 'Customer'))
    complaints.missing(`Customer with id = ${id} not found.`)
  else if (contact.shared.IsArchived && !books.quirks.archivedCustomersTakeOrders) {
    complaints.add(`Customer with id = ${id} is archived.`)
  }
}

/** One reference, one invoice: be it a draft, or posted and not reversed. */
function checkReference(books: Books, next: JsonObject, selfId: string | null, complaints: Complaints): void {
  const reference = textOf(next.ExternalImportReference)
  if (reference === null) return
  const draft = books.orders
    .all()
    .find((o) => o.header.ExternalImportReference === reference && o.Id !== selfId)
  const posted = books.quirks.sentOrderFreesReference
    ? undefined
    : books.invoices.all().find((i) => i.ExternalImportReference === reference && !i.IsReversed)
  const gone = books.deletedReferences.get(reference)
  const id = draft?.Id ?? posted?.Id ?? (books.quirks.deletedOrderFreesReference ? undefined : gone)
  if (id === undefined) return
  complaints.add(
    `ExternalImportReference is already in use. '${reference}' is used on (sales order) Id = ${id}.`,
  )
}

/** `others` are the lines that will stand beside it. */
export function checkLine(
  books: Books,
  line: JsonObject,
  others: JsonObject[],
  complaints: Complaints,
): void {
  const { ProductId, Quantity, Allowance } = line
  if (typeof ProductId === 'number') {
    const product = books.productRows.find(ProductId)
    if (!product) complaints.missing(`Product with id = ${ProductId} not found.`)
    if (product?.IsArchived && !books.quirks.archivedProductsTakeOrders) {
      complaints.add(`Product with id = ${ProductId} is archived.`)
    }
    if (typeof Quantity !== 'number') complaints.add('Quantity is required on a line with a product.')
  }
  if (typeof Allowance === 'number' && (Allowance < -1000 || Allowance > 100)) {
    complaints.add('Allowance must be between -1000 and 100.')
  }
  const reference = textOf(line.ExternalImportReference)
  if (reference !== null && others.some((other) => other.ExternalImportReference === reference)) {
    complaints.add(`ExternalImportReference '${reference}' is used on another line of the order.`)
  }
}

export function checkCredit(
  books: Books,
  header: { RelatedInvoiceNo: number | null; TotalAmount: number },
  complaints: Complaints,
): void {
  const no = header.RelatedInvoiceNo
  if (no === null) return
  if (header.TotalAmount >= 0) complaints.add('RelatedInvoiceNo can only be set on a credit note.')
  if (!books.invoices.all().some((invoice) => invoice.InvoiceNo === no)) {
    complaints.missing(`Invoice with number = ${no} not found.`)
  }
}

/** A confirmed order is locked, and one on its way out cannot be changed at all. */
export function refuseWhereLocked(order: Order, changes: JsonObject = {}): void {
  const refuse = (detail: string) => new Problem(400, `${SUBJECT} validation error(s)`, detail)
  if (order.sending) throw refuse(`Sales order with id = ${order.Id} is being sent.`)
  if (order.header.SalesOrderStatus === 'Confirmed' && changes.SalesOrderStatus !== 'Draft') {
    throw refuse(`Sales order with id = ${order.Id} is confirmed and cannot be changed.`)
  }
}
