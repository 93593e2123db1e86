import { ApiError, type SyncError } from '../../shared/errors'
import type { JobRequest } from '../../sync-step'
import { type Job, NOTICE } from '../job'

/** Jobs of a dry run: copies of what is to be done, in memory, by the same rules as the stored ones. */

/** Calls that fail for want of an answer, until the dry run gives up. */
const MOST_OUTAGES = 20

/** Work on webhooks and messages, which no dry run does. */
const LEFT_OUT = ['register-webhooks', 'renew-webhooks', 'alert', 'preview', 'dry-run', 'documentation']

/** A job that is there already and is asked for once more: it keeps a hint that both share, and goes before loads if either does. */
function askedAgain(held: Job, request: JobRequest): Job {
  const isHintShared = !held.isParked && held.hint === (request.hint ?? null)
  return {
    ...held,
    hint: isHintShared ? held.hint : null,
    lane: request.lane === 'push' ? 'push' : held.lane,
    asked: held.asked + 1,
  }
}

export type JobCopies = ReturnType<typeof jobCopies>

export function jobCopies(copies: readonly Job[]) {
  const byKey = new Map<string, Job>()
  const keyOf = ({ kind, subject }: Pick<Job, 'kind' | 'subject'>) => `${kind} ${subject}`
  let lastId = 0
  let outages = 0
  const put = (job: Job) => byKey.set(keyOf(job), job)
  for (const job of copies)
    if (!LEFT_OUT.includes(job.kind)) put({ ...job, id: String(++lastId), startedAt: null })

  const fresh = ({ kind, subject, lane, hint }: JobRequest, dueAt: number): Job => ({
    id: String(++lastId),
    kind,
    subject,
    hint: hint ?? null,
    lane,
    asked: 1,
    attempts: 0,
    dueAt,
    isParked: false,
    startedAt: null,
    inDoubt: false,
    code: null,
    remedy: null,
    message: null,
    failedSince: null,
    createdAt: dueAt,
  })
  const told = (why: SyncError) => ({ code: why.code, remedy: why.remedy, message: why.message })
  const untold = { code: null, remedy: null, message: null, failedSince: null, attempts: 0 }
  const isDue = (job: Job, now: number) => !job.isParked && job.startedAt === null && job.dueAt <= now
  const restUntil = (job: Job, dueAt: number) => {
    const held = byKey.get(keyOf(job))
    if (held) put({ ...held, ...untold, startedAt: null, inDoubt: false, dueAt })
  }

  return {
    enqueue(request: JobRequest, now: number): void {
      if (LEFT_OUT.includes(request.kind)) return
      const dueAt = now + (request.afterSeconds ?? 0) * 1000
      const held = byKey.get(keyOf(request))
      if (!held) return void put(fresh(request, dueAt))
      const once = askedAgain(held, request)
      if (held.isParked) put({ ...once, ...untold, dueAt, isParked: false })
      else put({ ...once, dueAt: held.code === null ? Math.min(held.dueAt, dueAt) : held.dueAt })
    },
    enqueueParked(request: JobRequest, why: SyncError, now: number): void {
      const held = byKey.get(keyOf(request))
      if (held && !held.isParked && held.lane === 'push') return
      put({
        ...(held ?? fresh(request, now)),
        ...told(why),
        isParked: true,
        failedSince: held?.failedSince ?? now,
      })
    },
    enqueueFailed(request: JobRequest, why: SyncError, inDoubt: boolean, now: number): void {
      if (why instanceof ApiError) outages++
      const held = byKey.get(keyOf(request))
      const dueAt = Math.max(held?.dueAt ?? 0, now + (request.afterSeconds ?? 0) * 1000)
      put({
        ...(held ?? fresh(request, now)),
        ...told(why),
        isParked: false,
        inDoubt,
        dueAt,
        failedSince: now,
      })
    },
    settle(kind: string, subjects: readonly string[]): void {
      for (const subject of subjects)
        if (byKey.get(keyOf({ kind, subject }))?.isParked) byKey.delete(keyOf({ kind, subject }))
    },
    /** Parked ones with one of these codes run again. */
    retryRecords(codes: readonly string[], now: number): void {
      for (const job of byKey.values())
        if (
          job.isParked &&
          job.code !== null &&
          codes.includes(job.code) &&
          !['mapping', NOTICE].includes(job.kind)
        )
          put({ ...job, ...untold, isParked: false, dueAt: now })
    },
    parkedOf: (kind: string): string[] =>
      [...byKey.values()].filter((job) => job.isParked && job.kind === kind).map(({ subject }) => subject),
    parkedAs(kind: string, subject: string): string | null {
      const job = byKey.get(keyOf({ kind, subject }))
      return job?.isParked ? job.code : null
    },
    isAwaited(kind: string, subject: string): boolean {
      return byKey.get(keyOf({ kind, subject }))?.isParked === false
    },

    begin(lane: Job['lane'], limit: number, now: number): Job[] {
      const due = [...byKey.values()]
        .filter((job) => job.lane === lane && isDue(job, now))
        .toSorted((a, b) => a.dueAt - b.dueAt || Number(a.id) - Number(b.id))
        .slice(0, limit)
        .map((job) => ({ ...job, startedAt: now, attempts: job.attempts + 1 }))
      for (const job of due) put(job)
      return due
    },
    finish(job: Job, now: number): void {
      if (byKey.get(keyOf(job))?.asked === job.asked) byKey.delete(keyOf(job))
      else restUntil(job, now)
    },
    putOff: restUntil,
    release(job: Job): void {
      const held = byKey.get(keyOf(job))
      if (held) put({ ...held, startedAt: null, attempts: Math.max(0, held.attempts - 1) })
    },
    fail(
      job: Job,
      error: SyncError,
      { dueAt, park, inDoubt, now }: { dueAt: number; park: boolean; inDoubt: boolean; now: number },
    ): void {
      if (error instanceof ApiError && error.remedy === 'time') outages++
      const held = byKey.get(keyOf(job)) ?? job
      const isAskedAnew = held.asked > job.asked
      put({
        ...held,
        ...told(error),
        startedAt: null,
        hint: null,
        inDoubt,
        failedSince: held.failedSince ?? now,
        dueAt: isAskedAnew && park ? now : dueAt,
        isParked: park && !isAskedAnew,
      })
    },

    nextDueAt: (): number | null =>
      [...byKey.values()].reduce<number | null>(
        (first, job) => (job.isParked ? first : Math.min(first ?? job.dueAt, job.dueAt)),
        null,
      ),
    /** A system does not answer: nothing that is told then would be so. */
    isOut: () => outages > MOST_OUTAGES,
    /** How many records wait for a person, by the code of why. */
    parkedByCode(): { code: string; count: number }[] {
      const counts = new Map<string, number>()
      for (const job of byKey.values())
        if (job.isParked && job.code !== null && job.kind !== NOTICE)
          counts.set(job.code, (counts.get(job.code) ?? 0) + 1)
      return [...counts]
        .map(([code, count]) => ({ code, count }))
        .toSorted((a, b) => (a.code < b.code ? -1 : 1))
    },
  }
}
