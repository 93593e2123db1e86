/** Order, page and choice of members of a list, and the header that says whether there is more. */
import { isObject, type Json, type JsonObject } from './json'
import { Problem } from './problem'
import type { Query } from './query'
import type { Operation, Schema } from './spec'

export interface Page {
  rows: Json[]
  hasMore: boolean
}

const DEFAULT_PAGE_SIZE = 5000

export function pageOf(
  operation: Operation,
  query: Query,
  rows: JsonObject[],
  violation: (text: string) => void,
): Page {
  const size = Number(query.PageSize ?? DEFAULT_PAGE_SIZE)
  const number = Number(query.PageNumber ?? 1)
  if (size < 1 || number < 1) {
    violation('pages start at 1 and hold at least one row')
    throw new Problem(400, 'Invalid query', 'PageNumber and PageSize must be 1 or more.')
  }
  if (!query.OrderBy && (number > 1 || rows.length > size)) {
    violation('a list of several pages needs OrderBy')
  }
  const model = operation.answerModel ?? {}
  const sorted = query.OrderBy ? sortBy(query.OrderBy, model, rows, violation) : inNoOrder(rows)
  const page = sorted.slice((number - 1) * size, number * size)
  return { rows: chosen(query.Fields, model, page, violation), hasMore: number * size < rows.length }
}

function propertyNamed(model: Schema, text: string, violation: (text: string) => void): string {
  const name = Object.keys(model.properties ?? {}).find((p) => p.toLowerCase() === text.toLowerCase())
  if (!name) {
    violation(`unknown property ${text}`)
    throw new Problem(400, 'Invalid query', `The property '${text}' does not exist.`)
  }
  if (name !== text) violation(`property ${text} should be spelled ${name}`)
  return name
}

function sortBy(
  orderBy: string,
  model: Schema,
  rows: JsonObject[],
  violation: (text: string) => void,
): JsonObject[] {
  const keys = orderBy.split(',').map((part) => {
    const [text = '', direction = 'asc', ...more] = part.trim().split(/\s+/)
    if (!/^(asc|desc)$/i.test(direction) || more.length > 0) {
      violation(`malformed OrderBy '${part}'`)
      throw new Problem(400, 'Invalid query', `'${part.trim()}' is not an order.`)
    }
    return { name: propertyNamed(model, text, violation), sign: direction.toLowerCase() === 'asc' ? 1 : -1 }
  })
  return rows.toSorted((one, other) => {
    for (const { name, sign } of keys) {
      const difference = compare(one[name] ?? null, other[name] ?? null)
      if (difference !== 0) return sign * difference
    }
    return 0
  })
}

function compare(one: Json, other: Json): number {
  if (one === other) return 0
  if (one === null) return -1
  if (other === null) return 1
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return String(one) < String(other) ? -1 : 1
}

/** Nobody knows the order of a list that was asked for none, so it is one that no one could want. */
function inNoOrder(rows: JsonObject[]): JsonObject[] {
  const mixed = (row: JsonObject) => {
    let hash = 7
    for (const character of String(row.Id ?? '')) hash = (hash * 31 + character.charCodeAt(0) * 17) % 65_521
    return (hash * 40_503) % 65_521
  }
  return rows
    .map((row) => ({ row, at: mixed(row) }))
    .sort((a, b) => a.at - b.at)
    .map(({ row }) => row)
}

function chosen(
  fields: string | undefined,
  model: Schema,
  rows: JsonObject[],
  violation: (text: string) => void,
): Json[] {
  if (!fields) return rows
  const names = fields.split(',').map((text) => propertyNamed(model, text.trim(), violation))
  return rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name] ?? null])))
}

/** What leaves out members that are null, at any depth. */
export function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isObject(value)) return value
  const kept = Object.entries(value).filter(([, member]) => member !== null)
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutNulls(member)]))
}
