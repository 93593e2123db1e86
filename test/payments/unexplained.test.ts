import { describe, expect, test } from 'vitest'
import { type Balance, type Entry, settlementFrom } from '../../src/payments/plan'

/** Everything by which an invoice can be settled, asked with all entries of its match and with some of them missing. */

const invoice: Balance = {
  id: 'i',
  invoiceNo: 10_001,
  posted: 125_000,
  total: 125_000,
  currency: 'NOK',
  left: 0,
}
const entry = (id: number, amount: number, change: Partial<Entry> = {}): Entry => ({
  id,
  voucherId: `v${id}`,
  voucherNo: id,
  voucherType: 'BankJournal',
  invoiceNo: null,
  amount,
  left: 0,
  date: '2026-03-20',
  currencyAmount: amount,
  currency: 'NOK',
  isWriteOff: false,
  ...change,
})
const own = entry(1, 125_000, { voucherId: 'i', voucherType: 'OutgoingInvoice', invoiceNo: '10001' })
const other = entry(9, 175_000, { voucherId: 'j', voucherType: 'OutgoingInvoice', invoiceNo: '10002' })
const creditNote = (id: number, amount: number) =>
  entry(id, amount, { voucherType: 'OutgoingCreditNote', invoiceNo: '10009' })
const loss = (id: number, amount: number) =>
  entry(id, amount, { voucherType: 'ManualJournal', isWriteOff: true })
const euros: Partial<Balance> = { posted: 1_150_000, total: 100_000, currency: 'EUR' }
const inEuros = { currency: 'EUR' }

const CASES: [string, Entry[], Partial<Balance>?][] = [
  ['paid', [own, entry(2, -125_000)]],
  ['partly paid', [{ ...own, left: 25_000 }, entry(2, -100_000)], { left: 25_000 }],
  ['paid with too much', [own, entry(2, -200_000, { left: -75_000 })]],
  ['paid with too much, of which nothing more is said', [own, entry(2, -200_000, { left: null })]],
  ['paid by two', [own, entry(2, -100_000), entry(3, -25_000)]],
  [
    'paid by three of different kinds',
    [
      ...[own, entry(2, -100_000), entry(3, -20_000, { voucherType: 'IncomingOcrGiro' })],
      entry(4, -5000, { voucherType: 'CashJournal' }),
    ],
  ],
  ['partly paid by two', [{ ...own, left: 5000 }, entry(2, -100_000), entry(3, -20_000)], { left: 5000 }],
  ['credited', [own, creditNote(2, -125_000)]],
  ['credited in part', [{ ...own, left: 100_000 }, creditNote(2, -25_000)], { left: 100_000 }],
  ['credited with more than it came to', [own, { ...creditNote(2, -150_000), left: -25_000 }]],
  ['paid and credited', [own, creditNote(2, -25_000), entry(3, -100_000)]],
  ['written off', [own, loss(2, -125_000)]],
  [
    'written off, marked on the invoice',
    [{ ...own, isWriteOff: true }, entry(2, -125_000, { voucherType: 'ManualJournal' })],
  ],
  ['paid and written off', [own, entry(2, -124_960), loss(3, -40)]],
  ['paid, credited and written off', [own, entry(2, -99_960), loss(3, -40), creditNote(4, -25_000)]],
  ['paid with another invoice by one payment', [own, other, entry(2, -300_000)]],
  ['paid with another invoice by two', [own, other, entry(2, -100_000), entry(3, -200_000)]],
  [
    'paid with another invoice, each by its own',
    [...[own, other, entry(2, -125_000, { invoiceNo: '10001' })], entry(3, -175_000, { invoiceNo: '10002' })],
  ],
  ['paid with another invoice and a credit note', [own, other, creditNote(2, -30_000), entry(3, -270_000)]],
  ['paid with a fee', [own, entry(2, 7000, { voucherType: 'OutgoingPaymentReminder' }), entry(3, -132_000)]],
  [
    'paid in its currency',
    [{ ...own, amount: 1_150_000 }, entry(2, -1_150_000, { ...inEuros, currencyAmount: -100_000 })],
    euros,
  ],
  [
    'paid in its currency, after the rate had moved',
    [
      ...[{ ...own, amount: 1_150_000 }, entry(2, -1_130_000, { ...inEuros, currencyAmount: -100_000 })],
      entry(3, -20_000, { ...inEuros, voucherType: 'ManualJournal', currencyAmount: 0 }),
    ],
    euros,
  ],
]

/** Not whether a payment was shared: of that, only those who see all of it can tell. */
function settlement(entries: readonly Entry[], change: Partial<Balance> = {}) {
  const { state, by, payments } = settlementFrom({ ...invoice, ...change }, entries)
  return { state, by, rows: payments.map(({ entries: ids, amount }) => [ids.join('+'), amount]) }
}
const subsetsOf = (entries: readonly Entry[]): Entry[][] =>
  Array.from({ length: 2 ** entries.length - 1 }, (_, bits) => entries.filter((__, at) => (bits >> at) & 1))

describe.each(CASES)('an invoice that is %s', (_, entries, change) => {
  test('is explained by all entries of its match, in whatever order they come', () => {
    const whole = settlement(entries, change)
    expect(whole.state).not.toBe('unexplained')
    expect(settlement(entries.toReversed(), change)).toEqual(whole)
  })

  test('is told the same or nothing, when entries are missing', () => {
    const whole = settlement(entries, change)
    for (const some of subsetsOf(entries)) {
      const told = settlement(some, change)
      if (told.state !== 'unexplained') expect(told).toEqual(whole)
    }
  })

  test('is not told without its own entry, or without anything that stands against it', () => {
    const isAgainst = ({ amount }: Entry) => amount < 0
    for (const some of [[], entries.filter((one) => !isAgainst(one)), entries.filter(isAgainst)])
      expect(settlement(some, change)).toEqual({ state: 'unexplained', by: [], rows: [] })
  })
})

test('vouchers that are known to be in the match have to be in the answer', () => {
  const cut = [own, entry(2, -125_000)]
  expect(settlementFrom(invoice, cut, ['i', 'j']).state).toBe('unexplained')
  expect(settlementFrom(invoice, cut, ['i']).state).toBe('paid')
})

test.each<[string, Entry[], Partial<Balance>?]>([
  ['nobody knows of a match', []],
  ['it is marked as a loss, and nothing stands against it', [{ ...own, isWriteOff: true }]],
  [
    'it is settled by its own reversal, of which it does not speak yet',
    [own, entry(2, -125_000, { voucherType: 'ReversalVoucher', invoiceNo: '10001' })],
  ],
  ['only part of it is there', [own, entry(2, -100_000)]],
  ['of two payments only one is shown', [own, entry(2, -25_000)]],
  ['what stands against it was not used', [own, entry(2, -125_000, { left: -125_000 })]],
  ['a payment has settled more than this, and nobody shows what', [own, entry(2, -300_000)]],
  ['two payments come to more than was settled', [own, entry(2, -125_000), entry(3, -30_000)]],
  ['it is partly settled by nothing', [{ ...own, left: 25_000 }], { left: 25_000 }],
])('it is never paid by default: %s', (_, entries, change) => {
  expect(settlement(entries, change)).toEqual({ state: 'unexplained', by: [], rows: [] })
})
