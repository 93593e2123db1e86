/**
 * What both fakes are made of: a clock that a test can move, a list of the requests seen, and
 * faults that a test can switch on. A fake is a Hono app with state; `listen.ts` puts it on a port.
 */
import type { Context, MiddlewareHandler } from 'hono'

/** A clock that runs with the real one, and that a test can set ahead or back. */
export class FakeClock {
  private shiftMs = 0
  now(): Date {
    return new Date(Date.now() + this.shiftMs)
  }
  /** Moves this system's clock; a negative number sets it back. */
  advance(ms: number): void {
    this.shiftMs += ms
  }
}

export interface SeenRequest {
  /** Real time of arrival, in milliseconds since 1970. */
  at: number
  method: string
  path: string
  /** The raw query string, without "?". */
  search: string
  /** Who sent it, as far as the fake could tell: a client key, an environment. */
  account: string | null
  body: string
  /** The answer's status; 0 while under way, or when the connection was dropped. */
  status: number
  /** Its caller gave it up long before it arrived. */
  isLate: boolean
}

/** Every request that reached a fake, in order of arrival. */
export class RequestLog {
  readonly all: SeenRequest[] = []

  clear(): void {
    this.all.length = 0
  }

  /** Requests whose "METHOD /path?search" matches; the account narrows further. */
  matching(pattern: RegExp, account?: string): SeenRequest[] {
    return this.all.filter(
      (r) =>
        pattern.test(`${r.method} ${r.path}${r.search ? `?${r.search}` : ''}`) &&
        (account === undefined || r.account === account),
    )
  }

  /** The most requests that arrived within any stretch of `windowMs`. */
  mostWithin(windowMs = 1000): number {
    const times = this.all.map((r) => r.at).sort((a, b) => a - b)
    let most = 0
    let first = 0
    for (let last = 0; last < times.length; last++) {
      while ((times[last] as number) - (times[first] as number) >= windowMs) first++
      most = Math.max(most, last - first + 1)
    }
    return most
  }
}

/** What can go wrong on the way. "after" means that the request took effect all the same. */
export type FaultName =
  | 'rate-limited' // 429 with Retry-After: 1
  | 'rate-limited-bare' // 429 without Retry-After
  | 'rate-limited-date' // 429 with a Retry-After that is a date, 20 s ahead
  | 'unavailable' // 503 before effect
  | 'error-before' // 500 before effect
  | 'error-after' // 500 after effect
  | 'lost-before' // connection closed before effect
  | 'lost-after' // connection closed after effect
  | 'huge' // 200 with 40 MiB that were small on the way
  | 'slow-before' // waits `delayMs`, then goes on as usual
  | 'slow-after' // takes effect, then waits `delayMs` before it answers
  | 'truncated' // the JSON of the answer is cut in the middle
  | 'html' // 502 with a page of HTML, before effect
  | 'wrong-content-type' // the right body, said to be text/plain
  | 'empty' // 200 without a body, after effect
  | 'unauthorized' // 401 before effect
  | 'forbidden' // 403 before effect
  | 'redirect' // 302 to elsewhere, before effect
  | 'refused' // 400 before effect
  | 'not-found' // 404 before effect
  | 'no-route' // 404 of a gateway that does not know the path
  | 'short' // the second half of the rows of a list is left out
  | 'meanwhile-before' // `act` happens before it arrives, then it goes on as usual
  | 'meanwhile-after' // `act` happens after it took effect, before its answer leaves

export interface Fault<Name extends string = FaultName> {
  name: Name
  /** Which requests: tested against "METHOD /path?search". Default: all. */
  on?: RegExp
  /** Only requests whose body has this. */
  body?: RegExp
  /** Only requests of this account. */
  account?: string
  /** How many times it strikes; default 1. `Infinity` until it is cleared. */
  times?: number
  /** How many matching requests go by untouched first; default 0. */
  skip?: number
  /** Chance of striking a request that matches; default 1. */
  probability?: number
  delayMs?: number
  act?: () => void
}

/** A fault that is switched on. */
export interface Active {
  /** How often it has struck. */
  struck(): number
  lift(): void
}

/** Header by which an answer asks `listen.ts` to drop the connection instead. */
export const DROP = 'x-fake-drop-connection'
/** Header of a request that its caller gave up long before it arrived. */
export const LATE = 'x-fake-late'

export class Faults<Name extends string = FaultName> {
  private active: (Required<Fault<Name>> & { struck: number })[] = []
  constructor(private readonly random: () => number = Math.random) {}

  add(fault: Fault<Name>): Active {
    const added = {
      on: /./,
      body: /(?:)/,
      account: '',
      times: 1,
      skip: 0,
      probability: 1,
      delayMs: 0,
      act: () => undefined,
      ...fault,
      struck: 0,
    }
    this.active.push(added)
    const lift = () => {
      this.active = this.active.filter((one) => one !== added)
    }
    return { struck: () => added.struck, lift }
  }

  clear(): void {
    this.active = []
  }

