/** CreateAndSendInvoice: accepted at once, worked off a moment later, with a state to ask for. */
import type { Books } from './books'
import type { Answer, Call } from './call'
import { checkEmail, isEmail } from './contact-rules'
import { customerOf } from './contacts'
import { type JsonObject, textOf } from './json'
import type { OutgoingInvoiceDto } from './models/invoices'
import type { InvoiceSentStateDto } from './models/orders'
import { refuseWhereLocked, SUBJECT } from './order-rules'
import { customerOfOrder, type Order, type Sending } from './orders'
import { obstacleTo, postOrder } from './posting'
import { Complaints, notFound, Problem } from './problem'
import { osloDay } from './stamps'

export function requestSending(call: Call, orderOf: (call: Call) => Order): Answer {
  const { books, body } = call
  if (!books.allowSendInvoice) {
    const detail = 'The integration does not have the required privileges to send invoices.'
    throw new Problem(400, 'Missing privilege', detail)
  }
  const order = orderOf(call)
  if (order.sending) refuseWhereLocked(order)
  const sending: Sending = {
    dueAt: books.now().getTime() + books.quirks.sendDelayMs,
    askedAt: books.now().getTime(),
    deliveryType: textOf(body.DeliveryType) ?? 'Auto',
    emailAddress: textOf(body.EmailAddress),
    voucherDate: textOf(body.VoucherDate),
    overrideDueDate: textOf(body.OverrideDueDate),
  }
  checkRequest(sending)
  books.orders.put({ ...order, sending, lastError: null })
  books.ordersBeingSent.add(order.Id)
  return {
    json: {
      Id: order.Id,
      DeliveryType: sending.deliveryType,
      EmailAddress: sending.emailAddress,
      VoucherDate: sending.voucherDate,
      OverrideDueDate: sending.overrideDueDate,
    },
    headers: { location: `/v2/SalesOrders/SentState?id=${order.Id}` },
  }
}

function checkRequest({ emailAddress, voucherDate, overrideDueDate }: Sending): void {
  const complaints = new Complaints(SUBJECT)
  checkEmail('EmailAddress', emailAddress, complaints)
  if (voucherDate !== null && overrideDueDate !== null && overrideDueDate < voucherDate) {
    complaints.add('OverrideDueDate must not be before VoucherDate.')
  }
  complaints.throwIfAny()
}

/** Works off every request to send whose time has come. */
export function settleSendings(books: Books): void {
  for (const id of [...books.ordersBeingSent]) {
    const order = books.orders.find(id)
    if (order?.sending && order.sending.dueAt > books.now().getTime()) continue
    books.ordersBeingSent.delete(id)
    if (order?.sending) settleOne(books, order, order.sending)
  }
}

function settleOne(books: Books, order: Order, sending: Sending): void {
  const voucherDate = sending.voucherDate ?? osloDay(new Date(sending.dueAt))
  const delivery = channelFor(books, order, sending.deliveryType, sending.emailAddress)
  const failure = books.nextDeliveryFailures.shift() ?? null
  const unposted = obstacleTo(books, order, voucherDate)
  const undelivered = failure ?? delivery.error
  const isPosted =
    unposted === null && (undelivered === null || books.quirks.failedDeliveryLeaves === 'posted')
  const idle = { ...order, sending: null }
  if (!isPosted) {
    books.orders.put({ ...idle, lastError: failure ?? unposted ?? delivery.error })
    return
  }
  if (delivery.address !== undefined && undelivered === null) books.mailed.push(delivery.address)
  const { overrideDueDate } = sending
  const how = { voucherDate, overrideDueDate, deliveryType: delivery.type, isByIntegration: true }
  const invoice = postOrder(books, idle, how)
  const isSent = undelivered === null && (delivery.type !== 'Print' || books.quirks.downloadsCountAsSent)
  if (isSent) return
  books.invoices.put({ ...invoice, SentDateTimeOffset: null })
  books.unsent.set(invoice.Id, undelivered)
}

