import { expect, test } from 'vitest'
import type { JsonObject } from '../fakes/poweroffice/json'
import { aClient } from './relay'

async function aDraft(options = {}, customerFields = {}) {
  const it = await aClient({ sendDelayMs: 1000, ...options })
  const { api, books, fake } = it
  const customer = books.hasCustomer({ InvoiceEmailAddress: 'faktura@nordvik.example', ...customerFields })
  const product = books.hasProduct({ UnitPrice: 1000 })
  const order = async (more: JsonObject = {}, quantity = 1) => {
    const line = { ProductId: product.Id, Quantity: quantity, ExternalImportReference: 'l1' }
    const body = { CustomerId: customer.Id, SalesOrderLines: [line], ...more }
    return String((await api.post('/SalesOrders/Complete', body)).record.Id)
  }
  const send = (id: string, body: JsonObject = {}) =>
    api.post(`/SalesOrders/${id}/CreateAndSendInvoice`, body)
  const state = async (id: string) => (await api.get(`/SalesOrders/SentState?id=${id}`)).rows[0]
  const outcome = async (id: string, body: JsonObject = {}) => {
    await send(id, body)
    fake.clock.advance(1001)
    return state(id)
  }
  const id = await order({ ExternalImportReference: 'r1', ImportedOrderNo: 17 })
  return {
    ...it,
    customer,
    product,
    order,
    send,
    state,
    outcome,
    id,
    [Symbol.asyncDispose]: () => fake.close(),
  }
}

test('an invoice is sent a moment after it was asked for, and keeps the id of its order', async () => {
  await using it = await aDraft()
  const { api, id, send, state, fake, books } = it
  const asked = await send(id, { DeliveryType: 'PdfPrintForDownload', VoucherDate: '2026-02-03' })
  expect(asked).toMatchObject({ status: 202, record: { Id: id, VoucherDate: '2026-02-03' } })
  expect(asked.headers.get('location')).toContain(id)
  expect(await state(id)).toMatchObject({ IsInvoiceBeingProcessed: true, SentDateTimeOffset: null })
  expect((await api.get(`/SalesOrders/${id}`)).status).toBe(200)
  expect((await api.get('/OutgoingInvoices')).status).toBe(204)
  expect((await send(id)).status).toBe(400)
  fake.clock.advance(1001)
  expect(await state(id)).toMatchObject({
    IsInvoiceBeingProcessed: false,
    InvoiceNo: 10001,
    DueDate: '2026-02-17',
    InvoiceDeliveryType: 'Print',
  })
  expect((await api.get(`/SalesOrders/${id}`)).status).toBe(404)
  expect((await api.get('/OutgoingInvoices?externalImportReferences=r1')).rows).toMatchObject([
    {
      Id: id,
      InvoiceNo: 10001,
      VoucherType: 'OutgoingInvoice',
      VoucherDate: '2026-02-03',
      NetAmount: 1000,
      TotalAmount: 1250,
      Balance: 1250,
      ImportedOrderNo: 17,
      IsCreatedByCurrentIntegration: true,
      MatchId: null,
    },
  ])
  const lines = (await api.get(`/OutgoingInvoices/${id}/Lines?OrderBy=SortOrder`)).rows
  expect(lines).toMatchObject([
    { AccountNo: 3000, VatCode: '3', VatAmount: 250, ExternalImportReference: 'l1' },
  ])
  expect(books.postedInvoices()[0]?.Cid).toMatch(/^\d{16}$/)
})

test('without the right to send, asking for it is 400 and the draft stays', async () => {
  await using it = await aDraft()
  it.books.setAllowSendInvoice(false)
  expect(await it.send(it.id)).toMatchObject({ status: 400, record: { title: 'Missing privilege' } })
  expect(it.books.salesOrders()).toHaveLength(1)
})

test.each([
  ['no address to mail to', { InvoiceEmailAddress: null }, { DeliveryType: 'Auto' }, 'no e-mail address'],
  ['EHF to someone without organization number', {}, { DeliveryType: 'EHF' }, 'cannot receive EHF'],
  ['an archived customer', { IsArchived: true }, { DeliveryType: 'PdfPrintForDownload' }, 'archived'],
  ['a closed period', {}, { VoucherDate: '2025-12-31' }, 'closed period'],
])('%s makes the delivery fail, and the order stays a draft', async (_, customer, body, message) => {
  await using it = await aDraft({}, customer)
  const { books, id, outcome } = it
  books.setLockDate('2025-12-31')
  expect(await outcome(id, body)).toMatchObject({ IsInvoiceBeingProcessed: false, InvoiceNo: null })
  expect((await it.state(id))?.LastErrorMessage).toContain(message)
  expect(books.salesOrders()).toHaveLength(1)
  expect(books.postedInvoices()).toEqual([])
})

test('a failed delivery can be asked for again', async () => {
  await using it = await aDraft()
  const { books, id, outcome, send, state } = it
  books.failNextDelivery('Aksesspunktet svarer ikke')
  expect(await outcome(id)).toMatchObject({ LastErrorMessage: 'Aksesspunktet svarer ikke' })
  await send(id)
  expect(await state(id)).toMatchObject({ IsInvoiceBeingProcessed: true, LastErrorMessage: null })
  it.fake.clock.advance(1001)
  expect(await state(id)).toMatchObject({ InvoiceNo: 10001, LastErrorMessage: null })
})

