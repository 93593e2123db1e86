import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { SyncError } from '../../src/shared/errors'
import type { JobRequest } from '../../src/sync-step'
import { ALERT, type Job } from '../../src/tenant-sync/job'
import { type Jobs, jobsIn } from '../../src/tenant-sync/jobs'
import { startWorkerd, type Workerd } from '../in-workerd'
import { sqliteInMemory } from './sqlite'

const T0 = 1_800_000_000_000
const SECOND = 1000

let sql: SqlStorage
let jobs: Jobs
beforeEach(() => {
  sql = sqliteInMemory()
  jobs = jobsIn(sql)
  jobs.createTable()
})

const ask = (subject: string, more: Partial<JobRequest> = {}): JobRequest => ({
  kind: 'customer',
  subject,
  lane: 'push',
  ...more,
})
const MAIL = new SyncError('relation.email_invalid', 'data', 'Correct the address in Tribe')
const BUSY = new SyncError('poweroffice.unavailable', 'time', 'PowerOffice answered 503')

const all = () => jobs.list(null, { limit: 1000, offset: 0, now: T0 })
const the = (subject: string): Job => {
  const found = all().find((job) => job.subject === subject)
  if (!found) throw new Error(`there is no job for ${subject}`)
  return found
}
const begin = (now: number, lane: Job['lane'] = 'push', limit = 4) => jobs.begin(lane, limit, now)
const beginOne = (now: number, lane: Job['lane'] = 'push'): Job => {
  const [job, ...others] = begin(now, lane)
  if (!job || others.length > 0) throw new Error('expected one job that is due')
  return job
}
const failed = (job: Job, at: number, more: Partial<Parameters<Jobs['fail']>[2]> = {}, error = BUSY) =>
  jobs.fail(job, error, { dueAt: at + 60 * SECOND, park: false, inDoubt: false, now: at, ...more })

describe('a record that is asked for', () => {
  test('is due at once, and nothing has happened to it yet', () => {
    jobs.enqueue(ask('tribe:1', { hint: 'Address' }), T0)
    expect(all()).toEqual([
      {
        id: '1',
        kind: 'customer',
        subject: 'tribe:1',
        hint: 'Address',
        lane: 'push',
        asked: 1,
        attempts: 0,
        dueAt: T0,
        isParked: false,
        startedAt: null,
        inDoubt: false,
        code: null,
        remedy: null,
        message: null,
        failedSince: null,
        createdAt: T0,
      },
    ])
  })

  test('a hundred times is one job', () => {
    for (let n = 0; n < 100; n++) jobs.enqueue(ask('tribe:1'), T0 + n)
    expect(all()).toHaveLength(1)
    expect(the('tribe:1')).toMatchObject({ asked: 100, dueAt: T0, createdAt: T0 })
  })

  test('by another kind of job is another job', () => {
    jobs.enqueue(ask('7', { kind: 'customer' }), T0)
    jobs.enqueue(ask('7', { kind: 'supplier' }), T0)
    expect(all()).toHaveLength(2)
  })

  test('for later is due later, and sooner when somebody asks for it sooner', () => {
    jobs.enqueue(ask('tribe:1', { afterSeconds: 30 }), T0)
    expect(begin(T0 + 29_999)).toEqual([])
    jobs.enqueue(ask('tribe:1', { afterSeconds: 60 }), T0)
    expect(the('tribe:1').dueAt).toBe(T0 + 30 * SECOND)
    jobs.enqueue(ask('tribe:1'), T0 + SECOND)
    expect(begin(T0 + SECOND)).toHaveLength(1)
  })

  test('by a webhook is in the fast lane, whoever asked before or asks after', () => {
    jobs.enqueue(ask('tribe:1', { lane: 'bulk' }), T0)
    expect(the('tribe:1').lane).toBe('bulk')
    jobs.enqueue(ask('tribe:1', { lane: 'push' }), T0)
    expect(the('tribe:1').lane).toBe('push')
    jobs.enqueue(ask('tribe:1', { lane: 'bulk' }), T0)
    expect(the('tribe:1').lane).toBe('push')
  })

  test('keeps its hint as long as all that is said of it agrees', () => {
    jobs.enqueue(ask('tribe:1', { hint: 'Address' }), T0)
    jobs.enqueue(ask('tribe:1', { hint: 'Address' }), T0)
    expect(the('tribe:1').hint).toBe('Address')
    jobs.enqueue(ask('tribe:1', { hint: 'Product' }), T0)
    expect(the('tribe:1').hint).toBeNull()
    jobs.enqueue(ask('tribe:1', { hint: 'Product' }), T0)
    expect(the('tribe:1').hint).toBeNull()
  })

  test('forgets its hint once a look has failed: the next one finds out for itself', () => {
    jobs.enqueue(ask('tribe:1', { hint: 'Address' }), T0)
    failed(beginOne(T0), T0)
    expect(the('tribe:1').hint).toBeNull()
    jobs.enqueueParked(ask('tribe:2'), MAIL, T0)
    jobs.enqueue(ask('tribe:2', { hint: 'Address' }), T0)
    expect(the('tribe:2').hint).toBeNull()
  })

  test('may have any name', () => {
    for (const subject of ['', "'; drop table jobs; --", 'ø 🗝', '?1', ':x']) jobs.enqueue(ask(subject), T0)
    expect(all()).toHaveLength(5)
  })
})

