import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { addDays, dayIn } from '../../src/shared/dates'
import type { TribeOptions } from '../fakes/tribe'
import { anOfficeAt, codesOf } from './office'
import { map as mapRows, own, paymentsSwept } from './own-rows'
import { type Relay, startRelay, type Tenant } from './relay'
import { only, sweep as sync } from './shop'

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => {
  relay.tribe.faults.clear()
  expect(relay.violations()).toEqual([])
})
afterAll(() => relay.close())

const F = {
  open: own('a'),
  overdue: own('b'),
  credit: own('c'),
  count: own('d'),
  days: own('e'),
  last: own('f'),
  median: `_1${own('a').slice(1)}`,
  revenue: `_2${own('a').slice(1)}`,
  stop: `_3${own('a').slice(1)}`,
  why: `_4${own('a').slice(1)}`,
  delivery: `_5${own('a').slice(1)}`,
}
const INVOICE = {
  number: own('a'),
  kid: own('b'),
  balance: own('c'),
  due: own('d'),
  state: own('e'),
  at: own('f'),
}
const customFields = {
  Relation_Organization: {
    [F.open]: 'double',
    [F.overdue]: 'double',
    [F.credit]: 'double',
    [F.count]: 'int',
    [F.days]: 'int',
    [F.last]: 'date',
    [F.median]: 'double',
    [F.revenue]: 'double',
    [F.stop]: 'boolean',
    [F.why]: 'string',
    [F.delivery]: { choice: ['EHF', 'PdfByEmail', 'Print'] },
  },
  Activity_Invoice: {
    [INVOICE.number]: 'string',
    [INVOICE.kid]: 'string',
    [INVOICE.balance]: 'double',
    [INVOICE.due]: 'date',
    [INVOICE.state]: 'string',
    [INVOICE.at]: 'instant',
  },
} satisfies TribeOptions['customFields']

const to = (tribeField: string, powerOfficeField: string, record = 'customer') => ({
  record,
  tribeField,
  powerOfficeField,
  direction: 'to-tribe',
})
const RECEIVABLES = [
  to(F.open, 'receivables.open'),
  to(F.overdue, 'receivables.overdue'),
  to(F.credit, 'receivables.unallocatedCredit'),
  to(F.count, 'receivables.openInvoices'),
  to(F.days, 'receivables.oldestOverdueDays'),
  to(F.last, 'receivables.lastPaymentDate'),
  to(F.median, 'receivables.medianDaysToPay'),
  to(F.revenue, 'receivables.revenue12Months'),
]
const STATES = [
  to(F.stop, 'customer.workStop'),
  to(F.why, 'customer.workStopReason'),
  to(F.delivery, 'customer.deliveryType'),
]
const STORY = [
  to(INVOICE.number, 'invoice.number', 'invoice'),
  to(INVOICE.kid, 'invoice.kid', 'invoice'),
  to(INVOICE.balance, 'invoice.balance', 'invoice'),
  to(INVOICE.due, 'invoice.dueDate', 'invoice'),
  to(INVOICE.state, 'invoice.deliveryState', 'invoice'),
  to(INVOICE.at, 'invoice.deliveredAt', 'invoice'),
]

const anOffice = (tribe: object = {}, mode: 'book' | 'voucher' = 'book') =>
  anOfficeAt(relay, mode, { tribe: { customFields, ...tribe } })

const map = (tenant: Tenant, ...mapped: object[]) => mapRows(tenant, mapped)
const sweep = (tenant: Tenant) => paymentsSwept(relay, tenant)
/** Calls to PowerOffice and writes to Tribe that a sweep of payments costs. */
async function costOf(tenant: Tenant) {
  relay.tribe.log.clear()
  relay.powerOffice.log.clear()
  await sweep(tenant)
  const reads = relay.tribe.log.matching(/^GET \/v1\/odata/, tenant.crm.id).length
  return { calls: tenant.calls().length, writes: tenant.tribeWrites().length, reads }
}
/** So many days from today, wherever the story is told. */
const day = (days: number) => addDays(dayIn(new Date(Date.now()), 'Europe/Oslo'), days)
const bill = (tenant: Tenant, amount: number, date = day(-29), due = day(-15)) => {
  const [customer] = tenant.books.customers()
  return tenant.books.hasInvoice(customer?.Id ?? 0, {
    TotalAmount: amount,
    NetPostedAmount: amount / 1.25,
    VoucherDate: date,
    DueDate: due,
  })
}

