import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Town, type TownTenant } from '../platform/town'
import { JOURNAL_LAWS, type Journal } from './journal-laws'
import { brokenOf } from './law'
import { jobsOf, type Line, linesIn, withCutOff } from './log'
import { LOG_LAWS } from './log-laws'
import { Monitor } from './monitor'

const T = 'tenant-1'
const at = (minute: number, ms = 0) => new Date(Date.UTC(2026, 2, 2, 8, minute, 0, ms)).toISOString()
const nameOf = (line: string) => /law "([^"]+)"/.exec(line)?.[1]
const RAN = {
  event: 'job',
  tenantId: T,
  job: '1',
  kind: 'customer',
  tribeId: 'r1',
  powerOfficeId: null,
  attempt: 1,
}
const DONE = {
  outcome: 'done',
  code: null,
  ms: 200,
  tribe: 2,
  powerOffice: 1,
  statements: 1,
  wrote: {},
  told: [],
}
const job = (minute: number, more: object) => ({ ...RAN, ...DONE, at: at(minute), ...more })
const asked = (minute: number, what: string) => ({
  event: 'audit',
  at: at(minute),
  who: 'tenant',
  what: `POST /api/tenants/:id${what}`,
  tenantId: T,
  status: 202,
})
const read = (...lines: object[]): Line[] => linesIn(lines.map((line) => JSON.stringify(line)).join('\n'))

const MADE = { wrote: { 'powerOffice POST Customers': 1 } }
const ORDERED = { kind: 'invoice', tribeId: 'i1', wrote: { 'powerOffice POST SalesOrders/Complete': 1 } }
const REPLACED = { kind: 'invoice', tribeId: 'i1', wrote: { 'powerOffice DELETE SalesOrders/_': 1 } }
const WAITS = { outcome: 'failed', code: 'tribe.unreachable', kind: 'invoice', tribeId: 'i1' }
const FAILS = { outcome: 'failed', code: 'tribe.unreachable', kind: 'product', tribeId: 'p1' }
const sweep = (minute: number, more: object) => job(minute, { kind: 'pull-products', tribeId: null, ...more })
const tied = (told: string) => ({ told: [told] })
const SEND = { 'powerOffice POST SalesOrders/_/CreateAndSendInvoice': 1 }
const toAndFro = Array.from({ length: 7 }, (_, n) =>
  job(n * 5, { wrote: { [n % 2 ? 'tribe PUT Product(_)' : 'powerOffice PATCH Products/_']: 1 } }),
)

describe('each law of the log sees its breach, and not what looks like one', () => {
  test.each<[law: string, breach: object[], fair: object[]]>([
    ['no twin', [job(1, MADE), job(9, MADE)], [job(1, MADE), asked(5, '/records/recreate'), job(9, MADE)]],
    ['no twin', [job(1, ORDERED), job(9, ORDERED)], [job(1, ORDERED), job(5, REPLACED), job(9, ORDERED)]],
    [
      'one to one',
      [
        job(1, tied('created-in-poweroffice invoice i1 500')),
        job(2, tied('created-in-poweroffice invoice i1 501')),
      ],
      [
        job(1, tied('created-in-poweroffice invoice i1 500')),
        job(2, { ...REPLACED, ...tied('created-in-poweroffice invoice i1 501') }),
      ],
    ],
    [
      'no twin',
      [job(1, { wrote: { 'powerOffice POST Customers': 2 } })],
      [job(1, MADE), job(2, { ...MADE, tribeId: 'r2' })],
    ],
    [
      'no loss',
      [job(0, WAITS), job(75, {})],
      [job(0, WAITS), job(3, { ...WAITS, outcome: 'done', code: null }), job(75, {})],
    ],
    [
      'no loss',
      [job(0, WAITS), job(75, {})],
      [job(0, WAITS), job(3, { ...WAITS, outcome: 'parked' }), job(75, {})],
    ],
    [
      'no loss',
      [job(0, FAILS), sweep(3, { tribe: 0, powerOffice: 0 }), job(75, {})],
      [job(0, FAILS), sweep(3, { powerOffice: 1 }), job(75, {})],
    ],
    ['no A-B-A-B', toAndFro, toAndFro.slice(0, 5)],
    [
      "PowerOffice's budget",
      [job(1, { powerOffice: 6 }), job(1, { powerOffice: 5, tenantId: 'tenant-2' })],
      [job(1, { powerOffice: 6 }), job(2, { powerOffice: 5 })],
    ],
    [
      "Tribe's budget",
      [job(1, { tribe: 700 }), job(1, { tribe: 400 })],
      [job(1, { tribe: 700 }), job(1, { tribe: 400, tenantId: 'tenant-2' })],
    ],
    [
      'one to one',
      [job(1, tied('linked customer r1 500')), job(2, tied('linked customer r2 500'))],
      [
        job(1, tied('linked customer r1 500')),
        asked(2, '/records/relink'),
        job(3, tied('linked customer r2 500')),
      ],
    ],
    [
      'one to one',
      [job(1, tied('linked customer r1 500')), job(2, tied('linked customer r1 501'))],
      [job(1, tied('linked customer r1 500')), job(2, tied('linked supplier r1 501'))],
    ],
    [
      'to the cent',
      [job(1, { outcome: 'parked', code: 'invoice.total_differs', wrote: SEND })],
      [job(1, { outcome: 'parked', code: 'invoice.total_differs' }), job(2, { wrote: SEND })],
    ],
    [
      'nothing after a pause',
      [asked(1, '/pause'), job(2, MADE)],
      [asked(1, '/pause'), asked(2, '/resume'), job(3, MADE)],
    ],
    ['no write without a job', [job(1, { kind: 'preview', wrote: SEND })], [job(1, { kind: 'preview' })]],
    ['no write without a job', [{ event: 'tick', at: at(1), wrote: SEND }], [{ event: 'tick', at: at(1) }]],
  ])('%s', (law, breach, fair) => {
    expect(brokenOf(LOG_LAWS, read(...breach)).map(nameOf)).toEqual([law])
    expect(brokenOf(LOG_LAWS, read(...fair))).toEqual([])
  })

  test('a run that began before the pause is finished', () => {
    expect(
      brokenOf(LOG_LAWS, read(asked(1, '/pause'), job(1, { ...MADE, at: at(1, 100), ms: 300 }))),
    ).toEqual([])
  })
})

