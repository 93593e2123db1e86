import { SIDES, type Side, STORED, type StoredSide } from '../shared/sides'

/**
 * Three-way merge, field by field, on fingerprints (DESIGN.md §3.1, §3.2). A fingerprint stands for a value
 * that both systems can express; `''` stands for "empty". Equal fingerprints are equal values.
 */

/** One side of a record: a fingerprint per field. */
export type Fingerprints = Readonly<Record<string, string>>
/** Both sides of a pair. */
export type BothPrints = Readonly<Record<Side, Fingerprints>>

/**
 * How a field was when it was last in step. Usually both sides held one value; a pair says that they held
 * these two, the CRM's first, because a system keeps a value in a way of its own (it adds a country, cuts a
 * long line). Each side has changed when it differs from its own.
 */
export type Bases = Readonly<Record<string, Base>>
export type Base =
  /** Both held this. */
  | string
  /** Each held its own. */
  | readonly [crm: string, books: string]
  /** This side refused what the other holds: it is not sent again before one of them changes. */
  | readonly [crm: string, books: string, refusedBy: StoredSide]
  /** Each keeps its own until they are the same by themselves: another record in the books goes with the CRM's. */
  | readonly [crm: string, books: string, apart: 'apart']
  /** They were never in step, and what the policy would write waits for a person. An edit on either side travels as ever. */
  | readonly [crm: string, books: string, withheld: 'withheld']
  /** A person took back what one was told by the other: each keeps its own until one of them is changed. */
  | readonly [crm: string, books: string, takenBack: 'taken-back']
  /** The CRM demands a value, or fills one in by itself: it is nobody's, and travels nowhere before one of them is changed. */
  | readonly [crm: string, books: string, standsIn: 'stand-in']
  /** What stands for this side is what was written there: nothing has shown yet what the system made of it. */
  | readonly [crm: string, books: string, sent: `sent-${StoredSide}`]

export interface Merge {
  /** Fields whose value travels to the CRM. */
  toCrm: string[]
  /** Fields whose value travels to the books because somebody changed it in the CRM. */
  toBooks: string[]
  /**
   * Fields that the CRM has filled and the books never had. They do no harm where they are: a first load
   * leaves them, a later write takes them along, and the nightly comparison sends them.
   */
  fills: string[]
  /** Fields that both sides changed to different values, and which side won. */
  conflicts: { field: string; winner: Side }[]
}

export interface MergeInput extends BothPrints {
  fields: readonly string[]
  bases: Bases
  /** Which side wins where both changed. */
  prefer: Side | 'newest'
  /** For `newest`: whose record was changed last. */
  newest: Side
  /** Fields that the books alone decide: their numbers. */
  ledByBooks: ReadonlySet<string>
  /** Fields that go one way, and whose value counts. */
  oneWay?: ReadonlyMap<string, Side>
}

export function merge(input: MergeInput): Merge {
  const result: Merge = { toCrm: [], toBooks: [], fills: [], conflicts: [] }
  for (const field of input.fields) {
    const { go, isConflict } = decide(field, input)
    switch (go) {
      case 'nowhere':
        break
      case 'to-crm':
        result.toCrm.push(field)
        break
      case 'to-books':
        result.toBooks.push(field)
        break
      case 'fill':
        result.fills.push(field)
        break
      default:
        go satisfies never
    }
    if (isConflict) result.conflicts.push({ field, winner: go === 'to-crm' ? 'books' : 'crm' })
  }
  return result
}

/** Why a field goes where it goes, for whoever asks before it does. */
export type MergeReason =
  | 'same'
  | 'apart'
  | 'taken-back'
  | `refused-by-${Side}`
  | 'led-by-books'
  | `one-way-from-${Side}`
  | 'changed-in-crm'
  | 'changed-in-books'
  | 'only-in-crm'
  | 'only-in-books'
  | 'spelled-differently'
  | 'policy-crm'
  | 'policy-books'
  | 'policy-newest'

interface Decision {
  go: 'nowhere' | 'to-crm' | 'to-books' | 'fill'
  because: MergeReason
  isConflict?: true
}

