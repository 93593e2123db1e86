/** Runs what it is given, a limited number at a time: pushes first, and within a lane in order. */
export type Limit = <T>(run: () => Promise<T>, lane?: 'push' | 'bulk') => Promise<T>

export function createLimit(most: number): Limit {
  let running = 0
  const waiting: Record<'push' | 'bulk', (() => void)[]> = { push: [], bulk: [] }
  return async (run, lane = 'push') => {
    if (running >= most) await new Promise<void>((resolve) => waiting[lane].push(resolve))
    else running++
    try {
      return await run()
    } finally {
      // A caller that waits takes over this place, so that no other slips in between.
      const next = waiting.push.shift() ?? waiting.bulk.shift()
      if (next) next()
      else running--
    }
  }
}

/**
 * Takes the items in order, so many side by side; a function says anew before each item how many that are now, and 0
 * ends it. Gives how many were taken, once all of them have ended. A throw ends it, too, and is thrown on then.
 */
export async function forEachLimited<T>(
  items: readonly T[],
  most: number | (() => number),
  run: (item: T) => Promise<void>,
): Promise<number> {
  const underWay = new Set<Promise<void>>()
  let taken = 0
  let failed: { thrown: unknown } | null = null
  const begin = (item: T) => {
    const work = run(item)
      .catch((thrown) => {
        failed ??= { thrown }
      })
      .finally(() => underWay.delete(work))
    underWay.add(work)
  }
  while (taken < items.length && !failed) {
    const places = typeof most === 'number' ? most : most()
    if (places === 0) break
    if (underWay.size < places) begin(items[taken++] as T)
    else await Promise.race(underWay)
  }
  await Promise.all(underWay)
  if (failed) throw (failed as { thrown: unknown }).thrown
  return taken
}

/** The answer, if it comes in time; rejects otherwise, and whatever was asked for goes on. */
export async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | null = null
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