test('what a customer owes, and how it pays, stands in Tribe after the next sweep of payments', async () => {
  const { tenant, organizationId } = await anOffice()
  const { crm, books } = tenant
  await map(tenant, ...RECEIVABLES)
  expect(crm.get(organizationId)).toMatchObject({
    [F.open]: 0,
    [F.count]: 0,
    [F.last]: null,
    [F.median]: null,
  })

  bill(tenant, 1250.5)
  const paid = bill(tenant, 625, day(-51))
  bill(tenant, 100, day(-10), day(18))
  books.receivePayment(paid.Id, 625, { date: day(-31) })
  await sweep(tenant)
  expect(crm.get(organizationId)).toMatchObject({
    [F.open]: 1350.5,
    [F.overdue]: 1250.5,
    [F.credit]: 0,
    [F.count]: 2,
    [F.days]: 15,
    [F.last]: day(-31),
    [F.median]: 20,
    [F.revenue]: 1580.4,
  })
  expect(await tenant.events(`kind=customer&tribeId=${only(crm.customers()).ID}`)).toContain('updated-tribe')
})

test('a second sweep writes nothing, and all of it costs three calls more than none', async () => {
  const { tenant } = await anOffice()
  bill(tenant, 500)
  await sweep(tenant)
  const without = await costOf(tenant)
  await map(tenant, ...RECEIVABLES)
  await sweep(tenant)
  const settled = await costOf(tenant)
  expect(settled).toEqual({ ...without, calls: without.calls + 3 })
  expect(settled.writes).toBe(0)
})

test('without a mapping the calls are what they were, to the byte', async () => {
  const { tenant } = await anOffice()
  const journal = async () => {
    relay.powerOffice.log.clear()
    relay.tribe.log.clear()
    await sweep(tenant)
    const line = ({ method, path }: { method: string; path: string }) => `${method} ${path}`
    return [...tenant.calls().map(line), ...relay.tribe.log.matching(/./, tenant.crm.id).map(line)]
  }
  await sweep(tenant)
  const before = await journal()
  await map(tenant, ...RECEIVABLES)
  await map(tenant)
  const after = await journal()
  const shape = (lines: string[]) => lines.map((line) => line.replace(/\d{4}-\d\d-\d\dT[\d:.%A-Z]*/g, 'T'))
  expect(shape(after)).toEqual(shape(before))
  expect(after.join('\n')).not.toMatch(/ledger/i)
})

/** `CUSTOMERS=2000` takes a minute and more. */
const MANY = Number(process.env.CUSTOMERS ?? 200)

test('thirty customers of many change: thirty writes, and three calls more', async () => {
  const { tenant } = await anOffice({ maxConcurrent: 8 })
  const { crm, books } = tenant
  await map(tenant, ...RECEIVABLES)
  const made = Array.from({ length: MANY }, (_, n) => books.hasCustomer({ Name: `Kunde ${n} AS` }))
  await tenant.poll()
  await sweep(tenant)
  expect(crm.customers()).toHaveLength(MANY + 1)
  const without = await costOf(tenant)
  for (const { Id } of made.slice(0, 30)) books.hasInvoice(Id, { TotalAmount: 100 })
  relay.tribe.log.clear()
  relay.powerOffice.log.clear()
  await sweep(tenant)
  expect(crm.all('Relation_Organization').filter((one) => one[F.open] === 100)).toHaveLength(30)
  expect(tenant.tribeWrites()).toHaveLength(30)
  expect(tenant.calls().length).toBe(without.calls)
})

test('what a bookkeeper set of a customer, and an invoice’s own story', async () => {
  const { tenant, roleId, organizationId } = await anOffice()
  const { crm, books } = tenant
  await map(tenant, ...STATES, ...STORY)
  const id = crm.hasInvoice({ roleId })
  crm.sendInvoice(id)
  await tenant.quiet()
  const posted = only(books.postedInvoices())
  const customer = only(books.customers())
  books.editCustomer(customer.Id, { JobStop: true, JobStopReason: 'Ubetalt', InvoiceDeliveryType: 'EHF' })
  await sweep(tenant)
  expect(crm.get(organizationId)).toMatchObject({
    [F.stop]: true,
    [F.why]: 'Ubetalt',
    [F.delivery]: { ID: crm.lookupId(F.delivery.replace(/^_?[0-9a-f]{8}/, 'c0ffee00'), 'EHF') },
  })
  expect(crm.get(id)).toMatchObject({
    [INVOICE.number]: String(posted.InvoiceNo),
    [INVOICE.kid]: posted.Cid,
    [INVOICE.balance]: 1250,
    [INVOICE.due]: posted.DueDate,
    [INVOICE.state]: 'Print',
    [INVOICE.at]: expect.stringContaining(`${new Date(Date.now()).toISOString().slice(0, 10)}T`),
  })
  books.receivePayment(posted.Id, 1000)
  books.editCustomer(customer.Id, { JobStop: false, JobStopReason: null })
  await sweep(tenant)
  expect(crm.get(id)).toMatchObject({ [INVOICE.balance]: 250 })
  expect(crm.get(organizationId)).toMatchObject({ [F.stop]: false, [F.why]: null })
  expect(await codesOf(tenant)).toEqual([])
})

