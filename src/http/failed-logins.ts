/**
 * Counts wrong tokens by the address that they came from, in the memory of this isolate. Guessing is not what
 * it stops, 256 random bits do; it tells a client that has gone astray to wait, and keeps it visible. So it
 * need not be exact across isolates, and costs neither a write nor a call to an object.
 */
export function createFailedLogins(most = 100, windowMs = 60_000) {
  const windows = new Map<string, { count: number; endsAt: number }>()
  return {
    /** Counts one more; gives how many seconds to wait when there were too many, else null. */
    note(address: string, now: number): number | null {
      // So that addresses that never come back do not fill the memory.
      if (windows.size > 10_000) windows.clear()
      const known = windows.get(address)
      const window = known && now < known.endsAt ? known : { count: 0, endsAt: now + windowMs }
      window.count++
      windows.set(address, window)
      return window.count > most ? Math.max(1, Math.ceil((window.endsAt - now) / 1000)) : null
    },
  }
}
