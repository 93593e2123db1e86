import { expect, test } from 'vitest'
import type { JsonObject } from '../fakes/poweroffice/json'
import { aClient } from './relay'

const INVOICES = '/Vouchers/OutgoingInvoiceJournals'
const CREDIT_NOTES = '/Vouchers/OutgoingCreditNoteJournals'

async function aVoucher(options = {}) {
  const it = await aClient(options)
  const { books } = it
  const customer = books.hasCustomer({ Name: 'Nordvik Bygg AS' })
  const account = books.accountNo(3000)
  const line = (CurrencyAmount: number, more: JsonObject = {}) => ({
    AccountId: account.Id,
    VatId: account.VatCodeId,
    CurrencyAmount,
    ...more,
  })
  const body = (more: JsonObject = {}) => ({
    InvoiceNo: 900017,
    VoucherDate: '2026-02-03',
    DueDate: '2026-02-17',
    CustomerAccountId: customer.SubledgerAccountId,
    CurrencyCode: 'NOK',
    CurrencyAmount: 1250,
    ExternalImportReference: 'v1',
    VoucherLines: [line(1250)],
    ...more,
  })
  return { ...it, customer, account, line, body, [Symbol.asyncDispose]: () => it.fake.close() }
}

test('invoices issued elsewhere and payments pushed in are posted at once, and can be reversed', async () => {
  await using it = await aVoucher()
  const { api, books, customer, body } = it
  const posted = await api.post(INVOICES, body())
  expect(posted).toMatchObject({ status: 201, record: { InvoiceNo: 900017, VoucherLines: [{}] } })
  const id = String(posted.record.Id)
  expect((await api.get(`${INVOICES}/${id}`)).record).toEqual(posted.record)
  expect((await api.get(`${CREDIT_NOTES}/${id}`)).status).toBe(404)
  expect((await api.post(INVOICES, body())).status).toBe(400)
  const paid = { VatId: 201500, PostingDate: '2026-02-11' }
  const journal = await api.post('/Vouchers/BankJournals', {
    CurrencyCode: 'NOK',
    VoucherDate: '2026-02-11',
    VoucherLines: [
      { ...paid, AccountId: books.accountNo(1920).Id, CurrencyAmount: 1250 },
      { ...paid, AccountId: customer.SubledgerAccountId, CurrencyAmount: -1250, InvoiceNo: '900017' },
    ],
  })
  expect(journal.status).toBe(201)
  expect(books.postedInvoices()).toMatchObject([
    { Id: id, InvoiceNo: 900017, NetAmount: 1000, Balance: 0, SentDateTimeOffset: null },
  ])
  expect((await api.send('POST', `/Vouchers/Reverse/${id}`)).record).toEqual({
    VoucherId: id,
    IsReversed: true,
  })
  expect((await api.post(INVOICES, body())).status).toBe(201)
})

test('VAT is taken out of each line by its own code', async () => {
  await using it = await aVoucher()
  const { api, books, body, line } = it
  const low = { AccountId: books.accountNo(3020).Id, VatId: books.accountNo(3020).VatCodeId }
  const lines = [line(0.99), line(125.05), line(-0.99, low)]
  const { record } = await api.post(INVOICES, body({ CurrencyAmount: 125.05, VoucherLines: lines }))
  expect(books.postingsOf(String(record.Id))).toEqual([
    { accountNo: 3000, vatCode: '3', vatRate: 0.25, net: 0.79, vat: 0.2 },
    { accountNo: 3000, vatCode: '3', vatRate: 0.25, net: 100.04, vat: 25.01 },
    { accountNo: 3020, vatCode: '33', vatRate: 0.12, net: -0.88, vat: -0.11 },
  ])
  expect(books.postedInvoices()).toMatchObject([{ NetAmount: 99.95, TotalAmount: 125.05 }])
})

test.each([
  ['sum', { CurrencyAmount: 1249.99 }, 400],
  ['sign', { CurrencyAmount: -1250 }, 400],
  ['number', { InvoiceNo: 0 }, 400],
  ['customer', { CustomerAccountId: 1 }, 404],
  ['currency', { CurrencyCode: 'XXX' }, 404],
  ['period', { VoucherDate: '2025-12-31' }, 400],
] as const)('a voucher with a wrong %s is refused, and nothing is posted', async (_, wrong, status) => {
  await using it = await aVoucher()
  it.books.setLockDate('2025-12-31')
  expect((await it.api.post(INVOICES, it.body(wrong))).status).toBe(status)
  expect(it.books.postedInvoices()).toEqual([])
})

