/** Reads the OpenAPI description beside it: which operations exist, who may, and what they take. */
import document from './openapi.json'

export interface Schema {
  $ref?: string
  type?: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object'
  format?: string
  nullable?: boolean
  maxLength?: number
  minLength?: number
  minimum?: number
  maximum?: number
  enum?: string[]
  required?: string[]
  additionalProperties?: boolean | Schema
  properties?: Record<string, Schema>
  items?: Schema
  oneOf?: Schema[]
}

interface RawParameter {
  $ref?: string
  name?: string
  in?: string
  required?: boolean
  schema?: Schema
}
type RawContent = Record<string, { schema: Schema }>
interface RawOperation {
  security?: Record<string, unknown>[]
  parameters?: RawParameter[]
  requestBody?: { required: boolean; content: RawContent }
  responses: Record<string, { content?: RawContent }>
  'x-required-roles-any-of'?: string[]
  'x-patch-target'?: string
}
interface Document {
  paths: Record<string, Record<string, RawOperation>>
  components: { parameters: Record<string, RawParameter>; schemas: Record<string, Schema> }
}

export interface Parameter {
  name: string
  required: boolean
  schema: Schema
}

export interface Operation {
  /** "GET /Customers/{id}", as in the documentation. */
  name: string
  method: string
  segments: string[]
  /** Any of these will do; null where none is needed. */
  roles: string[] | null
  /** Needs a bearer token. */
  needsToken: boolean
  pathParameters: Parameter[]
  query: Parameter[]
  body: { contentType: string; schema: Schema; required: boolean } | null
  patchModel: { name: string; schema: Schema } | null
  success: number
  /** The model of what is answered, of one row where it is a list. */
  answerModel: Schema | null
  isList: boolean
}

const spec = document as unknown as Document

/** Follows a reference. A model that may be null stays so. */
export function resolve(schema: Schema): Schema {
  if (!schema.$ref) return schema
  const found = spec.components.schemas[schema.$ref.split('/').at(-1) ?? '']
  if (!found) throw new Error(`no schema ${schema.$ref}`)
  return resolve(found)
}

function parameterOf(raw: RawParameter): RawParameter {
  return raw.$ref ? (spec.components.parameters[raw.$ref.split('/').at(-1) ?? ''] ?? raw) : raw
}

function operationOf(path: string, method: string, raw: RawOperation): Operation {
  const parameters = (raw.parameters ?? []).map(parameterOf)
  const those = (place: string): Parameter[] =>
    parameters
      .filter((p) => p.in === place)
      .map((p) => ({ name: p.name ?? '', required: p.required ?? false, schema: resolve(p.schema ?? {}) }))
  const [bodyType, bodyContent] = Object.entries(raw.requestBody?.content ?? {})[0] ?? []
  const successes = Object.keys(raw.responses).filter((code) => code.startsWith('2'))
  const success = successes[0] ?? '200'
  const answer = Object.values(raw.responses[success]?.content ?? {})[0]?.schema
  const target = raw['x-patch-target']
  const answered = answer ? resolve(answer) : null
  return {
    name: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    segments: path.split('/').slice(1),
    roles: raw['x-required-roles-any-of'] ?? null,
    needsToken: raw.security?.some((one) => 'Bearer' in one) ?? true,
    pathParameters: those('path'),
    query: those('query'),
    body:
      bodyType && bodyContent
        ? { contentType: bodyType, schema: bodyContent.schema, required: raw.requestBody?.required ?? false }
        : null,
    patchModel: target ? { name: target.split('/').at(-1) ?? '', schema: resolve({ $ref: target }) } : null,
    success: Number(success),
    answerModel: answered?.type === 'array' && answered.items ? resolve(answered.items) : answered,
    isList: answered?.type === 'array',
  }
}

export const operations: Operation[] = Object.entries(spec.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, raw]) => operationOf(path, method, raw)),
)

export interface Match {
  operation: Operation
  params: Record<string, string>
  /** Segments that were spelled in another case than the documentation does. */
  misspelled: string[]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Which operation a path below the API's base means; case does not matter, a fixed segment wins over an id. */
export function findOperation(method: string, path: string): Match | null {
  const given = path.split('/').slice(1)
  const matches: (Match & { fixed: number })[] = []
  for (const operation of operations) {
    if (operation.method !== method || operation.segments.length !== given.length) continue
    const match = { operation, params: {} as Record<string, string>, misspelled: [] as string[], fixed: 0 }
    const fits = operation.segments.every((segment, i) => {
      const text = given[i] ?? ''
      if (segment.startsWith('{')) {
        match.params[segment.slice(1, -1)] = decoded(text)
        return text !== ''
      }
      if (segment.toLowerCase() !== text.toLowerCase()) return false
      if (segment !== text) match.misspelled.push(text)
      match.fixed++
      return true
    })
    if (fits) matches.push(match)
  }
  return matches.sort((a, b) => b.fixed - a.fixed)[0] ?? null
}
