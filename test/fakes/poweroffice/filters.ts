/** What the filters of lists can mean. */
import type { Json, JsonObject } from './json'
import { Problem } from './problem'
import type { Query } from './query'

/** Says of a row, as it is answered, whether it stays. Made once per request from the value that was sent. */
export type Filter = (value: string) => (row: JsonObject) => boolean

export const listOf = (value: string): string[] =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

const textIn = (row: JsonObject, property: string): string | null => {
  const value = row[property]
  return value === null || value === undefined ? null : String(value)
}

/** "A1,B2": any of these. */
export function anyOf(property: string, sameCase = true): Filter {
  const spelled = (text: string) => (sameCase ? text : text.toLowerCase())
  return (value) => {
    const wanted = new Set(listOf(value).map(spelled))
    return (row) => {
      const text = textIn(row, property)
      return text !== null && wanted.has(spelled(text))
    }
  }
}

/** One value, which may hold a comma. */
export function exactly(property: string): Filter {
  return (value) => (row) => textIn(row, property) === value
}

/** "10000-11000,12000,13000-": numbers and ranges of them. */
export function numbersIn(property: string): Filter {
  return (value) => {
    const ranges = listOf(value).map(parseRange)
    return (row) => {
      const text = textIn(row, property)
      if (text === null) return false
      return ranges.some(([from, to]) => Number(text) >= from && Number(text) <= to)
    }
  }
}

function parseRange(part: string): [number, number] {
  const range = /^(\d{1,15})(?:(-)(\d{1,15})?)?$/.exec(part)
  if (!range) throw new Problem(400, 'Unable to cast object(s)', `'${part}' is neither a number nor a range.`)
  const from = Number(range[1])
  if (!range[2]) return [from, from]
  return [from, range[3] ? Number(range[3]) : Number.MAX_SAFE_INTEGER]
}

/** Strictly later than. Instants of one spelling sort as text. */
export function after(property: string): Filter {
  return (value) => (row) => {
    const text = textIn(row, property)
    return text !== null && text > value
  }
}

export function notBefore(property: string): Filter {
  return (value) => (row) => (textIn(row, property) ?? '') >= value
}

export function notAfter(property: string): Filter {
  return (value) => (row) => (textIn(row, property) ?? '~') <= value
}

export function isTrue(property: string): Filter {
  return (value) => (row) => (row[property] === true) === (value === 'true')
}

/** `true` keeps what passes the test; `false` keeps everything. */
export function onlyWhen(test: (row: JsonObject) => boolean): Filter {
  return (value) => (row) => value !== 'true' || test(row)
}

/** Accepted, and of no consequence here. */
export const ignored: Filter = () => () => true

export function sharesOne(property: string): Filter {
  return (value) => {
    const wanted = listOf(value).map(Number)
    return (row) => {
      const held: Json | undefined = row[property]
      return Array.isArray(held) && held.some((id) => wanted.includes(Number(id)))
    }
  }
}

const NOT_FILTERS = new Set(['Fields', 'OrderBy', 'PageNumber', 'PageSize', 'UseDatabaseValidation'])

export function filtered(rows: JsonObject[], query: Query, filters: Record<string, Filter>): JsonObject[] {
  const tests = Object.entries(query)
    .filter(([name]) => !NOT_FILTERS.has(name))
    .map(([name, value]) => {
      const filter = filters[name]
      if (!filter) throw new Error(`the fake has no filter ${name}`)
      return filter(value)
    })
  return tests.length === 0 ? rows : rows.filter((row) => tests.every((test) => test(row)))
}
