const MOST = 60
const WITHIN_MS = 60_000

/**
 * What people and scripts ask of a tenant directly, each of which may cost calls to both systems: sixty in any minute,
 * those that were turned away not counted. Counted in memory: an object that is put away has not been asked for longer.
 */
export function asksIn(now: () => number) {
  let taken: number[] = []
  return {
    /** Null: go on. Otherwise the seconds after which the next one may come. */
    take(): number | null {
      taken = taken.filter((at) => at > now() - WITHIN_MS)
      const [oldest = now()] = taken
      if (taken.length >= MOST) return Math.max(1, Math.ceil((oldest + WITHIN_MS - now()) / 1000))
      taken.push(now())
      return null
    },
  }
}