describe('a run that was cut off left no line, and may have taken an order away', () => {
  const twice = (attempt: number) => [
    job(1, { ...ORDERED, ...tied('created-in-poweroffice invoice i1 500') }),
    job(5, { ...WAITS, attempt: 1 }),
    job(9, { ...ORDERED, attempt, ...tied('created-in-poweroffice invoice i1 501') }),
  ]

  test('where the job had another run than the log shows, an order in its place is no twin', () => {
    expect(brokenOf(LOG_LAWS, withCutOff(read(...twice(3))))).toEqual([])
  })

  test('where the log shows each run, it is one', () => {
    expect(brokenOf(LOG_LAWS, withCutOff(read(...twice(2)))).map(nameOf)).toEqual(['no twin', 'one to one'])
  })
})

test('a log is read as it is written, with something before it, and as `wrangler tail` and Logpush wrap it', () => {
  const line = JSON.stringify(job(1, MADE))
  const { at: _, ...bare } = job(1, MADE)
  const tail = {
    outcome: 'ok',
    eventTimestamp: 1,
    logs: [{ message: [JSON.stringify(bare)], level: 'log', timestamp: Date.parse(at(1)) }],
  }
  const push = { Outcome: 'ok', Logs: [{ Level: 'log', Message: [line], TimestampMs: 5 }] }
  const ways = [
    line,
    `2026-03-02T08:01:00Z ${line}`,
    JSON.stringify(tail),
    JSON.stringify(tail, null, 2),
    JSON.stringify(push),
  ]
  const all = ways.map((text) => linesIn(`not json\n${text}\n{"other":1}\n`))
  expect(all).toEqual(ways.map(() => linesIn(line)))
  expect(all[0]).toHaveLength(1)
})

const NONE: Journal = {
  arrivals: { powerOffice: [], tribe: new Map() },
  writes: [],
  pauses: [],
  marked: [],
  ties: [],
  posted: [],
  overdue: [],
}
const NOON = Date.UTC(2026, 2, 2, 12)
const write = (ms: number, more: object = {}) => ({
  at: NOON + ms,
  tenantId: T,
  system: 'powerOffice' as const,
  method: 'PATCH',
  path: '/v2/Products/7',
  body: '[]',
  isLate: false,
  hadJob: true,
  ...more,
})
const says = (minute: number, value: string | null) =>
  write(minute * 60_000, { body: JSON.stringify([{ op: 'replace', path: '/Name', value }]) })
const houseNumber = (minute: number, value: number | null) =>
  write(minute * 60_000, {
    system: 'tribe',
    method: 'PUT',
    path: '/v1/odata/Address(7)',
    body: JSON.stringify({ HouseNumber: value }),
  })
