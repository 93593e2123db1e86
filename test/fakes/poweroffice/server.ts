/** The way of a request: gateway, token, privilege, query and body, handler, and the shape of the answer. */
import type { Context } from 'hono'
import type { Books } from './books'
import { type Answer, Call, type Handlers, type Uploaded } from './call'
import { isObject, type Json } from './json'
import { pageOf, withoutNulls } from './lists'
import type { Onboarding } from './onboarding'
import { Problem } from './problem'
import { type Query, readQuery } from './query'
import { DEFAULT_QUIRKS, type Quirks } from './quirks'
import { findOperation, type Match, type Operation, resolve, type Schema } from './spec'
import { type Fault, isUuid, validate } from './validate'

export const BASE = '/v2'

/** What the surroundings know of a request by the time it is answered. */
export interface Arrival {
  books: Books | null
  isWithinLimit: boolean
  /** No other write of the client is under way. */
  isAlone: boolean
  violation: (text: string) => void
}

const json = (status: number, body: Json, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  })

const gateway = (status: number, message: string): Response => json(status, { statusCode: status, message })

export function tooMany(quirks: Quirks): Response {
  const body = { statusCode: '429', message: 'Rate limit is exceeded. Try again in 1 seconds.' }
  return json(429, body, quirks.retryAfterHeader ? { 'retry-after': '1' } : {})
}

/** The gateway's own checks, the same for a token and for data. */
export function gatewayRefusal(c: Context, subscriptionKey: string, arrival: Arrival): Response | null {
  const key = c.req.header('ocp-apim-subscription-key') ?? c.req.query('subscription-key')
  if (key === undefined) arrival.violation('no Ocp-Apim-Subscription-Key')
  if (!c.req.header('user-agent')) arrival.violation('no User-Agent')
  if (key !== subscriptionKey) {
    const fault = key === undefined ? 'missing' : 'invalid'
    return gateway(401, `Access denied due to ${fault} subscription key. Make sure to provide a valid key.`)
  }
  return arrival.isWithinLimit ? null : tooMany(arrival.books?.quirks ?? DEFAULT_QUIRKS)
}

export function operationOf(c: Context, arrival: Arrival): Match | null {
  const { pathname } = new URL(c.req.url)
  if (!pathname.toLowerCase().startsWith(`${BASE}/`)) return null
  const match = findOperation(c.req.method, pathname.slice(BASE.length))
  if (!match) return null
  if (!pathname.startsWith(BASE))
    arrival.violation(`${pathname.slice(0, BASE.length)} should be spelled ${BASE}`)
  for (const segment of match.misspelled) {
    arrival.violation(`${segment} is not spelled as in ${match.operation.name}`)
  }
  return match
}

export function routeUnknown(arrival: Arrival): Response {
  arrival.violation('unknown route')
  return gateway(404, 'Resource not found')
}

export function refusedBody(status: 401 | 403, quirks: Quirks): Response {
  const setting = status === 401 ? quirks.unauthorizedBody : quirks.forbiddenBody
  if (setting === 'none') return new Response(null, { status })
  const problem = new Problem(status, status === 401 ? 'Unauthorized' : 'Forbidden')
  return json(status, problem.body(quirks.problemStyle), { 'content-type': 'application/problem+json' })
}

