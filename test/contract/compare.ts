import { readsOf } from './reads'
import type { Use } from './uses'

type Json = Readonly<Record<string, unknown>>
const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})

const bare = (path: string) => path.replace(/^\/(v\d+\/)?/, '').replace(/\{[^}]*\}/g, '_')

/** Where an OpenAPI description and what the relay uses are apart: calls, paths and types. */
export function differencesFrom(description: unknown, uses: readonly Use[]): string[] {
  const root = record(description)
  const paths = new Map(Object.entries(record(root.paths)).map(([path, item]) => [bare(path), record(item)]))
  const found = uses.flatMap(({ method, path, reads }) => {
    const call = `${method.toUpperCase()} ${path}`
    const operation = paths.get(path)?.[method]
    if (operation === undefined) return [`${call}: there is no such call`]
    if (reads === null) return []
    const answer = answerOf(root, record(operation))
    if (answer === null) return [`${call}: it answers no JSON`]
    return [...readsOf(reads)].flatMap(([at, types]) => {
      const said = at === '' ? answer : memberAt(root, answer, at)
      const where = `${call}: ${at || 'the answer'}`
      if (said === null) return isBelowMissing(root, answer, at) ? [] : [`${where} is missing`]
      const type = typeOf(root, said)
      const fits = type === 'anything' || types.includes(type) || types.includes('anything')
      return fits ? [] : [`${where} is ${type}, and the relay reads ${types.join(' or ')}`]
    })
  })
  return [...new Set(found)]
}

/** One line is enough for a member and all below it. */
function isBelowMissing(root: Json, answer: Json, at: string): boolean {
  const above = at.replace(/(\[\]|\.?[^.[\]]+)$/, '')
  return above !== '' && above !== at && memberAt(root, answer, above) === null
}

function answerOf(root: Json, operation: Json): Json | null {
  const responses = record(operation.responses)
  const good = Object.keys(responses).find((status) => /^2/.test(status) && status !== '204')
  if (good === undefined) return null
  const content = record(resolved(root, record(responses[good])).content)
  const json = Object.entries(content).find(([type]) => /json/.test(type))?.[1]
  return json === undefined ? null : resolved(root, record(record(json).schema))
}

function resolved(root: Json, schema: Json): Json {
  const ref = schema.$ref
  if (typeof ref === 'string')
    return resolved(
      root,
      ref
        .replace(/^#\//, '')
        .split('/')
        .reduce<Json>((at, name) => record(at[name]), root),
    )
  const all = schema.allOf
  if (!Array.isArray(all)) return schema
  const parts = all.map((one) => resolved(root, record(one)))
  const properties = Object.assign({}, ...parts.map((one) => one.properties), schema.properties)
  return { ...Object.assign({}, ...parts), ...schema, allOf: undefined, properties }
}

/** What is said of a path, as `Lines[].Quantity`; null when nothing is. */
function memberAt(root: Json, answer: Json, path: string): Json | null {
  let at = answer
  for (const [name] of path.matchAll(/\[\]|[^.[\]]+/g)) {
    const next = name === '[]' ? at.items : record(at.properties)[name]
    if (next === undefined) return null
    at = resolved(root, record(next))
  }
  return at
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  array: 'list',
  object: 'record',
}

function typeOf(root: Json, schema: Json): string {
  const { type, properties } = resolved(root, schema)
  const named = Array.isArray(type) ? type.find((one) => one !== 'null') : type
  return TYPES[String(named)] ?? (properties ? 'record' : 'anything')
}
