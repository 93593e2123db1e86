import { openDatabase } from '../db/database'
import type { TenantSettings } from '../db/settings'
import type { TenantStatus } from '../db/tenant-statuses'
import { type Failure, orFailure } from '../shared/errors'
import { areOthers } from '../shared/identity'
import { createLocks } from '../shared/locks'
import { logFault } from '../shared/log'
import type { JobRequest, SyncContext } from '../sync-step'
import type { Asked } from '../tribe/window'
import { newLoad } from '../two-way/first-load'
import { alertsIn } from './alerts'
import { TenantAsked } from './asked'
import { forgetCompany } from './companies'
import { contextOf, type TenantContext } from './context'
import { UNDELIVERED } from './event'
import { createFence } from './fence'
import { secretsOf, type TenantIdentity, withFormer } from './identity'
import { isFromTribe, jobsOf, MOST_WAITING, POLL, type Proven } from './intake'
import { type InvoiceCutoff, invoiceAgeIn } from './invoice-age'
import { rotateKeys } from './rotate-keys'
import { Runs } from './runs'
import { streamsIn } from './streams'
import { type Reconnect, tenantStatusIn } from './tenant-status'
import { tribeCallsIn } from './tribe-calls'
import { listenFromNow, removeWebhooks } from './webhooks'

export type { Reconnect }

/**
 * One for each tenant: its jobs, its facts and its turn. It knows when, and nothing of what: a job names
 * a record, and `handlers.ts` says which step looks at it.
 */
export class TenantSync extends TenantAsked {
  private readonly cache = new Map<string, unknown>()
  private readonly proven: Proven = { last: null }
  private readonly parts = {
    jobs: this.jobs,
    facts: this.facts,
    previews: this.previews,
    looks: this.looks,
    cache: this.cache,
  }
  private readonly withLock = createLocks()
  private readonly writes = createLocks()
  private readonly fence = createFence(this.facts, this.now)
  private readonly tribeCalls = tribeCallsIn({ env: this.env, facts: this.facts, now: this.now })
  private readonly streams = streamsIn(this.facts, this.now)
  private readonly kept = { jobs: this.jobs, facts: this.facts, streams: this.streams, now: this.now }
  private readonly tenantStatus = tenantStatusIn(this.kept)
  private readonly alerts = alertsIn({
    env: this.env,
    jobs: this.jobs,
    facts: this.facts,
    tenantStatus: this.tenantStatus,
    now: this.now,
    stuck: () => this.runs.stuck,
  })
  private readonly age = invoiceAgeIn({
    jobs: this.jobs,
    facts: this.facts,
    wake: () => this.wake(),
    context: () => this.pushContext(),
  })
  private readonly runs: Runs = new Runs({
    ...this.kept,
    tenantStatus: this.tenantStatus,
    hours: this.hours,
    alerts: this.alerts,
    events: this.events,
    storage: this.ctx.storage,
    waitUntil: (run) => this.ctx.waitUntil(run),
    isKnown: () => this.identity() !== null,
    tribeHeldForMs: () => this.tribeCalls.window().heldForMs,
    context: (told) => this.context(told),
    tellStatus: (stuck) => this.tellStatus(stuck),
    report: (what, thrown) => this.report(what, thrown),
  })

  // ── What others ask of it ──────────────────────────────────────────────────

  /** Makes the object a tenant's, or renews what it keeps; whatever waited for new credentials goes on. */
  async configure(identity: TenantIdentity): Promise<void> {
    this.jobs.createTable()
    this.facts.createTable()
    const [before, now] = [this.identity()?.serves, identity.serves]
    if (before && now && areOthers(before, now))
      await this.runs.endWith(async () => forgetCompany(this.parts, before, now))
    this.known = withFormer(this.identity(), identity, this.now())
    this.facts.set('tenant', this.known)
    this.fence.raise()
    this.tenantStatus.beginWork()
    await this.wake()
  }

