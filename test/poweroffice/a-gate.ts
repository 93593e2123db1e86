import type { Env } from '../../src/env'
import { PowerOfficeGate } from '../../src/poweroffice/gate'

export type AGate = InstanceType<typeof PowerOfficeGate>

/** What an object of the platform stores, and how often it did. */
export function aStorage() {
  const kept = new Map<string, unknown>()
  return {
    puts: 0,
    get: async (name: string) => structuredClone(kept.get(name)),
    async put(name: string, value: unknown) {
      this.puts++
      kept.set(name, structuredClone(value))
    },
  }
}

/** The object as the platform makes it. */
export function gateIn(storage = aStorage()): AGate {
  const state = {
    id: { toString: () => 'gate' },
    storage,
    blockConcurrencyWhile: (run: () => unknown) => run(),
  }
  return Reflect.construct(PowerOfficeGate, [state, {}]) as AGate
}

export interface Way {
  /** Each way. */
  delayMs: () => number
  sleep?: (ms: number) => Promise<void>
  /** Throws what befalls a question on its way. */
  mishap?: () => void
}

const onATimer = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** The namespace through which Workers ask: each question goes by way of itty-durable, there and back. */
export function gatesBehind(
  gate: AGate | (() => AGate),
  { delayMs, sleep = onATimer, mishap = () => undefined }: Way,
): Env['POWEROFFICE_GATE'] {
  const stub = {
    async fetch(request: Request) {
      await sleep(delayMs())
      mishap()
      const answer = await (typeof gate === 'function' ? gate() : gate).fetch(request)
      await sleep(delayMs())
      return answer
    },
  }
  return { idFromName: (name: string) => name, get: () => stub } as unknown as Env['POWEROFFICE_GATE']
}
