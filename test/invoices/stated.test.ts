import { describe, expect, test } from 'vitest'
import { invoiceFromTribe } from '../../src/invoices/mapping'
import { tellLines } from '../../src/invoices/tell-lines'
import { differences, sumsOf } from '../../src/invoices/totals'
import { Invoice as TribeInvoice } from '../../src/tribe/schemas'

/** An invoice of 800 and 200 VAT in euros, at 11.62, told by Tribe in all the ways that it may leave things out. */

const read = (members: object) =>
  invoiceFromTribe(TribeInvoice.parse({ ID: 'i', Currency: 'EUR', ...members }))
const LINE = { ID: 'l', Description: 'Time', Quantity: 8, VatPercentage: 25 }
const HEADER_HOME = { TotalExcludingVat: 9296, VatAmount: 2324, TotalIncludingVat: 11_620 }
const HEADER_EURO = {
  TotalExcludingVatInCurrency: 800,
  VatAmountInCurrency: 200,
  TotalIncludingVatInCurrency: 1000,
}
const LINE_HOME = { ...LINE, Price: 1162, TotalExcludingVat: 9296, TotalIncludingVat: 11_620 }
const LINE_EURO = {
  PriceInCurrency: 100,
  TotalExcludingVatInCurrency: 800,
  TotalIncludingVatInCurrency: 1000,
}
const BOTH = { ...LINE_HOME, ...LINE_EURO }
const EUROS = { net: 80_000, vat: 20_000, total: 100_000 }
const NONE = { net: null, vat: null, total: null, amount: null }

describe('an invoice in euros is known in euros, whatever Tribe leaves out', () => {
  test.each<[string, object]>([
    ['the invoice in both, lines in both', { ...HEADER_HOME, ...HEADER_EURO, ProductLines: [BOTH] }],
    ['the invoice in kroner, lines in both', { ...HEADER_HOME, ProductLines: [BOTH] }],
    [
      'the invoice in kroner, its twins unused at 0',
      {
        ...HEADER_HOME,
        TotalExcludingVatInCurrency: 0,
        VatAmountInCurrency: 0,
        TotalIncludingVatInCurrency: 0,
        ProductLines: [BOTH],
      },
    ],
    ['the invoice says nothing, lines in both', { ProductLines: [BOTH] }],
    ['the invoice says nothing, lines in euros', { ProductLines: [{ ...LINE, ...LINE_EURO }] }],
    ['the invoice in euros, lines in euros', { ...HEADER_EURO, ProductLines: [{ ...LINE, ...LINE_EURO }] }],
    ['an amount in kroner only', { ...HEADER_HOME, Amount: 11_620, ProductLines: [BOTH] }],
    [
      'VAT is missing on the invoice',
      { TotalExcludingVat: 9296, TotalExcludingVatInCurrency: 800, ProductLines: [BOTH] },
    ],
    [
      'net is missing',
      { TotalIncludingVat: 11_620, TotalIncludingVatInCurrency: 1000, ProductLines: [BOTH] },
    ],
    ['only VAT is told', { VatAmount: 2324, VatAmountInCurrency: 200, ProductLines: [BOTH] }],
    [
      'of the lines, the totals with VAT are missing and the VAT is there',
      {
        ...HEADER_HOME,
        ProductLines: [
          {
            ...LINE,
            Price: 1162,
            PriceInCurrency: 100,
            TotalExcludingVat: 9296,
            VatAmount: 2324,
            TotalExcludingVatInCurrency: 800,
            VatAmountInCurrency: 200,
          },
        ],
      },
    ],
    [
      'two lines, and a text',
      {
        ...HEADER_HOME,
        ProductLines: [
          {
            ...LINE,
            Quantity: 4,
            Price: 1162,
            PriceInCurrency: 100,
            TotalExcludingVat: 4648,
            TotalIncludingVat: 5810,
            TotalExcludingVatInCurrency: 400,
            TotalIncludingVatInCurrency: 500,
          },
          { ID: 't', Description: 'Takk' },
          {
            ...LINE,
            ID: 'm',
            Quantity: 4,
            Price: 1162,
            PriceInCurrency: 100,
            TotalExcludingVat: 4648,
            TotalIncludingVat: 5810,
            TotalExcludingVatInCurrency: 400,
            TotalIncludingVatInCurrency: 500,
          },
        ],
      },
    ],
    [
      'the prices are in euros without a twin, and add up to what the invoice is in euros',
      {
        ...HEADER_HOME,
        ...HEADER_EURO,
        ProductLines: [{ ...LINE, Price: 100, TotalExcludingVat: 800, TotalIncludingVat: 1000 }],
      },
    ],
    [
      'the currency is named by the lines alone',
      { ...HEADER_HOME, Currency: null, ProductLines: [{ ...BOTH, Currency: 'eur' }] },
    ],
  ])('%s', (_, members) => {
    const invoice = read(members)
    expect(invoice.totals).toMatchObject(EUROS)
    expect([invoice.bookedIn, invoice.lines.every((line) => line.isPriceKnown)]).toEqual(['EUR', true])
    expect(differences(invoice.totals, sumsOf(tellLines(invoice)))).toEqual([])
  })
})

