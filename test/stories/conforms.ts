import { app } from '../../src/http/app'
import { describedApi } from '../../src/http/openapi'

/** Whether an answer of the API is as its own description says: a status that is there, and a body that fits. */

interface Schema {
  $ref?: string
  type?: string | string[]
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  enum?: unknown[]
  const?: unknown
  pattern?: string
}
interface Media {
  schema?: Schema
}
interface Operation {
  responses: Record<string, { content?: Record<string, Media> }>
}

const described = describedApi(app)
const models = (described.components?.schemas ?? {}) as Record<string, Schema>
const routes = Object.entries(described.paths ?? {})
  .flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      fits: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
      isOpen: path.includes('{'),
      operation,
    })),
  )
  // What has no place for an id goes before what has: `/jobs/retry` is no job.
  .toSorted((a, b) => a.fits.source.split('[^/]+').length - b.fits.source.split('[^/]+').length)

const typesOf = (value: unknown): string[] => {
  if (value === null) return ['null']
  if (Array.isArray(value)) return ['array']
  if (typeof value === 'number') return Number.isInteger(value) ? ['integer', 'number'] : ['number']
  return [typeof value]
}

/** One schema for several that all have to fit. */
function joined({ allOf = [], ...own }: Schema): Schema {
  const all = [...allOf, own].map((one) => (one.$ref ? modelOf(one.$ref) : one))
  return {
    ...Object.assign({}, ...all),
    type: all
      .flatMap(({ type }) => (type === undefined ? [] : [[type].flat()]))
      .reduce<string[]>(
        (both, types) => (both.length === 0 ? types : both.filter((one) => types.includes(one))),
        [],
      ),
    properties: Object.assign({}, ...all.map(({ properties }) => properties)),
    required: all.flatMap(({ required = [] }) => required),
  }
}
const modelOf = (ref: string): Schema => models[ref.replace(/^.*\//, '')] ?? { const: Symbol() }

function faultsOf(schema: Schema, value: unknown, at: string): string[] {
  if (schema.$ref) return faultsOf(modelOf(schema.$ref), value, at)
  if (schema.allOf) return faultsOf(joined(schema), value, at)
  const faults: string[] = []
  const among = schema.anyOf ?? schema.oneOf
  if (among?.every((one) => faultsOf(one, value, at).length > 0))
    faults.push(`${at} is none of what it may be`)
  const types = [schema.type ?? []].flat()
  if (types.length > 0 && !types.some((type) => typesOf(value).includes(type)))
    return [...faults, `${at} is ${typesOf(value)[0]} and no ${types.join(' or ')}`]
  if (schema.enum && !schema.enum.includes(value)) faults.push(`${at} is ${JSON.stringify(value)}`)
  if ('const' in schema && schema.const !== value) faults.push(`${at} is ${JSON.stringify(value)}`)
  if (Array.isArray(value))
    return [
      ...faults,
      ...value.flatMap((item, n) => (schema.items ? faultsOf(schema.items, item, `${at}[${n}]`) : [])),
    ]
  return typeof value === 'object' && value !== null
    ? [...faults, ...faultsOfMembers(schema, value as Record<string, unknown>, at)]
    : faults
}

function faultsOfMembers(schema: Schema, value: Record<string, unknown>, at: string): string[] {
  const missing = (schema.required ?? [])
    .filter((name) => !(name in value))
    .map((name) => `${at}.${name} is missing`)
  const others = Object.entries(value).flatMap(([name, member]) => {
    const known = schema.properties?.[name]
    if (known) return faultsOf(known, member, `${at}.${name}`)
    if (typeof schema.additionalProperties === 'object')
      return faultsOf(schema.additionalProperties, member, `${at}.${name}`)
    // What is told and not described is as wrong as what is described and not told.
    return schema.properties ? [`${at}.${name} is not described`] : []
  })
  return [...missing, ...others]
}

/** What is wrong with the answer; nothing, where no route has such an address. */
export function unlikeDescribed(method: string, path: string, status: number, body: unknown): string[] {
  const bare = path.replace(/\?.*$/, '')
  const route = routes.find((one) => one.method === method && one.fits.test(bare))
  if (!route) return []
  const said = route.operation.responses[String(status)] ?? route.operation.responses.default
  const told = (fault: string) => `${route.name} → ${status}: ${fault}`
  if (!said) return [told('not described')]
  const media = said.content?.['application/json']
  if (!media?.schema) return []
  return faultsOf(media.schema, body, 'body').map(told)
}
