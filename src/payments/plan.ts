import { fromMinor, toMinor } from '../shared/money'

/**
 * How an invoice stands, from its balance and from what it was matched with in the ledger (spec §7,
 * poweroffice-api §8). Pure. Amounts are in minor units.
 */

export interface Balance {
  id: string
  invoiceNo: number | null
  /** In the client's currency, as the balance; negative for a credit note. */
  posted: number
  /** In the invoice's own currency. */
  total: number
  currency: string | null
  left: number
}

/** An entry of the customer's ledger. */
export interface Entry {
  id: number
  voucherId: string
  voucherNo: number | null
  voucherType: string | null
  invoiceNo: string | null
  date: string | null
  /** In the client's currency. */
  amount: number
  left: number | null
  currencyAmount: number | null
  /** Of that amount. */
  currency?: string | null
  isWriteOff: boolean
}

/** What stands as a payment in Tribe. */
export interface PaymentRow {
  /** The ledger entries that it stands for; the first one names it. */
  entries: number[]
  voucherNo: number | null
  kind: string
  date: string | null
  /** In the invoice's currency; negative when a credit note was paid back. */
  amount: number
  isShared: boolean
}

export interface Standing {
  state: 'open' | 'partly-paid' | 'paid' | 'credited' | 'written-off'
  payments: PaymentRow[]
  /** What settled it, by kind: `payment`, `credit-note`, `write-off`. */
  by: string[]
}

export function standingOf(invoice: Balance, match: readonly Entry[]): Standing {
  const parts = partsOf(invoice, match)
  const by = [
    ...(parts.money.length > 0 ? ['payment'] : []),
    ...(parts.credits.length > 0 ? ['credit-note'] : []),
    ...(parts.writeOffs.length > 0 || parts.isLoss ? ['write-off'] : []),
  ]
  return { state: stateOf(invoice, by), payments: paymentsOf(invoice, parts), by }
}

/** Balance 0 does not prove that money came in (poweroffice-api §10.14). */
function stateOf({ posted, left }: Balance, by: readonly string[]): Standing['state'] {
  if (left !== 0) return Math.abs(left) < Math.abs(posted) ? 'partly-paid' : 'open'
  if (posted === 0) return 'open'
  if (by.includes('payment') || by.length === 0) return 'paid'
  return by.includes('credit-note') ? 'credited' : 'written-off'
}

interface Parts {
  money: Entry[]
  credits: Entry[]
  writeOffs: Entry[]
  /** It is marked as a loss, and nothing stands against it. */
  isLoss: boolean
  /** Other invoices and fees are settled by the same entries, and nothing tells which settled which. */
  isShared: boolean
}

function partsOf(invoice: Balance, match: readonly Entry[]): Parts {
  const sign = invoice.posted < 0 ? -1 : 1
  const isMarked = match.some((entry) => entry.voucherId === invoice.id && entry.isWriteOff)
  const others = match.filter((entry) => entry.voucherId !== invoice.id).toSorted((a, b) => a.id - b.id)
  const counter = others.filter((entry) => entry.amount * sign < 0 && entry.voucherType !== 'ReversalVoucher')
  const siblings = others.filter((entry) => entry.amount * sign > 0 && usedOf(entry) > 0)
  const ours = siblings.length > 0 ? oursAmong(counter, invoice, siblings) : counter
  const against = sign > 0 ? 'OutgoingCreditNote' : 'OutgoingInvoice'
  const credits = ours.filter((entry) => entry.voucherType === against)
  const rest = ours.filter((entry) => entry.voucherType !== against)
  const writeOffs = writeOffsAmong(rest, isMarked)
  return {
    ...{ credits, writeOffs },
    money: rest.filter((entry) => !writeOffs.includes(entry) && !isExchange(entry, invoice)),
    isLoss: isMarked && ours.length === 0,
    isShared: siblings.length > 0 && sumUsed(ours) !== settledOf(invoice),
  }
}

