import type { SyncContext } from '../sync-step'

/** What the nightly comparison found: the counts of both sides next to each other (spec §8). */
export interface ComparisonRow {
  what: string
  tribe: number
  powerOffice: number
  linked: number
  /** Linked pairs that were not in step when they were looked at. */
  differ: number
  /**
   * Of invoices: what they come to on each side, and what of it is paid and still open in PowerOffice. Those that
   * are settled and older than 400 days are counted, and not summed.
   */
  sums?: { tribe: number; powerOffice: number; paid: number; open: number }
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
  const others = ctx.cursors.get<Comparison>(NAME)?.rows.filter(({ what }) => !whats.includes(what)) ?? []
  const now: Comparison = { at: new Date(ctx.now()).toISOString(), rows: [...others, ...rows] }
  ctx.cursors.set(NAME, now)
}
