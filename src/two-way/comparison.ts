import type { SyncContext } from '../sync-step'

/** What the nightly comparison found: the counts of both sides next to each other (DESIGN.md §8.1). */
export interface ComparisonRow {
  what: string
  tribe: number
  powerOffice: number
  linked: number
  /** Linked pairs that were not in step when they were looked at. */
  differ: number
  /** Of invoices. Those that are settled and older than 400 days are counted, and not summed. */
  sums?: InvoiceSums
}

export interface InvoiceSums {
  /** What invoices in the client's own currency come to on each side. */
  tribe: number
  powerOffice: number
  /** Of all invoices, in the client's own currency: what came in, what is open, and what was settled without money. */
  paid: number
  open: number
  credited: number
  writtenOff: number
  reversed: number
  /** What invoices in other currencies come to. */
  currencies: { currency: string; tribe: number; powerOffice: number }[]
}

export interface Comparison {
  at: string
  rows: ComparisonRow[]
}

const NAME = 'comparison'

/** Puts what was counted just now in the place of what was known of these; the rest stays until it is counted. */
export function replaceRows(
  ctx: SyncContext,
  whats: readonly string[],
  rows: readonly ComparisonRow[],
): void {
  const others = ctx.facts.get<Comparison>(NAME)?.rows.filter(({ what }) => !whats.includes(what)) ?? []
  const now: Comparison = { at: new Date(ctx.now()).toISOString(), rows: [...others, ...rows] }
  ctx.facts.set(NAME, now)
}
