import { asSyncError } from '../shared/errors'
import type { JobKind } from '../shared/job-kinds'
import { createLocks } from '../shared/locks'
import { log } from '../shared/log'
import type { Facts, JobRequest, Step } from '../sync-step'
import type { alertsIn } from './alerts'
import { onlyJobOf } from './at-rest'
import { BURST, burstsIn } from './burst'
import type { TenantContext } from './context'
import { drain } from './drain'
import { dryRunStep } from './dry-run/run'
import { dryRunsIn } from './dry-run/store'
import type { Events } from './events'
import { HANDLERS } from './handlers'
import type { Hours } from './hours'
import { ALERT, EVENT, type Job } from './job'
import type { Jobs } from './jobs'
import { streamOf } from './stream'
import type { streamsIn } from './streams'
import type { Reconnect, tenantStatusIn } from './tenant-status'
import { newTrace, type Trace } from './trace'
import { previewUndo, undoLoad } from './undo/run'

export interface RunsOf {
  jobs: Jobs
  facts: Facts
  streams: ReturnType<typeof streamsIn>
  tenantStatus: ReturnType<typeof tenantStatusIn>
  hours: Hours
  storage: Pick<DurableObjectStorage, 'setAlarm'>
  waitUntil: (run: Promise<void>) => void
  /** False before the tenant is known, and once it is forgotten: nothing is read or written then. */
  isKnown: () => boolean
  /** How much longer Tribe takes no calls. */
  tribeHeldForMs: () => number
  /** Read anew for each run, with what is known of the records that events have told of. */
  context: (told?: readonly string[]) => Promise<TenantContext | null>
  alerts: ReturnType<typeof alertsIn>
  /** What the tenant's own webhook is told: beside the work, and also while there is none. */
  events: Pick<Events, 'nextDueAt' | 'deliver' | 'parked'>
  /** Writes down how the tenant stands, if that is news. */
  tellStatus: (stuck: string | null) => Promise<void>
  report: (what: string, thrown: unknown) => void
  now: () => number
}

/** More jobs than any tenant has: intake leaves the rest to a poll long before. */
const MOST_COPIES = 100_000
/** An alarm may run for a quarter of an hour; what a request has set off, for much less. */
const ALARM_MS = 5 * 60_000
const KICK_MS = 20_000
/** So often in a row is more than a hiccup. */
const MOST_TROUBLE = 5
/** How soon the alarm comes after a request that has begun to work at once: only if that was cut off. */
const GUARD_MS = 2000
/** Events that come one upon another are worked off together: a run begins so much after the one before it has ended. */
const APART_MS = 50
/** While a tenant is paused, events are only stored: a run would find out no more than that, and whoever activates it says so. */
const IDLE_APART_MS = 10_000

/** The runs of a tenant's object: one at a time, and never without a next alarm while a job is left (DESIGN.md §1.3, §1.4). */
export class Runs {
  /** True while the tenant is paused: jobs are stored and not worked off. */
  isIdle = false
  /** The tenant leaves: no run begins any more. */
  private isOver = false
  /** The one kind of job that may run before the tenant is activated. */
  private only: string | null = null
  private isQueued = false
  private endedAt = 0
  /** When the alarm comes; null when there is none, or nobody knows after a restart. */
  private alarmAt: number | null = null
  /** How often in a row nothing could be worked off at all. */
  private trouble = 0
  /** Why, once that has happened often. */
  stuck: string | null = null
  /** How many runs have begun. */
  private begun = 0
  /** The first records that events have told of since a run began: a burst's are looked up together. */
  private told: string[] = []
  private readonly withLock = createLocks()
  private readonly stream: ReturnType<typeof streamOf>

  constructor(private readonly of: RunsOf) {
    this.stream = streamOf(of)
  }

  /** Begins to work at once; the alarm is there in case this is cut off. */
  async wake(): Promise<void> {
    this.stream.hurry()
    await this.queueGuarded()
  }

  /** The same for events: a run waits while they keep coming. */
  async wakeFor(events: readonly JobRequest[]): Promise<void> {
    this.stream.note(events.length)
    for (const { subject } of events) if (subject !== '' && this.told.length < BURST) this.told.push(subject)
    await this.queueGuarded()
  }

  private async queueGuarded(): Promise<void> {
    const guarded = this.alarmBy(this.of.now() + GUARD_MS)
    this.queue()
    await guarded
  }

  /** A run that has not begun yet will find what is new, too. */
  private queue(): void {
    if (this.isQueued) return
    this.isQueued = true
    this.of.waitUntil(this.kick())
  }

