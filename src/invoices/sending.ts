import type { HowToSend } from '../poweroffice/invoices'
import type { Contact } from '../poweroffice/schemas'
import { isEmail } from '../relations/email'
import type { Day } from '../shared/dates'
import type { SyncContext } from '../sync-step'
import { dueDateOf } from './due'
import type { Invoice } from './invoice'

/** What PowerOffice is told when it is to post an order: the days as Tribe has them, and where it may mail the invoice. */
export async function howToSend(
  ctx: SyncContext,
  invoice: Invoice,
  { date, isSent, customerId }: { date: Day; isSent: boolean; customerId: number | null },
): Promise<HowToSend> {
  const dueDate = await dueDateOf(ctx, invoice, date)
  const how: HowToSend = {
    // Tribe has delivered the invoice already where it is only to be booked.
    DeliveryType: isSent ? 'Auto' : 'PdfPrintForDownload',
    VoucherDate: date,
  }
  if (dueDate !== null) how.OverrideDueDate = dueDate
  if (!isSent || customerId === null) return how
  const customer = await ctx.powerOffice.findContact('customer', { id: String(customerId), parentId: null })
  const address = customer && mailAddressOf(customer)
  if (address) how.EmailAddress = address
  return how
}

/**
 * Where invoices go to: the customer's address for them, else its general one, which of a private person is the private one.
 * PowerOffice falls back on the first only.
 */
export const mailAddressOf = ({ InvoiceEmailAddress, EmailAddress }: Contact): string | null =>
  [InvoiceEmailAddress, EmailAddress].map((one) => one?.trim() ?? '').find(isEmail) ?? null
