import type { TribeOptions } from './options'

const WINDOW_MS = 60_000
/** Calls that were on their way when the 429 was answered are nobody's fault. */
const UNDER_WAY_MS = 1500

export interface Limited {
  headers: Record<string, string>
}

/**
 * So many calls in any minute, of one application in one environment; tokens count, and so do the calls that are
 * refused. Whoever calls on while it was asked to wait is noted.
 */
export class Pace {
  private arrivals: number[] = []
  private isShared = false
  private holds: { from: number; until: number }[] = []

  constructor(
    private readonly options: () => Pick<TribeOptions, 'requestsPerMinute' | 'limitStyle'>,
    private readonly now: () => number,
    private readonly violate: (line: string) => void,
  ) {}

  /** Takes a call; what it is answered when it is one too many. One that was held up on its way left long before. */
  take(what: string, { isLate = false } = {}): Limited | null {
    const now = this.now()
    const { requestsPerMinute, limitStyle } = this.options()
    this.holds = this.holds.filter(({ until }) => until > now)
    const until = Math.max(
      0,
      ...this.holds.flatMap((hold) => (now > hold.from + UNDER_WAY_MS ? hold.until : [])),
    )
    if (until > now && !isLate)
      this.violate(`${what} within a hold, ${Math.ceil((until - now) / 1000)} s before its end`)
    this.arrivals = this.arrivals.filter((at) => at > now - WINDOW_MS)
    this.arrivals.push(now)
    if (this.arrivals.length <= requestsPerMinute) return null
    // When another integration has used it up, the relay cannot know.
    if (!this.isShared)
      this.violate(`${what} is call ${this.arrivals.length} of a minute that allows ${requestsPerMinute}`)
    return { headers: retryAfter(limitStyle, now) }
  }

  /** A 429 was answered, for whatever reason: nothing may come until the time that it names. */
  answered(headers: Headers): void {
    const now = this.now()
    const value = headers.get('retry-after')
    const msOf = (named: string) => (/^\d+$/.test(named) ? Number(named) * 1000 : Date.parse(named) - now)
    const ms = value === null ? WINDOW_MS : msOf(value)
    this.holds.push({ from: now, until: now + ms })
  }

  /** Whoever was told so at that moment is gone, and nobody knows of it. */
  unheard(answeredAt: number): void {
    this.holds = this.holds.filter(({ from }) => from !== answeredAt)
  }

  /** Another integration of the same application has used it up, all at this moment. */
  useUp(): void {
    const now = this.now()
    this.isShared = true
    this.arrivals.push(...Array<number>(this.options().requestsPerMinute).fill(now))
  }

  /** Calls of the last minute. */
  get used(): number {
    return this.arrivals.filter((at) => at > this.now() - WINDOW_MS).length
  }
}

function retryAfter(style: TribeOptions['limitStyle'], now: number): Record<string, string> {
  if (style === 'none') return {}
  return { 'retry-after': style === 'seconds' ? '60' : new Date(now + WINDOW_MS).toUTCString() }
}