/** A user presses "send" in the GUI: at once, or not at all. */
export function sendByHand(
  books: Books,
  order: Order,
  terms: { voucherDate?: string; deliveryType?: string },
) {
  const voucherDate = terms.voucherDate ?? osloDay(books.now())
  const delivery = channelFor(books, order, terms.deliveryType ?? 'PdfPrintForDownload', null)
  const obstacle = obstacleTo(books, order, voucherDate) ?? delivery.error
  if (obstacle !== null) throw new Error(obstacle)
  const how = { overrideDueDate: null, deliveryType: delivery.type, isByIntegration: false }
  return postOrder(books, order, { voucherDate, ...how })
}

/** How the invoice goes out, or why it cannot. */
function channelFor(
  books: Books,
  order: Order,
  wanted: string,
  emailAddress: string | null,
): { type: string; error: string | null; address?: string } {
  const contact = customerOfOrder(books, order.header)
  if (!contact) return { type: 'Print', error: 'The order has no customer.' }
  const { InvoiceEmailAddress, EmailAddress, InvoiceDeliveryType, OrganizationNumber } = customerOf(
    books,
    contact,
  )
  const general = books.quirks.generalEmailReceivesInvoices ? EmailAddress : null
  const email = emailAddress || InvoiceEmailAddress || general || ''
  const canEhf = textOf(OrganizationNumber) !== null && books.isInElma(OrganizationNumber)
  const byEmail = {
    type: 'PdfByEmail',
    address: email,
    error: isEmail(email) ? null : 'The invoice could not be delivered: no e-mail address was found.',
  }
  switch (wanted) {
    case 'PdfPrintForDownload':
      return { type: 'Print', error: null }
    case 'PdfByEmail':
      return byEmail
    case 'EHF':
      return { type: 'EHF', error: canEhf ? null : 'The customer cannot receive EHF.' }
    case 'Efaktura':
    case 'AvtaleGiro':
      return { type: wanted, error: InvoiceDeliveryType === wanted ? null : `The customer has no ${wanted}.` }
    default:
      if (canEhf && (InvoiceDeliveryType === 'EHF' || books.quirks.autoAsksElma))
        return { type: 'EHF', error: null }
      if (InvoiceDeliveryType === 'Efaktura') return { type: 'Efaktura', error: null }
      return byEmail
  }
}

export function sentStates(books: Books, id: string | null): JsonObject[] {
  if (id !== null && !books.orders.find(id) && !books.invoices.find(id)) throw notFound(SUBJECT, id)
  const showsAfter = books.now().getTime() - books.quirks.sentStateShowsAfterMs
  const isShown = ({ sending }: Order) => sending === null || sending.askedAt <= showsAfter
  const isWanted = (row: { Id: string }) => id === null || row.Id === id
  const drafts = books.orders
    .all()
    .filter((order) => isWanted(order) && (order.sending ?? order.lastError) !== null && isShown(order))
  const sent = books.invoices
    .all()
    .filter(
      (invoice) => isWanted(invoice) && (invoice.SentDateTimeOffset !== null || books.unsent.has(invoice.Id)),
    )
  return [...drafts.map(stateOfDraft), ...sent.map((invoice) => stateOfInvoice(books, invoice))]
}

function stateOfDraft(order: Order): InvoiceSentStateDto {
  return {
    Id: order.Id,
    IsInvoiceBeingProcessed: order.sending !== null,
    LastErrorMessage: order.lastError,
    SentDateTimeOffset: null,
    InvoiceNo: null,
    DueDate: null,
    InvoiceDeliveryType: null,
  }
}

function stateOfInvoice(books: Books, invoice: OutgoingInvoiceDto): InvoiceSentStateDto {
  return {
    Id: invoice.Id,
    IsInvoiceBeingProcessed: false,
    LastErrorMessage: books.unsent.get(invoice.Id) ?? null,
    SentDateTimeOffset: invoice.SentDateTimeOffset,
    InvoiceNo: invoice.InvoiceNo,
    DueDate: invoice.DueDate,
    InvoiceDeliveryType: invoice.InvoiceDeliveryType,
  }
}