describe('what begins', () => {
  test('is what has been due longest, as much of it as was asked for', () => {
    for (const [subject, at] of [
      ['c', 3],
      ['a', 1],
      ['d', 4],
      ['b', 2],
    ] as const)
      jobs.enqueue(ask(subject), T0 + at)
    expect(new Set(begin(T0 + 10, 'push', 2).map(({ subject }) => subject))).toEqual(new Set(['a', 'b']))
    expect(new Set(begin(T0 + 10, 'push', 5).map(({ subject }) => subject))).not.toContain('a')
  })

  test('is marked as begun, and counts as an attempt', () => {
    jobs.enqueue(ask('tribe:1'), T0)
    expect(beginOne(T0 + 5)).toMatchObject({ startedAt: T0 + 5, attempts: 1, inDoubt: false })
  })

  test('is in the lane that was asked for, due, and not parked', () => {
    jobs.enqueue(ask('bulk', { lane: 'bulk' }), T0)
    jobs.enqueue(ask('later', { afterSeconds: 1 }), T0)
    jobs.enqueueParked(ask('parked'), MAIL, T0)
    expect(begin(T0)).toEqual([])
    expect(begin(T0, 'bulk').map(({ subject }) => subject)).toEqual(['bulk'])
  })

  test('is of one kind only while a tenant is not activated', () => {
    jobs.enqueue(ask('tribe:1'), T0)
    jobs.enqueue(ask('', { kind: 'preview', afterSeconds: 5 }), T0)
    expect(jobs.begin('push', 4, T0 + 9 * SECOND, 'preview').map(({ kind }) => kind)).toEqual(['preview'])
    expect(jobs.nextDueAt('preview')).toBe(T0 + 5 * SECOND)
    expect(jobs.nextDueAt('first-load')).toBeNull()
    expect(jobs.nextDueAt()).toBe(T0)
  })

  test('is nothing when nothing is there', () => {
    expect(begin(T0)).toEqual([])
    expect(jobs.nextDueAt()).toBeNull()
    expect(jobs.firstDueAt()).toBeNull()
    expect(jobs.counts(T0)).toEqual({ due: 0, waiting: 0, later: 0, parked: 0 })
  })
})

describe('a run that comes to its end', () => {
  test('is the end of the job', () => {
    jobs.enqueue(ask('tribe:1'), T0)
    jobs.finish(beginOne(T0), T0 + 5)
    expect(all()).toEqual([])
  })

  test('is not the end when the record was asked for meanwhile: it is looked at again, at once', () => {
    jobs.enqueue(ask('tribe:1'), T0)
    const job = beginOne(T0)
    jobs.enqueue(ask('tribe:1'), T0 + 1)
    jobs.finish(job, T0 + 5)
    expect(the('tribe:1')).toMatchObject({ dueAt: T0 + 5, startedAt: null, attempts: 0, code: null })
    jobs.finish(beginOne(T0 + 5), T0 + 6)
    expect(all()).toEqual([])
  })

  test('clears what had been wrong with it', () => {
    jobs.enqueue(ask('tribe:1'), T0)
    failed(beginOne(T0), T0 + 1, { inDoubt: true, dueAt: T0 + 2 })
    const job = beginOne(T0 + 2)
    jobs.enqueue(ask('tribe:1'), T0 + 3)
    jobs.finish(job, T0 + 5)
    expect(the('tribe:1')).toMatchObject({
      inDoubt: false,
      code: null,
      remedy: null,
      message: null,
      failedSince: null,
      attempts: 0,
    })
  })

  test('leaves the others alone', () => {
    jobs.enqueue(ask('tribe:1'), T0)
    jobs.enqueue(ask('tribe:2', { afterSeconds: 9 }), T0)
    jobs.finish(beginOne(T0), T0)
    expect(all().map(({ subject }) => subject)).toEqual(['tribe:2'])
  })
})

