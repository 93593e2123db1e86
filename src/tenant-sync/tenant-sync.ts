import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../env'
import { settingsOf } from '../env'
import { invoiceObstacleOf } from '../invoices/by-hand'
import { drawLine } from '../invoices/sent-before'
import type { Lookups } from '../lookups/lookups'
import type { Comparison } from '../pairs/comparison'
import { type FirstLoad, newLoad } from '../pairs/first-load'
import { productObstacleOf } from '../products/by-hand'
import { type Named, type Obstacle, obstacleOf } from '../relations/by-hand'
import type { RelationKind } from '../relations/kinds'
import { asSyncError, type Failure, orFailure, type SyncError } from '../shared/errors'
import { createExclusive } from '../shared/exclusive'
import { createSealer, type Sealer } from '../shared/secrets'
import type { JobRequest } from '../sync-step'
import { consentIn } from './consent'
import { contextOf, type TenantContext } from './context'
import { cursorsIn } from './cursors'
import { drain } from './drain'
import { HANDLERS } from './handlers'
import { secretsOf, type TenantIdentity } from './identity'
import { isFromTribe, jobsOf } from './intake'
import { type Job, type JobState, jobsIn } from './jobs'
import { type KeptKind, type KeptPage, keptPage } from './kept'
import { type PreviewPage, type PreviewQuery, previewsIn } from './previews'
import { streamsIn } from './streams'
import { removeWebhooks } from './webhooks'

export type { Obstacle }

export interface Reconnect {
  code: string
  message: string
  since: string
}

/** An alarm may run for a quarter of an hour; what a request has set off, for much less. */
const ALARM_MS = 5 * 60_000
const KICK_MS = 20_000
/** How soon the alarm comes after a request that has begun to work at once: only if that was cut off. */
const GUARD_MS = 2000

/**
 * One for each tenant: its jobs, its cursors and its turn. It knows when, and nothing of what: a job names
 * a record, and `handlers.ts` says which step looks at it.
 */
export class TenantSync extends DurableObject<Env> {
  private readonly jobs = jobsIn(this.ctx.storage.sql)
  private readonly cursors = cursorsIn(this.ctx.storage.sql)
  private readonly previews = previewsIn(this.ctx.storage.sql, this.cursors)
  private readonly memory = new Map<string, unknown>()
  private readonly exclusive = createExclusive()
  private readonly alone = createExclusive()
  private readonly writes = createExclusive()
  private readonly now = () => Date.now()
  private readonly streams = streamsIn(this.cursors, this.now)
  private readonly consent = consentIn(this.cursors, this.now)
  /** Known once this object has answered for its tenant: an id that is nobody's leaves no trace. */
  private known: TenantIdentity | null = null
  /** True while the tenant is paused: jobs are stored and not worked off. */
  private isIdle = false
  /** The one kind of job that may run before the tenant is activated. */
  private only: string | null = null
  private isRunQueued = false
  /** How often in a row nothing could be worked off at all. */
  private trouble = 0

  // ── What others ask of it ──────────────────────────────────────────────────

  /** Makes the object a tenant's, or renews what it keeps; whatever waited for new credentials goes on. */
  async configure(identity: TenantIdentity): Promise<void> {
    this.jobs.createTable()
    this.cursors.createTable()
    this.cursors.set('tenant', identity)
    this.known = identity
    this.cursors.remove('reconnect')
    await this.wake()
  }

  /** Begins to ask a user of Tribe for consent: gives what has to come back with it. */
  async beginConsent(): Promise<string> {
    return this.consent.begin()
  }

  /** Whether this is what `beginConsent` gave. */
  async takeConsent(secret: string): Promise<boolean> {
    return this.identity() !== null && this.consent.take(secret)
  }

  /** Stores what a delivery asks for, before it is answered. Needs nothing but this object. */
  async takeWebhook(
    raw: ArrayBuffer,
    headers: Record<string, string>,
  ): Promise<{ status: 202 | 400 | 401 | 404; code: string | null }> {
    const identity = this.identity()
    if (!identity) return { status: 404, code: 'tenant.unknown' }
    if (!(await isFromTribe(raw, headers, await secretsOf(identity, this.sealer()))))
      return { status: 401, code: 'webhook.not_from_tribe' }
    const requests = jobsOf(raw, this.cursors.get<Record<string, string>>('webhooks') ?? {})
    if (requests === null) return { status: 400, code: 'request.not_json' }
    this.streams.noteEvent()
    await this.enqueue(requests)
    return { status: 202, code: null }
  }

