/**
 * Rows of one kind of one client. A row is never changed in place, so lists can still show what it
 * was a moment ago: they read from a replica that may lag behind.
 */
export class Table<Row extends { Id: string | number }> {
  private readonly rows = new Map<Row['Id'], Row>()
  /** Out of sight of the API for a while, as by a right of the integration that was narrowed. */
  private readonly hidden = new Set<Row['Id']>()
  private recent: { at: number; id: Row['Id']; before: Row | undefined }[] = []

  constructor(private readonly replica: { now: () => number; lagMs: () => number }) {}

  get size(): number {
    return this.rows.size
  }

  /** As the API finds it. */
  find(id: Row['Id']): Row | null {
    return this.hidden.has(id) ? null : (this.rows.get(id) ?? null)
  }

  hide(id: Row['Id'], isHidden: boolean): void {
    if (isHidden) this.hidden.add(id)
    else this.hidden.delete(id)
  }

  all(): Row[] {
    return [...this.rows.values()]
  }

  /** A settled row is one that was there long ago: every replica has it. */
  put(row: Row, settled = false): Row {
    if (!settled) this.remember(row.Id)
    this.rows.set(row.Id, row)
    return row
  }

  delete(id: Row['Id']): void {
    this.remember(id)
    this.rows.delete(id)
  }

  /** What a list or a filter sees. */
  listed(): Row[] {
    return this.replicated().filter((row) => !this.hidden.has(row.Id))
  }

  private replicated(): Row[] {
    const horizon = this.replica.now() - this.replica.lagMs()
    this.recent = this.recent.filter((write) => write.at > horizon)
    if (this.recent.length === 0) return this.all()
    const seen = new Map(this.rows)
    for (const { id, before } of this.recent.toReversed()) {
      if (before) seen.set(id, before)
      else seen.delete(id)
    }
    return [...seen.values()]
  }

  private remember(id: Row['Id']): void {
    if (this.replica.lagMs() <= 0) return
    this.recent.push({ at: this.replica.now(), id, before: this.rows.get(id) })
  }
}