const every = (count: number, ms: number) => Array.from({ length: count }, (_, n) => NOON + n * ms)
const mark = { tenantId: T, what: 'voucher', mark: 'relay:a:b' }
const tie = { tenantId: T, kind: 'customer', tribeId: 'r1', powerOfficeId: '500' }
const pauses = [{ tenantId: T, from: NOON, until: NOON + 1000 }]
const tribe = (...times: number[][]) => ({
  powerOffice: [],
  tribe: new Map(times.map((one, n) => [`tenant-${n}`, one])),
})

describe('each law of the journals sees its breach, and not what looks like one', () => {
  test.each<[law: string, breach: Partial<Journal>, fair: Partial<Journal>]>([
    [
      'no twin',
      {
        marked: [
          { ...mark, id: '1' },
          { ...mark, id: '2' },
        ],
      },
      {
        marked: [
          { ...mark, id: '1' },
          { ...mark, what: 'customer', id: '2' },
        ],
      },
    ],
    ['no loss', { overdue: [{ tenantId: T, what: 'due since noon' }] }, {}],
    [
      'no A-B-A-B',
      { writes: [says(0, 'A'), says(1, 'B'), says(2, 'A'), says(3, 'B')] },
      { writes: [says(0, 'A'), says(1, 'B'), says(2, 'A'), says(3, 'C')] },
    ],
    [
      'no A-B-A-B',
      { writes: [says(0, 'A'), says(1, 'B'), says(1, 'B'), says(2, 'A'), says(3, 'B')] },
      { writes: [says(0, 'A'), says(1, 'B'), says(2, 'A'), says(60, 'B')] },
    ],
    [
      // Emptied, in either spelling.
      'no A-B-A-B',
      { writes: [says(0, 'A'), says(1, null), says(2, 'A'), says(3, '')] },
      { writes: [says(0, null), says(1, ''), says(2, null), says(3, '')] },
    ],
    [
      // A number is emptied as 0, where null is refused.
      'no A-B-A-B',
      { writes: [houseNumber(0, 5), houseNumber(1, 0), houseNumber(2, 5), houseNumber(3, null)] },
      { writes: [houseNumber(0, null), houseNumber(1, 0), houseNumber(2, null), houseNumber(3, 0)] },
    ],
    [
      "PowerOffice's budget",
      { arrivals: { powerOffice: every(11, 99), tribe: new Map() } },
      { arrivals: { powerOffice: every(11, 100), tribe: new Map() } },
    ],
    [
      "Tribe's budget",
      { arrivals: tribe(every(1001, 59)) },
      { arrivals: tribe(every(1000, 10), every(1000, 10)) },
    ],
    [
      'one to one',
      { ties: [tie, { ...tie, tribeId: 'r2' }] },
      { ties: [tie, { ...tie, tenantId: 'tenant-2' }] },
    ],
    [
      'one to one',
      { ties: [tie, { ...tie, powerOfficeId: '501' }] },
      { ties: [tie, { ...tie, kind: 'supplier' }] },
    ],
    [
      'to the cent',
      { posted: [{ tenantId: T, label: 'i1', tribe: 12_500, powerOffice: 12_501 }] },
      { posted: [{ tenantId: T, label: 'i1', tribe: 12_500, powerOffice: 12_500 }] },
    ],
    [
      'to the cent',
      { posted: [{ tenantId: T, label: 'i1', tribe: 12_500, powerOffice: 12_501, isTold: false }] },
      { posted: [{ tenantId: T, label: 'i1', tribe: 12_500, powerOffice: 12_501, isTold: true }] },
    ],
    [
      'nothing after a pause',
      { pauses, writes: [write(500)] },
      { pauses, writes: [write(-1), write(50), write(500, { isLate: true }), write(1001)] },
    ],
    [
      'no write without a job',
      { writes: [write(0, { hadJob: false })] },
      { writes: [write(0), write(1, { hadJob: false, isLate: true })] },
    ],
  ])('%s', (law, breach, fair) => {
    expect(brokenOf(JOURNAL_LAWS, { ...NONE, ...breach }).map(nameOf)).toEqual([law])
    expect(brokenOf(JOURNAL_LAWS, { ...NONE, ...fair })).toEqual([])
  })
})

