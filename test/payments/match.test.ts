import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Balance, type Entry, settlementFrom } from '../../src/payments/plan'
import { balancesWithin } from '../fakes/poweroffice/ledger'
import { triesOf } from '../seeds/runs'

/** Any match of invoices, credit notes, payments and losses, with what PowerOffice would leave of each. */
const KINDS = ['OutgoingInvoice', 'OutgoingCreditNote', 'BankJournal', 'ManualJournal'] as const
const aMatch = fc.array(
  fc.record({ kind: fc.constantFrom(...KINDS), amount: fc.integer({ min: 1, max: 9 }), names: fc.nat(3) }),
  {
    minLength: 2,
    maxLength: 8,
  },
)
type Drawn = { kind: (typeof KINDS)[number]; amount: number; names: number }

function entriesOf(drawn: readonly Drawn[]): Entry[] {
  const signed = drawn.map(({ kind, amount }, at) => ({
    Id: at + 1,
    PostingDate: '2026-03-20',
    Amount: (kind === 'OutgoingInvoice' ? 1 : -1) * amount * 100,
  }))
  const left = balancesWithin(signed as Parameters<typeof balancesWithin>[0])
  const numberOf = ({ kind, names }: Drawn, at: number) => {
    if (kind === 'OutgoingInvoice' || kind === 'OutgoingCreditNote') return String(at + 1)
    return names === 0 ? null : String(names)
  }
  return drawn.map((one, at) => {
    const amount = (signed[at]?.Amount ?? 0) * 100
    return {
      id: at + 1,
      voucherId: `v${at + 1}`,
      voucherNo: at + 1,
      voucherType: one.kind,
      amount,
      invoiceNo: numberOf(one, at),
      date: '2026-03-20',
      left: (left.get(at + 1) ?? 0) * 100,
      currencyAmount: amount,
      currency: 'NOK',
      isWriteOff: one.kind === 'ManualJournal',
    }
  })
}
const balanceOf = (entry: Entry): Balance => ({
  id: entry.voucherId,
  invoiceNo: entry.id,
  posted: entry.amount,
  total: entry.amount,
  currency: 'NOK',
  left: entry.left ?? 0,
})
const isInvoice = ({ voucherType }: Entry) =>
  voucherType === 'OutgoingInvoice' || voucherType === 'OutgoingCreditNote'
const used = (entry: Entry) => Math.abs(entry.amount) - Math.abs(entry.left ?? 0)

test('whatever is matched: all of it explains each invoice, and what is told of them comes to what came in', () => {
  fc.assert(
    fc.property(aMatch, (drawn) => {
      const entries = entriesOf(drawn)
      const standings = entries.filter(isInvoice).map((one) => settlementFrom(balanceOf(one), entries))
      expect(standings.filter(({ state }) => state === 'unexplained')).toEqual([])
      const told = standings.flatMap(({ payments }) => payments).reduce((sum, { amount }) => sum + amount, 0)
      const cameIn = entries.filter(({ voucherType }) => voucherType === 'BankJournal').map(used)
      expect(told).toBe(cameIn.reduce((sum, amount) => sum + amount, 0))
    }),
    triesOf(1000),
  )
})

test('when entries are left out, never more is told than came in, whatever is left out', () => {
  fc.assert(
    fc.property(aMatch, fc.infiniteStream(fc.boolean()), (drawn, keeps) => {
      const entries = entriesOf(drawn)
      const fellows = entries.filter(isInvoice).map(({ voucherId }) => voucherId)
      const shown = entries.filter(() => keeps.next().value)
      const standings = entries.filter(isInvoice).map((one) => settlementFrom(balanceOf(one), shown, fellows))
      const told = standings.flatMap(({ payments }) => payments).reduce((sum, { amount }) => sum + amount, 0)
      const cameIn = entries.filter(({ voucherType }) => voucherType === 'BankJournal').map(used)
      expect(told).toBeLessThanOrEqual(cameIn.reduce((sum, amount) => sum + amount, 0))
    }),
    triesOf(1000),
  )
})