describe('a run that goes on later', () => {
  test('waits that long, and that is no failure', () => {
    jobs.enqueue(ask('tribe:1'), T0)
    failed(beginOne(T0), T0, { dueAt: T0 })
    jobs.putOff(beginOne(T0), T0 + 9 * SECOND)
    expect(the('tribe:1')).toMatchObject({
      dueAt: T0 + 9 * SECOND,
      startedAt: null,
      attempts: 0,
      code: null,
      failedSince: null,
    })
    expect(begin(T0 + 9 * SECOND - 1)).toEqual([])
    expect(begin(T0 + 9 * SECOND)).toHaveLength(1)
  })
})

describe('a run that was given back', () => {
  test('is as if it had not begun', () => {
    jobs.enqueue(ask('tribe:1'), T0)
    const before = the('tribe:1')
    jobs.release(beginOne(T0 + 5))
    expect(the('tribe:1')).toEqual(before)
    expect(begin(T0 + 5)).toHaveLength(1)
  })
})

describe('a run that fails', () => {
  test('is tried again at the time that was set, and says what is wrong', () => {
    jobs.enqueue(ask('tribe:1'), T0)
    failed(beginOne(T0), T0 + 1)
    expect(the('tribe:1')).toMatchObject({
      dueAt: T0 + 1 + 60 * SECOND,
      isParked: false,
      startedAt: null,
      attempts: 1,
      inDoubt: false,
      code: BUSY.code,
      remedy: 'time',
      message: BUSY.message,
      failedSince: T0 + 1,
    })
  })

  test('fails since the first time, however often it fails', () => {
    jobs.enqueue(ask('tribe:1'), T0)
    failed(beginOne(T0), T0, { dueAt: T0 + 1 })
    failed(beginOne(T0 + 1), T0 + 1, {}, MAIL)
    expect(the('tribe:1')).toMatchObject({ failedSince: T0, attempts: 2, code: MAIL.code })
  })

  test('waits on when the record is asked for while it waits: the other side wants to be left alone', () => {
    jobs.enqueue(ask('tribe:1'), T0)
    failed(beginOne(T0), T0)
    jobs.enqueue(ask('tribe:1'), T0 + SECOND)
    expect(the('tribe:1')).toMatchObject({ dueAt: T0 + 60 * SECOND, attempts: 1, code: BUSY.code })
  })

  test('is parked when a person has to act, and does not begin by itself', () => {
    jobs.enqueue(ask('tribe:1'), T0)
    failed(beginOne(T0), T0, { park: true }, MAIL)
    expect(the('tribe:1').isParked).toBe(true)
    expect(begin(T0 + 1000 * 86_400_000)).toEqual([])
    expect(jobs.nextDueAt()).toBeNull()
  })

  test('is not parked when the record was asked for meanwhile: it deserves another look', () => {
    jobs.enqueue(ask('tribe:1'), T0)
    const job = beginOne(T0)
    jobs.enqueue(ask('tribe:1'), T0 + 1)
    failed(job, T0 + 2, { park: true }, MAIL)
    expect(the('tribe:1')).toMatchObject({ isParked: false, dueAt: T0 + 2 })
    failed(beginOne(T0 + 2), T0 + 3, { park: true }, MAIL)
    expect(the('tribe:1').isParked).toBe(true)
  })

  test('waits out its time all the same when the record was asked for meanwhile and time has to mend it', () => {
    jobs.enqueue(ask('tribe:1'), T0)
    const job = beginOne(T0)
    jobs.enqueue(ask('tribe:1'), T0 + 1)
    failed(job, T0 + 2, { dueAt: T0 + 30 * SECOND })
    expect(begin(T0 + 29 * SECOND)).toEqual([])
  })

  test('in doubt is looked at two seconds later at the soonest, though the record was asked for meanwhile', () => {
    jobs.enqueue(ask('tribe:1'), T0)
    const job = beginOne(T0)
    jobs.enqueue(ask('tribe:1'), T0 + 1)
    failed(job, T0 + 2, { inDoubt: true, dueAt: T0 + 2 + 2 * SECOND })
    expect(begin(T0 + SECOND)).toEqual([])
  })

  test('in doubt stays in doubt until a run comes to its end', () => {
    jobs.enqueue(ask('tribe:1'), T0)
    failed(beginOne(T0), T0, { inDoubt: true, dueAt: T0 + 1 })
    const second = beginOne(T0 + 1)
    expect(second.inDoubt).toBe(true)
    failed(second, T0 + 1, { inDoubt: false, dueAt: T0 + 2 })
    jobs.release(beginOne(T0 + 2))
    expect(beginOne(T0 + 2).inDoubt).toBe(true)
  })
})

