import { ApiError, HeldError } from '../shared/errors'

/**
 * Tribe allows an application so many calls in any minute for each environment; whoever goes on regardless may be
 * blocked for a time (API.md §1.8). The relay uses 95 % of it: the rest is for calls that travel at uneven
 * speed, and for what is asked before a tenant has an object of its own.
 */
export const SHARE_OF_TRIBE = 0.95
const WINDOW_MS = 60_000
/** Without a `Retry-After`, Tribe wants to be left alone this long. */
export const USUAL_HOLD_MS = 60_000
/**
 * Of the window this much is kept for pushes, as far as it does not come free by itself: a load may take half of it
 * at once, and the other half no faster than it lasts until the first calls leave the window.
 */
const KEPT_FOR_PUSHES = 0.5
/** The window is noted a twentieth at a time: a restart takes the twentieth under way for used up. */
const BLOCKS = 20
/** With fewer turns at hand than this, several records side by side would wait for each other. */
const FEW = 16
/** A hold as short as this is waited out on the spot. */
const SHORT_MS = 2000
/** A Tribe that says so again and again is left alone for longer than it asks. */
const MOST_TRIES = 3

export type Lane = 'push' | 'bulk'

/** Where a call to Tribe waits for its turn. */
export interface TribeBudget {
  /**
   * Resolves when a call may leave at once; pushes go first. Throws `HeldError` while Tribe wants to be left alone.
   * Every call takes a turn, tokens and repeated ones, too.
   */
  turn(lane: Lane): Promise<void>
  /** Loads and polls have to wait for their turns just now: a record at a time is as fast as several. */
  readonly isPaced: boolean
  /** Tribe said 429: nothing leaves for so long. */
  hold(ms: number): Promise<void>
}

/** Of a Tribe that is only tried: a few calls, before there is a tenant whose window they could count in. */
export const UNLIMITED: TribeBudget = {
  turn: async () => undefined,
  hold: async () => undefined,
  isPaced: false,
}

/**
 * A call in its turn. After a 429 nothing more leaves for its `Retry-After`, else a minute; a short one is waited out,
 * a longer one throws `HeldError`, also to the call that met it.
 */
export async function withTurn<T>(budget: TribeBudget, lane: Lane, call: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    await budget.turn(lane)
    try {
      return await call()
    } catch (thrown) {
      if (!(thrown instanceof ApiError) || thrown.status !== 429) throw thrown
      const heldForMs = askedHoldMs(thrown)
      await budget.hold(heldForMs)
      if (budget === UNLIMITED) throw thrown
      if (heldForMs > SHORT_MS || tries === MOST_TRIES) throw new HeldError(heldForMs)
    }
  }
}

const askedHoldMs = ({ retryAfterSeconds }: ApiError): number =>
  retryAfterSeconds === null ? USUAL_HOLD_MS : retryAfterSeconds * 1000

/** What a restart must know: when each block of turns was begun, and until when Tribe wants to be left alone. */
export interface WindowNote {
  begun: number[]
  heldUntil: number
}

export interface WindowGiven {
  perMinute: number
  now: () => number
  /** Read with each call, written with each block; throws once another object has taken our place. */
  note: { get(): WindowNote | null; set(note: WindowNote): void }
  /** Calls `run` after so many milliseconds. */
  after?: (ms: number, run: () => void) => void
}

/** The calls of one application to one Tribe within the last minute, and those that wait to be the next. */
export class TribeWindow implements TribeBudget {
  /** When the calls of the last minute left, the oldest first. */
  private readonly left: number[] = []
  private readonly begun: number[]
  private heldUntil: number
  /** Turns of the block under way that are not used yet. */
  private spare = 0
  private readonly waiting: Readonly<Record<Lane, Waiter[]>> = { push: [], bulk: [] }
  /** When somebody looks again; infinite when nobody does. */
  private wakesAt = Number.POSITIVE_INFINITY

  constructor(private readonly given: WindowGiven) {
    const { begun, heldUntil } = given.note.get() ?? { begun: [], heldUntil: 0 }
    this.heldUntil = heldUntil
    this.begun = [...begun]
    // The calls of a block left before the next was begun; those of the last one, just now.
    for (const [index] of begun.entries()) {
      const endedAt = begun[index + 1] ?? given.now()
      this.left.push(...Array<number>(this.blockSize).fill(endedAt))
    }
    this.forget(given.now())
  }

  get heldForMs(): number {
    return Math.max(0, this.heldUntil - this.given.now())
  }

  /** Calls of the last minute, as far as they are known. */
  get used(): number {
    this.forget(this.given.now())
    return this.left.length
  }