  /** Stores jobs and the alarm that will work them off in one write, and begins at once. */
  async enqueue(requests: JobRequest[]): Promise<void> {
    if (!this.identity()) return
    for (const request of requests) this.jobs.enqueue(request, this.now())
    await this.wake()
  }

  /**
   * Draws the line between invoices that were sent before and those that are to be exported; once, and
   * before anybody is told that the tenant is active.
   */
  async drawInvoiceLine(): Promise<Failure | null> {
    const ctx = (await this.context())?.contextFor({ lane: 'push' })
    return ctx ? orFailure(drawLine(ctx).then(() => null)) : null
  }

  /** Begins the first load; a load that is under way goes on. */
  async startFirstLoad(): Promise<void> {
    this.previews.forget()
    if (!this.cursors.get('initial-sync')) this.cursors.set('initial-sync', newLoad(this.now()))
    await this.enqueue([
      { kind: 'register-webhooks', subject: '', lane: 'push' },
      { kind: 'first-load', subject: '', lane: 'bulk' },
    ])
  }

  /** Works out anew what the first load would do. */
  async startPreview(): Promise<void> {
    this.previews.store.begin(new Date(this.now()).toISOString())
    await this.enqueue([{ kind: 'preview', subject: '', lane: 'bulk' }])
  }

  /** Runs parked jobs again: one by its id, or all (of a code). A tenant that has to reconnect tries once more. */
  async retry(which: { id: string } | { code: string | null }): Promise<number> {
    if (!this.identity()) return 0
    const count = this.jobs.retry(which, this.now())
    this.cursors.remove('reconnect')
    await this.wake()
    return count
  }

  /** Paused: what is under way ends at the next record. Active: whatever waited goes on, refused credentials too. */
  async setActive(isActive: boolean): Promise<void> {
    if (!this.identity()) return
    this.isIdle = !isActive
    if (!isActive) return
    this.cursors.remove('reconnect')
    await this.wake()
  }

  async overview() {
    if (!this.identity()) return null
    const now = this.now()
    const load = this.cursors.get<FirstLoad>('initial-sync')
    return {
      initialSync: load ?? this.cursors.get<FirstLoad>('initial-sync:last'),
      isLoading: load !== null,
      reconnect: this.cursors.get<Reconnect>('reconnect'),
      streams: this.streams.read(),
      jobs: this.jobs.counts(now),
      oldestDueAt: this.jobs.oldestDueAt(now),
      problems: this.jobs.problems(100),
      comparison: this.cursors.get<Comparison>('comparison'),
    }
  }

  /** What can be mapped, in both systems; read anew on request, or when it is a day old. */
  async lookups(refresh: boolean): Promise<Lookups | Failure> {
    const ctx = (await this.context())?.contextFor({ lane: 'push' })
    if (!ctx) throw new Error('tenant.unknown')
    return orFailure(refresh ? ctx.lookups.refresh() : ctx.lookups.get())
  }

  async readPreview(query: PreviewQuery): Promise<PreviewPage> {
    return this.identity() ? this.previews.read(query) : { state: 'none', at: null, counts: {}, items: [] }
  }

  /** What an admin decided on records that the preview showed; the first load and the pulls keep to it. */
  async decide(
    decisions: { kind: string; powerOfficeId: string; action: string; tribeId: string | null }[],
  ): Promise<void> {
    if (!this.identity()) return
    for (const { kind, powerOfficeId, ...decision } of decisions)
      this.cursors.set(`decision:${kind}:${powerOfficeId}`, decision)
  }

  /** What keeps work by hand from being done with these records. */
  async obstacleOf(kind: RelationKind | 'product' | 'invoice', named: Named): Promise<Obstacle | null> {
    const ctx = (await this.context())?.contextFor({ lane: 'push' })
    if (!ctx) return 'not-in-tribe'
    if (kind === 'invoice') return invoiceObstacleOf(ctx, named)
    return kind === 'product' ? productObstacleOf(ctx, named) : obstacleOf(ctx, kind, named)
  }

  async listJobs(state: JobState | null, page: { limit: number; offset: number }): Promise<Job[]> {
    return this.identity() ? this.jobs.list(state, { ...page, now: this.now() }) : []
  }

  /** A page of all that is kept here, secrets and tokens left out. */
  async readKept(kind: KeptKind, after: string | null): Promise<KeptPage<KeptKind>> {
    return this.identity() ? keptPage(this.ctx.storage.sql, kind, after) : { rows: [], next: null }
  }

  async problemOf(kind: string, subjects: string[]): Promise<Job | null> {
    return this.identity() ? this.jobs.problemOf(kind, subjects) : null
  }