describe('a run that was cut off', () => {
  test('comes back in doubt, two seconds after it began', () => {
    jobs.enqueue(ask('tribe:1'), T0)
    begin(T0)
    expect(begin(T0 + 500)).toEqual([])
    expect(the('tribe:1')).toMatchObject({ dueAt: T0 + 2 * SECOND, inDoubt: true, startedAt: null })
    expect(begin(T0 + 2 * SECOND - 1)).toEqual([])
    expect(beginOne(T0 + 2 * SECOND)).toMatchObject({ inDoubt: true, attempts: 2 })
  })

  test('long ago begins at once, in doubt', () => {
    jobs.enqueue(ask('tribe:1'), T0)
    begin(T0)
    expect(beginOne(T0 + 3_600_000)).toMatchObject({ subject: 'tribe:1', inDoubt: true })
  })

  test('of a sweep comes back in its own lane', () => {
    jobs.enqueue(ask('', { kind: 'pull-relations', lane: 'bulk' }), T0)
    begin(T0, 'bulk')
    expect(begin(T0 + 9 * SECOND)).toEqual([])
    expect(beginOne(T0 + 9 * SECOND, 'bulk').inDoubt).toBe(true)
  })

  test('comes back in the fast lane when a webhook asked for the record meanwhile', () => {
    jobs.enqueue(ask('tribe:1', { lane: 'bulk' }), T0)
    begin(T0, 'bulk')
    jobs.enqueue(ask('tribe:1'), T0 + 1)
    expect(beginOne(T0 + 9 * SECOND)).toMatchObject({ inDoubt: true, asked: 2 })
  })
})

describe('a record that is listed for a person', () => {
  test('is parked without a run', () => {
    jobs.enqueueParked(ask('powerOffice:7', { lane: 'bulk' }), MAIL, T0)
    expect(all()).toMatchObject([
      {
        subject: 'powerOffice:7',
        lane: 'bulk',
        isParked: true,
        attempts: 1,
        failedSince: T0,
        code: MAIL.code,
        remedy: 'data',
        message: MAIL.message,
      },
    ])
  })

  test('again is the same one, listed since the first time', () => {
    jobs.enqueueParked(ask('powerOffice:7'), MAIL, T0)
    jobs.enqueueParked(ask('powerOffice:7'), new SyncError('relation.ambiguous', 'data', 'Decide'), T0 + 5)
    expect(all()).toMatchObject([{ code: 'relation.ambiguous', failedSince: T0, attempts: 2 }])
  })

  test('takes the place of a job that was waiting', () => {
    jobs.enqueue(ask('powerOffice:7', { lane: 'bulk', afterSeconds: 5 }), T0)
    jobs.enqueueParked(ask('powerOffice:7'), MAIL, T0)
    expect(all()).toMatchObject([{ isParked: true, code: MAIL.code }])
  })

  test('runs as soon as it is asked for: it changed, and starts afresh', () => {
    jobs.enqueueParked(ask('powerOffice:7', { lane: 'bulk' }), MAIL, T0)
    jobs.enqueue(ask('powerOffice:7'), T0 + 5)
    expect(the('powerOffice:7')).toMatchObject({
      isParked: false,
      dueAt: T0 + 5,
      attempts: 0,
      code: null,
      failedSince: null,
      lane: 'push',
    })
    expect(begin(T0 + 5)).toHaveLength(1)
  })

  test('keeps its doubt when it runs again', () => {
    jobs.enqueue(ask('tribe:1'), T0)
    failed(beginOne(T0), T0, { park: true, inDoubt: true })
    jobs.enqueue(ask('tribe:1'), T0 + 5)
    expect(beginOne(T0 + 5).inDoubt).toBe(true)
  })
})

