import type { Order } from '../poweroffice/schemas'
import { SyncError } from '../shared/errors'
import type { Invoice } from './invoice'

/**
 * What a draft says of itself where Tribe's invoice says something else: its currency and its days. What PowerOffice does
 * not show is not compared. Pure.
 */
export function headerFault(invoice: Invoice, order: Order): SyncError | null {
  const shown: [string, string | null, string | null | undefined][] = [
    ['currency', invoice.bookedIn, order.CurrencyCode?.trim().toUpperCase()],
    ['date', invoice.date, order.SalesOrderDate?.slice(0, 10)],
    ['delivery date', invoice.date, order.DeliveryDate?.slice(0, 10)],
  ]
  const apart = shown.flatMap(([what, tribe, powerOffice]) =>
    tribe && powerOffice && tribe !== powerOffice
      ? [`${what} ${powerOffice} in PowerOffice and ${tribe} in Tribe`]
      : [],
  )
  if (apart.length === 0) return null
  return new SyncError(
    'invoice.order_differs',
    'data',
    `The draft in PowerOffice says something else than the invoice in Tribe (${apart.join('; ')}): it stays a draft. Correct the draft, then try again`,
  )
}
