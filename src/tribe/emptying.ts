import type * as z from 'zod/v4'
import { ApiError } from '../shared/errors'
import type { OwnMember } from './choices'
import { queryString } from './odata'
import { Written } from './schemas'
import { isLink, SHAPES } from './sets'

/** How a record is changed whose fields are emptied as well (API.md §2.7). */

export interface HowToEmpty {
  /** Whether a blank empties this member. */
  takesBlanks(name: string): boolean
  /** The answer to a write tells these members: custom ones have to be asked for. */
  isAnswered: boolean
}

/** Of the caller, what it takes. */
interface Parts {
  /** What was learned of this Tribe's ways. */
  notes: Map<string, unknown>
  ownNamed(set: string, name: string): OwnMember | undefined
  ask(set: string, members: string[]): Record<string, string>
  written(method: 'PUT', path: string, set: string, fields: Record<string, unknown>): Promise<Written | null>
  one<T>(schema: z.ZodType<T>, set: string, path: string): Promise<T | null>
}

const WANTS_BLANKS = 'tribe:wants-blanks'

/** A street has no number 0. */
const NO_NUMBER: Readonly<Record<string, number>> = { HouseNumber: 0 }

/** Nothing but null empties a link, a flag or another number: where null does not, such a field stays as it is. */
const canBeBlank = (set: string, name: string) =>
  name in NO_NUMBER || (SHAPES[set]?.texts?.includes(name) ?? false)

/** What means "nothing" where null does not. */
const blanksOf = (names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.map((name) => [name, NO_NUMBER[name] ?? '']))

/**
 * Changes a record. How a field is emptied is unknown: by null, and where that is refused or passed over, by a blank. The
 * answer tells what Tribe holds then; one that says nothing is asked for. A Tribe that needs blanks gets them at once from
 * then on: a record that is half written looks edited.
 */
export const createChange =
  ({ notes, ownNamed, ask, written, one }: Parts) =>
  async (
    set: string,
    id: string,
    fields: Record<string, unknown>,
    how: HowToEmpty = {
      takesBlanks: (name) => ownNamed(set, name)?.isText ?? canBeBlank(set, name),
      isAnswered: !Object.keys(fields).some((name) => fields[name] === null && ownNamed(set, name)),
    },
  ): Promise<Written | null> => {
    const { takesBlanks, isAnswered } = how
    const path = `${set}(${id})`
    const empties = Object.keys(fields).filter((name) => fields[name] === null)
    if (empties.length === 0) return written('PUT', path, set, fields)
    const blanked = () => {
      notes.set(WANTS_BLANKS, true)
      const filled = Object.entries(fields).filter(([, value]) => value !== null)
      return { ...Object.fromEntries(filled), ...blanksOf(empties.filter(takesBlanks)) }
    }
    const put = async (some: Record<string, unknown>): Promise<Written | null> => {
      const answer = Object.keys(some).length > 0 ? await written('PUT', path, set, some) : null
      const asked = ['ID', ...empties.filter((name) => !isLink(set, name))]
      return (isAnswered ? answer : null) ?? one(Written, set, `${path}?${queryString(ask(set, asked))}`)
    }
    if (notes.has(WANTS_BLANKS)) return put(blanked())
    let answer: Written | null
    try {
      answer = await put(fields)
    } catch (thrown) {
      if (!(thrown instanceof ApiError) || thrown.status !== 400) throw thrown
      return put(blanked())
    }
    const blanks = blanksOf(empties.filter((name) => takesBlanks(name) && (answer?.[name] ?? '') !== ''))
    if (Object.keys(blanks).length === 0) return answer
    notes.set(WANTS_BLANKS, true)
    return put(blanks)
  }
