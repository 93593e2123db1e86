/**
 * A small PowerOffice Go (API v2) that behaves like the real one: it keeps state, checks keys,
 * privileges, queries and bodies, pages its lists and limits its callers. What a well-behaved
 * client never does is noted in `violations`, also where the real thing would let it pass.
 */
import { type Context, Hono } from 'hono'
import { FakeClock, Faults, observed, RequestLog, type SeenRequest } from '../kit'
import { readBasic, Tokens } from './auth'
import { PowerOfficeClientBooks } from './client-books'
import type { ClientOptions } from './client-options'
import { contactRoutes } from './contact-routes'
import { dimensionRoutes } from './dimensions'
import { invoiceRoutes } from './invoice-routes'
import { Onboarding, type OnboardingStatus } from './onboarding'
import { attachmentRoutes } from './order-attachments'
import { orderRoutes } from './order-routes'
import { SlidingWindow, WritesUnderWay } from './pace'
import { personRoutes } from './person-routes'
import { productRoutes } from './product-routes'
import { DEFAULT_QUIRKS } from './quirks'
import { Random } from './random'
import {
  type Arrival,
  gatewayRefusal,
  operationOf,
  refusedBody,
  routeUnknown,
  serve,
  serveOnboarding,
} from './server'
import { settingsRoutes } from './settings-routes'
import { operations } from './spec'
import { documentRoutes } from './voucher-documents'
import { voucherRoutes } from './voucher-routes'

export { PowerOfficeClientBooks } from './client-books'
export { ALL_PRIVILEGES, type ClientOptions } from './client-options'
export type { Quirks } from './quirks'

export interface FakePowerOfficeOptions {
  requestsPerSecond?: number
  tokenLifeSeconds?: number
  seed?: number
  /** Lists and filters see a write only after this long; what is read by id is always fresh. */
  replicaLagMs?: number
  subscriptionKey?: string
  applicationKey?: string
  /** Where it listens; a free port unless given. */
  port?: number
}

const TOKEN_PATH = '/OAuth/Token'
const handlers = {
  ...contactRoutes,
  ...personRoutes,
  ...settingsRoutes,
  ...productRoutes,
  ...orderRoutes,
  ...attachmentRoutes,
  ...invoiceRoutes,
  ...voucherRoutes,
  ...documentRoutes,
  ...dimensionRoutes,
}

const strangers = Object.keys(handlers).filter((name) => !operations.some((o) => o.name === name))
if (strangers.length > 0) throw new Error(`handlers of no operation: ${strangers.join(', ')}`)

export class FakePowerOffice {
  readonly app = new Hono()
  readonly clock = new FakeClock()
  readonly log = new RequestLog()
  readonly faults: Faults
  readonly violations: string[] = []
  readonly subscriptionKey: string
  readonly applicationKey: string
  /** How many requests were over the limit. */
  overLimit = 0
  replicaLagMs: number
  private readonly seed: number
  private readonly clients: PowerOfficeClientBooks[] = []
  /** The consent page. */
  readonly onboarding: Onboarding
  private readonly tokens: Tokens
  private readonly window: SlidingWindow
  private readonly writes = new WritesUnderWay()
  private readonly arrivals = new WeakMap<Request, Arrival>()

  constructor(options: FakePowerOfficeOptions = {}) {
    this.seed = options.seed ?? 1
    const random = new Random(this.seed)
    this.faults = new Faults(() => random.next())
    this.replicaLagMs = options.replicaLagMs ?? 0
    this.subscriptionKey = options.subscriptionKey ?? random.hex(32)
    this.applicationKey = options.applicationKey ?? random.uuid()
    this.onboarding = new Onboarding({
      random,
      applicationKey: this.applicationKey,
      clients: () => this.clients,
      now: () => this.clock.now().getTime(),
    })
    this.window = new SlidingWindow(options.requestsPerSecond ?? 10)
    const life = options.tokenLifeSeconds ?? 1200
    const now = () => this.clock.now()
    this.tokens = new Tokens(random, now, life, (text) => this.violations.push(text))
    this.app.use('*', (c, next) => this.arrive(c, next))
    this.app.use(
      '*',
      observed(this.log, this.faults, (c) => this.accountOf(c)),
    )
    this.app.all('*', (c) => this.answer(c))
    this.app.onError((error, c) => {
      this.violations.push(`the fake broke at ${c.req.method} ${c.req.path}: ${error.stack}`)
      return c.json({ title: 'Unexpected error', status: 500 }, 500)
    })
  }

  addClient(options: ClientOptions = {}): PowerOfficeClientBooks {
    const around = {
      now: () => this.clock.now(),
      replicaLagMs: () => this.replicaLagMs,
      seed: this.seed,
      ordinal: this.clients.length,
    }
    const books = new PowerOfficeClientBooks(around, options)
    this.clients.push(books)
    return books
  }

  /** A user picks these clients on the consent page at `url`. Gives where the browser goes next. */
  allowOnboarding(url: string, ...clients: PowerOfficeClientBooks[]): string {
    return this.onboarding.decide(url, 'Success', clients)
  }
  refuseOnboarding(url: string, status: Exclude<OnboardingStatus, 'Success'>): string {
    return this.onboarding.decide(url, status, [])
  }

