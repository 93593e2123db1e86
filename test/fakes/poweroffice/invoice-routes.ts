/** /OutgoingInvoices, which are only read, and the ledgers. */
import type { Books } from './books'
import type { Call, Handlers } from './call'
import {
  after,
  anyOf,
  type Filter,
  filtered,
  ignored,
  notAfter,
  notBefore,
  numbersIn,
  onlyWhen,
  sharesOne,
} from './filters'
import { groupedBy, type JsonObject } from './json'
import { type Entry, entriesAsOf } from './ledger'
import { cents } from './money'
import { notFound } from './problem'

const isOurs = onlyWhen((row) => row.IsCreatedByCurrentIntegration === true)
const dimensions = {
  departmentCodes: anyOf('DepartmentCode'),
  projectCodes: anyOf('ProjectCode'),
  includeSubProject: ignored,
}

const INVOICE_FILTERS: Record<string, Filter> = {
  ...dimensions,
  balanceLastChangedDateTimeOffsetGreaterThan: after('BalanceLastChangedDateTimeOffset'),
  sentDateTimeOffsetGreaterThan: after('SentDateTimeOffset'),
  customerNos: numbersIn('CustomerNo'),
  customMatchingReferences: anyOf('CustomMatchingReference'),
  fromDate: notBefore('VoucherDate'),
  toDate: notAfter('VoucherDate'),
  invoiceIds: anyOf('Id', false),
  invoiceNos: numbersIn('InvoiceNo'),
  voucherNos: numbersIn('VoucherNo'),
  onlyCreatedByCurrentIntegration: isOurs,
  onlyUnpaidInvoices: onlyWhen((row) => row.Balance !== 0),
  externalImportReferences: anyOf('ExternalImportReference'),
  importedOrderNos: anyOf('ImportedOrderNo'),
  orderNos: anyOf('OrderNo'),
}

/** `date`, `fromDate` and `toDate` have been dealt with by the time these are applied. */
const LEDGER_FILTERS: Record<string, Filter> = {
  ...dimensions,
  date: ignored,
  fromDate: ignored,
  toDate: ignored,
  matchId: ignored,
  includeOnlyOpenItems: ignored,
  contactGroupIds: sharesOne('ContactGroupIds'),
  customerNos: numbersIn('CustomerAccountNo'),
  supplierNos: numbersIn('SupplierAccountNo'),
  externalNos: numbersIn('CustomerExternalNo'),
  invoiceNos: anyOf('InvoiceNo'),
  voucherTypes: anyOf('VoucherType'),
  customMatchingReferences: anyOf('CustomMatchingReference'),
  subLedgerNumberSeriesIds: ignored,
  createdDateTimeOffsetGreaterThan: after('CreatedDateTimeOffset'),
  lastChangedDateTimeOffsetGreaterThan: after('LastChangedDateTimeOffset'),
  onlyCreatedByCurrentIntegration: isOurs,
  onlyBalancesLessThanAmount: onlyWhen((row) => Math.abs(Number(row.Balance)) < Math.abs(Number(row.Amount))),
  onlyBalancesGreaterThanAmount: onlyWhen(
    (row) => Math.abs(Number(row.Balance)) > Math.abs(Number(row.Amount)),
  ),
}

function invoiceIdOf({ books, params }: Call): string {
  const id = params.id ?? ''
  if (!books.invoices.find(id)) throw notFound('Outgoing invoice', id)
  return id
}

const withGroups =
  (books: Books) =>
  (entry: Entry): JsonObject => ({
    ...entry,
    ContactGroupIds: books.contacts.find(entry.CustomerId ?? 0)?.shared.ContactGroupIds ?? [],
  })

/** Filters entries, and takes away again what was only there to filter by. */
function ledgerList({ books, query }: Call, entries: Entry[]): { list: JsonObject[] } {
  const rows = filtered(entries.map(withGroups(books)), query, LEDGER_FILTERS)
  return { list: rows.map(({ ContactGroupIds, ...entry }) => entry) }
}

