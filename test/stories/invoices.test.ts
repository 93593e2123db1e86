import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { anOfficeAt, codesOf, invoiceRecord } from './office'
import { type Relay, type Row, startRelay, type Tenant } from './relay'
import { clearLogs, only } from './shop'

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

const anOffice = (mode: Parameters<typeof anOfficeAt>[1], given = {}) => anOfficeAt(relay, mode, given)
const orderOf = ({ books }: Tenant) => only(books.salesOrders())
const postedOf = ({ books }: Tenant) => only(books.postedInvoices())
const invoiceCalls = (tenant: Tenant) =>
  tenant.calls().map(({ method, path }) => `${method} ${path.replace(/[0-9a-f-]{36}/, '{id}')}`)

describe('as a draft', () => {
  test('an invoice that is sent in Tribe is a sales order with all that Tribe says, for one call', async () => {
    const { tenant, roleId, organizationId, productId } = await anOffice('draft')
    const { contactId } = tenant.crm.hasContact({
      organizationId,
      person: { FirstName: 'Ada', MiddleName: 'van der', LastName: 'Berg' },
    })
    await tenant.quiet()
    const id = tenant.crm.hasInvoice({
      roleId,
      contactId,
      fields: { CustomerReference: 'PO-5581' },
      lines: [
        { product: productId, quantity: 2.5, discountPercentage: 10 },
        { description: 'Frakt', price: 99.5, vatGroup: 'NO15' },
        { description: 'Utført uke 5', price: 0 },
      ],
      discountPercentage: 5,
    })
    await tenant.quiet()
    expect(tenant.books.salesOrders()).toEqual([])
    // The generic product of a VAT code is made once, for whoever needs it first.
    const first = tenant.crm.hasInvoice({ roleId, lines: [{ price: 1, vatGroup: 'NO15' }] })
    tenant.crm.sendInvoice(first)
    await tenant.quiet()
    tenant.books.deleteDraft(orderOf(tenant).Id)

    clearLogs(relay)
    tenant.crm.sendInvoice(id, { invoiceDate: '2026-03-15', dueDate: '2026-03-29' })
    await tenant.quiet()
    expect(invoiceCalls(tenant)).toEqual(['POST /v2/SalesOrders/Complete'])
    const order = orderOf(tenant)
    const customer = only(tenant.books.customers())
    const product = tenant.books.products().find(({ Code }) => Code === 'KONS-01')
    expect(order).toMatchObject({
      CustomerId: customer.Id,
      SalesOrderDate: '2026-03-15',
      DeliveryDate: '2026-03-15',
      PaymentTerm: 14,
      CurrencyCode: 'NOK',
      PurchaseOrderReference: 'PO-5581',
      CustomerReference: 'Ada van der Berg',
      SalesOrderStatus: 'Draft',
      ExternalImportReference: expect.stringMatching(/^relay:.{8}:[0-9a-f]{32}$/),
      NetAmount: tenant.crm.get(id)?.TotalExcludingVat,
      TotalAmount: tenant.crm.get(id)?.TotalIncludingVat,
    })
    expect(order.SalesOrderLines).toMatchObject([
      {
        ProductId: product?.Id,
        Description: 'Konsulenttime',
        Quantity: 2.5,
        ProductUnitPrice: 1450,
        Allowance: 14.5,
        UnitOfMeasureCode: 'HUR',
        VatCode: '3',
        SortOrder: 0,
      },
      { Description: 'Frakt', ProductUnitPrice: 99.5, Allowance: 5, VatCode: '31', SortOrder: 1 },
      { LineType: 'Text', Description: 'Utført uke 5', TotalAmount: 0, SortOrder: 2 },
    ])
    const record = await invoiceRecord(tenant, id)
    expect(record).toMatchObject({ state: 'linked', powerOfficeId: order.Id, problem: null })
    expect((await tenant.status()).links.invoice).toBe(2)
  })

  test('a draft in Tribe is nobody’s business until it is sent, and what was sent before activation stays', async () => {
    const old: string[] = []
    const { tenant, roleId } = await anOffice('draft', {
      seed: (crm: Tenant['crm']) => {
        const { roleId: role } = crm.hasCustomer({ organization: { Name: 'Gammel AS' } })
        old.push(
          crm.hasInvoice({ roleId: role, phase: 'Sent' }),
          crm.hasInvoice({ roleId: role, phase: 'FirstReminder' }),
        )
      },
    })
    const draft = tenant.crm.hasInvoice({ roleId })
    tenant.crm.edit(draft, { Subject: 'Endret' })
    tenant.crm.edit(String(old[0]), { Subject: 'Endret' })
    await tenant.quiet()
    await tenant.poll()
    await tenant.sync('compare')
    expect(tenant.books.salesOrders()).toEqual([])
    // Unless the admin asks for them, by the days that they are of.
    const today = new Date().toISOString().slice(0, 10)
    const asked = await tenant.api('POST', '/sync', { what: 'invoices', from: '2026-01-01', to: today })
    expect(asked.status).toBe(202)
    await tenant.quiet()
    expect(tenant.books.salesOrders()).toHaveLength(2)
  })

  test.each(['minimal', 'edge'] as const)(
    'an invoice is noticed by whatever kind of delivery (%s)',
    async (payloadStyle) => {
      const { tenant, roleId } = await anOffice('draft', { tribe: { payloadStyle } })
      tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId }))
      await tenant.quiet()
      expect(tenant.books.salesOrders()).toHaveLength(1)
      expect(await codesOf(tenant)).toEqual([])
    },
  )

  test('an invoice by webhook, poll and sweep at once is one order, and a lost webhook is made good by the poll', async () => {
    const { tenant, roleId } = await anOffice('draft')
    const id = tenant.crm.hasInvoice({ roleId })
    tenant.crm.sendInvoice(id)
    tenant.crm.deliverAgain(3)
    await Promise.all([relay.tick('*/15 * * * *'), tenant.sync('everything'), tenant.sync('compare')])
    await tenant.quiet()
    expect(tenant.books.salesOrders()).toHaveLength(1)
    tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId, silent: true }), { silent: true })
    await tenant.quiet()
    await tenant.poll()
    expect(tenant.books.salesOrders()).toHaveLength(2)
    clearLogs(relay)
    await tenant.poll()
    expect(tenant.calls(/^(POST|PATCH)/)).toEqual([])
  })
})

