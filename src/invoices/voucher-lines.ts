import { carry, type Telling } from './carry'
import { type Invoice, type InvoiceLine, isText } from './invoice'
import { isAsInTribe, netOf, wantedOf } from './rates'
import { tellLines } from './tell-lines'

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
  const chosen =
    counted.find((lines) => isAsInTribe(invoice, lines)) ?? carry(invoice, bent) ?? counted[0] ?? []
  return new Map([...chosen].filter(([, { gross }]) => gross !== 0))
}

/** As a line may carry an øre for another, unless it costs next to nothing. */
const bent: Telling<Counted> = (line, { net, vat }, shift) =>
  shift === 0 || Math.abs(net + vat) > 2 ? splitOf(net + vat + shift, line.vatPercent) : null

function splitOf(gross: number, percent: number): Counted {
  const net = netOf(gross, percent)
  return { gross, net, vat: gross - net }
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
      return [line.id, splitOf(way(line), percentOf(line))]
    }),
  )
}
