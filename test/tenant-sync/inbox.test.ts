import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SyncError } from '../../src/shared/errors'
import type { JobRequest } from '../../src/sync-step'
import { EVENT, type Job } from '../../src/tenant-sync/job'
import { type Jobs, jobsIn } from '../../src/tenant-sync/jobs'
import { sqliteInMemory } from './sqlite'

const T0 = 1_800_000_000_000
const MAIL = new SyncError('relation.email_invalid', 'data', 'Correct the address in Tribe')

const begun = (): { sql: SqlStorage; jobs: Jobs } => {
  const sql = sqliteInMemory()
  const jobs = jobsIn(sql)
  jobs.createTable()
  return { sql, jobs }
}
const event = (subject: string, hint: string | null = 'Customer'): JobRequest => ({
  kind: EVENT,
  subject,
  hint,
  lane: 'push',
})
const all = (jobs: Jobs) => jobs.list(null, { limit: 1000, offset: 0, now: T0 })
const rowsOf = (sql: SqlStorage, table: string) =>
  sql.exec<{ n: number }>(`select count(*) as n from ${table}`).one().n

test('an event is one row at the end of a table, and a job before anything is asked of the jobs', () => {
  const { sql, jobs } = begun()
  jobs.take(event('a'), T0)
  jobs.take(event('b'), T0 + 1)
  jobs.take(event('a'), T0 + 2)
  expect([rowsOf(sql, 'inbox'), rowsOf(sql, 'jobs')]).toEqual([3, 0])

  expect(jobs.nextDueAt()).toBe(T0)
  expect([rowsOf(sql, 'inbox'), rowsOf(sql, 'jobs')]).toEqual([0, 2])
  expect(all(jobs)).toMatchObject([
    { id: '1', subject: 'a', asked: 2, dueAt: T0, createdAt: T0, lane: 'push', hint: 'Customer' },
    { id: '2', subject: 'b', asked: 1, dueAt: T0 + 1 },
  ])
})

test('what was stored by an object that is no more is found by the next', () => {
  const { sql, jobs } = begun()
  jobs.take(event('a'), T0)
  expect(jobsIn(sql).nextDueAt()).toBe(T0)
})

test('a database of a version without the table gets it with its first event, and is not asked for it before', () => {
  const { sql, jobs } = begun()
  jobs.enqueue(event('a'), T0)
  sql.exec('drop table inbox')
  const renewed = jobsIn(sql)
  expect(all(renewed)).toHaveLength(1)
  expect(sql.exec("select 1 from sqlite_master where name = 'inbox'").toArray()).toEqual([])
  renewed.take(event('b'), T0)
  expect(all(renewed)).toHaveLength(2)
})

test('a record that changes while it is looked at is looked at again', () => {
  const { jobs } = begun()
  jobs.take(event('a'), T0)
  const [job] = jobs.begin('push', 4, T0)
  jobs.take(event('a'), T0 + 5)
  jobs.finish(job as Job, T0 + 9)
  expect(all(jobs)).toMatchObject([{ subject: 'a', startedAt: null, dueAt: T0 + 9 }])
})

test('more than a tenant may have waiting are counted with those that just came', () => {
  const { jobs } = begun()
  for (let n = 0; n < 5; n++) jobs.take(event(`${n}`), T0)
  expect([jobs.hasMoreThan(5, T0), jobs.hasMoreThan(4, T0)]).toEqual([false, true])
})

/** What may happen to the jobs between two events. */
type Act = ['event', string, string | null] | ['ask', string] | ['look'] | ['finish'] | ['fail', boolean]
const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.tuple(fc.constant('event' as const), subject(), fc.constantFrom('x', null)) },
    fc.tuple(fc.constant('ask' as const), subject()),
    fc.constant<Act>(['look']),
    fc.constant<Act>(['finish']),
    fc.tuple(fc.constant('fail' as const), fc.boolean()),
  ),
  { maxLength: 30 },
)
function subject() {
  return fc.constantFrom('a', 'b', 'c')
}

test('jobs are the same as if each event had been one at once', () => {
  fc.assert(
    fc.property(acts, (course) => {
      const [by, plain] = [begun().jobs, begun().jobs]
      const outcomes = [by, plain].map((jobs) => {
        const under: Job[] = []
        for (const [n, act] of course.entries()) {
          const now = T0 + n
          if (act[0] === 'event') {
            const asked = event(act[1], act[2])
            if (jobs === by) jobs.take(asked, now)
            else jobs.enqueue(asked, now)
          } else if (act[0] === 'ask') jobs.enqueue(event(act[1]), now)
          else if (act[0] === 'look') under.push(...jobs.begin('push', 1, now))
          else {
            const job = under.pop()
            if (job && act[0] === 'finish') jobs.finish(job, now)
            else if (job)
              jobs.fail(job, MAIL, { dueAt: now, park: act[0] === 'fail' && act[1], inDoubt: false, now })
          }
        }
        return all(jobs)
      })
      expect(outcomes[0]).toEqual(outcomes[1])
    }),
    { numRuns: 300 },
  )
})