  /** Never throws. A run that is to begin soon needs no other, and the next alarm in case it is cut off. */
  alarm(): Promise<void> {
    this.alarmAt = null
    if (this.stream.isAwaited()) return this.alarmBy(this.of.now() + GUARD_MS)
    return this.run(ALARM_MS)
  }

  /** What may not happen while a run is under way. */
  private between<T>(act: () => Promise<T>): Promise<T> {
    return this.withLock('run', act)
  }

  /** Acts once the run that is under way has ended, at its next record; whatever else waited for its turn is nothing any more. */
  async endWith(act: () => Promise<void>): Promise<void> {
    this.isOver = true
    this.isIdle = true
    try {
      await this.between(act)
    } finally {
      this.isOver = false // Nobody's by now, or else it could not be forgotten and works on.
    }
  }

  private async kick(): Promise<void> {
    await this.until(this.endedAt + APART_MS)
    if (this.isIdle) await this.stream.rest(this.endedAt + IDLE_APART_MS)
    // Only the run that is under way knows whether a burst goes on.
    await this.between(async () => undefined)
    const { begun } = this
    await this.stream.pause()
    // An alarm's run that began meanwhile took all.
    if (this.begun === begun) await this.run(KICK_MS)
  }

  private async until(at: number): Promise<void> {
    const waitMs = at - this.of.now()
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
  }

  private run(forMs: number): Promise<void> {
    return this.between(async () => {
      this.isQueued = false
      this.begun++
      this.stream.begin()
      const { told } = this
      this.told = []
      if (this.isOver || !this.of.isKnown()) return
      try {
        const wasBurst = await this.drain(forMs, told)
        this.stream.end(wasBurst)
        // Events have come meanwhile, in a burst: they and those that follow are taken together.
        if (wasBurst && this.of.jobs.isPushDue(this.of.now())) this.queue()
        this.trouble = 0
        this.stuck = null
      } catch (thrown) {
        // D1 is away, or a bug of ours: no job is to blame, and all of them wait a little.
        this.trouble++
        this.of.report('drain', thrown)
        if (this.trouble >= MOST_TROUBLE) this.stuck = asSyncError(thrown).code
      } finally {
        const { events } = this.of
        if ((events.nextDueAt() ?? Number.POSITIVE_INFINITY) <= this.of.now())
          this.of.waitUntil(events.deliver())
        await this.scheduleNext()
        await this.of.tellStatus(this.stuck).catch((thrown) => this.of.report('standing', thrown))
        this.endedAt = this.of.now()
      }
    })
  }

