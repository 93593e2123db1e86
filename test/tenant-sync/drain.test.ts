import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { ApiError, SyncError } from '../../src/shared/errors'
import {
  DONE,
  type JobRequest,
  type Step,
  type Subject,
  type SyncContext,
  type SyncResult,
} from '../../src/sync-step'
import { backoffMs, type DrainOptions, drain, type JobLine } from '../../src/tenant-sync/drain'
import type { Job } from '../../src/tenant-sync/job'
import { type Jobs, jobsIn } from '../../src/tenant-sync/jobs'
import { sqliteInMemory } from './sqlite'

const T0 = 1_800_000_000_000
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

const BUSY = new ApiError('poweroffice.unavailable', 'time', 'PowerOffice answered 503', 503)
const MAIL = new SyncError('relation.email_invalid', 'data', 'Correct the address in Tribe')
const REFUSED = new ApiError('tribe.unauthorized', 'reconnect', 'Tribe answered 401', 401)
const again = (afterSeconds: number): SyncResult => ({ status: 'again', afterSeconds, because: 'not yet' })
const turnOfTheLoop = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('how long a job waits after a failure', () => {
  const waits = (attempts: number, random: number, error: SyncError = BUSY, inDoubt = false) =>
    backoffMs(attempts, error, inDoubt, () => random)

  test.each([
    [1, 1],
    [2, 2],
    [3, 4],
    [4, 8],
    [5, 16],
    [6, 32],
    [7, 64],
    [8, 128],
    [9, 256],
    [10, 512],
    [11, 900],
    [12, 900],
    [100, 900],
    [10_000, 900],
  ])('after attempt %i: %i s, and up to half as much again', (attempts, seconds) => {
    expect(waits(attempts, 0)).toBe(seconds * SECOND)
    expect(waits(attempts, 0.999_999)).toBeLessThanOrEqual(Math.min(1.5 * seconds, 900) * SECOND)
  })

  test('does not come out the same for all of them', () => {
    expect(waits(3, 0)).toBe(4000)
    expect(waits(3, 0.5)).toBe(5000)
    expect(waits(3, 1)).toBe(6000)
  })

  test('is two seconds at least when the outcome of a write is unknown: PowerOffice may lag', () => {
    expect(waits(1, 0, BUSY, true)).toBe(2 * SECOND)
    expect(waits(1, 0.9, BUSY, true)).toBe(2 * SECOND)
    expect(waits(4, 0, BUSY, true)).toBe(8 * SECOND)
  })

  test('is as long as the other side asked for, at least', () => {
    const limited = (seconds: number) =>
      new SyncError('poweroffice.too_many_requests', 'time', '429', seconds)
    expect(waits(1, 0, limited(30))).toBe(30 * SECOND)
    expect(waits(1, 0, limited(0.5))).toBe(SECOND)
    expect(waits(8, 0, limited(30))).toBe(128 * SECOND)
  })

  test('is a whole number between one second and a quarter of an hour, and never less than before', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.double({ min: 0, max: 0.999_999, noNaN: true }),
        fc.boolean(),
        (attempts, random, inDoubt) => {
          const ms = waits(attempts, random, BUSY, inDoubt)
          expect(Number.isInteger(ms)).toBe(true)
          expect(ms).toBeGreaterThanOrEqual(SECOND)
          expect(ms).toBeLessThanOrEqual(15 * MINUTE)
          expect(waits(attempts + 1, random, BUSY, inDoubt)).toBeGreaterThanOrEqual(ms)
        },
      ),
    )
  })
})

// ── Working off ─────────────────────────────────────────────────────────────

let jobs: Jobs
let now: number
/** Every run: which record, and what else ran at that moment. */
let runs: { subject: string; beside: string[]; at: number }[]
let logged: JobLine[]
let reconnects: SyncError[]
let successes: string[]
let flushes: number

beforeEach(() => {
  jobs = jobsIn(sqliteInMemory())
  jobs.createTable()
  now = T0
  runs = []
  logged = []
  reconnects = []
  successes = []
  flushes = 0
})

const ask = (subject: string, more: Partial<JobRequest> = {}) =>
  jobs.enqueue({ kind: 'customer', subject, lane: 'push', ...more }, now)
