import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import worker, { PowerOfficeGate, TenantSync } from '../../src/index'
import type { D1FaultName } from '../fakes/catalogue'
import { Faults } from '../fakes/kit'
import type { FakePowerOffice } from '../fakes/poweroffice'
import type { FakeTribe } from '../fakes/tribe'
import { type Asked, d1Over, freshDatabase } from './d1'
import { Dice } from './dice'
import { heardIn, Life } from './life'
import { type Answers, appAt, type Call, type Host, networkOf } from './network'
import { HostedObject, Namespace } from './objects'
import type { Timeline } from './timeline'
import { FAIR, REPLACED_MS, type Weather } from './weather'

/**
 * A small Cloudflare in plain Node, on a clock that leaps: the whole Worker, as it is deployed, with its
 * objects, their alarms, the shared gate, D1 and the cron, between the two fakes.
 */

export const OPERATOR = 'operator-token-for-tests-and-no-other'
export const RELAY = 'https://relay.example'
export const TRIBE = 'https://tribe.example'
const POWEROFFICE = 'https://poweroffice.example'
const MINUTE_MS = 60_000

const HANGS_MS = 90_000

export interface PlatformGiven {
  seed: number
  timeline: Timeline
  tribe: FakeTribe
  powerOffice: FakePowerOffice
  tell(line: string): void
  onCall?(call: Call): void
  /** A line that the Worker logs. */
  onLog?(line: string): void
  /** What it is given besides: settings, and bindings of other kinds. */
  vars?: Readonly<Record<string, string>>
  bindings?: Readonly<Record<string, unknown>>
  /** Others that answer, by host. */
  hosts?: Readonly<Record<string, Answers>>
  /** A call of an object's arrives this moment at one of the systems. */
  onArrival?(path: string, call: string): void
}

export const keyNamed = (id: string, fill: number) => `${id}:${Buffer.alloc(32, fill).toString('base64')}`

/** The rows of all tables of a database. */
export type Snapshot = Readonly<Record<string, Record<string, unknown>[]>>

export class Platform {
  readonly database: DatabaseSync = freshDatabase()
  /** D1 as a Worker is given it. */
  readonly binding = d1Over(this.database, (query, run, asked) =>
    heardIn(Life.now(), this.query(query, run, asked)),
  )
  readonly d1: Faults<D1FaultName>
  readonly tenantSync: Namespace
  readonly gate: Namespace
  /** What befalls the calls and the queries of the objects. */
  weather: Weather = FAIR
  /** Told of each query of D1's, and of its statements. */
  onQuery: (query: string, asked: readonly Asked[]) => void = () => undefined
  private readonly timeline: Timeline
  private vars: Record<string, string>
  frontDoor: Record<string, unknown>
  private objectEnv: Record<string, unknown>
  private readonly undo: (() => void)[]

  constructor(private readonly given: PlatformGiven) {
    const { timeline, tribe, powerOffice, seed } = given
    const dice = new Dice(seed + 0x0eb)
    this.timeline = timeline
    this.d1 = new Faults(new Dice(seed + 0xd1).next)
    this.vars = {
      TRIBE_API_URL: `${TRIBE}/v1`,
      TRIBE_AUTH_URL: `${TRIBE}/oauth2`,
      POWEROFFICE_API_URL: `${POWEROFFICE}/v2`,
      POWEROFFICE_TOKEN_URL: `${POWEROFFICE}/OAuth/Token`,
      POWEROFFICE_APPLICATION_KEY: powerOffice.applicationKey,
      POWEROFFICE_SUBSCRIPTION_KEY: powerOffice.subscriptionKey,
      PUBLIC_URL: RELAY,
      ADMIN_TOKEN: OPERATOR,
      SEALING_KEYS: keyNamed('k1', 5),
      ...given.vars,
    }
    this.tenantSync = this.namespaceOf(TenantSync as never)
    this.gate = this.namespaceOf(PowerOfficeGate as never)
    this.frontDoor = this.env()
    this.objectEnv = this.frontDoor
    const fetch = networkOf({
      timeline,
      dice,
      hosts: {
        ...othersIn(given.hosts),
        'tribe.example': {
          answer: appAt(tribe.app),
          faults: tribe.faults,
          unheard: (answeredAt) => tribe.unheard(answeredAt),
        },
        'poweroffice.example': { answer: appAt(powerOffice.app), faults: powerOffice.faults },
        'relay.example': { answer: (request) => this.fetch(request) },
      },
      weather: () => this.weather,
      onArrival: (path, call) => given.onArrival?.(path, call),
      onCall: (call) => given.onCall?.(call),
      tell: given.tell,
    })
    const said = (...words: unknown[]) => {
      if (Life.now()?.isOver) return
      given.tell(`      ${words.map((word) => JSON.stringify(word)).join(' ')}`)
      given.onLog?.(words.map((word) => (typeof word === 'string' ? word : JSON.stringify(word))).join(' '))
    }
    const before = { fetch: globalThis.fetch, log: console.log, error: console.error, warn: console.warn }
    const endTime = timeline.install(seed)
    Object.assign(globalThis, { fetch })
    Object.assign(console, { log: said, error: said, warn: said })
    this.undo = [
      () => Object.assign(globalThis, { fetch: before.fetch }),
      () => Object.assign(console, { log: before.log, error: before.error, warn: before.warn }),
      endTime,
    ]
  }

