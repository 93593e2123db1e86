/**
 * The arithmetic of the gate (design 6): who may call PowerOffice when, so that no second anywhere holds
 * more than `perSecond` calls. Pure: time comes in as an argument, in milliseconds.
 */
export type Lane = 'push' | 'bulk'

export interface Turn {
  /** False: ask again after `waitMs`. True: the call may leave in `waitMs`. */
  granted: boolean
  waitMs: number
}

/** Calls travel at different speeds: a turn comes this much later than a full second after the tenth before it. */
export const MARGIN_MS = 100
/** A turn that is used later than this may meet those of the next second: ask for a new one instead. */
export const LATEST_MS = 75
/** A bulk caller that waited this long gets a turn among the pushes, so that polls keep their pace. */
const PATIENCE_MS = 5000

/** As many as the largest limit looks back, and a minute of a usual one. */
const MOST_KEPT = 1000

/** How much of the budget is used. */
export interface GateUse {
  lastSecond: number
  lastMinute: number
  /** Pushes that have a turn and wait for it; tenants whose bulk call waits. */
  waiting: { push: number; bulk: number }
  /** How much longer nobody may call, because PowerOffice said 429. */
  heldForMs: number
  /** Since this gate was woken. */
  turns: number
  holds: number
}

interface Waiting {
  since: number
  /** When it was told to come back; who stays away longer has left the line. */
  backAt: number
}

export class Turns {
  /** Times of the latest turns, oldest first; the last ones may lie ahead, kept for pushes that wait. */
  private readonly granted: number[]
  private heldUntil = 0
  private turns = 0
  private holds = 0
  /** When a bulk call last got a turn among the pushes. */
  private lastOverdue = Number.NEGATIVE_INFINITY
  /** Tenants whose bulk call waits, in order of arrival: one place each, so that they alternate. */
  private readonly line = new Map<string, Waiting>()

  /** Begins with one turn at hand, not a full second's worth: what ran before a restart is unknown. */
  constructor(
    readonly perSecond: number,
    now: number,
  ) {
    this.granted = Array(perSecond - 1).fill(now)
  }

  /** A push gets the next turn there is, and it is kept for it. A bulk call only gets one that is free now. */
  take(lane: Lane, tenantId: string, now: number, perSecond = this.perSecond): Turn {
    const slot = this.slot(now, 0, perSecond)
    if (lane === 'push') return this.grant(slot, now)

    this.forgetWhoLeft(now)
    const waiting = this.line.get(tenantId) ?? { since: now, backAt: now }
    const place = this.placeOf(tenantId)
    // One a second at most, or a long line of loads would fill the time ahead and pushes queue behind it.
    const isOverdue = place === 0 && now - waiting.since >= PATIENCE_MS && now - this.lastOverdue >= 1000
    if (isOverdue) this.lastOverdue = now
    if (isOverdue || this.slot(now, place, perSecond) <= now) {
      this.line.delete(tenantId)
      return this.grant(slot, now)
    }
    const backAt = Math.max(this.slot(now, place, perSecond), now + 1)
    this.line.set(tenantId, { since: waiting.since, backAt })
    return { granted: false, waitMs: Math.ceil(backAt - now) }
  }

  /** PowerOffice said 429: nobody calls for so long. */
  hold(ms: number, now: number): void {
    this.heldUntil = Math.max(this.heldUntil, now + ms)
    this.holds++
  }

  /** Those that the gate began with were nobody's. */
  use(now: number): GateUse {
    const real = this.turns === 0 ? [] : this.granted.slice(-this.turns)
    const within = (ms: number) => real.filter((at) => at <= now && at > now - ms).length
    this.forgetWhoLeft(now)
    return {
      lastSecond: within(1000),
      lastMinute: within(60_000),
      waiting: { push: real.filter((at) => at > now).length, bulk: this.line.size },
      heldForMs: Math.max(0, this.heldUntil - now),
      turns: this.turns,
      holds: this.holds,
    }
  }

  /** When the turn after `ahead` others would come. */
  private slot(now: number, ahead: number, perSecond: number): number {
    const seconds = Math.floor(ahead / perSecond)
    const index = this.granted.length - perSecond + (ahead % perSecond)
    const tenthBefore = this.granted[index]
    const period = 1000 + MARGIN_MS
    const last = this.granted.at(-1) ?? 0
    const earliest = Math.max(now, this.heldUntil, ahead === 0 ? last : 0)
    return Math.max(
      earliest + seconds * period,
      tenthBefore === undefined ? 0 : tenthBefore + (seconds + 1) * period,
    )
  }

  private grant(at: number, now: number): Turn {
    this.granted.push(at)
    this.turns++
    if (this.granted.length > MOST_KEPT) this.granted.shift()
    return { granted: true, waitMs: Math.max(0, Math.ceil(at - now)) }
  }

  private placeOf(tenantId: string): number {
    let place = 0
    for (const other of this.line.keys()) {
      if (other === tenantId) return place
      place++
    }
    return place
  }

  private forgetWhoLeft(now: number): void {
    for (const [tenantId, { backAt }] of this.line) if (now > backAt + 1000) this.line.delete(tenantId)
  }
}
