import type { LinkState } from '../db/links'
import type { InvoiceLife } from '../db/schema'
import { entryFor, isoOf } from '../pairs/link'
import type { SyncContext } from '../sync-step'
import type { Invoice } from './invoice'

/** An invoice's link: which order or invoice of PowerOffice's it is, and how far it has come. An order keeps its id when it is posted. */

export type InvoiceLink = LinkState & { life: InvoiceLife }

export function linkFrom(
  ctx: SyncContext,
  invoice: Pick<Invoice, 'id'>,
  given: { id: string; life: InvoiceLife; number?: string | null; state?: LinkState['state'] },
): InvoiceLink {
  const now = isoOf(ctx)
  return {
    kind: 'invoice',
    tribeId: invoice.id,
    tribeType: 'Activity.Invoice',
    tribeRelationId: null,
    powerOfficeId: given.id,
    powerOfficeParentId: null,
    number: given.number ?? null,
    bases: {},
    state: given.state ?? 'linked',
    powerOfficeChangedAt: null,
    recent: [],
    life: given.life,
    createdAt: now,
    syncedAt: now,
  }
}

/** The link with what has become of it. */
export function withLife(
  ctx: SyncContext,
  link: InvoiceLink,
  life: Partial<InvoiceLife>,
  change: Partial<Pick<LinkState, 'number' | 'state'>> = {},
): InvoiceLink {
  return { ...link, ...change, life: { ...link.life, ...life }, syncedAt: isoOf(ctx) }
}

/** Both sides are there again, and nobody has decided otherwise meanwhile: hidden was not deleted. */
export function tieAgain(ctx: SyncContext, link: InvoiceLink): InvoiceLink {
  const now: InvoiceLink = { ...link, state: 'linked', syncedAt: isoOf(ctx) }
  ctx.remember(now, entryFor(ctx, now)('linked'))
  return now
}

/** Links of invoices always have a life. */
export const asInvoiceLink = (link: LinkState | null): InvoiceLink | null =>
  link?.life ? { ...link, life: link.life } : null

/** One fingerprint of what a user may edit on the invoice itself. */
export const printOf = (ctx: SyncContext, invoice: Invoice): Promise<string> => {
  const { customer, number, reference, currency, isVatIncluded, discount, date, dueDate, lines } = invoice
  const told = lines.map((line) => [
    ...[line.description, line.quantity, line.unitPrice, line.discount, line.vatPercent],
    ...[line.vatGroup?.id, line.product?.id],
  ])
  const all = [customer?.id, number, reference, currency, isVatIncluded, discount, date, dueDate, told]
  return ctx.fingerprint(JSON.stringify(all))
}
