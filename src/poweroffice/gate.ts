import { createDurable } from 'itty-durable/itty-durable'
import { proxyDurable } from 'itty-durable/proxy-durable'
import type { Env } from '../env'
import { type GateUse, LATEST_MS, type Lane, type Turn, Turns } from './turns'

/**
 * One for each subscription key: the budget of requests that all tenants share (design 5, 6). It lives in
 * memory only and gives turns, not answers. Its methods are synchronous, so itty-durable's interleaving
 * at awaits cannot part a question from its answer.
 */
export class PowerOfficeGate extends createDurable({ autoPersist: false }) {
  private turns: Turns | null = null

  /** The limit comes along with each question: while a new one is rolled out, both are asked for. */
  take(lane: Lane, tenantId: string, perSecond: number): Turn {
    return this.of(perSecond).take(lane, tenantId, Date.now(), perSecond)
  }

  hold(ms: number, perSecond: number): { held: true } {
    this.of(perSecond).hold(ms, Date.now())
    return { held: true }
  }

  use(perSecond: number): GateUse {
    return this.of(perSecond).use(Date.now())
  }

  private of(perSecond: number): Turns {
    this.turns ??= new Turns(perSecond, Date.now())
    return this.turns
  }
}

interface GateStub {
  take(lane: Lane, tenantId: string, perSecond: number): Promise<Turn>
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

export interface GateOptions {
  namespace: Env['POWEROFFICE_GATE']
  /** Names the subscription key without telling it. */
  name: string
  perSecond: number
  tenantId: string
  lane: Lane
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

export function createGate({ namespace, name, perSecond, tenantId, lane }: GateOptions): Gate {
  // Never await or return the proxy itself: it answers to `then`.
  const stub = (): GateStub => proxyDurable(namespace, { parse: true }).get(name)
  return {
    async turn() {
      for (;;) {
        const askedAt = Date.now()
        const { granted, waitMs } = await stub().take(lane, tenantId, perSecond)
        if (waitMs > 0) await sleep(waitMs)
        if (granted && Date.now() - askedAt - waitMs <= LATEST_MS) return
      }
    },
    async hold(ms) {
      await stub().hold(ms, perSecond)
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
