import { type FieldMapping, type FieldPlace, type FieldRecord, heldAt } from '../shared/own-fields'
import { commonOf, inTribe, type OwnValue } from '../shared/own-values'
import type { Side } from '../shared/sides'
import type { SyncContext } from '../sync-step'

/** Rows of an admin's own, made while the relay runs: what a kind's table adds to those that every tenant has. */

/** A record as both systems can express it. */
type Neutral = Readonly<Record<string, unknown>>

const asText = (value: unknown): string | null =>
  value === null || value === undefined ? null : String(value)

export interface OwnRow {
  readonly name: string
  readonly called: string
  readonly said: null
  canonical(record: Neutral): string | null
  sentAs(record: Neutral): readonly string[]
  /** The members on either side, and what they hold. */
  readonly member: { readonly crm: string; readonly books: string }
  /** From a record of the CRM’s of that set. */
  inCrm(record: unknown, of: string): OwnValue
  inBooks(record: unknown): OwnValue
  toCrm(record: Neutral): Record<string, unknown>
  toBooks(record: Neutral): Record<string, unknown>
  /** Where it stands in a record of that set; null where such a record has no place for it. */
  placeIn(of: string): FieldPlace | null
}

export function ownRow(mapping: FieldMapping): OwnRow {
  const { powerOfficeField: name, tribeField, tribeType, powerOfficeType, places } = mapping
  const member = { crm: places[0]?.name ?? tribeField, books: name }
  const placeIn = (of: string) => places.find((place) => place.of === of) ?? null
  return {
    name,
    called: `own field ${name}`,
    said: null,
    member,
    placeIn,
    canonical: (record) => asText(record[name]),
    sentAs: (record) => (typeof record[name] === 'string' ? [record[name]] : []),
    inCrm(record, of) {
      const place = placeIn(of)
      return place && commonOf(heldAt(record, place), powerOfficeType)
    },
    inBooks: (record) => commonOf((record as Record<string, unknown>)[name], powerOfficeType),
    toCrm: (record) => ({ [member.crm]: inTribe((record[name] ?? null) as OwnValue, tribeType) }),
    toBooks: (record) => ({ [name]: record[name] ?? null }),
  }
}

/** The admin’s rows of a kind, those left out that rest. */
export const ownMappings = ({ fields }: SyncContext, record: FieldRecord): readonly FieldMapping[] =>
  fields.working.filter((row) => row.record === record)

/** Which side leads a field that goes one way. */
export const oneWayOf = (mappings: readonly FieldMapping[]): ReadonlyMap<string, Side> =>
  new Map(
    mappings.flatMap(({ powerOfficeField, direction }): [string, Side][] =>
      direction === 'both' ? [] : [[powerOfficeField, direction === 'to-tribe' ? 'books' : 'crm']],
    ),
  )
