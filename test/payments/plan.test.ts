import { describe, expect, test } from 'vitest'
import { type Balance, type Entry, settlementFrom } from '../../src/payments/plan'

const invoice: Balance = {
  id: 'i',
  invoiceNo: 10_001,
  posted: 125_000,
  total: 125_000,
  currency: 'NOK',
  left: 125_000,
}
const entry = (id: number, amount: number, change: Partial<Entry> = {}): Entry => ({
  id,
  voucherId: `v${id}`,
  voucherNo: id,
  voucherType: 'BankJournal',
  invoiceNo: null,
  date: '2026-03-20',
  amount,
  left: 0,
  currencyAmount: amount,
  currency: null,
  isWriteOff: false,
  ...change,
})
const own = (change: Partial<Entry> = {}) =>
  entry(1, invoice.posted, { voucherId: 'i', voucherType: 'OutgoingInvoice', ...change })
const settlement = (left: number, entries: Entry[], change: Partial<Balance> = {}) => {
  const { state, by, payments } = settlementFrom({ ...invoice, left, ...change }, entries)
  return { state, by, amounts: payments.map(({ entries: ids, amount }) => [ids.join('+'), amount]) }
}

describe('how an invoice stands', () => {
  test.each<[string, ReturnType<typeof settlement>, object]>([
    ['nobody paid', settlement(125_000, []), { state: 'open', by: [], amounts: [] }],
    [
      'paid in full',
      settlement(0, [own(), entry(2, -125_000)]),
      { state: 'paid', by: ['payment'], amounts: [['2', 125_000]] },
    ],
    [
      'paid in part',
      settlement(25_000, [own(), entry(2, -100_000)]),
      { state: 'partly-paid', by: ['payment'], amounts: [['2', 100_000]] },
    ],
    [
      'paid in two parts',
      settlement(0, [own(), entry(2, -100_000), entry(3, -25_000, { voucherType: 'IncomingOcrGiro' })]),
      {
        state: 'paid',
        by: ['payment'],
        amounts: [
          ['2', 100_000],
          ['3', 25_000],
        ],
      },
    ],
    [
      'paid with more than it came to',
      settlement(0, [own(), entry(2, -200_000, { left: -75_000 })]),
      { state: 'paid', by: ['payment'], amounts: [['2', 125_000]] },
    ],
    [
      'settled by a credit note',
      settlement(0, [own(), entry(2, -125_000, { voucherType: 'OutgoingCreditNote' })]),
      { state: 'credited', by: ['credit-note'], amounts: [] },
    ],
    [
      'written off, marked on the loss',
      settlement(0, [own(), entry(2, -125_000, { voucherType: 'ManualJournal', isWriteOff: true })]),
      { state: 'written-off', by: ['write-off'], amounts: [] },
    ],
    [
      'written off, marked on the invoice only',
      settlement(0, [own({ isWriteOff: true }), entry(2, -125_000, { voucherType: 'ManualJournal' })]),
      { state: 'written-off', by: ['write-off'], amounts: [] },
    ],
    [
      'paid, and the rest written off',
      settlement(0, [
        own({ isWriteOff: true }),
        entry(2, -124_960),
        entry(3, -40, { voucherType: 'ManualJournal' }),
      ]),
      { state: 'paid', by: ['payment', 'write-off'], amounts: [['2', 124_960]] },
    ],
    [
      'with a reminder’s fee in the match',
      settlement(0, [
        own(),
        entry(2, 7000, { voucherType: 'OutgoingPaymentReminder', left: 7000 }),
        entry(3, -132_000, { left: -7000 }),
      ]),
      { state: 'paid', by: ['payment'], amounts: [['3', 125_000]] },
    ],
    [
      'paid by hand in part, and the last journal is the loss',
      settlement(0, [
        own({ isWriteOff: true }),
        entry(4, -25_000, { voucherType: 'ManualJournal' }),
        entry(2, -100_000, { voucherType: 'ManualJournal' }),
      ]),
      { state: 'paid', by: ['payment', 'write-off'], amounts: [['2', 100_000]] },
    ],
    [
      'paid in part, and the rest credited',
      settlement(0, [
        own(),
        entry(2, -25_000, { voucherType: 'OutgoingCreditNote' }),
        entry(3, -100_000, { voucherType: 'CashJournal' }),
      ]),
      { state: 'paid', by: ['payment', 'credit-note'], amounts: [['3', 100_000]] },
    ],
    [
      'credited in part',
      settlement(100_000, [own(), entry(2, -25_000, { voucherType: 'OutgoingCreditNote' })]),
      { state: 'partly-paid', by: ['credit-note'], amounts: [] },
    ],
    [
      'with a reminder’s fee that was paid along',
      settlement(0, [own(), entry(2, 7000, { voucherType: 'OutgoingPaymentReminder' }), entry(3, -132_000)]),
      { state: 'paid', by: ['payment'], amounts: [['3', 125_000]] },
    ],
    [
      'with a payment in the match that was used up elsewhere',
      settlement(0, [own(), entry(2, -125_000), entry(3, -50_000, { left: -50_000 })]),
      { state: 'paid', by: ['payment'], amounts: [['2', 125_000]] },
    ],
    ['of nothing', settlement(0, [], { posted: 0, total: 0 }), { state: 'paid', by: [], amounts: [] }],
    [
      'of nothing, with an entry of nothing',
      settlement(0, [own({ amount: 0 })], { posted: 0, total: 0 }),
      { state: 'paid', by: [], amounts: [] },
    ],
    [
      'in a match with an invoice that got nothing',
      settlement(0, [
        own(),
        entry(2, -125_000),
        entry(3, 80_000, { left: 80_000, voucherType: 'OutgoingInvoice' }),
      ]),
      { state: 'paid', by: ['payment'], amounts: [['2', 125_000]] },
    ],
    [
      'paid again, after a payment that was reversed',
      settlement(0, [
        own(),
        entry(2, -125_000),
        entry(3, 125_000, { voucherType: 'ReversalVoucher' }),
        entry(4, -125_000, { voucherType: 'IncomingOcrGiro' }),
      ]),
      { state: 'paid', by: ['payment'], amounts: [['4', 125_000]] },
    ],
    [
      'beside an invoice that was reversed',
      settlement(0, [
        own(),
        entry(2, 80_000, { voucherType: 'OutgoingInvoice', invoiceNo: '10002' }),
        entry(3, -80_000, { voucherType: 'ReversalVoucher', invoiceNo: '10002' }),
        entry(4, -125_000),
      ]),
      { state: 'paid', by: ['payment'], amounts: [['4', 125_000]] },
    ],
  ])('%s', (_, given, expected) => {
    expect(given).toEqual(expected)
  })

  test('only invoices that got something of a payment share it', () => {
    const isShared = (...entries: Entry[]) =>
      settlementFrom({ ...invoice, left: 0 }, [own(), ...entries]).payments.map((row) => row.isShared)
    const sold = { voucherType: 'OutgoingInvoice', invoiceNo: '10002' }
    expect(isShared(entry(2, -125_000))).toEqual([false])
    expect(isShared(entry(2, -200_000), entry(3, 75_000, sold))).toEqual([true])
    // It is in the match, and all of it is left.
    expect(isShared(entry(2, -125_000), entry(3, 75_000, { ...sold, left: 75_000 }))).toEqual([false])
    // It was reversed: what stands against it is no money.
    const reversal = entry(4, -75_000, { voucherType: 'ReversalVoucher', invoiceNo: '10002' })
    expect(isShared(entry(2, -125_000), entry(3, 75_000, sold), reversal)).toEqual([false])
    // Two of the same amount could be each other's.
    expect(isShared(entry(2, -125_000), entry(3, 125_000, sold), entry(5, -125_000))).toEqual([true])
  })

  const other = entry(9, 175_000, { voucherType: 'OutgoingInvoice', voucherId: 'j' })
  test('one payment for two invoices brings each what it came to', () => {
    expect(settlement(0, [own(), other, entry(2, -300_000)])).toEqual({
      state: 'paid',
      by: ['payment'],
      amounts: [['2', 125_000]],
    })
  })

  test('payments that name their invoices are told one by one, others together', () => {
    const [mine, theirs] = [
      entry(2, -125_000, { invoiceNo: '10001' }),
      entry(3, -175_000, { invoiceNo: '10002' }),
    ]
    expect(settlement(0, [own(), other, mine, theirs]).amounts).toEqual([['2', 125_000]])
    expect(settlement(0, [own(), other, entry(2, -100_000), entry(3, -200_000)]).amounts).toEqual([
      ['2+3', 125_000],
    ])
  })

  test('together with others, payments are named by the oldest, in whichever order the ledger tells them', () => {
    const [a, b] = [entry(2, -100_000), entry(3, -200_000)]
    expect(settlement(0, [own(), b, other, a]).amounts).toEqual([['2+3', 125_000]])
  })

  test('what names another invoice did not pay this one', () => {
    const theirs = { ...other, invoiceNo: '10002' }
    const loss = entry(2, -125_000, { voucherType: 'ManualJournal', isWriteOff: true, invoiceNo: '10001' })
    const paid = entry(3, -175_000, { invoiceNo: '10002' })
    expect(settlement(0, [own(), theirs, loss, paid])).toEqual({
      state: 'written-off',
      by: ['write-off'],
      amounts: [],
    })
    // Whatever it names, when nothing else is left it did.
    expect(settlement(0, [own(), theirs, entry(3, -300_000, { invoiceNo: '10002' })]).amounts).toEqual([
      ['3', 125_000],
    ])
  })

  test('a credit note that settles an invoice together with money was settled by the invoice', () => {
    const credit = { posted: -25_000, total: -25_000 }
    const entries = [
      own({ amount: -25_000, voucherType: 'OutgoingCreditNote' }),
      entry(2, 125_000, { voucherType: 'OutgoingInvoice' }),
      entry(3, -100_000),
    ]
    expect(settlement(0, entries, credit)).toEqual({ state: 'credited', by: ['credit-note'], amounts: [] })
  })

  test('a credit note that is paid back is told below zero', () => {
    const credit = { posted: -125_000, total: -125_000 }
    const entries = [own({ amount: -125_000, voucherType: 'OutgoingCreditNote' }), entry(2, 125_000)]
    expect(settlement(0, entries, credit)).toEqual({
      state: 'paid',
      by: ['payment'],
      amounts: [['2', -125_000]],
    })
  })

  test('amounts are told in the invoice’s currency', () => {
    const euros = { posted: 1_150_000, total: 100_000, currency: 'EUR' }
    const entries = [own({ amount: 1_150_000 }), entry(2, -1_150_000, { currencyAmount: -100_000 })]
    expect(settlement(0, entries, euros).amounts).toEqual([['2', 100_000]])
    // A payment in kroner is told as the euros that it settled.
    const kroner = entry(2, -1_150_000, { currencyAmount: -1_150_000, currency: 'NOK' })
    expect(settlement(0, [own({ amount: 1_150_000 }), kroner], euros).amounts).toEqual([['2', 100_000]])
    const part = [
      own({ amount: 1_150_000 }),
      entry(2, -1_150_000, { left: -575_000, currencyAmount: -100_000 }),
    ]
    expect(settlement(575_000, part, euros).amounts).toEqual([['2', 50_000]])

    // The rate had moved until it was paid.
    const moved = entry(2, -1_170_000, { currencyAmount: -1_170_000, currency: 'NOK' })
    const gain = entry(3, -20_000, { voucherType: 'ManualJournal', currencyAmount: 0, currency: 'EUR' })
    expect(settlement(0, [own({ amount: 1_150_000 }), moved], euros).amounts).toEqual([['2', 100_000]])
    expect(settlement(0, [own({ amount: 1_150_000 }), gain, entry(4, -1_130_000)], euros)).toEqual({
      state: 'paid',
      by: ['payment'],
      amounts: [['4', 100_000]],
    })
  })

  test.each([
    ['a fifth less', -920_000, 'paid'],
    ['a fifth more', -1_380_000, 'paid'],
    ['more than a fifth less', -919_999, 'unexplained'],
    ['more than a fifth more', -1_380_001, 'unexplained'],
    ['twice as much', -2_300_000, 'unexplained'],
  ])(
    'a rate that moved explains no more than a fifth of a foreign invoice: %s in kroner',
    (_, kroner, state) => {
      const euros = { posted: 1_150_000, total: 100_000, currency: 'EUR' }
      const payment = entry(2, kroner, { currencyAmount: kroner, currency: 'NOK' })
      expect(settlement(0, [own({ amount: 1_150_000 }), payment], euros).state).toBe(state)
    },
  )
})
