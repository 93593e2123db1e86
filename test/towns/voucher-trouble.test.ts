import { describe, expect, test, vi } from 'vitest'
import type { TownTenant } from '../platform/town'
import { type Bookkeeping, booked, codesOf, NIGHT, PAYMENTS, useBookkeeping } from './bookkeeping'

/** What keeps an invoice that Tribe has issued from the books, and what does not make it there twice. */
vi.setConfig({ testTimeout: 120_000 })
const begin = useBookkeeping()
const settings = { invoices: { mode: 'voucher' } }
const VOUCHER = { settings }
const ONE = { drafts: 0, posted: 1 }
const NONE = { drafts: 0, posted: 0 }

async function sent(
  kit: Bookkeeping,
  tenant: TownTenant,
  { says, ...given }: { says?: Record<string, number>; [name: string]: unknown } = {},
): Promise<string> {
  const roleId = await kit.customer(tenant)
  const id = tenant.crm.hasInvoice({ roleId, ...given })
  if (says) tenant.crm.sayTotals(id, says)
  tenant.crm.sendInvoice(id)
  await kit.quiet()
  return id
}

const numbered = async (kit: Bookkeeping, tenant: TownTenant, number: string) => {
  const roleId = await kit.customer(tenant)
  const id = tenant.crm.hasInvoice({ roleId, silent: true })
  tenant.crm.sendInvoice(id, { silent: true })
  tenant.crm.edit(id, { Number: number })
  await kit.quiet()
  return id
}

const retry = async (kit: Bookkeeping, tenant: TownTenant) => {
  await kit.api(tenant, 'POST', '/jobs/retry', {})
  await kit.quiet()
}

describe('a number', () => {
  test.each(['ABC', '12345678901234567890', '000', '9223372036854775808'])(
    '%s is none in PowerOffice: it is told, and nothing is posted',
    async (number) => {
      const kit = begin()
      const tenant = await kit.tenant(VOUCHER)
      const since = kit.town.calls.length
      await numbered(kit, tenant, number)
      expect([booked(tenant), codesOf(tenant)]).toEqual([NONE, ['invoice.number_not_numeric']])
      expect(kit.writesSince(since).filter((path) => /Vouchers/.test(path))).toEqual([])
    },
  )

  test('that a bookkeeper has used is told, and free again once that one is reversed', async () => {
    const kit = begin()
    const tenant = await kit.tenant(VOUCHER)
    const roleId = await kit.customer(tenant)
    const [customer] = tenant.books.customers()
    const own = tenant.books.hasInvoice(Number(customer?.Id), { TotalAmount: 10, InvoiceNo: 20260001 })
    const id = tenant.crm.hasInvoice({ roleId })
    const since = kit.town.calls.length
    tenant.crm.sendInvoice(id)
    await kit.quiet()
    expect([tenant.books.postedInvoices().length, codesOf(tenant)]).toEqual([1, ['invoice.number_taken']])
    // It was seen before anything was sent.
    expect(kit.writesSince(since).filter((path) => /Vouchers/.test(path))).toEqual([])
    tenant.books.reverseInvoice(own.Id)
    await retry(kit, tenant)
    expect(codesOf(tenant)).toEqual([])
    expect(tenant.books.postedInvoices().map(({ IsReversed }) => IsReversed)).toEqual([true, false])
  })

  test('that a bookkeeper uses at the very moment is told as well', async () => {
    const kit = begin()
    const tenant = await kit.tenant({ ...VOUCHER, powerOffice: { duplicateStatus: 409 } })
    const roleId = await kit.customer(tenant)
    const [customer] = tenant.books.customers()
    kit.town.onArrival = (path) => {
      if (!/OutgoingInvoiceJournals/.test(path) || tenant.books.postedInvoices().length > 0) return
      tenant.books.hasInvoice(Number(customer?.Id), { TotalAmount: 10, InvoiceNo: 20260001 })
    }
    tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId }))
    await kit.quiet()
    expect([tenant.books.postedInvoices().length, codesOf(tenant)]).toEqual([1, ['invoice.number_taken']])
  })

  test('that something has which PowerOffice does not list is told in the end', async () => {
    const kit = begin()
    const tenant = await kit.tenant({ ...VOUCHER, powerOffice: { duplicateStatus: 409 } })
    const roleId = await kit.customer(tenant)
    const [customer] = tenant.books.customers()
    const own = tenant.books.hasInvoice(Number(customer?.Id), { TotalAmount: 10, InvoiceNo: 20260001 })
    tenant.books.invoices.hide(own.Id, true)
    tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId }))
    await kit.town.passMinutes(5)
    expect(tenant.jobs.parkedOf('invoice')).toEqual([])
    expect(tenant.pending().map(({ code }) => code)).toEqual(['invoice.reference_taken'])
    await kit.quiet()
    expect([tenant.books.postedInvoices().length, codesOf(tenant)]).toEqual([1, ['invoice.number_taken']])
  })

  test('that another invoice of Tribe has comes to the same digits is told', async () => {
    const kit = begin()
    const tenant = await kit.tenant(VOUCHER)
    await numbered(kit, tenant, '2026-17')
    await numbered(kit, tenant, '20-2617')
    expect([booked(tenant), codesOf(tenant)]).toEqual([ONE, ['invoice.number_taken']])
  })
})

