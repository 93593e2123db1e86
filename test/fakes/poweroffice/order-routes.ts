/** /SalesOrders: drafts, their lines, and how the sending of one went. */
import type { Books } from './books'
import type { Call, Handlers } from './call'
import { after, anyOf, type Filter, filtered, ignored, numbersIn, onlyWhen } from './filters'
import { isObject, type JsonObject } from './json'
import type { SalesOrderLineDto } from './models/orders'
import { deleteAttachments } from './order-attachments'
import {
  checkCredit,
  checkHeader,
  checkLine,
  headerWithTwins,
  lineWithTwins,
  refuseWhereLocked,
  SUBJECT,
} from './order-rules'
import {
  addOrder,
  changeOrder,
  customerOfOrder,
  lineFrom,
  type Order,
  shownComplete,
  shownHeader,
  shownLine,
  shownLines,
} from './orders'
import { Complaints, conflict, notFound } from './problem'
import { requestSending, sentStates } from './sending'

const FILTERS: Record<string, Filter> = {
  customerNos: numbersIn('CustomerNo'),
  departmentCodes: anyOf('DepartmentCode'),
  projectCodes: anyOf('ProjectCode'),
  includeSubProject: ignored,
  showInherited: ignored,
  orderStatus: anyOf('SalesOrderStatus'),
  onlyCreatedByCurrentIntegration: onlyWhen((row) => row.IsCreatedByCurrentIntegration === true),
  lastChangedDateTimeOffsetGreaterThan: after('LastChangedDateTimeOffset'),
  externalImportReferences: anyOf('ExternalImportReference'),
  importedOrderNos: anyOf('ImportedOrderNo'),
  salesOrderNos: numbersIn('SalesOrderNo'),
}

function orderOf({ books, params }: Call): Order {
  const id = params.id ?? ''
  const order = books.orders.find(id)
  if (!order) throw notFound(SUBJECT, id)
  return order
}

function lineOf(call: Call, order: Order): SalesOrderLineDto {
  const line = order.lines.find((l) => l.Id === call.param('lineId'))
  if (!line) throw notFound('Sales order line', call.param('lineId'))
  return line
}

function create({ books, body }: Call): Order {
  const complaints = new Complaints(SUBJECT)
  const { SalesOrderLines, ...header } = body
  const fields = headerWithTwins(books, header, complaints)
  checkHeader(books, fields, new Set(Object.keys(fields)).add('CustomerId'), null, complaints)
  const given = (Array.isArray(SalesOrderLines) ? SalesOrderLines : []).filter(isObject)
  const bodies = given.map((line) => lineWithTwins(books, line, complaints))
  for (const [i, line] of bodies.entries()) checkLine(books, line, bodies.slice(0, i), complaints)
  if (bodies.length === 0) complaints.add('SalesOrderLines is required.')
  complaints.throwIfAny()
  const order = addOrder(
    books,
    fields,
    bodies.map((line, i) => lineFrom(books, line, i)),
  )
  try {
    checkCredit(books, shownHeader(books, order), complaints)
    complaints.throwIfAny()
  } catch (refusal) {
    books.orders.delete(order.Id)
    throw refusal
  }
  return order
}

function changeHeader(call: Call): JsonObject {
  const { books } = call
  const order = orderOf(call)
  const changes = call.changesTo(shownHeader(books, order), SUBJECT)
  if (Object.keys(changes).length === 0) return shownHeader(books, order)
  refuseWhereLocked(order, changes)
  const complaints = new Complaints(SUBJECT)
  const next = { ...shownHeader(books, order), ...changes }
  checkHeader(books, next, new Set(Object.keys(changes)), order.Id, complaints)
  if (changes.RelatedInvoiceNo !== undefined) checkCredit(books, next, complaints)
  complaints.throwIfAny()
  return shownHeader(books, changeOrder(books, order, { header: changes }))
}

