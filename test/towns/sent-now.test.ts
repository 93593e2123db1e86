import { describe, expect, test } from 'vitest'
import type { TownTenant } from '../platform/town'
import { type Bookkeeping, booked, codesOf, NIGHT, PAYMENTS, POLL, useBookkeeping } from './bookkeeping'

const begin = useBookkeeping()
const NOTHING = { drafts: 0, posted: 0 }
const EDITABLE = { frozenInvoices: false }
const HALF_YEAR = '2026-06-30'

/** An invoice that waits, unposted, since its period is closed. */
async function stopped(kit: Bookkeeping, settings?: Record<string, unknown>) {
  const tenant = await kit.tenant({ tribe: EDITABLE, ...(settings ? { settings } : {}) })
  const roleId = await kit.customer(tenant, 'Første AS')
  const other = await kit.customer(tenant, 'Andre AS')
  tenant.books.setLockDate(HALF_YEAR)
  const id = tenant.crm.hasInvoice({ roleId })
  tenant.crm.sendInvoice(id, { invoiceDate: '2026-03-02' })
  await kit.quiet()
  expect([booked(tenant), codesOf(tenant)]).toEqual([{ drafts: 1, posted: 0 }, ['invoice.period_closed']])
  return { tenant, id, other }
}

async function open(kit: Bookkeeping, tenant: TownTenant, how: 'retry' | 'touch' | 'night', id: string) {
  tenant.books.setLockDate(null)
  if (how === 'retry') await kit.api(tenant, 'POST', '/jobs/retry', { code: 'invoice.period_closed' })
  if (how === 'touch') tenant.crm.setPhase(id, 'FirstReminder')
  await kit.quiet()
  await kit.tick(POLL, PAYMENTS, NIGHT)
}

const customerNames = ({ books }: TownTenant) => {
  const customers = books.customers()
  const nameOf = (id: unknown) => customers.find((one) => one.Id === id)?.Name
  return books.postedInvoices().map((invoice) => nameOf(invoice.CustomerId))
}

describe('an invoice that changed in Tribe before it was posted is posted as it is now', () => {
  test.each([
    ['its customer', 'retry'],
    ['its customer', 'touch'],
    ['its date', 'retry'],
    ['its date', 'touch'],
    ['a line', 'retry'],
    ['its reference', 'retry'],
    ['the customer it is tied to', 'retry'],
  ] as const)('%s (then: %s)', async (what, how) => {
    const kit = begin()
    const { tenant, id, other } = await stopped(kit)
    const [line] = tenant.crm.all('ProductLine')
    if (what === 'its customer') tenant.crm.edit(id, { Relationship: { ID: other } })
    if (what === 'its date') tenant.crm.edit(id, { InvoiceDate: '2026-03-09' })
    if (what === 'its reference') tenant.crm.edit(id, { CustomerReference: 'PO-77' })
    if (what === 'a line') {
      tenant.crm.edit(String(line?.ID), { Description: 'Annen tekst' })
      tenant.crm.edit(id, { Subject: 'Endret' })
    }
    if (what === 'the customer it is tied to') {
      const book = tenant.books.customers().find(({ Name }) => Name === 'Andre AS')
      const role = String((tenant.crm.get(id)?.Relationship as { ID: string } | undefined)?.ID)
      await kit.api(tenant, 'POST', '/records/relink', {
        kind: 'customer',
        tribeId: role,
        powerOfficeId: String(book?.Id),
      })
    }
    await kit.quiet()
    // It is still stopped, and says so.
    expect(codesOf(tenant)).toContain('invoice.period_closed')
    expect(booked(tenant)).toEqual({ drafts: 1, posted: 0 })
    await open(kit, tenant, how, id)
    expect(booked(tenant)).toEqual({ drafts: 0, posted: 1 })
    const [posted] = tenant.books.postedInvoices()
    const isOther = what === 'its customer'
    if (what !== 'the customer it is tied to')
      expect(customerNames(tenant)).toEqual([isOther ? 'Andre AS' : 'Første AS'])
    if (what === 'its date')
      expect(posted).toMatchObject({
        VoucherDate: '2026-03-09',
        OrderDate: '2026-03-09',
        DeliveryDate: '2026-03-09',
      })
    if (what === 'its reference') expect(posted).toMatchObject({ PurchaseOrderReference: 'PO-77' })
    expect(kit.links(tenant)).toMatchObject([{ tribeId: id, powerOfficeId: posted?.Id, state: 'linked' }])
    expect(codesOf(tenant)).toEqual([])
  })

  test('a correction by the bookkeeper stands, as long as Tribe says the same', async () => {
    const kit = begin()
    const { tenant, id } = await stopped(kit)
    const [draft] = tenant.books.salesOrders()
    await open(kit, tenant, 'retry', id)
    expect(tenant.books.postedInvoices().map(({ Id }) => Id)).toEqual([draft?.Id])
  })

  test('a draft that PowerOffice does not let go is told; without it the invoice is made anew', async () => {
    const kit = begin()
    const { tenant, id, other } = await stopped(kit)
    const [draft] = tenant.books.salesOrders()
    tenant.books.editDraft(String(draft?.Id), { SalesOrderStatus: 'Confirmed' })
    tenant.crm.edit(id, { Relationship: { ID: other } })
    await kit.quiet()
    await open(kit, tenant, 'touch', id)
    expect([booked(tenant), codesOf(tenant)]).toEqual([{ drafts: 1, posted: 0 }, ['invoice.draft_outdated']])
    tenant.books.editDraft(String(draft?.Id), { SalesOrderStatus: 'Draft' })
    tenant.books.deleteDraft(String(draft?.Id))
    await kit.api(tenant, 'POST', '/jobs/retry', { code: 'invoice.draft_outdated' })
    await kit.quiet()
    expect([booked(tenant), codesOf(tenant), customerNames(tenant)]).toEqual([
      { drafts: 0, posted: 1 },
      [],
      ['Andre AS'],
    ])
  })
})

