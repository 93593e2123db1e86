import type { TenantSettings } from '../db/settings'
import { explain, LANGUAGES, type Language } from '../shared/problems'
import { idsOf } from '../shared/subjects'
import type { Undelivered } from '../tenant-sync/event'
import type { Job } from '../tenant-sync/job'
import type { Reconnect } from '../tenant-sync/tenant-sync'
import * as z from './zod'

/** What stands in the way of a record: a stable code, what to do, and the job that will try again. */
export const Problem = z
  .object({
    code: z.string(),
    remedy: z.enum(['time', 'reconnect', 'data']),
    message: z.string(),
    kind: z.string(),
    tribeId: z.string().nullable(),
    powerOfficeId: z.string().nullable(),
    number: z.string().nullable().optional().openapi({ description: 'Of the record, in lists' }),
    since: z.string(),
    attempts: z.number(),
    jobId: z.string().nullable(),
    /** The code's entry in the catalogue, in the language asked for. */
    language: z.enum(LANGUAGES),
    cause: z.string(),
    nextStep: z.string(),
  })
  .openapi('Problem')
export type Problem = z.infer<typeof Problem>
/** A problem, or null for none: what has a name of its own in the description cannot be null there by itself. */
export const NoProblem = z.union([Problem, z.null()])

/** The kind of record that a job is about, where it has another name. */
const RECORD_OF: Readonly<Record<string, string>> = {
  payment: 'invoice',
  notice: 'invoice',
  documentation: 'invoice',
  attachments: 'invoice',
  delivery: 'customer',
}

export const LanguageQuery = z.object({
  language: z.string().max(35).optional().openapi({
    description: 'Of `cause` and `nextStep`: en, nl or nb. Else `Accept-Language`',
    example: 'nb',
  }),
})
export const problemOf = (job: Job, language: Language): Problem => ({
  ...told(job.code ?? 'relay.unexpected', job.message, language),
  remedy: job.remedy ?? 'time',
  kind: RECORD_OF[job.kind] ?? job.kind,
  ...idsOf(job),
  since: new Date(job.failedSince ?? job.createdAt).toISOString(),
  attempts: job.attempts,
  jobId: job.id,
})

/** What is wrong with a tenant as a whole: it has to be connected anew. */
export const tenantProblem = ({ code, message, since }: Reconnect, language: Language): Problem => ({
  ...told(code, message, language),
  remedy: 'reconnect',
  kind: 'tenant',
  tribeId: null,
  powerOfficeId: null,
  since,
  attempts: 1,
  jobId: null,
})

/** The tenant's own webhook does not receive what it is told; null without an address. An object of an older version tells nothing of it. */
export function problemOfEvents(
  overview: { undelivered?: Undelivered | null } | null,
  { events }: Pick<TenantSettings, 'events'>,
  language: Language,
): Problem | null {
  const undelivered = overview?.undelivered ?? null
  if (undelivered === null || events.url === null) return null
  const { count, since, attempts, status } = undelivered
  const answer = status === null ? 'did not answer' : `answered ${status}`
  return {
    ...told('event.not_delivered', `${count} not received; the receiver ${answer}`, language),
    remedy: 'time',
    kind: 'tenant',
    tribeId: null,
    powerOfficeId: null,
    number: null,
    since,
    attempts,
    jobId: null,
  }
}

/** A message that has expired is told by its code alone. */
export function told(code: string, message: string | null, language: Language) {
  const { cause, nextStep } = explain(code, language)
  return { code, message: message ?? `${cause} ${nextStep}`, language, cause, nextStep }
}
