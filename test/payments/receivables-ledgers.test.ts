import fc from 'fast-check'
import { expect, test } from 'vitest'
import { itemFrom, postedFrom } from '../../src/payments/ledger-mapping'
import { ledgerFrom, type Receivables, receivablesOf, yearBefore } from '../../src/payments/receivables'
import { InvoiceState, LedgerEntry } from '../../src/poweroffice/schemas'
import { addDays, daysBetween } from '../../src/shared/dates'
import { FakePowerOffice, type PowerOfficeClientBooks } from '../fakes/poweroffice'
import { entriesAsOf } from '../fakes/poweroffice/ledger'

/**
 * Random ledgers: a bookkeeper works in PowerOffice, and a second one keeps a book of their own, invoice by
 * invoice, that knows nothing of entries and matches. Both come to the same, to the øre.
 */

const TODAY = '2026-11-30'

interface Bill {
  id: string
  posted: number
  net: number
  date: string
  due: string
  isCredit: boolean
  isReversed: boolean
  left: number
  /** Money only. */
  payments: { date: string; amount: number }[]
}

interface Book {
  bills: Bill[]
  /** Payments that are matched with nothing. */
  spare: { date: string; amount: number }[]
}

/** Reads the second book as an accountant would. */
function told({ bills, spare }: Book): Receivables {
  const settlement = bills.filter((bill) => !bill.isReversed)
  const late = settlement.filter((bill) => bill.left > 0 && bill.due < TODAY)
  const total = (numbers: number[]) => numbers.reduce((sum, one) => sum + one, 0)
  const credit =
    total(spare.map(({ amount }) => amount)) + total(settlement.map(({ left }) => Math.max(0, -left)))
  const from = yearBefore(TODAY)
  const inFull = settlement.filter(
    (bill) =>
      !bill.isCredit && bill.date >= from && total(bill.payments.map(({ amount }) => amount)) === bill.posted,
  )
  const days = inFull
    .map((bill) =>
      daysBetween(
        bill.date,
        bill.payments
          .map(({ date }) => date)
          .sort()
          .at(-1) ?? '',
      ),
    )
    .sort((a, b) => a - b)
  const middle = days.length / 2
  const median = Number.isInteger(middle)
    ? ((days[middle - 1] ?? 0) + (days[middle] ?? 0)) / 2
    : days[Math.floor(middle)]
  return {
    open: total(settlement.map(({ left }) => left)) - total(spare.map(({ amount }) => amount)),
    overdue: total(late.map(({ left }) => left)),
    unallocatedCredit: credit,
    openInvoices: settlement.filter((bill) => !bill.isCredit && bill.left > 0).length,
    oldestOverdueDays: Math.max(0, ...late.map(({ due }) => daysBetween(due, TODAY))),
    lastPaymentDate:
      [...settlement.flatMap((bill) => (bill.isCredit ? [] : bill.payments)), ...spare]
        .map(({ date }) => date)
        .filter((date) => date >= from)
        .sort()
        .at(-1) ?? null,
    medianDaysToPay: days.length === 0 ? null : (median ?? null),
    revenue12Months: total(settlement.filter(({ date }) => date >= from).map(({ net }) => net)),
  }
}

type Fate =
  | 'open'
  | 'paid'
  | 'partly'
  | 'twice'
  | 'credited'
  | 'cut'
  | 'lost'
  | 'reversed'
  | 'undone'
  | 'advance'
const FATES: readonly Fate[] = [
  ...([
    'open',
    'paid',
    'partly',
    'twice',
    'credited',
    'cut',
    'lost',
    'reversed',
    'undone',
    'advance',
  ] as const),
]

const bill = fc.record({
  fate: fc.constantFrom(...FATES),
  kroner: fc.integer({ min: 100, max: 5_000_000 }),
  share: fc.integer({ min: 10, max: 90 }),
  daysAgo: fc.integer({ min: 1, max: 700 }),
  term: fc.integer({ min: 0, max: 60 }),
  waits: fc.integer({ min: 0, max: 80 }),
  /** Kroner for a unit of the invoice's own currency; null in kroner. */
  rate: fc.constantFrom(null, null, 11.62, 10.07),
  isWithoutVat: fc.boolean(),
})

type Lived = typeof bill extends fc.Arbitrary<infer T> ? T : never

const clamp = (date: string) => (date > TODAY ? TODAY : date)

