import { ApiError } from './errors'

/**
 * A system refuses a whole record for one field that it does not take. Which one it is, it says by member, in
 * words, or not at all.
 */

/** How a field may be spelled in a refusal. */
export interface Spelling {
  /** Members of the record that is written, with what stands above them: `MailAddress`, `MailAddress.City`. */
  members: readonly string[]
  /** What people call it, when the system does. */
  words: RegExp | null
  /** What was sent. */
  values: readonly string[]
}

/** It says no to what was sent, and not that it is busy, nor that we may not. */
export const isRefusal = (thrown: unknown): thrown is ApiError =>
  thrown instanceof ApiError &&
  ([400, 409, 422].includes(thrown.status) ||
    (thrown.status === 404 && /validation error/i.test(thrown.said ?? '')))

/** It is about the numbers that a system gives by itself, and no field of ours: without any of them it would say the same. */
export const isAboutItsNumbers = ({ said, members }: ApiError): boolean =>
  /number series|nummerserie/i.test([...members, said ?? ''].join(' '))

/** The fields that a refusal names: by member, else by a member or a value in its text, else by its words. */
export function fieldsBlamed<Field extends string>(
  refusal: ApiError,
  spellings: ReadonlyMap<Field, Spelling>,
): Field[] {
  const fields = [...spellings.keys()]
  const of = (field: Field) => spellings.get(field) as Spelling
  const named = new Set(refusal.members.map(memberOf))
  const byMember = fields.filter((field) =>
    of(field).members.some((member) => named.has(member.toLowerCase())),
  )
  if (byMember.length > 0) return byMember
  const said = refusal.said ?? ''
  const byText = fields.filter(
    (field) =>
      of(field).members.some((member) => hasWord(said, member.split('.').at(-1) ?? '')) ||
      of(field).values.some((value) => value.length > 2 && said.includes(value)),
  )
  if (byText.length > 0) return byText
  return fields.filter((field) => of(field).words?.test(said))
}

/** `$.MailAddress.City`, `/mailAddress/city` and `MailAddress.City[0]` are one member. */
const memberOf = (path: string): string =>
  path
    .replace(/^[$./]+/, '')
    .replaceAll('/', '.')
    .replace(/\[\d+\]/g, '')
    .toLowerCase()

const hasWord = (text: string, word: string): boolean =>
  word !== '' && new RegExp(`(?<![\\p{L}\\p{N}])${word}(?![\\p{L}\\p{N}])`, 'iu').test(text)

export interface Written<Field, T> {
  /** Null: nothing was left to write. */
  answer: T | null
  refused: Field[]
  /** What the system said of them. */
  said: string | null
}

export interface HowToLeaveOut<Field> {
  /** What is written even when it is not known which field is refused. */
  isLeast: (field: Field) => boolean
  /** What the record cannot do without: what refuses it, refuses all. */
  isNeeded: (field: Field) => boolean
  blame: (refusal: ApiError, fields: readonly Field[]) => Field[]
  /** There is something to write besides the fields. */
  isOwed?: boolean
}

/** One that may be taken without some of its fields. */
const isOfSomeField = (thrown: unknown): thrown is ApiError => isRefusal(thrown) && !isAboutItsNumbers(thrown)

/** What is blamed goes, else all but the least, else all; what is needed never does. */
function nextToGo<Field>(
  blamed: readonly Field[],
  rest: readonly Field[],
  { isLeast, isNeeded }: HowToLeaveOut<Field>,
): Field[] {
  const mayGo = (field: Field) => !isNeeded(field)
  if (blamed.length > 0) return blamed.filter(mayGo)
  const extra = rest.filter((field) => mayGo(field) && !isLeast(field))
  return extra.length > 0 ? extra : rest.filter(mayGo)
}

/**
 * Writes the fields, and what is refused without its refused ones: one call more where the refusal names them
 * all. One that names none leaves out all but the least.
 */
export async function leavingOut<Field extends string, T>(
  fields: readonly Field[],
  how: HowToLeaveOut<Field>,
  write: (fields: readonly Field[]) => Promise<T>,
): Promise<Written<Field, T>> {
  const refused: Field[] = []
  let said: string | null = null
  for (let rest = fields, tries = 1; ; tries++) {
    if (tries > 1 && rest.length === 0 && !how.isOwed) return { answer: null, refused, said }
    try {
      return { answer: await write(rest), refused, said }
    } catch (thrown) {
      if (!isOfSomeField(thrown)) throw thrown
      const left = nextToGo(tries === 1 ? how.blame(thrown, rest) : [], rest, how)
      // Only what is needed is at fault: no other try would be better.
      if (left.length === 0) throw thrown
      refused.push(...left)
      said ??= thrown.said
      rest = rest.filter((field) => !left.includes(field))
    }
  }
}