describe('nothing is posted', () => {
  test('in a closed period, and it goes once that is open', async () => {
    const kit = begin()
    const tenant = await kit.tenant(VOUCHER)
    tenant.books.setLockDate('2026-06-30')
    await sent(kit, tenant)
    expect([booked(tenant), codesOf(tenant)]).toEqual([NONE, ['invoice.period_closed']])
    tenant.books.setLockDate(null)
    await retry(kit, tenant)
    expect([booked(tenant), codesOf(tenant)]).toEqual([ONE, []])
  })

  test('in a period that is closed between our look and our posting', async () => {
    const kit = begin()
    const tenant = await kit.tenant(VOUCHER)
    kit.town.onArrival = (path) => {
      if (/OutgoingInvoiceJournals/.test(path)) tenant.books.setLockDate('2026-06-30')
    }
    await sent(kit, tenant)
    expect([booked(tenant), codesOf(tenant)]).toEqual([NONE, ['invoice.period_closed']])
  })

  test('for a customer that is archived', async () => {
    const kit = begin()
    const tenant = await kit.tenant(VOUCHER)
    const roleId = await kit.customer(tenant)
    tenant.books.archive(Number(tenant.books.customers()[0]?.Id))
    tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId }))
    await kit.quiet()
    expect([booked(tenant), codesOf(tenant)]).toEqual([NONE, ['invoice.customer_archived']])
  })

  test('on an account that is closed, though the lists are from before', async () => {
    const kit = begin()
    const tenant = await kit.tenant(VOUCHER)
    tenant.books.editAccount(3000, { IsActive: false })
    await sent(kit, tenant)
    expect([booked(tenant), codesOf(tenant)]).toEqual([NONE, ['vat.account_gone']])
  })

  test('in a currency that PowerOffice does not know', async () => {
    const kit = begin()
    const tenant = await kit.tenant(VOUCHER)
    await sent(kit, tenant, { currency: 'XAU' })
    expect([booked(tenant), codesOf(tenant)]).toEqual([NONE, ['invoice.currency_unknown']])
  })

  test('of an invoice that comes to nothing', async () => {
    const kit = begin()
    const tenant = await kit.tenant(VOUCHER)
    await sent(kit, tenant, { discountPercentage: 100 })
    expect([booked(tenant), codesOf(tenant)]).toEqual([NONE, ['invoice.zero_total']])
  })

  test('when a VAT group is mapped to a code of another rate', async () => {
    const kit = begin()
    const tenant = await kit.tenant(VOUCHER)
    const tribeVatGroupId = tenant.crm.lookupId('Datastore_VatGroup', 'NO25')
    await kit.api(tenant, 'PUT', '/mappings/vat', {
      mappings: [{ tribeVatGroupId, powerOfficeVatCode: '31', salesAccountNo: 3010 }],
    })
    await sent(kit, tenant)
    expect([booked(tenant), codesOf(tenant)]).toEqual([NONE, ['invoice.vat_differs']])
  })

  test('while a group has no code, and it goes by itself once it has', async () => {
    const kit = begin()
    const tenant = await kit.tenant(VOUCHER)
    const { proposals } = await kit.api(tenant, 'GET', '/lookups')
    await kit.api(tenant, 'PUT', '/mappings/vat', { mappings: [] })
    await sent(kit, tenant)
    expect([booked(tenant), codesOf(tenant)]).toEqual([NONE, ['vat.unmapped']])
    const mappings = proposals.vat
      .filter(({ powerOfficeVatCode }: { powerOfficeVatCode: string | null }) => powerOfficeVatCode !== null)
      .map(({ reason: _, ...one }: { reason: unknown }) => one)
    await kit.api(tenant, 'PUT', '/mappings/vat', { mappings })
    await kit.quiet()
    expect([booked(tenant), codesOf(tenant)]).toEqual([ONE, []])
  })

  test('without the privilege, and what else the tenant does goes on', async () => {
    const kit = begin()
    const tenant = await kit.tenant(VOUCHER)
    const had = tenant.books.privileges
    tenant.books.setPrivileges(had.filter((one) => one !== 'OutgoingInvoiceVoucher_Full'))
    await sent(kit, tenant)
    expect([booked(tenant), codesOf(tenant)]).toEqual([NONE, ['invoice.voucher_not_allowed']])
    expect((await kit.api(tenant, 'GET', '/status')).state).toBe('active')
    await kit.customer(tenant, 'Enda en AS')
    expect(tenant.books.customers().length).toBe(2)
    tenant.books.setPrivileges(had)
    await retry(kit, tenant)
    expect([booked(tenant), codesOf(tenant)]).toEqual([ONE, []])
  })
})

