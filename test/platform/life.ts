import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * One life of an object, from its start to a crash or until another takes its place. Code of a life that is over
 * hears nothing any more: whatever it waits for never comes, and what it stores is not kept. Code of a life that was
 * replaced (by a deploy, or by a move to another machine) goes on: what it waits for still comes and what it sends
 * still leaves, until it touches its storage, which refuses and ends it. So Cloudflare says of itself ("Known
 * issues", global uniqueness).
 */
export class Life {
  private static readonly current = new AsyncLocalStorage<Life>()
  isOver = false
  isReplaced = false
  /** Nobody who asked it something gets an answer of it any more. */
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

  replace(): void {
    this.isReplaced = true
    this.tellEnd()
  }

  /** The object that has this life is the one that others find. */
  get isCurrent(): boolean {
    return !this.isOver && !this.isReplaced
  }

  /** Lets its code touch the object's storage; throws, and ends it, when another has taken its place. */
  touch(): void {
    if (this.isReplaced) this.isOver = true
    if (this.isOver) throw new Error('Durable Object reset because its code was updated')
  }

  /** The object's storage, as long as it lives. */
  storage(sql: () => SqlStorage, onStatement: (query: string) => void = () => undefined): SqlStorage {
    const exec = (query: string, ...values: SqlStorageValue[]) => {
      this.touch()
      onStatement(query)
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
