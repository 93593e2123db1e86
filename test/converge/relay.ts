import { createHash, createHmac, webcrypto } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { tick } from '../../src/cron'
import { openDatabase } from '../../src/db/database'
import type { TenantSettings } from '../../src/db/settings'
import { newLoad } from '../../src/pairs/first-load'
import { requestToken as requestPowerOfficeToken } from '../../src/poweroffice/auth'
import { createPowerOffice } from '../../src/poweroffice/client'
import { type PowerOfficeProfile, probePowerOffice } from '../../src/poweroffice/profile'
import { createExclusive } from '../../src/shared/exclusive'
import { createLimit } from '../../src/shared/limit'
import { createTokens, type Token, type TokenStore } from '../../src/shared/tokens'
import type { Cursors, JobRequest, SyncContext } from '../../src/sync-step'
import { assemble } from '../../src/tenant-sync/assemble'
import { cursorsIn } from '../../src/tenant-sync/cursors'
import { drain } from '../../src/tenant-sync/drain'
import { createFence } from '../../src/tenant-sync/fence'
import { HANDLERS } from '../../src/tenant-sync/handlers'
import { jobsOf } from '../../src/tenant-sync/intake'
import { type Job, jobsIn } from '../../src/tenant-sync/jobs'
import { requestToken as requestTribeToken } from '../../src/tribe/auth'
import { createTribe } from '../../src/tribe/client'
import { probeTribe, type TribeProfile } from '../../src/tribe/profile'
import { UNLIMITED } from '../../src/tribe/window'
import type { FakePowerOffice, PowerOfficeClientBooks } from '../fakes/poweroffice'
import type { FakeTribe, TribeEnvironment } from '../fakes/tribe'
import { d1Over, freshDatabase } from '../platform/d1'
import type { Dice } from '../platform/dice'
import { sqliteInMemory } from '../tenant-sync/sqlite'
import { Life } from './life'
import { networkTo, passageTo, type Surroundings, TIMEOUT_MS } from './network'

/**
 * The tenant's object and all it works with, in plain Node: the real jobs, drain, steps, clients and
 * queries, without workerd, between the fakes' apps and on a clock of its own.
 */

export const TENANT = 'tenant-1'
const TRIBE = 'https://tribe.example'
const POWEROFFICE = 'https://poweroffice.example'
const HOOK = 'https://relay.example/webhooks'

// The order in which hashes come back from other threads would make runs differ.
Object.defineProperty(webcrypto.subtle, 'digest', {
  value: async (_: string, data: Uint8Array) =>
    new Uint8Array(createHash('sha256').update(data).digest()).buffer,
  configurable: true,
})

const fingerprintOf = (value: string | null): string =>
  value === null || value === ''
    ? ''
    : createHmac('sha256', 'key').update(value).digest().subarray(0, 9).toString('base64url')

export interface RelayGiven extends Surroundings {
  dice: Dice
  tribe: FakeTribe
  crm: TribeEnvironment
  powerOffice: FakePowerOffice
  books: PowerOfficeClientBooks
  settings: TenantSettings
}

export class Relay {
  readonly tenantId = TENANT
  readonly fingerprintOf = fingerprintOf
  readonly database: DatabaseSync = freshDatabase()
  private readonly kept = sqliteInMemory()
  private life = new Life()
  private contextFor: ((job: Pick<Job, 'lane'>) => SyncContext) | null = null
  private profiles: { tribe: TribeProfile; powerOffice: PowerOfficeProfile } | null = null
  private sweeps = new Map<string, JobRequest[]>()
  /** A drain is under way: what happens now happens in the middle of something. */
  isBusy = false
  lives = 1
  /** What it met and did not expect: nothing goes on after that. */
  readonly bugs: string[] = []

  constructor(private readonly given: RelayGiven) {
    this.jobs.createTable()
    cursorsIn(this.kept).createTable()
  }

  get jobs() {
    return jobsIn(this.kept)
  }
  get cursors(): Cursors {
    return cursorsIn(this.kept)
  }

