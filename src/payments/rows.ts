import { ApiError } from '../shared/errors'
import { toMinor } from '../shared/money'
import type { SyncContext } from '../sync-step'
import type { Payment } from '../tribe/schemas'
import { entryIdFrom, paymentToTribe, UNDONE } from './mapping'
import type { Balance, PaymentRow } from './plan'

/**
 * Makes Tribe's payments of an invoice what they should be: a row for each payment, once whatever crashed
 * before, and what was undone at nothing. Rows of others stay. Gives how many were written.
 */
export async function keepPayments(
  ctx: SyncContext,
  { invoiceId, invoice, wanted }: { invoiceId: string; invoice: Balance; wanted: readonly PaymentRow[] },
): Promise<number> {
  const ours = new Map<string, Payment>()
  for (const payment of await ctx.tribe.paymentsOf(invoiceId))
    if (payment.Provider === PROVIDER && entryIdFrom(payment.Reference) !== null)
      ours.set(String(payment.Reference), payment)
  let written = 0
  for (const row of wanted) {
    const fields = paymentToTribe(row, invoice, invoiceId, await paidStatusOf(ctx))
    const held = ours.get(fields.Reference)
    ours.delete(fields.Reference)
    if (held && toMinor(held.Amount ?? 0) === row.amount) continue
    if (held) await ctx.tribe.updatePayment(held.ID, { Amount: fields.Amount, ExtraInfo: fields.ExtraInfo })
    else await create(ctx, fields, row.date)
    written++
  }
  for (const undone of ours.values()) {
    if (toMinor(undone.Amount ?? 0) === 0) continue
    await ctx.tribe.updatePayment(undone.ID, UNDONE)
    written++
  }
  return written
}

const PROVIDER = 'PowerOffice'

/** Whether Tribe takes the day of a payment is unknown (tribe-api §11.12): it stands in the text as well. */
async function create(ctx: SyncContext, fields: Record<string, unknown>, date: string | null): Promise<void> {
  const takesDates = 'payments:takes-dates'
  if (date === null || ctx.memory.get(takesDates) === false) return ctx.tribe.createPayment(fields)
  try {
    await ctx.tribe.createPayment({ ...fields, CreatedAt: `${date}T00:00:00Z` })
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.status !== 400) throw thrown
    await ctx.tribe.createPayment(fields)
    ctx.memory.set(takesDates, false)
  }
}

/** The id of the status `Paid`, if Tribe has one; asked for once in a life of the object. */
async function paidStatusOf(ctx: SyncContext): Promise<string | null> {
  const known = ctx.memory.get('payments:paid-status') as { id: string | null } | undefined
  if (known) return known.id
  const statuses = await ctx.tribe.paymentStatuses().catch((thrown) => {
    if (thrown instanceof ApiError && thrown.remedy === 'data') return []
    throw thrown
  })
  const id = statuses.find((status) => status.Code?.toLowerCase() === 'paid')?.ID ?? null
  ctx.memory.set('payments:paid-status', { id })
  return id
}
