/** Cuts a `$filter` into words. */
import { ODataProblem } from './problem'

export type Token =
  | { kind: 'text'; value: string }
  | { kind: 'number'; value: number }
  | { kind: 'guid'; value: string }
  | { kind: 'instant'; value: number }
  | { kind: 'day'; value: string }
  | { kind: 'name'; value: string }
  | { kind: 'sign'; value: '(' | ')' | ',' }
  | { kind: 'end'; value: '' }

const GUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-])/iy
const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)(?![\w:])/y
const DAY = /\d{4}-\d\d-\d\d(?![\w-])/y
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w-])/y
const NAME = /[A-Za-z_][\w.]*(?:\/[A-Za-z_$][\w.]*)*/y
const TEXT = /'((?:[^']|'')*)'/y
const SPACE = /[ \t]+/y

export function tokens(filter: string): Token[] {
  const found: Token[] = []
  let at = 0
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at
    const match = pattern.exec(filter)
    if (!match) return null
    at = pattern.lastIndex
    return match[1] ?? match[0]
  }
  while (at < filter.length) {
    if (take(SPACE) !== null) continue
    const sign = filter[at]
    if (sign === '(' || sign === ')' || sign === ',') {
      found.push({ kind: 'sign', value: sign })
      at++
      continue
    }
    found.push(word(take) ?? unreadable(filter, at))
  }
  found.push({ kind: 'end', value: '' })
  return found
}

function word(take: (pattern: RegExp) => string | null): Token | null {
  const text = take(TEXT)
  if (text !== null) return { kind: 'text', value: text.replaceAll("''", "'") }
  const guid = take(GUID)
  if (guid !== null) return { kind: 'guid', value: guid.toLowerCase() }
  const instant = take(INSTANT)
  if (instant !== null) return { kind: 'instant', value: Date.parse(instant) }
  const day = take(DAY)
  if (day !== null) return { kind: 'day', value: day }
  const number = take(NUMBER)
  if (number !== null) return { kind: 'number', value: Number(number) }
  const name = take(NAME)
  return name === null ? null : { kind: 'name', value: name }
}

function unreadable(filter: string, at: number): never {
  throw new ODataProblem(
    400,
    `The filter cannot be read at position ${at}: '${filter.slice(at, at + 20)}'.`,
    `filter cannot be read: ${filter}`,
  )
}
