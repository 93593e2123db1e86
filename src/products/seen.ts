import type { LinkState } from '../db/links'
import type { Product as PowerOfficeProduct } from '../poweroffice/schemas'
import type { Product as TribeProduct } from '../tribe/schemas'
import { isEditedSince } from '../tribe/told'
import { unseenAmong } from '../two-way/fields'
import { linkAsSeenInBooks } from '../two-way/link'
import type { Fingerprints } from '../two-way/merge'
import { CHOSEN, PLAIN, PRODUCT_ROWS, type Product, type ProductField } from './fields'

/**
 * PowerOffice may keep another value than was written, and not show that in its answer. As long as nobody has changed
 * the product since our write, what the next look finds is what PowerOffice made of it, and no edit.
 */

/** What an answer of PowerOffice's may not show of the fields that were written. */
export const unseenInPowerOffice = (written: readonly ProductField[]): ProductField[] =>
  unseenAmong(PRODUCT_ROWS, written)

export const linkAsSeen = (link: LinkState, product: PowerOfficeProduct, now: Fingerprints): LinkState =>
  linkAsSeenInBooks(PRODUCT_ROWS, link, product, now)

/** Nobody has changed it in Tribe since it was made there. */
export const isAsMade = ({ CreationDate, LastMutationDate }: TribeProduct): boolean =>
  (LastMutationDate ?? CreationDate) === CreationDate

/** Whether a look right after a write to Tribe shows somebody's edit of a field; `before`: null, since it was made only now. */
export function isEditedBetween(
  field: ProductField,
  { shown, sent, before }: Readonly<Record<'shown' | 'sent' | 'before', Product | null>>,
): boolean {
  const [now, ...known] = [shown?.[field] ?? null, sent?.[field] ?? null, before?.[field] ?? null]
  // What was not sent of a new product, Tribe chooses by itself.
  const isTribes = now === null || (before === null && known[0] === null)
  if (CHOSEN.includes(field)) return !isTribes && !known.includes(now)
  return PLAIN.includes(field) && isEditedSince(now, { sent: known[0], before: known[1] })
}
