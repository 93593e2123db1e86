import type { Hono } from 'hono'
import { DROP, type Faults } from '../fakes/kit'
import type { Passage } from '../platform/d1'
import type { SimulatedClock } from './clock'
import type { Life } from './life'
import type { Mishap, Weather } from './weather'

/** How long the relay waits for an answer. */
export const TIMEOUT_MS = 5000
/** How long after that a call that was given up may still take effect. */
const LATEST_MS = 1500

export interface Write {
  at: number
  system: 'tribe' | 'powerOffice'
  method: string
  path: string
  body: string
}

export interface Surroundings {
  clock: SimulatedClock
  weather: Weather
  tell(line: string): void
  /** Told of each write that took effect. */
  onWrite(write: Write): void
  /** A call is about to arrive: what happens now happens between two calls of one look. */
  onCall(path: string): void
}

interface Side {
  system: Write['system']
  app: Hono
  faults: Faults
}

const NO_EFFECT: ReadonlySet<Mishap> = new Set([
  ...(['rate-limited', 'rate-limited-bare', 'unavailable', 'error-before', 'lost-before'] as const),
  ...(['html', 'redirect', 'unauthorized', 'crash-before'] as const),
])
const OURS: ReadonlySet<Mishap> = new Set(['slow', 'late', 'crash-before', 'crash-after'])

/** The way from one life of the relay to one of the fakes, with all that may happen on it. */
export function networkTo(
  { system, app, faults }: Side,
  life: Life,
  { clock, weather, tell, onWrite, onCall }: Surroundings,
): typeof fetch {
  const travel = async (input: string, init: RequestInit): Promise<Response> => {
    const mishap = weather.ofCall()
    const method = init.method ?? 'GET'
    const { pathname, search } = new URL(input)
    const about = `${system} ${method} ${decodeURIComponent(pathname + shortened(search))} ${init.body ?? ''}`
    // The signal stays here: the time that it measures is not the time of this run.
    const { signal: _, ...rest } = init
    const deliver = async () => {
      const kit = mishap !== null && !OURS.has(mishap)
      const line = `${method} ${pathname}${search}`
      if (kit) faults.add({ name: mishap as never, on: { test: (text: string) => text === line } as RegExp })
      const answer = await app.fetch(new Request(input, rest))
      const isWrite = method !== 'GET' && !/token$|webhooks$/i.test(pathname)
      const isRefused = !kit && answer.status >= 400
      if (isWrite && !isRefused && !(mishap && NO_EFFECT.has(mishap)))
        onWrite({ at: clock.now(), system, method, path: pathname, body: String(init.body ?? '') })
      return answer
    }
    clock.advance(weather.latencyMs())
    if (life.isOver) return life.silence()
    if (mishap === 'crash-before') {
      tell(`   CRASH before ${about}`)
      life.end()
      return life.silence()
    }
    if (mishap === 'late') {
      tell(`   late: ${about}`)
      clock.after(TIMEOUT_MS + (weather.latencyMs() * LATEST_MS) / 150, () => {
        weather.hasLate = true
        life.land(deliver())
      })
      clock.advance(TIMEOUT_MS)
      throw timeout()
    }
    await life.landed()
    onCall(pathname)
    const answer = await life.track(deliver())
    tell(`   ${about} → ${answer.status}${mishap ? ` [${mishap}]` : ''}`)
    if (mishap === 'crash-after') {
      tell(`   CRASH after that`)
      life.end()
    }
    clock.advance(mishap === 'slow' ? TIMEOUT_MS : weather.latencyMs())
    if (life.isOver) return life.silence()
    if (mishap === 'slow') throw timeout()
    if (answer.headers.has(DROP)) throw new TypeError('fetch failed')
    return answer
  }
  return ((input: string, init: RequestInit = {}) =>
    life.isOver ? life.silence() : travel(input, init)) as typeof fetch
}

/** Without the lists of fields. */
const shortened = (search: string) =>
  search.replace(/[?&]\$?(select|expand|orderby|top|OrderBy|PageSize)=[^&]*/g, '')

const timeout = () => new DOMException('The operation was aborted due to timeout', 'TimeoutError')

/** The way to D1. */
export function passageTo(life: Life, { clock, weather, tell }: Surroundings): Passage {
  return async (query, run) => {
    if (life.isOver) return life.silence()
    const mishap = weather.ofQuery()
    clock.advance(weather.latencyMs() / 20)
    if (life.isOver) return life.silence()
    if (mishap) tell(`   D1 ${mishap}: ${query.slice(0, 30)}`)
    if (mishap === 'fails') throw new Error('D1_ERROR: Network connection lost')
    if (mishap === 'crash-before') life.end()
    else {
      const result = run()
      if (mishap === 'fails-after') throw new Error('D1_ERROR: storage operation exceeded timeout')
      if (mishap !== 'crash-after') return result
      life.end()
    }
    return life.silence()
  }
}
