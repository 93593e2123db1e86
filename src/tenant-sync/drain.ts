import { DAY_MS } from '../shared/dates'
import { ApiError, asSyncError, HeldError, type SyncError } from '../shared/errors'
import { forEachLimited } from '../shared/limit'
import { faultOf } from '../shared/log'
import { idsOf, type RecordIds } from '../shared/subjects'
import type { Step, Subject, SyncContext } from '../sync-step'
import { withWordsOf } from '../two-way/left-out'
import type { Job } from './job'
import type { Jobs } from './jobs'

/** Records of a tenant that go side by side (DESIGN.md §1.4). */
const AT_ONCE = 4
const LONGEST_WAIT_MS = 15 * 60_000

export interface DrainOptions {
  jobs: Pick<Jobs, 'begin' | 'finish' | 'putOff' | 'release' | 'fail'>
  handlers: Readonly<Record<string, Step>>
  /** The one kind of job that may run before a tenant is activated; null: all may. */
  only: string | null
  contextFor: (job: Job) => SyncContext | Promise<SyncContext>
  /** In a burst, takes the events behind this number together; gives the one up to which what is left of them is run. */
  takeBurst?: (behind: number | null) => Promise<number | null>
  /** Names the credentials that a context made now would use. */
  credentials: () => string
  /** Re-reads the stored credentials; true when they are others than these, which were refused. */
  refreshed: (refused: string) => Promise<boolean>
  /** The credentials are refused: nothing more is done until they are mended. */
  onReconnect: (error: SyncError) => void
  onSuccess: (job: Job, status: 'done' | 'again') => void
  now: () => number
  random: () => number
  /** False when the rest is left to the next run. */
  mayGoOn: () => boolean
  /** One line for each run, whatever came of it. */
  log: (line: JobLine) => void
}

/** What there is to know of a run, without a word of what it was about but ids. */
export interface JobLine extends RecordIds {
  job: string
  kind: string
  attempt: number
  /**
   * `again`: it goes on later. `failed`: it is tried again. `parked`: a person has to. `refused`: the tenant's
   * credentials were. `held`: Tribe takes no calls for a while.
   */
  outcome: 'done' | 'again' | 'failed' | 'parked' | 'refused' | 'held'
  code: string | null
  /** Why it was left alone, what was done, or what it waits for; null where nothing was told. */
  because: string | null
  ms: number
  /** Of a bug of ours: what was thrown. */
  detail?: string
}

/**
 * Works off what is due: pushes first, four at once; then a sweep, a chunk at a time. Never throws for a job. In a burst,
 * events are first taken together (DESIGN.md §1.16); those that have come since are left for the next run, so that these are
 * taken together, too. True when that is so.
 */
export async function drain(options: DrainOptions): Promise<boolean> {
  let isStopped = false
  let taken: number | null = null
  const run = async (job: Job) => {
    if (isStopped) return options.jobs.release(job)
    if ((await runJob(job, options)) === 'stop') isStopped = true
  }
  while (!isStopped && options.mayGoOn()) {
    if (options.only === null) taken = (await options.takeBurst?.(taken)) ?? taken
    const pushes = options.jobs.begin('push', AT_ONCE, options.now(), options.only, taken)
    const batch = pushes.length > 0 ? pushes : options.jobs.begin('bulk', 1, options.now(), options.only)
    if (batch.length === 0) return taken !== null
    await forEachLimited(batch, AT_ONCE, run)
  }
  return false
}

async function runJob(job: Job, options: DrainOptions): Promise<'go-on' | 'stop'> {
  const { jobs, now } = options
  const startedAt = now()
  let ctx: SyncContext | null = null
  let waitsFor: string | null = null
  const tell = (outcome: JobLine['outcome'], error?: SyncError) =>
    options.log({
      job: job.id,
      kind: job.kind,
      ...idsOf(job),
      attempt: job.attempts,
      outcome,
      ...(error ? faultOf(error) : { code: null }),
      because: waitsFor ?? ctx?.lastBecause(job.kind) ?? null,
      ms: now() - startedAt,
    })
  const credentials = options.credentials()
  try {
    ctx = await options.contextFor(job)
    const step = options.handlers[job.kind]
    if (!step) throw new Error(`there is no step for the kind "${job.kind}"`)
    const result = await stepAndRemember(ctx, step, job)
    if (result.status === 'again') {
      waitsFor = result.because
      jobs.putOff(job, now() + result.afterSeconds * 1000)
    } else jobs.finish(job, now())
    options.onSuccess(job, result.status)
    tell(result.status)
    return 'go-on'
  } catch (thrown) {
    const error = asSyncError(thrown)
    // Weather: the record is not to blame, and has its turn when the weather has passed.
    if (error instanceof HeldError) {
      jobs.release(job)
      tell('held', error)
      return 'stop'
    }
    if (error.remedy !== 'reconnect') {
      const failure = failureOf(job, error, options)
      jobs.fail(job, withWordsOf(job.message, error), failure)
      tell(failure.park ? 'parked' : 'failed', error)
      return 'go-on'
    }
    tell('refused', error)
    jobs.release(job)
    if (await options.refreshed(credentials)) return 'go-on'
    options.onReconnect(error)
    return 'stop'
  }
}

export const subjectOf = ({ subject: id, hint, inDoubt }: Job): Subject => ({ id, hint, inDoubt })

/** What a step has remembered is kept, whether or not it came to its end. */
async function stepAndRemember(ctx: SyncContext, step: Step, job: Job) {
  try {
    return await step(ctx, subjectOf(job))
  } finally {
    await ctx.flush()
  }
}

/** Something may have been written, and nobody lived to remember it. */
export const leavesDoubt = (error: SyncError): boolean =>
  error instanceof ApiError ? error.outcomeUnknown : error.remedy === 'time'

function failureOf(job: Job, error: SyncError, { now, random }: DrainOptions) {
  const at = now()
  const inDoubt = leavesDoubt(error)
  const failedForMs = job.failedSince === null || job.code === null ? 0 : at - job.failedSince
  const park = error.remedy === 'data' || failedForMs > DAY_MS
  return { dueAt: at + backoffMs(job.attempts, error, inDoubt, random), park, inDoubt, now: at }
}

/**
 * From a second, doubling, with jitter, a quarter of an hour at most (DESIGN.md §1.7). After a lost answer two
 * seconds at least: PowerOffice may read from a replica that lags (DESIGN.md §4.5).
 */
export function backoffMs(
  attempts: number,
  error: SyncError,
  inDoubt: boolean,
  random: () => number,
): number {
  const doubled = Math.min(1000 * 2 ** Math.min(attempts - 1, 20), LONGEST_WAIT_MS)
  const jittered = Math.min(doubled * (1 + random() * 0.5), LONGEST_WAIT_MS)
  return Math.ceil(Math.max(jittered, inDoubt ? 2000 : 0, (error.retryAfterSeconds ?? 0) * 1000))
}
