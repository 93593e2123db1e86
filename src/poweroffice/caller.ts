import type * as z from 'zod/v4'
import { type ApiAnswer, type ApiCall, callApi, callForBytes, shaped } from '../shared/api'
import { type ContractWatch, readAs, typeOf } from '../shared/contract'
import { ApiError } from '../shared/errors'
import { carriableBody } from '../shared/texts'
import type { Tokens } from '../shared/tokens'
import { knownAt } from './contract'
import type { Gate } from './gate'
import { Pagination } from './schemas'

/** How any call to PowerOffice is made: token, turn, retries, pages (API.md §4). */

/** One change of a JSON Patch; paths are PascalCase (API.md §4.6). */
export interface PatchOperation {
  op: 'replace' | 'add'
  path: string
  value: unknown
}

export interface Page<T> {
  rows: T[]
  /** Ids of rows that did not have the shape we know: a person has to look at them. */
  unreadable: string[]
  isLast: boolean
}

export interface PageQuery {
  page: number
  pageSize: number
  orderBy: string
  /** Strictly after (API.md §4.9); canonical UTC, as `dates.ts` writes it. */
  changedAfter?: string
}

export interface PowerOfficeOptions {
  baseUrl: string
  subscriptionKey: string
  fetch: typeof fetch
  timeoutMs: number
  /** Called right before each write leaves; throws when it may not leave any more. */
  mayWrite?: () => void
  tokens: Tokens
  gate: Gate
  /** Is told how answers compare with what is read of them. */
  watch?: ContractWatch
  /** Runs the writes of one PowerOffice client strictly one after another: it answers 503 otherwise (API.md §4.2). */
  oneAtATime: <T>(write: () => Promise<T>) => Promise<T>
}

const TRIES_AFTER_429 = 3
/** The rows of a page, unless asked otherwise; and the most that it may hold (API.md §4.3). */
const USUAL_ROWS = 5000
export const MOST_ROWS = 20_000

/** An answer, and the path that it is the answer of. */
export interface Answer extends ApiAnswer {
  path: string
}

export type Caller = ReturnType<typeof createCaller>

const hasStatus = (thrown: unknown, status: number): thrown is ApiError =>
  thrown instanceof ApiError && thrown.status === status

/** Makes a call with a token when its turn has come, and again when that can help. */
async function callInTurn<T>(
  { tokens, gate, subscriptionKey }: PowerOfficeOptions,
  call: (headers: Record<string, string>) => Promise<T>,
): Promise<T> {
  let renewed = false
  for (let tries = 1; ; tries++) {
    const token = await tokens.current()
    await gate.turn()
    try {
      return await call({ authorization: `Bearer ${token}`, 'ocp-apim-subscription-key': subscriptionKey })
    } catch (thrown) {
      // A 429 was not executed, so it may be sent again, writes too (API.md §4.2).
      if (hasStatus(thrown, 429) && tries < TRIES_AFTER_429) {
        await gate.hold(Math.max(1, thrown.retryAfterSeconds ?? 1) * 1000)
      } else if (hasStatus(thrown, 401) && !renewed) {
        renewed = true
        await tokens.drop(token)
      } else {
        throw thrown
      }
    }
  }
}

export function createCaller(options: PowerOfficeOptions) {
  const { fetch, timeoutMs, mayWrite = () => undefined, watch } = options
  const api = { system: 'poweroffice' as const, fetch, timeoutMs, mayWrite }
  const inTurn = <T>(call: (headers: Record<string, string>) => Promise<T>) => callInTurn(options, call)

  const send = async (
    method: ApiCall['method'],
    path: string,
    body?: { json: unknown; type: string } | FormData,
  ): Promise<Answer> => {
    const { status, headers, json } = await inTurn((authorized) =>
      callApi(api, {
        method,
        url: `${options.baseUrl}/${path}`,
        // That of a form names its boundary, which only the form knows.
        headers:
          body && !(body instanceof FormData) ? { ...authorized, 'content-type': body.type } : authorized,
        ...(body ? { body: body instanceof FormData ? body : jsonOf(body.json) } : {}),
      }),
    )
    return { status, headers, json, path }
  }

  /** What was answered, as the schema reads it; what cannot be read is the other side's trouble. */
  function read<T>(schema: z.ZodType<T>, { path, json }: Answer, isWrite = false): T {
    const known = knownAt(path, schema)
    const found = readAs(schema, json, known, watch)
    if (!found) return shaped('poweroffice', schema, json, isWrite)
    watch?.read(known, Array.isArray(json) ? json : [json])
    return found.row
  }

  const get = (path: string) => send('GET', path)

  /** A file, of so many bytes at most; none when there is nothing. */
  const bytes = (path: string, most: number): Promise<Uint8Array<ArrayBuffer>> =>
    inTurn((headers) =>
      callForBytes(
        api,
        { method: 'GET', url: `${options.baseUrl}/${path}`, headers: { ...headers, accept: '*/*' } },
        most,
      ),
    )

  const write = (method: 'POST' | 'PATCH', path: string, json: unknown) => {
    const type = method === 'PATCH' ? 'application/json-patch+json' : 'application/json'
    return options.oneAtATime(() => send(method, path, { json: carriableBody(json), type }))
  }

  const upload = (method: 'POST' | 'PUT', path: string, form: FormData) =>
    options.oneAtATime(() => send(method, path, form))

  const remove = (path: string) => options.oneAtATime(() => send('DELETE', path))

  async function page<T>(
    schema: z.ZodType<T>,
    path: string,
    query: Record<string, string | number>,
    pageSize: number,
  ): Promise<Page<T>> {
    const answer = await get(`${path}?${queryString({ ...query, PageSize: pageSize })}`)
    if (answer.status === 204) return { rows: [], unreadable: [], isLast: true }
    return { ...rowsOf(schema, answer, watch), isLast: isLastPage(answer, pageSize) }
  }

  /** All rows of a list, in the order of their ids. */
  async function everything<T>(
    schema: z.ZodType<T>,
    path: string,
    query: Record<string, string | number> = {},
    pageSize = USUAL_ROWS,
  ): Promise<Omit<Page<T>, 'isLast'>> {
    const all: Omit<Page<T>, 'isLast'> = { rows: [], unreadable: [] }
    for (let pageNumber = 1; ; pageNumber++) {
      const read = await page(schema, path, { ...query, PageNumber: pageNumber, OrderBy: 'Id asc' }, pageSize)
      all.rows.push(...read.rows)
      all.unreadable.push(...read.unreadable)
      if (read.isLast) return all
    }
  }

  /** How many rows a list has; one call for each 20,000. */
  async function count(path: string): Promise<number> {
    for (let pageNumber = 1, rows = 0; ; pageNumber++) {
      const query = { Fields: 'Id', OrderBy: 'Id asc', PageNumber: pageNumber, PageSize: MOST_ROWS }
      const answer = await get(`${path}?${queryString(query)}`)
      rows += Array.isArray(answer.json) ? answer.json.length : 0
      if (answer.status === 204 || isLastPage(answer, MOST_ROWS)) return rows
    }
  }

  return { get, read, bytes, write, upload, remove, page, everything, count }
}