describe('booked', () => {
  test('an invoice is posted at once and delivered to nobody; its number and KID are kept', async () => {
    const { tenant, roleId, productId } = await anOffice('book')
    const id = tenant.crm.hasInvoice({ roleId, lines: [{ product: productId, quantity: 2 }] })
    clearLogs(relay)
    tenant.crm.sendInvoice(id, { invoiceDate: '2026-03-15', dueDate: '2026-03-24' })
    await tenant.quiet()
    const posted = postedOf(tenant)
    expect(posted).toMatchObject({
      VoucherDate: '2026-03-15',
      DueDate: '2026-03-24',
      TotalAmount: 3625,
      InvoiceDeliveryType: 'Print',
      VoucherType: 'OutgoingInvoice',
    })
    expect(await invoiceRecord(tenant, id)).toMatchObject({
      powerOfficeId: posted.Id,
      number: String(posted.InvoiceNo),
      timeline: [
        { event: 'posted', details: { number: String(posted.InvoiceNo), kid: posted.Cid } },
        { event: 'posting-asked' },
        { event: 'created-in-poweroffice', details: { mode: 'book' } },
      ],
    })
    const calls = invoiceCalls(tenant).filter((call) => !/SentState/.test(call))
    expect(calls).toEqual([
      'POST /v2/SalesOrders/Complete',
      'GET /v2/LockDateSettings',
      'POST /v2/SalesOrders/{id}/CreateAndSendInvoice',
      'GET /v2/OutgoingInvoices/{id}',
    ])
  })

  test('with mode "send" PowerOffice delivers it, and a failed delivery is told in its own words and tried again', async () => {
    const { tenant, roleId } = await anOffice('send')
    tenant.books.failNextDelivery('The e-mail server did not answer.')
    const id = tenant.crm.hasInvoice({ roleId })
    tenant.crm.sendInvoice(id)
    await tenant.quiet()
    const { problem } = await invoiceRecord(tenant, id)
    expect(problem).toMatchObject({ code: 'invoice.delivery_failed', remedy: 'data' })
    expect(problem.message).toContain('The e-mail server did not answer.')
    expect(orderOf(tenant).SalesOrderStatus).toBe('Draft')
    await tenant.api('POST', `/jobs/${problem.jobId}/retry`)
    await tenant.quiet()
    expect(postedOf(tenant).InvoiceDeliveryType).toBe('PdfByEmail')
    expect(await codesOf(tenant)).toEqual([])
  })

  test('payment terms that are switched off are not used; the due date holds all the same', async () => {
    const { tenant, roleId } = await anOffice('book', {
      seed: (_crm: Tenant['crm'], books: Tenant['books']) =>
        books.hasPaymentTerm({ CreditDays: 9, IsActive: false }),
    })
    tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId }), {
      invoiceDate: '2026-03-15',
      dueDate: '2026-03-24',
    })
    await tenant.quiet()
    expect(tenant.calls(/POST .*Complete/)[0]?.body).not.toContain('PaymentTermId')
    expect(postedOf(tenant).DueDate).toBe('2026-03-24')
  })

  test('an invoice keeps the mode that it began with', async () => {
    const { tenant, roleId } = await anOffice('draft')
    const id = tenant.crm.hasInvoice({ roleId })
    tenant.crm.sendInvoice(id)
    await tenant.quiet()
    await tenant.api('PATCH', '/settings', { invoices: { mode: 'book' } })
    tenant.crm.deliverAgain(4)
    await tenant.quiet()
    await tenant.poll()
    expect(tenant.books.postedInvoices()).toEqual([])
    tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId }))
    await tenant.quiet()
    expect([tenant.books.salesOrders().length, tenant.books.postedInvoices().length]).toEqual([1, 1])
  })

  test('a customer and a product that PowerOffice does not have yet are made first', async () => {
    const { tenant } = await anOffice('book')
    const { roleId } = tenant.crm.hasCustomer({ organization: { Name: 'Helt Ny AS' }, silent: true })
    const product = tenant.crm.hasProduct({ Name: 'Helt ny vare', SalesPrice: 10 }, { silent: true })
    const id = tenant.crm.hasInvoice({ roleId, lines: [{ product }], silent: true })
    tenant.crm.sendInvoice(id)
    await tenant.quiet()
    const customer = tenant.books.customers().find(({ Name }) => Name === 'Helt Ny AS')
    expect(postedOf(tenant)).toMatchObject({ CustomerId: customer?.Id, TotalAmount: 12.5 })
    expect(postedOf(tenant).Lines).toMatchObject([{ Description: 'Helt ny vare' }])
    await tenant.poll()
    expect([tenant.books.customers().length, tenant.books.products().length]).toEqual([2, 2])
  })

  test('a line whose VAT is not its product’s is sold as the generic product of that VAT', async () => {
    const { tenant, roleId, productId } = await anOffice('book')
    const lines = [{ product: productId, quantity: 1, vatGroup: 'NO0' }]
    tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId, lines }))
    await tenant.quiet()
    expect(postedOf(tenant)).toMatchObject({ NetAmount: 1450, TotalAmount: 1450 })
    expect(postedOf(tenant).Lines).toMatchObject([{ ProductCode: 'RELAY-VAT-5-3100', VatCode: '5' }])
    // It is nobody's product in Tribe.
    await tenant.poll()
    await tenant.sync('compare')
    expect(tenant.crm.products()).toHaveLength(1)
  })

  test('prices with VAT come to the same, to the øre', async () => {
    const { tenant, roleId, productId } = await anOffice('book')
    const id = tenant.crm.hasInvoice({
      roleId,
      lines: [
        { product: productId, price: 1812.5, quantity: 3 },
        { price: 99.9, vatGroup: 'NO15', quantity: 7, description: 'Mat' },
      ],
      isVatIncluded: true,
    })
    tenant.crm.sendInvoice(id)
    await tenant.quiet()
    expect(postedOf(tenant)).toMatchObject({
      NetAmount: tenant.crm.get(id)?.TotalExcludingVat,
      TotalAmount: tenant.crm.get(id)?.TotalIncludingVat,
    })
  })
})

