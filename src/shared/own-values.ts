import { dayIn, isDay, parseInstant } from './dates'
import { fromMinor } from './money'
import type { FieldType } from './own-fields'
import { carriable } from './texts'

/** A value of a mapped field, in neither system's spelling: money in minor units, days and instants as text, a choice by its name. */
export type OwnValue = string | number | boolean | null

const isNothing = (value: OwnValue): boolean => value === null || value === ''

/** As a fingerprint is made of it: `1` and `'1'` are two values. */
export const printable = (value: OwnValue): string | null =>
  isNothing(value) ? null : `${typeof value} ${value}`

/** The value with money as a decimal, as people and Tribe read it. */
export const decimalOf = (value: OwnValue, type: FieldType): OwnValue =>
  type === 'money' && typeof value === 'number' ? fromMinor(value) : value

/** A day may be told as an instant: midnight in Norway is the evening before in UTC. */
function dayOf(text: string): string {
  const instant = isDay(text) ? null : parseInstant(text)
  return instant === null ? text.slice(0, 10) : dayIn(instant, 'Europe/Oslo')
}

/** To the second, in UTC. */
const secondOf = (text: string): string => (parseInstant(text) ?? text).slice(0, 19)

/** The value as Tribe takes it in a field of that type; a choice stays a name. */
export function toTribe(value: OwnValue, from: FieldType, to: FieldType): OwnValue {
  if (isNothing(value)) return null
  const said = decimalOf(value, from)
  if (to === 'text' || to === 'choice') return String(said)
  if (from === 'date' && to === 'instant') return `${said}T00:00:00Z`
  if (to === 'date') return dayOf(String(said))
  // Tribe tells time to the second.
  if (to === 'instant') return `${secondOf(String(said))}Z`
  return said
}

/** A value as either system holds it, in the type that both have in common: PowerOffice's. */
export function commonOf(value: unknown, type: FieldType): OwnValue {
  switch (type) {
    case 'text':
    case 'choice':
      return typeof value === 'string' || typeof value === 'number' ? textOf(String(value)) : null
    case 'integer':
    case 'number':
    case 'money':
      return numberOf(value)
    case 'boolean':
      return typeof value === 'boolean' ? value : null
    case 'date':
      return typeof value === 'string' ? dayOf(value) : null
    case 'instant':
      return typeof value === 'string' ? secondOf(value) : null
    default:
      return type satisfies never
  }
}

function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}

const textOf = (text: string): string | null => carriable(text).trim() || null

/** What Tribe holds in a field of that type, as `toTribe` says what it is to hold. */
export function heldInTribe(value: unknown, type: FieldType): OwnValue {
  switch (type) {
    case 'date':
    case 'text':
    case 'choice':
    case 'boolean':
    case 'integer':
    case 'number':
    case 'money': {
      const common = commonOf(value, type)
      return (type === 'text' || type === 'choice') && common !== null ? String(common) : common
    }
    case 'instant': {
      const common = commonOf(value, type)
      return common === null ? null : `${common}Z`
    }
    default:
      return type satisfies never
  }
}

/** A common value as Tribe takes it in a field of that type. A choice is named: whoever writes it knows which record that is. */
export function inTribe(value: OwnValue, type: FieldType): unknown {
  if (value === null) return null
  if (type === 'choice') return { _Name: String(value) }
  if (type === 'text') return String(value)
  if (type === 'instant') return String(value).length === 10 ? `${value}T00:00:00Z` : `${value}Z`
  return value
}
