import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { addDays, dayIn } from '../../src/shared/dates'
import type { TribeOptions } from '../fakes/tribe'
import { anOfficeAt, codesOf } from './office'
import { map, own, paymentsSwept, row } from './own-rows'
import { type Relay, startRelay, type Tenant } from './relay'
import { only } from './shop'

/** Fields of an admin's own at their edges: days around midnight, blanks and accents, what was mapped before, and what a look costs. */

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => expect(relay.violations()).toEqual([]))
afterAll(() => relay.close())

const F = { since: own('a'), open: own('b'), revenue: own('c'), days: own('d') }
const OF_INVOICE = { day: own('e'), project: own('f') }
const customFields = {
  Relation_Organization: {
    [F.since]: 'instant',
    [F.open]: 'double',
    [F.revenue]: 'double',
    [F.days]: 'double',
  },
  Activity_Invoice: { [OF_INVOICE.day]: 'date', [OF_INVOICE.project]: 'string' },
} satisfies TribeOptions['customFields']

const told = (tribeField: string, powerOfficeField: string) =>
  row('customer', tribeField, powerOfficeField, 'to-tribe')

async function anOffice(rows: object[], mode: 'draft' | 'book' = 'book') {
  const office = await anOfficeAt(relay, mode, { tribe: { customFields } })
  await map(office.tenant, rows)
  return office
}
const sweep = (tenant: Tenant) => paymentsSwept(relay, tenant)

test.each([
  ['2026-05-16T22:00:00Z', '2026-05-17', 'midnight in summer'],
  ['2026-05-17T21:59:59Z', '2026-05-17', 'the last second of a day in summer'],
  ['2025-12-31T23:00:00Z', '2026-01-01', 'the turn of the year'],
  ['2026-03-28T23:00:00Z', '2026-03-29', 'the day when summer time begins'],
  ['2026-03-29T22:00:00Z', '2026-03-30', 'the day after'],
  ['2026-10-24T22:00:00Z', '2026-10-25', 'the day when it ends'],
  ['2026-10-25T23:00:00Z', '2026-10-26', 'the day after that'],
  ['2024-02-28T23:00:00Z', '2024-02-29', 'a leap day'],
  ['2026-05-17T00:00:00Z', '2026-05-17', 'midnight in UTC, as the relay itself writes it'],
])('an instant of Tribe, %s, is the day %s in PowerOffice: %s', async (instant, day) => {
  const { tenant, organizationId } = await anOffice([row('customer', F.since, 'CustomerSince', 'both')])
  const { crm, books } = tenant
  crm.edit(organizationId, { [F.since]: instant })
  await tenant.quiet()
  expect(only(books.customers()).CustomerSince).toBe(day)
  await tenant.sync('compare')
  expect([crm.get(organizationId)?.[F.since], await codesOf(tenant)]).toEqual([instant, []])
  books.editCustomer(only(books.customers()).Id, { CustomerSince: addDays(day, 1) })
  await tenant.poll()
  await tenant.sync('compare')
  expect(crm.get(organizationId)?.[F.since]).toBe(`${addDays(day, 1)}T00:00:00Z`)
  expect(only(books.customers()).CustomerSince).toBe(addDays(day, 1))
})

test.each([
  ['2025-12-31T23:30:00+00:00', '2026-01-01'],
  ['2026-01-01T00:30:00+01:00', '2026-01-01'],
  ['2026-01-31T22:59:59+00:00', '2026-01-31'],
  ['2026-02-28T23:30:00+00:00', '2026-03-01'],
])('what was delivered at %s was delivered on the day %s', async (SentDateTimeOffset, day) => {
  const { tenant, roleId } = await anOffice([
    row('invoice', OF_INVOICE.day, 'invoice.deliveredAt', 'to-tribe'),
  ])
  const id = tenant.crm.hasInvoice({ roleId })
  tenant.crm.sendInvoice(id)
  await tenant.quiet()
  const posted = only(tenant.books.postedInvoices())
  tenant.books.invoices.put({ ...posted, SentDateTimeOffset })
  await sweep(tenant)
  expect(tenant.crm.get(id)?.[OF_INVOICE.day]).toBe(day)
})

