import type { FactOf } from '../facts'
import { readsOrders } from '../poweroffice/profile'
import { parseInstant } from '../shared/dates'
import { tribeIdIn } from '../shared/reference'
import type { SyncContext } from '../sync-step'
import type { Invoice } from './invoice'

/**
 * Invoices that are in the books by another tenant's hand: one that served the same two companies before, here or in
 * another deployment. Its notes are gone with it, and PowerOffice may let the reference of an order that was
 * sent be used again. So PowerOffice's lists are read once, before anything older than this tenant is made:
 * what carries a reference to an invoice of Tribe's is noted, and tied instead of made.
 */
export type InBooks = FactOf<`in-books:${string}`>

const READ = 'in-books'
const nameOf = (tribeId: string) => `in-books:${tribeId}` as const

/** What PowerOffice has of the invoice already. The first that is asked for costs the lists, one call for each 20,000 rows. */
export async function findInBooks(ctx: SyncContext, invoice: Invoice): Promise<InBooks | null> {
  if (isYounger(ctx, invoice)) return null
  await ctx.withLock(READ, () => readOnce(ctx))
  return ctx.facts.get(nameOf(invoice.id))
}

/** Made in Tribe since this tenant began: no other tenant has exported it. */
function isYounger({ facts }: SyncContext, { madeAt }: Invoice): boolean {
  const load = facts.get('initial-sync') ?? facts.get('initial-sync:last')
  const beganAt = parseInstant(load?.startedAt)
  return madeAt !== null && beganAt !== null && madeAt > beganAt
}

async function readOnce(ctx: SyncContext): Promise<void> {
  if (ctx.facts.get(READ)) return
  const { drafts, posted } = await ctx.powerOffice.referencedOrders({
    withDrafts: readsOrders(ctx.powerOfficeProfile),
  })
  // The later ones count more: what stands in the books, then drafts, then what was reversed.
  const rows = [
    ...posted
      .filter(({ IsReversed }) => IsReversed)
      .map(({ Id, ...row }) => ({ ...row, id: Id, isPosted: true })),
    ...drafts.map(({ Id, ...row }) => ({ ...row, id: Id, isPosted: false })),
    ...posted
      .filter(({ IsReversed }) => !IsReversed)
      .map(({ Id, ...row }) => ({ ...row, id: Id, isPosted: true })),
  ]
  for (let at = 0; at < rows.length; at += 1000) {
    const some = rows.slice(at, at + 1000)
    const links = await ctx.links.amongPowerOffice(
      'invoice',
      some.map(({ id }) => id),
    )
    const linked = new Set(links.map((link) => link.powerOfficeId))
    for (const { id, isPosted, ExternalImportReference } of some) {
      const tribeId = linked.has(id) ? null : tribeIdIn(ExternalImportReference)
      if (tribeId !== null) ctx.facts.set(nameOf(tribeId), { id, isPosted } satisfies InBooks)
    }
  }
  ctx.facts.set(READ, new Date(ctx.now()).toISOString())
}