describe('what an admin sees', () => {
  beforeEach(() => {
    jobs.enqueue(ask('due'), T0 - 5)
    jobs.enqueue(ask('due bulk', { lane: 'bulk' }), T0 - 9)
    jobs.enqueue(ask('waiting', { afterSeconds: 60 }), T0)
    jobs.enqueueParked(ask('parked 1'), MAIL, T0 - 2)
    jobs.enqueueParked(ask('parked 2', { kind: 'supplier' }), BUSY, T0 - 7)
  })
  const subjectsOf = (list: readonly Job[]) => list.map(({ subject }) => subject)

  test('counts', () => {
    expect(jobs.counts(T0)).toEqual({ due: 2, waiting: 1, later: 0, parked: 2 })
    expect(jobs.counts(T0 + 60 * SECOND)).toEqual({ due: 3, waiting: 0, later: 0, parked: 2 })
  })

  test('problems by their code; messages about them are no work', () => {
    jobs.enqueue(ask('operator-webhook', { kind: ALERT, afterSeconds: -60 }), T0)
    jobs.enqueueParked(ask('tenant-email', { kind: ALERT }), MAIL, T0)
    expect(jobs.problemCounts()).toEqual({ [MAIL.code]: 1, [BUSY.code]: 1 })
    expect(jobs.counts(T0)).toEqual({ due: 2, waiting: 1, later: 0, parked: 2 })
    expect(jobs.firstDueAt()).toBe(T0 - 9)
    expect(jobs.nextDueAt()).toBe(T0 - 60 * SECOND)
  })

  test('when the next one is due, and since when the oldest is', () => {
    expect(jobs.nextDueAt()).toBe(T0 - 9)
    expect(jobs.firstDueAt()).toBe(T0 - 9)
  })

  test('whether a push is due, which is not one that is under way', () => {
    expect(jobs.isPushDue(T0 - 6)).toBe(false)
    expect(jobs.isPushDue(T0)).toBe(true)
    begin(T0)
    expect(jobs.isPushDue(T0)).toBe(false)
  })

  test('lists by state, a page at a time', () => {
    const page = { limit: 10, offset: 0, now: T0 }
    expect(subjectsOf(jobs.list('due', page))).toEqual(['due', 'due bulk'])
    expect(subjectsOf(jobs.list('waiting', page))).toEqual(['waiting'])
    expect(subjectsOf(jobs.list('parked', page))).toEqual(['parked 1', 'parked 2'])
    const pages = [0, 2, 4, 6].map((offset) => subjectsOf(jobs.list(null, { limit: 2, offset, now: T0 })))
    expect(pages).toEqual([['due', 'due bulk'], ['waiting', 'parked 1'], ['parked 2'], []])
  })

  test('problems are what is parked, and what has failed five times; the oldest first', () => {
    for (let n = 0; n < 5; n++) {
      expect(subjectsOf(jobs.problems(10))).toEqual(['parked 2', 'parked 1'])
      const at = T0 + n
      for (const job of begin(at)) failed(job, at, { dueAt: at + 1 })
    }
    expect(subjectsOf(jobs.problems(10))).toEqual(['parked 2', 'parked 1', 'due'])
    expect(subjectsOf(jobs.problems(1))).toEqual(['parked 2'])
  })

  test('what stands in the way of one record, under either name', () => {
    const problem = (kind: string, ...subjects: string[]) => jobs.problemOf(kind, subjects)?.subject
    expect(problem('customer', 'tribe:1', 'parked 1')).toBe('parked 1')
    expect(problem('supplier', 'parked 1')).toBeUndefined()
    expect(problem('customer', 'due', 'waiting')).toBeUndefined()
    expect(problem('customer')).toBeUndefined()
    failed(beginOne(T0), T0)
    expect(problem('customer', 'due')).toBe('due')
    expect(problem('customer', 'due', 'parked 1')).toBe('parked 1')
  })
})

// ── The promise ─────────────────────────────────────────────────────────────

test('whatever is asked for is looked at after it was asked for, whatever goes wrong on the way', () => {
  const subject = fc.constantFrom('tribe:1', 'tribe:2', 'tribe:3')
  const lane = fc.constantFrom<Job['lane']>('push', 'bulk')
  const event = fc.oneof(
    fc.record({ do: fc.constant('ask' as const), subject, lane, afterSeconds: fc.constantFrom(0, 0, 3) }),
    fc.record({ do: fc.constant('begin' as const), lane, limit: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ do: fc.constantFrom('finish', 'put-off', 'release', 'fail', 'park', 'doubt') }),
    fc.record({ do: fc.constant('crash' as const) }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 5000 }) }),
  )
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const store = jobsIn(sqliteInMemory())
      store.createTable()
      let now = T0
      let step = 0
      let running: Job[] = []
      const askedAt = new Map<string, number>()
      const begunAt = new Map<string, number>()
      const starting = (job: Job) => {
        expect(running.map(({ subject }) => subject)).not.toContain(job.subject)
        expect(job.isParked).toBe(false)
        running.push(job)
        begunAt.set(job.subject, ++step)
      }
      for (const happening of events) {
        now++
        if (happening.do === 'ask') {
          store.enqueue(ask(happening.subject, happening), now)
          askedAt.set(happening.subject, ++step)
        } else if (happening.do === 'begin') {
          // The drain begins anew only when all that it began has ended.
          if (running.length === 0)
            for (const job of store.begin(happening.lane, happening.limit, now)) starting(job)
        } else if (happening.do === 'crash') running = []
        else if (happening.do === 'wait') now += happening.ms
        else {
          const job = running.shift()
          if (!job) continue
          const failure = { dueAt: now + 1000, park: false, inDoubt: false, now }
          if (happening.do === 'finish') store.finish(job, now)
          if (happening.do === 'put-off') store.putOff(job, now + 1000)
          if (happening.do === 'release') store.release(job)
          if (happening.do === 'fail') store.fail(job, BUSY, failure)
          if (happening.do === 'park') store.fail(job, MAIL, { ...failure, park: true })
          if (happening.do === 'doubt') store.fail(job, BUSY, { ...failure, inDoubt: true })
        }
        const rows = store.list(null, { limit: 100, offset: 0, now })
        expect(new Set(rows.map((row) => row.subject)).size).toBe(rows.length)
        const { due, waiting, parked } = store.counts(now)
        expect(due + waiting + parked).toBe(rows.length)
      }
      // Everything calms down, and what a person had to mend was mended.
      for (const row of store.list('parked', { limit: 100, offset: 0, now }))
        store.enqueue(ask(row.subject), now)
      for (let round = 0; round < 20; round++) {
        now += 2500
        running = []
        for (const lane of ['push', 'bulk'] as const)
          for (const job of store.begin(lane, 4, now)) starting(job)
        for (const job of running) store.finish(job, now)
      }
      expect(store.counts(now)).toEqual({ due: 0, waiting: 0, later: 0, parked: 0 })
      for (const [name, at] of askedAt) expect(begunAt.get(name)).toBeGreaterThan(at)
    }),
    { numRuns: 150 },
  )
})