/** What a merge does with one field, and why. */
export function decide(field: string, input: MergeInput): Decision {
  const crm = input.crm[field] ?? ''
  const books = input.books[field] ?? ''
  if (crm === books) return { go: 'nowhere', because: 'same' }
  const base = input.bases[field]
  if (isApart(base)) return { go: 'nowhere', because: 'apart' }
  if (isKeptAsItWas(base) && base[0] === crm && base[1] === books)
    return { go: 'nowhere', because: KEPT_AS_IT_WAS[base[2]] }
  if (input.ledByBooks.has(field)) return { go: books === '' ? 'nowhere' : 'to-crm', because: 'led-by-books' }
  const leader = input.oneWay?.get(field)
  if (leader !== undefined) return decideLed(leader, base, crm, books)
  return base === undefined ? decideFirst(crm, books, input) : decideSince(base, crm, books, input)
}

/** One side leads: what the other one says otherwise is put right. */
function decideLed(leader: Side, base: Base | undefined, crm: string, books: string): Decision {
  const isAsLast = base !== undefined && crm === heldBy('crm', base) && books === heldBy('books', base)
  // What was emptied is emptied over there; what was never filled erases nothing.
  const isEmpty = (leader === 'crm' ? crm : books) === ''
  if (isAsLast || (isEmpty && (base === undefined || heldBy(leader, base) === '')))
    return { go: 'nowhere', because: `one-way-from-${leader}` }
  return { go: leader === 'crm' ? 'to-books' : 'to-crm', because: `one-way-from-${leader}` }
}

/** They are linked for the first time: an empty side never erases a filled one. */
function decideFirst(crm: string, books: string, input: MergeInput): Decision {
  if (books === '') return { go: 'fill', because: 'only-in-crm' }
  if (crm === '') return { go: 'to-crm', because: 'only-in-books' }
  return byPolicy(input)
}

const byPolicy = (input: MergeInput): Decision => ({
  go: towardsLoser(input),
  because: `policy-${input.prefer}`,
  isConflict: true,
})

function decideSince(base: Base, crm: string, books: string, input: MergeInput): Decision {
  const crmChanged = crm !== heldBy('crm', base)
  const booksChanged = books !== heldBy('books', base)
  if (crmChanged && booksChanged) return byPolicy(input)
  if (crmChanged) return { go: 'to-books', because: 'changed-in-crm' }
  if (booksChanged) return { go: 'to-crm', because: 'changed-in-books' }
  return books === ''
    ? { go: 'fill', because: 'only-in-crm' }
    : { go: 'nowhere', because: 'spelled-differently' }
}

/** What that side held when the field was last in step. */
export const heldBy = (side: Side, base: Base): string =>
  typeof base === 'string' ? base : base[side === 'crm' ? 0 : 1]

function towardsLoser({ prefer, newest }: MergeInput): 'to-crm' | 'to-books' {
  const winner = prefer === 'newest' ? newest : prefer
  return winner === 'crm' ? 'to-books' : 'to-crm'
}

/** What neither side is told again before it is changed. */
const KEPT_AS_IT_WAS = {
  [STORED.crm]: 'refused-by-crm',
  [STORED.books]: 'refused-by-books',
  'taken-back': 'taken-back',
  'stand-in': 'only-in-crm',
} as const satisfies Record<StoredSide | 'taken-back' | 'stand-in', MergeReason>
type KeptAsItWas = readonly [crm: string, books: string, why: keyof typeof KEPT_AS_IT_WAS]
const isKeptAsItWas = (base: Base | undefined): base is KeptAsItWas => (markOf(base) ?? '') in KEPT_AS_IT_WAS

/** Why the two sides hold different values; none where nothing is known of that. */
const markOf = (base: Base | undefined) => (typeof base === 'object' ? base[2] : undefined)

type Refused = readonly [crm: string, books: string, refusedBy: StoredSide]
const isRefused = (base: Base | undefined): base is Refused =>
  markOf(base) === STORED.crm || markOf(base) === STORED.books
export const isApart = (base: Base | undefined): boolean => markOf(base) === 'apart'

export const isWithheld = (base: Base | undefined): boolean => markOf(base) === 'withheld'

/** As if the two had just been linked, where the policy is still to decide. */
export const withoutWithheld = (bases: Bases): Bases =>
  Object.fromEntries(Object.entries(bases).filter(([, base]) => !isWithheld(base)))

/** What to remember of a field that one side refused, so that it is not sent again before either side changes it. */
export const refusedBase = (field: string, { crm, books }: BothPrints, by: Side): Base => [
  crm[field] ?? '',
  books[field] ?? '',
  STORED[by],
]

/** What was refused or taken back before, or stands in, and stands as it stood. */
export const stillKept = (field: string, { crm, books }: BothPrints, bases: Bases): Base | null => {
  const base = bases[field]
  const isAsItWas = isKeptAsItWas(base) && base[0] === (crm[field] ?? '') && base[1] === (books[field] ?? '')
  return isAsItWas ? base : null
}

