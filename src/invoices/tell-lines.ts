import { lineAmount, percentOf, roundTo, withoutVat } from '../shared/money'
import { carry, type Telling } from './carry'
import { type Invoice, type InvoiceLine, isText } from './invoice'
import { isAsInTribe, ROUNDING, wantedOf } from './rates'

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

/**
 * Each line by its id, as it is told to PowerOffice. As Tribe tells it, as long as that comes to Tribe's
 * totals and VAT by rate; else with unit prices whose last decimals make up for Tribe's roundings; else with an øre that one
 * line carries for another. When none comes to them, the first: then it differs, and is stopped.
 */
export function tellLines(invoice: Invoice): Map<string, Amounts> {
  const plain = told(invoice, plainly)
  const ways = [plain, told(invoice, exactly)]
  return ways.find((lines) => isAsInTribe(invoice, lines)) ?? carry(invoice, bentOf(invoice)) ?? plain
}

type Way = (line: InvoiceLine, invoice: Invoice) => { unitPrice: number; allowance: number }

function told(invoice: Invoice, tell: Way): Map<string, Amounts> {
  const lines = invoice.lines.filter((line) => !isText(line))
  return new Map(
    lines.map((line) => {
      const { unitPrice, allowance } = tell(line, invoice)
      const net = lineAmount(line.quantity, unitPrice, allowance)
      return [line.id, { unitPrice, allowance, net, vat: percentOf(net, line.vatPercent) }]
    }),
  )
}

const plainly: Way = (line, { isVatIncluded, discount }) => ({
  unitPrice: isVatIncluded ? withoutVat(line.unitPrice, line.vatPercent) : line.unitPrice,
  allowance: bothOff(line.discount, discount),
})

/** With the unit price that comes to what Tribe's own roundings leave of the line. */
const exactly: Way = (line, invoice) => {
  const plain = plainly(line, invoice)
  const off = wantedOf(line, invoice).net - netAs(line, plain)
  return (Math.abs(off) > ROUNDING ? null : toward(line, plain, netAs(line, plain) + off)) ?? plain
}

/** As a line may carry an øre for another. One that costs nothing has none to carry, and none becomes free of it. */
const bentOf =
  (invoice: Invoice): Telling<Amounts> =>
  (line, wanted, shift) => {
    const net = wanted.net + shift
    if (shift !== 0 && Math.abs(wanted.net) <= Math.abs(shift)) return null
    const moved = toward(line, plainly(line, invoice), net)
    return moved && { ...moved, net, vat: percentOf(net, line.vatPercent) }
  }

type Told = ReturnType<Way>
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
