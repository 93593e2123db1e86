/** Invoices and credit notes that were issued elsewhere: posted at once, with the VAT that their lines' codes have. */
import type { Books } from './books'
import type { Call } from './call'
import { checkCurrency } from './contact-rules'
import { withDimensions } from './dimensions'
import { type JsonObject, textOf } from './json'
import type { OutgoingInvoiceDto } from './models/invoices'
import { cents, roundedProduct } from './money'
import { bookInvoice, exchangeRate } from './posting'
import { Complaints } from './problem'
import {
  checkDate,
  checkReference,
  linesOf,
  type Posting,
  remember,
  total,
  type VoucherRoute,
} from './vouchers'

const MOST_INT64 = 2n ** 63n - 1n

export function postInvoice({ books, body, violation }: Call, route: VoucherRoute): JsonObject {
  const isCredit = route === 'OutgoingCreditNoteJournals'
  const complaints = new Complaints('Outgoing invoice voucher')
  const lines = linesOf(body)
  const amount = Number(body.CurrencyAmount)
  const day = textOf(body.VoucherDate) ?? ''
  const no = Number(body.InvoiceNo)
  const customer = books.contacts.all().find((c) => c.customer?.SubledgerAccountId === body.CustomerAccountId)
  if (!customer) complaints.missing(`Customer account with id = ${body.CustomerAccountId} not found.`)
  if (customer?.shared.IsArchived && !books.quirks.archivedCustomersTakeOrders)
    complaints.add(`Customer with id = ${customer.Id} is archived.`)
  if (no < 1 || BigInt(no) > MOST_INT64) complaints.add(`InvoiceNo ${no} is no number of an invoice.`)
  if (books.isInvoiceNoTaken(no)) complaints.add(`InvoiceNo ${no} is already in use.`)
  if (lines.length === 0 || total(lines) !== cents(amount))
    complaints.add('The lines must add up to CurrencyAmount.')
  if (isCredit ? amount >= 0 : amount <= 0) complaints.add('CurrencyAmount has the wrong sign.')
  for (const line of [body, ...lines]) {
    const given = Number(line.CurrencyAmount)
    if (cents(given) / 100 !== given) violation(`CurrencyAmount ${given} has more than two decimals`)
  }
  withDimensions(books, body, complaints)
  for (const line of lines) checkLine(books, line, complaints)
  checkCurrency(books, body.CurrencyCode, complaints)
  checkDate(books, day, complaints)
  checkReference(books, body.ExternalImportReference, complaints)
  complaints.throwIfAny()
  return book(books, body, { route, customerId: customer?.Id ?? null, lines, amount, day })
}

function checkLine(books: Books, line: JsonObject, complaints: Complaints): void {
  const { AccountId, VatId } = line
  const account = books.accounts.find(Number(AccountId))
  if (!account) complaints.missing(`Account with id = ${AccountId} not found.`)
  const vat = books.vatCodes.find((one) => one.Id === VatId)
  if (!vat) complaints.missing(`VAT code with id = ${VatId} not found.`)
  if (account && !account.IsActive) complaints.add(`Account ${account.AccountNo} is not active.`)
  if (vat && !vat.IsActive) complaints.add(`VAT code ${vat.Code} is not active.`)
  if (account?.IsVatCodeLocked && vat && account.VatCode !== vat.Code)
    complaints.add(`Account ${account.AccountNo} takes no other VAT code than ${account.VatCode}.`)
  withDimensions(books, line, complaints)
  const department =
    line.DepartmentId ?? (books.quirks.accountsNameDepartments ? account?.DepartmentId : null)
  if (account?.IsDepartmentRequired && department == null)
    complaints.add(`Account ${account.AccountNo} demands a department.`)
  if (account?.IsProjectRequired && line.ProjectId == null)
    complaints.add(`Account ${account.AccountNo} demands a project.`)
}

interface Checked {
  route: VoucherRoute
  customerId: number | null
  lines: JsonObject[]
  amount: number
  day: string
}

function book(
  books: Books,
  body: JsonObject,
  { route, customerId, lines, amount, day }: Checked,
): JsonObject {
  const given = typeof body.CurrencyExchangeRate === 'number' ? body.CurrencyExchangeRate : null
  const rate = exchangeRate(textOf(body.CurrencyCode) ?? 'NOK', given)
  const postings = lines.map((line) => postingOf(books, line))
  const net = postings.reduce((sum, posting) => sum + cents(posting.net), 0) / 100
  const stamp = books.stamps.next()
  const { VoucherLines, CustomerAccountId, Description, ...carried } = body
  const fields: Partial<OutgoingInvoiceDto> = onInvoice(carried)
  const invoice = bookInvoice(
    books,
    {
      ...fields,
      Id: books.random.uuid(),
      VoucherNo: books.nextNo('voucher'),
      VoucherType: route === 'OutgoingCreditNoteJournals' ? 'OutgoingCreditNote' : 'OutgoingInvoice',
      VoucherDate: day,
      CustomerId: customerId,
      CustomerNo: books.contacts.find(customerId ?? 0)?.customer?.Number ?? null,
      NetAmount: net,
      TotalAmount: amount,
      NetPostedAmount: roundedProduct(net, rate),
      TotalPostedAmount: roundedProduct(amount, rate),
      CurrencyExchangeRate: rate,
      IsReversed: false,
      IsCreatedByCurrentIntegration: true,
      CreatedDateTimeOffset: stamp,
      LastChangedDateTimeOffset: stamp,
    },
    [],
  )
  const { Id, VoucherNo } = invoice
  return remember(books, route, { ...body, Id, VoucherNo }, postings)
}

/** What a posted invoice has of its voucher. */
function onInvoice(head: JsonObject): Partial<OutgoingInvoiceDto> {
  const { ImportedVoucherNo, SaftSourceId, QualityAssignmentId, SalesPersonEmployeeId, ...shared } = head
  return shared
}

/** What an amount with VAT in it comes to by the VAT code of its line, each by itself. */
function postingOf(books: Books, line: JsonObject): Posting {
  const vat = books.vatCodes.find((one) => one.Id === line.VatId)
  const account = books.accounts.find(Number(line.AccountId))
  const gross = cents(Number(line.CurrencyAmount))
  const percent = Math.round((vat?.Rate ?? 0) * 10_000)
  const net =
    Math.sign(gross) * Math.floor((Math.abs(gross) * 20_000 + 10_000 + percent) / (2 * (10_000 + percent)))
  return {
    accountNo: account?.AccountNo ?? 0,
    vatCode: vat?.Code ?? null,
    vatRate: vat?.Rate ?? 0,
    net: net / 100,
    vat: (gross - net) / 100,
  }
}
