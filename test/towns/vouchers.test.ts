import { expect, test, vi } from 'vitest'
import { ALL_PRIVILEGES } from '../fakes/poweroffice'
import { booked, codesOf, NIGHT, PAYMENTS, POLL, useBookkeeping } from './bookkeeping'

/** Invoices that Tribe has issued: booked under Tribe's own number, with Tribe's PDF as their documentation. */
vi.setConfig({ testTimeout: 120_000 })
const begin = useBookkeeping()
const VOUCHER = { settings: { invoices: { mode: 'voucher' } } }

test('an invoice arrives under its own number, with its paper', async () => {
  const kit = begin()
  const tenant = await kit.tenant(VOUCHER)
  const { crm, books } = tenant
  const roleId = await kit.customer(tenant)
  const product = crm.hasProduct({ Name: 'Time', SalesPrice: 1000 }, { silent: true })
  const lines = [
    { product, quantity: 2.5 },
    { description: 'Frakt', price: 99.5, quantity: 1, vatGroup: 'NO15' },
    { description: 'Takk for handelen', price: 0 },
  ]
  const id = crm.hasInvoice({ roleId, lines, fields: { CustomerReference: 'PO 7' } })
  crm.sendInvoice(id, { invoiceDate: '2026-03-01', dueDate: '2026-03-20' })
  await kit.quiet()
  expect(tenant.problems()).toEqual([])
  expect(booked(tenant)).toEqual({ drafts: 0, posted: 1 })
  const [posted] = books.postedInvoices()
  const voucherId = String(posted?.Id)
  expect(posted).toMatchObject({
    InvoiceNo: 20260001,
    VoucherType: 'OutgoingInvoice',
    VoucherDate: '2026-03-01',
    DueDate: '2026-03-20',
    CurrencyCode: 'NOK',
    NetAmount: 2599.5,
    TotalAmount: 3239.43,
    PurchaseOrderReference: 'PO 7',
  })
  expect(books.voucher(voucherId)).toMatchObject({
    Description: 'Faktura 2026-0001',
    VoucherLines: [
      { Description: 'Time', Quantity: 2.5, UnitOfMeasureType: 'HUR', CurrencyAmount: 3125 },
      { Description: 'Frakt', Quantity: 1, CurrencyAmount: 114.43 },
    ],
  })
  expect(books.postingsOf(voucherId)).toMatchObject([
    { accountNo: 3000, vatCode: '3', net: 2500, vat: 625 },
    { accountNo: 3010, vatCode: '31', net: 99.5, vat: 14.93 },
  ])
  expect(new TextDecoder().decode(books.documents.get(voucherId)?.bytes)).toContain('2026-0001')
  expect(kit.links(tenant)).toMatchObject([
    {
      tribeId: id,
      powerOfficeId: voucherId,
      number: '20260001',
      state: 'linked',
      exportState: { mode: 'voucher', stage: 'posted', isDocumented: true },
    },
  ])
  expect(kit.town.violations()).toEqual([])
  // No product was made for it.
  expect(books.products()).toEqual([])
  books.receivePayment(voucherId, 3239.43)
  await kit.tick(PAYMENTS)
  expect(crm.phaseOf(id)).toBe('Paid')
})

test.each([
  ['2026-0142', 20260142],
  ['F-17', 17],
  ['Faktura nr. 0042/B', 42],
  ['9223372036854', 9223372036854],
])('the number %s is %d in PowerOffice', async (number, no) => {
  const kit = begin()
  const tenant = await kit.tenant(VOUCHER)
  const roleId = await kit.customer(tenant)
  const id = tenant.crm.hasInvoice({ roleId, silent: true })
  tenant.crm.sendInvoice(id, { silent: true })
  tenant.crm.edit(id, { Number: number })
  await kit.quiet()
  expect([codesOf(tenant), tenant.books.postedInvoices().map(({ InvoiceNo }) => InvoiceNo)]).toEqual([
    [],
    [no],
  ])
  const [posted] = tenant.books.postedInvoices()
  expect(tenant.books.voucher(String(posted?.Id))?.Description).toBe(`Faktura ${number}`)
})

