import type { Order } from '../poweroffice/schemas'
import { ApiError } from '../shared/errors'
import { DONE, type SyncContext, type SyncResult } from '../sync-step'
import { noteSeen } from '../two-way/link'
import { begunOf, nextAttempt, noteBegun } from './begun'
import { refusal } from './diagnose'
import { waitUntilFinished } from './finished'
import type { Invoice } from './invoice'
import type { InvoiceLink } from './link'
import { makeOrder, orderFor } from './make'
import { notePosted } from './posted'
import { isEditedSince } from './prints'

/** The order that is to be posted, and is what Tribe says now. */
export type Current = { link: InvoiceLink; order: Order } | { again: SyncResult }

/** We have taken it away, and what stands in for it may not be there yet. */
export const isBeingReplaced = (ctx: SyncContext, link: InvoiceLink): boolean =>
  begunOf(ctx, link.tribeId)?.replaces === link.powerOfficeId

/**
 * An order that is not posted yet is only good for what it was made from: a customer, a date, a line or a mapping
 * that changed since makes it anew. The old draft is deleted first, so that nobody can send both. `order` is
 * null when it is gone.
 */
export async function bringUpToDate(
  ctx: SyncContext,
  link: InvoiceLink,
  invoice: Invoice,
  order: Order | null,
): Promise<Current> {
  const waiting = waitUntilFinished(ctx, invoice)
  if (waiting) return { again: waiting }
  const begun = begunOf(ctx, invoice.id)
  const wanted = await orderFor(ctx, invoice, begun?.attempt ?? 0)
  if ('again' in wanted) return wanted
  const isReplaced = isBeingReplaced(ctx, link)
  if (order && !isReplaced && (await isStill(ctx, link, invoice, wanted.made))) return { link, order }
  if (!order) {
    const posted = await ctx.powerOffice.findInvoice(link.powerOfficeId)
    if (posted) {
      noteSeen(ctx, link, 'books')
      await notePosted(ctx, link, posted, async () => invoice)
      return { again: DONE }
    }
  }
  const next = nextAttempt(begun, link)
  noteBegun(ctx, invoice.id, next)
  if (order) await deleteDraft(ctx, order)
  const made = await makeOrder(ctx, invoice, { mayBeThere: isReplaced, begun: next })
  if ('again' in made) return made
  const now = made.order ?? (await ctx.powerOffice.findOrder(made.link.powerOfficeId))
  if (made.link.state !== 'linked') return { again: DONE }
  return now
    ? { link: made.link, order: now }
    : { again: { status: 'again', afterSeconds: 2, because: 'the new draft does not show yet' } }
}

/** Orders of an earlier version are known by Tribe's invoice alone. */
async function isStill(ctx: SyncContext, { exportState }: InvoiceLink, invoice: Invoice, made: string) {
  return exportState.made === undefined
    ? !(await isEditedSince(ctx, exportState.print, invoice))
    : exportState.made === made
}

async function deleteDraft(ctx: SyncContext, { Id }: Order): Promise<void> {
  try {
    await ctx.powerOffice.deleteOrder(Id)
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.remedy !== 'data') throw thrown
    throw refusal('invoice.draft_outdated', thrown.said ?? '')
  }
}
