import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  fromMinor,
  grossPrice,
  lineAmount,
  MAX_MINOR,
  netPrice,
  percentOf,
  roundTo,
  toMinor,
  withoutVat,
} from '../../src/shared/money'
import { triesOf } from '../seeds/runs'

const RUNS = triesOf(10_000)

describe('an amount in minor units', () => {
  test.each([
    ['an ordinary amount', 1250.5, 125_050],
    ['half a cent goes away from zero', 12.345, 1235],
    ['and so below zero', -12.345, -1235],
    ['a half that no double can hold', 1.005, 101],
    ['another one', 8.475, 848],
    ['just below a half', 12.344_999_999, 1234],
    ['the sum that everybody knows', 0.1 + 0.2, 30],
    ['less than half a cent', 0.004_999, 0],
    ['half a cent', 0.005, 1],
    ['minus half a cent', -0.005, -1],
    ['a number with an exponent', 1e-7, 0],
    ['a large amount with cents', 99_999_999_999.99, 9_999_999_999_999],
    ['the largest amount', 1e13, 1e15],
  ])('%s', (_, amount, minor) => {
    expect(toMinor(amount)).toBe(minor)
  })

  test('zero is never minus zero', () => {
    for (const zero of [toMinor(-0), toMinor(-0.001), fromMinor(-0), lineAmount(-1, 0), roundTo(-0.001, 2)]) {
      expect(Object.is(zero, -0)).toBe(false)
      expect(zero).toBe(0)
    }
  })

  test('is refused when it is no number, or too large to hold every cent', () => {
    for (const amount of [Number.NaN, Number.POSITIVE_INFINITY, 1e13 + 1, -1e21, Number.MAX_VALUE]) {
      expect(() => toMinor(amount)).toThrow(RangeError)
    }
    expect(() => fromMinor(0.5)).toThrow(RangeError)
    expect(() => fromMinor(MAX_MINOR + 1)).toThrow(RangeError)
    expect(() => withoutVat(1, -100)).toThrow(RangeError)
  })
})

describe('the amount of a line', () => {
  test.each([
    ['quantity times price', 3, 19.99, 0, 5997],
    ['a discount', 3, 19.99, 10, 5397],
    ['a discount of a third', 1, 100, 33.333, 6667],
    ['half a cent away from zero', 0.5, 0.01, 0, 1],
    ['a credit', -0.5, 0.01, 0, -1],
    ['a price that no double can hold', 1, 1.005, 0, 101],
    ['four decimals in both', 1.2345, 6.7891, 0, 838],
    ['six decimals in both', 1.234_567, 6.789_123, 2.5, 817],
    ['a surcharge', 2, 50, -10, 11_000],
    ['all of it off', 2, 50, 100, 0],
    ['a tiny price and a huge quantity', 1_000_000, 1e-7, 0, 10],
  ])('%s', (_, quantity, unitPrice, discount, minor) => {
    expect(lineAmount(quantity, unitPrice, discount)).toBe(minor)
  })

  test('a share of an amount is rounded to the cent', () => {
    expect(percentOf(99, 25)).toBe(25)
    expect(percentOf(-50, 25)).toBe(-13)
    expect(percentOf(10_000, 11.11)).toBe(1111)
  })
})

describe('prices with VAT and without', () => {
  test.each([
    ['25 %', 125, 25, 100],
    ['25 % of an odd price', 99.9, 25, 79.92],
    ['21 % that does not come out', 100, 21, 82.6446],
    ['21 % that takes a fifth decimal', 0.04, 21, 0.03306],
    ['no VAT', 12.3456, 0, 12.3456],
    ['a credit', -125, 25, -100],
    ['nothing', 0, 25, 0],
  ])('%s', (_, gross, vat, net) => {
    expect(netPrice(gross, vat)).toBe(net)
    expect(grossPrice(net, vat)).toBe(gross)
  })

  test('a price for an invoice line is fine enough for a large quantity', () => {
    expect(withoutVat(100, 21)).toBe(82.644_628_1)
    expect(lineAmount(1000, withoutVat(100, 21))).toBe(8_264_463)
    expect(withoutVat(100, 21, 2)).toBe(82.64)
  })
})

