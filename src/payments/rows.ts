import { lookWhyRefused } from '../invoices/gone'
import { ApiError } from '../shared/errors'
import { toMinor } from '../shared/money'
import type { SyncContext } from '../sync-step'
import type { Payment } from '../tribe/schemas'
import { making, refuseTwin } from '../two-way/pending-writes'
import { entryIdFrom, PROVIDER, type TribePayment, UNDONE } from './mapping'

/**
 * Makes Tribe's payments of an invoice what they should be: a row for each payment, once whatever crashed
 * before, and what was undone at nothing. Rows of others stay. Gives how many were written.
 */
export async function keepPayments(
  ctx: SyncContext,
  invoiceId: string,
  wanted: readonly TribePayment[],
): Promise<number> {
  try {
    return await keep(ctx, invoiceId, wanted)
  } catch (thrown) {
    lookWhyRefused(ctx, invoiceId, thrown)
    throw thrown
  }
}

async function keep(ctx: SyncContext, invoiceId: string, wanted: readonly TribePayment[]): Promise<number> {
  const ours = (await ctx.tribe.paymentsOf(invoiceId)).filter(isOurs)
  const kept = new Set<Payment>()
  let written = 0
  for (const row of wanted) {
    const held = ours.find((payment) => payment.Reference === row.Reference)
    if (held) kept.add(held)
    if (held && toMinor(held.Amount ?? 0) === toMinor(row.Amount)) continue
    const { Amount, ExtraInfo, Metadata } = row
    if (held) await ctx.tribe.updatePayment(held.ID, { Amount, ExtraInfo, Metadata })
    else {
      refuseTwin(ctx, 'payment', row.Reference)
      await making(ctx, 'payment', row.Reference, () => create(ctx, row))
    }
    written++
  }
  for (const undone of ours) {
    if (kept.has(undone) || toMinor(undone.Amount ?? 0) === 0) continue
    await ctx.tribe.updatePayment(undone.ID, UNDONE)
    written++
  }
  return written
}

const isOurs = ({ Provider, Reference }: Payment) => Provider === PROVIDER && entryIdFrom(Reference) !== null

async function create(ctx: SyncContext, { CreatedAt, ...payment }: TribePayment): Promise<void> {
  const takesDates = 'payments:takes-dates'
  const statusId = await paidStatusOf(ctx)
  const fields = statusId === null ? payment : { ...payment, PaymentStatus: { ID: statusId } }
  if (CreatedAt === undefined || ctx.cache.get(takesDates) === false) return ctx.tribe.createPayment(fields)
  try {
    await ctx.tribe.createPayment({ ...fields, CreatedAt })
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.status !== 400) throw thrown
    await ctx.tribe.createPayment(fields)
    ctx.cache.set(takesDates, false)
  }
}

/** The id of the status `Paid`, if Tribe has one and shows it; asked for once in a life of the object. */
async function paidStatusOf(ctx: SyncContext): Promise<string | null> {
  const known = ctx.cache.get('payments:paid-status') as { id: string | null } | undefined
  if (known) return known.id
  const statuses = await ctx.tribe.paymentStatuses().catch((thrown) => {
    if (thrown instanceof ApiError && (thrown.remedy === 'data' || thrown.status === 403)) return []
    throw thrown
  })
  const id = statuses.find((status) => status.Code?.toLowerCase() === 'paid')?.ID ?? null
  ctx.cache.set('payments:paid-status', { id })
  return id
}
