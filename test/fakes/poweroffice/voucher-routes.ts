/** /Vouchers: invoices issued elsewhere and payments pushed in, both posted at once. */
import type { Books } from './books'
import type { Call, Handlers } from './call'
import { isObject, type JsonObject, textOf } from './json'
import { addEntry, type Entry, match } from './ledger'
import { reverse } from './ledger-hands'
import type { OutgoingInvoiceDto } from './models/invoices'
import { cents, roundedProduct } from './money'
import { bookInvoice, exchangeRate } from './posting'
import { Complaints, notFound, Problem } from './problem'

const linesOf = (body: JsonObject) =>
  (Array.isArray(body.VoucherLines) ? body.VoucherLines : []).filter(isObject)
const total = (lines: JsonObject[]) =>
  lines.reduce((sum, line) => sum + cents(Number(line.CurrencyAmount ?? 0)), 0)

function checkDate(books: Books, date: string, complaints: Complaints): void {
  const { LockDate } = books.lockDateSettings
  if (LockDate !== null && date <= LockDate) complaints.add(`The date ${date} is in a closed period.`)
  if (date < books.financialSettings.ConversionDate)
    complaints.add(`The date ${date} is before the conversion date.`)
}

function checkReference(books: Books, value: unknown, complaints: Complaints): void {
  const isSame = (row: { ExternalImportReference: string | null }) => row.ExternalImportReference === value
  const holder = books.invoices.all().find((invoice) => isSame(invoice) && !invoice.IsReversed)
  const voucher = [...books.vouchers.values()].find((v) => v.ExternalImportReference === value)
  const id = holder?.Id ?? voucher?.Id
  if (typeof value !== 'string' || id === undefined) return
  complaints.add(`ExternalImportReference is already in use. '${value}' is used on (voucher) Id = ${id}.`)
}

function postInvoice({ books, body }: Call, isCredit: boolean): JsonObject {
  const complaints = new Complaints('Outgoing invoice voucher')
  const lines = linesOf(body)
  const amount = Number(body.CurrencyAmount)
  const day = textOf(body.VoucherDate) ?? ''
  const no = Number(body.InvoiceNo)
  const customer = books.contacts.all().find((c) => c.customer?.SubledgerAccountId === body.CustomerAccountId)
  if (!customer) complaints.missing(`Customer account with id = ${body.CustomerAccountId} not found.`)
  if (books.isInvoiceNoTaken(no)) complaints.add(`InvoiceNo ${no} is already in use.`)
  if (lines.length === 0 || total(lines) !== cents(amount))
    complaints.add('The lines must add up to CurrencyAmount.')
  if (isCredit ? amount >= 0 : amount <= 0) complaints.add('CurrencyAmount has the wrong sign.')
  for (const { AccountId, VatId } of lines) {
    if (!books.accounts.find(Number(AccountId)))
      complaints.missing(`Account with id = ${AccountId} not found.`)
    if (!books.vatCodes.some((vat) => vat.Id === VatId))
      complaints.missing(`VAT code with id = ${VatId} not found.`)
  }
  checkDate(books, day, complaints)
  checkReference(books, body.ExternalImportReference, complaints)
  complaints.throwIfAny()

  const currency = textOf(body.CurrencyCode) ?? 'NOK'
  const rate = exchangeRate(
    currency,
    typeof body.CurrencyExchangeRate === 'number' ? body.CurrencyExchangeRate : null,
  )
  const net = lines.reduce((sum, line) => sum + netCents(books, line), 0) / 100
  const stamp = books.stamps.next()
  const { VoucherLines, CustomerAccountId, ...carried } = body
  const fields: Partial<OutgoingInvoiceDto> = { ...carried }
  const invoice = bookInvoice(
    books,
    {
      ...fields,
      Id: books.random.uuid(),
      VoucherNo: books.nextNo('voucher'),
      VoucherType: isCredit ? 'OutgoingCreditNote' : 'OutgoingInvoice',
      VoucherDate: day,
      CustomerId: customer?.Id ?? null,
      CustomerNo: customer?.customer?.Number ?? null,
      NetAmount: net,
      TotalAmount: amount,
      NetPostedAmount: roundedProduct(net, rate),
      TotalPostedAmount: roundedProduct(amount, rate),
      IsReversed: false,
      IsCreatedByCurrentIntegration: true,
      CreatedDateTimeOffset: stamp,
      LastChangedDateTimeOffset: stamp,
    },
    [],
  )
  const voucher = { ...carried, Id: invoice.Id, VoucherNo: invoice.VoucherNo, InvoiceNo: String(no) }
  return remember(books, {
    ...voucher,
    CustomerAccountId: CustomerAccountId ?? null,
    OutgoingInvoiceLines: lines,
  })
}

