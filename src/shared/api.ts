import type * as z from 'zod/v4'
import { ApiError, type Remedy } from './errors'
import type { CallFault } from './problems/connections'

export interface ApiCall {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  url: string
  headers?: Record<string, string>
  body?: string | FormData
}

export interface ApiSettings {
  /** Begins the codes of errors: `tribe`, `poweroffice`. */
  system: 'tribe' | 'poweroffice'
  fetch: typeof fetch
  timeoutMs: number
  /** Called right before each write leaves; throws when it may not leave any more. */
  mayWrite?: () => void
}

/** Who calls: both systems can tell the relay's calls from others', and PowerOffice asks for it (poweroffice/API.md §2). */
export const USER_AGENT = 'tribe-poweroffice-relay'

export interface ApiAnswer {
  status: number
  headers: Headers
  /** Null for an answer without a body. */
  json: unknown
}

/**
 * One JSON call: sends it, waits no longer than `timeoutMs`, follows no redirect, and turns whatever is
 * not a 2xx with JSON (or nothing) into an ApiError. The status number decides the remedy: 401 and 403
 * are for the admin (`reconnect`), 429, 5xx, redirects and silence are for time, the other 4xx are for a
 * user (`data`).
 */
export async function callApi(settings: ApiSettings, call: ApiCall): Promise<ApiAnswer> {
  const { status, headers, text } = await callForText(settings, call)
  if (text.trim() === '') return { status, headers, json: null }
  try {
    return { status, headers, json: JSON.parse(text) }
  } catch {
    throw unreadable(settings.system, call.method !== 'GET', status)
  }
}

/** The same for an answer that is not JSON. */
export async function callForText(settings: ApiSettings, call: ApiCall) {
  const answer = await exchange(settings, call, textOf)
  if (answer.status >= 200 && answer.status <= 299) return answer
  throw refusal(settings.system, call, answer.status, answer.headers, answer.text)
}

/** The same for a file: so many bytes at most, else `…answer_too_large`. */
export async function callForBytes(
  settings: ApiSettings,
  call: ApiCall,
  most: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const read = async (response: Response) =>
    response.ok ? { bytes: await bytesOf(response, most) } : { text: await textOf(response) }
  const { status, headers, text } = await exchange(settings, call, read)
  if ('bytes' in text && isWhole(headers, text.bytes)) return text.bytes
  if ('bytes' in text) throw unreadable(settings.system, false, status)
  throw refusal(settings.system, call, status, headers, text.text)
}

/** The answer in the shape asked for; another shape is the other side's trouble, which time may mend. */
export function shaped<T>(
  system: ApiSettings['system'],
  schema: z.ZodType<T>,
  answer: unknown,
  isWrite = false,
): T {
  const parsed = schema.safeParse(answer)
  if (parsed.success) return parsed.data
  const where = parsed.error.issues[0]?.path.join('.') || 'the answer'
  throw unreadable(system, isWrite, 200, ` (at ${where})`)
}

async function exchange<T>(settings: ApiSettings, call: ApiCall, read: (response: Response) => Promise<T>) {
  const isWrite = call.method !== 'GET'
  if (isWrite) settings.mayWrite?.()
  try {
    const response = await settings.fetch(call.url, {
      method: call.method,
      headers: { accept: 'application/json', 'user-agent': USER_AGENT, ...call.headers },
      ...(call.body === undefined ? {} : { body: call.body }),
      redirect: 'manual',
      signal: AbortSignal.timeout(settings.timeoutMs),
    })
    return { status: response.status, headers: response.headers, text: await read(response) }
  } catch (thrown) {
    if (thrown instanceof TooLarge) throw tooLarge(settings.system, isWrite, thrown.most)
    const late = thrown instanceof Error && thrown.name === 'TimeoutError'
    const what = late ? `did not answer within ${settings.timeoutMs / 1000} s` : 'could not be reached'
    const code = late ? 'timeout' : 'unreachable'
    throw new ApiError(
      `${settings.system}.${code}`,
      'time',
      `${nameOf(settings.system)} ${what}`,
      0,
      null,
      null,
      isWrite,
    )
  }
}

/** A list of the largest page that is asked for is a tenth of this; what is larger would take the memory of all tenants. */
export const MOST_ANSWER_BYTES = 32 * 1024 * 1024
class TooLarge extends Error {
  constructor(readonly most: number) {
    super('too large')
  }
}

/** The body as text, however small it was when it was packed. */
async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const part of partsOf(response, MOST_ANSWER_BYTES))
    text += decoder.decode(part, { stream: true })
  return text + decoder.decode()
}