const all = () => jobs.list(null, { limit: 1000, offset: 0, now })
const the = (subject: string): Job | undefined => all().find((job) => job.subject === subject)

const CONTEXT = {
  async flush() {
    flushes++
  },
  lastBecause: () => 'in-step',
} as unknown as SyncContext

/** Runs a drain in which looking at a record means this. */
async function drained(
  step: (subject: Subject, run: number) => SyncResult | Promise<SyncResult>,
  more: Partial<DrainOptions> = {},
) {
  const running = new Set<string>()
  const tries = new Map<string, number>()
  const customer: Step = async (_, subject) => {
    runs.push({ subject: subject.id, beside: [...running], at: now })
    running.add(subject.id)
    const run = (tries.get(subject.id) ?? 0) + 1
    tries.set(subject.id, run)
    try {
      await turnOfTheLoop()
      return await step(subject, run)
    } finally {
      running.delete(subject.id)
    }
  }
  await drain({
    jobs,
    handlers: { customer, preview: customer },
    only: null,
    contextFor: () => CONTEXT,
    credentials: () => 'key',
    refreshed: async () => false,
    onReconnect: (error) => reconnects.push(error),
    onSuccess: (job) => successes.push(job.subject),
    now: () => now,
    random: () => 0,
    mayGoOn: () => true,
    log: (line) => logged.push(line),
    ...more,
  })
}
const subjects = () => runs.map(({ subject }) => subject)
const fails = (error: unknown) => (): never => {
  throw error
}

describe('what is due', () => {
  test('is worked off until nothing is left', async () => {
    for (let n = 0; n < 25; n++) ask(`tribe:${n}`)
    await drained(() => DONE)
    expect(new Set(subjects()).size).toBe(25)
    expect(all()).toEqual([])
    expect(successes).toHaveLength(25)
  })

  test('goes four side by side, and never the same record twice at once', async () => {
    for (let n = 0; n < 25; n++) ask(`tribe:${n}`)
    await drained((subject, run) => {
      if (run === 1) ask(subject.id)
      return DONE
    })
    expect(Math.max(...runs.map(({ beside }) => beside.length))).toBe(3)
    for (const { subject, beside } of runs) expect(beside).not.toContain(subject)
    expect(runs).toHaveLength(50)
  })

  test('goes by age: who has waited longest is looked at first', async () => {
    for (const [subject, at] of [
      ['c', 3],
      ['a', 1],
      ['e', 5],
      ['b', 2],
      ['d', 4],
    ] as const) {
      now = T0 + at
      ask(subject)
    }
    now = T0 + 10
    await drained(() => DONE)
    expect(subjects().at(-1)).toBe('e')
  })

  test('pushes go before sweeps, and a sweep goes by itself, a chunk at a time', async () => {
    ask('sweep', { lane: 'bulk' })
    ask('other sweep', { lane: 'bulk' })
    ask('push')
    await drained((subject, run) => {
      if (subject.id === 'sweep' && run === 1) {
        ask('new push')
        return again(0)
      }
      return DONE
    })
    expect(subjects().slice(0, 3)).toEqual(['push', 'sweep', 'new push'])
    expect(subjects().slice(3).sort()).toEqual(['other sweep', 'sweep'])
    for (const { subject, beside } of runs) if (subject.includes('sweep')) expect(beside).toEqual([])
  })

  test('in the future is left for later', async () => {
    ask('later', { afterSeconds: 5 })
    await drained(() => DONE)
    expect(runs).toEqual([])
    now += 5 * SECOND
    await drained(() => DONE)
    expect(subjects()).toEqual(['later'])
  })

  test('is told to the step by name, hint and doubt', async () => {
    ask('tribe:1', { hint: 'Address' })
    jobs.begin('push', 1, now)
    now += MINUTE
    const seen: Subject[] = []
    await drained((subject) => {
      seen.push(subject)
      return DONE
    })
    expect(seen).toEqual([{ id: 'tribe:1', hint: 'Address', inDoubt: true }])
  })

  test('waits when the tenant is paused or the time is over, and nothing is lost', async () => {
    for (let n = 0; n < 10; n++) ask(`tribe:${n}`)
    await drained(() => DONE, { mayGoOn: () => runs.length < 4 })
    expect(runs).toHaveLength(4)
    expect(all()).toHaveLength(6)
    for (const job of all()) expect(job).toMatchObject({ startedAt: null, attempts: 0 })
    await drained(() => DONE, { mayGoOn: () => false })
    expect(runs).toHaveLength(4)
  })

  test('goes on later when it is not done yet', async () => {
    ask('tribe:1')
    await drained(() => again(2))
    expect(the('tribe:1')).toMatchObject({ dueAt: T0 + 2 * SECOND, attempts: 0, code: null })
    expect(successes).toEqual(['tribe:1'])
  })

  test('before a tenant is activated is the preview, and nothing else', async () => {
    ask('tribe:1')
    ask('', { kind: 'preview', lane: 'bulk' })
    ask('sweep', { lane: 'bulk' })
    await drained(() => DONE, { only: 'preview' })
    expect(subjects()).toEqual([''])
    expect(all().map(({ subject }) => subject)).toEqual(['tribe:1', 'sweep'])
  })

  test('is looked at once more when it was asked for while it was looked at', async () => {
    ask('tribe:1')
    await drained((subject, run) => {
      if (run === 1) ask(subject.id)
      return DONE
    })
    expect(subjects()).toEqual(['tribe:1', 'tribe:1'])
    expect(all()).toEqual([])
  })
})

