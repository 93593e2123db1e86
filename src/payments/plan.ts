import { fromMinor, toMinor } from '../shared/money'
import { isDocument, isReversal, type Piece, type Split, splitMatch, usedOf } from './match'

/**
 * How an invoice stands, from its balance and from what it was matched with in the ledger (DESIGN.md §7.3;
 * poweroffice/API.md §8). Pure. Amounts are in minor units.
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

export interface LedgerSettlement {
  /** `unexplained`: what was settled is not what the entries say, so one of the two is not up to date. */
  state: 'open' | 'partly-paid' | 'paid' | 'credited' | 'written-off' | 'unexplained'
  payments: PaymentRow[]
  /** What settled it, by kind: `payment`, `credit-note`, `write-off`. */
  by: string[]
}

const NOTHING = { payments: [], by: [] }

/**
 * How an invoice stands. Balance 0 does not prove that money came in: only entries that come to what was
 * settled say by what, and what they do not explain is told as such. `fellows` are other vouchers that are
 * known to be in the match: without them the answer is cut short.
 */
export function settlementFrom(
  invoice: Balance,
  match: readonly Entry[],
  fellows: readonly string[] = [],
): LedgerSettlement {
  // There is nothing to pay: no money moves.
  if (invoice.posted === 0) return { ...NOTHING, state: invoice.left === 0 ? 'paid' : 'open' }
  const settled = settledOf(invoice)
  if (settled <= 0) return { ...NOTHING, state: 'open' }
  const own = match.find((entry) => entry.voucherId === invoice.id)
  if (!own || fellows.some((id) => match.every((entry) => entry.voucherId !== id)))
    return { ...NOTHING, state: 'unexplained' }
  const split = splitMatch(match, { id: own.id, amount: settled })
  const ours = split.pieces.flatMap((piece) => brought(piece, own))
  if (!isExplained(invoice, own, match, split, ours)) return { ...NOTHING, state: 'unexplained' }
  const parts = partsOf(invoice, ours, split)
  const by = [
    ...(parts.money.length > 0 ? ['payment'] : []),
    ...(parts.credits.length > 0 ? ['credit-note'] : []),
    ...(parts.losses.length > 0 ? ['write-off'] : []),
  ]
  return { state: stateOf(invoice, by), payments: paymentsOf(invoice, parts, split), by }
}

function stateOf({ left }: Balance, by: readonly string[]): LedgerSettlement['state'] {
  if (by.length === 0) return 'unexplained'
  if (left !== 0) return 'partly-paid'
  if (by.includes('payment')) return 'paid'
  return by.includes('credit-note') ? 'credited' : 'written-off'
}

/** What one entry brought to the invoice. */
interface Brought {
  entry: Entry
  amount: number
  how: Piece['how']
}

function brought({ debit, credit, amount, how }: Piece, own: Entry): Brought[] {
  if (debit === own) return [{ entry: credit, amount, how }]
  return credit === own ? [{ entry: debit, amount, how }] : []
}

/**
 * Whether the entries come to what was settled, and nothing is left over that would belong to somebody whom
 * the answer does not show. A rate that moved explains a difference in kroner, when the currency comes out.
 */
function isExplained(
  invoice: Balance,
  own: Entry,
  match: readonly Entry[],
  { over }: Split,
  ours: readonly Brought[],
): boolean {
  if (ours.some(({ entry }) => isReversal(entry))) return false
  const [missing, spare] = own.amount > 0 ? [over.debit, over.credit] : [over.credit, over.debit]
  const others = match.filter((entry) => entry !== own && usedOf(entry) > 0)
  // What is left of an overpayment need not be said.
  const isRestUntold = others.length === 1 && others[0]?.left === null
  if (missing === 0 && (spare === 0 || isRestUntold)) return true
  if (!isForeign(invoice) || invoice.left !== 0 || ours.length !== others.length) return false
  const isSameRate = others.every((entry) => isWholeIn(entry, invoice))
  if (isSameRate) return sum(others.map(currencyOf)) === Math.abs(invoice.total)
  return others.length === 1 && missing + spare <= Math.abs(invoice.posted) * RATE_MOVES
}

/** By so much of an invoice a currency may have moved until it was paid in kroner. */
const RATE_MOVES = 0.2