describe('a company at work', () => {
  let town: Town
  let acme: TownTenant
  let monitor: Monitor
  beforeAll(async () => {
    town = new Town(7)
    monitor = new Monitor(town)
    acme = await town.addTenant({ settings: { invoices: { enabled: true, mode: 'book' } } })
    await town.waitFor(acme.mapAsProposed())
    await town.waitFor(acme.activate())
    const { roleId } = acme.crm.hasCustomer({ organization: { Name: 'Nordvik Bygg AS' } })
    const id = acme.crm.hasInvoice({
      roleId,
      lines: [{ description: 'Arbeid', price: 100, quantity: 2, vatGroup: 'NO25' }],
    })
    acme.crm.sendInvoice(id)
    expect(await town.quiet()).toBeNull()
  })
  afterAll(() => town.platform.close())
  const journal = () => monitor.journal(linesIn(town.logged.join('\n')), true)

  test('keeps all laws, and is seen at it', () => {
    expect(monitor.broken(true)).toEqual([])
    const { writes, marked, ties, posted, arrivals } = journal()
    expect(writes.every(({ hadJob, tenantId }) => hadJob && tenantId === acme.id)).toBe(true)
    expect(writes.map(({ path }) => path)).toContain('/v2/SalesOrders/Complete')
    expect(marked.map(({ what }) => what).sort()).toEqual(['customer', 'voucher'])
    expect(posted).toMatchObject([{ tribe: 25_000, powerOffice: 25_000 }])
    expect(ties.map(({ kind }) => kind).sort()).toEqual(['customer', 'invoice'])
    expect(
      [arrivals.powerOffice.length, arrivals.tribe.get(acme.id)?.length].every((n) => Number(n) > 5),
    ).toBe(true)
    const told = jobsOf(linesIn(town.logged.join('\n'))).flatMap(({ told }) => told.map(({ event }) => event))
    expect(told).toEqual(expect.arrayContaining(['created-in-poweroffice', 'posting-asked', 'posted']))
  })

  test('is seen when something of its writes while it is paused, and without a job', async () => {
    await town.waitFor(acme.api('POST', '/pause'))
    expect(journal().pauses).toMatchObject([{ tenantId: acme.id }])
    await town.passMinutes(1)
    const calls = town.calls.filter(({ path, method }) => method === 'PUT' && path.includes('/odata/'))
    const last = calls.at(-1)
    const { all } = town.tribe.log
    const seen = all.findLast((one) => one.method === 'PUT')
    if (!last || !seen) throw new Error('nothing was written to Tribe')
    // The same once more, by nobody.
    all.push({ ...seen, at: town.timeline.now() })
    for (const watch of town.watchers) watch({ ...last, at: town.timeline.now() })
    const broken = monitor.broken(true).map(nameOf)
    expect(broken).toEqual(expect.arrayContaining(['nothing after a pause', 'no write without a job']))
  })
})

describe('a town in which an order is made anew', () => {
  let town: Town
  let monitor: Monitor
  let acme: TownTenant
  let id: string
  beforeEach(async () => {
    town = new Town(7)
    monitor = new Monitor(town)
    acme = await town.addTenant({
      settings: { invoices: { enabled: true, mode: 'book' } },
      tribe: { frozenInvoices: false },
    })
    await town.waitFor(acme.mapAsProposed())
    await town.waitFor(acme.activate())
    const { roleId } = acme.crm.hasCustomer({ organization: { Name: 'Nordvik Bygg AS' } })
    acme.books.setLockDate('2026-06-30')
    id = acme.crm.hasInvoice({ roleId })
    acme.crm.sendInvoice(id)
    await town.quiet()
    acme.books.setLockDate(null)
  })
  afterEach(() => town.platform.close())

  test('by a run after one that was cut off just when it had taken the first away: all laws hold', async () => {
    let isCut = false
    town.watchers.push(({ method, path }) => {
      if (isCut || method !== 'DELETE' || !/SalesOrders/.test(path)) return
      isCut = true
      acme.object.reset()
    })
    acme.crm.edit(id, { CustomerReference: 'PO-77' })
    await town.quiet()
    await town.passMinutes(5)
    expect([isCut, acme.books.postedInvoices().length]).toEqual([true, 1])
    // The log alone has two orders, and nothing of the first one's end; by its count a run is missing.
    const lines = linesIn(town.logged.join('\n'))
    expect(brokenOf(LOG_LAWS, lines).map(nameOf)).toContain('one to one')
    expect([brokenOf(LOG_LAWS, withCutOff(lines)), monitor.broken(true)]).toEqual([[], []])
  })

  test.each([
    ['nobody took the first away', false],
    ['a bookkeeper took the first away, which is not made again by itself', true],
  ])('and where %s, a twin is seen, though the object was cut off', async (_, isDeleted) => {
    acme.object.reset()
    const [order] = acme.books.salesOrders()
    const line = town.logged.find((one) => one.includes('created-in-poweroffice invoice'))
    if (!order || !line) throw new Error('no order was made')
    if (isDeleted) acme.books.deleteDraft(order.Id)
    town.logged.push(
      line.replaceAll(order.Id, `${order.Id.slice(0, -1)}f`).replace('"attempt":1', '"attempt":2'),
    )
    expect(monitor.broken(false).map(nameOf)).toEqual(['no twin', 'one to one'])
  })
})
