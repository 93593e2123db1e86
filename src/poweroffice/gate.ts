import { createDurable } from 'itty-durable/itty-durable'
import { proxyDurable } from 'itty-durable/proxy-durable'
import { SyncError } from '../shared/errors'
import { type GateUse, LATEST_MS, type Lane, latestAfter, type Turn, Turns } from './turns'

/** What a restart must know of the gate before it. */
interface StoredTurns {
  /** Turns may have been given out until then. */
  busyUntil: number
  /** PowerOffice wanted to be left alone until then, and for how long in all: clocks of two machines may differ. */
  heldUntil: number
  heldForMs: number
  /** How late a turn may be used that was given out. A note of an older version has none. */
  reachMs?: number
}
const STORED_KEY = 'kept'
/** So much later than the last turn is noted, and not more often than the difference: a busy gate writes every five seconds. */
const NOTED_MS = 8000
const NOTED_ANEW_MS = 3000
/** What a note that does not say stands for. */
const USUAL_REACH_MS = 4 * LATEST_MS

/**
 * One for each subscription key: the budget of requests that all tenants share (DESIGN.md §2.1, §2.2). It gives turns,
 * not answers, from memory; stored is only what keeps a restart from giving the same second out again. Its
 * methods are synchronous, so itty-durable's interleaving at awaits cannot part a question from its answer.
 */
export class PowerOfficeGate extends createDurable({ autoPersist: false }) {
  private turns: Turns | null = null
  private kept: StoredTurns = { busyUntil: 0, heldUntil: 0, heldForMs: 0 }

  /** itty-durable calls it before the first question. */
  override async onLoad(): Promise<void> {
    const kept = await this.storage.get<StoredTurns>(STORED_KEY)
    if (kept && this.turns === null) this.kept = kept
  }

  /** The limit comes along with each question: while a new one is rolled out, both are asked for. */
  take(lane: Lane, caller: string, perSecond: number, latestMs = LATEST_MS): Turn {
    const now = Date.now()
    const turns = this.of(perSecond, now)
    const turn = turns.take({ lane, caller, tenant: tenantIn(caller), latestMs }, now, perSecond)
    const overAt = now + turn.waitMs + latestMs
    const { busyUntil, reachMs = 0 } = this.kept
    // A restart has to wait for the caller that may be latest.
    if (turn.granted && (overAt + NOTED_ANEW_MS > busyUntil || latestMs > reachMs))
      this.keep({
        ...this.kept,
        busyUntil: Math.max(busyUntil, overAt + NOTED_MS),
        reachMs: turns.reachMs(now),
      })
    return turn
  }

  hold(ms: number, perSecond: number): { held: true } {
    const now = Date.now()
    this.of(perSecond, now).hold(ms, now)
    if (now + ms > this.kept.heldUntil) this.keep({ ...this.kept, heldUntil: now + ms, heldForMs: ms })
    return { held: true }
  }

  use(perSecond: number): GateUse {
    const now = Date.now()
    return this.of(perSecond, now).use(now)
  }

  private of(perSecond: number, now: number): Turns {
    if (this.turns === null) {
      const { busyUntil, reachMs = USUAL_REACH_MS } = this.kept
      this.turns = new Turns(perSecond, now, now < busyUntil ? { reachMs } : null)
      this.turns.hold(Math.min(this.kept.heldUntil - now, this.kept.heldForMs), now)
    }
    return this.turns
  }

  /** The platform lets no answer out before it is stored. */
  private keep(kept: StoredTurns): void {
    this.kept = kept
    void this.storage.put(STORED_KEY, kept)
  }

  private get storage(): DurableObjectStorage {
    return (this.state as DurableObjectState).storage
  }
}

/** A push names its tenant before a slash; what an older version sends is a tenant by itself. */
const tenantIn = (caller: string): string => caller.split('/', 1)[0] ?? caller

interface GateStub {
  take(lane: Lane, caller: string, perSecond: number, latestMs: number): Promise<Turn>
  hold(ms: number, perSecond: number): Promise<unknown>
  use(perSecond: number): Promise<GateUse>
}

/** Where a call to PowerOffice waits for its turn. */
export interface Gate {
  /** Resolves when a call may leave at once. */
  turn(): Promise<void>
  /** After a 429: empties the budget for all tenants. */
  hold(ms: number): Promise<void>
}

/** How far away the gate is: somebody far would never be in time otherwise, and who is near leaves more to others. */
export interface Reach {
  latestMs: number
}
export const newReach = (): Reach => ({ latestMs: LATEST_MS })

export interface GateOptions {
  namespace: DurableObjectNamespace<PowerOfficeGate & Rpc.DurableObjectBranded>
  /** Names the subscription key without telling it. */
  name: string
  perSecond: number
  tenantId: string
  lane: Lane
  /** Kept for as long as the caller lives, if it does longer than the gate that is created here. */
  reach?: Reach
  now?: () => number
  sleep?: (ms: number) => Promise<void>
}

/** A gate that is just being restarted answers a moment later. */
const TRIES = 4

export function createGate({
  namespace,
  name,
  perSecond,
  tenantId,
  lane,
  reach = newReach(),
  now = Date.now,
  sleep = (ms) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
}: GateOptions): Gate {
  async function ask<T>(question: (stub: GateStub) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        // Never await or return the proxy itself: it answers to `then`.
        return await question(proxyDurable(namespace, { parse: true }).get(name))
      } catch {
        if (tries === TRIES)
          throw new SyncError('relay.gate_unavailable', 'time', "The relay's own gate did not answer")
        await sleep(100 * 2 ** tries)
      }
    }
  }
  return {
    async turn() {
      const caller = lane === 'bulk' ? tenantId : `${tenantId}/${crypto.randomUUID()}`
      for (;;) {
        let askedAt = 0
        const { granted, waitMs } = await ask((stub) => {
          askedAt = now()
          return stub.take(lane, caller, perSecond, reach.latestMs)
        })
        if (waitMs > 0) await sleep(waitMs)
        if (!granted) continue
        const lateMs = now() - askedAt - waitMs
        const isInTime = lateMs <= reach.latestMs
        reach.latestMs = latestAfter(lateMs, reach.latestMs)
        if (isInTime) return
      }
    },
    async hold(ms) {
      await ask((stub) => stub.hold(ms, perSecond))
    },
  }
}

/** How much of the budget is used, by all tenants. */
export const gateUse = ({
  namespace,
  name,
  perSecond,
}: Omit<GateOptions, 'tenantId' | 'lane'>): Promise<GateUse> => {
  const stub: GateStub = proxyDurable(namespace, { parse: true }).get(name)
  return stub.use(perSecond)
}
