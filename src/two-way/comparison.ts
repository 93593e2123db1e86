import type { FactOf } from '../facts'
import type { SyncContext } from '../sync-step'

/** What the nightly comparison found: the counts of both sides next to each other (DESIGN.md §8.1). */
export type ComparisonRow = FactOf<'comparison'>['rows'][number]

export type InvoiceSums = NonNullable<ComparisonRow['sums']>

export type Comparison = FactOf<'comparison'>

/** What was counted of both sides. */
export const countedRow = (
  what: string,
  { crm, books, linked, differ }: { crm: number; books: number; linked: number; differ: number },
): ComparisonRow => ({ what, tribe: crm, powerOffice: books, linked, differ })

const NAME = 'comparison'

/** Puts what was counted just now in the place of what was known of these; the rest stays until it is counted. */
export function replaceRows(
  ctx: SyncContext,
  whats: readonly string[],
  rows: readonly ComparisonRow[],
): void {
  const others = ctx.facts.get(NAME)?.rows.filter(({ what }) => !whats.includes(what)) ?? []
  const now: Comparison = { at: new Date(ctx.now()).toISOString(), rows: [...others, ...rows] }
  ctx.facts.set(NAME, now)
}
