import type { Timeline } from './timeline'

interface Waiter {
  deadline: number
  giveUp(why: Error): void
}

/** How often real work that no clock knows of (a module that is loaded) may need another moment. */
const PATIENCE = 2000

/**
 * Lets time pass as long as somebody waits, and not a moment longer. Several may wait at once, as with real time;
 * whoever waits for what never comes is told so, at the latest when nothing is left to happen.
 */
export class Driver {
  private readonly waiters = new Set<Waiter>()
  private isDriving = false
  constructor(private readonly timeline: Timeline) {}

  waitFor<T>(work: Promise<T>, withinMs = 4 * 3_600_000): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const waiter: Waiter = { deadline: this.timeline.now() + withinMs, giveUp: reject }
      this.waiters.add(waiter)
      const done = () => this.waiters.delete(waiter)
      work.finally(done).then(resolve, reject)
      if (!this.isDriving) void this.drive()
    })
  }

  sleep(ms: number): Promise<void> {
    return this.waitFor(this.timeline.sleep(ms), ms + 1)
  }

  private async drive(): Promise<void> {
    this.isDriving = true
    let idle = 0
    while (this.waiters.size > 0) {
      idle = (await this.timeline.step(() => this.waiters.size > 0)) ? 0 : idle + 1
      const now = this.timeline.now()
      for (const waiter of this.waiters) {
        if (idle < PATIENCE && now <= waiter.deadline) continue
        this.waiters.delete(waiter)
        waiter.giveUp(
          new Error(idle < PATIENCE ? 'it takes too long' : 'it never comes: nothing is left to happen'),
        )
      }
    }
    this.isDriving = false
  }
}