  /** Takes our webhooks down and forgets everything. Tribe being away does not keep a tenant from leaving. */
  async retire(): Promise<void> {
    await this.exclusive('drain', async () => {
      const context = await this.context().catch(() => null)
      if (context)
        await removeWebhooks(context.contextFor({ lane: 'push' })).catch((thrown) =>
          this.report('retire', asSyncError(thrown)),
        )
      this.known = null
      this.memory.clear()
      await this.ctx.storage.deleteAlarm()
      await this.ctx.storage.deleteAll()
    })
  }

  // ── Working it off ─────────────────────────────────────────────────────────

  /** Must never throw: the platform gives up on an alarm after six failures (design 3). */
  override async alarm(): Promise<void> {
    await this.work(ALARM_MS)
  }

  /** Begins to work at once; the alarm is there in case this is cut off. */
  async wake(): Promise<void> {
    if (!this.identity()) return
    await this.ctx.storage.setAlarm(this.now() + GUARD_MS)
    // A run that has not begun yet will find this job too.
    if (this.isRunQueued) return
    this.isRunQueued = true
    this.ctx.waitUntil(this.work(KICK_MS))
  }

  private async work(forMs: number): Promise<void> {
    await this.exclusive('drain', async () => {
      this.isRunQueued = false
      if (!this.identity()) return
      try {
        await this.drain(forMs)
        this.trouble = 0
      } catch (thrown) {
        // D1 is away, or a bug of ours: no job is to blame, and all of them wait a little.
        this.trouble++
        this.report('drain', asSyncError(thrown))
      } finally {
        await this.scheduleNext()
      }
    })
  }

  private async drain(forMs: number): Promise<void> {
    if (this.cursors.get('reconnect') || this.jobs.nextDueAt() === null) return
    let context = await this.context()
    this.only = context?.tenant.state === 'setup' ? 'preview' : null
    this.isIdle = context?.tenant.state === 'paused'
    if (!context || this.isIdle) return
    const deadline = this.now() + forMs
    await drain({
      jobs: this.jobs,
      handlers: HANDLERS,
      only: this.only,
      contextFor: (job) => (context as TenantContext).contextFor(job),
      credentials: () => context?.credentials ?? '',
      refreshed: async (refused) => {
        // Several may be refused side by side: only the first has to read anew.
        if (context?.credentials === refused) context = (await this.context()) ?? context
        return context?.credentials !== refused
      },
      onReconnect: (error) => {
        const reconnect: Reconnect = {
          code: error.code,
          message: error.message,
          since: new Date(this.now()).toISOString(),
        }
        this.cursors.set('reconnect', reconnect)
        this.report('reconnect', error)
      },
      onSuccess: (job) => this.streams.noteSuccess(job.kind),
      now: this.now,
      random: Math.random,
      mayGoOn: () => !this.isIdle && this.now() < deadline && !context?.isSpent(),
      log: (message, about) => console.log(message, { tenantId: context?.tenant.id, ...about }),
    })
  }

  /** There is always a next alarm while a job is left that may run. */
  private async scheduleNext(): Promise<void> {
    const next = this.cursors.get('reconnect') ? null : this.jobs.nextDueAt(this.only)
    if (next === null || this.isIdle) return this.ctx.storage.deleteAlarm()
    const pauseMs = this.trouble === 0 ? 0 : Math.min(1000 * 2 ** this.trouble, 60_000)
    await this.ctx.storage.setAlarm(Math.max(next, this.now() + pauseMs))
  }

  private context(): Promise<TenantContext | null> {
    const identity = this.identity()
    if (!identity) return Promise.resolve(null)
    return contextOf(this.env, identity.tenantId, {
      jobs: this.jobs,
      cursors: this.cursors,
      memory: this.memory,
      preview: this.previews.store,
      alone: this.alone,
      oneAtATime: (run) => this.writes('write', run),
      isStopping: () => this.isIdle,
      now: this.now,
    })
  }

  // ── What it keeps ──────────────────────────────────────────────────────────

  /** Reads without writing: the tables are there only once `configure` has made them. */
  private identity(): TenantIdentity | null {
    if (this.known) return this.known
    const hasTable =
      this.ctx.storage.sql.exec("select 1 from sqlite_master where name = 'cursors'").toArray().length > 0
    this.known = hasTable ? this.cursors.get<TenantIdentity>('tenant') : null
    return this.known
  }

  private sealer(): Sealer {
    return createSealer(settingsOf(this.env).SEALING_KEYS)
  }

  private report(what: string, error: SyncError): void {
    console.error(what, { tenantId: this.known?.tenantId, code: error.code, message: error.message })
  }
}
