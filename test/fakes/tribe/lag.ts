/** Lists that show what was so some seconds ago, while a record asked for by its id shows what is so now. */
import type { Row, Store } from './store'

type Shown = Pick<Row, 'fields' | 'links' | 'mutatedAt' | 'hidden'>

const shownNow = ({ fields, links, mutatedAt, hidden }: Row): Shown => ({
  fields: { ...fields },
  links: { ...links },
  mutatedAt,
  hidden,
})

export class Lag {
  private lagMs = 0
  private readonly last = new Map<string, Shown>()
  private changes: { at: number; row: Row; before: Shown | null }[] = []

  constructor(private readonly now: () => number) {}

  get isOn(): boolean {
    return this.lagMs > 0
  }

  /** From now on lists are this old; 0: as they are. */
  set(ms: number, store: Store): void {
    this.lagMs = ms
    this.changes = []
    this.last.clear()
    if (ms > 0) for (const row of store.all()) this.last.set(row.id, shownNow(row))
  }

  note(row: Row): void {
    if (!this.isOn) return
    this.changes.push({ at: this.now(), row, before: this.last.get(row.id) ?? null })
    this.last.set(row.id, shownNow(row))
  }

  /** Does the work on the records as they were then; it must not wait for anything. */
  asItWas<T>(work: () => T): T {
    this.changes = this.changes.filter(({ at }) => at > this.now() - this.lagMs)
    const undone = this.changes.map(({ row }) => [row, shownNow(row)] as const)
    for (const { row, before } of this.changes.toReversed()) Object.assign(row, before ?? { hidden: true })
    try {
      return work()
    } finally {
      for (const [row, now] of undone) Object.assign(row, now)
    }
  }
}
