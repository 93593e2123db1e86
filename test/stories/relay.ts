import { TestRunner } from 'vitest'
import type { ClientOptions, FakePowerOffice, PowerOfficeClientBooks } from '../fakes/poweroffice'
import type { FakeTribe, TribeEnvironment, TribeOptions } from '../fakes/tribe'
import { Tenant } from './tenant'

export { Tenant } from './tenant'

export const OPERATOR = 'operator-token-for-tests-and-no-other'

export interface RelayOptions {
  /** Of PowerOffice, and what the relay is told of it. Stories that are not about pace need not wait. */
  requestsPerSecond?: number
  callTimeoutMs?: number
  vars?: Record<string, string>
  secrets?: Record<string, string>
  outside?: Outside
}

/** Somebody else whom the relay calls: whoever receives its messages. Its mail arrives at `/mail`. */
export interface Outside {
  answer(request: Request): Promise<Response>
  /** What the relay is told of where that is. */
  vars(url: string): Record<string, string>
}

type Json = Record<string, unknown>
// biome-ignore lint/suspicious/noExplicitAny: answers are looked at as a client without types would
export type Answer = { status: number; body: any }
export type Row = Record<string, unknown>

/**
 * Where a story takes place: the whole relay between a fake Tribe and a fake PowerOffice, as its users meet
 * it. In the simulation time passes only inside what is awaited of these; a story says `relay.sleep`, `relay.until`, `relay.wait`
 * and never waits by itself.
 */
export interface Stage {
  readonly url: string
  /** Of `outside`. */
  readonly outsideUrl: string
  /** Where Tribe asks its users for consent. */
  readonly authUrl: string
  readonly tribe: FakeTribe
  readonly powerOffice: FakePowerOffice
  /** A request at the front door, as a path; what it is answered has arrived whole. Redirects are the caller's. */
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** What the clock does; the answer comes when the tick is over. */
  tick(cron: string, scheduledTime?: Date): Promise<void>
  sleep(ms: number): Promise<void>
  /** Whatever else takes its time: a delivery that a fake makes, for one. */
  wait<T>(work: Promise<T>): Promise<T>
  /** The tenant has come to rest within that time. */
  isQuiet(tenant: Tenant, withinMs?: number): Promise<boolean>
  /** The lines that the relay has logged, as they are. */
  lines(): string[]
  clearLines(): void
  /** A query of D1, past the relay. */
  sql<T extends Row = Row>(query: string, ...values: unknown[]): Promise<T[]>
  /** A query of the SQLite of a tenant's object, past the relay. */
  objectSql<T extends Row = Row>(tenantId: string, query: string, ...values: unknown[]): Promise<T[]>
  /** A deploy, or a crash: whatever was under way is cut off, and only what was stored is left. */
  restart(secrets?: Record<string, string>): Promise<void>
  close(): Promise<void>
}

export interface TenantGiven {
  tribe?: Partial<TribeOptions>
  powerOffice?: ClientOptions
  settings?: Json
  /** What both systems hold before the tenant is activated. */
  seed?: (crm: TribeEnvironment, books: PowerOfficeClientBooks) => unknown
  activate?: boolean
}

export type Relay = ReturnType<typeof relayOn>

/** In the simulation, unless `STORIES=workerd` says that all of them are to be seen in the real runtime. */
export async function startRelay(options: RelayOptions = {}): Promise<Relay> {
  if (process.env.STORIES === 'workerd') {
    const { workerdStage } = await import('../workerd/stage')
    return relayOn(await workerdStage(options))
  }
  const { simulatedStage } = await import('./simulated')
  return relayOn(simulatedStage(options))
}

/** All that a story asks of a stage, wherever that is. */
export function relayOn(stage: Stage) {
  const { tribe, powerOffice } = stage
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
    const response = await stage.fetch(path, {
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
  const relay = {
    ...stage,
    call,
    operator: (method: string, path: string, body?: unknown) => call(OPERATOR, method, path, body),
    /** Lets time pass until it is so; fails when it never is. */
    async until(isSo: () => unknown | Promise<unknown>, withinMs = 20_000, stepMs = 100): Promise<void> {
      for (let passed = 0; !(await isSo()); passed += stepMs) {
        if (passed > withinMs) throw new Error(`not so after ${withinMs} ms: ${isSo}`)
        await stage.sleep(stepMs)
      }
    },
    /** The lines that the relay has logged, of one event or of all. */
    logged: (event?: string): Row[] =>
      stage
        .lines()
        .map((line) => JSON.parse(line))
        .filter((line) => event === undefined || line.event === event),
    /** Whatever the relay did that it never should; empty in every story. */
    violations: () => [...tribe.violations, ...powerOffice.violations],
    async tenant(given: TenantGiven = {}): Promise<Tenant> {
      const crm = tribe.addEnvironment(given.tribe)
      const books = powerOffice.addClient(given.powerOffice)
      const tenant = new Tenant(relay, crm, books)
      const test = TestRunner.getCurrentTest()?.id
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
  }
  return relay
}

/** How `ImportId` in Tribe names a record of PowerOffice's: with what stands for the two companies. */
export const importIdOf = (kind: string, id: unknown) => new RegExp(`^poweroffice:[0-9a-f]{8}:${kind}:${id}$`)

type Organization = Record<string, unknown>
/** The company behind a role of Tribe's. */
export const organizationOf = (role: Record<string, unknown> | undefined) =>
  (role?.Organization ?? {}) as Organization

/** The human behind a role of Tribe's. */
export const personOf = (role: Record<string, unknown> | undefined) => (role?.Person ?? {}) as Organization
