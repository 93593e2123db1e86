import { PartlyDone, type SyncError } from '../shared/errors'
import { inWords, type ProblemCode } from '../shared/problems'
import { CALLED, otherSide, type Side } from '../shared/sides'

/** A field that was left out: known before it was sent, by a code, or refused by one of the systems. */
export type LeftOut =
  | { field: string; code: ProblemCode }
  | { field: string; refusedBy: Side; said: string | null }

/**
 * What is told of a record that was brought in step but for these fields; null when there are none. One record
 * has one problem: its code is the first one's, and its text names all.
 */
export function leftOutProblem(
  leftOut: readonly LeftOut[],
  nameOf: (field: string) => string,
): SyncError | null {
  const [first] = leftOut
  if (!first) return null
  const codes = new Set(leftOut.flatMap((one) => ('code' in one ? one.code : [])))
  const refusals = (['books', 'crm'] as const).flatMap((side) => {
    const theirs = leftOut.filter((one) => 'refusedBy' in one && one.refusedBy === side)
    if (theirs.length === 0) return []
    const names = listed(theirs.map(({ field }) => nameOf(field)))
    const said = theirs.flatMap((one) => ('said' in one ? (one.said ?? []) : []))[0]
    const other = CALLED[otherSide(side)]
    const words = said ? ` (it says: ${said.slice(0, 200)})` : ''
    return `${CALLED[side]} does not take the ${names} that ${other} holds${words}; the rest was synced: correct it in ${other}`
  })
  const code = 'code' in first ? first.code : 'field.refused'
  return new PartlyDone(
    code,
    'data',
    [...Array.from(codes, (code) => inWords(code).slice(0, -1)), ...refusals].join('. Also: '),
  )
}

/** Words that only the write is told, which a later look at what was refused does not have. */
const SAID = / \(it says: .*?\)(?=; the rest was synced)/gs

/** What is told now, with the words that were told with the same before. */
export const withWordsOf = (before: string | null, problem: SyncError): SyncError =>
  before !== null && before.replace(SAID, '') === problem.message
    ? new PartlyDone(problem.code, problem.remedy, before)
    : problem

/** "a", "a and b", "a, b and c" */
function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${last}` : last
}