describe('an øre that Tribe has more than its lines', () => {
  const lines = [
    { description: 'A', price: 10.01, vatGroup: 'NO25' },
    { description: 'B', price: 10.01, vatGroup: 'NO25' },
  ]
  const apart = (kit: Bookkeeping, roundingAccountNo: number | null) =>
    kit.tenant({ settings: { invoices: { mode: 'voucher', roundingAccountNo } } })
  const says = { TotalIncludingVat: 25.03, TotalExcludingVat: 20.03, VatAmount: 5 }

  test('is told by how much, and nothing is posted', async () => {
    const kit = begin()
    const tenant = await apart(kit, null)
    await sent(kit, tenant, { lines, says })
    expect([booked(tenant), codesOf(tenant)]).toEqual([NONE, ['invoice.total_differs']])
    expect(tenant.problems().join()).toMatch(
      /with VAT 25\.02 in PowerOffice and 25\.03 in Tribe, 0\.01 apart/,
    )
  })

  test.each([
    ['no account for rounding', null],
    ['an account for rounding', 3200],
  ])('is carried by its lines where it is the VAT of the sum of a rate: %s', async (_, accountNo) => {
    const kit = begin()
    const tenant = await apart(kit, accountNo)
    const ofSum = { TotalIncludingVat: 25.03, TotalExcludingVat: 20.02, VatAmount: 5.01 }
    await sent(kit, tenant, { lines, says: ofSum })
    expect([booked(tenant), codesOf(tenant)]).toEqual([ONE, []])
    const [posted] = tenant.books.postedInvoices()
    expect(posted).toMatchObject({ NetAmount: 20.02, TotalAmount: 25.03 })
    expect(tenant.books.postingsOf(String(posted?.Id))).toMatchObject([
      { accountNo: 3000, net: 10, vat: 2.5 },
      { accountNo: 3000, net: 10.02, vat: 2.51 },
    ])
  })

  test('goes to the account for rounding where the admin has chosen one', async () => {
    const kit = begin()
    const tenant = await apart(kit, 3200)
    await sent(kit, tenant, { lines, says })
    expect(codesOf(tenant)).toEqual([])
    const [posted] = tenant.books.postedInvoices()
    expect(posted).toMatchObject({ TotalAmount: 25.03 })
    expect(tenant.books.postingsOf(String(posted?.Id))).toMatchObject([
      { accountNo: 3000, net: 10.01, vat: 2.5 },
      { accountNo: 3000, net: 10.01, vat: 2.5 },
      { accountNo: 3200, net: 0.01, vat: 0 },
    ])
  })
})

test('what PowerOffice books otherwise than it was worked out to is told', async () => {
  const kit = begin()
  const tenant = await kit.tenant(VOUCHER)
  kit.town.onArrival = (path) => {
    const [posted] = tenant.books.postedInvoices()
    if (posted && path.endsWith(posted.Id)) tenant.books.invoices.put({ ...posted, NetAmount: 1000.01 })
  }
  await sent(kit, tenant)
  expect([booked(tenant), codesOf(tenant)]).toEqual([ONE, ['invoice.booked_otherwise']])
})