describe('an invoice that is not sent any more is not posted', () => {
  test.each(['retry', 'night'] as const)('a period was closed, then: %s', async (how) => {
    const kit = begin()
    const { tenant, id } = await stopped(kit)
    tenant.crm.setPhase(id, 'Draft')
    await kit.quiet()
    expect(codesOf(tenant)).toEqual(['invoice.taken_back'])
    await open(kit, tenant, how, id)
    expect([booked(tenant), codesOf(tenant)]).toEqual([{ drafts: 1, posted: 0 }, ['invoice.taken_back']])
    tenant.crm.setPhase(id, 'Sent')
    await kit.quiet()
    expect([booked(tenant), codesOf(tenant)]).toEqual([{ drafts: 0, posted: 1 }, []])
  })

  test.each([
    ['when it was to be made', /SalesOrders\/Complete/],
    ['when it was to be posted', /CreateAndSendInvoice/],
  ])('PowerOffice was away for an hour %s', async (_, on) => {
    const kit = begin()
    const tenant = await kit.tenant({ tribe: EDITABLE })
    const roleId = await kit.customer(tenant)
    const fault = kit.town.powerOffice.faults.add({ name: 'unavailable', on, times: 1000 })
    const id = tenant.crm.hasInvoice({ roleId })
    tenant.crm.sendInvoice(id)
    await kit.town.passMinutes(20)
    tenant.crm.setPhase(id, 'Draft')
    await kit.town.passMinutes(30)
    fault.lift()
    await kit.quiet()
    await kit.tick(POLL, PAYMENTS, NIGHT)
    expect(booked(tenant).posted).toBe(0)
    // Sent once more, with another text: that is what is booked, once.
    tenant.crm.edit(id, { CustomerReference: 'PO-2' })
    tenant.crm.setPhase(id, 'Sent')
    await kit.quiet()
    expect([booked(tenant), codesOf(tenant)]).toEqual([{ drafts: 0, posted: 1 }, []])
    expect(tenant.books.postedInvoices()).toMatchObject([{ PurchaseOrderReference: 'PO-2' }])
  })

  test('an order whose answer was lost, and whose invoice is set back meanwhile, is found and told', async () => {
    const kit = begin()
    const tenant = await kit.tenant({ tribe: EDITABLE })
    const roleId = await kit.customer(tenant)
    const fault = kit.town.powerOffice.faults.add({
      name: 'lost-after',
      on: /POST .*SalesOrders\/Complete/,
      times: 1,
    })
    const id = tenant.crm.hasInvoice({ roleId })
    tenant.crm.sendInvoice(id)
    await kit.town.timeline.runUntil(() => tenant.books.salesOrders().length === 1, 60_000, 10)
    tenant.crm.setPhase(id, 'Draft')
    fault.lift()
    await kit.quiet()
    expect([booked(tenant), codesOf(tenant)]).toEqual([{ drafts: 1, posted: 0 }, ['invoice.taken_back']])
    tenant.crm.edit(id, { CustomerReference: 'PO-2' })
    tenant.crm.setPhase(id, 'Sent')
    await kit.quiet()
    expect([booked(tenant), codesOf(tenant)]).toEqual([{ drafts: 0, posted: 1 }, []])
    expect(tenant.books.postedInvoices()).toMatchObject([{ PurchaseOrderReference: 'PO-2' }])
  })

  test('an admin cannot have one made that is a draft in Tribe', async () => {
    const kit = begin()
    const tenant = await kit.tenant()
    const id = tenant.crm.hasInvoice({ roleId: await kit.customer(tenant) })
    const asked = kit.api(tenant, 'POST', '/records/recreate', { kind: 'invoice', tribeId: id })
    await expect(asked).rejects.toThrow(/422.*invoice.not_sent/)
    await kit.quiet()
    expect(booked(tenant)).toEqual(NOTHING)
  })

  test('a draft that is with the bookkeeper is told', async () => {
    const kit = begin()
    const tenant = await kit.tenant({ settings: { invoices: { mode: 'draft' } } })
    const id = tenant.crm.hasInvoice({ roleId: await kit.customer(tenant) })
    tenant.crm.sendInvoice(id)
    await kit.quiet()
    tenant.crm.setPhase(id, 'Draft')
    await kit.quiet()
    expect([booked(tenant), codesOf(tenant)]).toEqual([{ drafts: 1, posted: 0 }, ['invoice.taken_back']])
    tenant.crm.setPhase(id, 'Sent')
    await kit.quiet()
    expect([booked(tenant), codesOf(tenant)]).toEqual([{ drafts: 1, posted: 0 }, []])
  })
})

