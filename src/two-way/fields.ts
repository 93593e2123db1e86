import type * as z from 'zod/v4'
import type { ApiError, SyncError } from '../shared/errors'
import { fieldsBlamed } from '../shared/refusals'
import type { Side } from '../shared/sides'
import { carriable } from '../shared/texts'
import { type LeftOut, leftOutProblem } from './left-out'

/**
 * A field of a kind of record is one row: how either system spells it, what is compared, what is told of it. The record
 * that both systems have in common, its canonical form, both mappings and the words about it are worked out from the rows.
 * A row is a value, so that one can be made while the relay runs, for a field that an admin added.
 */
export interface FieldRow<G extends Given = Given, Value = unknown> {
  /** By which bases, timeline and console know it. */
  readonly name: string
  /** What people call it, in the text of a problem. */
  readonly called: string
  /** How a system may speak of it in words of its own; null: only by its member. */
  readonly said: RegExp | null
  /** The one text that all spellings of a value have in common: what is fingerprinted and compared; null for nothing. */
  canonical(record: Neutral): string | null
  /** What was sent of it, as a refusal may repeat it. */
  sentAs(record: Neutral): readonly string[]
  readonly crm: Place<G['crm'], G['toCrm'], Value>
  readonly books: Place<G['books'], G['toBooks'], Value>
  /** What a record cannot be made without, or not even be changed without. */
  readonly need?: 'to-make' | 'always'
  /** Changes with the clock of the books' record: what is there after a write, before the next change, is what they made of it. */
  readonly hasClock?: boolean
}

/** What the reads and writes of a kind's rows are given, besides the record. */
export interface Given {
  crm: unknown
  books: unknown
  toCrm: unknown
  toBooks: unknown
}

/** How one system spells a field. */
export interface Place<Held = unknown, To = unknown, Value = unknown> {
  /** As refusals name it; the first is where it stands. */
  readonly members: readonly string[]
  read(held: Held): Value
  /** The members to write; none where this system is never told. */
  write(record: Neutral, to: To): Record<string, unknown>
}

/** A record as both systems can express it, by the names of its fields. Null stands for "nothing there". */
export type Neutral = Readonly<Record<string, unknown>>

/** The neutral record of a table of rows, open to rows that are made while the relay runs. */
export type RecordOf<Rows extends Readonly<Record<string, FieldRow>>> = {
  -readonly [Name in keyof Rows]: ReturnType<Rows[Name]['crm']['read']>
} & { [own: string]: unknown }

/** A row without its name, which is where it stands in the table. */
export type Unnamed<Row extends FieldRow> = Omit<Row, 'name'>

/** Names each row by where it stands. */
export const named = <Rows extends Readonly<Record<string, Unnamed<FieldRow>>>>(
  rows: Rows,
): { readonly [Name in keyof Rows]: Rows[Name] & { readonly name: string } } =>
  Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, { ...row, name }])) as unknown as {
    readonly [Name in keyof Rows]: Rows[Name] & { readonly name: string }
  }

// ── Values ──────────────────────────────────────────────────────────────────

/** What a member holds that is one value. */
export type Scalar = 'text' | 'number' | 'flag'

/** Blank text is no text, and what cannot be carried is no part of it. */
export const textOf = (value: unknown): string | null =>
  typeof value === 'string' ? carriable(value).trim() || null : null
export const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null)
export const flagOf = (value: unknown): boolean | null => (typeof value === 'boolean' ? value : null)

export interface ScalarValue {
  text: string | null
  number: number | null
  flag: boolean | null
}
export const READ: { readonly [Kind in Scalar]: (value: unknown) => ScalarValue[Kind] } = {
  text: textOf,
  number: numberOf,
  flag: flagOf,
}

/** The members of a system's own table that hold such a value, as its schema reads them. */
export type MemberIn<Table extends z.core.$ZodShape, Kind extends Scalar> = {
  [Name in keyof Table & string]: z.infer<Table[Name]> extends ScalarValue[Kind] | undefined ? Name : never
}[keyof Table & string]

/** A value as a text. */
export const asText = (value: unknown): string | null =>
  value === null || value === undefined ? null : String(value)

// ── What comes of rows ──────────────────────────────────────────────────────

type Rows<G extends Given> = readonly FieldRow<G>[]

/** The neutral record of what one side holds. */
export const recordFrom = <G extends Given, S extends Side>(rows: Rows<G>, side: S, held: G[S]): Neutral =>
  Object.fromEntries(rows.map((row) => [row.name, (row[side] as Place<G[S]>).read(held)]))

/** What is fingerprinted and compared, by field. */
export const canonicalOf = <G extends Given>(rows: Rows<G>, record: Neutral): Record<string, string | null> =>
  Object.fromEntries(rows.map((row) => [row.name, row.canonical(record)]))

/** Those of these rows that have one of these names, in the order of the names. */
export function rowsNamed<Row extends FieldRow<never>>(
  rows: readonly Row[],
  names: readonly string[],
): Row[] {
  const byName = new Map(rows.map((row) => [row.name, row]))
  return names.flatMap((name) => byName.get(name) ?? [])
}

/** What was written, as it is now, and the rest as it was read. */
export const withFields = <R extends Neutral>(read: R, names: readonly string[], now: Neutral): R => ({
  ...read,
  ...Object.fromEntries(names.map((name) => [name, now[name]])),
})

/** What an answer of the books may not show of the fields that were written. */
export const unseenAmong = (rows: readonly FieldRow<never>[], written: readonly string[]): string[] => {
  const withClock = clockedIn(rows)
  return written.filter((name) => withClock.includes(name))
}

/** Fields that change with the clock of the books' record. */
export const clockedIn = (rows: readonly FieldRow<never>[]): string[] =>
  rows.filter((row) => row.hasClock).map((row) => row.name)

/** The fields that a refusal is about, of those that were sent to that side. */
export function blamedAmong(
  rows: readonly FieldRow<never>[],
  {
    side,
    refusal,
    sent,
    record,
  }: { side: Side; refusal: ApiError; sent: readonly string[]; record: Neutral },
): string[] {
  const spellings = rowsNamed(rows, sent).map((row) => {
    const spelling = { members: row[side].members, words: row.said, values: row.sentAs(record) }
    return [row.name, spelling] as const
  })
  return fieldsBlamed(refusal, new Map(spellings))
}

/** What may be left out of a record that is refused: of one that is to be made, and of one that is changed. */
export function needsOf(rows: readonly FieldRow<never>[]) {
  const needed = new Map(rows.map((row) => [row.name, row.need ?? null]))
  const isLeast = (name: string) => (needed.get(name) ?? null) !== null
  return {
    toMake: { isLeast, isNeeded: isLeast },
    toChange: { isLeast, isNeeded: (name: string) => needed.get(name) === 'always' },
  }
}

/** What is told of a record whose fields were left out; null when none was. */
export function leftOutOf(rows: readonly FieldRow<never>[], leftOut: readonly LeftOut[]): SyncError | null {
  const names = new Map(rows.map((row) => [row.name, row.called]))
  return leftOutProblem(leftOut, (name) => names.get(name) ?? name)
}
