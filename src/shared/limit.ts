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

/** Takes the items `most` at a time. A throw stops what has not begun, and is thrown on when all have ended. */
export async function forEachLimited<T>(
  items: readonly T[],
  most: number,
  run: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0
  let failed: { thrown: unknown } | null = null
  const worker = async () => {
    while (next < items.length && !failed) {
      const item = items[next++] as T
      try {
        await run(item)
      } catch (thrown) {
        failed ??= { thrown }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker))
  if (failed) throw (failed as { thrown: unknown }).thrown
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
