/**
 * The relay as its users meet it: the real Worker in workerd, with D1 and Durable Objects, over HTTP,
 * between a fake Tribe and a fake PowerOffice. Each test makes its own tenant.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { expect } from 'vitest'
import { createTestHarness } from 'wrangler'
import { type ClientOptions, type PowerOfficeClientBooks, startFakePowerOffice } from '../fakes/poweroffice'
import { startFakeTribe, type TribeEnvironment, type TribeOptions } from '../fakes/tribe'

export const OPERATOR = 'operator-token-for-tests'
const SEALING_KEY = Buffer.alloc(32, 7).toString('base64')

export interface RelayOptions {
  /** Of PowerOffice, and what the relay is told of it. Stories that are not about pace need not wait. */
  requestsPerSecond?: number
  callTimeoutMs?: number
  vars?: Record<string, string>
  secrets?: Record<string, string>
  /** Another Worker around the real one. */
  configPath?: string
}

type Json = Record<string, unknown>
// biome-ignore lint/suspicious/noExplicitAny: answers are looked at as a client without types would
export type Answer = { status: number; body: any }

export async function startRelay(options: RelayOptions = {}) {
  const requestsPerSecond = options.requestsPerSecond ?? 500
  const tribe = await startFakeTribe({ seed: 1 })
  const powerOffice = await startFakePowerOffice({ requestsPerSecond, seed: 1 })
  const door = await frontDoor()
  const server = createTestHarness({
    workers: [
      {
        configPath: options.configPath ?? './wrangler.toml',
        vars: {
          TRIBE_API_URL: tribe.apiUrl,
          TRIBE_AUTH_URL: tribe.authUrl,
          POWEROFFICE_API_URL: powerOffice.apiUrl,
          POWEROFFICE_TOKEN_URL: powerOffice.tokenUrl,
          POWEROFFICE_REQUESTS_PER_SECOND: String(requestsPerSecond),
          CALL_TIMEOUT_MS: String(options.callTimeoutMs ?? 5000),
          PUBLIC_URL: door.url,
          ...options.vars,
        },
        secrets: {
          POWEROFFICE_APPLICATION_KEY: powerOffice.applicationKey,
          POWEROFFICE_SUBSCRIPTION_KEY: powerOffice.subscriptionKey,
          ADMIN_TOKEN: OPERATOR,
          SEALING_KEYS: `k1:${SEALING_KEY}`,
          ...options.secrets,
        },
      },
    ],
  })
  await server.listen()
  // A redirect is the caller's to follow.
  const asSent = (request: Request) => new Request(request, { redirect: 'manual' })
  door.leadsTo(
    (request) => server.fetch(request.url, asSent(request) as never) as unknown as Promise<Response>,
  )
  const worker = server.getWorker<{ DB: D1Database }, typeof import('../../src/index')>()
  await worker.applyD1Migrations('DB')
  /** The tenants of the test that runs: a tick would take along those of the tests before it. */
  const atWork = { test: undefined as string | undefined, tenants: [] as Tenant[] }
  const onlyOf = async (test: string) => {
    if (atWork.test && atWork.test !== test)
      for (const tenant of atWork.tenants.splice(0)) await tenant.api('POST', '/pause')
    atWork.test = test
  }

  const call = async (
    token: string | null,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Answer> => {
    const response = await fetch(`${door.url}${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text ? JSON.parse(text) : null }
  }

  return {
    url: door.url,
    tribe,
    powerOffice,
    server,
    worker,
    call,
    operator: (method: string, path: string, body?: unknown) => call(OPERATOR, method, path, body),
    /** What the clock does; the answer comes when the tick is over. */
    tick: async (cron: string, scheduledTime = new Date()) => {
      await worker.scheduled({ cron, scheduledTime })
    },
    /** The lines that the relay has logged, of one event or of all. */
    logged: (event?: string): Record<string, unknown>[] =>
      server
        .getLogs()
        .map(({ message }) => JSON.parse(message))
        .filter((line) => event === undefined || line.event === event),
    /** Whatever the relay did that it never should; empty in every story. */
    violations: () => [...tribe.violations, ...powerOffice.violations],
    async tenant(given: TenantGiven = {}) {
      const crm = tribe.addEnvironment(given.tribe)
      const books = powerOffice.addClient(given.powerOffice)
      const tenant = new Tenant(this as unknown as Relay, crm, books)
      const test = expect.getState().currentTestName
      // One that is made before all tests is for all of them.
      if (test !== undefined) {
        await onlyOf(test)
        atWork.tenants.push(tenant)
      }
      if (given.seed) await given.seed(crm, books)
      await tenant.connect(given.settings)
      if (given.activate !== false) await tenant.activate()
      return tenant
    },
    /** A deploy, or a crash: whatever was under way is cut off, and only what was stored is left. */
    restart: (secrets: Record<string, string> = {}) =>
      server.update((current) => ({
        ...current,
        workers: current.workers.map((one) =>
          'configPath' in one ? { ...one, secrets: { ...one.secrets, ...secrets } } : one,
        ),
      })),
    async close() {
      tribe.stopDeliveries()
      await server.close()
      await Promise.all([tribe.close(), powerOffice.close(), door.close()])
    },
  }
}
export type Relay = Awaited<ReturnType<typeof startRelay>>

export interface TenantGiven {
  tribe?: Partial<TribeOptions>
  powerOffice?: ClientOptions
  settings?: Json
  /** What both systems hold before the tenant is activated. */
  seed?: (crm: TribeEnvironment, books: PowerOfficeClientBooks) => unknown
  activate?: boolean
}

/** A company that uses the relay. */
export class Tenant {
  id = ''
  token = ''
  constructor(
    readonly relay: Relay,
    readonly crm: TribeEnvironment,
    readonly books: PowerOfficeClientBooks,
  ) {}

  async connect(settings: Json = {}): Promise<void> {
    const { clientId, clientSecret } = this.crm
    const made = await this.relay.operator('POST', '/api/tenants', {
      name: 'Fjordlys AS',
      tribe: { clientId, clientSecret },
    })
    if (made.status !== 201) throw new Error(`no tenant: ${JSON.stringify(made)}`)
    this.id = made.body.id
    this.token = made.body.adminToken
    await this.put('/poweroffice', { clientKey: this.books.clientKey })
    // Products and invoices need mappings: a story that is about them says so.
    const others = {
      products: { enabled: false },
      invoices: { enabled: false },
      payments: { enabled: false },
    }
    await this.api('PATCH', '/settings', { ...others, ...settings })
  }

  async activate(withinMs?: number): Promise<void> {
    const answer = await this.api('POST', '/activate')
    if (answer.status !== 202) throw new Error(`not activated: ${JSON.stringify(answer.body)}`)
    await this.quiet(withinMs)
  }

  api(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.relay.call(this.token, method, `/api/tenants/${this.id}${path}`, body)
  }
  put(path: string, body: unknown): Promise<Answer> {
    return this.api('PUT', path, body)
  }
  async status() {
    return (await this.api('GET', '/status')).body
  }

  /** Delivers to the relay what a webhook of Tribe's would, with the header that makes it Tribe's. */
  async webhook(payload: Json, headers?: Record<string, string>): Promise<number> {
    const hook = this.crm.webhooks[0]
    const ours = Object.fromEntries((hook?.headers ?? []).map(({ name, value }) => [name, value]))
    const response = await fetch(`${this.relay.url}/webhooks/tribe/${this.id}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(headers ?? ours) },
      body: JSON.stringify({ webhookId: hook?.id, payload }),
    })
    await response.arrayBuffer()
    return response.status
  }

  /** Waits until nothing is due, nothing waits, and Tribe has delivered all it has to tell. */
  async quiet(withinMs = 60_000): Promise<void> {
    const deadline = Date.now() + withinMs
    let calm = 0
    for (let pause = 10; calm < 2; pause = Math.min(100, pause * 1.5)) {
      if (Date.now() > deadline) throw new Error(`not quiet: ${JSON.stringify(await this.status(), null, 1)}`)
      await this.crm.settled()
      const { jobs, state } = await this.status()
      const isCalm = (jobs.due === 0 && jobs.waiting === 0) || state === 'reconnect'
      calm = isCalm ? calm + 1 : 0
      if (!isCalm) await sleep(pause)
    }
  }

  /** The quarter-hourly tick, for this tenant as for all; then quiet. */
  async poll(): Promise<void> {
    await this.relay.tick('*/15 * * * *')
    await this.quiet()
  }

  /** A sweep of this tenant alone, as its admin may ask for; then quiet. */
  async sync(what: 'relations' | 'unlinked' | 'compare' | 'everything'): Promise<void> {
    const answer = await this.api('POST', '/sync', { what })
    if (answer.status !== 202) throw new Error(`no sync: ${JSON.stringify(answer.body)}`)
    await this.quiet()
  }

  /** What is told of a record, the newest first. */
  async events(query: string): Promise<string[]> {
    const { body } = await this.api('GET', `/records?${query}`)
    return (body.timeline ?? []).map((entry: { event: string }) => entry.event)
  }

  /** What the relay wrote to this tenant's Tribe. */
  tribeWrites(pattern = /./) {
    return this.relay.tribe.log
      .matching(/^(POST|PUT|DELETE) \/v1\/odata/, this.crm.id)
      .filter((seen) => pattern.test(`${seen.method} ${seen.path}`))
  }

  calls(pattern?: RegExp) {
    return this.relay.powerOffice
      .dataCallsOf(this.books)
      .filter((seen) => !pattern || pattern.test(`${seen.method} ${seen.path}`))
  }
}

/** An address that is known before the Worker is: Tribe's webhooks are sent there. */
async function frontDoor() {
  let target: (request: Request) => Promise<Response> = async () => new Response(null, { status: 503 })
  const server = createServer(getRequestListener((request) => target(request)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    leadsTo(to: (request: Request) => Promise<Response>) {
      target = to
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

type Organization = Record<string, unknown>
/** The company behind a role of Tribe's. */
export const organizationOf = (role: Record<string, unknown> | undefined) =>
  (role?.Organization ?? {}) as Organization

/** The human behind a role of Tribe's. */
export const personOf = (role: Record<string, unknown> | undefined) => (role?.Person ?? {}) as Organization

export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
