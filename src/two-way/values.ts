import type { LinkState } from '../db/links'
import { SyncError } from '../shared/errors'
import type { Side } from '../shared/sides'
import type { PlannedFields, SyncContext } from '../sync-step'
import type { FieldRow, Neutral } from './fields'

/** A record as both sides hold it this moment, field by field, and what the next look at it would do. Nothing is written or kept. */

export interface SeenField {
  field: string
  crm: unknown
  books: unknown
  /** Null: one of the sides did not answer. */
  same: boolean | null
  /** Where the field would be written. */
  next: Side | null
  /** A word of `merge.ts` or of this file, or the code of a problem. */
  because: string
}

export interface SeenPair {
  fields: SeenField[]
  /** Sides that did not answer. */
  unreachable: Side[]
  /** Nothing that answered knows the record. */
  isUnknown: boolean
}

/** Which record is looked at: its ids as far as anybody knows, and the link that stands between them. */
export interface Which {
  crmId: string | null
  booksId: string | null
  link: LinkState | null
}

/** What one side showed of a record. `none`: it was not asked, since nobody knows of a record there. */
export type Sight<T> = { is: 'there'; record: T } | { is: 'gone' } | { is: 'none' } | { is: 'away' }

/** A person waits for both sides at once, and then for the plan: together well below what a browser waits. */
const SIGHT_MS = 20_000
const PLAN_MS = 10_000

const LATE = Symbol('late')

const within = async <T>(ms: number, work: Promise<T>): Promise<T | typeof LATE> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(() => resolve(LATE), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    if (timer !== undefined) clearTimeout(timer)
    work.catch(() => undefined)
  }
}

/** Looks at one side, for so long at most. A side that refuses or does not answer is away; one that knows no such record is not. */
export async function sightOf<T>(look: (() => Promise<T | null>) | null): Promise<Sight<T>> {
  if (look === null) return { is: 'none' }
  try {
    const seen = await within(SIGHT_MS, look())
    if (seen === LATE) return { is: 'away' }
    return seen === null ? { is: 'gone' } : { is: 'there', record: seen }
  } catch (thrown) {
    if (thrown instanceof SyncError) return { is: 'away' }
    throw thrown
  }
}

/** What the next look would write, or the word or code of why it writes nothing. */
export type Outcome = { plan: PlannedFields } | { stopped: string }

/** Told by `planned`, so that the look ends before it writes. */
class Told extends Error {
  constructor(readonly plan: PlannedFields) {
    super('told')
  }
}

/** Runs a look up to where it would write, and no further. */
export async function outcomeOf(
  ctx: SyncContext,
  look: (ctx: SyncContext) => Promise<unknown>,
): Promise<Outcome> {
  const told = (plan: PlannedFields) => {
    throw new Told(plan)
  }
  try {
    const ended = await within(PLAN_MS, look({ ...ctx, planned: told }))
    return { stopped: ended === LATE ? 'not-known-now' : 'nothing-to-do' }
  } catch (thrown) {
    if (thrown instanceof Told) return { plan: thrown.plan }
    if (thrown instanceof SyncError) return { stopped: thrown.code }
    throw thrown
  }
}

interface Seen<Row> {
  rows: readonly Row[]
  crm: Sight<Neutral>
  books: Sight<Neutral>
  /** Why a row is left alone, whatever it holds; null when it is not. */
  offOf: (row: Row) => string | null
  /** Null unless both sides are there. */
  outcome: Outcome | null
  /** Of a record that the other side does not have: whether the other can be told this field. */
  canBeTold?: (row: Row, side: Side) => boolean
}

/** All fields of a record, also those that are left alone. */
export function seenPair<Row extends FieldRow<never>>(seen: Seen<Row>): SeenPair {
  const { rows, crm, books } = seen
  const unreachable = (['crm', 'books'] as const).filter((side) => seen[side].is === 'away')
  return {
    fields: rows.map((row) => {
      const [here, there] = [heldOf(row, crm), heldOf(row, books)]
      const isKnown = unreachable.length === 0
      return {
        field: row.name,
        crm: here.shown,
        books: there.shown,
        same: isKnown ? here.canonical === there.canonical : null,
        ...nextOf(row, seen, here.canonical === there.canonical),
      }
    }),
    unreachable,
    isUnknown: unreachable.length === 0 && crm.is !== 'there' && books.is !== 'there',
  }
}

const heldOf = (row: FieldRow<never>, sight: Sight<Neutral>): { shown: unknown; canonical: string | null } =>
  sight.is === 'there'
    ? { shown: shownOf(row, sight.record), canonical: row.canonical(sight.record) }
    : { shown: null, canonical: null }

/** As people read it: what has several parts is one text. */
function shownOf(row: FieldRow<never>, record: Neutral): unknown {
  const value = record[row.name] ?? null
  if (typeof value !== 'object' || value === null) return value
  const parts: unknown = JSON.parse(row.canonical(record) ?? 'null')
  if (typeof parts !== 'object' || parts === null) return null
  const texts = Object.values(parts).filter((part) => part !== null && part !== '')
  return texts.length > 0 ? texts.join(', ') : null
}

/** Which side did not answer; null: both did. */
export function unreachableOf(crm: Sight<unknown>, books: Sight<unknown>): string | null {
  if (crm.is === 'away') return books.is === 'away' ? 'unreachable' : 'crm-unreachable'
  return books.is === 'away' ? 'books-unreachable' : null
}

/** On which side the record is gone; null: on neither. */
export function goneOf(crm: Sight<unknown>, books: Sight<unknown>): string | null {
  if (crm.is === 'gone') return 'gone-in-crm'
  return books.is === 'gone' ? 'gone-in-books' : null
}

/** On which side there is no record yet; null: on neither. */
function lackingOf(crm: Sight<unknown>, books: Sight<unknown>): 'crm' | 'books' | null {
  if (crm.is === 'none') return 'crm'
  return books.is === 'none' ? 'books' : null
}

function nextOf<Row extends FieldRow<never>>(
  row: Row,
  { crm, books, offOf, outcome, canBeTold = () => true }: Seen<Row>,
  isSame: boolean,
): Pick<SeenField, 'next' | 'because'> {
  const stays = (because: string) => ({ next: null, because })
  const standsInTheWay = unreachableOf(crm, books) ?? offOf(row) ?? goneOf(crm, books)
  if (standsInTheWay !== null) return stays(standsInTheWay)
  const lacking = lackingOf(crm, books)
  if (lacking !== null) {
    if (heldOf(row, lacking === 'crm' ? books : crm).canonical === null) return stays('same')
    return canBeTold(row, lacking) ? { next: lacking, because: 'not-linked' } : stays('cannot-be-sent')
  }
  if (outcome === null) return stays('not-known-now')
  if ('stopped' in outcome) return stays(isSame ? 'same' : outcome.stopped)
  return plannedFor(row, outcome.plan)
}

/** What the plan of a look says of this field. */
function plannedFor(
  row: FieldRow<never>,
  { toCrm, toBooks, withheld, faults, because }: PlannedFields,
): Pick<SeenField, 'next' | 'because'> {
  const stays = (because: string) => ({ next: null, because })
  const fault = faults[row.name]
  if (fault !== undefined) return stays(fault)
  if (withheld.includes(row.name)) return stays('preview.unseen')
  const why = because[row.name]
  if (why === undefined) return stays('not-known-now')
  if (toCrm.includes(row.name)) return { next: 'crm', because: why }
  return { next: toBooks.includes(row.name) ? 'books' : null, because: why }
}
