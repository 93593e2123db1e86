import { expect, test } from 'vitest'
import { bookedOtherwise } from '../../src/invoices/booked'
import type { Invoice } from '../../src/invoices/invoice'
import { aLine, anInvoice } from './an-invoice'

/** What PowerOffice has booked beside what Tribe has issued: 1,000 kroner and 250 of VAT, on two lines. */

const ALL = { net: 100_000, vat: 25_000, total: 125_000, amount: null }
const ours = (totals: Partial<Invoice['totals']> = ALL, more: Partial<Invoice> = {}): Invoice =>
  anInvoice({
    totals: { net: null, vat: null, total: null, amount: null, ...totals },
    lines: [aLine({ id: 'a', unitPrice: 500 }), aLine({ id: 'b', unitPrice: 500 })],
    ...more,
  })
const BOOKED = { NetAmount: 1000, TotalAmount: 1250, CurrencyCode: 'NOK' }
const CREDIT = { net: -100_000, vat: -25_000, total: -125_000, amount: null }
const WITH_VAT = 'with VAT 1120.00 in PowerOffice and 1250.00 in Tribe, 130.00 apart'

test.each<[string, Invoice, { [Name in keyof typeof BOOKED]?: (typeof BOOKED)[Name] | null }, RegExp | null]>(
  [
    ['the same', ours(), {}, null],
    ['the same, with a currency in small letters', ours(), { CurrencyCode: 'nok ' }, null],
    ['another total', ours(), { NetAmount: 896, TotalAmount: 1120 }, new RegExp(`NOK .*${WITH_VAT}`)],
    ['the same total, other VAT', ours(), { NetAmount: 1086.96 }, /without VAT 1086\.96 .* VAT 163\.04 /],
    ['another total with Tribe’s net', ours(), { TotalAmount: 1150 }, /VAT 150\.00 .*with VAT 1150\.00/],
    ['another currency', ours(), { CurrencyCode: 'EUR' }, /^currency EUR in PowerOffice and NOK in Tribe$/],
    [
      'another currency and amount',
      ours(),
      { CurrencyCode: 'EUR', NetAmount: 100, TotalAmount: 125 },
      /^currency EUR in PowerOffice and NOK in Tribe; without VAT 100\.00 /,
    ],
    ['a currency that PowerOffice does not say', ours(), { CurrencyCode: null }, null],
    ['a currency that Tribe does not say', ours(ALL, { bookedIn: null }), { CurrencyCode: 'EUR' }, null],
    ['a total that PowerOffice does not say', ours(), { TotalAmount: null }, null],
    ['a total that cannot be', ours(), { TotalAmount: 1e300 }, null],
    ['a net that cannot be', ours(), { NetAmount: 1e300 }, null],
    ['a net that PowerOffice does not say', ours(), { NetAmount: null }, null],
    ['that, and another total', ours(), { NetAmount: null, TotalAmount: 1120 }, new RegExp(WITH_VAT)],
    ['Tribe says the total alone', ours({ total: 125_000 }), { NetAmount: 900 }, null],
    ['Tribe says another total alone', ours({ total: 125_000 }), { TotalAmount: 1120 }, new RegExp(WITH_VAT)],
    ['Tribe says an amount, which is the net', ours({ amount: 100_000 }), {}, null],
    ['Tribe says an amount, which is the total', ours({ amount: 125_000 }), {}, null],
    ['Tribe says another amount', ours({ amount: 125_000 }), { TotalAmount: 1120 }, new RegExp(WITH_VAT)],
    ['Tribe says nothing', ours({}), { TotalAmount: 1120 }, null],
    ['nothing was booked', ours(), { NetAmount: 0, TotalAmount: 0 }, /with VAT 0\.00 in PowerOffice/],
    ['a credit note', ours(CREDIT), { NetAmount: -1000, TotalAmount: -1250 }, null],
    [
      'another credit note',
      ours(CREDIT),
      { NetAmount: -900, TotalAmount: -1125 },
      /with VAT -1125\.00 .*125\.00/,
    ],
    ['an invoice for a credit note', ours(CREDIT), {}, /with VAT 1250\.00 .* -1250\.00 in Tribe/],
  ],
)('%s', (_, invoice, booked, told) => {
  const said = bookedOtherwise(invoice, { ...BOOKED, ...booked }, false)
  if (told === null) expect(said).toBeNull()
  else expect(said).toMatch(told)
})

test.each<[string, { NetAmount: number; TotalAmount: number }, boolean]>([
  ['an øre for each line', { NetAmount: 1000.02, TotalAmount: 1250 }, false],
  ['more than that', { NetAmount: 1000.03, TotalAmount: 1250 }, true],
  ['an øre of the total', { NetAmount: 1000.01, TotalAmount: 1250.01 }, true],
])('a line of rounding moves net and VAT, and never the total: %s', (_, booked, isTold) => {
  expect(bookedOtherwise(ours(), { ...booked, CurrencyCode: 'NOK' }, true) !== null).toBe(isTold)
  expect(bookedOtherwise(ours(), { ...booked, CurrencyCode: 'NOK' }, false)).not.toBeNull()
})
