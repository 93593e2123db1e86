/**
 * The arithmetic of the gate (DESIGN.md §2.2): who may call PowerOffice when, so that no second anywhere holds
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

/**
 * Calls travel to PowerOffice at different speeds: a turn comes so much later than a second after the end of the tenth
 * before it. A machine that is busy answers late, too, so its callers are given more by themselves (`latestAfter`).
 */
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
  /** The place in line is kept under this name: a tenant's for bulk calls, which have one each; a call's own for pushes. */
  caller: string
  /** Tenants take turns: the calls of one stand behind each other. A caller without one is a tenant by itself. */
  tenant?: string
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
  /** One place for each tenant, so that they alternate. */
  private readonly bulk = new Line()

  /**
   * Begins with one turn at hand, not a full second's worth. When there may have been another gate just before, whose
   * callers may use their turns up to `reachMs` late, begins with none until all that it has given out is over.
   */
  constructor(
    readonly perSecond: number,
    now: number,
    before: { reachMs: number } | null = null,
  ) {
    this.granted = before
      ? Array(perSecond).fill({ at: now, end: now + AHEAD_MS + before.reachMs })
      : Array(perSecond - 1).fill({ at: now, end: now + LEAST_LATEST_MS })
  }

  /** A push gets the next turn there is. A bulk call only gets one that is free now, and not kept for a push. */
  take(
    { lane, caller, tenant = caller, latestMs = LATEST_MS }: TurnRequest,
    now: number,
    perSecond = this.perSecond,
  ): Turn {
    this.pushes.forgetWhoLeft(now)
    this.bulk.forgetWhoLeft(now)
    if (lane === 'bulk') this.letPassIfOverdue(caller, now)
    const isPush = lane === 'push' || this.pushes.has(caller)
    const line = isPush ? this.pushes : this.bulk
    line.join(caller, tenant, now)
    const ahead = line.placeOf(caller) + (isPush ? 0 : this.pushes.size)
    const at = this.slot(now, ahead, perSecond)
    if (at <= now + (isPush ? AHEAD_MS : 0)) {
      line.serve(caller)
      return this.grant(this.slot(now, 0, perSecond), now, latestMs)
    }
    // Pushes come back early, so that the way here and back costs them nothing.
    const backAt = Math.max(Math.ceil(at - (isPush ? (AHEAD_MS + latestMs) / 2 : 0)), now + 1)
    line.wait(caller, backAt)
    return { granted: false, waitMs: backAt - now }
  }

  /** How late a turn that was given out, and may not be used yet, may leave at the most. */
  reachMs(now: number): number {
    return this.granted.reduce((most, { at, end }) => (end >= now ? Math.max(most, end - at) : most), 0)
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
    this.pushes.join(caller, OVERDUE, now)
  }
}

/** Stands for the tenant of all overdue bulk calls. */
const OVERDUE = ''

interface Place {
  tenant: string
  since: number
  /** When the caller was told to come back. */
  backAt: number
  /** Callers of an earlier round go first, and within a round those that came first. */
  round: number
}

/**
 * Callers that wait, a round of tenants at a time: each tenant has one call in a round, so a thousand calls of one
 * delay a call of another by one turn. A tenant that comes new joins the round that is being served.
 */
class Line {
  private readonly waiting = new Map<string, Place>()
  /** The round that is being served. */
  private round = 0
  /** Tenant → the round of its last call, as long as that is not before the one being served. */
  private readonly lastRound = new Map<string, number>()

  get size(): number {
    return this.waiting.size
  }
  has(caller: string): boolean {
    return this.waiting.has(caller)
  }
  sinceWhen(caller: string): number | undefined {
    return this.waiting.get(caller)?.since
  }
  /** How many go before it; all of them, if it is not in line. */
  placeOf(caller: string): number {
    const own = this.waiting.get(caller)
    if (!own) return this.waiting.size
    let place = 0
    let isBehindUs = false
    for (const [other, { round }] of this.waiting) {
      if (other === caller) isBehindUs = true
      else if (round < own.round || (round === own.round && !isBehindUs)) place++
    }
    return place
  }
  /** Gives the caller a place, unless it has one. */
  join(caller: string, tenant: string, now: number): void {
    if (this.waiting.has(caller)) return
    const round = Math.max(this.round, (this.lastRound.get(tenant) ?? -1) + 1)
    this.lastRound.set(tenant, round)
    this.waiting.set(caller, { tenant, since: now, backAt: now, round })
  }
  wait(caller: string, backAt: number): void {
    const place = this.waiting.get(caller)
    if (place) place.backAt = backAt
  }
  /** Its turn has come. */
  serve(caller: string): void {
    const { round } = this.waiting.get(caller) ?? { round: 0 }
    this.leave(caller)
    if (round <= this.round) return
    this.round = round
    for (const [tenant, last] of this.lastRound) if (last < round) this.lastRound.delete(tenant)
  }
  leave(caller: string): void {
    this.waiting.delete(caller)
  }
  /** A caller that stays away for a second longer than told has left the line. */
  forgetWhoLeft(now: number): void {
    for (const [caller, { backAt }] of this.waiting) if (now > backAt + 1000) this.waiting.delete(caller)
  }
}
