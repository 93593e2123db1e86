import { addDays, type Day, daysBetween } from '../shared/dates'
import { isDocument, isReversal, type Piece, type Split, splitMatch } from './match'
import type { Entry } from './plan'

/**
 * What each customer owes, and how it pays, from three lists of PowerOffice's: open items, the ledger of two years,
 * and the invoices of one. Pure. Amounts are in minor units of the client's own currency.
 */

/** An entry of the customers' ledger. */
export interface LedgerItem extends Entry {
  customerId: string
  voucherDate: Day | null
  dueDate: Day | null
  matchId: number | null
}

/** An invoice or a credit note; a credit note's amount is negative. */
export interface Posted {
  customerId: string
  date: Day
  net: number
  isReversed: boolean
}

export interface Receivables {
  /** What it owes, net of what it has paid in advance and of credit notes that nothing was set off against. */
  open: number
  overdue: number
  /** What stands to its credit: payments and credit notes, as far as they are matched with nothing. */
  unallocatedCredit: number
  /** Invoices alone: no credit notes, no reminders. */
  openInvoices: number
  /** 0 when nothing is overdue. */
  oldestOverdueDays: number
  lastPaymentDate: Day | null
  /** Null when no invoice of these twelve months was paid in full; half a day is possible. */
  medianDaysToPay: number | null
  revenue12Months: number
}

export const NOTHING_OWED: Receivables = {
  open: 0,
  overdue: 0,
  unallocatedCredit: 0,
  openInvoices: 0,
  oldestOverdueDays: 0,
  lastPaymentDate: null,
  medianDaysToPay: null,
  revenue12Months: 0,
}

/** The first of the twelve months' days: 30 November, when it is the 29th a year later. */
export function yearBefore(today: Day): Day {
  const year = String(Number(today.slice(0, 4)) - 1).padStart(4, '0')
  // 29 February has no day of its name a year earlier.
  const sameDay = today.endsWith('-02-29') ? `${year}-02-28` : `${year}${today.slice(4)}`
  return addDays(sameDay, 1)
}

/** From when on the ledger is read: what is settled in these twelve months may be as old as that. */
export const ledgerFrom = (today: Day): Day => yearBefore(addDays(yearBefore(today), -1))

/** By PowerOffice's id of the customer; one that is in none of the lists has `NOTHING_OWED`. */
export function receivablesOf(
  today: Day,
  lists: { open: readonly LedgerItem[]; ledger: readonly LedgerItem[]; invoices: readonly Posted[] },
): Map<string, Receivables> {
  const open = byCustomer(lists.open)
  const ledger = byCustomer(lists.ledger)
  const invoices = byCustomer(lists.invoices)
  const from = yearBefore(today)
  const ids = new Set([...open.keys(), ...ledger.keys(), ...invoices.keys()])
  return new Map(
    [...ids].map((id) => [
      id,
      {
        ...balancesOf(today, withoutReversed(open.get(id) ?? [])),
        ...habitsOf(from, ledger.get(id) ?? []),
        revenue12Months: sum(
          (invoices.get(id) ?? [])
            // What bears a later day is not of these months yet.
            .filter((one) => !one.isReversed && one.date >= from && one.date <= today)
            .map(({ net }) => net),
        ),
      },
    ]),
  )
}

function balancesOf(today: Day, items: readonly LedgerItem[]) {
  const leftOf = (item: LedgerItem) => item.left ?? item.amount
  const owed = items.filter((item) => leftOf(item) > 0)
  const late = owed.filter(({ dueDate }) => dueDate !== null && dueDate < today)
  return {
    open: sum(items.map(leftOf)),
    overdue: sum(late.map(leftOf)),
    unallocatedCredit: sum(items.map((item) => Math.max(0, -leftOf(item)))),
    openInvoices: owed.filter(({ voucherType }) => voucherType === 'OutgoingInvoice').length,
    oldestOverdueDays: Math.max(0, ...late.map(({ dueDate }) => daysBetween(dueDate ?? today, today))),
  }
}

