import type { ApiError, SyncError } from '../shared/errors'
import type { Side } from '../shared/sides'
import { blamedAmong, leftOutOf, needsOf } from '../two-way/fields'
import type { LeftOut } from '../two-way/left-out'
import { PRODUCT_ROWS, type Product, type ProductField, type ProductRow } from './fields'

/** Which field of a product a system means when it refuses one, and what is told of those that were left out. */

export const blamedOf = (
  side: Side,
  refusal: ApiError,
  fields: readonly ProductField[],
  product: Product,
  rows: readonly ProductRow[] = PRODUCT_ROWS,
): ProductField[] => blamedAmong(rows, { side, refusal, sent: fields, record: product })

/** A product has a name and an account that its VAT follows; what else it has can be left out. */
export const { toMake: TO_MAKE, toChange: TO_CHANGE } = needsOf(PRODUCT_ROWS)

/** What is told of a product whose fields were left out; null when none was. */
export const problemOfLeftOut = (
  leftOut: readonly LeftOut[],
  rows: readonly ProductRow[] = PRODUCT_ROWS,
): SyncError | null => leftOutOf(rows, leftOut)
