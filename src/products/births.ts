import type { Product as PowerOfficeProduct } from '../poweroffice/schemas'
import { parseInstant } from '../shared/dates'
import type { SyncContext } from '../sync-step'
import type { Fingerprints } from '../two-way/merge'
import { madeForSure, making, noteSent, restOfMade, type Sent, sentOf } from '../two-way/pending-writes'
import { PRODUCT_FIELDS } from './fields'

/**
 * Products that are being made in PowerOffice, which keeps no reference of ours on them (poweroffice/API.md §6.7).
 * Noted before the call and taken away once it is known how that ended: until then a product there that is
 * just like it may be ours, and is neither made again nor brought to Tribe as somebody's new one.
 */
export type Birth = Sent

const KIND = 'product'
/** The clocks of PowerOffice and of the relay need not agree. */
export const CLOCKS_DIFFER_MS = 30 * 60_000

/** Those that an earlier version noted are taken over. */
function all(ctx: SyncContext): [string, Birth][] {
  const former = ctx.facts.get('product-births')
  if (former) {
    for (const [tribeId, { at, lastAt, prints }] of Object.entries(former))
      noteSent(ctx, KIND, tribeId, { first: at, lastAt, prints })
    ctx.facts.remove('product-births')
  }
  return sentOf(ctx, KIND, 'books')
}

export const birthOf = (ctx: SyncContext, tribeId: string): Birth | null =>
  all(ctx).find(([id]) => id === tribeId)?.[1] ?? null

/** Makes it. One that is in doubt keeps its first time, and what was sent then. */
export function makingInBooks<T>(
  ctx: SyncContext,
  tribeId: string,
  prints: Fingerprints,
  make: () => Promise<T>,
): Promise<T> {
  const sent = birthOf(ctx, tribeId) ?? { first: ctx.now(), prints }
  return making(ctx, KIND, tribeId, make, 'books', { first: sent.first, prints: sent.prints })
}

/** How long it may take to show there. */
export const restOfBirth = (ctx: SyncContext, tribeId: string): number =>
  birthOf(ctx, tribeId) === null ? 0 : restOfMade(ctx, KIND, tribeId, 'books')

export const endBirth = (ctx: SyncContext, tribeId: string): void =>
  madeForSure(ctx.facts, KIND, tribeId, 'books')

/** Whose product this may be: the Tribe id of one that is being made and is just like it. */
export function makerOf(ctx: SyncContext, product: PowerOfficeProduct, prints: Fingerprints): string | null {
  const found = all(ctx).find(([, birth]) => isBornOf(birth, product, prints))
  return found?.[0] ?? null
}

/** Whatever was sent is there; what was not sent, PowerOffice filled in by itself. */
export function isBornOf(birth: Birth, product: PowerOfficeProduct, prints: Fingerprints): boolean {
  const created = Date.parse(parseInstant(product.CreatedDateTimeOffset) ?? '')
  if (created < birth.first - CLOCKS_DIFFER_MS) return false
  return PRODUCT_FIELDS.every((field) => {
    const sent = birth.prints[field] ?? ''
    return sent === '' || sent === prints[field]
  })
}