/** Lives through one invoice, on both books. */
function carryOut(books: PowerOfficeClientBooks, customerId: number, book: Book, it: Lived): void {
  const date = addDays(TODAY, -it.daysAgo)
  const due = addDays(date, it.term)
  const netOf = (posted: number) => (it.isWithoutVat ? posted : Math.round(posted / 1.25))
  const invoice = (posted: number, on: string, isCredit = false): Bill => {
    const foreign = it.rate === null ? {} : { CurrencyCode: 'EUR', CurrencyExchangeRate: it.rate }
    const made = books.hasInvoice(customerId, {
      TotalAmount: it.rate === null ? posted / 100 : Math.round(posted / it.rate) / 100,
      TotalPostedAmount: posted / 100,
      NetPostedAmount: netOf(posted) / 100,
      VoucherDate: on,
      DueDate: isCredit ? on : due,
      ...foreign,
    })
    const row = { id: made.Id, posted, net: netOf(posted), date: on, due: isCredit ? on : due }
    const own: Bill = { ...row, isCredit, isReversed: false, left: posted, payments: [] }
    book.bills.push(own)
    return own
  }
  const own = invoice(it.kroner, date)
  const part = Math.max(1, Math.round((it.kroner * it.share) / 100))
  const pay = (amount: number, waits: number) => {
    const on = clamp(addDays(date, waits))
    const entry = books.receivePayment(own.id, amount / 100, { date: on })
    const settled = Math.min(amount, own.left)
    own.left -= settled
    own.payments.push({ date: on, amount: settled })
    return { entry, on }
  }
  const credit = (amount: number) => {
    const note = invoice(-amount, clamp(addDays(date, it.waits)), true)
    books.matchCreditNote(own.id, note.id)
    own.left -= amount
    note.left = 0
  }
  switch (it.fate) {
    case 'open':
      return
    case 'paid':
      pay(it.kroner, it.waits)
      return
    case 'partly':
      pay(part, it.waits)
      return
    case 'twice':
      pay(part, it.waits)
      pay(it.kroner - part, it.waits + 7)
      return
    case 'credited':
      credit(it.kroner)
      return
    case 'cut':
      credit(part)
      return
    case 'lost':
      pay(part, it.waits)
      books.writeOff(own.id, clamp(addDays(date, it.waits + 30)))
      own.left = 0
      return
    case 'reversed':
      books.reverseInvoice(own.id)
      own.isReversed = true
      return
    case 'undone': {
      const { entry, on } = pay(it.kroner, it.waits)
      books.unmatch(entry.Id)
      own.left = it.kroner
      own.payments = []
      book.spare.push({ date: on, amount: it.kroner })
      return
    }
    case 'advance': {
      const { entry, on } = pay(part, it.waits)
      books.unmatch(entry.Id)
      own.left = it.kroner
      own.payments = []
      book.spare.push({ date: on, amount: part })
    }
  }
}

test('over 300 random ledgers what a customer owes, and how it pays, is what a second bookkeeper says', () => {
  const writeOffs = fc.constantFrom('counter-entry', 'invoice-entry', 'both')
  fc.assert(
    fc.property(fc.array(bill, { minLength: 1, maxLength: 12 }), writeOffs, (bills, writeOffMarks) => {
      const books = new FakePowerOffice({ seed: 3 }).addClient({ writeOffMarks })
      const ours = books.hasCustomer().Id
      const another = books.hasCustomer().Id
      const mine: Book = { bills: [], spare: [] }
      const theirs: Book = { bills: [], spare: [] }
      for (const [index, it] of bills.entries())
        carryOut(books, index % 4 === 3 ? another : ours, index % 4 === 3 ? theirs : mine, it)
      const from = ledgerFrom(TODAY)
      const items = entriesAsOf(books, books.entries.all(), TODAY).map((row) => LedgerEntry.parse(row))
      const found = receivablesOf(TODAY, {
        open: items.filter(({ Balance }) => Balance !== 0).flatMap((row) => itemFrom(row) ?? []),
        ledger: items.filter((row) => (row.PostingDate ?? '') >= from).flatMap((row) => itemFrom(row) ?? []),
        invoices: books
          .postedInvoices()
          .map((row) => InvoiceState.parse(row))
          .flatMap((row) => postedFrom(row) ?? []),
      })
      expect(found.get(String(ours))).toEqual(told(mine))
      if (theirs.bills.length > 0) expect(found.get(String(another))).toEqual(told(theirs))
    }),
    { numRuns: 300, seed: 17 },
  )
})
