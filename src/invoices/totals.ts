import { fromMinor, lineAmount, percentOf, roundTo, withoutVat } from '../shared/money'
import { type Invoice, type InvoiceLine, isText, type Totals } from './invoice'

/**
 * What an invoice will come to in PowerOffice, which rounds net and VAT of each line (poweroffice-api §7.2),
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
 * totals; else with unit prices whose last decimals make up for Tribe's roundings. When neither comes to
 * them, the first: then it differs, and is stopped.
 */
export function tellLines(invoice: Invoice): Map<string, Amounts> {
  const plain = told(invoice, plainly)
  if (differences(invoice.totals, sumsOf(plain)).length === 0) return plain
  const exact = told(invoice, exactly)
  return differences(invoice.totals, sumsOf(exact)).length === 0 ? exact : plain
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
  const afterLine = lineAmount(line.quantity, line.unitPrice, line.discount)
  const afterAll = percentOf(afterLine, 100 - invoice.discount)
  const wanted = invoice.isVatIncluded ? netOf(afterAll, line.vatPercent) : afterAll
  const off = wanted - lineAmount(line.quantity, plain.unitPrice, plain.allowance)
  const sold = line.quantity * (1 - plain.allowance / 100)
  if (off === 0 || Math.abs(off) > ROUNDING || sold === 0) return plain
  return { ...plain, unitPrice: roundTo(wanted / 100 / sold, 8) }
}

/** 10 % off and then 5 % off are 14.5 % off. */
function bothOff(first: number, second: number): number {
  if (first === 0 || second === 0) return first + second
  return roundTo(100 - ((100 - first) * (100 - second)) / 100, 8)
}

/** What is left of an amount without the VAT in it; both in minor units. */
const netOf = (gross: number, vatPercent: number): number =>
  Math.round(withoutVat(fromMinor(gross), vatPercent, 2) * 100)
