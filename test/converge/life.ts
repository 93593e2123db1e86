/**
 * One life of the tenant's object, from its start to a deploy or a crash. Code of a life that is over hears
 * nothing any more: whatever it waits for never comes, and what it stores is not kept.
 */
export class Life {
  isOver = false
  readonly ended: Promise<void>
  private tellEnd: () => void = () => undefined
  private readonly underWay = new Set<Promise<unknown>>()
  /** Calls that were given up, and take effect just now. */
  private landing: Promise<unknown>[] = []

  constructor() {
    this.ended = new Promise((resolve) => {
      this.tellEnd = resolve
    })
  }

  end(): void {
    this.isOver = true
    this.tellEnd()
  }

  /** What code of a life that is over waits for. */
  silence<T>(): Promise<T> {
    return new Promise(() => undefined)
  }

  /** Remembers a call that is under way: the other side carries it out, whether or not we live. */
  track<T>(call: Promise<T>): Promise<T> {
    this.underWay.add(call)
    const forget = () => this.underWay.delete(call)
    call.then(forget, forget)
    return call
  }

  land(call: Promise<unknown>): void {
    this.landing.push(this.track(call))
  }

  /** Two calls at the very same moment are nobody's fault. */
  async landed(): Promise<void> {
    while (this.landing.length > 0) await Promise.allSettled(this.landing.splice(0))
  }

  async settled(): Promise<void> {
    while (this.underWay.size > 0) await Promise.allSettled([...this.underWay])
  }

  /** The object's storage, as long as it lives. */
  storage(kept: SqlStorage): SqlStorage {
    const exec = (query: string, ...values: SqlStorageValue[]) => {
      if (this.isOver) throw new Error('This life is over')
      return kept.exec(query, ...values)
    }
    return { exec } as unknown as SqlStorage
  }
}
