import { fromMinor, lineAmount, percentOf, roundTo, withoutVat } from '../shared/money'
import { carry, type Shift } from './carry'
import { type Invoice, type InvoiceLine, isText, type Totals } from './invoice'

/**
 * What an invoice will come to in PowerOffice, which rounds net and VAT of each line (poweroffice/API.md §7.2),
 * and how its lines are told so that it comes to what Tribe says. Pure.
 */

/** How a line is told, and what it comes to, in minor units. */
export interface Amounts {
  /** Without VAT. */
  unitPrice: number
  /** Percent off, the whole invoice's share included. */
  allowance: number
  net: number
  vat: number
}

export interface Sums {
  net: number
  vat: number
  total: number
}

/** Tribe may round a line before the discount on the whole invoice comes off, and PowerOffice rounds once: this far they may be apart. */
const ROUNDING = 1

/**
 * Each line by its id, as it is told to PowerOffice. As Tribe tells it, as long as that comes to Tribe's
 * totals; else with unit prices whose last decimals make up for Tribe's roundings; else, with VAT in the prices,
 * with an øre that one line carries for another. When none comes to them, the first: then it differs, and is stopped.
 */
export function tellLines(invoice: Invoice): Map<string, Amounts> {
  const fits = (lines: Map<string, Amounts>) => differences(invoice.totals, sumsOf(lines)).length === 0
  const plain = told(invoice, plainly)
  if (fits(plain)) return plain
  const exact = told(invoice, exactly)
  if (fits(exact)) return exact
  const carried = invoice.isVatIncluded ? carrying(invoice) : null
  return carried && fits(carried) ? carried : plain
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

export function sumsOf(lines: ReadonlyMap<string, Pick<Amounts, 'net' | 'vat'>>): Sums {
  let [net, vat] = [0, 0]
  for (const line of lines.values()) {
    net += line.net
    vat += line.vat
  }
  return { net, vat, total: net + vat }
}

export interface Difference {
  what: 'net' | 'vat' | 'total'
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

type Telling = (line: InvoiceLine, invoice: Invoice) => { unitPrice: number; allowance: number }

function told(invoice: Invoice, tell: Telling): Map<string, Amounts> {
  const lines = invoice.lines.filter((line) => !isText(line))
  return new Map(
    lines.map((line) => {
      const { unitPrice, allowance } = tell(line, invoice)
      const net = lineAmount(line.quantity, unitPrice, allowance)
      return [line.id, { unitPrice, allowance, net, vat: percentOf(net, line.vatPercent) }]
    }),
  )
}

const plainly: Telling = (line, { isVatIncluded, discount }) => ({
  unitPrice: isVatIncluded ? withoutVat(line.unitPrice, line.vatPercent) : line.unitPrice,
  allowance: bothOff(line.discount, discount),
})

/** With the unit price that comes to what Tribe's own roundings leave of the line. */
const exactly: Telling = (line, invoice) => {
  const plain = plainly(line, invoice)
  const off = wantedOf(line, invoice).net - netAs(line, plain)
  return (Math.abs(off) > ROUNDING ? null : toward(line, plain, netAs(line, plain) + off)) ?? plain
}

/** What Tribe's own roundings leave of the line. */
export function wantedOf(
  line: InvoiceLine,
  { isVatIncluded, discount }: Invoice,
): { net: number; vat: number } {
  const afterLine = lineAmount(line.quantity, line.unitPrice, line.discount)
  const afterAll = percentOf(afterLine, 100 - discount)
  if (!isVatIncluded) return { net: afterAll, vat: percentOf(afterAll, line.vatPercent) }
  const net = netOf(afterAll, line.vatPercent)
  const { stated } = line
  const isStated =
    discount === 0 && stated.total === afterAll && Math.abs((stated.net ?? net + 2) - net) <= ROUNDING
  return isStated && stated.net !== null
    ? { net: stated.net, vat: afterAll - stated.net }
    : { net, vat: afterAll - net }
}

/** Lines that carry an øre for each other; null when they cannot come to Tribe's totals either. */
function carrying(invoice: Invoice): Map<string, Amounts> | null {
  const lines = invoice.lines.filter((line) => !isText(line))
  const wanted = lines.map((line) => {
    const { net, vat } = wantedOf(line, invoice)
    const plain = plainly(line, invoice)
    // A line that costs nothing, or next to nothing, has no øre to carry.
    const mayMove = Math.abs(net) > 2
    const told = (shift: Shift) => (shift !== 0 && !mayMove ? null : toward(line, plain, net + shift))
    return {
      net,
      vat,
      told,
      rate: line.vatPercent,
      vatWith: (shift: Shift) => (told(shift) ? percentOf(net + shift, line.vatPercent) : null),
    }
  })
  const sum = sumsOf(new Map(wanted.map((one, index) => [String(index), one])))
  const { totals } = invoice
  const apart = (what: keyof Sums) => {
    const said = totals[what]
    return said === null ? null : said - sum[what]
  }
  const shifts = carry(wanted, { net: apart('net'), vat: apart('vat'), total: apart('total') })
  if (!shifts) return null
  return told(invoice, (line) => {
    const index = lines.indexOf(line)
    return wanted[index]?.told(shifts[index] ?? 0) ?? plainly(line, invoice)
  })
}

type Told = ReturnType<Telling>
const netAs = (line: InvoiceLine, { unitPrice, allowance }: Told): number =>
  lineAmount(line.quantity, unitPrice, allowance)

/** As it is told, with the unit price that comes to this net; null when there is none. */
function toward(line: InvoiceLine, plain: Told, net: number): Told | null {
  if (netAs(line, plain) === net) return plain
  const sold = line.quantity * (1 - plain.allowance / 100)
  if (sold === 0) return null
  const moved = { ...plain, unitPrice: roundTo(net / 100 / sold, 8) }
  return netAs(line, moved) === net ? moved : null
}

/** 10 % off and then 5 % off are 14.5 % off. */
function bothOff(first: number, second: number): number {
  if (first === 0 || second === 0) return first + second
  return roundTo(100 - ((100 - first) * (100 - second)) / 100, 8)
}

/** What is left of an amount without the VAT in it; both in minor units. */
export const netOf = (gross: number, vatPercent: number): number =>
  Math.round(withoutVat(fromMinor(gross), vatPercent, 2) * 100)

/** Nobody has to pay anything, as far as Tribe says. */
export function comesToNothing({ totals, lines }: Invoice): boolean {
  const said = totals.total ?? totals.amount ?? totals.net
  return said === null ? lines.every(({ unitPrice, quantity }) => unitPrice * quantity === 0) : said === 0
}