/** A file has no end by which one could see that it was cut off. */
function isWhole(headers: Headers, { byteLength }: Uint8Array): boolean {
  const length = headers.get('content-encoding') === null ? headers.get('content-length') : null
  return length === null || Number(length) === byteLength
}

async function bytesOf(response: Response, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  for await (const part of partsOf(response, most)) parts.push(part)
  const bytes = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.byteLength
  }
  return bytes
}

/** It is not read on once it turns out to be too large. */
async function* partsOf(response: Response, most: number): AsyncGenerator<Uint8Array> {
  if (Number(response.headers.get('content-length') ?? 0) > most) throw new TooLarge(most)
  let bytes = 0
  for await (const part of response.body ?? []) {
    bytes += part.byteLength
    if (bytes > most) throw new TooLarge(most)
    yield part
  }
}

function tooLarge(system: ApiSettings['system'], isWrite: boolean, most: number): ApiError {
  const size = `${Math.floor(most / (1024 * 1024))} MiB`
  const message = `${nameOf(system)} answered more than ${size}, which the relay does not read`
  return new ApiError(`${system}.answer_too_large`, 'time', message, 200, null, null, isWrite)
}

function refusal(
  system: ApiSettings['system'],
  call: ApiCall,
  status: number,
  headers: Headers,
  text: string,
): ApiError {
  const said = saying(text)
  if (status === 404 && isFromGateway(text)) {
    const what = `${nameOf(system)}'s gateway does not know ${pathOf(call.url)}: the URL of its API is wrong, or it is being changed`
    return new ApiError(`${system}.no_such_route`, 'time', what, status, said)
  }
  const words = said ? `: ${said}` : ''
  const { remedy, code } = byStatus(status)
  const what = `${nameOf(system)} answered ${status} to ${call.method} ${pathOf(call.url)}${words}`
  const outcomeUnknown = call.method !== 'GET' && status >= 500 && status !== 503
  return new ApiError(
    ...([`${system}.${code}`, remedy, what, status, said, retryAfter(headers), outcomeUnknown] as const),
    membersIn(text),
  )
}

function byStatus(status: number): { remedy: Remedy; code: CallFault } {
  if (status === 401) return { remedy: 'reconnect', code: 'unauthorized' }
  if (status === 403) return { remedy: 'reconnect', code: 'forbidden' }
  if (status === 429) return { remedy: 'time', code: 'too_many_requests' }
  if (status === 408 || status >= 500) return { remedy: 'time', code: 'unavailable' }
  if (status < 400) return { remedy: 'time', code: 'redirected' }
  if (status === 404) return { remedy: 'data', code: 'not_found' }
  return { remedy: 'data', code: 'refused' }
}

function unreadable(system: ApiSettings['system'], isWrite: boolean, status: number, where = ''): ApiError {
  const message = `${nameOf(system)} answered something that cannot be read${where}`
  return new ApiError(`${system}.unreadable_answer`, 'time', message, status, null, null, isWrite)
}

/** What a problem body says to people: ProblemDetails, a gateway error, an OData or a token error. */
function saying(text: string): string | null {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return null // a page of HTML says nothing to a bookkeeper
  }
  if (typeof body !== 'object' || body === null) return null
  const of = (o: object, ...names: string[]): string | null => {
    for (const [key, value] of Object.entries(o))
      if (names.includes(key.toLowerCase()) && typeof value === 'string' && value) return value
    return null
  }
  const inner = 'error' in body && typeof body.error === 'object' && body.error ? body.error : body
  const title = of(inner, 'title')
  const detail = of(inner, 'detail', 'message', 'error_description') ?? of(inner, 'error')
  return [title, detail].filter(Boolean).join(': ').slice(0, 500) || null
}

/** The members that a body names as faulty, as ASP.NET's validation does: `{"errors": {"EmailAddress": […]}}`. */
function membersIn(text: string): string[] {
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body !== 'object' || body === null) return []
    const errors = Object.entries(body).find(([name]) => name.toLowerCase() === 'errors')?.[1]
    return typeof errors === 'object' && errors !== null && !Array.isArray(errors) ? Object.keys(errors) : []
  } catch {
    return []
  }
}

/** A 404 of the gateway says that there is no such route, and nothing of a record (poweroffice/API.md §5.1). */
function isFromGateway(text: string): boolean {
  return /"statusCode"\s*:\s*"?404/.test(text)
}

function retryAfter(headers: Headers): number | null {
  const value = headers.get('retry-after')
  if (!value) return null
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 3600) : null
}

const nameOf = (system: ApiSettings['system']) => (system === 'tribe' ? 'Tribe' : 'PowerOffice')
/** Without the query, which may hold names. */
const pathOf = (url: string) => new URL(url).pathname