describe('credit invoices', () => {
  test('point at the invoice that they credit', async () => {
    const { tenant, roleId } = await anOffice('book')
    const id = tenant.crm.hasInvoice({ roleId })
    tenant.crm.sendInvoice(id)
    await tenant.quiet()
    const invoice = postedOf(tenant)
    tenant.crm.sendInvoice(tenant.crm.creditInvoice(id))
    await tenant.quiet()
    const credit = tenant.books.postedInvoices().find(({ Id }) => Id !== invoice.Id)
    expect(credit).toMatchObject({
      VoucherType: 'OutgoingCreditNote',
      TotalAmount: -1250,
      RelatedInvoiceNo: invoice.InvoiceNo,
    })
  })

  test('wait for the invoice that they credit as long as it is a draft, and go by themselves', async () => {
    const { tenant, roleId } = await anOffice('draft')
    const id = tenant.crm.hasInvoice({ roleId })
    tenant.crm.sendInvoice(id)
    await tenant.quiet()
    tenant.crm.sendInvoice(tenant.crm.creditInvoice(id))
    await tenant.quiet()
    expect(await codesOf(tenant)).toEqual(['invoice.credited_not_posted'])
    const posted = tenant.books.sendDraft(orderOf(tenant).Id)
    await relay.tick('0 */4 * * *')
    await tenant.quiet()
    expect(orderOf(tenant)).toMatchObject({ RelatedInvoiceNo: posted.InvoiceNo, TotalAmount: -1250 })
    expect(await codesOf(tenant)).toEqual([])
  })

  test.each(['flag', 'none'] as const)(
    'are credit notes without a number where Tribe does not say which (%s)',
    async (creditMarker) => {
      const { tenant, roleId } = await anOffice('book', { tribe: { creditMarker } })
      const id = tenant.crm.hasInvoice({ roleId })
      tenant.crm.sendInvoice(id)
      tenant.crm.sendInvoice(tenant.crm.creditInvoice(id))
      await tenant.quiet()
      expect(
        tenant.books
          .postedInvoices()
          .map(({ TotalAmount }) => TotalAmount)
          .sort(),
      ).toEqual([-1250, 1250])
    },
  )

  test.each([
    ['quantities', 'draft'],
    ['prices', 'draft'],
    ['nothing', 'draft'],
    ['prices', 'book'],
    ['nothing', 'book'],
    ['quantities', 'voucher'],
    ['prices', 'voucher'],
    ['nothing', 'voucher'],
  ] as const)(
    'credit, whatever is below zero in a Tribe that flags them: %s, as a %s',
    async (creditSign, mode) => {
      const { tenant, roleId, productId } = await anOffice(mode, {
        tribe: { creditMarker: 'flag', creditSign },
      })
      const lines = [
        { product: productId, quantity: 2 },
        { price: 99.5, vatGroup: 'NO15' },
      ]
      const id = tenant.crm.hasInvoice({ roleId, lines, isVatIncluded: mode === 'book' })
      tenant.crm.sendInvoice(id)
      await tenant.quiet()
      const total = Number(tenant.crm.get(id)?.TotalIncludingVat)
      const credit = tenant.crm.creditInvoice(id)
      tenant.crm.sendInvoice(credit)
      await tenant.quiet()
      expect(await codesOf(tenant)).toEqual([])
      const made = mode === 'draft' ? tenant.books.salesOrders() : tenant.books.postedInvoices()
      expect(made.map(({ TotalAmount }) => TotalAmount).sort()).toEqual([-total, total].sort())
      const bodies = tenant.calls(/POST .*(Complete|Journals)$/).map(({ body }) => JSON.parse(body ?? ''))
      const credited = bodies.at(-1)
      expect((credited.SalesOrderLines ?? credited.VoucherLines).map((line: Row) => line.Quantity)).toEqual([
        -2, -1,
      ])
      // Both sides come to the same in the night, too.
      await tenant.sync('compare')
      const { comparison } = await tenant.status()
      const row = comparison.rows.find(({ what }: Row) => what === 'invoices')
      expect(row).toMatchObject({ differ: 0, sums: { tribe: 0, powerOffice: 0 } })
      expect(await codesOf(tenant)).toEqual([])
    },
  )

  test.each(['draft', 'book', 'voucher'] as const)(
    'that name what they credit and ask for money are told, and nothing is made (%s)',
    async (mode) => {
      const { tenant, roleId } = await anOffice(mode, { tribe: { creditSign: 'nothing' } })
      const id = tenant.crm.hasInvoice({ roleId })
      tenant.crm.sendInvoice(id)
      await tenant.quiet()
      tenant.crm.sendInvoice(tenant.crm.creditInvoice(id))
      await tenant.quiet()
      expect(await codesOf(tenant)).toEqual(['invoice.credit_unclear'])
      expect(tenant.books.salesOrders().length + tenant.books.postedInvoices().length).toBe(1)
    },
  )

  test('of an invoice that the relay does not know wait, until it is known', async () => {
    let old = ''
    const { tenant } = await anOffice('book', {
      seed: (crm: Tenant['crm']) => {
        old = crm.hasInvoice({ roleId: crm.hasCustomer().roleId, phase: 'Sent' })
      },
    })
    tenant.crm.sendInvoice(tenant.crm.creditInvoice(old))
    await tenant.quiet()
    expect(await codesOf(tenant)).toEqual(['invoice.credited_unknown'])
    const today = new Date().toISOString().slice(0, 10)
    await tenant.api('POST', '/sync', { what: 'invoices', from: today, to: today })
    await tenant.quiet()
    expect(tenant.books.postedInvoices()).toHaveLength(2)
    expect(await codesOf(tenant)).toEqual([])
  })
})

