/**
 * Amounts. Inside, an amount is an integer in minor units (øre, cent); the JSON numbers of both
 * systems (poweroffice/API.md §4.1, tribe/API.md §2.8) are decimals, read as JavaScript prints them, so
 * that 1.005 is 1.005 and not the double next to it. All arithmetic is exact until its one rounding,
 * half away from zero. A number that is not finite, or an amount beyond MAX_MINOR, is a RangeError.
 */

/** A decimal: units / 10^scale. */
interface Decimal {
  readonly units: bigint
  readonly scale: number
}

/** Ten trillion kroner; up to here a JSON number can say every single cent. */
export const MAX_MINOR = 1e15

/** Decimals of a price that travel both ways without a change. */
const PRICE_DECIMALS = 4

/** 12.345 → 1235 and -12.345 → -1235. `toMinor(fromMinor(minor))` is `minor`. */
export function toMinor(amount: number): number {
  return minor(rounded(decimalOf(amount), 2))
}

/** 1235 → 12.35. */
export function fromMinor(amount: number): number {
  if (!Number.isSafeInteger(amount) || Math.abs(amount) > MAX_MINOR)
    throw new RangeError(`no amount: ${amount}`)
  return amount === 0 ? 0 : amount / 100
}

/** The number with at most so many decimals, half away from zero. */
export function roundTo(value: number, decimals: number): number {
  return numberOf(rounded(decimalOf(value), decimals), decimals)
}

/** quantity × unit price × (1 − discount / 100) in minor units, with any number of decimals in each. */
export function lineAmount(quantity: number, unitPrice: number, discountPercent = 0): number {
  const rest = plus(HUNDRED, decimalOf(-discountPercent))
  return minor(rounded(shift(times(times(decimalOf(quantity), decimalOf(unitPrice)), rest), 2), 2))
}

/** So many percent of an amount in minor units: 25 % of 99 is 25. */
export function percentOf(amount: number, percent: number): number {
  return minor(rounded(shift(times(decimalOf(amount), decimalOf(percent)), 2), 0))
}

/**
 * A unit price without the VAT in it, to so many decimals. The default is fine enough for the lines
 * of an invoice: times 100,000 it is off by less than a tenth of a cent.
 */
export function withoutVat(grossPrice: number, vatPercent: number, decimals = 8): number {
  const gross = decimalOf(grossPrice)
  const factor = vatFactor(vatPercent)
  const units = gross.units * 10n ** BigInt(decimals + factor.scale)
  return numberOf(dividedBy(units, factor.units * 10n ** BigInt(gross.scale)), decimals)
}

/**
 * The price without VAT that stands for a price with VAT, and the price with VAT (below) that stands
 * for one without. With VAT of 0 to 100 %, and at most four decimals in the price that one starts
 * with, each undoes the other: a product that travels to and fro keeps its price. Five decimals at most.
 */
export function netPrice(grossOfVat: number, vatPercent: number): number {
  const net = withoutVat(grossOfVat, vatPercent, PRICE_DECIMALS)
  if (grossPrice(net, vatPercent) === grossOfVat) return net
  return withoutVat(grossOfVat, vatPercent, PRICE_DECIMALS + 1)
}

/** See `netPrice`. To four decimals. */
export function grossPrice(net: number, vatPercent: number): number {
  return numberOf(rounded(times(decimalOf(net), vatFactor(vatPercent)), PRICE_DECIMALS), PRICE_DECIMALS)
}

const HUNDRED: Decimal = { units: 100n, scale: 0 }

/** 25 → 1.25 */
function vatFactor(percent: number): Decimal {
  const factor = shift(plus(HUNDRED, decimalOf(percent)), 2)
  if (factor.units <= 0n) throw new RangeError(`no VAT rate: ${percent}`)
  return factor
}

/** Reads the shortest text that stands for the number, which may have an exponent: 1e-7, 1.5e+21. */
function decimalOf(value: number): Decimal {
  const text = /^(-?\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value))
  if (!text) throw new RangeError(`no decimal: ${value}`)
  const [, whole = '', fraction = '', exponent = '0'] = text
  const units = BigInt(whole + fraction)
  const scale = fraction.length - Number(exponent)
  return scale >= 0 ? { units, scale } : { units: units * 10n ** BigInt(-scale), scale: 0 }
}

function numberOf(units: bigint, scale: number): number {
  return Number(`${units}e-${scale}`)
}

function minor(units: bigint): number {
  const amount = Number(units)
  if (Math.abs(amount) > MAX_MINOR) throw new RangeError(`no amount: ${units} minor units`)
  return amount
}

function times(a: Decimal, b: Decimal): Decimal {
  return { units: a.units * b.units, scale: a.scale + b.scale }
}

function plus(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale)
  return { units: rounded(a, scale) + rounded(b, scale), scale }
}

/** Moves the decimal point to the left: 25 by 2 is 0.25. */
function shift(a: Decimal, places: number): Decimal {
  return { units: a.units, scale: a.scale + places }
}

/** The units of the decimal at another scale. */
function rounded(a: Decimal, scale: number): bigint {
  if (scale >= a.scale) return a.units * 10n ** BigInt(scale - a.scale)
  return dividedBy(a.units, 10n ** BigInt(a.scale - scale))
}

/** Half away from zero; the divisor is positive. */
function dividedBy(units: bigint, divisor: bigint): bigint {
  const size = units < 0n ? -units : units
  const quotient = (2n * size + divisor) / (2n * divisor)
  return units < 0n ? -quotient : quotient
}
