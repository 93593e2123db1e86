import { netOf } from './totals'
import type { Counted } from './voucher-lines'

/**
 * Tribe may work VAT out of the sum of each rate, and PowerOffice works it out of each line. A line of a voucher is told
 * with its VAT in it, so some of them can carry an øre, or two, until both count the same net and VAT of the rate. Pure.
 */

/** In minor units. */
export interface Goal {
  net: number
  vat: number
}

const SHIFTS: readonly number[] = [0, -1, 1, -2, 2]
/** So far may a sum be off on the way. */
const FAR = 12
/** A line that costs next to nothing has no øre to carry. */
const LEAST = 2

interface Way {
  net: number
  vat: number
  cost: number
  line: Counted | null
  before: Way | null
}

/** Lines of one rate that come to the goal, as few of them moved as can be, the biggest first; null when no way leads there. */
export function carryGross(
  lines: readonly Counted[],
  percent: number,
  goal: Goal,
): readonly Counted[] | null {
  let ways = new Map<string, Way>([['0 0', { net: 0, vat: 0, cost: 0, line: null, before: null }]])
  for (const line of lines) ways = afterOne(ways, line, movesOf(line, percent))
  const [net, vat] = [goal.net - sum(lines, 'net'), goal.vat - sum(lines, 'vat')]
  const end = ways.get(`${net} ${vat}`)
  return end ? linesOf(end) : null
}

const movesOf = (line: Counted, percent: number): Counted[] =>
  (Math.abs(line.gross) > LEAST ? SHIFTS : [0]).map((shift) => {
    const gross = line.gross + shift
    const net = netOf(gross, percent)
    return { gross, net, vat: gross - net }
  })

/** Wherever one line more leads, each at its least cost. */
function afterOne(ways: ReadonlyMap<string, Way>, line: Counted, moves: readonly Counted[]) {
  const after = new Map<string, Way>()
  for (const way of ways.values()) {
    for (const moved of moves) {
      const net = way.net + moved.net - line.net
      const vat = way.vat + moved.vat - line.vat
      if (Math.abs(net) > FAR || Math.abs(vat) > FAR) continue
      const shift = Math.abs(moved.gross - line.gross)
      // An øre weighs least on the biggest line.
      const cost = way.cost + shift * (1 + 1 / (1 + Math.abs(line.gross)))
      const at = `${net} ${vat}`
      if (cost < (after.get(at)?.cost ?? Number.POSITIVE_INFINITY))
        after.set(at, { net, vat, cost, line: moved, before: way })
    }
  }
  return after
}

function linesOf(end: Way): Counted[] {
  const lines: Counted[] = []
  for (let way: Way | null = end; way?.line; way = way.before) lines.unshift(way.line)
  return lines
}

const sum = (lines: readonly Counted[], of: 'net' | 'vat'): number =>
  lines.reduce((all, line) => all + line[of], 0)
