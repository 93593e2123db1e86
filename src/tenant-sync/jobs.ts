import type { SyncError } from '../shared/errors'
import { recordSubject } from '../shared/subjects'
import type { JobRequest, TRY_AGAIN } from '../sync-step'
import { inboxIn } from './inbox'
import { EVENT, type Job, NOTICE, ON_WORD, QUESTION, rowsOfJobs, WORDS_MS } from './job'
import { jobsToldIn } from './jobs-told'

/** `TRY_AGAIN` of the contract: who looks at it then sends also what was refused before. */
const AGAIN: typeof TRY_AGAIN = '*'

/** Its words are kept, without the code, for a look that leaves the same field out again. */
const REFUSED = 'field.refused'

/** Of a record that is asked for already: one that waits out a failure keeps its time, one that is parked or waits for its turn gets the new one. */
const JOINED = `on conflict (kind, subject) do update set asked = asked + 1,
  hint = case when is_parked = 0 and hint is excluded.hint then hint end,
  lane = case when excluded.lane = 'push' then 'push' else lane end,
  due_at = case when is_parked = 1 then excluded.due_at when code is not null then due_at
  else min(due_at, excluded.due_at) end,
  attempts = case when is_parked = 1 then 0 else attempts end, message = case when is_parked = 1 and code <> '${REFUSED}' then null else message end,
  failed_since = case when is_parked = 1 and code <> '${REFUSED}' then null else failed_since end,
  code = case when is_parked = 1 then null else code end, is_parked = 0`