describe('in a burst', () => {
  const event = (subject: string) => ask(subject, { kind: 'tribe-changed' })
  const handlers: DrainOptions['handlers'] = {
    'tribe-changed': async (_, { id }) => {
      runs.push({ subject: id, beside: [], at: now })
      return DONE
    },
  }
  const isGoingOn = (takeBurst: NonNullable<DrainOptions['takeBurst']>, more: Partial<DrainOptions> = {}) =>
    drain({
      jobs,
      handlers,
      takeBurst,
      only: null,
      contextFor: () => CONTEXT,
      credentials: () => 'key',
      refreshed: async () => false,
      onReconnect: () => undefined,
      onSuccess: () => undefined,
      now: () => now,
      random: () => 0,
      mayGoOn: () => true,
      log: () => undefined,
      ...more,
    })

  test('what is left of the events that were taken is run, and those that came since wait for the next run', async () => {
    for (const subject of ['settled', 'own']) event(subject)
    const asked: (number | null)[] = []
    const goesOn = await isGoingOn(async (behind) => {
      asked.push(behind)
      if (behind !== null) return null
      const newest = jobs.newest()
      jobs.drop(jobs.eventsBehind(0, 1, now))
      event('since')
      return newest
    })
    expect(goesOn).toBe(true)
    expect(subjects()).toEqual(['own'])
    expect(all().map(({ subject }) => subject)).toEqual(['since'])
    expect(asked).toEqual([null, 2])
  })

  test('none is taken while only one kind of job may run', async () => {
    event('a')
    const goesOn = await isGoingOn(() => expect.fail('taken'), { only: 'alert' })
    expect(goesOn).toBe(false)
  })

  test('without one, events are run as they come', async () => {
    for (const subject of ['a', 'b']) event(subject)
    expect(await isGoingOn(async () => null)).toBe(false)
    expect(subjects()).toEqual(['a', 'b'])
  })
})

