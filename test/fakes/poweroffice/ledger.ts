/**
 * The customers' ledger: invoices are debit entries, payments and credit notes credit entries, and
 * those that settle each other share a match. What is left of an entry is its balance.
 */
import type { Books } from './books'
import { nameOf } from './contacts'
import { groupedBy } from './json'
import type { CustomerLedgerEntryDto } from './models/invoices'
import { cents } from './money'
import { BLANK_DIMENSIONS } from './orders'

export type Entry = CustomerLedgerEntryDto

/** As much of the suppliers' ledger as is needed: a supplier can be owed something. */
export type SupplierEntry = {
  Id: number
  SupplierId: number
  SupplierAccountNo: number | null
  SupplierName: string
  VoucherId: string
  VoucherNo: number
  VoucherType: string
  PostingDate: string
  VoucherDate: string
  Amount: number
  Balance: number
  CreatedDateTimeOffset: string
  LastChangedDateTimeOffset: string
}

type New = Pick<Entry, 'VoucherId' | 'VoucherNo' | 'VoucherType' | 'CustomerId' | 'PostingDate' | 'Amount'> &
  Partial<Entry>

/** Posts an entry. One whose matching reference meets the opposite amount is matched at once. */
export function addEntry(books: Books, fields: New): Entry {
  const contact = fields.CustomerId === null ? null : books.contacts.find(fields.CustomerId)
  const stamp = books.stamps.next()
  const entry: Entry = {
    ...BLANK_DIMENSIONS,
    Id: books.nextId('entry'),
    Balance: fields.Amount,
    Cid: null,
    CreatedDateTimeOffset: stamp,
    CreatedFromImportJournalId: null,
    CurrencyAmount: fields.Amount,
    CurrencyCode: 'NOK',
    CustomMatchingReference: null,
    CustomerAccountNo: contact?.customer?.Number ?? null,
    CustomerExternalNo: contact?.customer?.ExternalNumber ?? null,
    CustomerName: contact ? nameOf(contact) : null,
    DueDate: null,
    ExternalImportReference: null,
    InvoiceNo: null,
    IsCreatedByCurrentIntegration: false,
    IsWriteOff: false,
    LastChangedDateTimeOffset: stamp,
    MatchId: null,
    PaidFromBankAccount: null,
    VoucherDate: fields.PostingDate,
    ...fields,
  }
  books.entries.put(entry)
  const reference = entry.CustomMatchingReference
  const opposite = books.entries
    .all()
    .find(
      (other) =>
        reference !== null &&
        other.CustomerId === entry.CustomerId &&
        other.CustomMatchingReference === reference &&
        other.MatchId === null &&
        cents(other.Amount) === -cents(entry.Amount),
    )
  if (opposite) match(books, [opposite.Id, entry.Id])
  return getEntry(books, entry.Id)
}

export function getEntry(books: Books, id: number): Entry {
  const entry = books.entries.find(id)
  if (!entry) throw new Error(`no ledger entry ${id}`)
  return entry
}

export function entryOfVoucher(books: Books, voucherId: string): Entry {
  const entry = books.entries.all().find((e) => e.VoucherId === voucherId)
  if (!entry) throw new Error(`no ledger entry of voucher ${voucherId}`)
  return entry
}

export function entriesOfMatch(books: Books, matchId: number | null): Entry[] {
  return matchId === null ? [] : books.entries.all().filter((entry) => entry.MatchId === matchId)
}

/** Puts entries, and all that were matched with them before, under one match. */
export function match(books: Books, ids: number[]): void {
  const chosen = ids.map((id) => getEntry(books, id))
  const group = new Map(chosen.map((entry) => [entry.Id, entry]))
  for (const { MatchId } of chosen)
    for (const entry of entriesOfMatch(books, MatchId)) group.set(entry.Id, entry)
  const matchId = chosen.find((entry) => entry.MatchId !== null)?.MatchId ?? books.nextId('match')
  settle(books, [...group.values()], matchId)
}

/** Takes one entry out of its match; what remains alone is matched with nothing. */
export function unmatch(books: Books, id: number): void {
  const entry = getEntry(books, id)
  const rest = entriesOfMatch(books, entry.MatchId).filter((other) => other.Id !== id)
  settle(books, [entry], null)
  settle(books, rest, rest.length > 1 ? entry.MatchId : null)
}

function settle(books: Books, group: Entry[], matchId: number | null): void {
  const left = balancesWithin(matchId === null ? [] : group)
  for (const entry of group) {
    const Balance = left.get(entry.Id) ?? entry.Amount
    if (entry.MatchId === matchId && entry.Balance === Balance) continue
    const stamp = books.stamps.next()
    books.entries.put({ ...entry, MatchId: matchId, Balance, LastChangedDateTimeOffset: stamp })
    const invoice = books.invoices.find(entry.VoucherId)
    if (!invoice) continue
    books.invoices.put({ ...invoice, MatchId: matchId, Balance, BalanceLastChangedDateTimeOffset: stamp })
  }
}

/** What is left of each entry of a match: debits and credits eat each other up, the oldest first. */
export function balancesWithin(group: Entry[]): Map<number, number> {
  const total = (sign: number) =>
    group.reduce((sum, entry) => sum + Math.max(0, sign * cents(entry.Amount)), 0)
  const settled = Math.min(total(1), total(-1))
  const toEat = { debit: settled, credit: settled }
  const left = new Map<number, number>()
  for (const entry of group.toSorted((a, b) => (a.PostingDate < b.PostingDate ? -1 : 1) || a.Id - b.Id)) {
    const side = entry.Amount > 0 ? 'debit' : 'credit'
    const eaten = Math.min(toEat[side], Math.abs(cents(entry.Amount)))
    toEat[side] -= eaten
    const rest = Math.abs(cents(entry.Amount)) - eaten
    left.set(entry.Id, rest === 0 ? 0 : (Math.sign(entry.Amount) * rest) / 100)
  }
  return left
}

/** The entries posted by a day, with what was left of them at its end. */
export function entriesAsOf(books: Books, entries: Entry[], day: string): Entry[] {
  const posted = entries.filter((entry) => entry.PostingDate <= day)
  const groups = groupedBy(posted, (entry) => entry.MatchId)
  const left = new Map<number, number>()
  for (const [matchId, group] of groups) {
    if (matchId === null) continue
    const all = entriesOfMatch(books, matchId).filter((entry) => entry.PostingDate <= day)
    const balances = balancesWithin(all)
    for (const { Id } of group) left.set(Id, balances.get(Id) ?? 0)
  }
  return posted.map((entry) => ({ ...entry, Balance: left.get(entry.Id) ?? entry.Amount }))
}

export function customerBalance(books: Books, contactId: number): number {
  const own = books.entries.all().filter((entry) => entry.CustomerId === contactId)
  return own.reduce((total, entry) => total + cents(entry.Amount), 0) / 100
}
