/** Exact decimals for amounts: what a program with decimal numbers would get, whatever a double makes of it. */

interface Decimal {
  digits: bigint
  scale: number
}

/** The decimal that a JSON number was written as. */
function decimal(value: number): Decimal {
  const text = String(value)
  const [mantissa = '0', exponent = '0'] = text.toLowerCase().split('e')
  const [whole = '0', fraction = ''] = mantissa.split('.')
  const scale = fraction.length - Number(exponent)
  const digits = BigInt(whole + fraction)
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 }
}

/** The product, rounded to two decimals, half away from zero. */
export function roundedProduct(...factors: number[]): number {
  const product = factors
    .map(decimal)
    .reduce((a, b) => ({ digits: a.digits * b.digits, scale: a.scale + b.scale }), { digits: 1n, scale: 0 })
  const { digits, scale } = product
  if (scale <= 2) return Number(digits * 10n ** BigInt(2 - scale)) / 100
  const unit = 10n ** BigInt(scale - 2)
  const size = digits < 0n ? -digits : digits
  const cents = (size + unit / 2n) / unit
  return Number(digits < 0n ? -cents : cents) / 100
}

export const cents = (amount: number): number => Math.round(amount * 100)

/** The sum of amounts that have two decimals each. */
export function sum(amounts: number[]): number {
  return amounts.reduce((total, amount) => total + cents(amount), 0) / 100
}

/** The check digit of a payment reference, by the tens method. */
export function withCheckDigit(digits: string): string {
  let total = 0
  for (const [i, character] of [...digits].reverse().entries()) {
    const doubled = Number(character) * (i % 2 === 0 ? 2 : 1)
    total += doubled > 9 ? doubled - 9 : doubled
  }
  return `${digits}${(10 - (total % 10)) % 10}`
}
