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

/**
 * A turn that is used later than this may meet those of the next second: ask for a new one instead. So much
 * is allowed to a caller of whom nothing is known yet.
 */
export const LATEST_MS = 75
const LEAST_LATEST_MS = 25
/** What is allowed to a caller that was so late this time: its way to the gate and back will be about as long again. */
export const latestAfter = (lateMs: number, latestMs = 0): number =>
  Math.max(LEAST_LATEST_MS, Math.ceil(2 * lateMs), Math.ceil(0.95 * latestMs))

/** Calls travel at different speeds: a turn comes so much later than a second after the end of the tenth before it. */
export const MARGIN_MS = 75
/** From one turn to the tenth after it, when callers are on time. */
export const PERIOD_MS = 1000 + LEAST_LATEST_MS + MARGIN_MS
/** Nobody knows of a turn sooner than this: what is still to come can be held back, and is forgotten by a restart. */
export const AHEAD_MS = 300
/** A bulk caller that waited this long gets a turn among the pushes, so that polls keep their pace. */
const PATIENCE_MS = 5000
/** As many as the largest limit looks back, and a minute of a usual one. */
const MOST_KEPT = 1000

/** How much of the budget is used. */
export interface GateUse {
  lastSecond: number
  lastMinute: number
  /** Pushes that wait for a turn, or have one and wait for it; tenants whose bulk call waits. */
  waiting: { push: number; bulk: number }
  /** How much longer nobody may call, because PowerOffice said 429. */
  heldForMs: number
  /** Since this gate was woken. */
  turns: number
  holds: number
}

export interface TurnRequest {
  lane: Lane
  /** Who waits keeps its place under this name: a tenant for bulk calls, which have one each; a call by itself for pushes. */
  caller: string
  /** How much later than told the call may leave. */
  latestMs?: number
}

export class Turns {
  /** The latest turns: when each comes and is over, in the order in which they end; some lie ahead. */
  private readonly granted: { at: number; end: number }[]
  private heldUntil = 0
  private turns = 0
  private holds = 0
  /** When a bulk call last got a place among the pushes. */
  private lastOverdue = Number.NEGATIVE_INFINITY
  private readonly pushes = new Line()
  /** In order of arrival, one place for each tenant, so that they alternate. */
  private readonly bulk = new Line()

  /**
   * Begins with one turn at hand, not a full second's worth. When there may have been another just before,
   * begins with none until all that it has given out is over.
   */
  constructor(
    readonly perSecond: number,
    now: number,
    wasBusy = false,
  ) {
    this.granted = wasBusy
      ? Array(perSecond).fill({ at: now, end: now + AHEAD_MS + 4 * LATEST_MS })
      : Array(perSecond - 1).fill({ at: now, end: now + LEAST_LATEST_MS })
  }

  /** A push gets the next turn there is. A bulk call only gets one that is free now, and not kept for a push. */
  take({ lane, caller, latestMs = LATEST_MS }: TurnRequest, now: number, perSecond = this.perSecond): Turn {
    this.pushes.forgetWhoLeft(now)
    this.bulk.forgetWhoLeft(now)
    if (lane === 'bulk') this.letPassIfOverdue(caller, now)
    const isPush = lane === 'push' || this.pushes.has(caller)
    const line = isPush ? this.pushes : this.bulk
    const ahead = line.placeOf(caller) + (isPush ? 0 : this.pushes.size)
    const at = this.slot(now, ahead, perSecond)
    if (at <= now + (isPush ? AHEAD_MS : 0)) {
      line.leave(caller)
      return this.grant(this.slot(now, 0, perSecond), now, latestMs)
    }
    // Pushes come back early, so that the way here and back costs them nothing.
    const backAt = Math.max(Math.ceil(at - (isPush ? (AHEAD_MS + latestMs) / 2 : 0)), now + 1)
    line.wait(caller, now, backAt)
    return { granted: false, waitMs: backAt - now }
  }

  /** PowerOffice said 429: nobody calls for so long, but for those whose turn is about to come. */
  hold(ms: number, now: number): void {
    this.heldUntil = Math.max(this.heldUntil, now + ms)
    this.holds++
  }

  /** Those that the gate began with were nobody's. */
  use(now: number): GateUse {
    this.pushes.forgetWhoLeft(now)
    this.bulk.forgetWhoLeft(now)
    const real = this.turns === 0 ? [] : this.granted.slice(-this.turns)
    const within = (ms: number) => real.filter(({ at }) => at <= now && at > now - ms).length
    return {
      lastSecond: within(1000),
      lastMinute: within(60_000),
      waiting: { push: this.pushes.size + real.filter(({ at }) => at > now).length, bulk: this.bulk.size },
      heldForMs: Math.max(0, this.heldUntil - now),
      turns: this.turns,
      holds: this.holds,
    }
  }

  /** When the turn after `ahead` others would come. */
  private slot(now: number, ahead: number, perSecond: number): number {
    const seconds = Math.floor(ahead / perSecond)
    const tenthBefore = this.granted[this.granted.length - perSecond + (ahead % perSecond)]
    const isOver = tenthBefore === undefined ? 0 : tenthBefore.end + 1000 + MARGIN_MS
    return Math.max(now, this.heldUntil, isOver) + seconds * PERIOD_MS
  }

  private grant(at: number, now: number, latestMs: number): Turn {
    const end = at + latestMs
    const before = this.granted.findLastIndex((other) => other.end <= end)
    this.granted.splice(before + 1, 0, { at, end })
    this.turns++
    if (this.granted.length > MOST_KEPT) this.granted.shift()
    return { granted: true, waitMs: Math.ceil(at - now) }
  }

  /** One a second at most, or a long line of loads would fill the time ahead and pushes queue behind it. */
  private letPassIfOverdue(caller: string, now: number): void {
    const since = this.bulk.sinceWhen(caller) ?? now
    if (this.bulk.placeOf(caller) > 0 || now - since < PATIENCE_MS || now - this.lastOverdue < 1000) return
    this.lastOverdue = now
    this.bulk.leave(caller)
    this.pushes.wait(caller, now, now)
  }
}

/** Those that were told to come back, in order of arrival. */
class Line {
  /** Caller → since when it waits, and when it was told to come back. */
  private readonly waiting = new Map<string, { since: number; backAt: number }>()

  get size(): number {
    return this.waiting.size
  }
  has(caller: string): boolean {
    return this.waiting.has(caller)
  }
  sinceWhen(caller: string): number | undefined {
    return this.waiting.get(caller)?.since
  }
  /** How many are before it; all of them, if it is not in line. */
  placeOf(caller: string): number {
    let place = 0
    for (const other of this.waiting.keys()) {
      if (other === caller) return place
      place++
    }
    return place
  }
  wait(caller: string, now: number, backAt: number): void {
    this.waiting.set(caller, { since: this.sinceWhen(caller) ?? now, backAt })
  }
  leave(caller: string): void {
    this.waiting.delete(caller)
  }
  /** Who stays away for a second longer than told has left the line. */
  forgetWhoLeft(now: number): void {
    for (const [caller, { backAt }] of this.waiting) if (now > backAt + 1000) this.waiting.delete(caller)
  }
}
