/** A small Tribe CRM: its OAuth server, its OData API, and webhooks that it really delivers. */
import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Context, Hono } from 'hono'
import { FakeClock, Faults, LATE, observed, RequestLog } from '../kit'
import { listen } from '../listen'
import { apiRoutes, type Tenancy, tokenOf } from './api-routes'
import { type Application, Auth } from './auth'
import { authRoutes } from './auth-routes'
import { Core } from './core'
import { TribeEnvironment } from './environment'
import { furnish } from './lookups'
import { type TribeOptions, withDefaults } from './options'
import { seeded } from './seeded'
import { Webhooks } from './webhooks'

export type { Application } from './auth'
export type { Delivery } from './deliveries'
export type { AddressSlot, ContactGiven, PrivateCustomerGiven, Quietly, RelationGiven } from './environment'
export { TribeEnvironment } from './environment'
export type { InvoiceGiven, LineGiven } from './invoices'
export type { TribeOptions } from './options'
export type { Fields, Json } from './store'
export type { Webhook } from './webhooks'

export interface FakeTribeOptions {
  /** Makes ids, tokens and chances the same each time. */
  seed?: number
  tokenLifeSeconds?: number
  pageCap?: number
  latencyMs?: number
  /** Where it listens; a free port unless given. */
  port?: number
}

export class FakeTribe {
  readonly app = new Hono()
  readonly clock = new FakeClock()
  readonly log = new RequestLog()
  readonly faults: Faults
  /** What the relay did and should never do, over all environments. */
  readonly violations: string[] = []
  /** How long each API request takes at least. */
  latencyMs: number
  private readonly tenancies = new Map<string, Tenancy & { environment: TribeEnvironment }>()
  private readonly auth: Auth
  private readonly random: () => number
  private readonly pageCap: number

  constructor(options: FakeTribeOptions = {}) {
    this.random = seeded(options.seed ?? randomInt(2 ** 31))
    this.faults = new Faults(this.random)
    this.pageCap = options.pageCap ?? 100
    this.latencyMs = options.latencyMs ?? 0
    const violate = (line: string, environmentId: string | null) => this.violate(line, environmentId)
    this.auth = new Auth(this.clock, this.random, violate, options.tokenLifeSeconds ?? 3599)
    this.route()
  }

  get tokenLifeSeconds(): number {
    return this.auth.tokenLifeSeconds
  }
  set tokenLifeSeconds(seconds: number) {
    this.auth.tokenLifeSeconds = seconds
  }

  get environments(): TribeEnvironment[] {
    return [...this.tenancies.values()].map((tenancy) => tenancy.environment)
  }

  /** One more company, with its own data, application and webhooks. */
  addEnvironment(options: Partial<TribeOptions> & { redirectUri?: string } = {}): TribeEnvironment {
    const { redirectUri = null, ...own } = options
    const id = `tribe-${this.tenancies.size + 1}`
    const all = withDefaults(own, { key: id, pageCap: this.pageCap })
    const core = new Core(
      id,
      all,
      this.clock,
      () => this.newId(),
      (line) => this.violations.push(line),
    )
    furnish(core)
    const webhooks = new Webhooks(core, this.random)
    const application: Application = {
      clientId: all.clientId,
      clientSecret: all.clientSecret,
      redirectUri,
      environmentId: id,
      mayAskOffline: all.offlineConfigured,
      isRevoked: false,
    }
    this.auth.applications.push(application)
    const environment = new TribeEnvironment(core, this.auth, application, webhooks)
    this.tenancies.set(id, { core, webhooks, environment, underWay: 0 })
    return environment
  }

  /** An application of the marketplace: any environment may give it access, by the consent of a user. */
  addApplication(redirectUri: string): Application {
    const number = this.auth.applications.length + 1
    const application: Application = {
      clientId: `marketplace-${number}`,
      clientSecret: `marketplace-secret-${number}`,
      redirectUri,
      environmentId: null,
      mayAskOffline: true,
      isRevoked: false,
    }
    this.auth.applications.push(application)
    return application
  }