test('whether more than so many wait is right after whatever happens, and is counted only where it may have changed', () => {
  const counts: string[] = []
  const counted = {
    exec: (query: string, ...values: SqlStorageValue[]) => {
      if (query.includes('select 1 from jobs limit')) counts.push(query)
      return sql.exec(query, ...values)
    },
  } as unknown as SqlStorage
  fc.assert(
    fc.property(fc.array(fc.nat(9), { maxLength: 40 }), (acts) => {
      sql.exec('delete from jobs')
      const some = jobsIn(counted)
      for (const [n, act] of acts.entries()) {
        if (act < 4) some.enqueue(ask(`tribe:${act}`), T0)
        else if (act === 4) some.enqueueParked(ask('tribe:parked'), MAIL, T0)
        else if (act === 5) some.enqueueFailed(ask('tribe:failed'), BUSY, false, T0)
        else if (act === 6) for (const job of some.begin('push', 1, T0)) some.finish(job, T0)
        else if (act === 7) some.settle('customer', ['tribe:parked'])
        else expect(some.hasMoreThan(act - 6, T0 + n * SECOND)).toBe(all().length > act - 6)
      }
    }),
    { numRuns: 300 },
  )
  counts.length = 0
  sql.exec('delete from jobs')
  const some = jobsIn(counted)
  for (let n = 0; n < 90; n++) {
    some.enqueue(ask(`tribe:${n}`), T0)
    expect(some.hasMoreThan(100, T0)).toBe(false)
  }
  expect(counts).toHaveLength(1)
  for (let n = 0; n < 90; n++) {
    some.take(ask(`tribe:more ${n}`), T0 + n * 20)
    expect(some.hasMoreThan(100, T0 + n * 20)).toBe(n >= 10)
  }
  // Not once for each event that finds too many.
  expect(counts).toHaveLength(3)
})

// ── In the SQLite that it is made for ───────────────────────────────────────