  /** True when a burst goes on. */
  private async drain(forMs: number, told: readonly string[]): Promise<boolean> {
    const { jobs, facts, streams, tenantStatus, hours, alerts, events, now, report } = this.of
    // A tick that asks for polls in some minutes costs D1 nothing now.
    const dueAt = jobs.nextDueAt(this.onlyBy(null))
    if (dueAt === null || dueAt > now()) return false
    // While it is paused, all there is to know is whether it still is.
    let context = await this.of.context(this.isIdle ? [] : told)
    // It was paused, or told otherwise, while that was read.
    while (context?.isOver()) context = await this.of.context()
    const isPaused = context?.tenant.state === 'paused'
    const only = onlyJobOf(context?.tenant.state, this.of)
    this.only = this.onlyBy(only)
    // It may have been begun while the pause was on its way.
    if (isPaused) dryRunsIn(this.of).failAll('paused')
    // Nor is there anything to do for a tenant that is gone.
    this.isIdle = this.isOver || context === null || (isPaused && only === null)
    if (!context || this.isIdle) return false
    const deadline = now() + forMs
    const usage = new Map<string, Trace>()
    const contextFor = async (lane: Job['lane'], used: Trace) => {
      if (context?.isOver()) context = (await this.of.context()) ?? context
      return (context as TenantContext).contextFor({ lane }, used)
    }
    const mayGoOn = () =>
      !this.isIdle &&
      now() < deadline &&
      !context?.isSpent() &&
      (this.only === ALERT || this.of.tribeHeldForMs() === 0)
    const goesOn = await drain({
      jobs,
      only: this.only,
      now,
      random: Math.random,
      handlers: {
        ...HANDLERS,
        'dry-run': dryRunStep(() => jobs.list(null, { limit: MOST_COPIES, offset: 0, now: now() })),
        'undo-preview': previewUndo(context.undoSource),
        undo: undoLoad(context.undoSource),
        [ALERT]: alerts.stepFor(context.tenant),
      } satisfies Readonly<Record<JobKind, Step>>,
      contextFor: (job) => {
        const used = newTrace()
        usage.set(job.id, used)
        return contextFor(job.lane, used)
      },
      takeBurst: burstsIn({
        jobs,
        now,
        mayGoOn,
        report,
        contextFor: (used) => contextFor('push', used),
        onTaken: (settled, used, ms) => {
          streams.noteSuccess(EVENT)
          tenantStatus.spend(used, false)
          const about = { at: new Date(now()).toISOString(), settled, ms, statements: used.statements }
          log('events-together', { tenantId: context?.tenant.id, ...about })
        },
      }),
      credentials: () => context?.credentials ?? '',
      refreshed: async (refused) => {
        // Several may be refused side by side: only the first has to read anew.
        if (context?.credentials === refused) context = (await this.of.context()) ?? context
        return context?.credentials !== refused
      },
      onReconnect: (error) => {
        const { code, message } = error
        const reconnect: Reconnect = { code, message, since: new Date(now()).toISOString() }
        facts.set('reconnect', reconnect)
        dryRunsIn(this.of).failAll('reconnect')
        report('reconnect', error)
      },
      onSuccess: (job, status) => {
        streams.noteSuccess(job.kind)
        const isWritten = status === 'done' && (usage.get(job.id)?.writes ?? 0) > 0
        if (isWritten && job.lane === 'push' && job.kind !== ALERT) hours.arrived(now() - job.createdAt)
      },
      mayGoOn,
      log: (line) => {
        const used = usage.get(line.job) ?? newTrace()
        usage.delete(line.job)
        tenantStatus.spend(used, line.code !== null)
        for (const sort of ['writes', 'tribe', 'powerOffice'] as const) hours.add(sort, used[sort])
        if (line.outcome === 'parked' && line.kind !== ALERT) {
          hours.add('problems')
          events.parked(line)
        }
        log('job', { tenantId: context?.tenant.id, at: new Date(now()).toISOString(), ...line, ...used })
      },
    })
    alerts.watch(context.tenant)
    return goesOn
  }

  /** While credentials are refused, or Tribe takes no calls, nothing runs but the messages that say so. */
  private onlyBy(usual: string | null): string | null {
    const isHalted = this.of.facts.get('reconnect') !== null || this.of.tribeHeldForMs() > 0
    return isHalted ? ALERT : usual
  }

  /** There is always a next alarm while a job is left that may run. */
  async scheduleNext(): Promise<void> {
    const { now, events } = this.of
    const only = this.only === ALERT ? null : this.only
    const next = this.isIdle ? this.nextAtRest() : this.nextRunAt(only)
    const pauseMs = this.trouble === 0 ? 0 : Math.min(1000 * 2 ** this.trouble, 60_000)
    // A run that is to begin soon needs an alarm only in case it is cut off.
    const soonest = now() + (this.isQueued ? Math.max(pauseMs, GUARD_MS) : pauseMs)
    const times = [next === null ? null : Math.max(next, soonest), events.nextDueAt()]
    const at = Math.min(...times.map((time) => time ?? Number.POSITIVE_INFINITY))
    if (at < Number.POSITIVE_INFINITY) await this.alarmBy(at)
  }

  /** What was asked to be worked out, and waits out a failure while the tenant is paused. */
  private nextAtRest(): number | null {
    const only = this.of.isKnown() ? onlyJobOf('paused', this.of) : null
    return only && this.nextRunAt(only)
  }

  /** While Tribe takes no calls, all that is due waits until it does again. */
  private nextRunAt(usual: string | null): number | null {
    const { jobs, facts, now, tribeHeldForMs } = this.of
    const next = jobs.nextDueAt(this.onlyBy(usual))
    const heldForMs = tribeHeldForMs()
    if (heldForMs === 0 || facts.get('reconnect') !== null) return next
    const work = jobs.nextDueAt(usual)
    if (work === null) return next
    return Math.min(next ?? Number.POSITIVE_INFINITY, Math.max(work, now() + heldForMs))
  }

  /** One that comes a little sooner is as good, and is left when nothing is: to set it, or to take it away, is a write. */
  private async alarmBy(at: number): Promise<void> {
    const { alarmAt } = this
    if (alarmAt !== null && alarmAt > this.of.now() && alarmAt <= at && alarmAt > at - GUARD_MS) return
    this.alarmAt = at
    try {
      await this.of.storage.setAlarm(at)
    } catch (thrown) {
      this.alarmAt = null
      throw thrown
    }
  }
}