test('a field that somebody edits while it is not mapped is right again once it is mapped', async () => {
  const { tenant, organizationId } = await anOffice([told(F.open, 'receivables.open')])
  const { crm, books } = tenant
  books.hasInvoice(only(books.customers()).Id, { TotalAmount: 100 })
  await sweep(tenant)
  await map(tenant, [])
  crm.edit(organizationId, { [F.open]: 55 })
  await tenant.quiet()
  await map(tenant, [told(F.open, 'receivables.open')])
  expect(crm.get(organizationId)?.[F.open]).toBe(100)
  // What nobody has edited is not written again.
  await map(tenant, [])
  relay.tribe.log.clear()
  await map(tenant, [told(F.open, 'receivables.open')])
  expect(tenant.tribeWrites()).toEqual([])
})

test('an invoice that bears a later day is no revenue of the last twelve months', async () => {
  const { tenant, organizationId } = await anOffice([told(F.revenue, 'receivables.revenue12Months')])
  const today = dayIn(new Date(Date.now()), 'Europe/Oslo')
  const customerId = only(tenant.books.customers()).Id
  for (const [days, net] of [
    [0, 1],
    [1, 10],
    [30, 100],
  ] as const)
    tenant.books.hasInvoice(customerId, {
      TotalAmount: net,
      NetPostedAmount: net,
      VoucherDate: addDays(today, days),
    })
  await sweep(tenant)
  expect(tenant.crm.get(organizationId)?.[F.revenue]).toBe(1)
})

test.each([
  ['accents that are encoded in another way', 'Ålesund'.normalize('NFD'), 'Ålesund'],
  ['a blank that does not break, at its end', 'BRO\u00a0', 'BRO'],
  ['a blank of no width', 'BRO\u200b', 'BRO'],
  ['two blanks', 'bro  1', 'BRO 1'],
  ['a blank that does not break', 'BRO\u00a01', 'BRO 1'],
])('a project is found by its code in spite of %s', async (_, said, Code) => {
  const rows = [row('invoice', OF_INVOICE.project, 'order.project', 'to-poweroffice')]
  const { tenant, roleId } = await anOffice(rows, 'draft')
  const project = tenant.books.hasProject({ Code })
  tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId, fields: { [OF_INVOICE.project]: said } }))
  await tenant.quiet()
  expect([await codesOf(tenant), only(tenant.books.salesOrders()).ProjectId]).toEqual([[], project.Id])
})

test('a look at a customer costs four calls to PowerOffice at most, also with a term that PowerOffice does not have', async () => {
  const { tenant, roleId } = await anOffice([
    told(F.open, 'receivables.open'),
    told(F.days, 'receivables.medianDaysToPay'),
    told(F.revenue, 'receivables.revenue12Months'),
  ])
  tenant.crm.edit(roleId, { PaymentTermInDays: 37 })
  await tenant.quiet()
  await relay.sleep(60_000)
  relay.powerOffice.log.clear()
  const { body } = await tenant.api('GET', `/records?kind=customer&tribeId=${roleId}&values=true`)
  const term = body.fields.find(({ field }: { field: string }) => field === 'paymentDays')
  expect(term).toMatchObject({ tribe: 37, next: 'none', because: 'payment_term.unknown' })
  expect(tenant.calls()).toHaveLength(4)
})

test('ids of phases, units and VAT groups may be written in capitals', async () => {
  const { tenant, roleId } = await anOffice([], 'draft')
  const phase = (code: string) =>
    String(tenant.crm.invoicePhases.find(({ Code }) => Code === code)?.ID).toUpperCase()
  const settings = {
    invoices: { sentPhaseIds: [phase('Sent')] },
    payments: { paidPhaseId: phase('Paid') },
  }
  const kept = await tenant.api('PATCH', '/settings', settings)
  expect([kept.status, kept.body.payments.paidPhaseId]).toEqual([200, phase('Paid').toLowerCase()])
  for (const [path, id] of [
    ['units', 'tribeUnitId'],
    ['vat', 'tribeVatGroupId'],
  ] as const) {
    const { mappings } = (await tenant.api('GET', `/mappings/${path}`)).body
    const inCapitals = mappings.map((one: Record<string, string>) => ({
      ...one,
      [id]: one[id]?.toUpperCase(),
    }))
    const put = await tenant.put(`/mappings/${path}`, { mappings: inCapitals })
    expect([put.status, put.body.mappings]).toEqual([200, mappings])
    expect((await tenant.api('POST', '/dry-run', { [path]: { mappings: inCapitals } })).status).toBe(202)
  }
  tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId }))
  await tenant.quiet()
  await tenant.sync('compare')
  expect([tenant.books.salesOrders().length, await codesOf(tenant)]).toEqual([1, []])
})