  /** The world is as it was before. */
  close(): void {
    for (const step of this.undo) step()
  }

  /** A request at the front door. */
  async fetch(request: Request): Promise<Response> {
    const ctx = { waitUntil: () => undefined, passThroughOnException: () => undefined }
    return worker.fetch(request as never, this.frontDoor as never, ctx as never)
  }

  /** Lets the cron tick, as `wrangler.toml` says, for so many days. */
  startCron(days: number): void {
    const now = this.timeline.now()
    for (let minute = 1; minute <= days * 24 * 60; minute++) {
      const at = new Date(Math.floor(now / MINUTE_MS) * MINUTE_MS + minute * MINUTE_MS)
      for (const cron of CRONS)
        if (isTime(cron, at)) this.timeline.after(at.getTime() - now, () => void this.tick(cron))
    }
  }

  async tick(cron: string, scheduledTime = this.timeline.now()): Promise<void> {
    try {
      await worker.scheduled({ cron, scheduledTime } as never, this.frontDoor as never)
    } catch (thrown) {
      this.given.tell(`TICK FAILED ${cron}: ${thrown}`)
    }
  }

  /** A new version, with other settings perhaps: all objects are cut off. The front door may come first. */
  deploy(vars: Record<string, string> = {}, { frontDoorFirst = false } = {}): void {
    this.vars = { ...this.vars, ...vars }
    this.frontDoor = this.env()
    if (frontDoorFirst) return
    this.objectEnv = this.frontDoor
    for (const namespace of [this.tenantSync, this.gate])
      for (const object of namespace.objects.values()) object.reset()
  }

  /** All of D1 as it is now. */
  snapshot(): Snapshot {
    const tables = this.database.prepare(`select name from sqlite_master where type = 'table'`).all()
    return Object.fromEntries(
      tables.map(({ name }) => [name, this.database.prepare(`select * from "${name}"`).all()]),
    )
  }

  /** Time travel: D1 is as it was, and nothing else is. */
  restore(snapshot: Snapshot): void {
    this.database.exec('pragma defer_foreign_keys = on; begin')
    for (const [table, rows] of Object.entries(snapshot)) {
      this.database.exec(`delete from "${table}"`)
      for (const row of rows) {
        const names = Object.keys(row)
        const marks = names.map(() => '?').join(', ')
        this.database
          .prepare(
            `insert into "${table}" (${names.map((name) => `"${name}"`).join(', ')}) values (${marks})`,
          )
          .run(...(Object.values(row) as never[]))
      }
    }
    this.database.exec('commit')
  }

  private namespaceOf(Made: new (state: DurableObjectState, env: unknown) => object): Namespace {
    const { timeline, given } = this
    return new Namespace(
      () => new HostedObject(timeline, (state) => new Made(state, this.objectEnv), given.tell),
    )
  }

  private env(): Record<string, unknown> {
    return {
      ...this.given.bindings,
      ...this.vars,
      DB: this.binding,
      TENANT_SYNC: this.tenantSync.binding,
      POWEROFFICE_GATE: this.gate.binding,
    }
  }

  private async query<T>(query: string, run: () => T, asked: readonly Asked[]): Promise<T> {
    const life = Life.now()
    const mishap = life ? this.weather.ofQuery() : (this.weather.ofDoor?.() ?? null)
    const fault = this.d1.strike(query, null, '')
    if (mishap) this.given.tell(`   D1 ${mishap}: ${query.slice(0, 30)}`)
    await this.timeline.sleep(fault?.name === 'hangs' ? HANGS_MS : 3)
    if (mishap === 'fails' || fault?.name === 'fails') throw new Error('D1_ERROR: Network connection lost')
    if (mishap === 'crash-before') life?.end()
    // Only a query that had arrived takes effect without us.
    if (life?.isOver) throw new Error('This life is over')
    const result = run()
    this.onQuery(query, asked)
    if (mishap === 'crash-after') life?.end()
    if (mishap === 'replaced') life?.replace()
    await this.timeline.sleep(mishap === 'replaced' ? REPLACED_MS : 2)
    if (mishap === 'fails-after' || fault?.name === 'fails-after')
      throw new Error('D1_ERROR: storage operation exceeded timeout')
    return result
  }
}

const othersIn = (hosts: Readonly<Record<string, Answers>> = {}): Record<string, Host> =>
  Object.fromEntries(Object.entries(hosts).map(([host, answer]) => [host, { answer }]))

const CRONS = [
  ...(/crons = \[([^\]]*)\]/
    .exec(readFileSync(join(import.meta.dirname, '../../wrangler.toml'), 'utf8'))?.[1]
    ?.matchAll(/"([^"]+)"/g) ?? []),
].map(([, cron]) => String(cron))

function isTime(cron: string, at: Date): boolean {
  const [minute = '', hour = ''] = cron.split(' ')
  const fits = (field: string, value: number) =>
    field === '*' || (field.startsWith('*/') ? value % Number(field.slice(2)) === 0 : value === Number(field))
  return fits(minute, at.getUTCMinutes()) && fits(hour, at.getUTCHours())
}