test('an invoice that a user sends counts as the user’s', async () => {
  await using it = await aDraft()
  const { api, books, id } = it
  books.sendDraft(id, { voucherDate: '2026-03-01' })
  expect((await api.get('/OutgoingInvoices?onlyCreatedByCurrentIntegration=true')).status).toBe(204)
  expect((await api.get('/OutgoingInvoices?fromDate=2026-03-01&toDate=2026-03-01')).rows).toMatchObject([
    { Id: id },
  ])
  expect((await api.get(`/OutgoingInvoices?invoiceIds=${id.toUpperCase()}`)).rows).toHaveLength(1)
})

test('a negative order becomes a credit note that names the credited invoice', async () => {
  await using it = await aDraft()
  const { books, id, order, outcome } = it
  const invoice = books.sendDraft(id)
  const credit = await order({ RelatedInvoiceNo: invoice.InvoiceNo }, -1)
  await outcome(credit)
  expect(books.postedInvoices()[1]).toMatchObject({
    VoucherType: 'OutgoingCreditNote',
    TotalAmount: -1250,
    Balance: -1250,
    RelatedInvoiceNo: 10001,
    Cid: null,
  })
  books.matchCreditNote(id, credit)
  expect(books.postedInvoices().map((i) => i.Balance)).toEqual([0, 0])
})

test('payments lower the balance, move its clock, and share a match with the invoice', async () => {
  await using it = await aDraft()
  const { api, books, id } = it
  const { BalanceLastChangedDateTimeOffset } = books.sendDraft(id, { voucherDate: '2026-02-03' })
  const since = encodeURIComponent(BalanceLastChangedDateTimeOffset ?? '')
  const changed = () => api.get(`/OutgoingInvoices?balanceLastChangedDateTimeOffsetGreaterThan=${since}`)
  expect((await changed()).status).toBe(204)
  const first = books.receivePayment(id, 500, { date: '2026-02-11', voucherType: 'IncomingOcrGiro' })
  expect((await changed()).rows).toMatchObject([{ Id: id, Balance: 750, MatchId: first.MatchId }])
  const second = books.receivePayment(id, 750, { date: '2026-02-20' })
  expect(second.MatchId).toBe(first.MatchId)
  const entries = await api.get(
    `/Customerledger/EntriesByMatchId?matchId=${first.MatchId}&OrderBy=PostingDate`,
  )
  expect(entries.rows.map((e) => [e.VoucherType, e.InvoiceNo, e.Amount, e.Balance])).toEqual([
    ['OutgoingInvoice', '10001', 1250, 0],
    ['IncomingOcrGiro', '10001', -500, 0],
    ['BankJournal', '10001', -750, 0],
  ])
  expect((await api.get('/OutgoingInvoices?onlyUnpaidInvoices=true')).status).toBe(204)
})

test('a payment that is unmatched gives the invoice its balance back', async () => {
  await using it = await aDraft()
  const { books, id } = it
  books.sendDraft(id)
  const payment = books.receivePayment(id, 1250)
  const paid = books.postedInvoices()[0]
  books.unmatch(payment.Id)
  const open = books.postedInvoices()[0]
  expect([paid?.Balance, open?.Balance, open?.MatchId]).toEqual([0, 1250, null])
  expect(
    String(open?.BalanceLastChangedDateTimeOffset) > String(paid?.BalanceLastChangedDateTimeOffset),
  ).toBe(true)
  expect(books.ledgerEntries().find((entry) => entry.Id === payment.Id)).toMatchObject({ Balance: -1250 })
})

test('one payment for two invoices puts all three under one match', async () => {
  await using it = await aDraft()
  const { books, id, order } = it
  const other = await order()
  books.sendDraft(id)
  books.sendDraft(other)
  const payment = books.payTwoInvoices([id, other], 2000)
  expect(books.ledgerEntries().map((entry) => entry.MatchId)).toEqual(Array(3).fill(payment.MatchId))
  expect(books.postedInvoices().map((invoice) => invoice.Balance)).toEqual([0, 500])
})

test('a loss and a reversal settle an invoice without a payment', async () => {
  await using it = await aDraft()
  const { books, id, order } = it
  const other = await order()
  books.sendDraft(id)
  books.sendDraft(other)
  expect(books.writeOff(id)).toMatchObject({ VoucherType: 'ManualJournal', IsWriteOff: true, Amount: -1250 })
  books.reverseInvoice(other)
  expect(books.postedInvoices()).toMatchObject([
    { Balance: 0, IsReversed: false },
    { Balance: 0, IsReversed: true },
  ])
})

test('the ledger needs its dates, and tells balances as of a day', async () => {
  await using it = await aDraft()
  const { api, books, id, customer } = it
  books.sendDraft(id, { voucherDate: '2026-02-03' })
  books.receivePayment(id, 1000, { date: '2026-02-11' })
  expect((await api.get('/Customerledger/Statement?fromDate=2026-01-01')).status).toBe(404)
  expect((await api.get('/Customerledger/OpenItems')).status).toBe(404)
  const open = async (date: string) =>
    (await api.get(`/Customerledger/OpenItems?date=${date}`)).rows.map((entry) => entry.Balance)
  expect(await open('2026-02-02')).toEqual([])
  expect(await open('2026-02-10')).toEqual([1250])
  expect(await open('2026-02-11')).toEqual([250])
  const statement = '/Customerledger/Statement?fromDate=2026-02-04&toDate=2026-12-31'
  expect((await api.get(statement)).rows).toMatchObject([{ Amount: -1000 }])
  expect((await api.get(`${statement}&voucherTypes=OutgoingInvoice`)).status).toBe(204)
  expect((await api.get('/Customerledger/CustomerBalances?date=2026-12-31')).rows).toEqual([
    {
      CustomerId: customer.Id,
      CustomerAccountNo: 10000,
      CustomerExternalNo: null,
      CustomerName: customer.Name,
      Balance: 250,
    },
  ])
})