test('what Tribe issued itself, and PowerOffice booked as a voucher, is owed and sold like any other', async () => {
  const { tenant, roleId, organizationId } = await anOffice({}, 'voucher')
  const { crm, books } = tenant
  await map(tenant, ...RECEIVABLES, ...STORY)
  const id = crm.hasInvoice({ roleId })
  crm.sendInvoice(id)
  await tenant.quiet()
  const posted = only(books.postedInvoices())
  await sweep(tenant)
  expect(crm.get(id)).toMatchObject({ [INVOICE.number]: String(posted.InvoiceNo), [INVOICE.balance]: 1250 })
  expect(crm.get(organizationId)).toMatchObject({ [F.open]: 1250, [F.count]: 1, [F.revenue]: 1000 })
  books.receivePayment(posted.Id, 1250)
  await sweep(tenant)
  expect(crm.get(id)).toMatchObject({ [INVOICE.balance]: 0 })
  expect(crm.get(organizationId)).toMatchObject({ [F.open]: 0, [F.count]: 0, [F.revenue]: 1000 })
  expect(await codesOf(tenant)).toEqual([])
})

test.each(['ignore', 'refuse'] as const)(
  'a field is emptied as far as Tribe lets: nulls it would %s',
  async (nullWrites) => {
    const { tenant, organizationId } = await anOffice({ nullWrites })
    const { crm, books } = tenant
    const customer = only(books.customers())
    await map(tenant, ...STATES)
    books.editCustomer(customer.Id, { JobStop: true, JobStopReason: 'Ubetalt' })
    await sweep(tenant)
    books.editCustomer(customer.Id, { JobStop: false, JobStopReason: null })
    await sweep(tenant)
    expect(crm.get(organizationId)).toMatchObject({ [F.stop]: false, [F.why]: '' })
  },
)

test('a field that vanishes rests by name, the others go on, and it comes back by itself', async () => {
  const { tenant, organizationId } = await anOffice()
  const { crm } = tenant
  await map(tenant, ...RECEIVABLES)
  const back = crm.dropField('Relation_Organization', F.open)
  bill(tenant, 500)
  await sweep(tenant)
  expect(await codesOf(tenant)).toEqual(['field.gone'])
  expect(only((await tenant.status()).problems as { message: string }[]).message).toContain(F.open)
  expect(crm.get(organizationId)).toMatchObject({ [F.overdue]: 500 })
  // It is known to be gone: nothing is tried, and nothing more is told.
  bill(tenant, 500)
  await sweep(tenant)
  expect(await codesOf(tenant)).toEqual(['field.gone'])
  expect(crm.get(organizationId)).toMatchObject({ [F.overdue]: 1000 })
  back()
  await sweep(tenant)
  expect(await codesOf(tenant)).toEqual([])
  expect(crm.get(organizationId)).toMatchObject({ [F.open]: 1000 })
})

test('a field that changes its type rests, until it is mapped anew', async () => {
  const { tenant, organizationId } = await anOffice()
  const { crm } = tenant
  await map(tenant, to(F.overdue, 'receivables.overdue'), to(F.open, 'receivables.open'))
  crm.retypeField('Relation_Organization', F.open, 'boolean')
  bill(tenant, 500)
  await sweep(tenant)
  expect(await codesOf(tenant)).toEqual(['field.type_changed'])
  expect(crm.get(organizationId)).toMatchObject({ [F.overdue]: 500 })
  await map(tenant, to(F.overdue, 'receivables.overdue'), to(F.open, 'customer.workStop'))
  expect(await codesOf(tenant)).toEqual([])
  expect(crm.get(organizationId)).toMatchObject({ [F.open]: false })
})

test('a Tribe that lets nothing of a sent invoice be changed says so once for each field', async () => {
  const { tenant, roleId } = await anOffice({ customFieldsThaw: false })
  await map(tenant, ...STORY.slice(0, 2))
  for (let n = 0; n < 12; n++) {
    tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId }))
    await tenant.quiet()
  }
  relay.tribe.log.clear()
  await sweep(tenant)
  expect(await codesOf(tenant)).toEqual(['field.refused', 'field.refused'])
  // Five refusals of each are enough to know.
  expect(tenant.tribeWrites(/Activity_Invoice/).length).toBeLessThanOrEqual(8 * 3)
})

