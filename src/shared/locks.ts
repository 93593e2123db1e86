/** Runs what has the same name one after another, in order; a failure does not hold up the next. */
export interface WithLock {
  <T>(name: string, run: () => Promise<T>): Promise<T>
  /** How many runs have ended, of whatever name: while it stays the same, nobody has finished anything under a lock. */
  ended(): number
  /** Waits for what runs under this name, and for all that is queued behind it by now; none is held up by that. */
  free(name: string): Promise<void>
}

export function createLocks(): WithLock {
  const last = new Map<string, Promise<unknown>>()
  let ended = 0
  const withLock = async <T>(name: string, run: () => Promise<T>): Promise<T> => {
    const before = last.get(name) ?? Promise.resolve()
    // Counted before the next one begins.
    const mine = before.then(run, run).finally(() => {
      ended++
    })
    last.set(name, mine)
    try {
      return await mine
    } finally {
      if (last.get(name) === mine) last.delete(name)
    }
  }
  const free = async (name: string) => void (await last.get(name)?.catch(() => undefined))
  return Object.assign(withLock, { ended: () => ended, free })
}
