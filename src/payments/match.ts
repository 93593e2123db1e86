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
  const oldestFirst = entries.toSorted((a, b) => a.id - b.id)
  const rest = new Map(
    oldestFirst.map((entry) => [entry, entry.id === settled?.id ? settled.amount : usedOf(entry)]),
  )
  const restOf = (entry: Entry) => rest.get(entry) ?? 0
  const open = (sign: number) =>
    oldestFirst.filter((entry) => Math.sign(entry.amount) === sign && restOf(entry) > 0)
  const pieces: Piece[] = []
  const give = (one: Entry, other: Entry, how: Piece['how']) => {
    const amount = Math.min(restOf(one), restOf(other))
    if (amount <= 0) return
    const [debit, credit] = one.amount > 0 ? [one, other] : [other, one]
    pieces.push({ debit, credit, amount, how })
    rest.set(one, restOf(one) - amount)
    rest.set(other, restOf(other) - amount)
  }
  const against = (entry: Entry) => open(-Math.sign(entry.amount))

  for (const reversal of oldestFirst.filter(isReversal)) {
    const same = against(reversal).filter(
      (one) => one.id < reversal.id && !isReversal(one) && restOf(one) === restOf(reversal),
    )
    const taken =
      same.find((one) => one.invoiceNo !== null && one.invoiceNo === reversal.invoiceNo) ?? same[0]
    if (taken) give(reversal, taken, 'sure')
  }

  const losses = new Set(oldestFirst.filter((entry) => entry.isWriteOff && !isInvoice(entry)))
  for (const marked of oldestFirst.filter((entry) => entry.isWriteOff && isInvoice(entry))) {
    const found = lossAgainst(marked, against(marked))
    if (!found) continue
    losses.add(found)
    const isSure = names(found, marked) || open(Math.sign(marked.amount)).length === 1
    give(marked, found, isSure ? 'sure' : 'guessed')
  }

  for (const credit of open(-1))
    for (const debit of open(1)) if (names(credit, debit)) give(credit, debit, 'sure')

  // One alone against any number of others: there is no other way.
  const isForced = open(1).length <= 1 || open(-1).length <= 1
  for (const credit of open(-1)) {
    const same = open(1).find((debit) => restOf(debit) === restOf(credit))
    if (same) give(same, credit, isForced ? 'sure' : 'alike')
  }
  for (const debit of open(1))
    for (const credit of open(-1)) give(debit, credit, isForced ? 'sure' : 'guessed')

  const left = (sign: number) => open(sign).reduce((sum, entry) => sum + restOf(entry), 0)
  return { pieces, losses, over: { debit: left(1), credit: left(-1) } }
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
