/** What a bookkeeper does in the ledgers: takes in payments, writes off, reverses. */
import type { Books } from './books'
import { nameOf } from './contacts'
import type { JsonObject } from './json'
import { addEntry, type Entry, entryOfVoucher, getEntry, match, unmatch } from './ledger'
import type { OutgoingInvoiceDto } from './models/invoices'
import { bookInvoice, cidOf } from './posting'
import { addDays, osloDay } from './stamps'

export interface Payment {
  /** Posting date; today when absent. */
  date?: string
  /** Default "BankJournal"; "IncomingOcrGiro" comes with the payment reference. */
  voucherType?: string
}

/** A payment that settles invoices, or pays credit notes back. */
export function pay(books: Books, invoices: OutgoingInvoiceDto[], amount: number, how: Payment): Entry {
  const first = invoices[0]
  if (!first) throw new Error('a payment of nothing')
  const VoucherType = how.voucherType ?? 'BankJournal'
  const isOcr = VoucherType === 'IncomingOcrGiro'
  const Amount = first.TotalPostedAmount < 0 ? amount : -amount
  const rate = first.CurrencyExchangeRate ?? 1
  const entry = addEntry(books, {
    VoucherId: books.random.uuid(),
    VoucherNo: books.nextNo('voucher'),
    VoucherType,
    CustomerId: first.CustomerId,
    PostingDate: how.date ?? osloDay(books.now()),
    Amount,
    CurrencyAmount: Math.round((Amount / rate) * 100) / 100,
    CurrencyCode: first.CurrencyCode,
    InvoiceNo: invoices.length === 1 && first.InvoiceNo !== null ? String(first.InvoiceNo) : null,
    Cid: isOcr ? first.Cid : null,
    PaidFromBankAccount: isOcr ? '98765432101' : null,
  })
  match(books, [...invoices.map((invoice) => entryOfVoucher(books, invoice.Id).Id), entry.Id])
  return getEntry(books, entry.Id)
}

export function writeOff(books: Books, invoice: OutgoingInvoiceDto, date = osloDay(books.now())): Entry {
  const { writeOffMarks } = books.quirks
  const own = entryOfVoucher(books, invoice.Id)
  const entry = addEntry(books, {
    VoucherId: books.random.uuid(),
    VoucherNo: books.nextNo('voucher'),
    VoucherType: 'ManualJournal',
    CustomerId: invoice.CustomerId,
    PostingDate: date,
    Amount: -own.Balance,
    InvoiceNo: own.InvoiceNo,
    IsWriteOff: writeOffMarks !== 'invoice-entry',
  })
  if (writeOffMarks !== 'counter-entry') books.entries.put({ ...own, IsWriteOff: true })
  match(books, [own.Id, entry.Id])
  return getEntry(books, entry.Id)
}

export function reverse(books: Books, invoice: OutgoingInvoiceDto): void {
  const own = entryOfVoucher(books, invoice.Id)
  unmatch(books, own.Id)
  books.invoices.put({ ...(books.invoices.find(invoice.Id) ?? invoice), IsReversed: true })
  const entry = addEntry(books, {
    VoucherId: books.random.uuid(),
    VoucherNo: books.nextNo('voucher'),
    VoucherType: 'ReversalVoucher',
    CustomerId: invoice.CustomerId,
    PostingDate: invoice.VoucherDate,
    Amount: -own.Amount,
    InvoiceNo: own.InvoiceNo,
  })
  match(books, [own.Id, entry.Id])
}

/** An invoice that was made and sent in PowerOffice, with nothing to do with the integration. */
export function addInvoice(books: Books, customerId: number, fields: JsonObject): OutgoingInvoiceDto {
  const number = books.contacts.find(customerId)?.customer?.Number ?? null
  const stamp = books.stamps.next()
  const total = Number(fields.TotalAmount)
  const invoiceNo = typeof fields.InvoiceNo === 'number' ? fields.InvoiceNo : books.nextNo('invoice')
  const day = typeof fields.VoucherDate === 'string' ? fields.VoucherDate : osloDay(books.now())
  return bookInvoice(
    books,
    {
      NetAmount: total,
      NetPostedAmount: total,
      TotalPostedAmount: total,
      DueDate: addDays(day, 14),
      Cid: total < 0 ? null : cidOf(number ?? 0, invoiceNo),
      VoucherType: total < 0 ? 'OutgoingCreditNote' : 'OutgoingInvoice',
      InvoiceDeliveryType: 'Print',
      SentDateTimeOffset: stamp,
      CreatedDateTimeOffset: stamp,
      LastChangedDateTimeOffset: stamp,
      ...fields,
      Id: books.random.uuid(),
      InvoiceNo: invoiceNo,
      VoucherNo: books.nextNo('voucher'),
      VoucherDate: day,
      TotalAmount: total,
      CustomerId: customerId,
      CustomerNo: number,
    },
    [],
  )
}

export function addSupplierInvoice(books: Books, supplierId: number, amount: number): void {
  const contact = books.contacts.find(supplierId)
  if (!contact?.supplier) throw new Error(`no supplier ${supplierId}`)
  const stamp = books.stamps.next()
  const day = osloDay(books.now())
  books.supplierEntries.put({
    Id: books.nextId('entry'),
    SupplierId: supplierId,
    SupplierAccountNo: contact.supplier.Number,
    SupplierName: nameOf(contact),
    VoucherId: books.random.uuid(),
    VoucherNo: books.nextNo('voucher'),
    VoucherType: 'IncomingInvoice',
    PostingDate: day,
    VoucherDate: day,
    Amount: -amount,
    Balance: -amount,
    CreatedDateTimeOffset: stamp,
    LastChangedDateTimeOffset: stamp,
  })
}