test('a list that PowerOffice does not let us read costs its own rows alone', async () => {
  const { tenant, organizationId } = await anOffice()
  const { crm, books } = tenant
  books.setPrivileges(books.privileges.filter((name) => name !== 'CustomerLedger'))
  await map(tenant, to(F.open, 'receivables.open'), to(F.revenue, 'receivables.revenue12Months'))
  bill(tenant, 500)
  await sweep(tenant)
  expect(await codesOf(tenant)).toEqual(['field.not_allowed'])
  expect(crm.get(organizationId)).toMatchObject({ [F.open]: null, [F.revenue]: 400 })
  books.setPrivileges([...books.privileges, 'CustomerLedger'])
  await sweep(tenant)
  expect(await codesOf(tenant)).toEqual([])
  expect(crm.get(organizationId)).toMatchObject({ [F.open]: 500 })
})

test('amounts are kept as fingerprints, and nothing of them in clear', async () => {
  const { tenant } = await anOffice()
  await map(tenant, ...RECEIVABLES)
  bill(tenant, 98_765.43)
  await sweep(tenant)
  const kept = JSON.stringify([
    await relay.sql('select * from told_fields'),
    await relay.sql('select * from timeline'),
    await relay.objectSql(tenant.id, 'select * from cursors'),
    await relay.objectSql(tenant.id, 'select * from jobs'),
  ])
  expect(kept).toContain(F.open)
  expect(kept).not.toMatch(/98.?765/)

  const { told } = (await tenant.api('GET', '/export')).body
  const row = only(told as { kind: string; tribeId: string; prints: Record<string, string> }[])
  expect(row).toMatchObject({ kind: 'customer', prints: { [F.open]: expect.any(String) } })
  const ofRecord = (await tenant.api('GET', `/export?kind=customer&tribeId=${row.tribeId}`)).body
  expect(ofRecord.told).toMatchObject([{ tribeId: row.tribeId }])
})

// ── Edited by hand in Tribe ─────────────────────────────────────────────────

const SILENT = { silent: true }
const EDITS = [
  ['another amount', F.open, 99],
  ['nothing', F.open, null],
  ['a number where there is none', F.days, 7],
  ['a stop where there is none', F.stop, true],
] as const

test.each(EDITS)(
  'what is told is put right when somebody enters %s: by the event, with no call for the record',
  async (_, field, value) => {
    const { tenant, organizationId } = await anOffice()
    bill(tenant, 1250.5, day(-5), day(18))
    await map(tenant, ...RECEIVABLES, ...STATES)
    await sweep(tenant)
    const ours = tenant.crm.get(organizationId)?.[field]
    relay.tribe.log.clear()
    tenant.crm.edit(organizationId, { [field]: value })
    await tenant.quiet()
    expect(tenant.crm.get(organizationId)?.[field]).toEqual(ours)
    expect(tenant.tribeWrites()).toHaveLength(1)
    expect(await codesOf(tenant)).toEqual([])
    // As it was, nothing is left to do.
    relay.tribe.log.clear()
    await sync(tenant, 'compare')
    await sweep(tenant)
    expect(tenant.tribeWrites()).toEqual([])
  },
)

test('where there was never anything to tell, what somebody enters stays', async () => {
  const { tenant, organizationId } = await anOffice()
  await map(tenant, ...RECEIVABLES, ...STATES)
  await sweep(tenant)
  tenant.crm.edit(organizationId, { [F.last]: day(-28), [F.why]: 'Ring først' })
  await tenant.quiet()
  await sync(tenant, 'compare')
  expect(tenant.crm.get(organizationId)).toMatchObject({ [F.last]: day(-28), [F.why]: 'Ring først' })
})

test('what is told is put right by the nightly comparison when no event told of the edit; the same value is no edit', async () => {
  const { tenant, organizationId } = await anOffice()
  bill(tenant, 1250.5)
  await map(tenant, ...RECEIVABLES)
  await sweep(tenant)
  relay.tribe.log.clear()
  tenant.crm.edit(organizationId, { [F.open]: 1250.5 })
  await tenant.quiet()
  expect(tenant.tribeWrites()).toEqual([])
  tenant.crm.edit(organizationId, { [F.open]: 1 }, SILENT)
  await sync(tenant, 'compare')
  expect(tenant.crm.get(organizationId)?.[F.open]).toBe(1250.5)
  expect(tenant.tribeWrites()).toHaveLength(1)
})