  /** A user of the environment says yes to the consent page at `url`. Gives where the browser goes next. */
  async acceptConsent(url: string, environment: TribeEnvironment): Promise<string> {
    return this.decide(url, { consent: 'yes', environment: environment.id })
  }
  async refuseConsent(url: string): Promise<string> {
    return this.decide(url, { consent: 'no' })
  }

  /** What was answered at this moment reached nobody. */
  unheard(answeredAt: number): void {
    for (const { core } of this.tenancies.values()) core.pace.unheard(answeredAt)
  }

  /** Sends nothing more, whatever waits. */
  stopDeliveries(): void {
    for (const { webhooks } of this.tenancies.values()) webhooks.deliveries.stop()
  }

  private async decide(url: string, decision: Record<string, string>): Promise<string> {
    const asked = new URL(url)
    for (const [name, value] of Object.entries(decision)) asked.searchParams.set(name, value)
    const answer = await this.app.request(asked.toString())
    const next = answer.headers.get('location')
    if (!next) throw new Error(`The consent page answers ${answer.status}: ${await answer.text()}`)
    return next
  }

  private violate(line: string, environmentId: string | null): void {
    const tenancy = environmentId === null ? null : this.tenancies.get(environmentId)
    if (tenancy) tenancy.core.violate(line)
    else this.violations.push(line)
  }

  private newId(): string {
    const word = () =>
      Math.floor(this.random() * 2 ** 32)
        .toString(16)
        .padStart(8, '0')
    const [a, b, c, d] = [word(), word(), word(), word()]
    const variant = '89ab'[Number.parseInt(c.charAt(0), 16) % 4]
    return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-${variant}${c.slice(1, 4)}-${c.slice(4)}${d}`
  }

  /** From arrival to answer, whatever holds the answer up. */
  private async counted(c: Context, environmentId: string | null, next: () => Promise<void>): Promise<void> {
    const tenancy = environmentId === null ? null : this.tenancies.get(environmentId)
    if (!tenancy) return next()
    tenancy.underWay++
    const { core, underWay } = tenancy
    if (underWay > core.options.maxConcurrent) core.violate(`${underWay} requests at once`)
    const limited = core.pace.take(`${c.req.method} ${c.req.path}`, { isLate: c.req.raw.headers.has(LATE) })
    try {
      if (limited) c.res = new Response(null, { status: 429, headers: limited.headers })
      else await next()
      if (c.res.status === 429) core.pace.answered(c.res.headers)
    } finally {
      tenancy.underWay--
    }
  }

  private route(): void {
    const accountOf = (c: Context) => this.auth.environmentOf(tokenOf(c) ?? '')
    this.app.use((c, next) => this.counted(c, accountOf(c), next))
    this.app.use(observed(this.log, this.faults, accountOf))
    this.app.use(async (_c, next) => {
      if (this.latencyMs > 0) await sleep(this.latencyMs)
      await next()
    })
    this.app.route(
      '/oauth2',
      authRoutes({
        auth: this.auth,
        log: this.log,
        environments: () => this.environments.map(({ id, options }) => ({ id, name: options.name })),
        violate: (line) => this.violate(line, null),
        taken: (environmentId, call) => {
          const pace = environmentId === null ? null : this.tenancies.get(environmentId)?.core.pace
          const limited = pace?.take('POST /oauth2/token', call) ?? null
          if (limited) pace?.answered(new Headers(limited.headers))
          return limited?.headers ?? null
        },
      }),
    )
    this.app.route(
      '/v1',
      apiRoutes((token) => {
        const holder = this.auth.holderOf(token)
        const tenancy = holder && this.tenancies.get(holder.environmentId)
        return holder && tenancy ? { ...holder, tenancy } : null
      }),
    )
    this.app.notFound((c) => c.text('Not found', 404))
  }
}

export interface RunningTribe {
  url: string
  apiUrl: string
  authUrl: string
  close(): Promise<void>
}

export async function startFakeTribe(options: FakeTribeOptions = {}): Promise<FakeTribe & RunningTribe> {
  const fake = new FakeTribe(options)
  const { url, close } = await listen(fake.app, options.port)
  const stop = () => {
    fake.stopDeliveries()
    return close()
  }
  return Object.assign(fake, { url, apiUrl: `${url}/v1`, authUrl: `${url}/oauth2`, close: stop })
}
