/** The query options of a request, read against a type: what to select, expand, filter and order. */
import type { Core } from './core'
import { parseFilter } from './filter'
import { pathOf } from './path'
import { ODataProblem, undeclared } from './problem'
import type { EntityType, Navigation } from './schema'
import type { Row } from './store'

export interface Shape {
  /** Names of properties; null for all but those that want to be asked for. */
  select: Set<string> | null
  expand: { link: Navigation; query: Query }[]
}

export interface Query extends Shape {
  filter: ((row: Row) => boolean) | null
  order: ((a: Row, b: Row) => number) | null
  ordersById: boolean
  top: number | null
  skip: number | null
  count: boolean
  /** Depends on other records than those of its own type. */
  looksElsewhere: boolean
  /** Tells lists apart that differ in which rows, in which order. */
  key: string
}

const FOR_LISTS = ['$filter', '$orderby', '$top', '$skip', '$count']
const FOR_ONE = ['$select', '$expand']

/** Splits a raw query string. "+" stays what it is: Tribe does not take it for a space. */
export function rawOptions(core: Core, search: string): Map<string, string> {
  const options = new Map<string, string>()
  if (search.includes('+')) core.violate(`"+" in a query string: ${search}`)
  for (const part of search.split('&').filter(Boolean)) {
    const at = part.indexOf('=')
    const name = decoded(at < 0 ? part : part.slice(0, at))
    if (options.has(name))
      throw new ODataProblem(400, `The option '${name}' is given twice.`, `option twice: ${name}`)
    options.set(name, decoded(at < 0 ? '' : part.slice(at + 1)))
  }
  return options
}

export function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new ODataProblem(400, 'The address is not encoded well.', `badly encoded: ${text}`)
  }
}

export function readQuery(core: Core, type: EntityType, options: Map<string, string>, many: boolean): Query {
  const known = many ? [...FOR_ONE, ...FOR_LISTS] : FOR_ONE
  for (const name of options.keys()) {
    if (known.includes(name)) continue
    throw new ODataProblem(400, `The option '${name}' is not supported here.`, `unknown option: ${name}`)
  }
  const filterText = options.get('$filter')
  const filter = filterText === undefined ? null : parseFilter(core, type, filterText)
  const order = orderOf(core, type, options.get('$orderby'))
  return {
    select: selectOf(type, options.get('$select')),
    expand: expandOf(core, type, options.get('$expand')),
    filter: filter?.matches ?? null,
    order: order?.compare ?? null,
    ordersById: order?.byId ?? false,
    top: wholeNumber(options, '$top'),
    skip: wholeNumber(options, '$skip'),
    count: countOf(core, options.get('$count')),
    looksElsewhere: (filter?.looksElsewhere ?? false) || (order?.looksElsewhere ?? false),
    key: `${type.name}|${filterText ?? ''}|${options.get('$orderby') ?? ''}`,
  }
}

function selectOf(type: EntityType, text: string | undefined): Set<string> | null {
  if (text === undefined) return null
  const names = text.split(',').map((name) => name.trim())
  for (const name of names) {
    if (!type.properties.has(name) && !type.navigations.has(name))
      throw undeclared(name, type.name, '$select')
  }
  return new Set(['ID', ...names])
}

function expandOf(core: Core, type: EntityType, text: string | undefined): Shape['expand'] {
  if (text === undefined) return []
  return splitOutside(text, ',').map((item) => {
    const [, name = '', , inner] = /^\s*([^()\s]*)\s*(\((.*)\))?\s*$/s.exec(item) ?? []
    const link = type.navigations.get(name)
    if (!link) throw undeclared(name || item, type.name, '$expand')
    const options = new Map<string, string>()
    for (const option of splitOutside(inner ?? '', ';').filter((part) => part.trim() !== '')) {
      const at = option.indexOf('=')
      if (at < 0)
        throw new ODataProblem(400, `'${option}' in $expand is not an option.`, `bad $expand: ${text}`)
      options.set(option.slice(0, at).trim(), option.slice(at + 1))
    }
    return { link, query: readQuery(core, core.schema.get(link.target), options, link.via !== null) }
  })
}

/** Splits at a sign that stands outside of parentheses and quotes. */
function splitOutside(text: string, sign: string): string[] {
  const parts: string[] = []
  let depth = 0
  let quoted = false
  let from = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === "'") quoted = !quoted
    if (quoted) continue
    if (char === '(') depth++
    else if (char === ')') depth--
    else if (char === sign && depth === 0) {
      parts.push(text.slice(from, at))
      from = at + 1
    }
    if (depth < 0) break
  }
  if (depth !== 0 || quoted) {
    throw new ODataProblem(400, `'${text}' is not closed well.`, `unbalanced $expand: ${text}`)
  }
  parts.push(text.slice(from))
  return parts
}

function orderOf(core: Core, type: EntityType, text: string | undefined) {
  if (text === undefined) return null
  const terms = text.split(',').map((term) => {
    const [, path = '', , direction = 'asc'] = /^\s*(\S+)(\s+(asc|desc))?\s*$/.exec(term) ?? []
    if (!path) throw new ODataProblem(400, `'${term}' is no order.`, `bad $orderby: ${text}`)
    return { path: pathOf(core, type, path, '$orderby'), sign: direction === 'desc' ? -1 : 1, text: path }
  })
  return {
    byId: terms.some((term) => term.text === 'ID'),
    looksElsewhere: terms.some((term) => term.path.looksElsewhere),
    compare: (a: Row, b: Row) => {
      for (const { path, sign } of terms) {
        const [x, y] = [path.of(a), path.of(b)]
        if (x === y) continue
        if (x === null) return -sign
        if (y === null) return sign
        return x < y ? -sign : sign
      }
      return 0
    },
  }
}

function wholeNumber(options: Map<string, string>, name: string): number | null {
  const text = options.get(name)
  if (text === undefined) return null
  if (!/^\d+$/.test(text))
    throw new ODataProblem(400, `'${name}' wants a whole number.`, `bad ${name}: ${text}`)
  return Number(text)
}

function countOf(core: Core, text: string | undefined): boolean {
  if (text === undefined) return false
  if (!core.options.countSupported) throw new ODataProblem(400, `The option '$count' is not supported.`)
  if (text !== 'true' && text !== 'false')
    throw new ODataProblem(400, `'$count' is true or false.`, `bad $count: ${text}`)
  return text === 'true'
}