describe('a problem ends only with its cause', () => {
  test('a draft whose total differs and that is edited in Tribe still differs', async () => {
    const kit = begin()
    const settings = { invoices: { mode: 'draft' } }
    const tenant = await kit.tenant({ settings, tribe: EDITABLE })
    const id = tenant.crm.hasInvoice({ roleId: await kit.customer(tenant), fields: { TotalIncludingVat: 1 } })
    tenant.crm.sendInvoice(id)
    await kit.quiet()
    tenant.crm.edit(id, { TotalIncludingVat: 1251, CustomerReference: 'PO-9' })
    await kit.quiet()
    const before = codesOf(tenant)
    tenant.crm.edit(id, { CustomerReference: 'PO-10' })
    await kit.quiet()
    await kit.tick(POLL, NIGHT)
    expect([before, codesOf(tenant)].map((codes) => codes.includes('invoice.total_differs'))).toEqual(
      before.includes('invoice.total_differs') ? [true, true] : [false, false],
    )
  })

  test('the night finds an order that fell out of the problems, and posts it', async () => {
    const kit = begin()
    const { tenant } = await stopped(kit)
    tenant.books.setLockDate(null)
    // As a version left it that let the problem go.
    tenant.object.sql.exec("delete from jobs where kind = 'invoice'")
    await kit.tick(NIGHT)
    expect([booked(tenant), codesOf(tenant)]).toEqual([{ drafts: 0, posted: 1 }, []])
  })

  test('the night does not wake what is told already', async () => {
    const kit = begin()
    const { tenant } = await stopped(kit)
    const since = () => tenant.jobs.problems(1).map(({ failedSince }) => failedSince)
    const before = since()
    await kit.tick(NIGHT)
    expect(since()).toEqual(before)
  })

  test('an edit in Tribe while PowerOffice posts is told once that has ended', async () => {
    const kit = begin()
    const tenant = await kit.tenant({ tribe: EDITABLE, powerOffice: { sendDelayMs: 120_000 } })
    const id = tenant.crm.hasInvoice({ roleId: await kit.customer(tenant) })
    tenant.crm.sendInvoice(id)
    await kit.town.passMinutes(1)
    expect(kit.links(tenant)).toMatchObject([{ exportState: { stage: 'sending' } }])
    tenant.crm.edit(id, { CustomerReference: 'PO-9' })
    await kit.quiet()
    await kit.tick(POLL)
    expect([booked(tenant), codesOf(tenant)]).toEqual([
      { drafts: 0, posted: 1 },
      ['invoice.changed_in_tribe'],
    ])
  })

  test('the same when it is paid before anybody looks at the edit', async () => {
    const kit = begin()
    const tenant = await kit.tenant({ tribe: EDITABLE, powerOffice: { sendDelayMs: 120_000 } })
    const id = tenant.crm.hasInvoice({ roleId: await kit.customer(tenant) })
    tenant.crm.sendInvoice(id)
    await kit.town.passMinutes(1)
    tenant.crm.edit(id, { CustomerReference: 'PO-9' }, { silent: true })
    await kit.town.passMinutes(3)
    tenant.books.receivePayment(String(tenant.books.postedInvoices()[0]?.Id), 1250)
    await kit.tick(PAYMENTS)
    await kit.quiet()
    expect([tenant.crm.phaseOf(id), codesOf(tenant)]).toEqual(['Paid', ['invoice.changed_in_tribe']])
  })

  test('what is noticed of one invoice is told side by side, and set aside one by one', async () => {
    const kit = begin()
    const tenant = await kit.tenant({ tribe: EDITABLE })
    const id = tenant.crm.hasInvoice({ roleId: await kit.customer(tenant) })
    tenant.crm.sendInvoice(id)
    await kit.quiet()
    tenant.crm.edit(id, { CustomerReference: 'PO-9' })
    await kit.quiet()
    tenant.books.reverseInvoice(String(tenant.books.postedInvoices()[0]?.Id))
    await kit.tick(PAYMENTS)
    await kit.quiet()
    expect(codesOf(tenant).sort()).toEqual(['invoice.changed_in_tribe', 'invoice.reversed'])
    const record = await kit.town.waitFor(tenant.api('GET', `/records?kind=invoice&tribeId=${id}`))
    expect(record).toMatchObject({ problem: { code: 'invoice.changed_in_tribe' } })
    await kit.town.waitFor(tenant.api('POST', '/jobs/retry', { code: 'invoice.changed_in_tribe' }))
    await kit.quiet()
    expect(codesOf(tenant)).toEqual(['invoice.reversed'])
  })

  test.each([true, false])(
    'an order that is made again, refused, and mended is there in the end (its reference is free: %s)',
    async (deletedOrderFreesReference) => {
      const kit = begin()
      const tenant = await kit.tenant({
        settings: { invoices: { mode: 'draft' } },
        powerOffice: { deletedOrderFreesReference, archivedCustomersTakeOrders: false },
      })
      const id = tenant.crm.hasInvoice({ roleId: await kit.customer(tenant) })
      tenant.crm.sendInvoice(id)
      await kit.quiet()
      tenant.books.deleteDraft(String(tenant.books.salesOrders()[0]?.Id))
      await kit.tick(NIGHT)
      const customerId = Number(tenant.books.customers()[0]?.Id)
      tenant.books.editCustomer(customerId, { IsArchived: true })
      await kit.api(tenant, 'POST', '/records/recreate', { kind: 'invoice', tribeId: id })
      await kit.quiet()
      expect([booked(tenant), codesOf(tenant)]).toEqual([NOTHING, ['invoice.customer_archived']])
      tenant.books.editCustomer(customerId, { IsArchived: false })
      await kit.api(tenant, 'POST', '/jobs/retry', { code: 'invoice.customer_archived' })
      await kit.quiet()
      expect([booked(tenant), codesOf(tenant)]).toEqual([{ drafts: 1, posted: 0 }, []])
    },
  )
})
