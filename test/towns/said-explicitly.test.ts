import { describe, expect, test } from 'vitest'
import type { TownTenant } from '../platform/town'
import { type Bookkeeping, codesOf, PAYMENTS, useBookkeeping } from './bookkeeping'

/** What Tribe leaves empty takes no meaning of PowerOffice's own: neither the customer's there, nor the client's. */
const begin = useBookkeeping()

const onlyInvoice = ({ books }: TownTenant) => {
  const [invoice, ...others] = books.postedInvoices()
  if (!invoice || others.length > 0) throw new Error(`${others.length + 1} invoices`)
  return invoice
}
/** The customer is another in PowerOffice than whatever the invoice says. */
const peculiar = ({ books }: TownTenant) => {
  const [customer] = books.customers()
  const term = books.hasPaymentTerm({ CreditDays: 77 })
  books.editCustomer(Number(customer?.Id), {
    CurrencyCode: 'EUR',
    Allowance: 25,
    IsVatFree: true,
    PaymentTermId: term.Id,
  })
}
const send = async (
  kit: Bookkeeping,
  tenant: TownTenant,
  roleId: string,
  given: object = {},
  dates: object = {},
) => {
  const id = tenant.crm.hasInvoice({ roleId, ...given })
  tenant.crm.sendInvoice(id, dates)
  await kit.quiet()
  return id
}

test('an invoice is what Tribe says, whatever its customer has in PowerOffice', async () => {
  const kit = begin()
  const tenant = await kit.tenant()
  const roleId = await kit.customer(tenant)
  peculiar(tenant)
  await send(
    kit,
    tenant,
    roleId,
    { fields: { Currency: null } },
    { invoiceDate: '2026-02-10', dueDate: '2026-02-24' },
  )
  expect(onlyInvoice(tenant)).toMatchObject({
    CurrencyCode: 'NOK',
    NetAmount: 1000,
    TotalAmount: 1250,
    TotalPostedAmount: 1250,
    VoucherDate: '2026-02-10',
    DeliveryDate: '2026-02-10',
    OrderDate: '2026-02-10',
    DueDate: '2026-02-24',
    Lines: [{ AccountNo: 3000, VatCode: '3', Allowance: 0 }],
  })
  expect(codesOf(tenant)).toEqual([])
})

test('a line without a text and without a product does not show the name of the generic product', async () => {
  const kit = begin()
  const tenant = await kit.tenant()
  const roleId = await kit.customer(tenant)
  await send(kit, tenant, roleId, { lines: [{ price: 100, vatGroup: 'NO25' }] })
  expect(onlyInvoice(tenant).Lines[0]?.Description).not.toMatch(/Tribe|mva/)
})

describe('an invoice is due', () => {
  const DUE: readonly [string, object, number | null, string][] = [
    ['when Tribe says', { dueDate: '2026-02-17' }, 30, '2026-02-17'],
    ['when Tribe says, though PowerOffice has no such term', { dueDate: '2026-02-23' }, 30, '2026-02-23'],
    ['at once, where Tribe says a day before its own', { dueDate: '2026-02-01' }, 30, '2026-02-10'],
  ]
  test.each(DUE)('%s', async (_, dates, PaymentTermInDays, due) => {
    const kit = begin()
    const tenant = await kit.tenant()
    const { roleId } = tenant.crm.hasCustomer({ role: { PaymentTermInDays } })
    await kit.quiet()
    peculiar(tenant)
    await send(kit, tenant, roleId, {}, { invoiceDate: '2026-02-10', ...dates })
    expect(onlyInvoice(tenant).DueDate).toBe(due)
  })

  test('as Tribe says of the customer, where it says nothing of the invoice', async () => {
    const kit = begin()
    const tenant = await kit.tenant({ tribe: { dueDateName: 'NobodyKnowsWhen' } })
    const { roleId } = tenant.crm.hasCustomer({ role: { PaymentTermInDays: 21 } })
    await kit.quiet()
    peculiar(tenant)
    await send(kit, tenant, roleId, {}, { invoiceDate: '2026-02-10' })
    expect(onlyInvoice(tenant).DueDate).toBe('2026-03-03')
  })
})