  /** Stores what a delivery asks for, before it is answered, and begins at once; in a burst, once it pauses. Needs nothing but this object. */
  async takeWebhook(
    raw: ArrayBuffer,
    headers: Record<string, string>,
  ): Promise<{ status: 202 | 400 | 401 | 404; code: string | null }> {
    const identity = this.identity()
    if (!identity) return { status: 404, code: 'tenant.unknown' }
    const secrets = secretsOf(identity, () => this.sealer(), this.now())
    if (!(await isFromTribe(raw, headers, secrets, this.proven)))
      return { status: 401, code: 'webhook.not_from_tribe' }
    const requests = jobsOf(raw, () => this.facts.get('webhooks') ?? {})
    if (requests === null) return { status: 400, code: 'request.not_json' }
    this.streams.noteEvent()
    this.hours.add('events')
    const asked = this.jobs.hasMoreThan(MOST_WAITING, this.now()) ? [POLL] : requests
    for (const request of asked) this.jobs.take(request, this.now())
    await this.runs.wakeFor(asked)
    return { status: 202, code: null }
  }

  /** Stores jobs and the alarm that will work them off in one write, and begins at once. */
  async enqueue(requests: JobRequest[]): Promise<void> {
    if (!this.identity()) return
    for (const request of requests) this.jobs.enqueue(request, this.now())
    await this.wake()
  }

  /** How far Tribe has come, where phases would join those that mean sent; before such settings are kept. */
  async invoiceCutoff(settings: TenantSettings, isAnew: boolean): Promise<InvoiceCutoff | null | Failure> {
    return this.age.cutoff(settings, isAnew)
  }

  /** Tells what was sent before from what is to be exported, before anybody is told that the settings hold; null: invoices are off. */
  async settleInvoices(on: { asked: InvoiceCutoff | null; isAnew: boolean } | null): Promise<Failure | null> {
    return orFailure(this.age.settle(on).then(() => null))
  }

  /** An admin wants it left alone. */
  async forgetInvoice(tribeId: string, powerOfficeId: string): Promise<void> {
    if (this.identity()) this.age.forget(tribeId, powerOfficeId)
  }

  /** Settings or mappings are others now: nothing that was begun by the old ones is written any more. */
  async settingsChanged(): Promise<void> {
    this.fence.raise()
    this.dryRuns.failAll('settings-changed')
  }

  /** Makes sure, before anybody is told that the tenant is active, that nothing made in Tribe from then on is missed. */
  async listenFromNow(how: { isFirst: boolean }): Promise<Failure | null> {
    const ctx = await this.pushContext()
    return ctx ? orFailure(listenFromNow(ctx, how).then(() => null)) : null
  }

  /** Begins the first load; a load that is under way goes on. */
  async startFirstLoad(): Promise<void> {
    this.previews.forget()
    if (!this.facts.get('initial-sync')) this.facts.set('initial-sync', newLoad(this.now()))
    await this.enqueue([{ kind: 'first-load', subject: '', lane: 'bulk' }])
  }

  /** Works out anew what the first load would do. */
  async startPreview(): Promise<void> {
    this.previews.store.begin(new Date(this.now()).toISOString())
    await this.enqueue([{ kind: 'preview', subject: '', lane: 'bulk' }])
  }

  /** Runs parked jobs again: one by its id, or all (of a code); events that nobody received, too. A tenant that has to reconnect tries once more. */
  async retry(which: { id: string } | { code: string | null }): Promise<number> {
    if (!this.identity()) return 0
    const isOfEvents = 'code' in which && (which.code ?? UNDELIVERED) === UNDELIVERED
    const count = this.jobs.retry(which, this.now()) + (isOfEvents ? this.events.tryAgain() : 0)
    this.tenantStatus.beginWork()
    await this.wake()
    return count
  }

  /** Paused: what is under way ends before its next write. Active: whatever waited goes on, refused credentials too. */
  async setActive(isActive: boolean): Promise<void> {
    if (!this.identity()) return
    this.runs.isIdle = !isActive
    this.fence.raise()
    if (!isActive) {
      this.dryRuns.failAll('paused')
      return this.alerts.rest()
    }
    this.tenantStatus.beginWork()
    await this.wake()
  }

  /** Another tenant of the same Tribe shares this one's window: `tribe-calls.ts`. */
  async askTribeWindow(asked: Asked): Promise<number> {
    return this.identity() ? this.tribeCalls.answer(asked) : 0
  }

  /** How the tenant stands this moment. */
  async readStatus(): Promise<TenantStatus | null> {
    return this.identity() && this.tenantStatus.read(this.runs.stuck)
  }