function balances({ books, query }: Call): { list: JsonObject[] } {
  const entries = entriesAsOf(books, books.entries.listed(), query.date ?? '')
  const isOpenOnly = query.includeOnlyOpenItems === 'true'
  const rows: JsonObject[] = []
  for (const [customerId, own] of groupedBy(entries, (entry) => entry.CustomerId)) {
    const first = own[0]
    const amounts = own.map((entry) => (isOpenOnly ? entry.Balance : entry.Amount))
    if (!first || (isOpenOnly && own.every((entry) => entry.Balance === 0))) continue
    rows.push({
      CustomerId: customerId,
      CustomerAccountNo: first.CustomerAccountNo,
      CustomerExternalNo: first.CustomerExternalNo,
      CustomerName: first.CustomerName,
      Balance: amounts.reduce((total, amount) => total + cents(amount), 0) / 100,
      ContactGroupIds: books.contacts.find(customerId ?? 0)?.shared.ContactGroupIds ?? [],
    })
  }
  return { list: filtered(rows, query, LEDGER_FILTERS).map(({ ContactGroupIds, ...row }) => row) }
}

function supplierBalances({ books }: Call): { list: JsonObject[] } {
  const groups = groupedBy(books.supplierEntries.listed(), (entry) => entry.SupplierId)
  const rows = [...groups.values()].map((own): JsonObject => {
    const Balance = own.reduce((total, entry) => total + cents(entry.Amount), 0) / 100
    const first = own[0]
    return {
      SupplierId: first?.SupplierId ?? null,
      SupplierAccountNo: first?.SupplierAccountNo ?? null,
      Balance,
    }
  })
  return { list: rows }
}

const supplierList = (call: Call, from: string, to: string) => {
  const rows = call.books.supplierEntries.listed().filter((e) => e.PostingDate >= from && e.PostingDate <= to)
  return { list: filtered(rows, call.query, LEDGER_FILTERS) }
}

const isShown = ({ quirks, now }: Books, { CreatedDateTimeOffset }: Entry): boolean =>
  quirks.entriesShowAfterMs === 0 ||
  Date.parse(CreatedDateTimeOffset) <= now().getTime() - quirks.entriesShowAfterMs

export const invoiceRoutes: Handlers = {
  'GET /OutgoingInvoices': ({ books, query }) => ({
    list: filtered(books.invoices.listed(), query, INVOICE_FILTERS),
  }),
  'GET /OutgoingInvoices/{id}': (call) => ({ json: call.books.invoices.find(invoiceIdOf(call)) }),
  'GET /OutgoingInvoices/{id}/Lines': (call) => ({
    list: call.books.invoiceLines.get(invoiceIdOf(call)) ?? [],
  }),

  'GET /Customerledger/EntriesByMatchId': (call) =>
    ledgerList(
      call,
      call.books.entries
        .listed()
        .filter((entry) => String(entry.MatchId) === call.query.matchId && isShown(call.books, entry)),
    ),
  'GET /Customerledger/OpenItems': (call) => {
    const entries = entriesAsOf(call.books, call.books.entries.listed(), call.query.date ?? '')
    return ledgerList(
      call,
      entries.filter((entry) => entry.Balance !== 0),
    )
  },
  'GET /Customerledger/Statement': (call) => {
    const entries = entriesAsOf(call.books, call.books.entries.listed(), call.query.toDate ?? '')
    return ledgerList(
      call,
      entries.filter((entry) => entry.PostingDate >= (call.query.fromDate ?? '')),
    )
  },
  'GET /Customerledger/CustomerBalances': balances,
  'GET /Supplierledger/SupplierBalances': supplierBalances,
  'GET /Supplierledger/EntriesByMatchId': () => ({ list: [] }),
  'GET /Supplierledger/OpenItems': (call) => supplierList(call, '', call.query.date ?? ''),
  'GET /Supplierledger/Statement': (call) =>
    supplierList(call, call.query.fromDate ?? '', call.query.toDate ?? ''),
}
