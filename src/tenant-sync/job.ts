import type { Remedy } from '../shared/errors'
import type { JobKind } from '../shared/job-kinds'
import type { Sql } from './inbox'

/** One row per record, however often it is asked for. */
export interface Job {
  id: string
  kind: string
  subject: string
  hint: string | null
  lane: 'push' | 'bulk'
  /** Goes up with each request: a record that is asked for while it is looked at is looked at again. */
  asked: number
  attempts: number
  dueAt: number
  isParked: boolean
  /** Set while a run is under way, so that one that was cut off is known. */
  startedAt: number | null
  /** An earlier run may have written something and not lived to remember it. */
  inDoubt: boolean
  code: string | null
  remedy: Remedy | null
  message: string | null
  failedSince: number | null
  createdAt: number
}

export interface JobRow extends Record<string, SqlStorageValue> {
  id: number
  kind: string
  subject: string
  hint: string | null
  lane: string
  asked: number
  attempts: number
  due_at: number
  is_parked: number
  started_at: number | null
  in_doubt: number
  code: string | null
  remedy: string | null
  message: string | null
  failed_since: number | null
  created_at: number
}

export const jobOf = (row: JobRow): Job => ({
  id: String(row.id),
  kind: row.kind,
  subject: row.subject,
  hint: row.hint,
  lane: row.lane === 'push' ? 'push' : 'bulk',
  asked: row.asked,
  attempts: row.attempts,
  dueAt: row.due_at,
  isParked: row.is_parked === 1,
  startedAt: row.started_at,
  inDoubt: row.in_doubt === 1,
  code: row.code,
  remedy: row.remedy as Remedy | null,
  message: row.message,
  failedSince: row.failed_since,
  createdAt: row.created_at,
})

/** What a person has to see once and nothing can mend: set aside by itself or by its code, never along with all else. */
export const NOTICE = 'notice' satisfies JobKind
/** What changes books that were kept in another way: an admin says so of it, or of its code, and not of all at once. */
export const ON_WORD = 'account' satisfies JobKind
/** What waits for a person's word, which whoever tries all of them again has not given. */
export const QUESTION = 'vanished' satisfies JobKind

/** An event of Tribe's, as it was stored before it was answered. */
export const EVENT = 'tribe-changed' satisfies JobKind

/** Messages about how the tenant is doing are no work on its records, and are not counted as such. */
export const ALERT = 'alert' satisfies JobKind

/** What was said of a failure may name somebody: it is kept for a week, and not said again by who comes later. */
export const WORDS_MS = 7 * 86_400_000

/** Reads the table of jobs: those that a query gives, and how many there are of which a condition holds. */
export const rowsOfJobs = (sql: Sql) => ({
  all: (query: string, ...values: SqlStorageValue[]): Job[] =>
    sql
      .exec<JobRow>(query, ...values)
      .toArray()
      .map(jobOf),
  count: (where: string, ...values: SqlStorageValue[]): number =>
    sql.exec<{ n: number }>(`select count(*) as n from jobs where ${where}`, ...values).one().n,
})
