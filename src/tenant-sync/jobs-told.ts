import { LEISURE } from '../shared/subjects'
import type { Sql } from './inbox'
import { ALERT, type Job, NOTICE, rowsOfJobs } from './job'

export type JobState = 'due' | 'waiting' | 'later' | 'parked'

const IS_WORK = `kind <> '${ALERT}'`
const IS_LATER = `(kind = '${LEISURE}' and code is null)`
const IS_PROBLEM = '(is_parked = 1 or (code is not null and attempts >= 5))'

/** What is told of the stored jobs: how many there are, which, and what stands in the way. */
export function jobsToldIn(sql: Sql) {
  const { all, count } = rowsOfJobs(sql)

  return {
    messageOf: (kind: string, subject: string): string | null =>
      all('select * from jobs where kind = ? and subject = ?', kind, subject)[0]?.message ?? null,

    counts: (now: number) => ({
      due: count(`is_parked = 0 and due_at <= ? and ${IS_WORK}`, now),
      waiting: count(`is_parked = 0 and due_at > ? and ${IS_WORK} and not ${IS_LATER}`, now),
      later: count(`is_parked = 0 and due_at > ? and ${IS_LATER}`, now),
      parked: count(`is_parked = 1 and ${IS_WORK}`),
    }),

    /** When the first job that may run was or will be due. */
    firstDueAt: (): number | null =>
      sql
        .exec<{ at: number | null }>(`select min(due_at) as at from jobs where is_parked = 0 and ${IS_WORK}`)
        .one().at,

    list(
      state: JobState | null,
      { limit, offset, now }: { limit: number; offset: number; now: number },
    ): Job[] {
      const where = {
        due: 'is_parked = 0 and due_at <= ?1',
        waiting: `is_parked = 0 and due_at > ?1 and not ${IS_LATER}`,
        later: `is_parked = 0 and due_at > ?1 and ${IS_LATER}`,
        parked: 'is_parked = 1 and ?1 > 0',
      }
      return all(
        `select * from jobs where ${state ? where[state] : '?1 > 0'} order by id limit ?2 offset ?3`,
        now,
        limit,
        offset,
      )
    },

    /** What needs a person, or has been failing for a while. */
    problems: (limit: number): Job[] =>
      all(`select * from jobs where ${IS_PROBLEM} order by failed_since, id limit ?`, limit),

    problemCounts: (): Record<string, number> =>
      Object.fromEntries(
        sql
          .exec<{ code: string; n: number }>(
            `select coalesce(code, 'relay.unexpected') as code, count(*) as n from jobs
              where ${IS_PROBLEM} and ${IS_WORK} group by 1 order by 1`,
          )
          .toArray()
          .map(({ code, n }) => [code, n]),
      ),

    /** What stands in the way of one record. */
    problemOf: (kind: string, subjects: readonly string[]): Job | null =>
      all(
        `select * from jobs where kind = ?1 and code is not null and exists
          (select 1 from json_each(?2) where subject = value or (?1 = '${NOTICE}' and subject like value || ':%'))
          order by is_parked desc, id limit 1`,
        ...[kind, JSON.stringify(subjects)],
      )[0] ?? null,
  }
}