test('a discount on the whole invoice comes off the lines where it does so in kroner, and nowhere else', () => {
  const home = { TotalExcludingVat: 8831.2, VatAmount: 2207.8, TotalIncludingVat: 11_039 }
  const discounted = read({ ...home, DiscountPercentage: 5, ProductLines: [BOTH] })
  expect(discounted.totals).toMatchObject({ net: 76_000, vat: 19_000, total: 95_000 })
  // The invoice is not what its lines come to with that discount: nobody knows what it is in euros.
  expect(read({ ...HEADER_HOME, DiscountPercentage: 5, ProductLines: [BOTH] }).totals).toEqual(NONE)
  expect(read({ DiscountPercentage: 5, ProductLines: [BOTH] }).totals).toEqual(NONE)
})

describe('what cannot be known in the currency of the invoice is unknown, and never taken from another', () => {
  test.each<[string, object]>([
    ['everything in kroner', { ...HEADER_HOME, ProductLines: [LINE_HOME] }],
    ['lines in kroner alone', { ProductLines: [LINE_HOME] }],
    ['lines in kroner, an amount in kroner', { Amount: 11_620, ProductLines: [LINE_HOME] }],
    [
      'the lines are less than the invoice',
      { ...HEADER_HOME, TotalExcludingVat: 9000, ProductLines: [BOTH] },
    ],
    ['one line says nothing in euros', { ...HEADER_HOME, ProductLines: [BOTH, { ...LINE_HOME, ID: 'm' }] }],
  ])('%s', (_, members) => {
    expect(read(members).totals).toEqual(NONE)
  })

  test('and neither is a price, or the currency itself', () => {
    expect(read({ ProductLines: [LINE_HOME] }).lines[0]?.isPriceKnown).toBe(false)
    expect(read({ ...HEADER_HOME, ...HEADER_EURO, ProductLines: [LINE_HOME] }).lines[0]?.isPriceKnown).toBe(
      false,
    )
    expect(read({ ...HEADER_HOME, ...HEADER_EURO, Currency: null, ProductLines: [BOTH] }).bookedIn).toBeNull()
  })
})

describe('where the company has one currency, its plain amounts are in it', () => {
  test.each([
    ['NOK', { ...HEADER_HOME, ProductLines: [LINE_HOME] }],
    [null, { ...HEADER_HOME, ProductLines: [LINE_HOME] }],
    // The twins show that plain amounts are euros, too.
    ['EUR', { ...HEADER_HOME, ProductLines: [{ ...LINE_HOME, PriceInCurrency: 1162 }] }],
  ])('%s', (Currency, members) => {
    const invoice = read({ ...members, Currency })
    expect(invoice.totals).toMatchObject({ net: 929_600, vat: 232_400, total: 1_162_000 })
    expect([invoice.bookedIn, invoice.lines[0]?.unitPrice, invoice.lines[0]?.isPriceKnown]).toEqual([
      Currency ?? 'NOK',
      1162,
      true,
    ])
  })
})