describe('a credit note', () => {
  test('of a voucher names it, and the two settle each other at once', async () => {
    const kit = begin()
    const tenant = await kit.tenant(VOUCHER)
    const id = await sent(kit, tenant)
    tenant.crm.sendInvoice(tenant.crm.creditInvoice(id))
    await kit.quiet()
    expect(codesOf(tenant)).toEqual([])
    const [invoice, credit] = tenant.books.postedInvoices()
    expect(credit).toMatchObject({
      VoucherType: 'OutgoingCreditNote',
      InvoiceNo: 20260002,
      TotalAmount: -1250,
      Balance: 0,
    })
    expect(invoice).toMatchObject({ Balance: 0, MatchId: credit?.MatchId })
    expect(tenant.books.voucher(String(credit?.Id))?.Description).toBe(
      'Kreditnota 2026-0002 til faktura 20260001',
    )
    await kit.tick(PAYMENTS)
    expect([codesOf(tenant), tenant.crm.all('Payment').length]).toEqual([[], 0])
  })

  test('of an invoice that is not posted yet waits for it', async () => {
    const kit = begin()
    const tenant = await kit.tenant(VOUCHER)
    tenant.books.setLockDate('2026-06-30')
    const id = await sent(kit, tenant)
    const credit = tenant.crm.creditInvoice(id)
    tenant.crm.sendInvoice(credit, { invoiceDate: '2026-07-01' })
    await kit.quiet()
    expect(codesOf(tenant).sort()).toEqual(['invoice.credited_unknown', 'invoice.period_closed'])
    tenant.books.setLockDate(null)
    await kit.api(tenant, 'POST', '/jobs/retry', { code: 'invoice.period_closed' })
    await kit.quiet()
    expect([booked(tenant), codesOf(tenant)]).toEqual([{ drafts: 0, posted: 2 }, []])
  })
})

test.each([
  ['its customer’s term there', 30, '2026-04-01'],
  ['the usual term there', null, '2026-03-16'],
])('where Tribe says no day to pay by, %s counts', async (_, days, DueDate) => {
  const kit = begin()
  const tenant = await kit.tenant({ ...VOUCHER, tribe: { dueDateName: 'PayBefore' } })
  const roleId = await kit.customer(tenant)
  const term = tenant.books.paymentTerms.all().find(({ CreditDays }) => CreditDays === days)
  const [customer] = tenant.books.customers()
  if (term) tenant.books.editCustomer(Number(customer?.Id), { PaymentTermId: term.Id })
  tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId }), { invoiceDate: '2026-03-02' })
  await kit.quiet()
  expect([codesOf(tenant), tenant.books.postedInvoices()]).toMatchObject([[], [{ DueDate }]])
})

test('while invoices are switched off nothing is put on vouchers, and it is made up for afterwards', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ ...VOUCHER, tribe: { invoicePdf: 'later' } })
  const id = await sent(kit, tenant)
  await kit.api(tenant, 'PATCH', '/settings', { invoices: { enabled: false } })
  tenant.crm.makePdf(id)
  await kit.town.passMinutes(120)
  expect(tenant.books.documents.size).toBe(0)
  await kit.api(tenant, 'PATCH', '/settings', { invoices: { enabled: true } })
  await kit.town.passMinutes(240)
  expect([tenant.books.documents.size, tenant.problems()]).toEqual([1, []])
})

test('the night finds nothing to do, and a reversal is told', async () => {
  const kit = begin()
  const tenant = await kit.tenant(VOUCHER)
  await sent(kit, tenant)
  const since = kit.town.calls.length
  await kit.tick(NIGHT)
  expect([kit.writesSince(since), codesOf(tenant)]).toEqual([[], []])
  const { comparison } = await kit.api(tenant, 'GET', '/status')
  const row = comparison.rows.find(({ what }: { what: string }) => what === 'invoices')
  expect(row).toMatchObject({ tribe: 1, powerOffice: 1, linked: 1, differ: 0 })
  tenant.books.reverseInvoice(String(tenant.books.postedInvoices()[0]?.Id))
  await kit.tick(PAYMENTS)
  expect(codesOf(tenant)).toEqual(['invoice.reversed'])
  await kit.tick(NIGHT)
  expect(tenant.books.postedInvoices().length).toBe(1)
})

test('an edit after posting is told, and changes nothing', async () => {
  const kit = begin()
  const tenant = await kit.tenant({ ...VOUCHER, tribe: { frozenInvoices: false } })
  const id = await sent(kit, tenant)
  const since = kit.town.calls.length
  tenant.crm.edit(id, { CustomerReference: 'PO 99' })
  await kit.quiet()
  expect([kit.writesSince(since), codesOf(tenant)]).toEqual([[], ['invoice.changed_in_tribe']])
})

