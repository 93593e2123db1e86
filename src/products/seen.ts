import type { LinkState } from '../db/links'
import type { Product as PowerOfficeProduct } from '../poweroffice/schemas'
import { parseInstant } from '../shared/dates'
import { clockedIn, unseenAmong } from '../two-way/fields'
import { asSeen, type Fingerprints } from '../two-way/merge'
import { PRODUCT_ROWS, type ProductField } from './fields'

/**
 * PowerOffice may keep another value than was written, and not show that in its answer. As long as nobody has changed
 * the product since our write, what the next look finds is what PowerOffice made of it, and no edit.
 */

/** What an answer of PowerOffice's may not show of the fields that were written. */
export const unseenInPowerOffice = (written: readonly ProductField[]): ProductField[] =>
  unseenAmong(PRODUCT_ROWS, written)

/** A clock that tells whole seconds cannot tell our write from an edit right after it. */
const isExact = (instant: string): boolean => !instant.endsWith('.0000000Z')

/** The link by what PowerOffice shows; the same object where nothing is learned. */
export function linkAsSeen(link: LinkState, product: PowerOfficeProduct, now: Fingerprints): LinkState {
  const changedAt = parseInstant(product.LastChangedDateTimeOffset)
  if (changedAt === null || changedAt !== link.powerOfficeChangedAt || !isExact(changedAt)) return link
  const bases = asSeen(link.bases, 'books', clockedIn(PRODUCT_ROWS), now)
  return bases === link.bases ? link : { ...link, bases }
}