/** In every runtime that we meet, and in no library of types yet. */
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown }

/** Numbers of 64 bits go digit by digit: a number of JavaScript's holds 53. */
const jsonOf = (json: unknown): string =>
  JSON.stringify(json, (_, value: unknown) => (typeof value === 'bigint' ? rawJSON(String(value)) : value))

export function listQuery({ page, orderBy, changedAfter }: PageQuery): Record<string, string | number> {
  const since = changedAfter === undefined ? {} : { lastChangedDateTimeOffsetGreaterThan: changedAfter }
  return { ...since, PageNumber: page, OrderBy: orderBy }
}

/** A blank filter would return everything (API.md §4.4): it is a bug of ours, stopped here. */
function queryString(query: Record<string, string | number>): string {
  return Object.entries(query)
    .map(([name, value]) => {
      if (value === '') throw new Error(`a blank filter: ${name}`)
      return `${name}=${encodeURIComponent(value)}`
    })
    .join('&')
}

/** One bad row never blocks the others: it is told by its id. */
function rowsOf<T>(
  schema: z.ZodType<T>,
  { path, json }: Answer,
  watch: ContractWatch | undefined,
): { rows: T[]; unreadable: string[] } {
  const known = knownAt(path, schema, true)
  if (!Array.isArray(json)) {
    watch?.misread(known, [{ path: known.name, reads: 'list', found: typeOf(json), rests: null }])
    throw new ApiError(
      'poweroffice.unreadable_answer',
      'time',
      'PowerOffice answered something that is no list',
      200,
    )
  }
  const read = json.map((item) => readAs(schema, item, known, watch))
  watch?.read(
    known,
    json.filter((_, n) => read[n] !== null),
  )
  return {
    rows: read.flatMap((found) => (found ? [found.row] : [])),
    unreadable: json.filter((_, n) => read[n] === null).map(idOf),
  }
}

function idOf(item: unknown): string {
  const id = typeof item === 'object' && item !== null && 'Id' in item ? item.Id : null
  return typeof id === 'number' || typeof id === 'string' ? String(id) : 'unknown'
}

function isLastPage(answer: ApiAnswer, pageSize: number): boolean {
  const header = answer.headers.get('x-pagination')
  if (header) {
    try {
      const pagination = Pagination.safeParse(JSON.parse(header))
      if (pagination.success && pagination.data.nextPageLink !== undefined)
        return pagination.data.nextPageLink === null
    } catch {
      // Not JSON: as good as missing.
    }
  }
  return Array.isArray(answer.json) && answer.json.length < pageSize
}

/** A write that was refused because somebody else has the reference, code or number: some resources say 400, others 409. */
export const isDuplicate = (thrown: unknown): thrown is ApiError =>
  thrown instanceof ApiError &&
  (thrown.status === 400 || thrown.status === 409) &&
  /already in use/i.test(thrown.said ?? '')

/** The same, and whatever else contradicts what is there: nobody has seen the words for every kind of record (API.md §4.8). */
export const mayBeDuplicate = (thrown: unknown): thrown is ApiError =>
  isDuplicate(thrown) || hasStatus(thrown, 409)

/** PowerOffice answers 404 to a record that it does not know, and may to a filter that names one (API.md §4.1). */
export async function unlessUnknown<T>(call: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await call()
  } catch (thrown) {
    if (thrown instanceof ApiError && thrown.code === 'poweroffice.not_found') return otherwise
    throw thrown
  }
}
