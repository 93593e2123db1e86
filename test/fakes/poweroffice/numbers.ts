/** The numbers of customers and suppliers: which series there are, what is taken, what comes next. */
import type { SubLedgerNumberSeriesDto } from './models/lookups'

export type Role = 'Customer' | 'Supplier'

export class Numbers {
  private readonly taken: Record<Role, Set<number>> = { Customer: new Set(), Supplier: new Set() }
  private readonly next = new Map<string, number>()
  constructor(private readonly series: () => SubLedgerNumberSeriesDto[]) {}

  private of(role: Role): SubLedgerNumberSeriesDto[] {
    const own = this.series().filter((s) => s.SubLedgerNumberSeriesType === role)
    return own.toSorted((a, b) => Number(b.IsDefault) - Number(a.IsDefault))
  }

  isInSeries(role: Role, number: number): boolean {
    return this.of(role).some((s) => number >= s.FromInclusive && number <= s.ToInclusive)
  }

  isTaken(role: Role, number: number): boolean {
    return this.taken[role].has(number)
  }

  take(role: Role, number: number): void {
    this.taken[role].add(number)
  }

  /** The next free number of a series; null when it is full. A number is not used twice. */
  draw(role: Role, seriesId: string): number | null {
    const series = this.of(role).find((s) => s.Id === seriesId)
    return series ? this.drawFrom(role, series) : null
  }

  /** Of the default series, or of another one of its kind when that is full; null when all are. */
  drawAnywhere(role: Role): number | null {
    for (const series of this.of(role)) {
      const number = this.drawFrom(role, series)
      if (number !== null) return number
    }
    return null
  }

  private drawFrom(role: Role, series: SubLedgerNumberSeriesDto): number | null {
    let number = this.next.get(series.Id) ?? series.FromInclusive
    while (this.taken[role].has(number)) number++
    if (number > series.ToInclusive) return null
    this.next.set(series.Id, number + 1)
    this.taken[role].add(number)
    return number
  }
}