  get isPaced(): boolean {
    const now = this.given.now()
    this.forget(now)
    return this.left.length + FEW >= this.size - this.keptForPushes(now) || this.heldUntil > now
  }

  private get size(): number {
    return Math.max(1, Math.floor(this.given.perMinute * SHARE_OF_TRIBE))
  }

  turn(lane: Lane): Promise<void> {
    if (this.heldForMs > SHORT_MS) return Promise.reject(new HeldError(this.heldForMs))
    return new Promise((go, refuse) => {
      this.waiting[lane].push({ go, refuse })
      this.serve()
    })
  }

  async hold(ms: number): Promise<void> {
    this.heldUntil = Math.max(this.heldUntil, this.given.now() + ms)
    this.keepNote()
    if (this.heldForMs > SHORT_MS) this.refuseAll(new HeldError(this.heldForMs))
  }

  private refuseAll(why: unknown): void {
    for (const line of [this.waiting.push, this.waiting.bulk])
      for (const { refuse } of line.splice(0)) refuse(why)
  }

  private serve(): void {
    for (;;) {
      const lane = this.waiting.push.length > 0 ? 'push' : 'bulk'
      const [first] = this.waiting[lane]
      if (!first) return
      const waitMs = this.waitMs(lane)
      if (waitMs > 0) {
        this.wakeIn(waitMs)
        return
      }
      this.waiting[lane].shift()
      try {
        this.count()
      } catch (thrown) {
        first.refuse(thrown)
        this.refuseAll(thrown)
        return
      }
      first.go()
    }
  }

  private waitMs(lane: Lane): number {
    const now = this.given.now()
    this.forget(now)
    if (this.heldUntil > now) return this.heldUntil - now
    const { left, size } = this
    if (left.length < size - (lane === 'bulk' ? this.keptForPushes(now) : 0)) return 0
    const firstLeaves = (left[0] ?? now) + WINDOW_MS - now
    if (lane === 'push') return Math.max(1, firstLeaves)
    // What is kept shrinks as time passes, by one in so many milliseconds.
    return Math.max(1, Math.min(firstLeaves, Math.ceil(WINDOW_MS / (size * KEPT_FOR_PUSHES))))
  }

  private keptForPushes(now: number): number {
    const [oldest] = this.left
    const untilFreeMs = oldest === undefined ? WINDOW_MS : oldest + WINDOW_MS - now
    return Math.floor(this.size * KEPT_FOR_PUSHES * (untilFreeMs / WINDOW_MS))
  }

  private count(): void {
    const now = this.given.now()
    // Whoever took our place may know of a hold that we do not: then the storage refuses us.
    this.given.note.get()
    if (this.spare === 0) {
      this.spare = this.blockSize
      this.begun.push(now)
      this.keepNote()
    }
    this.spare--
    this.left.push(now)
  }

  private get blockSize(): number {
    return Math.max(1, Math.ceil(this.size / BLOCKS))
  }

  private keepNote(): void {
    const { begun, heldUntil } = this
    // A block counts until the one after it has left the window.
    while (begun.length > 1 && (begun[1] ?? 0) <= this.given.now() - WINDOW_MS) begun.shift()
    this.given.note.set({ begun: [...begun], heldUntil })
  }

  private forget(now: number): void {
    const kept = this.left.findIndex((at) => at > now - WINDOW_MS)
    this.left.splice(0, kept === -1 ? this.left.length : kept)
  }

  private wakeIn(ms: number): void {
    const at = this.given.now() + ms
    if (this.wakesAt <= at && this.wakesAt > this.given.now()) return
    this.wakesAt = at
    const { after = (delay: number, run: () => void) => void setTimeout(run, delay) } = this.given
    after(ms, () => {
      if (this.wakesAt === at) this.wakesAt = Number.POSITIVE_INFINITY
      this.serve()
    })
  }
}

interface Waiter {
  go: () => void
  refuse: (why: unknown) => void
}

/** What is asked of a window that the object of one tenant keeps. */
export type Asked = { turn: Lane } | { hold: number }

/** A window that a tenant's object keeps, asked from elsewhere; our own is told of holds, so that our runs rest. */
export const sharedWindow = (
  keeper: { askTribeWindow(asked: Asked): Promise<number> },
  own: TribeBudget,
): TribeBudget => ({
  get isPaced() {
    return own.isPaced
  },
  async turn(lane) {
    await own.turn(lane)
    const heldForMs = await keeper.askTribeWindow({ turn: lane })
    if (heldForMs === 0) return
    await own.hold(heldForMs)
    throw new HeldError(heldForMs)
  },
  async hold(ms) {
    await Promise.all([own.hold(ms), keeper.askTribeWindow({ hold: ms })])
  },
})