/** A reversal and what it takes back count for nothing, also while PowerOffice has not matched the two. */
export function withoutReversed(items: readonly LedgerItem[]): LedgerItem[] {
  const gone = new Set<LedgerItem>()
  for (const reversal of items.filter(isReversal)) {
    const taken = items.filter(
      (item) =>
        !gone.has(item) && item !== reversal && !isReversal(item) && item.left === -(reversal.left ?? 0),
    )
    const found =
      taken.find(({ invoiceNo }) => invoiceNo !== null && invoiceNo === reversal.invoiceNo) ?? taken[0]
    if (found) gone.add(reversal).add(found)
  }
  return items.filter((item) => !gone.has(item))
}

/** When it paid last, and how long it takes to pay: of invoices that money alone has settled. */
function habitsOf(from: Day, items: readonly LedgerItem[]) {
  const days: number[] = []
  const payments: Day[] = []
  const since = (date: Day | null): date is Day => date !== null && date >= from
  const matches = groupedBy(items, ({ matchId, id }) => (matchId === null ? `alone ${id}` : String(matchId)))
  for (const group of matches.values()) {
    const split = splitMatch(group)
    const isMoney = moneyIn(split)
    const credits = group.filter((item) => item.amount < 0 && isMoney(item) && !isExchange(item))
    payments.push(...credits.map(({ date }) => date).filter(since))
    for (const invoice of group.filter(isSettledInvoice)) {
      const paid = split.pieces.filter(({ debit, credit }) => debit === invoice && isMoney(credit))
      const last = lastPaidOf(invoice, paid)
      if (last !== undefined && since(invoice.voucherDate)) days.push(daysBetween(invoice.voucherDate, last))
    }
  }
  return { lastPaymentDate: payments.toSorted().at(-1) ?? null, medianDaysToPay: medianOf(days) }
}

const isSettledInvoice = ({ voucherType, amount, left }: LedgerItem): boolean =>
  voucherType === 'OutgoingInvoice' && amount > 0 && left === 0

/** Of what a rate lost or gained, no currency says anything. */
const isExchange = (entry: Entry): boolean => entry.currencyAmount === 0

/** What of a match is money that came in, and stayed. */
function moneyIn({ pieces, losses }: Split): (entry: Entry) => boolean {
  const takenBack = new Set(
    pieces.flatMap(({ debit, credit }) => [
      ...(isReversal(debit) ? [credit] : []),
      ...(isReversal(credit) ? [debit] : []),
    ]),
  )
  return (entry) =>
    !isDocument(entry) &&
    !isReversal(entry) &&
    !losses.has(entry) &&
    !entry.isWriteOff &&
    !takenBack.has(entry)
}

/** When the last of the money came, of an invoice that it settled whole. */
function lastPaidOf(invoice: LedgerItem, paid: readonly Piece[]): Day | undefined {
  if (sum(paid.map(({ amount }) => amount)) !== invoice.amount) return undefined
  const dates = paid.flatMap(({ credit }) =>
    isExchange(credit) || credit.date === null ? [] : [credit.date],
  )
  return dates.toSorted().at(-1)
}

function medianOf(numbers: readonly number[]): number | null {
  const sorted = numbers.toSorted((a, b) => a - b)
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]]
  return low === undefined || high === undefined ? null : (low + high) / 2
}

const sum = (amounts: readonly number[]): number => amounts.reduce((total, one) => total + one, 0)

const byCustomer = <T extends { customerId: string }>(rows: readonly T[]) =>
  groupedBy(rows, ({ customerId }) => customerId)

function groupedBy<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) {
    const key = keyOf(row)
    const group = groups.get(key)
    if (group) group.push(row)
    else groups.set(key, [row])
  }
  return groups
}