/** An independent way to the same: whole numbers all along. */
function halfAway(units: bigint, divisor: bigint): bigint {
  const quotient = units / divisor
  const rest = units % divisor
  const twice = rest < 0n ? -2n * rest : 2n * rest
  return twice >= divisor ? quotient + (units < 0n ? -1n : 1n) : quotient
}
/** Units at a number of decimals, and the JSON number that says it. */
const decimal = (most: number, decimals: number) =>
  fc
    .tuple(fc.integer({ min: -most, max: most }), fc.integer({ min: 0, max: decimals }))
    .map(([units, places]) => ({ units: BigInt(units), places, value: Number(`${units}e-${places}`) }))
const vatRate = fc.oneof(
  fc.constantFrom(0, 6, 9, 11.11, 12, 15, 21, 25),
  fc.integer({ min: 0, max: 1_000_000 }).map((units) => units / 10_000),
)
/** A price with at most four decimals. */
const price = fc.integer({ min: -1e10, max: 1e10 }).map((units) => Number(`${units}e-4`))

describe('laws of money', () => {
  test('an amount goes out and comes back, up to the largest', () => {
    const amount = fc.oneof(
      fc.integer({ min: -1e9, max: 1e9 }),
      fc.integer({ min: -MAX_MINOR, max: MAX_MINOR }),
    )
    fc.assert(
      fc.property(amount, (minor) => {
        expect(toMinor(fromMinor(minor))).toBe(minor === 0 ? 0 : minor)
      }),
      triesOf(50_000),
    )
  })

  test('every decimal that JSON can say is rounded as it is written', () => {
    fc.assert(
      fc.property(decimal(1e12, 9), ({ units, places, value }) => {
        const expected = Number(halfAway(units * 100n, 10n ** BigInt(places)))
        expect(toMinor(value)).toBe(expected)
      }),
      RUNS,
    )
  })

  test('no double that is small enough is refused, and each is within half a cent', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e11, max: 1e11, noNaN: true }), (value) => {
        expect(Math.abs(fromMinor(toMinor(value)) - value)).toBeLessThanOrEqual(0.005 + 1e-4)
        expect(toMinor(-value)).toBe(0 - toMinor(value))
      }),
      RUNS,
    )
  })

  test('a line is exact up to its one rounding', () => {
    fc.assert(
      fc.property(decimal(1e9, 6), decimal(1e8, 6), decimal(2e6, 4), (quantity, unitPrice, discount) => {
        const rest = 100n * 10n ** BigInt(discount.places) - discount.units
        const scale = BigInt(quantity.places + unitPrice.places + discount.places)
        const expected = halfAway(quantity.units * unitPrice.units * rest, 10n ** scale)
        fc.pre(expected <= BigInt(MAX_MINOR) && expected >= -BigInt(MAX_MINOR))
        expect(lineAmount(quantity.value, unitPrice.value, discount.value)).toBe(Number(expected))
      }),
      RUNS,
    )
  })

  test('a credit of a line is the line with the other sign', () => {
    fc.assert(
      fc.property(decimal(1e6, 4), decimal(1e6, 4), (quantity, unitPrice) => {
        expect(lineAmount(-quantity.value, unitPrice.value)).toBe(
          0 - lineAmount(quantity.value, unitPrice.value),
        )
      }),
      RUNS,
    )
  })

  test('a price with VAT that travels as one without comes back', () => {
    fc.assert(
      fc.property(price, vatRate, (gross, vat) => {
        expect(grossPrice(netPrice(gross, vat), vat)).toBe(gross)
      }),
      triesOf(50_000),
    )
  })

  test('a price without VAT that travels as one with it comes back', () => {
    fc.assert(
      fc.property(price, vatRate, (net, vat) => {
        expect(netPrice(grossPrice(net, vat), vat)).toBe(net)
      }),
      triesOf(50_000),
    )
  })

  test('rounding twice is rounding once', () => {
    fc.assert(
      fc.property(decimal(1e12, 8), fc.integer({ min: 0, max: 6 }), ({ value }, decimals) => {
        const once = roundTo(value, decimals)
        expect(roundTo(once, decimals)).toBe(once)
        expect(toMinor(roundTo(value, 2))).toBe(toMinor(value))
      }),
      RUNS,
    )
  })
})
