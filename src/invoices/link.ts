import type { LinkState } from '../db/links'
import type { InvoiceExportState } from '../db/schema'
import type { SyncContext } from '../sync-step'
import { entryFor, isoOf } from '../two-way/link'
import type { Invoice } from './invoice'

/** An invoice's link: which order or invoice of PowerOffice's it is, and how far it has come. An order keeps its id when it is posted. */

export type InvoiceLink = LinkState & { exportState: InvoiceExportState }

export function linkFrom(
  ctx: SyncContext,
  invoice: Pick<Invoice, 'id'>,
  given: { id: string; exportState: InvoiceExportState; number?: string | null; state?: LinkState['state'] },
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
    exportState: given.exportState,
    createdAt: now,
    syncedAt: now,
  }
}

/** The link with what has become of it, after a look at Tribe's invoice. */
export const withExportState = (
  ctx: SyncContext,
  link: InvoiceLink,
  exportState: Partial<InvoiceExportState>,
): InvoiceLink => ({
  ...withNews(link, exportState),
  syncedAt: isoOf(ctx),
})

/** The same without such a look: what was edited in Tribe meanwhile is still to be noticed. */
export const withNews = (
  link: InvoiceLink,
  exportState: Partial<InvoiceExportState>,
  change: Partial<Pick<LinkState, 'number' | 'state'>> = {},
): InvoiceLink => ({ ...link, ...change, exportState: { ...link.exportState, ...exportState } })

/** Both sides are there again, and nobody has decided otherwise meanwhile: hidden was not deleted. */
export function tieAgain(ctx: SyncContext, link: InvoiceLink): InvoiceLink {
  const now: InvoiceLink = { ...link, state: 'linked', syncedAt: isoOf(ctx) }
  ctx.remember(now, entryFor(ctx, now)('linked'))
  return now
}

/** Links of invoices always have a life. */
export const asInvoiceLink = (link: LinkState | null): InvoiceLink | null =>
  link?.exportState ? { ...link, exportState: link.exportState } : null