/** What the tenant has to look at, in the SQLite of its object: how it is asked for, begun, and ends. All of it is synchronous. */
export function jobsIn(storage: SqlStorage) {
  const inbox = inboxIn(
    storage,
    (from) => `insert into jobs (kind, subject, hint, lane, due_at, created_at) ${from} ${JOINED}`,
  )
  const { sql } = inbox
  /** So many jobs there may be; each that is asked for may be one more. */
  let atMost = Number.POSITIVE_INFINITY
  /** When they were more than may be, last. */
  let tooManyAt = Number.NEGATIVE_INFINITY
  const { all, count } = rowsOfJobs(sql)
  /** Nothing failed, and nothing is told. */
  const restUntil = (job: Job, dueAt: number): void => {
    sql.exec(
      `update jobs set started_at = null, in_doubt = 0, attempts = 0, code = null, remedy = null, message = null,
         failed_since = null, due_at = ?2 where id = ?1`,
      ...[job.id, dueAt],
    )
  }

  return {
    ...jobsToldIn(sql),

    forgetAll(): void {
      sql.exec('delete from jobs')
    },
    createTable(): void {
      storage.exec(`create table if not exists jobs (
        id integer primary key autoincrement, kind text not null, subject text not null, hint text, lane text not null,
        asked integer not null default 1, attempts integer not null default 0, due_at integer not null,
        is_parked integer not null default 0, started_at integer, in_doubt integer not null default 0,
        code text, remedy text, message text, failed_since integer, created_at integer not null,
        unique (kind, subject))`)
      storage.exec('create index if not exists jobs_due on jobs (is_parked, lane, due_at)')
      storage.exec('create index if not exists jobs_begun on jobs (started_at) where started_at is not null')
      inbox.createTable()
    },

    /** Asks for what an event of Tribe's speaks of. */
    take(request: JobRequest, now: number): void {
      atMost++
      inbox.take(request, now)
    },

    /** A page of a table of the object's is read with all events among the jobs. */
    sql,

    enqueue({ kind, subject, hint, lane, afterSeconds }: JobRequest, now: number): void {
      atMost++
      sql.exec(
        `insert into jobs (kind, subject, hint, lane, due_at, created_at) values (?1, ?2, ?3, ?4, ?5, ?6)
         ${JOINED}`,
        ...[kind, subject, hint ?? null, lane, now + (afterSeconds ?? 0) * 1000, now],
      )
    },

    /** Lists a record for a person, without a run; a look that was pushed says so itself. */
    enqueueParked({ kind, subject, lane }: JobRequest, why: SyncError, now: number): void {
      atMost++
      sql.exec(
        `insert into jobs (kind, subject, lane, due_at, created_at, attempts, is_parked, code, remedy, message, failed_since)
         values (?1, ?2, ?3, ?4, ?4, 1, 1, ?5, ?6, ?7, ?4)
         on conflict (kind, subject) do update set is_parked = 1, attempts = attempts + 1, code = excluded.code,
           remedy = excluded.remedy, message = case when failed_since < ?8 then null else excluded.message end,
           failed_since = coalesce(failed_since, excluded.failed_since)
         where is_parked = 1 or lane = 'bulk'`,
        ...[kind, subject, lane, now, why.code, why.remedy, why.message, now - WORDS_MS],
      )
    },

    /** A look that failed in a sweep: the record waits by itself, and nobody makes it run sooner. */
    enqueueFailed(
      { kind, subject, lane, afterSeconds }: JobRequest,
      why: SyncError,
      inDoubt: boolean,
      now: number,
    ): void {
      atMost++
      sql.exec(
        `insert into jobs (kind, subject, lane, due_at, created_at, attempts, in_doubt, code, remedy, message, failed_since)
         values (?1, ?2, ?3, ?4, ?5, 1, ?6, ?7, ?8, ?9, ?5)
         on conflict (kind, subject) do update set is_parked = 0, attempts = attempts + 1,
           due_at = max(due_at, excluded.due_at), in_doubt = max(in_doubt, excluded.in_doubt), code = excluded.code,
           remedy = excluded.remedy, message = case when failed_since < ?10 then null else excluded.message end,
           failed_since = coalesce(failed_since, excluded.failed_since)`,
        ...[kind, subject, lane, now + (afterSeconds ?? 0) * 1000, now, Number(inDoubt)],
        ...[why.code, why.remedy, why.message, now - WORDS_MS],
      )
    },

    /** Takes parked jobs away: what they waited for has come. */
    settle(kind: string, subjects: readonly string[]): void {
      sql.exec(
        'delete from jobs where is_parked = 1 and kind = ?1 and subject in (select value from json_each(?2))',
        ...[kind, JSON.stringify(subjects)],
      )
    },

    /** All that is noticed of an invoice is set aside. */
    settleNotices(tribeId: string): void {
      sql.exec(
        "delete from jobs where kind = ?1 and (subject = ?2 or subject like ?2 || ':%')",
        ...[NOTICE, recordSubject('tribe', tribeId)],
      )
    },

    /** The job that was asked for last, by its number. */
    newest: (): number => sql.exec<{ id: number | null }>('select max(id) as id from jobs').one().id ?? 0,

    /** Events that are due and have not been begun, none of which failed: those behind this number, the oldest first. */
    eventsBehind: (number: number, limit: number, now: number): Job[] =>
      all(
        `select * from jobs where is_parked = 0 and lane = 'push' and due_at <= ?1 and kind = '${EVENT}' and id > ?2
           and started_at is null and in_doubt = 0 and code is null order by due_at, id limit ${limit}`,
        ...[now, number],
      ),

    /** These are done without having been begun, but for those that were asked for again meanwhile. */
    drop(jobs: readonly Job[]): void {
      sql.exec(
        `delete from jobs where id in (select value ->> 0 from json_each(?1) where value ->> 1 = asked)`,
        JSON.stringify(jobs.map(({ id, asked }) => [Number(id), asked])),
      )
    },

    /**
     * The oldest that are due, marked as begun; mostly none, which a look tells for a tenth of an update. Of events, those
     * up to `upTo`. A run that was cut off comes back in doubt, two seconds later (DESIGN.md §4.5).
     */
    begin(
      lane: Job['lane'],
      limit: number,
      now: number,
      only: string | null = null,
      upTo: number | null = null,
    ): Job[] {
      sql.exec(
        'update jobs set due_at = max(due_at, started_at + 2000), started_at = null, in_doubt = 1 where started_at is not null and lane = ?1 and due_at <= ?2',
        ...[lane, now],
      )
      const due = 'select 1 from jobs where is_parked = 0 and lane = ?1 and due_at <= ?2 limit 1'
      if ([...sql.exec(due, lane, now)].length === 0) return []
      // A limit that is bound would be planned anew each time, at five times the cost of the update.
      return all(
        `update jobs set started_at = ?, attempts = attempts + 1 where id in (
           select id from jobs where is_parked = 0 and lane = ? and due_at <= ?${only === null ? '' : ' and kind = ?'}
             ${upTo === null ? '' : `and (kind <> '${EVENT}' or id <= ?)`} order by due_at, id limit ${limit}) returning *`,
        ...[now, lane, now],
        ...[only, upTo].filter((given) => given !== null),
      )
    },

    /** It is done, unless it was asked for again meanwhile. */
    finish(job: Job, now: number): void {
      const gone = sql.exec('delete from jobs where id = ?1 and asked = ?2 returning 1', job.id, job.asked)
      if (gone.toArray().length === 0) restUntil(job, now)
    },

    /** It goes on later; that is no failure. */
    putOff: (job: Job, dueAt: number): void => restUntil(job, dueAt),

    /** As if it had not begun. */
    release(job: Job): void {
      sql.exec('update jobs set started_at = null, attempts = max(0, attempts - 1) where id = ?1', job.id)
    },

    /** A record that changed meanwhile deserves another look before a person has to. */
    fail(
      job: Job,
      error: SyncError,
      { dueAt, park, inDoubt, now }: { dueAt: number; park: boolean; inDoubt: boolean; now: number },
    ): void {
      // What was parked before begins anew, unless the very same is told of it.
      const since = job.code === null && job.message !== error.message ? now : (job.failedSince ?? now)
      sql.exec(
        `update jobs set started_at = null, hint = null, in_doubt = max(in_doubt, ?2), code = ?3, remedy = ?4,
           message = ?5, failed_since = ?6, due_at = case when asked > ?9 and ?8 = 1 then ?10 else ?7 end,
           is_parked = case when asked > ?9 then 0 else ?8 end where id = ?1`,
        ...[job.id, Number(inDoubt), error.code, error.remedy, since < now - WORDS_MS ? null : error.message],
        ...[since, dueAt, Number(park), job.asked, now],
      )
    },

    nextDueAt(only: string | null = null): number | null {
      const min = 'select min(due_at) as at from jobs where is_parked = 0'
      // Lane by lane the index knows it, however many jobs there are.
      const query =
        only === null
          ? `select min(at) as at from (${min} and lane = 'push' union all ${min} and lane = 'bulk')`
          : `${min} and kind = ?1`
      return sql.exec<{ at: number | null }>(query, ...(only === null ? [] : [only])).one().at
    },

    /** Counted no further than that, and only where as many may have come since they were counted last; what is too much stays so for a second. */
    hasMoreThan(most: number, now: number): boolean {
      if (atMost <= most) return false
      if (now - tooManyAt < 1000) return true
      const counted = 'select count(*) as n from (select 1 from jobs limit ?)'
      const { n } = sql.exec<{ n: number }>(counted, most + 1).one()
      if (n > most) tooManyAt = now
      else atMost = n
      return n > most
    },
    /** When the first job that is no event was or will be due. */
    othersDueAt: (): number | null =>
      sql
        .exec<{ at: number | null }>(
          `select min(due_at) as at from jobs where is_parked = 0 and kind <> '${EVENT}'`,
        )
        .one().at,

    hasMorePushesThan: (most: number, now: number): boolean =>
      sql
        .exec(
          `select 1 from jobs where is_parked = 0 and lane = 'push' and due_at <= ? limit ${most + 1}`,
          now,
        )
        .toArray().length > most,

    /** Whether a look at this record is due, waits out a failure or is under way; not one that waits for a person. */
    isAwaited: (kind: string, subject: string): boolean =>
      count('is_parked = 0 and kind = ? and subject = ?', kind, subject) > 0,

    /** The code for which this record waits for a person; null: it does not. */
    parkedAs: (kind: string, subject: string): string | null =>
      all('select * from jobs where is_parked = 1 and kind = ? and subject = ?', kind, subject)[0]?.code ??
      null,

    /** What of a kind waits for a person. */
    parkedOf: (kind: string): string[] =>
      all('select * from jobs where is_parked = 1 and kind = ?', kind).map(({ subject }) => subject),

    isPushDue: (now: number): boolean =>
      sql
        .exec(
          "select 1 from jobs where is_parked = 0 and lane = 'push' and due_at <= ? and started_at is null limit 1",
          now,
        )
        .toArray().length > 0,

    /** Failures stay as they are; what was said of the older ones goes. */
    forgetWords(now: number): void {
      const old = 'failed_since < ? and message is not null'
      sql.exec(`update jobs set message = null where ${old}`, now - WORDS_MS)
    },

    /** Runs records that are parked with one of these codes again; what is told of the mappings themselves stays. */
    retryRecords(codes: readonly string[], now: number): void {
      for (const code of codes)
        sql.exec(
          `update jobs set is_parked = 0, attempts = 0, code = null, message = null, failed_since = null, due_at = ?1
            where is_parked = 1 and code = ?2 and kind not in ('mapping', ?3)`,
          ...[now, code, NOTICE],
        )
    },

    /** Runs one again, or all parked ones of a code, or all but notices and what needs a word of its own; gives how many. */
    retry(which: { id: string } | { code: string | null }, now: number): number {
      const set = `update jobs set is_parked = 0, hint = '${AGAIN}', attempts = 0, code = null, message = null, failed_since = null, due_at = ?1`
      const rows =
        'id' in which
          ? sql.exec(`${set} where id = ?2 returning id`, now, which.id)
          : sql.exec(
              `${set} where is_parked = 1 and (code = ?2 or (?2 is null and kind not in (?3, ?4, ?5))) returning id`,
              ...[now, which.code, NOTICE, ON_WORD, QUESTION],
            )
      return rows.toArray().length
    },
  }
}
export type Jobs = ReturnType<typeof jobsIn>
