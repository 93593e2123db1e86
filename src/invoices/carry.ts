import { type Invoice, type InvoiceLine, isText } from './invoice'
import { isAsInTribe, type Part, ratesOf, sumsByRate, wantedOf } from './rates'

/**
 * Tribe rounds the price with VAT, or the VAT of a whole rate; PowerOffice rounds line by line. At most rates there are
 * amounts that no line comes to: with 15 %, 115.03 and 115.05 can be said, and 115.04 cannot. An øre more on one
 * line and an øre less on another say it all the same. Pure.
 */

/** At most rates an øre will do; at 25 % every other øre of net changes the VAT, too. */
const SHIFTS: readonly number[] = [0, -1, 1, -2, 2]
/** So far may a sum be off on the way; more lines than that do not need each other. */
const FAR = 12

/** What comes of a line that is bent by so many øre from what it comes to in Tribe; null: it cannot be. */
export type Telling<Told> = (line: InvoiceLine, wanted: Part, shift: number) => Told | null

/** Lines that are told so far: how far net and VAT are from Tribe's, and how it came to that. */
interface Way<Told> extends Part {
  cost: number
  line: InvoiceLine | null
  told: Told | null
  before: Way<Told> | null
}

/**
 * Each line by its id, some of them bent by an øre or two, so that all come to what Tribe says; null when no way leads there.
 * As few as can be are bent, the biggest first. VAT of each rate is Tribe's, and its net as well where that can be.
 */
export function carry<Told extends Part>(invoice: Invoice, tell: Telling<Told>): Map<string, Told> | null {
  const rates = ratesOf(invoice)
  // Prices without VAT are the net, to the øre.
  const mayNetMove = invoice.isVatIncluded ? [false] : []
  for (const isNetOfRate of rates ? [true, ...mayNetMove] : mayNetMove) {
    const ends = waysOf(invoice, rates, isNetOfRate, tell).sort((a, b) => a.cost - b.cost)
    const found = ends.map(linesOf).find((lines) => isAsInTribe(invoice, lines))
    if (found) return found
  }
  return null
}

/** The ways to tell all lines, those of each rate to what Tribe makes of it, where that is known. */
function waysOf<Told extends Part>(
  invoice: Invoice,
  rates: ReadonlyMap<number, Part> | null,
  isNetOfRate: boolean,
  tell: Telling<Told>,
): Way<Told>[] {
  let ways: Way<Told>[] = [{ net: 0, vat: 0, cost: 0, line: null, told: null, before: null }]
  for (const [rate, sum] of sumsByRate(invoice, (line) => wantedOf(line, invoice))) {
    const goal = rates?.get(rate) ?? sum
    ways = ways.map((way) => ({
      ...way,
      net: way.net + sum.net - goal.net,
      vat: way.vat + sum.vat - goal.vat,
    }))
    for (const line of invoice.lines)
      if (line.vatPercent === rate && !isText(line))
        ways = afterOne(ways, line, wantedOf(line, invoice), tell)
    if (rates) ways = ways.filter(({ net, vat }) => vat === 0 && (net === 0 || !isNetOfRate))
  }
  return ways
}

/** Wherever one line more can lead, each at its least cost. */
function afterOne<Told extends Part>(
  ways: readonly Way<Told>[],
  line: InvoiceLine,
  wanted: Part,
  tell: Telling<Told>,
): Way<Told>[] {
  const after = new Map<number, Way<Told>>()
  const moves = SHIFTS.map((shift) => ({ shift, told: tell(line, wanted, shift) }))
  for (const before of ways) {
    for (const { shift, told } of moves) {
      if (!told) continue
      const net = before.net + told.net - wanted.net
      const vat = before.vat + told.vat - wanted.vat
      if (Math.abs(net) > FAR || Math.abs(vat) > FAR) continue
      // An øre weighs least on the biggest line.
      const cost = before.cost + Math.abs(shift) * (1 + 1 / (1 + Math.abs(wanted.net)))
      const at = net * 4 * FAR + vat
      if (cost < (after.get(at)?.cost ?? Number.POSITIVE_INFINITY))
        after.set(at, { net, vat, cost, line, told, before })
    }
  }
  return [...after.values()]
}

function linesOf<Told>(end: Way<Told>): Map<string, Told> {
  const lines = new Map<string, Told>()
  for (let way: Way<Told> | null = end; way?.line && way.told; way = way.before)
    lines.set(way.line.id, way.told)
  return lines
}
