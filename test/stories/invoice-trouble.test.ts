import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { anOfficeAt, codesOf, invoiceRecord } from './office'
import type { Relay, Tenant } from './relay'
import { startRelay } from './relay'
import { only, remap } from './shop'

let relay: Relay
beforeAll(async () => {
  relay = await startRelay({ callTimeoutMs: 1500 })
})
afterEach(() => {
  relay.tribe.faults.clear()
  relay.powerOffice.faults.clear()
  expect(relay.violations()).toEqual([])
})
afterAll(() => relay.close())

const anOffice = (mode: 'draft' | 'book' | 'send', given = {}) => anOfficeAt(relay, mode, given)
const retryAll = async (tenant: Tenant, code: string) => {
  expect((await tenant.api('POST', '/jobs/retry', { code })).status).toBe(202)
  await tenant.quiet()
}

describe('what keeps an invoice has a code, and it goes once that is mended', () => {
  test('a closed period', async () => {
    const { tenant, roleId } = await anOffice('book')
    tenant.books.setLockDate('2026-03-31')
    const id = tenant.crm.hasInvoice({ roleId })
    tenant.crm.sendInvoice(id, { invoiceDate: '2026-03-15', dueDate: '2026-03-29' })
    await tenant.quiet()
    expect(await codesOf(tenant)).toEqual(['invoice.period_closed'])
    expect([tenant.books.salesOrders().length, tenant.books.postedInvoices().length]).toEqual([1, 0])
    tenant.books.setLockDate(null)
    await retryAll(tenant, 'invoice.period_closed')
    expect(only(tenant.books.postedInvoices()).VoucherDate).toBe('2026-03-15')
  })

  test('no right to post', async () => {
    const { tenant, roleId } = await anOffice('book')
    tenant.books.setAllowSendInvoice(false)
    tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId }))
    await tenant.quiet()
    expect(await codesOf(tenant)).toEqual(['invoice.send_not_allowed'])
    tenant.books.setAllowSendInvoice(true)
    await retryAll(tenant, 'invoice.send_not_allowed')
    expect(tenant.books.postedInvoices()).toHaveLength(1)
  })

  test('no e-mail address to send it to', async () => {
    const { tenant, roleId } = await anOffice('send', { customer: { FinancialEmailAddress: null } })
    tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId }))
    await tenant.quiet()
    expect(await codesOf(tenant)).toEqual(['invoice.no_email'])
    const customer = only(tenant.books.customers())
    tenant.books.editCustomer(customer.Id, { InvoiceEmailAddress: 'faktura@nordlys.example' })
    await retryAll(tenant, 'invoice.no_email')
    expect(only(tenant.books.postedInvoices()).InvoiceDeliveryType).toBe('PdfByEmail')
  })

  test('an archived customer, and an archived product', async () => {
    const { tenant, roleId, productId } = await anOffice('draft', {
      powerOffice: { archivedCustomersTakeOrders: false, archivedProductsTakeOrders: false },
    })
    const customer = only(tenant.books.customers())
    tenant.books.editCustomer(customer.Id, { IsArchived: true })
    tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId }))
    await tenant.quiet()
    expect(await codesOf(tenant)).toEqual(['invoice.customer_archived'])
    tenant.books.editCustomer(customer.Id, { IsArchived: false })
    await retryAll(tenant, 'invoice.customer_archived')
    expect(tenant.books.salesOrders()).toHaveLength(1)

    const product = tenant.books.products().find(({ Code }) => Code === 'KONS-01')
    tenant.books.editProduct(Number(product?.Id), { IsArchived: true })
    tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId, lines: [{ product: productId }] }))
    await tenant.quiet()
    expect(await codesOf(tenant)).toEqual(['invoice.product_archived'])
  })

  test('a VAT group that nobody mapped; mapping it lets the invoice go by itself', async () => {
    const { tenant, roleId } = await anOffice('draft')
    const group = tenant.crm.lookupId('Datastore_VatGroup', 'NO15')
    await remap(tenant, 'vat', { [group]: null })
    tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId, lines: [{ price: 10, vatGroup: 'NO15' }] }))
    await tenant.quiet()
    expect(await codesOf(tenant)).toEqual(['vat.unmapped'])
    await remap(tenant, 'vat', { [group]: { powerOfficeVatCode: '31', salesAccountNo: 3010 } })
    expect([await codesOf(tenant), tenant.books.salesOrders().length]).toEqual([[], 1])
  })

  test('a currency that PowerOffice does not know, and an invoice without lines', async () => {
    const { tenant, roleId } = await anOffice('draft')
    const id = tenant.crm.hasInvoice({ roleId, currency: 'XTS' })
    tenant.crm.sendInvoice(id)
    await tenant.quiet()
    expect((await invoiceRecord(tenant, id)).problem.code).toBe('invoice.currency_unknown')
    const empty = tenant.crm.hasInvoice({ roleId, lines: [] })
    tenant.crm.sendInvoice(empty)
    await tenant.quiet()
    expect((await invoiceRecord(tenant, empty)).problem.code).toBe('invoice.no_lines')
  })

  test('a customer that is not in PowerOffice and may not go there: the invoice waits for it, and goes with it', async () => {
    const { tenant } = await anOffice('draft')
    await tenant.api('PATCH', '/settings', { relations: { enabled: false } })
    const { roleId, organizationId } = tenant.crm.hasCustomer({ organization: { Name: 'Snart AS' } })
    tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId }))
    await tenant.quiet()
    expect(tenant.books.salesOrders()).toEqual([])
    expect(await codesOf(tenant)).toEqual(['invoice.customer_not_linked'])
    await tenant.api('PATCH', '/settings', { relations: { enabled: true } })
    tenant.crm.edit(organizationId, { Name: 'Endelig AS' })
    await tenant.quiet()
    expect(tenant.books.salesOrders()).toHaveLength(1)
    expect(await codesOf(tenant)).toEqual([])
  })

  test('a total that differs stays a draft; the bookkeeper corrects it, and it is posted', async () => {
    const { tenant, roleId, productId } = await anOffice('book')
    // The product is sold on an account with other VAT, which the relay has not seen yet.
    const product = tenant.books.products().find(({ Code }) => Code === 'KONS-01')
    tenant.books.editProduct(Number(product?.Id), { StandardSalesAccount: 3010 })
    const id = tenant.crm.hasInvoice({ roleId, lines: [{ product: productId, quantity: 1 }] })
    tenant.crm.sendInvoice(id)
    await tenant.quiet()
    const { problem } = await invoiceRecord(tenant, id)
    expect(problem.code).toBe('invoice.total_differs')
    expect(problem.message).toMatch(
      /with VAT 1667\.50 in PowerOffice and 1812\.50 in Tribe, 145\.00 apart, on line 1\b|on line 1/,
    )
    expect(tenant.books.postedInvoices()).toEqual([])
    tenant.books.editProduct(Number(product?.Id), { StandardSalesAccount: 3000 })
    await retryAll(tenant, 'invoice.total_differs')
    expect(only(tenant.books.postedInvoices()).TotalAmount).toBe(1812.5)
  })
})

test.each(['lost-after', 'error-after', 'truncated', 'slow-after'] as const)(
  'an answer that is lost after PowerOffice made the order makes no second one (%s)',
  async (name) => {
    const { tenant, roleId } = await anOffice('book')
    const on = /^POST .*\/SalesOrders\//
    relay.powerOffice.faults.add({ name, on, delayMs: 2500, times: 2, account: tenant.books.clientKey })
    tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId }))
    await tenant.quiet()
    expect([tenant.books.salesOrders().length, tenant.books.postedInvoices().length]).toEqual([0, 1])
    expect(await codesOf(tenant)).toEqual([])
  },
)

test('a deploy in the middle of posting posts once', async () => {
  const { tenant, roleId } = await anOffice('book', { powerOffice: { sendDelayMs: 1500 } })
  for (let n = 0; n < 3; n++) tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId }))
  await relay.until(() => tenant.books.salesOrders().length + tenant.books.postedInvoices().length > 0)
  await relay.restart()
  await tenant.quiet()
  expect([tenant.books.salesOrders().length, tenant.books.postedInvoices().length]).toEqual([0, 3])
})
