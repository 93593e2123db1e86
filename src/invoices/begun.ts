import type { InvoiceExportState } from '../db/schema'
import { referenceOf, referencesOf } from '../shared/reference'
import type { SyncContext } from '../sync-step'

/**
 * Invoices that were ever sent to PowerOffice, noted in the tenant's object before the call and kept for
 * good: whoever finds such a note and no link looks before anything is made (DESIGN.md §4.5). It also keeps the
 * mode that the invoice began with.
 */
export interface Begun {
  mode: InvoiceExportState['mode']
  /** Goes up when a draft that was deleted in PowerOffice is made again: its reference may be spent (poweroffice/API.md §11). */
  attempt: number
  /** The order that this attempt stands in for: a bookkeeper has deleted it, or we have since Tribe's invoice changed. */
  replaces?: string
  /** What the order is made of, as in its link: one that is found later is what it was then. */
  print?: string
  made?: string
  /** When it was sent last, as a voucher: an answer that was lost says nothing of what becomes of it. */
  sentAt?: number
}

const nameOf = (tribeId: string) => `invoice:${tribeId}` as const

export const begunOf = (ctx: SyncContext, tribeId: string): Begun | null => ctx.facts.get(nameOf(tribeId))
export const noteBegun = (ctx: SyncContext, tribeId: string, begun: Begun): void =>
  ctx.facts.set(nameOf(tribeId), begun)
/** PowerOffice has refused it: nothing was made. Which references are spent is still known. */
export function forgetBegun(ctx: SyncContext, tribeId: string): void {
  const begun = begunOf(ctx, tribeId)
  if (begun?.replaces === undefined) ctx.facts.remove(nameOf(tribeId))
  else noteBegun(ctx, tribeId, { mode: begun.mode, attempt: begun.attempt, replaces: begun.replaces })
}

/** The attempt that stands in for this order: the same one, however often it is tried. */
export function nextAttempt(
  begun: Begun | null,
  { powerOfficeId, exportState }: { powerOfficeId: string; exportState: { mode: Begun['mode'] } },
): Begun {
  if (begun?.replaces === powerOfficeId) return begun
  return { mode: exportState.mode, attempt: (begun?.attempt ?? 0) + 1, replaces: powerOfficeId }
}

/** We have taken its order away, and what stands in for that may not be there yet. */
export const isBeingReplaced = (
  ctx: SyncContext,
  link: { tribeId: string; powerOfficeId: string },
): boolean => begunOf(ctx, link.tribeId)?.replaces === link.powerOfficeId

const CAUTION: readonly Begun['mode'][] = ['draft', 'book', 'send']
/**
 * The mode in which an invoice goes on that was begun in one, when the admin wants another by now. What began as a posting
 * is left as a draft when drafts are wanted, and never the other way round. A sales order stays one and a voucher
 * too: PowerOffice would take both of the same invoice.
 */
export function modeToGoOnIn(begun: Begun['mode'], wanted: Begun['mode']): Begun['mode'] {
  if (begun === 'voucher' || wanted === 'voucher') return begun
  return CAUTION[Math.min(CAUTION.indexOf(begun), CAUTION.indexOf(wanted))] ?? 'draft'
}

/** `ExternalImportReference` of its order: a pure function of companies, invoice and attempt, 48 characters at most. */
export const orderReferenceOf = (ctx: SyncContext, tribeId: string, attempt: number): string =>
  suffixed(referenceOf(ctx, tribeId), attempt)

/** All that we may have called it, the usual one first. */
export const orderReferencesOf = (ctx: SyncContext, tribeId: string, attempt: number): string[] =>
  referencesOf(ctx, tribeId).map((reference) => suffixed(reference, attempt))

const suffixed = (reference: string, attempt: number) =>
  attempt === 0 ? reference : `${reference}-${attempt + 1}`