  /** The fault that strikes this request, if any; uses up one of its times. */
  strike(line: string, account: string | null, body: string): Required<Fault<Name>> | null {
    for (const fault of this.active) {
      if (fault.times <= 0 || !fault.on.test(line) || !fault.body.test(body)) continue
      if (fault.account && fault.account !== account) continue
      if (fault.skip > 0) {
        fault.skip--
        continue
      }
      if (this.random() >= fault.probability) continue
      fault.times--
      fault.struck++
      return fault
    }
    return null
  }
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Logs each request, and lets the faults strike. `accountOf` must not need the body. */
export function observed(
  log: RequestLog,
  faults: Faults,
  accountOf: (c: Context) => string | null,
): MiddlewareHandler {
  return async (c, next) => {
    const url = new URL(c.req.url)
    const search = url.search.slice(1)
    const account = accountOf(c)
    const body = c.req.method === 'GET' ? '' : await c.req.raw.clone().text()
    const seen: SeenRequest = {
      at: Date.now(),
      method: c.req.method,
      path: url.pathname,
      search,
      account,
      body,
      status: 0,
      isLate: c.req.header(LATE) !== undefined,
    }
    log.all.push(seen)
    const fault = faults.strike(`${seen.method} ${seen.path}${search ? `?${search}` : ''}`, account, body)
    await withFault(c, next, fault, body)
    seen.status = c.res.headers.has(DROP) ? 0 : c.res.status
  }
}

const refusalOf = (body: string): string =>
  ['This is refused', ...(/[\w.+-]+@[\w.-]+/.exec(body) ?? /(?<="Name":")[^"]+/.exec(body) ?? [])].join(': ')

async function withFault(
  c: Context,
  next: () => Promise<void>,
  fault: Required<Fault> | null,
  body: string,
): Promise<void> {
  const answer = (status: number, body: string, headers: Record<string, string> = {}) => {
    c.res = new Response(body || null, {
      status,
      headers: { 'content-type': 'application/json', ...headers },
    })
  }
  const limited = '{"statusCode":"429","message":"Rate limit is exceeded. Try again in 1 seconds."}'
  switch (fault?.name) {
    case undefined:
      return next()
    case 'rate-limited':
      return answer(429, limited, { 'retry-after': '1' })
    case 'rate-limited-bare':
      return answer(429, limited)
    case 'rate-limited-date':
      return answer(429, limited, { 'retry-after': new Date(Date.now() + 20_000).toUTCString() })
    case 'unavailable':
      return answer(503, '{"title":"Service unavailable","status":503}')
    case 'error-before':
      return answer(500, '{"title":"Unexpected error","status":500}')
    case 'unauthorized':
      return answer(401, '')
    case 'forbidden':
      return answer(403, '')
    case 'refused':
      // Both systems repeat what they refuse, whoever it names.
      return answer(400, JSON.stringify({ error: { code: null, message: refusalOf(body) } }))
    case 'not-found':
      return answer(404, '{"error":{"code":null,"message":"Not found"}}')
    case 'no-route':
      return answer(404, '{"statusCode":404,"message":"Resource not found"}')
    case 'html':
      return answer(502, '<html><body>Bad gateway</body></html>', { 'content-type': 'text/html' })
    case 'redirect':
      return answer(302, '', { location: 'http://127.0.0.1:9/elsewhere' })
    case 'lost-before':
      return answer(200, '', { [DROP]: 'yes' })
    case 'huge':
      c.res = new Response(huge(), { headers: { 'content-type': 'application/json' } })
      return
    case 'slow-before':
      await sleep(fault?.delayMs ?? 0)
      return next()
    case 'meanwhile-before':
      fault?.act()
      return next()
  }
  await next()
  const done = c.res
  switch (fault?.name) {
    case undefined:
      return
    case 'error-after':
      return answer(500, '{"title":"Unexpected error","status":500}')
    case 'lost-after':
      return answer(200, '', { [DROP]: 'yes' })
    case 'slow-after':
      return void (await sleep(fault.delayMs))
    case 'meanwhile-after':
      return fault.act()
    case 'short':
      return answer(done.status, shortened(await done.text()), pagesOf(done))
    case 'empty':
      // What is refused stays refused.
      return done.status < 400 ? answer(200, '') : undefined
    case 'truncated': {
      const whole = await done.arrayBuffer()
      const half = whole.slice(0, Math.floor(whole.byteLength / 2))
      const isFile = !/json/.test(done.headers.get('content-type') ?? 'json')
      // A file tells how long it is, as JSON does by itself.
      const length = isFile ? { 'content-length': String(whole.byteLength) } : {}
      return answer(done.status, new TextDecoder().decode(half), length)
    }
    case 'wrong-content-type':
      c.res = new Response((await done.text()) || null, {
        status: done.status,
        headers: { 'content-type': 'text/plain' },
      })
  }
}

/** Blanks without end, nearly, and without a length that would warn. */
function huge(): ReadableStream<Uint8Array> {
  const part = new Uint8Array(1024 * 1024).fill(0x20)
  let parts = 40
  return new ReadableStream({
    pull(controller) {
      if (parts-- > 0) controller.enqueue(part)
      else controller.close()
    },
  })
}

/** The list without its second half. What is no list stays as it is. */
function shortened(text: string): string {
  const half = (rows: unknown[]) => rows.slice(0, Math.ceil(rows.length / 2))
  const body: unknown = text ? JSON.parse(text) : null
  if (Array.isArray(body)) return JSON.stringify(half(body))
  if (typeof body !== 'object' || body === null || !('value' in body) || !Array.isArray(body.value))
    return text
  return JSON.stringify({ ...body, value: half(body.value) })
}

/** What the answer said of further pages. */
const pagesOf = ({ headers }: Response): Record<string, string> => {
  const said = headers.get('x-pagination')
  return said === null ? {} : { 'x-pagination': said }
}