describe('a record that fails', () => {
  test('does not hold up the others', async () => {
    for (let n = 0; n < 9; n++) ask(`tribe:${n}`)
    await drained((subject) => (subject.id === 'tribe:1' ? fails(BUSY)() : DONE))
    expect(all().map(({ subject }) => subject)).toEqual(['tribe:1'])
    expect(successes).toHaveLength(8)
  })

  test('for want of an answer is tried again, later each time', async () => {
    ask('tribe:1')
    const apart: number[] = []
    for (let n = 0; n < 13; n++) {
      await drained(fails(BUSY))
      const due = the('tribe:1')?.dueAt ?? 0
      apart.push((due - now) / SECOND)
      now = due
    }
    expect(apart).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900])
  })

  test('for want of an answer for a whole day is parked, with the reason and since when', async () => {
    ask('tribe:1')
    while (!the('tribe:1')?.isParked) {
      await drained(fails(BUSY))
      now = the('tribe:1')?.dueAt ?? 0
      expect(now).toBeLessThan(T0 + 25 * HOUR)
    }
    expect(now).toBeGreaterThan(T0 + 24 * HOUR)
    expect(the('tribe:1')).toMatchObject({ code: BUSY.code, message: BUSY.message, failedSince: T0 })
  })

  test('begins its day anew when a run went well in between', async () => {
    ask('tribe:1')
    await drained(fails(BUSY))
    now += 23 * HOUR
    await drained(() => again(0), { mayGoOn: () => runs.length < 2 })
    await drained(fails(BUSY))
    now += 2 * HOUR
    await drained(fails(BUSY))
    expect(the('tribe:1')?.isParked).toBe(false)
  })

  test('for want of a person is parked at once', async () => {
    ask('tribe:1')
    await drained(fails(MAIL))
    expect(the('tribe:1')).toMatchObject({ isParked: true, code: MAIL.code, remedy: 'data', attempts: 1 })
    now += HOUR
    await drained(fails(MAIL))
    expect(runs).toHaveLength(1)
  })

  test('for a bug of ours is tried again, and says so without a stack', async () => {
    ask('tribe:1')
    await drained(fails(new TypeError('x is not a function')))
    expect(the('tribe:1')).toMatchObject({
      isParked: false,
      code: 'relay.unexpected',
      remedy: 'time',
      dueAt: T0 + 2 * SECOND,
      message: 'The relay met something it did not expect (TypeError: x is not a function)',
    })
  })

  test.each([
    ['a text', 'oops'],
    ['nothing', undefined],
    ['null', null],
  ])('by throwing %s is tried again too', async (_, thrown) => {
    ask('tribe:1')
    await drained(fails(thrown))
    expect(the('tribe:1')).toMatchObject({ code: 'relay.unexpected', remedy: 'time' })
  })

  test('because nobody knows that kind of job is tried again: the next release may know it', async () => {
    ask('7', { kind: 'product' })
    await drained(() => DONE)
    expect(the('7')).toMatchObject({ code: 'relay.unexpected', isParked: false })
  })

  test('because its context cannot be made is tried again, and the others go on', async () => {
    ask('tribe:1')
    ask('tribe:2')
    await drained(() => DONE, {
      contextFor: (job) => {
        if (job.subject === 'tribe:1') throw new Error('no context')
        return CONTEXT
      },
    })
    expect(all().map(({ subject }) => subject)).toEqual(['tribe:1'])
  })
})

describe('whether something may have been written', () => {
  const write = (outcomeUnknown: boolean) =>
    new ApiError('poweroffice.timeout', 'time', 'no answer', 0, null, null, outcomeUnknown)
  test.each([
    ['a write whose outcome is unknown', write(true), true],
    ['a call that was certainly not carried out', write(false), false],
    ['a refusal', new ApiError('poweroffice.refused', 'data', 'no', 400), false],
    [
      'D1 that was away: what was written is not remembered',
      new SyncError('relay.database_unavailable', 'time', 'D1'),
      true,
    ],
    ['a bug of ours', new RangeError('bad'), true],
    ['a rule of ours', MAIL, false],
  ])('is known from how it failed: %s', async (_, error, inDoubt) => {
    ask('tribe:1')
    await drained(fails(error))
    expect(the('tribe:1')?.inDoubt).toBe(inDoubt)
  })

  test('in doubt, it is looked at two seconds later at the soonest', async () => {
    ask('tribe:1')
    await drained(fails(write(true)))
    expect(the('tribe:1')?.dueAt).toBe(T0 + 2 * SECOND)
  })

  test('and the other side asked for time, it waits that long', async () => {
    ask('tribe:1')
    await drained(fails(new ApiError('poweroffice.too_many_requests', 'time', '429', 429, null, 40)))
    expect(the('tribe:1')?.dueAt).toBe(T0 + 40 * SECOND)
  })
})

