import { type Invoice, isText, type Totals } from './invoice'
import type { Part } from './rates'

/** What an invoice comes to in sum, in minor units, and where that is not what Tribe says. Pure. */

export interface Sums {
  net: number
  vat: number
  total: number
}

/**
 * What Tribe's total has more than the lines come to, when it is no more than their roundings can make: an øre for
 * each. 0 when there is nothing to round, or too much.
 */
export function roundingOf({ totals, lines }: Invoice, sums: Sums): number {
  const most = lines.filter((line) => !isText(line)).length
  const by = totals.total === null ? 0 : totals.total - sums.total
  const isNear = (said: number | null, is: number) => said === null || Math.abs(said - is) <= most
  return Math.abs(by) <= most && isNear(totals.net, sums.net) && isNear(totals.vat, sums.vat) ? by : 0
}

export function sumsOf(lines: ReadonlyMap<string, Part>): Sums {
  let [net, vat] = [0, 0]
  for (const line of lines.values()) {
    net += line.net
    vat += line.vat
  }
  return { net, vat, total: net + vat }
}

export interface Difference {
  what: 'net' | 'vat' | 'total'
  /** In percent: of this rate alone. */
  rate?: number
  tribe: number
  powerOffice: number
}

/** Where the sums are not what Tribe says. What Tribe does not say is not compared. */
export function differences(tribe: Totals, sums: Sums): Difference[] {
  const known = (['net', 'vat', 'total'] as const).flatMap((what) => {
    const said = tribe[what]
    return said === null || said === sums[what] ? [] : [{ what, tribe: said, powerOffice: sums[what] }]
  })
  const saysNothing = tribe.net === null && tribe.vat === null && tribe.total === null
  const { amount } = tribe
  if (!saysNothing || amount === null || amount === sums.total || amount === sums.net) return known
  return [{ what: 'total', tribe: amount, powerOffice: sums.total }]
}

/** Nobody has to pay anything, as far as Tribe says. */
export function comesToNothing({ totals, lines }: Invoice): boolean {
  const said = totals.total ?? totals.amount ?? totals.net
  return said === null ? lines.every(({ unitPrice, quantity }) => unitPrice * quantity === 0) : said === 0
}
