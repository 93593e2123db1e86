import type { Database } from '../db/database'
import { type Hour, hoursIn } from '../db/hours'
import type { LinkState } from '../db/links'
import type { TimelineEntry } from '../db/timeline'
import type { FactOf } from '../facts'
import { NO_SPANS, sumOfSpans, withSpan } from '../shared/spans'
import type { Facts } from '../sync-step'

/** What was counted within an hour. */
export type Counted = Omit<Hour, 'tenantId'>
type Sort = 'events' | 'writes' | 'problems' | 'tribe' | 'powerOffice'

const SORTS: readonly Sort[] = ['events', 'writes', 'problems', 'tribe', 'powerOffice']
const NAME = 'hours'
/** What was late by more than that had another reason than the way: a field that was mapped since, perhaps. */
const LONGEST_MS = 7 * 86_400_000

/** The hours of one tenant that D1 may not have in full, the oldest first. */
type StoredHours = FactOf<'hours'>

const hourOf = (ms: number): string => new Date(ms).toISOString().slice(0, 13)
const emptyOf = (hour: string): Counted => ({
  hour,
  events: 0,
  writes: 0,
  problems: 0,
  tribe: 0,
  powerOffice: 0,
  arrivals: NO_SPANS,
})

/**
 * Counts what happens, hour by hour. Between runs it is in memory; each run that has counted anything writes it once to
 * the object's own storage, and D1 is told of an hour when it has passed: a row an hour and tenant, whatever happens.
 * Each row says all of its hour, so that it may be written twice.
 */
export function hoursOf({ facts, now }: { facts: Facts; now: () => number }) {
  let fresh: Counted | null = null
  const current = (): Counted => {
    fresh ??= emptyOf(hourOf(now()))
    return fresh
  }
  const arrived = (ms: number): void => {
    if (ms < 0 || ms > LONGEST_MS) return
    const counted = current()
    counted.arrivals = withSpan(counted.arrivals, ms)
  }
  const kept = (): StoredHours => facts.get(NAME) ?? { hours: [], told: null }

  return {
    add(sort: Sort, count = 1): void {
      if (count > 0) current()[sort] += count
    },

    /** A change of Tribe's has come to its end in PowerOffice, so long after the relay was told of it. */
    arrived,

    /** A change of PowerOffice's that was just written to Tribe counts from when PowerOffice took it. */
    noteTold(told: readonly TimelineEntry[], link: LinkState | null): void {
      const changedAt = link?.powerOfficeChangedAt ?? null
      if (changedAt === null || facts.get('initial-sync') !== null) return
      // Before that, nobody listened.
      if (changedAt < (facts.get('at-work-since') ?? '')) return
      const isInTribe = told.some(({ event }) => event === 'updated-tribe' || event === 'created-in-tribe')
      if (isInTribe) arrived(now() - Date.parse(changedAt))
    },

    /** The hours that D1 may not have in full, this one among them. */
    read: (): Counted[] => joined(kept().hours, fresh),

    /** At the end of a run. What D1 does not take is told the next time. */
    async keep(db: Database, tenantId: string): Promise<void> {
      const hour = hourOf(now())
      const before = kept()
      const after = joined(before.hours, fresh)
      const newest = after.at(-1)?.hour
      if (newest === undefined) return
      if (fresh !== null) facts.set(NAME, { ...before, hours: after } satisfies StoredHours)
      fresh = null
      // The first hour of all is told at once, so that there is something to see; the others when they begin and when they are over.
      const isDue = before.told === null || newest > before.told || newest < hour
      if (!isDue) return
      await hoursIn(db).save(after.map((one) => ({ ...one, tenantId })))
      const hours = after.filter((one) => one.hour >= hour)
      facts.set(NAME, { hours, told: newest } satisfies StoredHours)
    },
  }
}
export type Hours = ReturnType<typeof hoursOf>

/** The newest of them may have been counted on. */
function joined(hours: readonly Counted[], fresh: Counted | null): Counted[] {
  if (fresh === null) return [...hours]
  const before = hours.find(({ hour }) => hour === fresh.hour)
  if (!before) return [...hours, fresh]
  const sum: Counted = { ...before, arrivals: sumOfSpans(before.arrivals, fresh.arrivals) }
  for (const sort of SORTS) sum[sort] += fresh[sort]
  return hours.map((one) => (one === before ? sum : one))
}
