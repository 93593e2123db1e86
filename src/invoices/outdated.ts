import type { Order } from '../poweroffice/schemas'
import { ApiError } from '../shared/errors'
import { DONE, type SyncContext, type SyncResult } from '../sync-step'
import { noteSeen } from '../two-way/link'
import { begunOf, isBeingReplaced, nextAttempt, noteBegun } from './begun'
import { refusal } from './diagnose'
import { waitUntilFinished } from './finished'
import type { Invoice } from './invoice'
import type { InvoiceLink } from './link'
import { makeOrder, orderFor } from './make'
import { notePosted } from './posted'
import { isEditedSince } from './prints'

/** The order that is to be posted, and is what Tribe says now. */
export type Current = { link: InvoiceLink; order: Order } | { again: SyncResult }

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
  if (!order && (await notedIfPosted(ctx, link, invoice))) return { again: DONE }
  const next = nextAttempt(begun, link)
  noteBegun(ctx, invoice.id, next)
  if (order && !(await deleteDraft(ctx, order))) return { again: await wasTaken(ctx, link, invoice) }
  const made = await makeOrder(ctx, invoice, { mayBeThere: isReplaced, begun: next })
  if ('again' in made) return made
  const now = made.order ?? (await ctx.powerOffice.findOrder(made.link.powerOfficeId))
  if (made.link.state !== 'linked') return { again: DONE }
  return now
    ? { link: made.link, order: now }
    : { again: { status: 'again', afterSeconds: 2, because: 'the new draft does not show yet' } }
}

async function notedIfPosted(ctx: SyncContext, link: InvoiceLink, invoice: Invoice): Promise<boolean> {
  const posted = await ctx.powerOffice.findInvoice(link.powerOfficeId)
  if (!posted) return false
  noteSeen(ctx, link, 'books')
  await notePosted(ctx, link, posted, async () => invoice)
  return true
}

/**
 * Somebody took the draft away from under us: sent it, and then it stands; or deleted it. Which of the two, a replica
 * that lags may not show at once, and a second order beside one that was sent is the worst of all.
 */
const wasTaken = async (ctx: SyncContext, link: InvoiceLink, invoice: Invoice): Promise<SyncResult> => ({
  status: 'again',
  afterSeconds: (await notedIfPosted(ctx, link, invoice)) ? 0 : 10,
  because: 'somebody took the draft away just now',
})

/** Orders of an earlier version are known by Tribe's invoice alone. */
async function isStill(ctx: SyncContext, { exportState }: InvoiceLink, invoice: Invoice, made: string) {
  return exportState.made === undefined
    ? !(await isEditedSince(ctx, exportState.print, invoice))
    : exportState.made === made
}

/** False: it was gone already. */
async function deleteDraft(ctx: SyncContext, { Id }: Order): Promise<boolean> {
  try {
    return await ctx.powerOffice.deleteOrder(Id)
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.remedy !== 'data') throw thrown
    throw refusal('invoice.draft_outdated', thrown.said ?? '')
  }
}
