import { fromMinor } from './money'
import type { FieldType } from './own-fields'

/** A value of a mapped field, in neither system's spelling: money in minor units, days and instants as text, a choice by its name. */
export type OwnValue = string | number | boolean | null

/** As a fingerprint is made of it: `1` and `'1'` are two values. */
export const printable = (value: OwnValue): string | null =>
  value === null || value === '' ? null : `${typeof value} ${value}`

/** The value as Tribe takes it in a field of that type; a choice stays a name. */
export function toTribe(value: OwnValue, from: FieldType, to: FieldType): OwnValue {
  if (value === null || value === '') return null
  const said = from === 'money' && typeof value === 'number' ? fromMinor(value) : value
  if (to === 'text' || to === 'choice') return String(said)
  if (from === 'date' && to === 'instant') return `${said}T00:00:00Z`
  if (to === 'date') return String(said).slice(0, 10)
  // Tribe tells time to the second.
  if (to === 'instant') return `${String(said).slice(0, 19)}Z`
  return said
}
