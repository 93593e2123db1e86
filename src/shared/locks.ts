/** Runs what has the same name one after another, in order; a failure does not hold up the next. */
export type WithLock = <T>(name: string, run: () => Promise<T>) => Promise<T>

export function createLocks(): WithLock {
  const last = new Map<string, Promise<unknown>>()
  return async (name, run) => {
    const before = last.get(name) ?? Promise.resolve()
    const mine = before.then(run, run)
    last.set(name, mine)
    try {
      return await mine
    } finally {
      if (last.get(name) === mine) last.delete(name)
    }
  }
}
