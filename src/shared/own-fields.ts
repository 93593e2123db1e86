import * as z from 'zod/v4'

/**
 * Fields that an admin maps beyond those that every tenant has: which fields there are, and what a mapping holds.
 * Nothing here knows either system.
 */

export const FIELD_RECORDS = ['customer', 'supplier', 'contactPerson', 'product', 'invoice'] as const
export type FieldRecord = (typeof FIELD_RECORDS)[number]

/** `money` is an amount to the cent, `choice` one of a list of names. */
export const FIELD_TYPES = [
  'text',
  'integer',
  'number',
  'money',
  'boolean',
  'date',
  'instant',
  'choice',
] as const
export type FieldType = (typeof FIELD_TYPES)[number]

export const DIRECTIONS = ['to-tribe', 'to-poweroffice', 'both'] as const
export type Direction = (typeof DIRECTIONS)[number]

/** Where a field of Tribe's stands: in the record's own set, or in one that comes along with it. */
export const FieldPlace = z.object({
  set: z.string(),
  /** The link that leads there from the record; empty for the record itself. */
  via: z.string(),
  /** The set that the link leads to; the record's own where there is none. */
  of: z.string(),
  /** The member's name, as this Tribe spells it. */
  name: z.string(),
  /** Of a choice: the set that its names are in. */
  list: z.string().nullable(),
})
export type FieldPlace = z.infer<typeof FieldPlace>

/** A field that can be mapped. `field` is its name everywhere: in the API, the timeline, the console. */
export interface Field {
  record: FieldRecord
  field: string
  label: string
  type: FieldType
  writable: boolean
}

export interface TribeField extends Field {
  places: FieldPlace[]
}

export interface PowerOfficeField extends Field {
  /** Where it can go at all: what the relay works out goes to Tribe alone, what an order names to PowerOffice alone. */
  goes: readonly Direction[]
}

/** A row of an admin's, complete: with what was known of both sides when it was checked. */
export const FieldMapping = z.object({
  record: z.enum(FIELD_RECORDS),
  tribeField: z.string(),
  powerOfficeField: z.string(),
  direction: z.enum(DIRECTIONS),
  tribeType: z.enum(FIELD_TYPES),
  powerOfficeType: z.enum(FIELD_TYPES),
  places: z.array(FieldPlace),
})
export type FieldMapping = z.infer<typeof FieldMapping>
export const FieldMappings = z.array(FieldMapping)
export type FieldMappings = z.infer<typeof FieldMappings>

/** What a row asks for, as an admin says it. */
export type AskedField = Pick<FieldMapping, 'record' | 'tribeField' | 'powerOfficeField' | 'direction'>
export const askedOf = ({ record, tribeField, powerOfficeField, direction }: FieldMapping): AskedField => ({
  record,
  tribeField,
  powerOfficeField,
  direction,
})

export const goesToTribe = (direction: Direction): boolean => direction !== 'to-poweroffice'
export const goesToPowerOffice = (direction: Direction): boolean => direction !== 'to-tribe'

/** Which types a value of a type can be written as. A number as text would sort and compare as text: only numbers that are names may. */
const FITS: Readonly<Record<FieldType, readonly FieldType[]>> = {
  text: ['text', 'choice'],
  choice: ['choice', 'text'],
  integer: ['integer', 'number', 'money', 'text'],
  number: ['number', 'money', 'integer'],
  money: ['money', 'number'],
  boolean: ['boolean'],
  date: ['date', 'instant'],
  instant: ['instant', 'date'],
}
export const canBecome = (from: FieldType, to: FieldType): boolean => FITS[from].includes(to)

/** What a record that was asked for so holds at a place; of a choice, its name. */
export function heldAt(record: unknown, { via, name, list }: FieldPlace): unknown {
  const member = (held: unknown, key: string): unknown =>
    typeof held === 'object' && held !== null ? (held as Record<string, unknown>)[key] : null
  const value = member(via === '' ? record : member(record, via), name) ?? null
  return list === null ? value : (member(value, '_Name') ?? null)
}

/** A member of PowerOffice's records, which goes through the same looks as every field; what the relay works out has a dot in its name. */
export const isMember = (powerOfficeField: string): boolean => !powerOfficeField.includes('.')
