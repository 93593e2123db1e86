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
  const payments = paymentsOf(invoice, parts)
  const by = [
    ...(parts.money.length > 0 ? ['payment'] : []),
    ...(parts.credits.length > 0 ? ['credit-note'] : []),
    ...(parts.writeOffs.length > 0 ? ['write-off'] : []),
  ]
  return { state: stateOf(invoice, by), payments, by }
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
  /** Other invoices that are settled together with this one. */
  siblings: Entry[]
}

function partsOf(invoice: Balance, match: readonly Entry[]): Parts {
  const sign = invoice.posted < 0 ? -1 : 1
  const own = match.find((entry) => entry.voucherId === invoice.id)
  const others = match.filter((entry) => entry.voucherId !== invoice.id)
  const [same, against] =
    sign > 0 ? ['OutgoingInvoice', 'OutgoingCreditNote'] : ['OutgoingCreditNote', 'OutgoingInvoice']
  const counter = others.filter((entry) => entry.amount * sign < 0 && entry.voucherType !== 'ReversalVoucher')
  const credits = counter.filter((entry) => entry.voucherType === against)
  const rest = counter.filter((entry) => entry.voucherType !== against)
  const writeOffs = writeOffsAmong(rest, own?.isWriteOff ?? false)
  return {
    ...{ credits, writeOffs },
    money: rest.filter((entry) => !writeOffs.includes(entry)),
    siblings: others.filter((entry) => entry.voucherType === same && entry.amount * sign > 0),
  }
}

/** A loss is marked on its own entry, or only on the invoice's: then it is a journal by hand, the last one if need be. */
function writeOffsAmong(entries: readonly Entry[], isOnInvoice: boolean): Entry[] {
  const marked = entries.filter((entry) => entry.isWriteOff)
  if (marked.length > 0 || !isOnInvoice) return marked
  const byHand = entries.filter((entry) => entry.voucherType === 'ManualJournal')
  return byHand.length > 0 ? byHand : entries.slice(-1)
}

/**
 * A row for each payment, with what it brought to this invoice. Payments that settle several invoices at once
 * are not split by guess: what this one got is known from its own balance.
 */
function paymentsOf(invoice: Balance, { money, siblings }: Parts): PaymentRow[] {
  if (money.length === 0) return []
  const rowOf = (entry: Entry, amount: number, isShared: boolean): PaymentRow => ({
    ...{ entries: [entry.id], voucherNo: entry.voucherNo, kind: entry.voucherType ?? 'Unknown' },
    ...{ date: entry.date, amount, isShared },
  })
  if (siblings.length === 0) return money.map((entry) => rowOf(entry, broughtBy(entry, invoice), false))
  const settled = inCurrency(Math.abs(invoice.posted) - Math.abs(invoice.left), invoice)
  const named = money.filter(
    (entry) => entry.invoiceNo !== null && entry.invoiceNo === String(invoice.invoiceNo),
  )
  const sumNamed = named.reduce((sum, entry) => sum + broughtBy(entry, invoice), 0)
  if (named.length > 0 && Math.abs(sumNamed) === settled)
    return named.map((entry) => rowOf(entry, broughtBy(entry, invoice), false))
  const [first] = money
  if (!first || settled === 0) return []
  const all = { ...rowOf(first, signed(settled, invoice), true), entries: money.map(({ id }) => id) }
  return [all]
}

/** What of a payment was used, in the invoice's currency. */
function broughtBy(entry: Entry, invoice: Balance): number {
  const used = Math.abs(entry.amount) - Math.abs(entry.left ?? 0)
  const isIts = entry.currency == null || invoice.currency === null || entry.currency === invoice.currency
  const isWhole = isIts && entry.currencyAmount !== null && used === Math.abs(entry.amount)
  return signed(isWhole ? Math.abs(entry.currencyAmount ?? 0) : inCurrency(used, invoice), invoice)
}

const signed = (amount: number, { posted }: Balance) => (posted < 0 ? -amount : amount)

/** From the client's currency to the invoice's, at the rate that it was posted by. */
function inCurrency(amount: number, { posted, total }: Balance): number {
  return posted === total || posted === 0 ? amount : toMinor((fromMinor(amount) * total) / posted)
}