describe('afterwards', () => {
  test('an edit or a deletion in Tribe changes nothing in PowerOffice, and is told once', async () => {
    const { tenant, roleId } = await anOffice('book')
    const id = tenant.crm.hasInvoice({ roleId })
    tenant.crm.sendInvoice(id)
    await tenant.quiet()
    const before = postedOf(tenant)
    tenant.crm.edit(id, { CustomerReference: 'Ny' })
    await tenant.quiet()
    // Whoever looks again meanwhile does not make it undone.
    tenant.crm.deliverAgain(2)
    await tenant.quiet()
    await tenant.poll()
    const { problem } = await invoiceRecord(tenant, id)
    expect(problem).toMatchObject({ code: 'invoice.changed_in_tribe' })
    await tenant.api('POST', `/jobs/${problem.jobId}/retry`)
    await tenant.quiet()
    expect(await codesOf(tenant)).toEqual([])
    tenant.crm.remove(id)
    await tenant.quiet()
    expect(await codesOf(tenant)).toEqual(['invoice.deleted_in_tribe'])
    expect(postedOf(tenant)).toEqual(before)
    const { body } = await tenant.api('GET', '/records/detached')
    expect(body.records).toMatchObject([{ kind: 'invoice', state: 'tribe-gone' }])
  })

  test('a draft that a bookkeeper deletes is told by the nightly comparison, and made again on request', async () => {
    const { tenant, roleId } = await anOffice('draft', { powerOffice: { deletedOrderFreesReference: false } })
    const id = tenant.crm.hasInvoice({ roleId })
    tenant.crm.sendInvoice(id)
    await tenant.quiet()
    tenant.books.deleteDraft(orderOf(tenant).Id)
    await tenant.poll()
    await tenant.sync('compare')
    expect(tenant.books.salesOrders()).toEqual([])
    expect((await invoiceRecord(tenant, id)).state).toBe('poweroffice-gone')
    expect((await tenant.api('POST', '/records/recreate', { kind: 'invoice', tribeId: id })).status).toBe(202)
    await tenant.quiet()
    expect(await invoiceRecord(tenant, id)).toMatchObject({
      state: 'linked',
      powerOfficeId: orderOf(tenant).Id,
    })
  })
})