interface Parts {
  money: Brought[]
  credits: Brought[]
  losses: Brought[]
}

function partsOf(invoice: Balance, ours: readonly Brought[], { losses }: Split): Parts {
  const settling = ours.filter(({ entry }) => !isExchange(entry, invoice))
  return {
    credits: settling.filter(({ entry }) => isDocument(entry)),
    losses: settling.filter(({ entry }) => losses.has(entry)),
    money: settling.filter(({ entry }) => !isDocument(entry) && !losses.has(entry)),
  }
}

/**
 * A row for each payment, with what it brought to this invoice. What cannot be told apart from what others of
 * the match got is one row, and says so.
 */
function paymentsOf(invoice: Balance, { money, credits, losses }: Parts, { pieces }: Split): PaymentRow[] {
  const isAlone = money.length === 1 && credits.length === 0 && losses.length === 0
  const known = money.filter(({ how }) => how !== 'guessed')
  const guessed = money.filter(({ how }) => how === 'guessed')
  const isShared = (entry: Entry) =>
    pieces.filter(({ debit, credit }) => debit === entry || credit === entry).length > 1
  const rowOf = (entry: Entry, amount: number, entries: Entry[], shared: boolean): PaymentRow => ({
    entries: entries.map(({ id }) => id),
    voucherNo: entry.voucherNo,
    date: entry.date,
    kind: entry.voucherType ?? 'Unknown',
    amount: signed(amount, invoice),
    isShared: shared,
  })
  const rows = known.map(({ entry, amount, how }) =>
    rowOf(
      entry,
      isAlone ? inCurrency(settledOf(invoice), invoice) : broughtBy(entry, amount, invoice),
      [entry],
      how === 'alike' || isShared(entry),
    ),
  )
  const pool = guessedMoney(pieces, money)
  const [first] = pool
  if (first && guessed.length > 0) {
    const amount = isAlone
      ? inCurrency(settledOf(invoice), invoice)
      : sum(guessed.map((one) => broughtBy(one.entry, one.amount, invoice)))
    rows.push(rowOf(first, amount, pool, true))
  }
  return rows.filter((row) => row.amount * signed(1, invoice) > 0)
}

/** All payments of the part of a match that cannot be split: each invoice in it is told of them together. */
function guessedMoney(pieces: readonly Piece[], money: readonly Brought[]): Entry[] {
  const side = Math.sign(money[0]?.entry.amount ?? 0)
  const entries = pieces
    .filter(({ how }) => how === 'guessed')
    .map(({ debit, credit }) => (side > 0 ? debit : credit))
    .filter((entry) => !isDocument(entry) && !isReversal(entry) && !entry.isWriteOff)
  return [...new Set(entries)].toSorted((a, b) => a.id - b.id)
}

const sum = (amounts: readonly number[]) => amounts.reduce((total, one) => total + one, 0)
const settledOf = ({ posted, left }: Balance) => Math.abs(posted) - Math.abs(left)
const signed = (amount: number, { posted }: Balance) => (posted < 0 ? -amount : amount)

// ── Currency ────────────────────────────────────────────────────────────────

const isForeign = ({ posted, total }: Balance) => posted !== total

/** What a currency lost or gained until it was paid: an amount in kroner only. */
const isExchange = (entry: Entry, invoice: Balance) => isForeign(invoice) && entry.currencyAmount === 0

const currencyOf = (entry: Entry) => Math.abs(entry.currencyAmount ?? 0)

/** All of it was used, and it is told in the invoice's own currency. */
const isWholeIn = (entry: Entry, invoice: Balance): boolean =>
  (entry.currency == null || invoice.currency === null || entry.currency === invoice.currency) &&
  entry.currencyAmount !== null &&
  usedOf(entry) === Math.abs(entry.amount)

/** What a payment brought, in the invoice's currency. */
function broughtBy(entry: Entry, amount: number, invoice: Balance): number {
  const isWhole = isWholeIn(entry, invoice) && amount === Math.abs(entry.amount)
  return isWhole ? currencyOf(entry) : inCurrency(amount, invoice)
}

/** From the client's currency to the invoice's, at the rate that it was posted by. */
function inCurrency(amount: number, { posted, total }: Balance): number {
  return posted === total || posted === 0 ? amount : toMinor((fromMinor(amount) * total) / posted)
}