describe('in a Durable Object', () => {
  const MAIN = `
    import { jobsIn } from 'tenant-sync/jobs'
    import { DurableObject } from 'cloudflare:workers'
    export class Store extends DurableObject {
      run(calls) {
        const jobs = jobsIn(this.ctx.storage.sql)
        return calls.map(([method, ...values]) => jobs[method](...values) ?? null)
      }
    }
    export default { async fetch(request, env) {
      const { name, calls } = await request.json()
      return Response.json(await env.STORE.getByName(name).run(calls))
    } }`
  let workerd: Workerd
  beforeAll(async () => {
    workerd = await startWorkerd(MAIN, [
      'tenant-sync/jobs',
      'tenant-sync/jobs-told',
      'tenant-sync/job',
      'tenant-sync/inbox',
      'shared/subjects',
      'shared/job-kinds',
    ])
  })
  afterAll(() => workerd.close())

  let objects = 0
  const inWorkerd = async (calls: unknown[][]) =>
    (await workerd.ask({ name: `object ${++objects}`, calls: [['createTable'], ...calls] })) as unknown[]
  const parked = (subject: string, why = MAIL, at = T0) => [
    'enqueueParked',
    ask(subject),
    { code: why.code, remedy: why.remedy, message: why.message },
    at,
  ]
  const LIST = ['list', null, { limit: 100, offset: 0, now: T0 }]

  test('every query says the same as here', async () => {
    const failure = { dueAt: T0 + 60, park: false, inDoubt: true, now: T0 + 9 }
    const calls: unknown[][] = [
      ['enqueue', ask('tribe:1', { hint: 'Address' }), T0],
      ['enqueue', ask('tribe:1', { hint: 'Address' }), T0 + 1],
      ['enqueue', ask('tribe:2', { afterSeconds: 3 }), T0],
      ['enqueue', ask('', { kind: 'pull-relations', lane: 'bulk' }), T0],
      parked('powerOffice:7'),
      ['begin', 'push', 4, T0 + 2],
      LIST,
      ['fail', { id: '1', asked: 2 }, { code: 'a.b', remedy: 'time', message: 'm' }, failure],
      ['begin', 'bulk', 1, T0 + 3],
      ['begin', 'bulk', 1, T0 + 4],
      ['begin', 'bulk', 1, T0 + 9000],
      ['finish', { id: '3', asked: 1 }, T0 + 9001],
      ['putOff', { id: '2' }, T0 + 9002],
      ['release', { id: '1' }],
      LIST,
      ['counts', T0 + 30],
      ['firstDueAt'],
      ['problemCounts'],
      ['nextDueAt'],
      ['isPushDue', T0 + 100],
      ['problems', 10],
      ['problemOf', 'customer', ['tribe:1', 'powerOffice:7']],
      ['list', 'parked', { limit: 10, offset: 0, now: T0 }],
      ['enqueue', ask('powerOffice:7'), T0 + 5],
      LIST,
      ['take', ask('tribe:8'), T0 + 6],
      ['take', ask('powerOffice:7', { hint: 'Address' }), T0 + 7],
      ['take', ask('tribe:8'), T0 + 8],
      LIST,
    ]
    const here = calls.map(([method, ...values]) => {
      const run = jobs[method as keyof Jobs] as (...values: unknown[]) => unknown
      return run(...values) ?? null
    })
    const [, ...there] = await inWorkerd(calls)
    expect(there).toEqual(here)
  })

  test('one parked job runs again: it begins afresh', async () => {
    const outcome = await inWorkerd([parked('1'), parked('2'), ['retry', { id: '2' }, T0 + 5], LIST])
    expect(outcome.at(-1)).toMatchObject([
      { subject: '1', isParked: true },
      { subject: '2', isParked: false, dueAt: T0 + 5, attempts: 0, code: null, failedSince: null },
    ])
  })

  test('all parked jobs run again, or those of one code', async () => {
    const start = [
      parked('1'),
      parked('2', BUSY),
      parked('3'),
      ['enqueue', ask('4', { afterSeconds: 9 }), T0],
    ]
    const parkedOf = (outcome: unknown[]) =>
      (outcome.at(-1) as Job[]).filter(({ isParked }) => isParked).map(({ subject }) => subject)
    expect(parkedOf(await inWorkerd([...start, ['retry', { code: MAIL.code }, T0 + 5], LIST]))).toEqual(['2'])
    const everything = await inWorkerd([...start, ['retry', { code: null }, T0 + 5], LIST])
    expect(parkedOf(everything)).toEqual([])
    // What was not parked keeps its time.
    expect((everything.at(-1) as Job[])[3]).toMatchObject({ subject: '4', dueAt: T0 + 9 * SECOND })
  })

  test('notices are set aside by themselves or with their code, never along with all the rest', async () => {
    const REVERSED = new SyncError('invoice.reversed', 'data', 'It was reversed')
    const start = [parked('1'), ['enqueueParked', ask('2', { kind: 'notice' }), REVERSED, T0]]
    const left = async (which: object) => {
      const outcome = await inWorkerd([...start, ['retry', which, T0 + 5], LIST])
      const parkedNow = (outcome.at(-1) as Job[]).filter(({ isParked }) => isParked)
      return [outcome.at(-2), parkedNow.map(({ subject }) => subject)]
    }
    expect(await left({ code: null })).toEqual([1, ['2']])
    expect(await left({ code: REVERSED.code })).toEqual([1, ['1']])
    expect(await left({ id: '2' })).toEqual([1, ['1']])
  })

  test('retrying tells how many jobs run again', async () => {
    const start = [parked('1'), parked('2', BUSY), parked('3')]
    const countOf = async (which: object) => (await inWorkerd([...start, ['retry', which, T0 + 5]])).at(-1)
    expect(await countOf({ id: '99' })).toBe(0)
    expect(await countOf({ id: 'nonsense' })).toBe(0)
    expect(await countOf({ code: 'no.such_code' })).toBe(0)
    expect(await countOf({ id: '1' })).toBe(1)
    expect(await countOf({ code: MAIL.code })).toBe(2)
    expect(await countOf({ code: null })).toBe(3)
  })
})

