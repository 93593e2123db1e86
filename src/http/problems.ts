import { z } from '@hono/zod-openapi'
import type { Job } from '../tenant-sync/jobs'

/** What stands in the way of a record: a stable code, what to do, and the job that will try again. */
export const Problem = z
  .object({
    code: z.string(),
    remedy: z.enum(['time', 'reconnect', 'data']),
    message: z.string(),
    kind: z.string(),
    tribeId: z.string().nullable(),
    powerOfficeId: z.string().nullable(),
    since: z.string(),
    attempts: z.number(),
    jobId: z.string().nullable(),
  })
  .openapi('Problem')
export type Problem = z.infer<typeof Problem>

/** The kind of record that a job is about, where it has another name. */
const RECORD_OF: Readonly<Record<string, string>> = { payment: 'invoice', notice: 'invoice' }

export const problemOf = (job: Job): Problem => ({
  code: job.code ?? 'relay.unexpected',
  remedy: job.remedy ?? 'time',
  message: job.message ?? '',
  kind: RECORD_OF[job.kind] ?? job.kind,
  ...idsOf(job),
  since: new Date(job.failedSince ?? job.createdAt).toISOString(),
  attempts: job.attempts,
  jobId: job.id,
})

/**
 * A job's subject is `tribe:<id>` or `powerOffice:<id>`, for work by hand with the kind of record in front;
 * one that a webhook asked for is a bare id of Tribe's.
 */
export function idsOf({ kind, subject }: Pick<Job, 'kind' | 'subject'>): {
  tribeId: string | null
  powerOfficeId: string | null
} {
  const parts = subject.split(':')
  if (kind === 'relink') return { tribeId: parts[1] ?? null, powerOfficeId: parts[2] ?? null }
  const [side, id] = kind === 'recreate' ? parts.slice(1) : parts
  if (id !== undefined)
    return side === 'tribe' ? { tribeId: id, powerOfficeId: null } : { tribeId: null, powerOfficeId: id }
  return { tribeId: kind === 'tribe-changed' ? subject : null, powerOfficeId: null }
}
