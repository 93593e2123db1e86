import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * One life of an object, from its start to a deploy or a crash. Code of a life that is over hears nothing any
 * more: whatever it waits for never comes, and what it stores is not kept.
 */
export class Life {
  private static readonly current = new AsyncLocalStorage<Life>()
  isOver = false
  readonly ended: Promise<void>
  private tellEnd: () => void = () => undefined

  constructor() {
    this.ended = new Promise((resolve) => {
      this.tellEnd = resolve
    })
  }

  /** In whose life this code runs; null: in nobody's that could end. */
  static now(): Life | null {
    return Life.current.getStore() ?? null
  }

  /** What happens elsewhere because of us goes on without us. */
  static outside<T>(work: () => T): T {
    return Life.current.exit(work)
  }

  run<T>(work: () => T): T {
    return Life.current.run(this, work)
  }

  end(): void {
    this.isOver = true
    this.tellEnd()
  }

  /** The object's storage, as long as it lives. */
  storage(sql: () => SqlStorage): SqlStorage {
    const exec = (query: string, ...values: SqlStorageValue[]) => {
      if (this.isOver) throw new Error('This life is over')
      return sql().exec(query, ...values)
    }
    return { exec } as unknown as SqlStorage
  }
}

/** What code of this life hears of it: nothing, once the life is over. */
export function heardIn<T>(life: Life | null, news: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    news.then(
      (value) => life?.isOver || resolve(value),
      (thrown) => life?.isOver || reject(thrown),
    )
  })
}