test('a client that may not use sales orders needs them for nothing, and none is asked for', async () => {
  const kit = begin()
  const privileges = ALL_PRIVILEGES.filter((one) => !one.startsWith('SalesOrder'))
  // One that is older than the tenant, which may be in the books already.
  let old = ''
  const tenant = await kit.tenant({
    ...VOUCHER,
    powerOffice: { privileges },
    before: ({ crm }) => {
      const { roleId } = crm.hasCustomer({ organization: { Name: 'Gammel AS' }, silent: true })
      old = crm.hasInvoice({ roleId, silent: true })
    },
  })
  const list: { step: string; ok: boolean }[] = await kit.api(tenant, 'GET', '/checklist')
  expect(list.filter(({ ok }) => !ok)).toEqual([])
  tenant.crm.sendInvoice(old)
  const roleId = await kit.customer(tenant)
  const id = tenant.crm.hasInvoice({ roleId })
  tenant.crm.sendInvoice(id)
  await kit.quiet()
  expect([booked(tenant), codesOf(tenant)]).toEqual([{ drafts: 0, posted: 2 }, []])
  const [first, second] = tenant.books.postedInvoices()
  tenant.books.receivePayment(String(first?.Id), Number(first?.TotalAmount))
  tenant.crm.sendInvoice(tenant.crm.creditInvoice(id))
  await kit.tick(POLL, PAYMENTS, NIGHT)
  expect(tenant.crm.phaseOf(old)).toBe('Paid')
  await kit.api(tenant, 'GET', `/records?kind=invoice&tribeId=${id}&values=true`)
  const pair = { kind: 'invoice', tribeId: id, powerOfficeId: String(second?.Id) }
  await kit.api(tenant, 'POST', '/records/relink', pair)
  // One that PowerOffice does not show any more.
  tenant.books.invoices.hide(String(second?.Id), true)
  await kit.tick(NIGHT, PAYMENTS)
  await kit.api(tenant, 'GET', `/records?kind=invoice&tribeId=${id}&values=true`)
  const asked = kit.town.calls.filter(({ path }) => /SalesOrders/.test(path))
  expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([])
  expect((await kit.api(tenant, 'GET', '/status')).state).toBe('active')
  expect(kit.town.violations()).toEqual([])
})

test('orders of another mode are still followed once vouchers are wanted', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ settings: { invoices: { mode: 'draft' } } })
  const roleId = await kit.customer(tenant)
  const id = tenant.crm.hasInvoice({ roleId })
  tenant.crm.sendInvoice(id)
  await kit.quiet()
  await kit.api(tenant, 'PATCH', '/settings', { invoices: { mode: 'voucher' } })
  const since = kit.town.calls.length
  await kit.tick(NIGHT)
  expect(kit.town.calls.slice(since).some(({ path }) => /SalesOrders/.test(path))).toBe(true)
  tenant.books.sendDraft(String(tenant.books.salesOrders()[0]?.Id))
  await kit.tick(PAYMENTS)
  expect(kit.links(tenant)).toMatchObject([{ exportState: { mode: 'draft', stage: 'posted' } }])
  expect([booked(tenant), codesOf(tenant)]).toEqual([{ drafts: 0, posted: 1 }, []])
})

test('a rate that is still to come is no reason to stop what is booked today', async () => {
  const kit = begin()
  const tenant = await kit.tenant({
    ...VOUCHER,
    before({ books }) {
      const today = books.vatCodes.find(({ Code }) => Code === '3')
      if (today) books.vatCodes.push({ ...today, Id: today.Id + 900, Rate: 0.3, ValidFrom: '2027-01-01' })
    },
  })
  tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId: await kit.customer(tenant) }))
  await kit.quiet()
  expect([booked(tenant), codesOf(tenant)]).toEqual([{ drafts: 0, posted: 1 }, []])
  expect(tenant.books.postedInvoices()).toMatchObject([{ NetAmount: 1000, TotalAmount: 1250 }])
})
