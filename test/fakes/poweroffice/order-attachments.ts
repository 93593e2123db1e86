/** /SalesOrders/{salesOrderId}/attachments: files on an order, and on the invoice that it becomes. */
import type { Books } from './books'
import type { Call, Handlers } from './call'
import type { SalesOrderAttachmentDto } from './models/orders'
import { refuseWhereLocked, SUBJECT } from './order-rules'
import { conflict, notFound, Problem } from './problem'

export type OrderAttachment = SalesOrderAttachmentDto & { SalesOrderId: string; bytes: Uint8Array }

const shown = ({ bytes: _, ...attachment }: OrderAttachment): SalesOrderAttachmentDto => attachment

/** An order, or the invoice that it has become. */
function holderOf({ books }: Call, id: string): string {
  if (!books.orders.find(id) && !books.invoices.find(id)) throw notFound(SUBJECT, id)
  return id
}

const attachmentsOf = (books: Books, orderId: string) =>
  books.attachments.listed().filter(({ SalesOrderId }) => SalesOrderId === orderId)

function attachmentOf(call: Call): OrderAttachment {
  const orderId = holderOf(call, call.param('salesOrderId'))
  const found = call.books.attachments.find(Number(call.param('id')))
  if (found?.SalesOrderId !== orderId) throw notFound('Attachment', call.param('id'))
  return found
}

function add(call: Call): { json: SalesOrderAttachmentDto } {
  const { books, file } = call
  const orderId = holderOf(call, call.param('salesOrderId'))
  const order = books.orders.find(orderId)
  if (order) refuseWhereLocked(order)
  const refuse = (why: string): never => {
    throw new Problem(400, 'Sales order attachment validation error(s)', why)
  }
  if (!file || file.bytes.length === 0) return refuse('The file is empty.')
  const { refusesAttachments: refused, mostAttachmentBytes: most } = books.quirks
  if (refused?.test(file.name)) return refuse(`The file '${file.name}' is of a type that is not allowed.`)
  if (file.bytes.length > most) throw new Problem(413, 'Payload too large', 'The file is too large.')
  const stamp = books.stamps.next()
  const attachment: OrderAttachment = {
    Id: books.nextId('attachment'),
    SalesOrderId: orderId,
    FileName: file.name,
    FileSize: file.bytes.length,
    CreatedDateTimeOffset: stamp,
    LastChangedDateTimeOffset: stamp,
    bytes: file.bytes,
  }
  return { json: shown(books.attachments.put(attachment)) }
}

/** They go with their draft. */
export function deleteAttachments(books: Books, orderId: string): void {
  for (const { Id, SalesOrderId } of books.attachments.all())
    if (SalesOrderId === orderId) books.attachments.delete(Id)
}

export const attachmentRoutes: Handlers = {
  'GET /SalesOrders/{salesOrderId}/attachments': (call) => ({
    list: attachmentsOf(call.books, holderOf(call, call.param('salesOrderId'))).map(shown),
  }),
  'POST /SalesOrders/{salesOrderId}/attachments': add,
  'GET /SalesOrders/{salesOrderId}/attachments/{id}': (call) => ({
    bytes: attachmentOf(call).bytes,
    type: 'application/octet-stream',
  }),
  'DELETE /SalesOrders/{salesOrderId}/attachments/{id}': (call) => {
    const { books } = call
    const { Id, SalesOrderId } = attachmentOf(call)
    if (!books.orders.find(SalesOrderId)) throw conflict('Attachment', Id)
    books.attachments.delete(Id)
    return { json: null }
  },
}
