/** What the nightly comparison found: the counts of both sides next to each other (spec §8). */
export interface ComparisonRow {
  what: string
  tribe: number
  powerOffice: number
  linked: number
  /** Linked pairs that were not in step when they were looked at. */
  differ: number
  /** Of invoices: what they come to on each side, and what of it is paid and still open in PowerOffice. */
  sums?: { tribe: number; powerOffice: number; paid: number; open: number }
}

export interface Comparison {
  at: string
  rows: ComparisonRow[]
}
