/** /Vouchers: invoices issued elsewhere and payments pushed in, both posted at once. */
import type { Books } from './books'
import type { Call, Handlers } from './call'
import { postInvoice } from './invoice-vouchers'
import { type JsonObject, textOf } from './json'
import { addEntry, type Entry, match } from './ledger'
import { reverse } from './ledger-hands'
import { cents } from './money'
import { Complaints, notFound, Problem } from './problem'
import {
  checkDate,
  checkReference,
  linesOf,
  remember,
  shownVoucher,
  total,
  type VoucherRoute,
} from './vouchers'

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
  return remember(books, 'BankJournals', { ...body, Id, VoucherNo, VoucherLines: withIds })
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
  if (voucher.shown.IsReversed === true)
    throw new Problem(400, 'Voucher validation error(s)', 'The voucher is reversed.')
  const invoice = books.invoices.find(id)
  if (invoice) reverse(books, invoice)
  const shown = { ...voucher.shown, ExternalImportReference: null, IsReversed: true }
  books.vouchers.set(id, { ...voucher, shown })
  return { VoucherId: id, IsReversed: true }
}

const readerOf =
  (route: VoucherRoute) =>
  ({ books, params }: Call) => {
    const voucher = books.vouchers.get(params.id ?? '')
    if (voucher?.route !== route) throw notFound('Voucher', params.id ?? '')
    return { json: shownVoucher(books, voucher) }
  }

export const voucherRoutes: Handlers = {
  'POST /Vouchers/OutgoingInvoiceJournals': (call) => ({
    json: postInvoice(call, 'OutgoingInvoiceJournals'),
  }),
  'GET /Vouchers/OutgoingInvoiceJournals/{id}': readerOf('OutgoingInvoiceJournals'),
  'POST /Vouchers/OutgoingCreditNoteJournals': (call) => ({
    json: postInvoice(call, 'OutgoingCreditNoteJournals'),
  }),
  'GET /Vouchers/OutgoingCreditNoteJournals/{id}': readerOf('OutgoingCreditNoteJournals'),
  'POST /Vouchers/BankJournals': (call) => ({ json: postBankJournal(call) }),
  'GET /Vouchers/BankJournals/{id}': readerOf('BankJournals'),
  'POST /Vouchers/Reverse/{id}': (call) => ({ json: reverseVoucher(call) }),
  'DELETE /Offboarding/RemoveIntegration': ({ books }) => {
    books.isRevoked = true
    return { json: null }
  },
}