function addLine(call: Call): JsonObject {
  const { books, body } = call
  const order = orderOf(call)
  refuseWhereLocked(order)
  const complaints = new Complaints('Sales order line')
  const fields = lineWithTwins(books, body, complaints)
  checkLine(books, fields, order.lines, complaints)
  complaints.throwIfAny()
  const line = { ...lineFrom(books, fields, order.lines.length), SalesOrderId: order.Id }
  changeOrder(books, order, { lines: [...order.lines, line] })
  return shownLine(books, customerOfOrder(books, order.header), line)
}

function changeLine(call: Call): JsonObject {
  const { books } = call
  const order = orderOf(call)
  const line = lineOf(call, order)
  const customer = customerOfOrder(books, order.header)
  const changes = call.changesTo(line, 'Sales order line')
  if (Object.keys(changes).length === 0) return shownLine(books, customer, line)
  refuseWhereLocked(order)
  const complaints = new Complaints('Sales order line')
  const next = { ...line, ...changes }
  const others = order.lines.filter((l) => l.Id !== line.Id)
  checkLine(books, lineWithTwins(books, { ...next, ProductCode: null }, complaints), others, complaints)
  complaints.throwIfAny()
  changeOrder(books, order, { lines: order.lines.map((l) => (l.Id === line.Id ? next : l)) })
  return shownLine(books, customer, next)
}

export function deleteOrder(books: Books, order: Order): void {
  const { ExternalImportReference, SalesOrderStatus } = order.header
  if (order.sending || SalesOrderStatus === 'Confirmed') throw conflict(SUBJECT, order.Id)
  if (ExternalImportReference) books.deletedReferences.set(ExternalImportReference, order.Id)
  books.deletedOrders.push({ at: books.now().getTime(), id: order.Id, reference: ExternalImportReference })
  books.orders.delete(order.Id)
  deleteAttachments(books, order.Id)
}

export const orderRoutes: Handlers = {
  'GET /SalesOrders': ({ books, query }) => {
    const rows = books.orders
      .listed()
      .map((order) => shownHeader(books, order, query.showInherited === 'true'))
    return { list: filtered(rows, query, FILTERS) }
  },
  'POST /SalesOrders/Complete': (call) => ({ json: shownComplete(call.books, create(call)) }),
  'GET /SalesOrders/{id}': (call) => ({
    json: shownHeader(call.books, orderOf(call), call.query.showInherited === 'true'),
  }),
  'GET /SalesOrders/{id}/Complete': (call) => ({
    json: shownComplete(call.books, orderOf(call), call.query.showInherited === 'true'),
  }),
  'PATCH /SalesOrders/{id}': (call) => ({ json: changeHeader(call) }),
  'DELETE /SalesOrders/{id}': (call) => {
    deleteOrder(call.books, orderOf(call))
    return { json: null }
  },
  'GET /SalesOrders/{id}/Lines': (call) => ({ list: shownLines(call.books, orderOf(call)) }),
  'POST /SalesOrders/{id}/Lines': (call) => ({ json: addLine(call) }),
  'GET /SalesOrders/{id}/Lines/{lineId}': (call) => {
    const order = orderOf(call)
    return { json: shownLine(call.books, customerOfOrder(call.books, order.header), lineOf(call, order)) }
  },
  'PATCH /SalesOrders/{id}/Lines/{lineId}': (call) => ({ json: changeLine(call) }),
  'DELETE /SalesOrders/{id}/Lines/{lineId}': (call) => {
    const order = orderOf(call)
    const line = lineOf(call, order)
    refuseWhereLocked(order)
    changeOrder(call.books, order, { lines: order.lines.filter((l) => l.Id !== line.Id) })
    return { json: null }
  },
  'GET /SalesOrders/SentState': ({ books, query }) => ({ list: sentStates(books, query.id ?? null) }),
  'POST /SalesOrders/{id}/CreateAndSendInvoice': (call) => requestSending(call, orderOf),
}
