import { asSyncError } from '../shared/errors'
import type { SyncContext } from '../sync-step'
import { subjectOf } from './drain'
import { tribeChangedTogether } from './handlers'
import type { Jobs } from './jobs'
import { newTrace, type Trace } from './trace'

/** So many pushes due at once are no longer somebody's single edits. */
export const BURST = 12
/** Events that are taken at once: one query of D1 for each kind of record among them. */
const MOST_TOGETHER = 100

interface Of {
  jobs: Pick<Jobs, 'hasMorePushesThan' | 'newest' | 'eventsBehind' | 'drop'>
  contextFor: (used: Trace) => Promise<SyncContext>
  now: () => number
  mayGoOn: () => boolean
  /** So many events needed no run of their own. */
  onTaken: (settled: number, used: Trace, ms: number) => void
  report: (what: string, thrown: unknown) => void
}

/**
 * In a burst, takes the events behind a number together and drops those that need no run of their own (DESIGN.md §1.16).
 * Gives the number up to which events were taken, what is left of which has to be run; null when there is no burst.
 */
export const burstsIn =
  (of: Of) =>
  async (behind: number | null): Promise<number | null> => {
    const { jobs, now, mayGoOn } = of
    if (!jobs.hasMorePushesThan(BURST, now())) return null
    for (let taken = behind ?? 0; ; ) {
      const newest = jobs.newest()
      const events = jobs.eventsBehind(taken, MOST_TOGETHER, now())
      if (events.length > 0) await takeTogether(of, events)
      if (events.length < MOST_TOGETHER || !mayGoOn()) return newest
      taken = Math.max(...events.map(({ id }) => Number(id)))
    }
  }

async function takeTogether(
  { jobs, contextFor, now, onTaken, report }: Of,
  events: ReturnType<Jobs['eventsBehind']>,
) {
  const used = newTrace()
  const begunAt = now()
  let settled = 0
  try {
    await tribeChangedTogether(await contextFor(used), events.map(subjectOf), (ids) => {
      const done = events.filter(({ subject }) => ids.has(subject))
      if (done.length > 0) jobs.drop(done)
      settled += done.length
    })
  } catch (thrown) {
    // Each of them has a run of its own, which tells what keeps it from being done.
    if (asSyncError(thrown).code === 'relay.unexpected') report('events-together', thrown)
  }
  if (settled > 0) onTaken(settled, used, now() - begunAt)
}