  /** The tokens of a client end, long before they should; its key stays good. */
  endTokens(client: PowerOfficeClientBooks): void {
    this.tokens.end(client)
  }

  /** The data and token calls of a client, in order of arrival. */
  requestsOf(client: PowerOfficeClientBooks, pattern = /./): SeenRequest[] {
    return this.log.matching(pattern, client.clientKey)
  }

  dataCallsOf(client: PowerOfficeClientBooks): SeenRequest[] {
    return this.requestsOf(client).filter(
      (request) => request.path.toLowerCase() !== TOKEN_PATH.toLowerCase(),
    )
  }

  private accountOf(c: Context): string | null {
    const authorization = c.req.header('authorization')
    const key = readBasic(authorization)?.clientKey ?? null
    const owner =
      this.tokens.ownerOf(authorization) ?? this.clients.find(({ keys }) => keys.includes(key ?? ''))
    return owner?.clientKey ?? key
  }

  /** Counts the request against the limits before anything else can happen to it. */
  private async arrive(c: Context, next: () => Promise<void>): Promise<void> {
    const clientKey = this.accountOf(c)
    const books = this.clients.find((client) => client.clientKey === clientKey) ?? null
    const { pathname, search } = new URL(c.req.url)
    const isWithinLimit = this.window.admits(Date.now())
    if (!isWithinLimit) this.overLimit++
    const violation = (text: string) => {
      this.violations.push(
        `${books?.name ?? 'unknown client'}: ${c.req.method} ${pathname}${search}: ${text}`,
      )
    }
    const isWrite = c.req.method !== 'GET' && pathname.toLowerCase() !== TOKEN_PATH.toLowerCase()
    const write = isWrite && clientKey ? this.writes.start(clientKey) : null
    if (write && !write.isAlone) violation('another write of this client is under way')
    // A caller that gave up has nothing under way any more.
    if (write) c.req.raw.signal.addEventListener('abort', write.end)
    this.arrivals.set(c.req.raw, { books, isWithinLimit, isAlone: write?.isAlone ?? true, violation })
    try {
      await next()
    } finally {
      write?.end()
    }
  }

  private async answer(c: Context): Promise<Response> {
    const arrival = this.arrivals.get(c.req.raw)
    if (!arrival) throw new Error('a request that never arrived')
    const refusal = gatewayRefusal(c, this.subscriptionKey, arrival)
    if (refusal) return refusal
    const { pathname } = new URL(c.req.url)
    if (pathname.toLowerCase() === TOKEN_PATH.toLowerCase()) return this.token(c, arrival)
    const match = operationOf(c, arrival)
    if (!match) return routeUnknown(arrival)
    if (!match.operation.needsToken) return serveOnboarding(c, match, this.onboarding, arrival)
    const bearer = this.tokens.use(c.req.header('authorization'))
    if (!bearer?.isValid) return refusedBody(401, bearer?.books.quirks ?? DEFAULT_QUIRKS)
    const { roles } = match.operation
    if (roles && !bearer.books.can(roles)) return refusedBody(403, bearer.books.quirks)
    return serve(c, match, bearer.books, handlers, arrival)
  }

  private async token(c: Context, arrival: Arrival): Promise<Response> {
    if (c.req.method !== 'POST') return routeUnknown(arrival)
    if (!c.req.path.startsWith(TOKEN_PATH)) arrival.violation(`the path should be spelled ${TOKEN_PATH}`)
    const form = new URLSearchParams(await c.req.text())
    const contentType = c.req.header('content-type') ?? ''
    if (
      !contentType.startsWith('application/x-www-form-urlencoded') ||
      form.get('grant_type') !== 'client_credentials'
    ) {
      arrival.violation('a token call needs the form grant_type=client_credentials')
      return c.json(
        { error: 'unsupported_grant_type', error_description: 'Only client_credentials is known.' },
        400,
      )
    }
    const keys = readBasic(c.req.header('authorization'))
    const books = this.clients.find((client) => client.keys.includes(keys?.clientKey ?? ''))
    if (!books || books.isRevoked || keys?.applicationKey !== this.applicationKey) {
      const description = 'Client integration not found. Check that the keys belong to this environment.'
      return c.json({ error: 'invalid_client', error_description: description }, 400)
    }
    return c.json(this.tokens.issue(books), 200)
  }
}

export type RunningFakePowerOffice = FakePowerOffice & {
  url: string
  /** Base of the API: with "/v2". */
  apiUrl: string
  tokenUrl: string
  close(): Promise<void>
}

/** Puts a fresh fake on a free port of this machine. */
export async function startFakePowerOffice(
  options: FakePowerOfficeOptions = {},
): Promise<RunningFakePowerOffice> {
  const fake = new FakePowerOffice(options)
  // Only here, so that the fake itself can be used where there is no node:http.
  const { listen } = await import('../listen')
  const { url, close } = await listen(fake.app, options.port)
  return Object.assign(fake, { url, apiUrl: `${url}/v2`, tokenUrl: `${url}${TOKEN_PATH}`, close })
}
