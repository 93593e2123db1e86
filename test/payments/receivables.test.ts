import { describe, expect, test } from 'vitest'
import {
  type LedgerItem,
  NOTHING_OWED,
  type Posted,
  receivablesOf,
  yearBefore,
} from '../../src/payments/receivables'

const TODAY = '2026-11-30'

const item = (id: number, amount: number, change: Partial<LedgerItem> = {}): LedgerItem => ({
  id,
  voucherId: `v${id}`,
  voucherNo: id,
  voucherType: 'BankJournal',
  invoiceNo: null,
  date: '2026-10-20',
  amount,
  left: amount,
  currencyAmount: amount,
  currency: 'NOK',
  isWriteOff: false,
  customerId: '7',
  voucherDate: '2026-10-20',
  dueDate: null,
  matchId: null,
  ...change,
})
const invoice = (id: number, amount: number, change: Partial<LedgerItem> = {}) =>
  item(id, amount, {
    voucherType: 'OutgoingInvoice',
    date: '2026-10-01',
    voucherDate: '2026-10-01',
    dueDate: '2026-10-15',
    ...change,
  })
const of = (lists: { open?: LedgerItem[]; ledger?: LedgerItem[]; invoices?: Posted[] }) =>
  receivablesOf(TODAY, { open: [], ledger: [], invoices: [], ...lists }).get('7') ?? NOTHING_OWED
const paid = (change: Partial<LedgerItem> = {}) => ({ left: 0, matchId: 1, ...change })

describe('what is owed today', () => {
  test.each<[string, LedgerItem[], object]>([
    ['nothing', [], NOTHING_OWED],
    [
      'an invoice that is overdue',
      [invoice(1, 12_500)],
      { open: 12_500, overdue: 12_500, openInvoices: 1, oldestOverdueDays: 46, unallocatedCredit: 0 },
    ],
    [
      'an invoice that is due today is not overdue yet',
      [invoice(1, 12_500, { dueDate: TODAY })],
      { open: 12_500, overdue: 0, openInvoices: 1, oldestOverdueDays: 0 },
    ],
    [
      'what is left of one',
      [invoice(1, 12_500, { left: 501 })],
      { open: 501, overdue: 501, openInvoices: 1 },
    ],
    [
      'a payment in advance',
      [invoice(1, 12_500), item(2, -20_000)],
      { open: -7500, overdue: 12_500, unallocatedCredit: 20_000, openInvoices: 1 },
    ],
    [
      'a credit note that is set off against nothing: its due date makes nothing overdue',
      [invoice(1, -5000, { voucherType: 'OutgoingCreditNote' })],
      { open: -5000, overdue: 0, unallocatedCredit: 5000, openInvoices: 0, oldestOverdueDays: 0 },
    ],
    [
      'a fee for a reminder is owed, and is no invoice',
      [invoice(1, 7000, { voucherType: 'OutgoingPaymentReminder' })],
      { open: 7000, overdue: 7000, openInvoices: 0, oldestOverdueDays: 46 },
    ],
    [
      'an invoice and its reversal, which nobody matched',
      [
        invoice(1, 9000, { invoiceNo: '17' }),
        invoice(2, 9000, { invoiceNo: '18' }),
        item(3, -9000, { voucherType: 'ReversalVoucher', invoiceNo: '18' }),
      ],
      { open: 9000, overdue: 9000, unallocatedCredit: 0, openInvoices: 1 },
    ],
  ])('%s', (_, open, wanted) => {
    expect(of({ open })).toMatchObject(wanted)
  })

  test('each customer has its own, and nobody has what belongs to no day', () => {
    const found = receivablesOf(TODAY, {
      open: [invoice(1, 100), invoice(2, 200, { customerId: '8', dueDate: null })],
      ledger: [],
      invoices: [],
    })
    expect([found.get('7')?.open, found.get('8')?.open, found.get('8')?.overdue]).toEqual([100, 200, 0])
  })
})

describe('how it pays', () => {
  test.each<[string, LedgerItem[], number | null, string | null]>([
    ['paid after 19 days', [invoice(1, 100, paid()), item(2, -100, paid())], 19, '2026-10-20'],
    [
      'in two parts: the last one counts',
      [
        invoice(1, 100, paid()),
        item(2, -40, paid({ date: '2026-10-05' })),
        item(3, -60, paid({ date: '2026-10-11' })),
      ],
      10,
      '2026-10-11',
    ],
    ['in part only', [invoice(1, 100, { left: 60, matchId: 1 }), item(2, -40, paid())], null, '2026-10-20'],
    [
      'credited',
      [invoice(1, 100, paid()), item(2, -100, paid({ voucherType: 'OutgoingCreditNote' }))],
      null,
      null,
    ],
    ['written off', [invoice(1, 100, paid()), item(2, -100, paid({ isWriteOff: true }))], null, null],
    [
      'written off, where only the invoice is marked',
      [invoice(1, 100, paid({ isWriteOff: true })), item(2, -100, paid({ voucherType: 'ManualJournal' }))],
      null,
      null,
    ],
    [
      'paid in part, and the rest written off',
      [invoice(1, 100, paid()), item(2, -40, paid()), item(3, -60, paid({ isWriteOff: true }))],
      null,
      '2026-10-20',
    ],
    [
      'reversed',
      [invoice(1, 100, paid()), item(2, -100, paid({ voucherType: 'ReversalVoucher' }))],
      null,
      null,
    ],
    ['paid more than a year ago', [item(2, -100, { date: '2025-11-30' })], null, null],
    ['paid in advance, matched with nothing', [item(2, -100)], null, '2026-10-20'],
    [
      'a payment that was taken back',
      [item(2, -100, paid()), item(3, 100, paid({ voucherType: 'ReversalVoucher' }))],
      null,
      null,
    ],
    [
      'one payment for two invoices',
      [invoice(1, 100, paid()), invoice(2, 50, paid({ voucherDate: '2026-10-10' })), item(3, -150, paid())],
      14.5,
      '2026-10-20',
    ],
    [
      'in another currency, whose rate moved',
      [
        invoice(1, 1000, paid({ currency: 'EUR', currencyAmount: 100 })),
        item(2, -980, paid({ currency: 'EUR', currencyAmount: -100 })),
        item(3, -20, paid({ currencyAmount: 0, date: '2026-11-20' })),
      ],
      19,
      '2026-10-20',
    ],
    [
      'an invoice of more than a year ago is too old to tell',
      [invoice(1, 100, paid({ voucherDate: '2025-11-30' })), item(2, -100, paid())],
      null,
      '2026-10-20',
    ],
  ])('%s', (_, ledger, medianDaysToPay, lastPaymentDate) => {
    expect(of({ ledger })).toMatchObject({ medianDaysToPay, lastPaymentDate })
  })
})

test('revenue is without VAT, credit notes off, reversed ones left out, of twelve months', () => {
  const posted = (net: number, date = '2026-03-01', isReversed = false) => ({
    customerId: '7',
    date,
    net,
    isReversed,
  })
  const invoices = [
    posted(1000),
    posted(-300),
    posted(500, '2026-04-01', true),
    posted(70, '2025-11-30'),
    posted(9, '2025-12-01'),
  ]
  expect(of({ invoices }).revenue12Months).toBe(709)
})

test.each([
  ['2026-11-30', '2025-12-01'],
  ['2027-01-01', '2026-01-02'],
  ['2028-02-29', '2027-03-01'],
  ['2027-02-28', '2026-03-01'],
])('the twelve months that end on %s begin on %s', (today, first) => {
  expect(yearBefore(today)).toBe(first)
})