/** What may have settled this invoice and not one of the others: by the numbers that entries name, as far as that explains it. */
function oursAmong(counter: readonly Entry[], invoice: Balance, siblings: readonly Entry[]): Entry[] {
  const ours = counter.filter((entry) => names(entry, invoice))
  if (sumUsed(ours) >= settledOf(invoice)) return ours
  const theirs = new Set(siblings.flatMap(({ invoiceNo }) => invoiceNo ?? []))
  const notTheirs = counter.filter((entry) => entry.invoiceNo === null || !theirs.has(entry.invoiceNo))
  return sumUsed(notTheirs) >= settledOf(invoice) ? notTheirs : [...counter]
}

/** A loss is marked on its own entry, or only on the invoice's: then it is the last journal by hand, or the last entry. */
function writeOffsAmong(entries: readonly Entry[], isOnInvoice: boolean): Entry[] {
  const marked = entries.filter((entry) => entry.isWriteOff)
  if (marked.length > 0 || !isOnInvoice) return marked
  const byHand = entries.filter((entry) => entry.voucherType === 'ManualJournal')
  return (byHand.length > 0 ? byHand : entries).slice(-1)
}

/** What a currency lost or gained until it was paid: an amount in kroner only. */
const isExchange = (entry: Entry, { posted, total }: Balance) =>
  posted !== total && entry.currencyAmount === 0

/**
 * A row for each payment, with what it brought to this invoice. Payments that settle several invoices at once
 * are not split by guess: what this one got is known from its own balance.
 */
function paymentsOf(invoice: Balance, { money, credits, writeOffs, isShared }: Parts): PaymentRow[] {
  const [first, ...more] = money
  if (!first) return []
  const rowOf = (entry: Entry, amount: number): PaymentRow => ({
    ...{ entries: [entry.id], voucherNo: entry.voucherNo, kind: entry.voucherType ?? 'Unknown' },
    ...{ date: entry.date, amount: signed(amount, invoice), isShared },
  })
  const without = [...credits, ...writeOffs]
  const isAlone = more.length === 0 && without.length === 0
  const named = without.filter((entry) => names(entry, invoice))
  const all = (): PaymentRow => ({
    ...rowOf(first, inCurrency(settledOf(invoice) - sumUsed(named), invoice)),
    entries: money.map(({ id }) => id),
  })
  const rows = isAlone || isShared ? [all()] : money.map((entry) => rowOf(entry, broughtBy(entry, invoice)))
  return rows.filter((row) => row.amount * signed(1, invoice) > 0)
}

const names = (entry: Entry, { invoiceNo }: Balance) =>
  invoiceNo !== null && entry.invoiceNo === String(invoiceNo)

/** What of an entry the match has used up. */
const usedOf = (entry: Entry) => Math.abs(entry.amount) - Math.abs(entry.left ?? 0)
const sumUsed = (entries: readonly Entry[]) => entries.reduce((sum, entry) => sum + usedOf(entry), 0)
const settledOf = ({ posted, left }: Balance) => Math.abs(posted) - Math.abs(left)

/** What of a payment was used, in the invoice's currency. */
function broughtBy(entry: Entry, invoice: Balance): number {
  const isSameCurrency =
    entry.currency == null || invoice.currency === null || entry.currency === invoice.currency
  const isWhole = entry.currencyAmount !== null && usedOf(entry) === Math.abs(entry.amount)
  return isSameCurrency && isWhole ? Math.abs(entry.currencyAmount ?? 0) : inCurrency(usedOf(entry), invoice)
}

const signed = (amount: number, { posted }: Balance) => (posted < 0 ? -amount : amount)

/** From the client's currency to the invoice's, at the rate that it was posted by. */
function inCurrency(amount: number, { posted, total }: Balance): number {
  return posted === total || posted === 0 ? amount : toMinor((fromMinor(amount) * total) / posted)
}
