import { type Caller, unlessUnknown } from './caller'
import { OrderAttachment } from './schemas-invoices'

/** To put files on sales orders (API.md §3.2). */
export const ATTACHMENT_PRIVILEGE = 'SalesOrderAttachment_Full'

const pathOf = (orderId: string) => `SalesOrders/${encodeURIComponent(orderId)}/attachments`
/** More than an order has. */
const MOST_FILES = 1000

/** Files on sales orders (API.md §7.6). */
export function attachmentCalls(caller: Caller) {
  return {
    /** What hangs on an order by now; nothing, when there is no such order. */
    async attachmentsOf(orderId: string): Promise<OrderAttachment[]> {
      const query = { PageNumber: 1, OrderBy: 'Id asc' }
      const read = () => caller.page(OrderAttachment, pathOf(orderId), query, MOST_FILES)
      return (await unlessUnknown(read, null))?.rows ?? []
    },

    /** PowerOffice does not notice what it has already: look first. */
    async attach(
      orderId: string,
      { name, mimeType, bytes }: { name: string; mimeType: string; bytes: Uint8Array<ArrayBuffer> },
    ): Promise<OrderAttachment> {
      const form = new FormData()
      form.append('file', new Blob([bytes], { type: mimeType }), name)
      return caller.read(OrderAttachment, await caller.upload('POST', pathOf(orderId), form), true)
    },
  }
}