/** Answers one of the two calls that no client's token goes along with. */
export async function serveOnboarding(c: Context, match: Match, onboarding: Onboarding, arrival: Arrival) {
  const type = (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') arrival.violation(`a body of type ${type}`)
  const given = {
    origin: new URL(c.req.url).origin,
    authorization: c.req.header('authorization'),
    violation: arrival.violation,
  }
  try {
    return json(200, onboarding.answer(match, parse(await c.req.text(), arrival), given))
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const headers = { 'content-type': 'application/problem+json; charset=utf-8' }
    return json(error.status, error.body('lower'), headers)
  }
}

/** What exists in the real thing and not here: account transactions. */
export function notSimulated({ operation }: Match, arrival: Arrival): Response {
  arrival.violation('the fake does not simulate this operation')
  return json(501, new Problem(501, 'Not simulated', operation.name).body('lower'))
}

/** Answers a call that has been let in. */
export async function serve(c: Context, match: Match, books: Books, handlers: Handlers, arrival: Arrival) {
  const { operation } = match
  try {
    const handler = handlers[operation.name]
    if (!handler) {
      return notSimulated(match, arrival)
    }
    if (!arrival.isAlone && ['POST /Customers', 'POST /SalesOrders/Complete'].includes(operation.name)) {
      throw new Problem(503, 'Service unavailable', 'Too many requests at once for this client.')
    }
    const search = new URL(c.req.url).search.slice(1)
    const query = readQuery(operation, search, arrival.violation)
    const params = checkedParams(match, arrival)
    const isUpload = operation.body?.contentType.startsWith('multipart') ?? false
    const file = isUpload ? await readFile(c, arrival) : null
    const body = isUpload ? null : await readBody(c, operation, books, arrival)
    if (operation.method !== 'GET' && books.quirks.writeMs > 0) await sleep(books.quirks.writeMs)
    books.settle()
    const call = new Call(operation, books, params, query, body, arrival.violation, file)
    return answer(c, call, handler(call))
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const headers = { 'content-type': 'application/problem+json; charset=utf-8' }
    const isDuplicate = error.status === 400 && /already in use/.test(error.detail ?? '')
    const { status, title, detail, errors } = error
    const told = isDuplicate ? new Problem(books.quirks.duplicateStatus, title, detail, errors) : error
    return json(isDuplicate ? told.status : status, told.body(books.quirks.problemStyle), headers)
  }
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

function checkedParams({ operation, params }: Match, arrival: Arrival): Record<string, string> {
  const checked: Record<string, string> = {}
  for (const { name, schema } of operation.pathParameters) {
    const text = params[name] ?? ''
    const fits = schema.format === 'uuid' ? isUuid(text) : /^\d{1,15}$/.test(text)
    if (!fits) {
      arrival.violation(`'${text}' is no ${name}`)
      throw new Problem(400, 'Invalid path', `The value '${text}' is not valid for ${name}.`)
    }
    checked[name] = text.toLowerCase()
  }
  return checked
}

async function readBody(c: Context, operation: Operation, books: Books, arrival: Arrival): Promise<Json> {
  if (!operation.body) return null
  const contentType = (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  const text = await c.req.text()
  const content = parse(text, arrival)
  if (contentType === '') arrival.violation('a body without content type')
  // The application takes a plain object for a patch, and then does nothing with it.
  if (operation.patchModel && isObject(content)) return content
  if (contentType !== operation.body.contentType) {
    if (contentType !== '') arrival.violation(`a body of type ${contentType}`)
    throw new Problem(415, 'Unsupported Media Type', `The body must be ${operation.body.contentType}.`)
  }
  if (operation.patchModel) return content
  if (content === null) throw new Problem(400, 'Invalid body', 'The body is empty.')
  const found = validate(operation.body.schema, content)
  for (const { kind, path, message } of found) {
    if (kind !== 'length' && kind !== 'required') arrival.violation(`${path} ${message}`)
  }
  const isIgnored = (fault: Fault) =>
    fault.kind === 'unknown-member' && books.quirks.unknownMembers === 'ignored'
  const faults = found.filter((fault) => !isIgnored(fault))
  if (faults.length === 0) return known(operation.body.schema, content)
  const errors = Object.fromEntries(faults.map(({ path, message }) => [path, [message]]))
  const detail = faults.map(({ path, message }) => `${path} ${message}.`).join(' ')
  throw new Problem(400, 'The body does not fit its model', detail, errors)
}

async function readFile(c: Context, arrival: Arrival): Promise<Uploaded> {
  const isForm = /^multipart\/form-data; *boundary=/i.test(c.req.header('content-type') ?? '')
  if (!isForm) {
    arrival.violation('an upload that is no multipart form')
    throw new Problem(415, 'Unsupported Media Type', 'The body must be multipart/form-data.')
  }
  const file = (await c.req.raw.formData()).get('file')
  if (file instanceof Blob)
    return { name: file.name, type: file.type, bytes: new Uint8Array(await file.arrayBuffer()) }
  arrival.violation('an upload without the part "file"')
  throw new Problem(400, 'Invalid body', 'The part "file" is missing.')
}

/** The members that the model knows. */
function known(schema: Schema, content: Json): Json {
  if (!isObject(content)) return content
  const names = Object.keys(resolve(schema).properties ?? {})
  return Object.fromEntries(Object.entries(content).filter(([name]) => names.includes(name)))
}

function parse(text: string, arrival: Arrival): Json {
  if (text === '') return null
  try {
    return JSON.parse(text) as Json
  } catch {
    arrival.violation('a body that is not JSON')
    throw new Problem(400, 'Invalid body', 'The body is not JSON.')
  }
}

function answer(c: Context, call: Call, given: Answer): Response {
  const { operation, books, query } = call
  const { quirks } = books
  if ('bytes' in given) {
    const headers = { 'content-type': given.type, 'content-length': String(given.bytes.length) }
    return new Response(given.bytes.slice().buffer, { headers })
  }
  if ('json' in given) {
    const status = given.status ?? operation.success
    if (given.json === null)
      return new Response(null, { status, ...(given.headers ? { headers: given.headers } : {}) })
    return json(status, shaped(given.json, quirks), given.headers)
  }
  if (given.list.length === 0 && quirks.nothingNamed === 'not-found') refuseUnknown(query)
  const { rows, hasMore } = pageOf(operation, query, given.list, call.violation)
  if (rows.length === 0) return new Response(null, { status: 204 })
  const next = new URL(c.req.url)
  next.searchParams.set('PageNumber', String(Number(query.PageNumber ?? 1) + 1))
  const pagination = JSON.stringify({ nextPageLink: hasMore ? next.toString() : null })
  return json(200, shaped(rows, quirks), quirks.paginationHeader ? { 'x-pagination': pagination } : {})
}

/** Filters that name records; others say when, or of what kind. */
const NAMING =
  /^(external|(customer|supplier|invoice|voucher|order|importedOrder|salesOrder|employee)Nos$|(contact|invoice|match)Ids?$|codes$|names$)/

function refuseUnknown(query: Query): void {
  const named = Object.keys(query).find((name) => NAMING.test(name))
  if (named)
    throw new Problem(404, 'Object(s) not found', `Could not find object(s) with ${named} = ${query[named]}.`)
}

function shaped(value: Json, quirks: Quirks): Json {
  const kept = withNumbersAs(quirks.invoiceNumbersAs, quirks.nullsOmitted ? withoutNulls(value) : value)
  if (!quirks.timestampsWithSpace) return kept
  const text = JSON.stringify(kept)
  return JSON.parse(text.replace(/"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d\.\d{7}\+00:00)"/g, '"$1 $2"')) as Json
}

function withNumbersAs(how: Quirks['invoiceNumbersAs'], value: Json): Json {
  if (how === 'documented') return value
  const told = how === 'text' ? '"$1":"$2"' : '"$1":$2'
  return JSON.parse(JSON.stringify(value).replace(/"((?:Related)?InvoiceNo)":"?(\d+)"?/g, told)) as Json
}
