/**
 * Prices with VAT: Tribe rounds the price with VAT, PowerOffice rounds the net and works the VAT out of that. At most
 * rates there are amounts with VAT that no net comes to: with 15 %, 115.03 and 115.05 can be said, and 115.04 cannot.
 * An øre more on one line and an øre less on another say it all the same. Pure.
 */

/** What a line comes to in Tribe, in minor units, and what VAT PowerOffice would work out of a net near it. */
export interface Wanted {
  net: number
  vat: number
  /** Lines of one rate carry each other's øre first. */
  rate: number
  /** Its VAT with a net that is this much apart; null: no price comes to that net. */
  vatWith(shift: Shift): number | null
}
/** At most rates an øre will do; at 25 % every other øre of net changes the VAT, too. */
export type Shift = -2 | -1 | 0 | 1 | 2

/** What the lines have to add up to, apart from what they come to one by one; null: anything goes. */
export interface Goal {
  net: number | null
  vat: number | null
  total: number | null
}

/** So far may a sum be off on the way; more lines than that do not need each other. */
const FAR = 12
const WIDTH = 2 * FAR + 1
const SHIFTS: readonly Shift[] = [0, -1, 1, -2, 2]

/**
 * By how much each line's net is moved so that all of them come to the goal; null when no way leads there. As few as
 * can be are moved, the biggest first, and VAT per rate stays what Tribe says wherever Tribe's own lines make its sum.
 */
export function carry(lines: readonly Wanted[], goal: Goal): Shift[] | null {
  const order = [...lines.keys()].sort((a, b) => rateAt(lines, a) - rateAt(lines, b))
  const sorted = order.flatMap((index) => lines[index] ?? [])
  const isVatOfLines = goal.vat === 0 || goal.vat === null
  const isNetOfLines = goal.net === 0 || goal.net === null
  const ways: ((net: number, vat: number) => boolean)[] = [
    ...(isVatOfLines && isNetOfLines ? [(net: number, vat: number) => net === 0 && vat === 0] : []),
    ...(isVatOfLines ? [(_: number, vat: number) => vat === 0] : []),
    ...(isVatOfLines ? [] : [() => true]),
  ]
  for (const mayLeave of ways) {
    const shifts = cheapest(sorted, goal, mayLeave)
    if (shifts) {
      const result: Shift[] = lines.map(() => 0)
      for (const [at, index] of order.entries()) result[index] = shifts[at] ?? 0
      return result
    }
  }
  return null
}

const rateAt = (lines: readonly Wanted[], index: number): number => lines[index]?.rate ?? 0

/** Sums on the way: how far net and VAT are from what the lines come to in Tribe. */
interface Reached {
  cost: number
  shift: Shift
  /** the key of what was reached before this line. */
  before: number
}

const keyOf = (net: number, vat: number): number => (net + FAR) * WIDTH + vat + FAR
const netOf = (key: number): number => Math.floor(key / WIDTH) - FAR
const vatOf = (key: number): number => (key % WIDTH) - FAR

function cheapest(
  lines: readonly Wanted[],
  goal: Goal,
  mayLeave: (net: number, vat: number) => boolean,
): Shift[] | null {
  const steps: Map<number, Reached>[] = [new Map([[keyOf(0, 0), { cost: 0, shift: 0, before: -1 }]])]
  for (const [index, line] of lines.entries()) {
    const isLastOfRate = lines[index + 1]?.rate !== line.rate
    const options = SHIFTS.flatMap((shift) => {
      const vat = line.vatWith(shift)
      return vat === null ? [] : [{ shift, vatOff: vat - line.vat, cost: costOf(shift, line) }]
    })
    const mayStand = (net: number, vat: number) =>
      Math.abs(net) <= FAR && Math.abs(vat) <= FAR && (!isLastOfRate || mayLeave(net, vat))
    steps.push(standingsAfter(steps.at(-1) ?? new Map(), options, mayStand))
  }
  const ends = [...(steps.at(-1) ?? [])].filter(([key]) => isAtGoal(key, goal))
  const [end] = ends.sort(([, a], [, b]) => a.cost - b.cost)
  return end ? wayTo(end[0], steps) : null
}

interface Option {
  shift: Shift
  vatOff: number
  cost: number
}

/** Wherever one line more can lead, each at its least cost. */
function standingsAfter(
  before: ReadonlyMap<number, Reached>,
  options: readonly Option[],
  mayStand: (net: number, vat: number) => boolean,
): Map<number, Reached> {
  const after = new Map<number, Reached>()
  for (const [key, { cost }] of before) {
    for (const { shift, vatOff, cost: more } of options) {
      const net = netOf(key) + shift
      const vat = vatOf(key) + vatOff
      if (!mayStand(net, vat)) continue
      const costs = cost + more
      const there = keyOf(net, vat)
      if (costs < (after.get(there)?.cost ?? Number.POSITIVE_INFINITY))
        after.set(there, { cost: costs, shift, before: key })
    }
  }
  return after
}

/** An øre weighs least on the biggest line. */
const costOf = (shift: Shift, { net }: Wanted): number => Math.abs(shift) * (1 + 1 / (1 + Math.abs(net)))

const isAtGoal = (key: number, { net, vat, total }: Goal): boolean =>
  (net === null || net === netOf(key)) &&
  (vat === null || vat === vatOf(key)) &&
  (total === null || total === netOf(key) + vatOf(key))

function wayTo(end: number, steps: readonly Map<number, Reached>[]): Shift[] {
  const shifts: Shift[] = []
  for (let at = steps.length - 1, key = end; at > 0; at--) {
    const reached = steps[at]?.get(key)
    shifts.unshift(reached?.shift ?? 0)
    key = reached?.before ?? key
  }
  return shifts
}
