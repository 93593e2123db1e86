/** Time that passes only when nothing is left to be done at the moment: hours go by in seconds, and in the same way each time. */
export class VirtualTime {
  private at = 0
  private order = 0
  /** A heap: the soonest is the first. */
  private readonly planned: { at: number; order: number; happen: () => void }[] = []

  constructor(private readonly start: number) {}

  readonly now = (): number => this.start + this.at

  readonly sleep = (ms: number): Promise<void> => new Promise((resolve) => this.after(ms, resolve))

  after(ms: number, happen: () => void): void {
    const { planned } = this
    const item = { at: this.at + Math.max(0, ms), order: this.order++, happen }
    let place = planned.length
    while (place > 0) {
      const parent = (place - 1) >> 1
      const above = planned[parent] as typeof item
      if (!isBefore(item, above)) break
      planned[place] = above
      place = parent
    }
    planned[place] = item
  }

  /** Goes on until then, or until it is over. */
  async run(untilMs: number, isOver: () => boolean = () => false): Promise<void> {
    for (let next = this.planned[0]; next && next.at <= untilMs && !isOver(); next = this.planned[0]) {
      this.takeFirst()
      this.at = next.at
      next.happen()
      // Whatever follows from it at once comes first.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  private takeFirst(): void {
    const { planned } = this
    const last = planned.pop()
    if (!last || planned.length === 0) return
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      if (child >= planned.length) break
      if (child + 1 < planned.length && isBefore(planned[child + 1], planned[child])) child++
      const below = planned[child] as typeof last
      if (!isBefore(below, last)) break
      planned[place] = below
      place = child
    }
    planned[place] = last
  }
}

interface Planned {
  at: number
  order: number
}
const isBefore = (one: Planned | undefined, other: Planned | undefined): boolean =>
  one !== undefined && other !== undefined && (one.at - other.at || one.order - other.order) < 0