  async overview() {
    if (!this.identity()) return null
    return {
      tenantStatus: this.tenantStatus.read(this.runs.stuck),
      initialSync: this.facts.get('initial-sync') ?? this.facts.get('initial-sync:last'),
      reconnect: this.facts.get('reconnect'),
      undelivered: this.events.undelivered(),
      problems: this.jobs.problems(100),
      comparison: this.facts.get('comparison'),
      oldInvoices: this.age.read(),
      paperRefused: this.facts.get('paper-refused'),
    }
  }

  /** Forgets what may name somebody and is a week old then, at work or not; gives how many secrets were sealed anew by the newest key. */
  async applyRetention(at: number): Promise<number> {
    const identity = this.identity()
    if (!identity) return 0
    for (const kept of [
      this.jobs,
      this.tenantStatus,
      this.previews,
      this.consent,
      this.events,
      this.beforeImages,
    ])
      kept.forgetWords(at)
    await this.hours.keep(openDatabase(this.env.DB), identity.tenantId)
    const about = { facts: this.facts, sealer: this.sealer() }
    const count = await rotateKeys(openDatabase(this.env.DB), identity.tenantId, about)
    this.known = null // Its secrets may be sealed anew.
    return count
  }

  /** Nothing is under way any more once this has answered, and nothing begins before `workAgain`. */
  async endWork(): Promise<void> {
    this.fence.raise()
    await this.runs.endWith(async () => undefined)
  }

  async workAgain(isIdle: boolean): Promise<void> {
    this.runs.isIdle = isIdle
    await this.wake()
  }

  /** Takes our webhooks down and forgets everything. Tribe being away does not keep a tenant from leaving. */
  async retire(): Promise<void> {
    this.fence.raise()
    await this.runs.endWith(async () => {
      const context = await this.context().catch(() => null)
      if (context)
        await removeWebhooks(context.contextFor({ lane: 'push' })).catch((thrown) =>
          this.report('retire', thrown),
        )
      this.known = null
      this.cache.clear()
      this.events.forget()
      this.tribeCalls.forget()
      await this.ctx.storage.deleteAlarm()
      await this.ctx.storage.deleteAll()
    })
  }

  // ── Working it off ─────────────────────────────────────────────────────────

  /** Must never throw: the platform gives up on an alarm after six failures (DESIGN.md §1.3). */
  override async alarm(): Promise<void> {
    await this.runs.alarm()
  }

  /** Begins to work at once; the alarm is there in case this is cut off. */
  override async wake(): Promise<void> {
    if (this.identity()) await this.runs.wake()
  }

  protected override reschedule = () => this.runs.scheduleNext()

  private async context(told?: readonly string[]): Promise<TenantContext | null> {
    const identity = this.identity()
    if (!identity) return null
    const context = await contextOf(
      this.env,
      identity.tenantId,
      {
        jobs: this.jobs,
        looks: this.looks,
        facts: this.facts,
        cache: this.cache,
        preview: this.previews.store,
        withLock: this.withLock,
        beforeImages: this.beforeImages,
        oneAtATime: (run) => this.writes('write', run),
        tribeWindow: this.tribeCalls.window(),
        tribeLimit: this.tribeCalls.limit,
        events: this.events,
        hours: this.hours,
        isStopping: () => this.runs.isIdle,
        fence: this.fence,
        now: this.now,
      },
      told,
    )
    this.events.isOn = context?.tellsEvents ?? false
    // The front door may have died before it could say so.
    if (context && identity.serves && areOthers(identity.serves, context.serves)) {
      forgetCompany(this.parts, identity.serves, context.serves)
      this.known = { ...identity, serves: context.serves }
      this.facts.set('tenant', this.known)
    }
    return context
  }

  protected async pushContext(): Promise<SyncContext | null> {
    return (await this.context())?.contextFor({ lane: 'push' }) ?? null
  }

  // ── What it keeps ──────────────────────────────────────────────────────────

  private async tellStatus(stuck: string | null): Promise<void> {
    const id = this.identity()?.tenantId
    if (!id) return
    const db = openDatabase(this.env.DB)
    await this.tenantStatus.note(db, id, stuck)
    await this.hours.keep(db, id)
  }

  private readonly report = (what: string, thrown: unknown) =>
    logFault(what, thrown, { tenantId: this.known?.tenantId })
}
