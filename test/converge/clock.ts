/** The clock of a run: it goes on when told to, and what was planned for the meantime happens then. */
export class SimulatedClock {
  private at: number
  private order = 0
  private readonly planned: { at: number; order: number; happen: () => void }[] = []

  constructor(start: string) {
    this.at = Date.parse(start)
  }

  readonly now = (): number => this.at
  readonly date = (): Date => new Date(this.at)

  /** Lets something happen after that time, also in the middle of whatever is under way then. */
  after(ms: number, happen: () => void): void {
    this.planned.push({ at: this.at + Math.ceil(ms), order: ++this.order, happen })
    this.planned.sort((a, b) => b.at - a.at || b.order - a.order)
  }

  /** When the next planned thing happens; null when nothing is planned. */
  get nextAt(): number | null {
    return this.planned.at(-1)?.at ?? null
  }

  advance(ms: number): void {
    this.advanceTo(this.at + Math.ceil(ms))
  }

  advanceTo(to: number): void {
    for (let next = this.planned.at(-1); next && next.at <= to; next = this.planned.at(-1)) {
      this.planned.pop()
      this.at = Math.max(this.at, next.at)
      next.happen()
    }
    this.at = Math.max(this.at, to)
  }
}