function netCents(books: Books, line: JsonObject): number {
  const rate = books.vatCodes.find((vat) => vat.Id === line.VatId)?.Rate ?? 0
  return Math.round(cents(Number(line.CurrencyAmount)) / (1 + rate))
}

function remember(books: Books, fields: JsonObject & { Id: string }): JsonObject {
  const voucher = { IsReversed: false, CreatedDateTimeOffset: books.stamps.next(), ...fields }
  books.vouchers.set(fields.Id, voucher)
  return voucher
}

function postBankJournal({ books, body }: Call): JsonObject {
  const complaints = new Complaints('Bank voucher')
  const lines = linesOf(body)
  if (lines.length === 0 || total(lines) !== 0) complaints.add('The lines must add up to 0.')
  for (const line of lines) {
    if (cents(Number(line.CurrencyAmount ?? 0)) === 0) complaints.add('CurrencyAmount must not be 0.')
    if (!books.accounts.find(Number(line.AccountId)) && !customerWith(books, line.AccountId)) {
      complaints.missing(`Account with id = ${line.AccountId} not found.`)
    }
    checkDate(books, textOf(line.PostingDate) ?? '', complaints)
  }
  checkReference(books, body.ExternalImportReference, complaints)
  complaints.throwIfAny()
  const Id = books.random.uuid()
  const VoucherNo = books.nextNo('voucher')
  for (const line of lines) postBankLine(books, line, { VoucherId: Id, VoucherNo })
  const withIds = lines.map((line) => ({ ...line, Id: books.nextId('entry') }))
  return remember(books, { ...body, Id, VoucherNo, VoucherLines: withIds })
}

const customerWith = (books: Books, accountId: unknown) =>
  books.contacts.all().find((contact) => contact.customer?.SubledgerAccountId === accountId)

/** A line on a customer's account is a ledger entry, matched with the invoice that it names. */
function postBankLine(books: Books, line: JsonObject, voucher: Pick<Entry, 'VoucherId' | 'VoucherNo'>): void {
  const customer = customerWith(books, line.AccountId)
  if (!customer) return
  const InvoiceNo = textOf(line.InvoiceNo)
  const Cid = textOf(line.Cid)
  const settled = books.entries
    .all()
    .find(
      (e) =>
        e.CustomerId === customer.Id &&
        e.DueDate !== null &&
        (e.InvoiceNo === InvoiceNo || (Cid && e.Cid === Cid)),
    )
  const CustomMatchingReference = textOf(line.CustomMatchingReference)
  const entry = addEntry(books, {
    ...voucher,
    VoucherType: 'BankJournal',
    CustomerId: customer.Id,
    PostingDate: textOf(line.PostingDate) ?? '',
    Amount: Number(line.CurrencyAmount),
    InvoiceNo,
    Cid,
    CustomMatchingReference,
    IsCreatedByCurrentIntegration: true,
  })
  if (settled && entry.MatchId === null) match(books, [settled.Id, entry.Id])
}

function reverseVoucher({ books, params }: Call): JsonObject {
  const id = params.id ?? ''
  const voucher = books.vouchers.get(id)
  if (!voucher) throw notFound('Voucher', id)
  if (voucher.IsReversed === true)
    throw new Problem(400, 'Voucher validation error(s)', 'The voucher is reversed.')
  const invoice = books.invoices.find(id)
  if (invoice) reverse(books, invoice)
  const reversed = { ...voucher, ExternalImportReference: null, IsReversed: true }
  books.vouchers.set(id, reversed)
  return { Id: id, IsReversed: true }
}

const read = ({ books, params }: Call) => {
  const voucher = books.vouchers.get(params.id ?? '')
  if (!voucher) throw notFound('Voucher', params.id ?? '')
  return { json: voucher }
}

export const voucherRoutes: Handlers = {
  'POST /Vouchers/OutgoingInvoiceJournals': (call) => ({ json: postInvoice(call, false) }),
  'GET /Vouchers/OutgoingInvoiceJournals/{id}': read,
  'POST /Vouchers/OutgoingCreditNoteJournals': (call) => ({ json: postInvoice(call, true) }),
  'GET /Vouchers/OutgoingCreditNoteJournals/{id}': read,
  'POST /Vouchers/BankJournals': (call) => ({ json: postBankJournal(call) }),
  'GET /Vouchers/BankJournals/{id}': read,
  'POST /Vouchers/Reverse/{id}': (call) => ({ json: reverseVoucher(call) }),
  'DELETE /Offboarding/RemoveIntegration': ({ books }) => {
    books.isRevoked = true
    return { json: null }
  },
}