  /** Connects to both systems and asks for the first load. */
  async activate(): Promise<void> {
    this.database.exec(`insert into tenants (id, name, state, created_at, admin_token_hash, settings,
      sealed_fingerprint_key, sealed_webhook_secret) values ('${TENANT}', 'T', 'active', '', '', '{}', '', '')`)
    for (const cron of ['*/15 * * * *', '0 */4 * * *', '30 2 * * *'])
      this.sweeps.set(cron, await sweepsOf(this, cron))
    const { tribe, powerOffice } = this.clients(this.life)
    this.profiles = {
      tribe: await probeTribe(tribe),
      powerOffice: await probePowerOffice(powerOffice),
    }
    this.cursors.set('initial-sync', newLoad(this.given.clock.now()))
    this.enqueue([
      { kind: 'register-webhooks', subject: '', lane: 'push' },
      { kind: 'first-load', subject: '', lane: 'bulk' },
    ])
  }

  enqueue(requests: readonly JobRequest[]): void {
    for (const request of requests) this.jobs.enqueue(request, this.given.clock.now())
  }

  /** A delivery of Tribe's, as the front door takes it. */
  takeWebhook(body: unknown): void {
    const raw = new TextEncoder().encode(JSON.stringify(body)).buffer as ArrayBuffer
    this.enqueue(jobsOf(raw, this.cursors.get('webhooks') ?? {}) ?? [])
  }

  tick(cron: string): void {
    this.enqueue(this.sweeps.get(cron) ?? [])
  }

  /** An admin has mended what stopped the tenant. */
  reconnect(): void {
    this.cursors.remove('reconnect')
  }

  /** Whatever is under way is cut off; only what was stored is left. */
  restart(): void {
    this.given.tell('   RESTART')
    this.life.end()
  }

  /** Works off what is due until then, as the object's alarms would. */
  async runUntil(until: number): Promise<void> {
    const { clock } = this.given
    while (this.bugs.length === 0) {
      if (this.life.isOver) await this.begin()
      const dueAt = this.cursors.get('reconnect') ? null : this.jobs.nextDueAt()
      if (dueAt !== null && dueAt <= clock.now()) {
        if (clock.now() >= until) return
        await this.drain(until)
        clock.advance(1)
        continue
      }
      clock.advanceTo(Math.min(dueAt ?? until, clock.nextAt ?? until, until))
      if (clock.now() >= until) return
    }
  }

  private async begin(): Promise<void> {
    const { life } = this
    await life.settled()
    this.life = new Life()
    this.lives++
    this.contextFor = null
    // As long as it takes until the alarm wakes it.
    this.given.clock.advance(2000)
    await life.settled()
  }

  private async drain(until: number): Promise<void> {
    const { clock, dice, tell } = this.given
    const { life } = this
    this.contextFor ??= this.contexts(life)
    const sql = life.storage(this.kept)
    this.isBusy = true
    const work = drain({
      jobs: jobsIn(sql),
      handlers: HANDLERS,
      only: null,
      contextFor: this.contextFor,
      credentials: () => '',
      refreshed: async () => false,
      onReconnect: (error) => {
        tell(`   RECONNECT ${error.code}`)
        cursorsIn(sql).set('reconnect', { code: error.code })
        clock.after(600_000, () => this.reconnect())
      },
      onSuccess: () => undefined,
      now: clock.now,
      random: dice.next,
      mayGoOn: () => !life.isOver && clock.now() < until,
      log: (about) => {
        if (life.isOver) return
        tell(`  job ${about.kind} ${about.outcome} ${about.code ?? ''}`)
        if (about.code === 'relay.unexpected') this.bugs.push(`job ${about.kind} met something unexpected`)
      },
    })
    await Promise.race([work, life.ended])
    if (life.isOver) work.catch(() => undefined)
    await life.settled()
    this.isBusy = false
  }

