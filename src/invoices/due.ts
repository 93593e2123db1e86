import { addDays, type Day, daysBetween } from '../shared/dates'
import type { SyncContext } from '../sync-step'
import { setOfType } from '../tribe/sets'
import type { Invoice } from './invoice'

/**
 * When an invoice has to be paid: as Tribe says of it, else as Tribe says of its customer. Only where Tribe says
 * neither, the term that the customer has in PowerOffice counts.
 */
export async function creditDaysOf(
  ctx: SyncContext,
  invoice: Pick<Invoice, 'date' | 'dueDate' | 'customer'>,
): Promise<number | null> {
  const { date, dueDate, customer } = invoice
  if (date !== null && dueDate !== null) return daysUntilDue(date, dueDate)
  if (dueDate !== null || !customer?.type) return null
  const role = await ctx.tribe.findRole(setOfType(customer.type), customer.id)
  return role?.PaymentTermInDays ?? null
}

/** PowerOffice knows no day before the invoice's own: what was due before that is due at once. */
export const daysUntilDue = (date: Day, dueDate: Day): number => Math.max(0, daysBetween(date, dueDate))

/** The day that is told on posting, so that it holds whatever payment terms there are; null: nobody says. */
export async function dueDateOf(ctx: SyncContext, invoice: Invoice, date: Day): Promise<Day | null> {
  const days = await creditDaysOf(ctx, { ...invoice, date })
  return days === null ? null : addDays(date, days)
}
