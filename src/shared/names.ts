import { carriable } from './texts'

/**
 * How a person's name is spelled in three parts and in two. Tribe keeps FirstName, MiddleName (the
 * Dutch infix) and LastName, of which only LastName is required (tribe/API.md §5.3). PowerOffice keeps
 * FirstName and LastName and requires both (poweroffice/API.md §6.1, §6.3).
 *
 * Every function first tidies: white space at the ends goes, a run of it becomes one space, a
 * blank part is no part. With that done, for all names `three` and `two`:
 *
 *     joinName(splitName(two))            is `two`, but for { 'Madonna', '-' }, see below
 *     splitName(joinName(three))          is `three`, if its infix is one that splitName knows
 *     joinName(splitName(two), two)       is `two`, always
 *     splitName(joinName(three), three)   is `three`, always
 *     sameName(two, splitName(two)) and sameName(three, joinName(three)), always
 *
 * One name only: the part that PowerOffice wants besides is '-'. { '-', 'Madonna' } and
 * { 'Madonna', '-' } both mean Madonna; we write the first. So that a part that really reads '-'
 * survives, PowerOffice gets one hyphen more of every part that holds only hyphens.
 */

type Text = string | null | undefined

/** A name as Tribe keeps it. */
export interface ThreePartName {
  firstName: string | null
  /** The Dutch infix, "van der"; whatever else a user typed there. */
  middleName: string | null
  lastName: string
}

/** A name as PowerOffice keeps it; neither part is ever empty. */
export interface TwoPartName {
  firstName: string
  lastName: string
}

/** The same two as they may arrive: untidy, or with parts left out. */
export type AnyThreePartName = { firstName?: Text; middleName: Text; lastName?: Text }
export type AnyTwoPartName = { firstName?: Text; lastName?: Text; middleName?: never }

/** Stands where PowerOffice requires a part that the person does not have. */
const NO_NAME = '-'

/** Words that may open an infix by themselves, in lower case. */
const INFIX_WORDS = new Set(
  [
    // Dutch and Flemish
    "van von vom vander vanden vande de den der des het 't 's 'n te ten ter tot thoe d' l'",
    // German and Nordic
    'zu zum zur am im af',
    // French, Italian, Spanish, Portuguese
    'du la le les las los lo del della dello degli dei dal dalla di da do dos das',
    // Arabic and Hebrew, as spelled in the Netherlands
    'el al ben bin ibn',
  ].flatMap((words) => words.split(' ')),
)

/** Prepositions that open an infix only before an article: "in 't Veld", yet not "In Kim". */
const PREPOSITIONS = new Set('aan achter bij boven in onder op over uit voor an auf aus unter und'.split(' '))
const ARTICLES = new Set("de den der het 't 's 'n dem zu".split(' '))

/**
 * "Ada", "van der", "Berg" → "Ada", "van der Berg". Given how PowerOffice spells the name now, that
 * spelling is kept when it means the same.
 */
export function joinName(name: AnyThreePartName, current?: AnyTwoPartName | null): TwoPartName {
  if (current && sameName(current, name)) return tidyTwo(current)
  const { firstName, ...rest } = tidyThree(name)
  const lastName = surname(rest)
  if (firstName === null) return { firstName: NO_NAME, lastName }
  return { firstName: oneHyphenMore(firstName), lastName: oneHyphenMore(lastName) }
}

/**
 * "Ada", "van der Berg" → "Ada", "van der", "Berg". Infixes are known without regard to case and
 * kept as written; a last name always keeps its last word. Given how Tribe divides the name now,
 * that division is kept as long as the words behind the first name are the same ones.
 */
export function splitName(name: AnyTwoPartName, current?: AnyThreePartName | null): ThreePartName {
  const two = oneNameLast(tidyTwo(name))
  const alone = two.firstName === NO_NAME
  const firstName = alone ? null : oneHyphenLess(two.firstName)
  const behind = alone ? two.lastName : oneHyphenLess(two.lastName)
  if (current) {
    const { middleName, lastName } = tidyThree(current)
    if (surname({ middleName, lastName }) === behind) return { firstName, middleName, lastName }
  }
  const words = behind.split(' ')
  const length = infixLength(words)
  return {
    firstName,
    middleName: words.slice(0, length).join(' ') || null,
    lastName: words.slice(length).join(' '),
  }
}

/**
 * Whether two names, of either shape, are spelled alike in PowerOffice; the words alone count, not
 * which of them Tribe calls the infix, nor how accents are encoded.
 */
export function sameName(
  a: AnyThreePartName | AnyTwoPartName,
  b: AnyThreePartName | AnyTwoPartName,
): boolean {
  const [one, other] = [canonicalName(a), canonicalName(b)]
  return one.firstName === other.firstName && one.lastName === other.lastName
}

/** The one spelling that all names have in common that are the same; fit for a fingerprint. */
export function canonicalName(name: AnyThreePartName | AnyTwoPartName): TwoPartName {
  const { firstName, lastName } = isThreePart(name) ? joinName(name) : oneNameLast(tidyTwo(name))
  return { firstName: firstName.normalize('NFC'), lastName: lastName.normalize('NFC') }
}

function isThreePart(name: AnyThreePartName | AnyTwoPartName): name is AnyThreePartName {
  return 'middleName' in name
}

/** How many words at the start are an infix; at least one word is always left over. */
function infixLength(words: readonly string[]): number {
  const known = words.map((word) => word.toLowerCase().replace(/[’‘ʼ′´`]/g, "'"))
  const has = (set: ReadonlySet<string>, at: number) => set.has(known[at] ?? '')
  const stepAt = (at: number): 0 | 1 | 2 => {
    if (has(INFIX_WORDS, at)) return 1
    return has(PREPOSITIONS, at) && has(ARTICLES, at + 1) ? 2 : 0
  }
  let length = 0
  while (true) {
    const step = stepAt(length)
    if (step === 0 || length + step >= words.length) return length
    length += step
  }
}

function surname({ middleName, lastName }: Pick<ThreePartName, 'middleName' | 'lastName'>): string {
  return middleName === null ? lastName : `${middleName} ${lastName}`
}

/** Tribe requires the last name, so the nearest part takes its place when it is missing. */
function tidyThree(name: AnyThreePartName): ThreePartName {
  const [firstName, middleName, lastName] = [tidy(name.firstName), tidy(name.middleName), tidy(name.lastName)]
  if (lastName !== null) return { firstName, middleName, lastName }
  if (middleName !== null) return { firstName, middleName: null, lastName: middleName }
  return { firstName: null, middleName: null, lastName: firstName ?? NO_NAME }
}

function tidyTwo(name: AnyTwoPartName): TwoPartName {
  return { firstName: tidy(name.firstName) ?? NO_NAME, lastName: tidy(name.lastName) ?? NO_NAME }
}

function tidy(part: Text): string | null {
  return (
    carriable(part ?? '')
      .replace(/\s+/g, ' ')
      .trim() || null
  )
}

/** { 'Madonna', '-' } is { '-', 'Madonna' }. */
function oneNameLast({ firstName, lastName }: TwoPartName): TwoPartName {
  return lastName === NO_NAME ? { firstName: NO_NAME, lastName: firstName } : { firstName, lastName }
}

function oneHyphenMore(part: string): string {
  return /^-+$/.test(part) ? `${part}-` : part
}

function oneHyphenLess(part: string): string {
  return /^--+$/.test(part) ? part.slice(1) : part
}
