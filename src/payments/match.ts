import type { Entry } from './plan'

/**
 * Who settled whom among the entries of one match. Pure, and the same from whichever of them it is asked, so
 * that what is told of several invoices adds up to what came in. Amounts are in the client's currency.
 */

/** What a debit and a credit entry of the match settled of each other. */
export interface Piece {
  debit: Entry
  credit: Entry
  amount: number
  /** `alike`: of the same amount; `guessed`: another way to split the match would explain it as well. */
  how: 'sure' | 'alike' | 'guessed'
}

export interface Split {
  pieces: Piece[]
  /** Entries by which a loss was booked, marked on themselves or only on the invoice. */
  losses: ReadonlySet<Entry>
  /** What nothing in the match stands against, on either side: none when all entries were told. */
  over: { debit: number; credit: number }
}

/** Invoices, credit notes and fees: documents, which bring no money. */
const DOCUMENTS = [
  ...['OutgoingInvoice', 'OutgoingCreditNote', 'OutgoingPaymentReminder', 'OutgoingNoticeOfDebtCollection'],
  ...['OutgoingPaymentDemand', 'OutgoingWarrantOfExecution'],
]
export const isDocument = ({ voucherType }: Entry): boolean => DOCUMENTS.includes(voucherType ?? '')
/** It takes back what another entry did. */
export const isReversal = ({ voucherType }: Entry): boolean =>
  voucherType === 'ReversalVoucher' || voucherType === 'CorrectionVoucher'
const isInvoice = ({ voucherType }: Entry): boolean =>
  voucherType === 'OutgoingInvoice' || voucherType === 'OutgoingCreditNote'

/** What of an entry the match has used up. */
export const usedOf = (entry: Entry): number => Math.abs(entry.amount) - Math.abs(entry.left ?? 0)

/**
 * The rules from the top: a reversal takes back the oldest entry of just its amount; a loss goes where it is
 * marked; what names an invoice settles it; what is just as much settles it; the rest goes to the oldest first.
 * `settled` says better of one entry what was settled of it: its invoice tells.
 */
export function splitMatch(entries: readonly Entry[], settled?: { id: number; amount: number }): Split {
  const rest = restOfMatch(entries, settled)
  giveReversals(rest)
  const losses = giveLosses(rest)
  giveNamed(rest)
  giveAlikeThenOldest(rest)
  const left = (sign: number) => rest.open(sign).reduce((sum, entry) => sum + rest.of(entry), 0)
  return { pieces: rest.pieces, losses, over: { debit: left(1), credit: left(-1) } }
}

/** What is left of each entry of a match, while piece after piece of it is given to another entry. */
interface Rest {
  oldestFirst: readonly Entry[]
  pieces: Piece[]
  of: (entry: Entry) => number
  /** Entries of this sign of which something is left. */
  open: (sign: number) => Entry[]
  against: (entry: Entry) => Entry[]
  give: (one: Entry, other: Entry, how: Piece['how']) => void
}

function restOfMatch(entries: readonly Entry[], settled?: { id: number; amount: number }): Rest {
  const oldestFirst = entries.toSorted((a, b) => a.id - b.id)
  const rest = new Map(
    oldestFirst.map((entry) => [entry, entry.id === settled?.id ? settled.amount : usedOf(entry)]),
  )
  const pieces: Piece[] = []
  const restOf = (entry: Entry) => rest.get(entry) ?? 0
  const open = (sign: number) =>
    oldestFirst.filter((entry) => Math.sign(entry.amount) === sign && restOf(entry) > 0)
  const give: Rest['give'] = (one, other, how) => {
    const amount = Math.min(restOf(one), restOf(other))
    if (amount <= 0) return
    const [debit, credit] = one.amount > 0 ? [one, other] : [other, one]
    pieces.push({ debit, credit, amount, how })
    rest.set(one, restOf(one) - amount)
    rest.set(other, restOf(other) - amount)
  }
  return { oldestFirst, pieces, of: restOf, open, against: (entry) => open(-Math.sign(entry.amount)), give }
}

function giveReversals({ oldestFirst, of, against, give }: Rest): void {
  for (const reversal of oldestFirst.filter(isReversal)) {
    const same = against(reversal).filter(
      (one) => one.id < reversal.id && !isReversal(one) && of(one) === of(reversal),
    )
    const taken = same.find((one) => names(one, reversal)) ?? same[0]
    if (taken) give(reversal, taken, 'sure')
  }
}

/** Gives the losses of invoices that are marked, and answers which entries are losses. */
function giveLosses({ oldestFirst, open, against, give }: Rest): Set<Entry> {
  const losses = new Set(oldestFirst.filter((entry) => entry.isWriteOff && !isInvoice(entry)))
  for (const marked of oldestFirst.filter((entry) => entry.isWriteOff && isInvoice(entry))) {
    const found = lossAgainst(marked, against(marked))
    if (!found) continue
    losses.add(found)
    const isSure = names(found, marked) || open(Math.sign(marked.amount)).length === 1
    give(marked, found, isSure ? 'sure' : 'guessed')
  }
  return losses
}

function giveNamed({ open, give }: Rest): void {
  for (const credit of open(-1))
    for (const debit of open(1)) if (names(credit, debit)) give(credit, debit, 'sure')
}

function giveAlikeThenOldest({ of, open, give }: Rest): void {
  // One alone against any number of others: there is no other way.
  const isForced = open(1).length <= 1 || open(-1).length <= 1
  for (const credit of open(-1)) {
    const same = open(1).find((debit) => of(debit) === of(credit))
    if (same) give(same, credit, isForced ? 'sure' : 'alike')
  }
  for (const debit of open(1))
    for (const credit of open(-1)) give(debit, credit, isForced ? 'sure' : 'guessed')
}

const names = (one: Entry, other: Entry): boolean =>
  one.invoiceNo !== null && one.invoiceNo === other.invoiceNo

/** The loss of an invoice that is marked itself: the last journal by hand, or the last entry; one that is marked, when there is any. */
function lossAgainst(invoice: Entry, entries: readonly Entry[]): Entry | undefined {
  const able = entries.filter((entry) => !isDocument(entry) && !isReversal(entry))
  if (able.some((entry) => entry.isWriteOff)) return able.findLast((entry) => entry.isWriteOff)
  const byHand = able.filter(({ voucherType }) => voucherType === 'ManualJournal')
  const likely = byHand.length > 0 ? byHand : able
  return likely.findLast((entry) => names(entry, invoice)) ?? likely.at(-1)
}
