/** What the nightly comparison found: the counts of both sides next to each other (spec §8). */
export interface ComparisonRow {
  what: string
  tribe: number
  powerOffice: number
  linked: number
  /** Linked pairs that were not in step when they were looked at. */
  differ: number
}

export interface Comparison {
  at: string
  rows: ComparisonRow[]
}