test('what is set back three times within the hour is left alone and reported, until the books say otherwise', async () => {
  const { tenant, organizationId } = await anOffice()
  bill(tenant, 1000, day(-5), day(18))
  await map(tenant, ...RECEIVABLES)
  await sweep(tenant)
  const open = () => tenant.crm.get(organizationId)?.[F.open]
  for (let n = 1; n <= 3; n++) {
    tenant.crm.edit(organizationId, { [F.open]: n })
    await tenant.quiet()
    expect(open()).toBe(1000)
  }
  tenant.crm.edit(organizationId, { [F.open]: 4 })
  await tenant.quiet()
  expect([open(), await codesOf(tenant)]).toEqual([4, ['relation.flapping']])
  bill(tenant, 500, day(-4), day(18))
  await sweep(tenant)
  expect(open()).toBe(1500)
})

test('what is told of an invoice is put right where somebody edits it', async () => {
  const { tenant, roleId } = await anOffice()
  await map(tenant, ...STORY)
  const id = tenant.crm.hasInvoice({ roleId })
  tenant.crm.sendInvoice(id)
  await tenant.quiet()
  await sweep(tenant)
  const number = tenant.crm.get(id)?.[INVOICE.number]
  expect(number).toBeTruthy()
  relay.tribe.log.clear()
  tenant.crm.edit(id, { [INVOICE.number]: 'min egen' })
  await tenant.quiet()
  expect(tenant.crm.get(id)?.[INVOICE.number]).toBe(number)
  expect(tenant.tribeWrites()).toHaveLength(1)
})

// ── Seen live ───────────────────────────────────────────────────────────────

const seen = async (tenant: Tenant, query: string) => {
  const { status, body } = await tenant.api('GET', `/records?${query}&values=true`)
  expect(status).toBe(200)
  const fields = body.fields as {
    field: string
    tribe: unknown
    powerOffice: unknown
    next: string
    because: string
  }[]
  return (name: string) => fields.find(({ field }) => field === name)
}

test('a record shows live what goes to Tribe alone: what would be told next, and in as few calls', async () => {
  const { tenant, organizationId, roleId } = await anOffice()
  await map(tenant, ...RECEIVABLES, ...STATES, ...STORY)
  const id = tenant.crm.hasInvoice({ roleId })
  tenant.crm.sendInvoice(id)
  await tenant.quiet()
  relay.tribe.log.clear()
  relay.powerOffice.log.clear()
  const before = await seen(tenant, `kind=customer&tribeId=${roleId}`)
  expect(before('receivables.open')).toMatchObject({
    tribe: 0,
    powerOffice: 1250,
    next: 'to-tribe',
    because: 'changed-in-poweroffice',
  })
  expect(before('customer.workStop')).toMatchObject({ tribe: false, powerOffice: false, because: 'same' })
  expect(relay.tribe.log.matching(/odata/, tenant.crm.id).length).toBeLessThanOrEqual(6)
  expect(tenant.calls().length).toBeLessThanOrEqual(4)
  const story = await seen(tenant, `kind=invoice&tribeId=${id}`)
  expect(story('invoice.balance')).toMatchObject({ tribe: null, powerOffice: 1250, next: 'to-tribe' })
  await sweep(tenant)
  expect((await seen(tenant, `kind=invoice&tribeId=${id}`))('invoice.balance')).toMatchObject({
    tribe: 1250,
    next: 'none',
    because: 'same',
  })
  tenant.crm.edit(organizationId, { [F.open]: 3 }, SILENT)
  const edited = await seen(tenant, `kind=customer&tribeId=${roleId}`)
  expect(edited('receivables.open')).toMatchObject({
    tribe: 3,
    powerOffice: 1250,
    next: 'to-tribe',
    because: 'one-way-from-poweroffice',
  })
})

test('a customer that is not linked yet shows what would be told of it', async () => {
  const { tenant } = await anOffice()
  await map(tenant, ...RECEIVABLES)
  const { Id } = tenant.books.hasCustomer({ Name: 'Ny AS' })
  tenant.books.hasInvoice(Id, {
    TotalAmount: 500,
    NetPostedAmount: 400,
    VoucherDate: day(-29),
    DueDate: day(-15),
  })
  const shown = await seen(tenant, `kind=customer&powerOfficeId=${Id}`)
  expect(shown('name')).toMatchObject({ powerOffice: 'Ny AS', next: 'to-tribe', because: 'not-linked' })
  expect(shown('receivables.open')).toMatchObject({
    tribe: null,
    powerOffice: 500,
    next: 'to-tribe',
    because: 'not-linked',
  })
})
