/**
 * Lengths of time, counted by how long they were: enough for a median, and nothing of any single one. `counts[i]` are
 * those of at most `EDGES[i]` seconds; the last of them, of more than a week.
 */
export type Spans = readonly number[]

const EDGES = [
  ...[1, 2, 3, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600],
  ...[7200, 14_400, 43_200, 86_400, 604_800],
]
export const NO_SPANS: Spans = EDGES.map(() => 0).concat(0)

export function withSpan(spans: Spans, ms: number): Spans {
  const found = EDGES.findIndex((edge) => ms <= edge * 1000)
  const at = found === -1 ? EDGES.length : found
  return NO_SPANS.map((_, index) => (spans[index] ?? 0) + (index === at ? 1 : 0))
}

export const sumOfSpans = (a: Spans, b: Spans): Spans =>
  NO_SPANS.map((_, index) => (a[index] ?? 0) + (b[index] ?? 0))

export const countOfSpans = (spans: Spans): number => spans.reduce((total, one) => total + one, 0)

/** Within so many seconds this share of them was over; null when there are none, infinite when it took over a week. */
export function shareWithin(spans: Spans, share: number): number | null {
  const count = countOfSpans(spans)
  if (count === 0) return null
  const wanted = Math.ceil(count * share)
  let seen = 0
  for (const [index, one] of spans.entries()) {
    seen += one
    if (seen >= wanted) return EDGES[index] ?? Number.POSITIVE_INFINITY
  }
  return Number.POSITIVE_INFINITY
}