test.each([
  [{ duplicateStatus: 400, invoiceNumbersAs: 'documented' }],
  [{ duplicateStatus: 409, invoiceNumbersAs: 'text', voucherLinesAs: 'OutgoingInvoiceLines' }],
  [{ duplicateStatus: 409, invoiceNumbersAs: 'number' }],
] as const)('a lost answer makes no second voucher, however PowerOffice answers: %o', async (powerOffice) => {
  const kit = begin()
  // The look after it sees a list that is half a minute old, so that the same voucher is sent once more.
  const tenant = await kit.tenant({ ...VOUCHER, powerOffice })
  kit.town.powerOffice.replicaLagMs = 30_000
  kit.town.powerOffice.faults.add({ name: 'lost-after', on: /^POST .*OutgoingInvoiceJournals/ })
  await sent(kit, tenant)
  expect([booked(tenant), tenant.problems()]).toEqual([ONE, []])
  expect(kit.links(tenant)).toMatchObject([
    { number: '20260001', exportState: { mode: 'voucher', stage: 'posted' } },
  ])
  expect(tenant.books.documents.size).toBe(1)
})

describe('a mode that changes before anything is in the books', () => {
  const change = (kit: Bookkeeping, tenant: TownTenant, mode: string) =>
    kit.api(tenant, 'PATCH', '/settings', { invoices: { mode } })

  test('before anything was sent, it goes in the mode that is chosen by then', async () => {
    const kit = begin()
    const tenant = await kit.tenant(VOUCHER)
    tenant.books.setLockDate('2026-06-30')
    await sent(kit, tenant)
    await change(kit, tenant, 'draft')
    tenant.books.setLockDate(null)
    await retry(kit, tenant)
    expect([booked(tenant), codesOf(tenant)]).toEqual([{ drafts: 1, posted: 0 }, []])
  })

  test('what PowerOffice has refused as a voucher may become a draft', async () => {
    const kit = begin()
    const tenant = await kit.tenant(VOUCHER)
    const on = /^POST .*OutgoingInvoiceJournals/
    const refusals = kit.town.powerOffice.faults.add({ name: 'refused', on, times: Number.POSITIVE_INFINITY })
    await sent(kit, tenant)
    refusals.lift()
    expect([booked(tenant), codesOf(tenant)]).toEqual([NONE, ['invoice.refused']])
    await change(kit, tenant, 'draft')
    await retry(kit, tenant)
    expect([booked(tenant), codesOf(tenant)]).toEqual([{ drafts: 1, posted: 0 }, []])
  })
})

test('a voucher that was given up may still arrive: nothing else is made of it meanwhile', async () => {
  const kit = begin()
  const tenant = await kit.tenant(VOUCHER)
  const { faults } = kit.town.powerOffice
  const on = /^POST .*OutgoingInvoiceJournals/
  // The relay waits half a minute.
  faults.add({ name: 'slow-before', on, delayMs: 45_000 })
  const refusals = faults.add({ name: 'refused', on, times: Number.POSITIVE_INFINITY })
  await sent(kit, tenant)
  expect([booked(tenant), codesOf(tenant)]).toEqual([NONE, ['invoice.refused']])
  await kit.api(tenant, 'PATCH', '/settings', { invoices: { mode: 'draft' } })
  await retry(kit, tenant)
  await kit.town.passMinutes(2)
  refusals.lift()
  await retry(kit, tenant)
  expect([booked(tenant), tenant.problems()]).toEqual([ONE, []])
})

test('invoices from before the activation are booked by their days, once, and payments on them are told', async () => {
  const kit = begin()
  let old = ''
  const tenant = await kit.tenant({
    ...VOUCHER,
    before: ({ crm }) => {
      old = crm.hasInvoice({ phase: 'Sent', invoiceDate: '2026-02-10', silent: true })
    },
  })
  expect(booked(tenant)).toEqual(NONE)
  for (let twice = 0; twice < 2; twice++) {
    await kit.api(tenant, 'POST', '/sync', { what: 'invoices', from: '2026-02-01', to: '2026-02-28' })
    await kit.quiet()
  }
  expect([booked(tenant), tenant.problems()]).toEqual([ONE, []])
  const [posted] = tenant.books.postedInvoices()
  tenant.books.receivePayment(String(posted?.Id), 1250)
  await kit.tick(PAYMENTS)
  expect(tenant.crm.phaseOf(old)).toBe('Paid')
})