/** What to remember once a merge was carried out: the fields as both sides hold them now. */
export function basesOf(fields: readonly string[], { crm, books }: BothPrints): Record<string, Base> {
  const bases: Record<string, Base> = {}
  for (const field of fields) {
    const left = crm[field] ?? ''
    const right = books[field] ?? ''
    bases[field] = left === right ? left : [left, right]
  }
  return bases
}

/** Which side refused what the other holds; null when neither did. */
export const refusedByIn = (field: string, bases: Bases): Side | null => {
  const base = bases[field]
  if (!isRefused(base)) return null
  return base[2] === STORED.crm ? 'crm' : 'books'
}

/** No fingerprint looks like it. */
const NEVER = '?'

/** The bases without what was refused: it is sent once more. */
export function forgiven(bases: Bases): Bases {
  return Object.fromEntries(
    Object.entries(bases).map(([field, base]): [string, Base] => {
      if (!isRefused(base)) return [field, base]
      return [field, base[2] === STORED.books ? [NEVER, base[1]] : [base[0], NEVER]]
    }),
  )
}

/** True when one side holds just what it held when the record was last in step: nothing to do for its sake. */
export function isAsLast(side: Side, fields: readonly string[], now: Fingerprints, bases: Bases): boolean {
  // A field that is new to us matters once it is filled.
  return fields.every((field) => (now[field] ?? '') === heldBy(side, bases[field] ?? ''))
}

/** What to remember of a field that was written to a side whose answer does not show what it made of that. */
export const sentBase = (field: string, { crm, books }: BothPrints, to: Side): Base => [
  crm[field] ?? '',
  books[field] ?? '',
  `sent-${STORED[to]}`,
]

/**
 * The bases once a side has been seen that nobody changed since it was written to: what it holds of these fields is what
 * it made of what was sent, or filled in by itself, and no edit. The same object where nothing is learned.
 */
export function asSeen(bases: Bases, side: Side, fields: readonly string[], now: Fingerprints): Bases {
  const news = fields.flatMap((field): [string, Base][] => {
    const base = bases[field]
    const held = now[field] ?? ''
    if (typeof base !== 'object' || heldBy(side, base) === held) return []
    const [crm, books, why] = side === 'crm' ? [held, base[1], base[2]] : [base[0], held, base[2]]
    if (why === `sent-${STORED[side]}`)
      return [[field, side === 'crm' && books === '' ? [crm, books, 'stand-in'] : [crm, books]]]
    // Something else took the place of what it refused.
    return why === STORED[side] && heldBy(side, base) === '' ? [[field, [crm, books, why]]] : []
  })
  return news.length === 0 ? bases : { ...bases, ...Object.fromEntries(news) }
}

/** Both sides were seen, and their clocks move on: what differs from now on, somebody has entered. */
export const settled = (bases: Bases): Bases =>
  Object.fromEntries(
    Object.entries(bases).map(([field, base]): [string, Base] =>
      markOf(base)?.startsWith('sent-')
        ? [field, [heldBy('crm', base), heldBy('books', base)]]
        : [field, base],
    ),
  )

/** What was sent to either side, by field: each print that may have arrived there. */
export type SentPrints = Readonly<Record<Side, Readonly<Record<string, readonly string[]>>>>

/**
 * The bases once a side holds what was sent to it, though nobody has heard that it arrived: both held that then. What is kept as
 * it stands now was remembered after that.
 */
export function asArrived(bases: Bases, sent: SentPrints, now: BothPrints): Bases {
  const arrived = SIDES.flatMap((side) =>
    Object.entries(sent[side])
      .map(([field, prints]) => [field, now[side][field] ?? '', prints] as const)
      .filter(([field, held, prints]) => prints.includes(held) && !stillKept(field, now, bases)),
  )
  return { ...bases, ...Object.fromEntries(arrived) }
}

/** What the CRM has of fields that the books leave empty, right after it was written to: nobody entered it there. */
export const standInsAmong = (fields: readonly string[], { crm, books }: BothPrints): Record<string, Base> =>
  Object.fromEntries(
    fields
      .filter((field) => (crm[field] ?? '') !== '' && (books[field] ?? '') === '')
      .map((field) => [field, [crm[field] ?? '', '', 'stand-in']]),
  )

/** What is known of these to be nobody's. */
export const standInsOf = (bases: Bases): Bases =>
  Object.fromEntries(Object.entries(bases).filter(([, base]) => markOf(base) === 'stand-in'))