  private clients(life: Life, notes = new Map<string, unknown>()) {
    const { given } = this
    const { clock, tribe, powerOffice } = given
    const base = { timeoutMs: TIMEOUT_MS, now: clock.now }
    const toTribe = networkTo({ system: 'tribe', app: tribe.app, faults: tribe.faults }, life, given)
    const toPowerOffice = networkTo(
      { system: 'powerOffice', app: powerOffice.app, faults: powerOffice.faults },
      life,
      given,
    )
    const cursors = cursorsIn(life.storage(this.kept))
    const gate = { turn: async () => undefined, hold: async (ms: number) => clock.advance(ms) }
    const { clientId, clientSecret } = given.crm
    const writes = createExclusive()
    return {
      tribe: createTribe({
        ...base,
        fetch: toTribe,
        baseUrl: `${TRIBE}/v1`,
        tokens: createTokens(
          storeIn(cursors, 'tribe-token'),
          () =>
            requestTribeToken(
              { clientId, clientSecret },
              { ...base, fetch: toTribe, authUrl: `${TRIBE}/oauth2` },
            ),
          clock.now,
        ),
        dialect: this.profiles?.tribe.dialect ?? { spelled: {}, missing: [], instants: [] },
        limit: createLimit(4),
        notes,
      }),
      powerOffice: createPowerOffice({
        ...base,
        fetch: toPowerOffice,
        baseUrl: `${POWEROFFICE}/v2`,
        subscriptionKey: powerOffice.subscriptionKey,
        tokens: createTokens(
          storeIn(cursors, 'poweroffice-token'),
          () =>
            requestPowerOfficeToken(
              {
                tokenUrl: `${POWEROFFICE}/OAuth/Token`,
                applicationKey: powerOffice.applicationKey,
                subscriptionKey: powerOffice.subscriptionKey,
                clientKey: given.books.clientKey,
              },
              { ...base, fetch: toPowerOffice, gate },
            ),
          clock.now,
        ),
        gate,
        oneAtATime: (write) => writes('write', write),
      }),
    }
  }

  private contexts(life: Life): (job: Pick<Job, 'lane'>) => SyncContext {
    const { clock, settings } = this.given
    const sql = life.storage(this.kept)
    const jobs = jobsIn(sql)
    const db = openDatabase(d1Over(this.database, passageTo(life, this.given)))
    const memory = new Map<string, unknown>()
    const clients = this.clients(life, memory)
    const { profiles } = this
    if (!profiles) throw new Error('not activated')
    const writes = createExclusive()
    const held = {
      ...{ jobs, cursors: cursorsIn(sql), preview: NO_PREVIEW, now: clock.now },
      memory,
      alone: createExclusive(),
      oneAtATime: <T>(write: () => Promise<T>) => writes('write', write),
      isStopping: () => false,
      ...{ tribeWindow: UNLIMITED, tribeLimit: createLimit(4) },
      fence: createFence(),
    }
    const parts = {
      ...{ db, held, settings, tenantId: TENANT, ...clients },
      tribeProfile: profiles.tribe,
      powerOfficeProfile: profiles.powerOffice,
      webhook: { url: HOOK, secret: 'secret' },
      fingerprint: async (value: string | null) => fingerprintOf(value),
    }
    return () => assemble(parts)
  }
}

const NO_PREVIEW: SyncContext['preview'] = {
  begin: () => undefined,
  clear: () => undefined,
  add: () => undefined,
  finish: () => undefined,
}

const storeIn = (cursors: Cursors, name: string): TokenStore => ({
  get: async () => cursors.get<Token>(name),
  put: async (token) => (token ? cursors.set(name, token) : cursors.remove(name)),
})

/** What the real cron asks of a tenant's object at that tick. */
async function sweepsOf(relay: Relay, cron: string): Promise<JobRequest[]> {
  let asked: JobRequest[] = []
  const enqueue = async (requests: JobRequest[]) => {
    asked = requests
  }
  const env = {
    DB: d1Over(relay.database, async (_, run) => run()),
    TENANT_SYNC: { getByName: () => ({ enqueue }) },
    PUBLIC_URL: 'https://relay.example',
    POWEROFFICE_APPLICATION_KEY: 'a',
    POWEROFFICE_SUBSCRIPTION_KEY: 's',
    ADMIN_TOKEN: 't',
    SEALING_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
  }
  await tick(env as unknown as Parameters<typeof tick>[0], cron, () => undefined)
  return asked
}
