import { fromMinor, lineAmount, percentOf, toMinor, withoutVat } from '../shared/money'
import { type Invoice, type InvoiceLine, isText } from './invoice'
import { type Difference, differences, sumsOf } from './totals'

/** What Tribe's invoice comes to by its own roundings, line by line and at each VAT rate; in minor units. Pure. */
export interface Part {
  net: number
  vat: number
}

/** Tribe may round a line before the discount on the whole invoice comes off, and PowerOffice rounds once: this far they may be apart. */
export const ROUNDING = 1

/** What Tribe's own roundings leave of the line. */
export function wantedOf(line: InvoiceLine, { isVatIncluded, discount }: Invoice): Part {
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

/** What is left of an amount without the VAT in it; both in minor units. */
export const netOf = (gross: number, vatPercent: number): number =>
  Math.round(withoutVat(fromMinor(gross), vatPercent, 2) * 100)

/**
 * By rate, in percent: as Tribe's lines say, where their VAT makes the invoice's; else as one rounding of the sum of each
 * rate makes it. Null where neither does, and nobody knows.
 */
export function ratesOf(invoice: Invoice): Map<number, Part> | null {
  const said = sumsByRate(invoice, (line) => {
    const { net, total } = line.stated
    const isSaid = invoice.discount === 0 && net !== null && total !== null
    return isSaid ? { net, vat: total - net } : wantedOf(line, invoice)
  })
  const makesVat = (rates: Map<number, Part>) =>
    [...rates.values()].reduce((all, { vat }) => all + vat, 0) === invoice.totals.vat
  if (invoice.totals.vat === null || makesVat(said)) return said
  const once = sumsByRate(invoice, (line) => wantedOf(line, invoice))
  for (const [rate, part] of once) once.set(rate, roundedOnce(part, rate, invoice))
  return makesVat(once) ? once : null
}

/** The VAT of the sum, or what is left of a sum with VAT in it. */
function roundedOnce({ net, vat }: Part, rate: number, { isVatIncluded }: Invoice): Part {
  if (!isVatIncluded) return { net, vat: percentOf(net, rate) }
  const left = netOf(net + vat, rate)
  return { net: left, vat: net + vat - left }
}

/** Where the lines come to another VAT at a rate than Tribe's invoice does; of lines that are not rounded to the øre the sum is. */
export function ratesApart(
  invoice: Invoice,
  lines: ReadonlyMap<string, { vat: number }>,
): (Difference & { rate: number })[] {
  const here = sumsByRate(invoice, ({ id }) => ({ net: 0, vat: lines.get(id)?.vat ?? 0 }))
  return [...(ratesOf(invoice) ?? [])].flatMap(([rate, { vat: tribe }]) => {
    const powerOffice = toMinor((here.get(rate)?.vat ?? 0) / 100)
    return tribe === powerOffice ? [] : [{ what: 'vat' as const, rate, tribe, powerOffice }]
  })
}

/** Net, VAT and total are Tribe's, and so is the VAT of each rate. */
export const isAsInTribe = (invoice: Invoice, lines: ReadonlyMap<string, Part>): boolean =>
  differences(invoice.totals, sumsOf(lines)).length === 0 && ratesApart(invoice, lines).length === 0

export function sumsByRate(
  { lines }: Pick<Invoice, 'lines'>,
  partOf: (line: InvoiceLine) => Part,
): Map<number, Part> {
  const rates = new Map<number, Part>()
  for (const line of lines.filter((one) => !isText(one))) {
    const { net, vat } = partOf(line)
    const sum = rates.get(line.vatPercent) ?? { net: 0, vat: 0 }
    rates.set(line.vatPercent, { net: sum.net + net, vat: sum.vat + vat })
  }
  return rates
}
