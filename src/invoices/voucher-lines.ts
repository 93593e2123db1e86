import { percentOf as percentageOf } from '../shared/money'
import { carryGross } from './carry-gross'
import { type Invoice, type InvoiceLine, isText } from './invoice'
import { differences, netOf, sumsOf, tellLines, wantedOf } from './totals'

/**
 * What the lines of a voucher come to. Each is told with its VAT in it, and PowerOffice takes that out again by the
 * line's VAT code and rounds each line by itself (poweroffice/API.md §7.7). There is no draft to compare: what
 * PowerOffice will make of it is worked out before it is told. Pure.
 */
export interface Counted {
  gross: number
  net: number
  vat: number
}

/**
 * Each line that costs something, by its id, in minor units; `percentOf` is the rate of its VAT code in
 * PowerOffice. As Tribe says of the line itself, else as Tribe's roundings leave it, else as a sales order would be told, else
 * with an øre that lines carry where Tribe rounds VAT once for each rate: the first that comes to Tribe's totals and VAT by
 * rate, else the first.
 */
export function countLines(invoice: Invoice, percentOf: (line: InvoiceLine) => number): Map<string, Counted> {
  const told = tellLines(invoice)
  const ways = [saidBy(invoice), wantedBy(invoice), (line: InvoiceLine) => grossOf(told.get(line.id))]
  const counted = ways.map((way) => countedBy(invoice, way, percentOf))
  const fits = (lines: Map<string, Counted>) =>
    differences(invoice.totals, sumsOf(lines)).length === 0 && ratesApart(invoice, lines).length === 0
  const chosen =
    counted.find(fits) ?? carried(invoice, percentOf, fits) ?? counted[0] ?? new Map<string, Counted>()
  return new Map([...chosen].filter(([, { gross }]) => gross !== 0))
}

/** As lines that carry øre come to the net and the VAT that Tribe makes of the sum of each rate; null when that is not what it says. */
function carried(
  invoice: Invoice,
  rateOf: (line: InvoiceLine) => number,
  fits: (lines: Map<string, Counted>) => boolean,
): Map<string, Counted> | null {
  const priced = invoice.lines.filter((line) => !isText(line))
  const all = new Map<string, Counted>()
  for (const rate of new Set(priced.map(rateOf))) {
    const ofRate = priced.filter((line) => rateOf(line) === rate)
    const lines = new Map(
      ofRate.map((line) => {
        const { net, vat } = wantedOf(line, invoice)
        return [line.id, { gross: net + vat, net, vat }]
      }),
    )
    const moved = carryGross([...lines.values()], rate, goalOf(sumsOf(lines), rate, invoice))
    if (!moved) return null
    for (const [index, line] of ofRate.entries()) all.set(line.id, moved[index] as Counted)
  }
  return fits(all) ? all : null
}

/** What is rounded once: the VAT of the sum, or what is left of a sum with VAT in it. */
function goalOf({ net, total }: { net: number; total: number }, rate: number, { isVatIncluded }: Invoice) {
  if (!isVatIncluded) return { net, vat: percentageOf(net, rate) }
  const left = netOf(total, rate)
  return { net: left, vat: total - left }
}

/** The rates, in percent, at which PowerOffice would count another VAT than Tribe's own lines say. */
export function ratesApart(invoice: Invoice, lines: ReadonlyMap<string, Counted>): number[] {
  const here = byRate(invoice, (line) => lines.get(line.id)?.vat ?? 0)
  const there = vatByRate(invoice)
  return there === null
    ? []
    : [...there].filter(([rate, vat]) => here.get(rate) !== vat).map(([rate]) => rate)
}

type Way = (line: InvoiceLine) => number

const grossOf = (line: { net: number; vat: number } | undefined): number =>
  line === undefined ? 0 : line.net + line.vat

/** What Tribe says that the line comes to, where nothing comes off the whole invoice. */
function saidBy(invoice: Invoice): Way {
  const wanted = wantedBy(invoice)
  return (line) => (invoice.discount === 0 ? line.stated.total : null) ?? wanted(line)
}

const wantedBy =
  (invoice: Invoice): Way =>
  (line) =>
    grossOf(wantedOf(line, invoice))

function countedBy(invoice: Invoice, way: Way, percentOf: (line: InvoiceLine) => number) {
  const lines = invoice.lines.filter((line) => !isText(line))
  return new Map(
    lines.map((line): [string, Counted] => {
      const gross = way(line)
      const net = netOf(gross, percentOf(line))
      return [line.id, { gross, net, vat: gross - net }]
    }),
  )
}

/** Tribe's own VAT by rate, as its lines make it; null where they do not make what the invoice says, and nobody knows. */
function vatByRate(invoice: Invoice): Map<number, number> | null {
  const { totals } = invoice
  const vatOf = (line: InvoiceLine): number => {
    const { net, total } = line.stated
    const isSaid = invoice.discount === 0 && net !== null && total !== null
    return isSaid ? total - net : wantedOf(line, invoice).vat
  }
  const rates = byRate(invoice, vatOf)
  const sum = [...rates.values()].reduce((all, one) => all + one, 0)
  return totals.vat === null || totals.vat === sum ? rates : null
}

function byRate(invoice: Invoice, vatOf: (line: InvoiceLine) => number): Map<number, number> {
  const rates = new Map<number, number>()
  for (const line of invoice.lines.filter((one) => !isText(one)))
    rates.set(line.vatPercent, (rates.get(line.vatPercent) ?? 0) + vatOf(line))
  return rates
}
