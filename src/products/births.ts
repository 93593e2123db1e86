import type { Product as PowerOfficeProduct } from '../poweroffice/schemas'
import { parseInstant } from '../shared/dates'
import type { SyncContext } from '../sync-step'
import type { Fingerprints } from '../two-way/merge'
import { PRODUCT_FIELDS } from './fields'

/**
 * Products that are being made in PowerOffice, which keeps no reference of ours on them (poweroffice/API.md §6.7).
 * Noted before the call and taken away once it is known how that ended: until then a product there that is
 * just like it may be ours, and is neither made again nor brought to Tribe as somebody's new one.
 */
export interface Birth {
  at: number
  /** When it was last sent, or when the answer was last missed. */
  lastAt: number
  /** What was sent. */
  prints: Fingerprints
}

const NAME = 'product-births'
/** How long what was sent may take to show, after a lost answer. */
export const SETTLED_MS = 5000
/** The clocks of PowerOffice and of the relay need not agree. */
export const CLOCKS_DIFFER_MS = 30 * 60_000

const all = (ctx: SyncContext) => ctx.facts.get(NAME) ?? {}

export const birthOf = (ctx: SyncContext, tribeId: string): Birth | null => all(ctx)[tribeId] ?? null

/** One that is in doubt keeps its first time, and what was sent then. */
export function beginBirth(ctx: SyncContext, tribeId: string, prints: Fingerprints): void {
  const before = birthOf(ctx, tribeId) ?? { at: ctx.now(), prints }
  ctx.facts.set(NAME, { ...all(ctx), [tribeId]: { ...before, lastAt: ctx.now() } })
}

/** The answer was lost: what was sent may still be on its way. */
export function doubtBirth(ctx: SyncContext, tribeId: string): void {
  const birth = birthOf(ctx, tribeId)
  if (birth) beginBirth(ctx, tribeId, birth.prints)
}

export function endBirth(ctx: SyncContext, tribeId: string): void {
  const { [tribeId]: ended, ...others } = all(ctx)
  if (!ended) return
  if (Object.keys(others).length === 0) ctx.facts.remove(NAME)
  else ctx.facts.set(NAME, others)
}

/** Whose product this may be: the Tribe id of one that is being made and is just like it. */
export function makerOf(ctx: SyncContext, product: PowerOfficeProduct, prints: Fingerprints): string | null {
  const found = Object.entries(all(ctx)).find(([, birth]) => isBornOf(birth, product, prints))
  return found?.[0] ?? null
}

/** Whatever was sent is there; what was not sent, PowerOffice filled in by itself. */
export function isBornOf(birth: Birth, product: PowerOfficeProduct, prints: Fingerprints): boolean {
  const created = Date.parse(parseInstant(product.CreatedDateTimeOffset) ?? '')
  if (created < birth.at - CLOCKS_DIFFER_MS) return false
  return PRODUCT_FIELDS.every((field) => {
    const sent = birth.prints[field] ?? ''
    return sent === '' || sent === prints[field]
  })
}