test.each([
  ['of an account that is closed', { IsActive: false }],
  ['with another VAT code than its account is locked to', { IsVatCodeLocked: true, VatCode: '31' }],
])('a line %s is refused', async (_, change) => {
  await using it = await aVoucher()
  it.books.editAccount(3000, change)
  expect((await it.api.post(INVOICES, it.body())).status).toBe(400)
})

test.each([400, 409] as const)(
  'a number and a reference that are taken are told by %d, whoever holds them',
  async (duplicateStatus) => {
    await using it = await aVoucher({ duplicateStatus })
    const { api, books, body, customer } = it
    books.hasInvoice(Number(customer.Id), { TotalAmount: 10, InvoiceNo: 900017 })
    const taken = await api.post(INVOICES, body())
    expect([taken.status, taken.record.detail]).toEqual([
      duplicateStatus,
      'InvoiceNo 900017 is already in use.',
    ])
    expect((await api.post(INVOICES, body({ InvoiceNo: 900018 }))).status).toBe(201)
    const again = await api.post(INVOICES, body({ InvoiceNo: 900019 }))
    expect([again.status, String(again.record.detail)]).toEqual([
      duplicateStatus,
      expect.stringContaining("'v1' is used on"),
    ])
  },
)

test('a credit note is below zero, and matched with the invoice whose matching reference it has', async () => {
  await using it = await aVoucher()
  const { api, books, body, line } = it
  await api.post(INVOICES, body({ CustomMatchingReference: 'm' }))
  const credit = {
    InvoiceNo: 900018,
    ExternalImportReference: 'v2',
    CustomMatchingReference: 'm',
    CurrencyAmount: -1250,
    VoucherLines: [line(-1250)],
  }
  expect((await api.post(CREDIT_NOTES, body({ ...credit, CurrencyAmount: 1250 }))).status).toBe(400)
  expect((await api.post(CREDIT_NOTES, body(credit))).status).toBe(201)
  expect(books.postedInvoices()).toMatchObject([
    { VoucherType: 'OutgoingInvoice', Balance: 0 },
    { VoucherType: 'OutgoingCreditNote', Balance: 0, NetAmount: -1000 },
  ])
})

test('lines and numbers are spelled as in either year', async () => {
  await using it = await aVoucher({ voucherLinesAs: 'OutgoingInvoiceLines', invoiceNumbersAs: 'text' })
  const { record } = await it.api.post(INVOICES, it.body())
  expect(record).toMatchObject({ InvoiceNo: '900017', OutgoingInvoiceLines: [{ CurrencyAmount: 1250 }] })
  expect(record).not.toHaveProperty('VoucherLines')
})

test('vouchers need their privilege, documents theirs', async () => {
  await using it = await aVoucher({ privileges: ['VoucherDocumentation'] })
  expect((await it.api.post(INVOICES, it.body())).status).toBe(403)
  expect((await it.api.send('PUT', `/VoucherDocumentation?id=${crypto.randomUUID()}`)).status).toBe(403)
})

const formOf = (bytes: Uint8Array<ArrayBuffer>, type = 'application/pdf') => {
  const form = new FormData()
  form.append('file', new Blob([bytes], { type }), '900017.pdf')
  return form
}
const bytesOf = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0))
function pdfOf(size: number) {
  const bytes = new Uint8Array(size)
  bytes.set(bytesOf('%PDF-1.4\n'))
  return bytes
}

test('a PDF becomes the document of a voucher that the integration posted; the last one wins', async () => {
  await using it = await aVoucher()
  const { api, books, body, customer } = it
  const id = String((await api.post(INVOICES, body())).record.Id)
  const of = async (voucherId: string) => (await api.get(`/VoucherDocumentation?id=${voucherId}`)).rows
  const put = (voucherId: string, form: FormData) =>
    api.send('PUT', `/VoucherDocumentation?id=${voucherId}`, { body: form })
  expect(await of(id)).toMatchObject([{ VoucherId: id, HasPdf: false, IsImported: true }])
  expect((await put(id, formOf(pdfOf(100)))).status).toBe(202)
  expect((await put(id, formOf(pdfOf(200)))).status).toBe(202)
  expect(await of(id)).toMatchObject([{ HasPdf: true }])
  expect(books.documents.get(id)?.bytes.length).toBe(200)
  const own = books.hasInvoice(Number(customer.Id), { TotalAmount: 10 })
  expect(await of(own.Id)).toMatchObject([{ HasPdf: true, IsImported: false }])
  expect((await put(own.Id, formOf(pdfOf(100)))).status).toBe(400)
  expect((await put(id, formOf(bytesOf('GIF89a')))).status).toBe(400)
  expect((await put(id, formOf(pdfOf(31 * 1024 * 1024)))).status).toBe(400)
  expect(books.documents.get(id)?.bytes.length).toBe(200)
})