describe('what a step has remembered', () => {
  test('is written down whether or not it came to its end', async () => {
    ask('tribe:1')
    ask('tribe:2')
    await drained((subject) => (subject.id === 'tribe:1' ? fails(MAIL)() : DONE))
    expect(flushes).toBe(2)
  })

  test('and cannot be written down makes the run a failure in doubt', async () => {
    ask('tribe:1')
    const away = new SyncError('relay.database_unavailable', 'time', 'D1 did not answer')
    await drained(() => DONE, {
      contextFor: () => ({ flush: fails(away), lastBecause: () => null }) as unknown as SyncContext,
    })
    expect(the('tribe:1')).toMatchObject({ code: away.code, inDoubt: true, isParked: false })
    expect(successes).toEqual([])
  })
})

describe('when the credentials are refused', () => {
  test('everything stops and says so; no job is to blame and none is lost', async () => {
    for (let n = 0; n < 12; n++) ask(`tribe:${n}`)
    await drained((subject) => (subject.id === 'tribe:5' ? fails(REFUSED)() : DONE))
    expect(reconnects[0]).toBe(REFUSED)
    expect(runs.length).toBeLessThanOrEqual(8)
    expect(the('tribe:5')).toMatchObject({ attempts: 0, startedAt: null, code: null, failedSince: null })
    for (const job of all()) expect(job).toMatchObject({ startedAt: null, attempts: 0, isParked: false })
    expect(all().length + successes.length).toBe(12)
  })

  test('they are read again first, and with new ones the same job goes on', async () => {
    ask('tribe:1')
    let key = 'old'
    await drained((_, run) => (run === 1 ? fails(REFUSED)() : DONE), {
      refreshed: async () => {
        key = 'new'
        return true
      },
    })
    expect(key).toBe('new')
    expect(reconnects).toEqual([])
    expect(all()).toEqual([])
  })

  test('four records that were refused side by side all go on with the new key', async () => {
    for (let n = 0; n < 4; n++) ask(`tribe:${n}`)
    // As the tenant's object does it: a context per drain, made anew from what is stored.
    const stored = { credentials: 'new key' }
    let context = { credentials: 'old key' }
    const usedBy = new Map<string, string>()
    await drained(({ id }) => (usedBy.get(id) === 'old key' ? fails(REFUSED)() : DONE), {
      contextFor: (job) => {
        usedBy.set(job.subject, context.credentials)
        return CONTEXT
      },
      credentials: () => context.credentials,
      refreshed: async (refused) => {
        if (context.credentials === refused) {
          await turnOfTheLoop()
          context = { ...stored }
        }
        return context.credentials !== refused
      },
    })
    expect(reconnects).toEqual([])
    expect(successes).toHaveLength(4)
    expect(all()).toEqual([])
  })

  test('what was done before is done', async () => {
    ask('tribe:1')
    ask('sweep', { lane: 'bulk' })
    await drained((subject) => (subject.id === 'sweep' ? fails(REFUSED)() : DONE))
    expect(successes).toEqual(['tribe:1'])
    expect(all().map(({ subject }) => subject)).toEqual(['sweep'])
  })
})

test('the log tells of each run by ids, kind, outcome and code, and of nothing else', async () => {
  ask('tribe:1')
  ask('powerOffice:2')
  ask('sweep', { lane: 'bulk' })
  await drained((subject) => {
    now += 6000
    if (subject.id === 'powerOffice:2') throw MAIL
    return subject.id === 'sweep' ? again(60) : DONE
  })
  const line = { attempt: 1, code: null, because: 'in-step', tribeId: null, powerOfficeId: null }
  expect(logged).toEqual([
    { ...line, job: '1', kind: 'customer', tribeId: '1', outcome: 'done', ms: expect.any(Number) },
    {
      ...line,
      job: '2',
      kind: 'customer',
      powerOfficeId: '2',
      outcome: 'parked',
      ms: expect.any(Number),
      code: 'relation.email_invalid',
    },
    { ...line, job: '3', kind: 'customer', outcome: 'again', because: 'not yet', ms: 6000 },
  ])
})

test('the log tells what was thrown only when that is a bug of ours', async () => {
  ask('tribe:1')
  await drained(() => {
    throw new TypeError('x is not a function')
  })
  expect(logged).toMatchObject([
    { outcome: 'failed', code: 'relay.unexpected', detail: expect.stringContaining('x is not a function') },
  ])
})
