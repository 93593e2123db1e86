import { beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/database'
import { openDatabase } from '../../src/db/database'
import { tenantStatuses } from '../../src/db/schema'
import { type TenantStatus, tenantStatusesIn } from '../../src/db/tenant-statuses'
import { SyncError } from '../../src/shared/errors'
import { factsIn } from '../../src/tenant-sync/facts'
import { jobsIn } from '../../src/tenant-sync/jobs'
import { streamsIn } from '../../src/tenant-sync/streams'
import { noUsage, tenantStatusIn } from '../../src/tenant-sync/tenant-status'
import { d1Over, freshDatabase } from '../platform/d1'
import { sqliteInMemory } from './sqlite'

const T0 = Date.parse('2026-10-25T00:59:00Z')
const MINUTE = 60_000
const TENANT = 'tenant-1'
const VAT = new SyncError('vat.unmapped', 'data', 'Map it')

let now: number
let writes: number
let db: Database
let facts: ReturnType<typeof factsIn>
let jobs: ReturnType<typeof jobsIn>
let streams: ReturnType<typeof streamsIn>
let tenantStatus: ReturnType<typeof tenantStatusIn>
let isAway: boolean

beforeEach(async () => {
  now = T0
  writes = 0
  isAway = false
  const sql = sqliteInMemory()
  facts = factsIn(sql)
  jobs = jobsIn(sql)
  jobs.createTable()
  facts.createTable()
  streams = streamsIn(facts, () => now)
  tenantStatus = tenantStatusIn({ jobs, facts, streams, now: () => now })
  db = openDatabase(
    d1Over(freshDatabase(), async (_, run) => {
      if (isAway) throw new Error('D1_ERROR: away')
      writes++
      return run()
    }),
  )
  tenantStatus.beginWork()
  await note()
  writes = 0
})

const note = (stuck: string | null = null) => tenantStatus.note(db, TENANT, stuck)
const customer = { kind: 'customer', subject: 'tribe:1', lane: 'push' } as const
const written = async () => {
  const rows = await db.select().from(tenantStatuses)
  return rows[0]?.tenantStatus as TenantStatus
}

describe('a row is written', () => {
  test('at once when a record is parked, and when that is over', async () => {
    jobs.enqueueParked(customer, VAT, now)
    await note()
    expect((await written()).problems).toEqual({ 'vat.unmapped': 1 })
    jobs.settle('customer', ['tribe:1'])
    await note()
    expect(await written()).toMatchObject({ problems: {}, jobs: { parked: 0 } })
  })

  test('at once when nothing can be worked off', async () => {
    await note('relay.unexpected')
    expect((await written()).stuck).toBe('relay.unexpected')
  })

  test('five minutes later for what became fresh, once', async () => {
    streams.noteSuccess('pull-relations')
    await note()
    writes = 0
    for (let minute = 0; minute < 10; minute++) {
      now += MINUTE
      streams.noteSuccess('pull-relations')
      await note()
    }
    expect(writes).toBe(2)
    expect((await written()).streams.relations.lastSuccessAt).toBe(new Date(now).toISOString())
  })

  test('when work that it told of is done', async () => {
    jobs.enqueueParked({ ...customer, subject: 'tribe:2' }, VAT, now)
    jobs.enqueue(customer, now)
    await note()
    expect((await written()).nextDueAt).toBe(new Date(now).toISOString())
    const [job] = jobs.begin('push', 1, now)
    if (job) jobs.finish(job, now)
    await note()
    expect(await written()).toMatchObject({ nextDueAt: null, jobs: { due: 0 } })
  })
})

describe('no row is written', () => {
  test('for an event that is worked off at once', async () => {
    now += MINUTE
    jobs.enqueue(customer, now)
    await note()
    const [job] = jobs.begin('push', 1, now)
    if (job) jobs.finish(job, now)
    await note()
    expect(writes).toBe(0)
  })

  test('for jobs alone that a tick has asked for later', async () => {
    now += 15 * MINUTE
    jobs.enqueue({ kind: 'pull-relations', subject: '', lane: 'bulk', afterSeconds: 600 }, now)
    await note()
    expect(writes).toBe(0)
  })
})

test('what a system said as it refused the credentials is kept for a week, and its code until it is mended', () => {
  const since = new Date(now).toISOString()
  const message = 'Kari Nordmann (kari@nordlys.example) has withdrawn the access'
  facts.set('reconnect', { code: 'poweroffice.unauthorized', message, since })
  const WEEK = 7 * 24 * 60 * MINUTE
  tenantStatus.forgetWords(now + WEEK)
  expect(facts.get('reconnect')?.message).toBe(message)
  tenantStatus.forgetWords(now + WEEK + 1)
  expect(facts.get('reconnect')).toMatchObject({ code: 'poweroffice.unauthorized', since })
  expect(facts.get('reconnect')?.message).not.toMatch(/Kari|nordlys/)
})

test('what could not be written is written next time, and nothing that was spent is lost', async () => {
  tenantStatus.spend({ ...noUsage(), tribe: 2, statements: 1 }, false)
  isAway = true
  jobs.enqueueParked(customer, VAT, now)
  await expect(note()).rejects.toThrow(SyncError)
  tenantStatus.spend({ ...noUsage(), powerOffice: 3 }, true)
  isAway = false
  await note()
  expect((await written()).spent).toEqual({ tribe: 2, powerOffice: 3, statements: 1, runs: 2, failures: 1 })
  jobs.settle('customer', ['tribe:1'])
  await note()
  expect((await written()).spent.runs).toBe(2)
})

test('all tenants are read with one statement, those too that have told nothing', async () => {
  const insert = (id: string) =>
    db.run(`insert into tenants (id, name, state, created_at, admin_token_hash, settings,
      sealed_fingerprint_key, sealed_webhook_secret) values ('${id}', 'T', 'active', '', '', '{}', '', '')`)
  await insert(TENANT)
  await insert('tenant-2')
  writes = 0
  const all = await tenantStatusesIn(db).all()
  expect(all.map(({ id, tenantStatus }) => [id, tenantStatus !== null])).toEqual([
    [TENANT, true],
    ['tenant-2', false],
  ])
  expect(writes).toBe(1)
})
