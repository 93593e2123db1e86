import { BURST } from './burst'
import type { Jobs } from './jobs'

/** A stream of events has paused when none came for so long. */
const PAUSE_MS = 250
/** So long after the first that waits, those that came are worked off, though more of them keep coming. */
const LONGEST_MS = 2000

/**
 * Events that keep coming in a burst: the object has one thread, so they are stored first, and the run that works them
 * off waits until they pause (DESIGN.md §1.16). A lone event waits for nothing, and nothing waits for events but events.
 */
export function streamOf({
  jobs,
  now,
}: {
  jobs: Pick<Jobs, 'hasMorePushesThan' | 'othersDueAt'>
  now: () => number
}) {
  /** Of the events that came since a run began. */
  let came = { count: 0, firstAt: 0, lastAt: 0 }
  /** The last run took a burst together: what comes right after it is more of that. */
  let isBurst = false
  /** Something else than events is to be begun. */
  let isHurried = false
  /** How long the wait that is under way lasts at most. */
  let waitsUntil = 0
  let goOn: () => void = () => undefined
  const waitUntil = async (at: () => number): Promise<void> => {
    while (!isHurried) {
      const waitMs = at() - now()
      if (waitMs <= 0) break
      await new Promise<void>((resolve) => {
        goOn = resolve
        setTimeout(resolve, waitMs)
      })
    }
    waitsUntil = 0
  }

  return {
    note(count: number): void {
      const at = now()
      came = { count: came.count + count, firstAt: came.count === 0 ? at : came.firstAt, lastAt: at }
    },

    /** Whatever waits goes on now. */
    hurry(): void {
      isHurried = true
      goOn()
    },

    /** A run begins: it takes all that there is. */
    begin(): void {
      came = { count: 0, firstAt: 0, lastAt: 0 }
      isHurried = false
    },

    /** A run has ended; in a burst, or not. */
    end(wasBurst: boolean): void {
      isBurst = wasBurst
    },

    /** True while a run waits for the pause: it need not be woken. */
    isAwaited: (): boolean => waitsUntil > now(),

    async pause(): Promise<void> {
      // A lone event is told by memory alone.
      if (isHurried || came.count === 0 || (came.count <= BURST && !isBurst)) return
      if (!isBurst && !jobs.hasMorePushesThan(BURST, now())) return
      waitsUntil = Math.min(came.firstAt + LONGEST_MS, jobs.othersDueAt() ?? Number.POSITIVE_INFINITY)
      await waitUntil(() => Math.min(came.lastAt + PAUSE_MS, waitsUntil))
    },

    /** Nothing would be done before then, unless it is something else than events. */
    async rest(until: number): Promise<void> {
      waitsUntil = until
      await waitUntil(() => until)
    },
  }
}
