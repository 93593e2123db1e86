import type { Hono } from 'hono'
import { DROP } from '../fakes/kit'
import type { Dice } from './dice'
import { heardIn, Life } from './life'
import type { Timeline } from './timeline'

/** Who answers at an address. */
export type Answers = (request: Request) => Response | Promise<Response>

export interface Call {
  at: number
  host: string
  method: string
  path: string
  status: number
}

interface NetworkGiven {
  timeline: Timeline
  dice: Dice
  /** By host. */
  hosts: Readonly<Record<string, Answers>>
  onCall(call: Call): void
}

/**
 * `fetch` between the Worker and the two systems. A call takes a while there and back; one that is given up,
 * or whose caller's life is over, may take effect all the same. Calls that leave in turn arrive nearly so: the
 * gate's margin is meant for that (`turns.ts`).
 */
export function networkOf({ timeline, dice, hosts, onCall }: NetworkGiven): typeof fetch {
  const journey = async (url: string, init: RequestInit): Promise<Response> => {
    const { host, pathname, search } = new URL(url)
    const answers = hosts[host]
    if (!answers) throw new TypeError(`fetch failed: nobody answers at ${host}`)
    await timeline.sleep(dice.between(20, 80))
    const at = timeline.now()
    const answer = await Life.outside(() => answers(new Request(url, init)))
    const isLost = answer.headers.has(DROP)
    onCall({
      ...{ at, host, method: init.method ?? 'GET', path: decodeURIComponent(pathname + search) },
      status: isLost ? 0 : answer.status,
    })
    await timeline.sleep(dice.between(10, 150))
    if (isLost) throw new TypeError('fetch failed')
    return answer
  }
  return ((url: string, init: RequestInit = {}) => {
    const { signal } = init
    const givenUp = new Promise<never>((_, reject) =>
      signal?.addEventListener('abort', () => reject(signal.reason)),
    )
    return heardIn(Life.now(), Promise.race([journey(url, init), givenUp]))
  }) as typeof fetch
}

export const appAt =
  (app: Hono): Answers =>
  (request) =>
    app.fetch(request)
