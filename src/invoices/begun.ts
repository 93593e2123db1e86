import { referenceOf, referencesOf } from '../shared/reference'
import type { SyncContext } from '../sync-step'

/**
 * Invoices that were ever sent to PowerOffice, noted in the tenant's object before the call and kept for
 * good: whoever finds such a note and no link looks before anything is made (design 10). It also keeps the
 * mode that the invoice began with.
 */
export interface Begun {
  mode: 'draft' | 'book' | 'send'
  /** Goes up when a draft that was deleted in PowerOffice is made again: its reference may be spent (poweroffice-api §11). */
  attempt: number
}

const nameOf = (tribeId: string) => `invoice:${tribeId}`

export const begunOf = (ctx: SyncContext, tribeId: string): Begun | null => ctx.cursors.get(nameOf(tribeId))
export const noteBegun = (ctx: SyncContext, tribeId: string, begun: Begun): void =>
  ctx.cursors.set(nameOf(tribeId), begun)
/** PowerOffice has refused it: nothing was made. */
export const forgetBegun = (ctx: SyncContext, tribeId: string): void => ctx.cursors.remove(nameOf(tribeId))

/** `ExternalImportReference` of its order: a pure function of companies, invoice and attempt, 48 characters at most. */
export const orderReferenceOf = (ctx: SyncContext, tribeId: string, attempt: number): string =>
  suffixed(referenceOf(ctx, tribeId), attempt)

/** All that we may have called it, the usual one first. */
export const orderReferencesOf = (ctx: SyncContext, tribeId: string, attempt: number): string[] =>
  referencesOf(ctx, tribeId).map((reference) => suffixed(reference, attempt))

const suffixed = (reference: string, attempt: number) =>
  attempt === 0 ? reference : `${reference}-${attempt + 1}`
