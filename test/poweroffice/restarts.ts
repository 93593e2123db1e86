import type { Lane } from '../../src/poweroffice/turns'
import { MARGIN_MS } from '../../src/poweroffice/turns'
import { type AGate, aStorage, gateIn } from './a-gate'
import { chance, mostWithin } from './turns-simulation'

/** The real gate with what it stores, cut off at any moment, and callers at any distance from it. */

export interface Crowd {
  /** How late callers of this crowd use their turns at the most, in milliseconds: the way to the gate and back. */
  latestMs: readonly number[]
  /** The gate is restarted about so often, at any moment, on another machine; never, if left out. */
  restartEveryMs?: number
  callers: number
  seed: number
}

export interface Counted {
  /** As PowerOffice sees it. */
  mostInASecond: number
  /** Calls a second from the first to the last. */
  pace: number
  restarts: number
}

const START = 1_800_000_000_000

/** Every caller makes one call, and asks until it may. `Date.now` is the gate's clock while this runs. */
export async function crowd({
  latestMs,
  restartEveryMs = Number.POSITIVE_INFINITY,
  callers,
  seed,
}: Crowd): Promise<Counted> {
  const random = chance(seed)
  const between = (least: number, most: number) => least + random() * (most - least)
  const realNow = Date.now
  let now = START
  let skewMs = 0
  Date.now = () => Math.floor(now + skewMs)
  const storage = aStorage()
  let gate: AGate = gateIn(storage)
  let restarts = 0
  const nextRestart = () => now - Math.log(1 - random()) * restartEveryMs
  let restartAt = nextRestart()
  const arrivals: number[] = []
  const line = Array.from({ length: callers }, (_, n) => ({
    at: START + random() * 3000,
    lane: (random() < 0.6 ? 'push' : 'bulk') as Lane,
    caller: `tenant ${n % 9}/${n}`,
    latest: latestMs[Math.floor(random() * latestMs.length)] ?? 0,
  }))
  try {
    while (line.length > 0) {
      line.sort((a, b) => a.at - b.at)
      const one = line.shift() as (typeof line)[number]
      now = Math.max(now, one.at)
      if (now >= restartAt) {
        restarts++
        restartAt = nextRestart()
        skewMs = between(-500, 500)
        gate = gateIn(storage)
        await gate.onLoad()
      }
      if (random() < 0.001) gate.hold(500, 10)
      const { granted, waitMs } = gate.take(one.lane, one.caller, 10, one.latest)
      // It leaves as late as it may, and travels at its own speed.
      if (granted) arrivals.push(now + waitMs + random() * (one.latest + MARGIN_MS))
      else line.push({ ...one, at: now + waitMs + random() * 20 })
    }
  } finally {
    Date.now = realNow
  }
  const lasted = (Math.max(...arrivals) - Math.min(...arrivals)) / 1000
  return { mostInASecond: mostWithin(arrivals, 1000), pace: callers / lasted, restarts }
}
