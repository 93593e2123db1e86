import type { Hono } from 'hono'
import { DROP, type Faults, LATE } from '../fakes/kit'
import type { Dice } from './dice'
import { heardIn, Life } from './life'
import type { Timeline } from './timeline'
import { asFault, isWithoutEffect, type Mishap, REPLACED_MS, type Weather } from './weather'

/** Who answers at an address. */
export type Answers = (request: Request) => Response | Promise<Response>

export interface Host {
  answer: Answers
  /** What can go wrong over there. A host without them has no weather on the way to it. */
  faults?: Faults
  /** Told of an answer that nobody hears who could note it: its caller was cut off, or replaced, meanwhile. */
  unheard?(answeredAt: number): void
}

export interface Call {
  at: number
  host: string
  method: string
  path: string
  body: string
  /** As the caller is told it; 0 when its answer is lost. */
  status: number
  mishap: Mishap | null
  /** The other side has carried it out. */
  hasEffect: boolean
  /** Its caller was cut off while it was under way. */
  isOrphan: boolean
}

interface NetworkGiven {
  timeline: Timeline
  dice: Dice
  hosts: Readonly<Record<string, Host>>
  weather(): Weather
  /** A call of an object's arrives this moment: what happens now happens between two of its calls. */
  onArrival(path: string, call: string): void
  onCall(call: Call): void
  tell(line: string): void
}

/** How long after it was given up a call may still take effect. */
const LATEST_MS = 1500
/** How long a call that nobody waits for any more is on its way: no longer than until it would have been given up. */
const CUT_OFF_MS = 29_000

/**
 * `fetch` between the Worker and the two systems. A call takes a while there and back; one that is given up,
 * or whose caller's life is over, may take effect all the same. Calls that leave in turn arrive nearly so: the
 * gate's margin is meant for that (`turns.ts`).
 */
export function networkOf(given: NetworkGiven): typeof fetch {
  const { timeline, dice, hosts } = given

  const journey = async (url: string, init: RequestInit, givenUp: Promise<unknown>): Promise<Response> => {
    const { host, pathname, search } = new URL(url)
    const at = hosts[host]
    if (!at) throw new TypeError(`fetch failed: nobody answers at ${host}`)
    const life = Life.now()
    const mishap = life && at.faults ? given.weather().ofCall() : null
    const method = init.method ?? 'GET'
    const about = `${host} ${method} ${pathname}`
    await timeline.sleep(dice.between(20, 80))
    if (mishap === 'crash-before') return crash(`before ${about}`)
    if (mishap === 'late') {
      await givenUp
      await timeline.sleep(dice.between(0, LATEST_MS))
    } else if (mishap === 'cut-off') {
      void crash(`under way to ${about}`)
      await timeline.sleep(CUT_OFF_MS + dice.between(0, LATEST_MS))
    } else if (life && at.faults)
      given.onArrival(pathname, `${method} ${decodeURIComponent(pathname + search)}`)
    const fault = mishap && asFault(mishap)
    if (fault) {
      const line = `${method} ${pathname}${search}`
      at.faults?.add({ name: fault, on: { test: (text: string) => text === line } as RegExp })
    }
    const arrivedAt = timeline.now()
    // Over there a write ends when its caller hangs up; whether who reads still waits is nobody's concern.
    const request = new Request(url, method === 'GET' ? { ...init, signal: null } : init)
    if (mishap === 'late' || mishap === 'cut-off') request.headers.set(LATE, 'yes')
    const answer = await Life.outside(() => at.answer(request))
    const isLost = answer.headers.has(DROP)
    const isRefused = !fault && answer.status >= 400
    given.onCall({
      at: arrivedAt,
      host,
      method,
      path: decodeURIComponent(pathname + search),
      body: typeof init.body === 'string' ? init.body : '',
      status: isLost ? 0 : answer.status,
      mishap,
      hasEffect: !isRefused && !(mishap && isWithoutEffect(mishap)),
      isOrphan: life?.isOver ?? false,
    })
    if (mishap === 'crash-after') return crash(`after ${about}`)
    if (mishap === 'slow') await givenUp
    if (mishap === 'replaced') {
      life?.replace()
      await timeline.sleep(REPLACED_MS)
    }
    await timeline.sleep(dice.between(10, 150))
    if (life && !life.isCurrent) at.unheard?.(arrivedAt)
    if (isLost) throw new TypeError('fetch failed')
    return answer
  }

  /** The code that called is gone; nobody hears of this call any more. */
  const crash = (when: string): Promise<never> => {
    given.tell(`   CRASH ${when}`)
    Life.now()?.end()
    return new Promise(() => undefined)
  }

  return ((url: string, init: RequestInit = {}) => {
    // Code that was cut off sends nothing more.
    if (Life.now()?.isOver) return new Promise(() => undefined)
    const { signal } = init
    let giveUp: () => void = () => undefined
    const givenUp = new Promise<void>((resolve) => {
      giveUp = resolve
    })
    const refused = new Promise<never>((_, reject) =>
      signal?.addEventListener('abort', () => {
        giveUp()
        reject(signal.reason)
      }),
    )
    const work = journey(url, init, givenUp).finally(() => signal && timeline.forget(signal))
    return heardIn(Life.now(), Promise.race([work, refused]))
  }) as typeof fetch
}

export const appAt =
  (app: Hono): Answers =>
  (request) =>
    app.fetch(request)
