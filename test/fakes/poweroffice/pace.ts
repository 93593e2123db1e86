/** What keeps callers slow: the gateway's requests per second, and one write at a time for a client. */

const WINDOW_MS = 1000

/** No stretch of one second lets more than `limit` requests through, whoever sends them. */
export class SlidingWindow {
  private times: number[] = []
  constructor(private readonly limit: number) {}

  admits(now: number): boolean {
    this.times = this.times.filter((at) => now - at < WINDOW_MS)
    if (this.times.length >= this.limit) return false
    this.times.push(now)
    return true
  }
}

/** The writes that are under way, by client key. */
export class WritesUnderWay {
  private readonly counts = new Map<string, number>()

  /** Notes the start of a write; `isAlone` is false when another one of that client is under way. */
  start(clientKey: string): { isAlone: boolean; end: () => void } {
    const before = this.counts.get(clientKey) ?? 0
    this.counts.set(clientKey, before + 1)
    let isOver = false
    const end = () => {
      if (isOver) return
      isOver = true
      this.counts.set(clientKey, (this.counts.get(clientKey) ?? 1) - 1)
    }
    return { isAlone: before === 0, end }
  }
}
