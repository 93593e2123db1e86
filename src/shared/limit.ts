/** Runs what it is given, a limited number at a time, in order. */
export type Limit = <T>(run: () => Promise<T>) => Promise<T>

export function createLimit(most: number): Limit {
  let running = 0
  const waiting: (() => void)[] = []
  return async (run) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve))
    else running++
    try {
      return await run()
    } finally {
      // Whoever waits takes over this place, so that nobody slips in between.
      const next = waiting.shift()
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
