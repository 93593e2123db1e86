import type { ApiError, SyncError } from '../shared/errors'
import type { Side } from '../shared/sides'
import { blamedAmong, leftOutOf, needsOf } from '../two-way/fields'
import type { LeftOut } from '../two-way/left-out'
import { RELATION_ROWS, type Relation, type RelationField } from './fields'
import type { RelationRow } from './row'

/** Which field of a relation a system means when it refuses one, and what is told of those that were left out. */

/** The fields that a refusal is about, of those that were sent to that side. */
export const blamedOf = (
  side: Side,
  refusal: ApiError,
  fields: readonly RelationField[],
  relation: Relation,
  rows: readonly RelationRow[] = RELATION_ROWS,
): RelationField[] => blamedAmong(rows, { side, refusal, sent: fields, record: relation })

/** A relation has a name in any case; what else it has can be left out. How one is written that has to be made, and one that is there. */
export const { toMake: TO_MAKE, toChange: TO_CHANGE } = needsOf(RELATION_ROWS)

/** What is told of a relation whose fields were left out; null when none was. */
export const problemOfLeftOut = (
  leftOut: readonly LeftOut[],
  rows: readonly RelationRow[] = RELATION_ROWS,
): SyncError | null => leftOutOf(rows, leftOut)
