import { LATEST_MS, type Lane, latestAfter, Turns } from '../../src/poweroffice/turns'

/** The gate and its callers in simulated time: no clock runs, so an hour takes a moment. */

/** A turn that was granted, whether or not its caller came in time to use it. */
export interface Granted {
  lane: Lane
  tenantId: string
  /** When its caller began to wait for a turn. */
  since: number
  /** When the question was asked that was answered with this turn. */
  askedAt: number
  /** When the call may leave: the time at the gate, and the wait. */
  at: number
  /** When the call left; null when its caller came too late, threw the turn away and asked anew. */
  leftAt: number | null
}

/** Chance that comes out the same each time, so that a run can be told again. */
export function chance(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296
    return state / 4294967296
  }
}

export interface Setting {
  perSecond: number
  /** How many milliseconds later than told a caller comes back. */
  lateness: () => number
}

export function simulate({ perSecond, lateness }: Setting) {
  const start = 1_000_000
  const turns = new Turns(perSecond, start)
  const granted: Granted[] = []
  const latest = new Map<string, number>()
  let calls = 0
  const agenda: { at: number; run: (now: number) => void }[] = []

  /** Keeps the order of those that are due at one time. */
  function at(time: number, run: (now: number) => void): void {
    let low = 0
    let high = agenda.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((agenda[middle]?.at ?? 0) <= time) low = middle + 1
      else high = middle
    }
    agenda.splice(low, 0, { at: time, run })
  }

  /** Waits for a turn as `createGate(…).turn()` does, and tells when the call left. */
  function turn(
    lane: Lane,
    tenantId: string,
    since: number,
    done: (leftAt: number) => void = () => {},
  ): void {
    const caller = lane === 'bulk' ? tenantId : `push ${calls++}`
    const ask = (now: number) => {
      const latestMs = latest.get(lane + tenantId) ?? LATEST_MS
      const answer = turns.take({ lane, caller, latestMs }, now)
      const late = answer.waitMs > 0 ? lateness() : 0
      const back = now + answer.waitMs + late
      if (!answer.granted) return at(back, ask)
      const isUsed = late <= latestMs
      latest.set(lane + tenantId, latestAfter(late, latestMs))
      const entry = {
        lane,
        tenantId,
        since,
        askedAt: now,
        at: now + answer.waitMs,
        leftAt: isUsed ? back : null,
      }
      granted.push(entry)
      at(back, isUsed ? done : ask)
    }
    at(since, ask)
  }

  /** A tenant that does one call after another, and wants the next turn as soon as a call has ended. */
  function saturate(tenantId: string, from: number, until: number, callMs: () => number): void {
    const next = (now: number) => {
      if (now < until) turn('bulk', tenantId, now, (left) => at(left + callMs(), next))
    }
    at(from, next)
  }

  function run(until: number): void {
    for (let next = agenda.shift(); next && next.at <= until; next = agenda.shift()) next.run(next.at)
  }

  return { turns, granted, start, at, turn, saturate, run }
}

/** The most of them within any stretch of so many milliseconds, of which one end counts and one does not. */
export function mostWithin(times: readonly number[], windowMs: number): number {
  const sorted = [...times].sort((a, b) => a - b)
  let most = 0
  let first = 0
  for (const [last, time] of sorted.entries()) {
    while (time - (sorted[first] ?? time) >= windowMs) first++
    most = Math.max(most, last - first + 1)
  }
  return most
}