describe('an invoice that PowerOffice delivers goes to', () => {
  const settings = { invoices: { mode: 'send' } }
  test.each([
    ['the address for invoices', 'faktura@fjord.example', 'post@fjord.example', 'faktura@fjord.example'],
    ['the general address, where there is no other', null, 'post@fjord.example', 'post@fjord.example'],
  ])('%s of a company', async (_, FinancialEmailAddress, EmailAddress, address) => {
    const kit = begin()
    const tenant = await kit.tenant({ settings })
    const { roleId } = tenant.crm.hasCustomer({
      organization: { Name: 'Fjord AS', FinancialEmailAddress, EmailAddress },
    })
    await kit.quiet()
    await send(kit, tenant, roleId)
    expect(onlyInvoice(tenant).InvoiceDeliveryType).toBe('PdfByEmail')
    expect(tenant.books.mailed).toEqual([address])
  })

  test('the private address of a private person', async () => {
    const kit = begin()
    const tenant = await kit.tenant({ settings })
    const { roleId } = tenant.crm.hasPrivateCustomer({
      person: { FirstName: 'Ada', LastName: 'Berg', EmailAddress: 'ada@berg.example' },
    })
    await kit.quiet()
    await send(kit, tenant, roleId)
    expect([onlyInvoice(tenant).InvoiceDeliveryType, tenant.books.mailed]).toEqual([
      'PdfByEmail',
      ['ada@berg.example'],
    ])
  })

  test('nobody, where there is no address and no EHF; and goes once there is one', async () => {
    const kit = begin()
    const tenant = await kit.tenant({ settings })
    const { roleId, organizationId } = tenant.crm.hasCustomer({
      organization: { Name: 'Fjord AS', FinancialEmailAddress: null, EmailAddress: null },
    })
    await kit.quiet()
    await send(kit, tenant, roleId)
    expect([tenant.books.postedInvoices().length, codesOf(tenant)]).toEqual([0, ['invoice.no_email']])
    tenant.crm.edit(organizationId, { EmailAddress: 'post@fjord.example' })
    await kit.quiet()
    await kit.api(tenant, 'POST', '/jobs/retry', { code: 'invoice.no_email' })
    await kit.quiet()
    expect([onlyInvoice(tenant).InvoiceDeliveryType, codesOf(tenant)]).toEqual(['PdfByEmail', []])
  })
})

test.each(['documented', 'text', 'number'] as const)(
  'numbers of invoices as %s: a credit finds its invoice, and payments come through',
  async (invoiceNumbersAs) => {
    const kit = begin()
    const tenant = await kit.tenant({ powerOffice: { invoiceNumbersAs, duplicateStatus: 409 } })
    const roleId = await kit.customer(tenant)
    const [paid, credited] = [await send(kit, tenant, roleId), await send(kit, tenant, roleId)]
    tenant.crm.sendInvoice(tenant.crm.creditInvoice(credited))
    await kit.quiet()
    const [first, second, credit] = tenant.books.postedInvoices()
    expect(credit?.RelatedInvoiceNo).toBe(second?.InvoiceNo)
    tenant.books.receivePayment(String(first?.Id), 1250)
    await kit.tick(PAYMENTS)
    expect([tenant.crm.phaseOf(paid), codesOf(tenant)]).toEqual(['Paid', []])
  },
)

describe('a draft that is not what Tribe says stays one, and says in what', () => {
  test.each([
    ['currency', { CurrencyCode: 'EUR' }, 'currency EUR in PowerOffice and NOK in Tribe'],
    ['date', { SalesOrderDate: '2026-02-11' }, 'date 2026-02-11 in PowerOffice and 2026-02-10 in Tribe'],
    ['delivery date', { DeliveryDate: '2026-02-12' }, 'delivery date 2026-02-12 in PowerOffice'],
  ])('its %s', async (_, edit, words) => {
    const kit = begin()
    const tenant = await kit.tenant()
    const roleId = await kit.customer(tenant)
    tenant.books.setLockDate('2026-12-31')
    await send(kit, tenant, roleId, {}, { invoiceDate: '2026-02-10' })
    const [draft] = tenant.books.salesOrders()
    tenant.books.editDraft(String(draft?.Id), edit)
    tenant.books.setLockDate(null)
    const retry = async () => {
      await kit.api(tenant, 'POST', '/jobs/retry', {})
      await kit.quiet()
    }
    await retry()
    expect([tenant.books.postedInvoices(), codesOf(tenant)]).toEqual([[], ['invoice.order_differs']])
    expect(tenant.jobs.problems(1)[0]?.message).toContain(words)
    const as = { CurrencyCode: 'NOK', SalesOrderDate: '2026-02-10', DeliveryDate: '2026-02-10' }
    tenant.books.editDraft(String(draft?.Id), as)
    await retry()
    expect([onlyInvoice(tenant).CurrencyCode, codesOf(tenant)]).toEqual(['NOK', []])
  })
})

test.each([
  ['2026-02-23', ['invoice.due_day_unsaid']],
  ['2026-02-24', []],
])('a draft that can say no due date of %s is told once', async (dueDate, told) => {
  const kit = begin()
  const tenant = await kit.tenant({ settings: { invoices: { mode: 'draft' } } })
  const roleId = await kit.customer(tenant)
  await send(kit, tenant, roleId, {}, { invoiceDate: '2026-02-10', dueDate })
  expect([tenant.books.salesOrders().length, codesOf(tenant)]).toEqual([1, told])
  await kit.api(tenant, 'POST', '/jobs/retry', { code: 'invoice.due_day_unsaid' })
  await kit.tick('*/15 * * * *', '30 2 * * *')
  expect(codesOf(tenant)).toEqual([])
})
