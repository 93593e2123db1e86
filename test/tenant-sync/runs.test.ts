import { expect, test } from 'vitest'
import { factsIn } from '../../src/tenant-sync/facts'
import { jobsIn } from '../../src/tenant-sync/jobs'
import { Runs } from '../../src/tenant-sync/runs'
import { streamsIn } from '../../src/tenant-sync/streams'
import { tenantStatusIn } from '../../src/tenant-sync/tenant-status'
import { sqliteInMemory } from './sqlite'

const NOW = 1_800_000_000_000

/** The runs of an object whose tenant is not asked for before there is work. */
function anObject() {
  const sql = sqliteInMemory()
  const [jobs, facts] = [jobsIn(sql), factsIn(sql)]
  jobs.createTable()
  facts.createTable()
  const clock = { at: NOW }
  const now = () => clock.at
  const streams = streamsIn(facts, now)
  const seen = { contexts: 0, alarms: [] as number[] }
  const under: Promise<void>[] = []
  const runs = new Runs({
    jobs,
    facts,
    streams,
    now,
    tenantStatus: tenantStatusIn({ jobs, facts, streams, now }),
    storage: {
      setAlarm: async (at: number | Date) => {
        seen.alarms.push(Number(at))
      },
    },
    waitUntil: (run: Promise<void>) => under.push(run),
    isKnown: () => true,
    tribeHeldForMs: () => 0,
    context: async () => {
      seen.contexts++
      return null
    },
    events: { nextDueAt: () => null, deliver: async () => undefined, parked: () => undefined },
    tellStatus: async () => undefined,
    report: () => undefined,
  } as unknown as ConstructorParameters<typeof Runs>[0])
  return {
    jobs,
    seen,
    runs,
    clock,
    async wake() {
      await runs.wake()
      await Promise.all(under)
    },
  }
}

test('a tick whose polls come in some minutes costs D1 nothing, and leaves an alarm for then', async () => {
  const { jobs, seen, wake } = anObject()
  jobs.enqueue({ kind: 'pull-relations', subject: '', lane: 'bulk', afterSeconds: 300 }, NOW)
  await wake()
  expect(seen.contexts).toBe(0)
  expect(seen.alarms.at(-1)).toBe(NOW + 300_000)
})

test('what is due is begun at once', async () => {
  const { jobs, seen, wake } = anObject()
  jobs.enqueue({ kind: 'pull-relations', subject: '', lane: 'bulk' }, NOW)
  await wake()
  expect(seen.contexts).toBe(1)
})

test('events that come one upon another set one alarm, and are worked off by few runs', async () => {
  const { jobs, seen, wake, clock } = anObject()
  for (let n = 0; n < 50; n++) {
    jobs.enqueue({ kind: 'tribe-changed', subject: `${n}`, lane: 'push' }, clock.at)
    void wake()
    clock.at++
  }
  await wake()
  // The run that began at once, and the one for all that came meanwhile.
  expect(seen.contexts).toBeLessThanOrEqual(2)
  expect(seen.alarms).toEqual([NOW + 2000])
})

test('an alarm that has come, or should have, is set again by the next event', async () => {
  const { jobs, seen, wake, runs, clock } = anObject()
  jobs.enqueue({ kind: 'tribe-changed', subject: '1', lane: 'push' }, clock.at)
  await wake()
  await runs.alarm()
  clock.at += 100
  await wake()
  expect(seen.alarms.filter((at) => at === NOW + 2100)).toHaveLength(1)
  clock.at += 60_000
  await wake()
  expect(seen.alarms.at(-1)).toBeGreaterThan(clock.at)
})