describe('what was said of a failure', () => {
  const WEEK = 7 * 86_400_000
  const WORDS = new SyncError('tribe.refused', 'data', 'This is refused: ola@nordmann.example')
  const told = (subject: string) => [the(subject).code, the(subject).message]

  test('is kept for a week; the failure stays', () => {
    jobs.enqueueParked(ask('old', { lane: 'bulk' }), WORDS, T0)
    jobs.enqueueParked(ask('young', { lane: 'bulk' }), WORDS, T0 + SECOND)
    jobs.forgetWords(T0 + WEEK)
    expect([told('old'), told('young')]).toEqual([
      [WORDS.code, WORDS.message],
      [WORDS.code, WORDS.message],
    ])
    jobs.forgetWords(T0 + WEEK + 1)
    expect([told('old'), told('young')]).toEqual([
      [WORDS.code, null],
      [WORDS.code, WORDS.message],
    ])
    expect(the('old')).toMatchObject({ isParked: true, failedSince: T0 })
  })

  test('does not come back with the next sweep that meets the same record, nor with a run that fails again', () => {
    for (const subject of ['parked', 'waits', 'runs'])
      jobs.enqueueParked(ask(subject, { lane: 'bulk' }), WORDS, T0)
    jobs.forgetWords(T0 + WEEK + 1)
    const later = T0 + WEEK + SECOND
    jobs.enqueueParked(ask('parked', { lane: 'bulk' }), WORDS, later)
    jobs.enqueueFailed(ask('waits', { lane: 'bulk' }), WORDS, false, later)
    failed(the('runs'), later, { park: true }, WORDS)
    expect(all().map(({ message, code }) => [message, code])).toEqual([
      [null, WORDS.code],
      [null, WORDS.code],
      [null, WORDS.code],
    ])
  })

  test('goes at once when the record is looked at anew, and what comes of that look is told', () => {
    jobs.enqueueParked(ask('retried', { lane: 'bulk' }), WORDS, T0)
    jobs.enqueueParked(ask('changed', { lane: 'bulk' }), WORDS, T0)
    jobs.retry({ id: the('retried').id }, T0 + WEEK * 2)
    jobs.enqueue(ask('changed'), T0 + WEEK * 2)
    expect(all().map(({ message }) => message)).toEqual([null, null])
    failed(the('retried'), T0 + WEEK * 2 + SECOND, { park: true }, WORDS)
    expect(told('retried')).toEqual([WORDS.code, WORDS.message])
  })
})

describe('events of a burst', () => {
  const event = (subject: string, more: Partial<JobRequest> = {}): JobRequest => ({
    kind: 'tribe-changed',
    subject,
    hint: 'Product',
    lane: 'push',
    ...more,
  })
  const behind = (number: number, limit = 100) =>
    jobs.eventsBehind(number, limit, T0).map(({ subject }) => subject)

  test('are those that are due, in their order, and none of which has begun, failed or waits for a person', () => {
    for (const subject of ['a', 'b', 'c', 'd', 'e', 'f']) jobs.enqueue(event(subject), T0)
    jobs.enqueue(event('later', { afterSeconds: 5 }), T0)
    jobs.enqueue(event('sweep', { lane: 'bulk' }), T0)
    jobs.enqueue(ask('tribe:1'), T0)
    const begun = begin(T0)
    expect(begun.map(({ subject }) => subject)).toEqual(['a', 'b', 'c', 'd'])
    const [a, b, c] = begun
    if (!a || !b || !c) throw new Error('no jobs')
    failed(a, T0, { dueAt: T0 })
    failed(b, T0, { dueAt: T0, park: true })
    jobs.release(c)
    expect(behind(0)).toEqual(['c', 'e', 'f'])
    expect(behind(0, 2)).toEqual(['c', 'e'])
    expect(behind(Number(c.id))).toEqual(['e', 'f'])
    expect(jobs.newest()).toBe(9)
  })

  test('that were settled are gone, but for one that was told of again meanwhile', () => {
    for (const subject of ['a', 'b']) jobs.enqueue(event(subject), T0)
    const taken = jobs.eventsBehind(0, 100, T0)
    jobs.enqueue(event('b'), T0)
    jobs.drop(taken)
    expect(all().map(({ subject }) => subject)).toEqual(['b'])
  })

  test('that came since they were taken are not begun; all else is', () => {
    jobs.enqueue(event('a'), T0)
    const taken = jobs.newest()
    jobs.enqueue(event('b'), T0)
    jobs.enqueue(ask('tribe:1'), T0)
    const begun = jobs.begin('push', 4, T0, null, taken)
    expect(begun.map(({ subject }) => subject)).toEqual(['a', 'tribe:1'])
  })
})
