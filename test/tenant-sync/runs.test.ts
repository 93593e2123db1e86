import { expect, test } from 'vitest'
import { cursorsIn } from '../../src/tenant-sync/cursors'
import { jobsIn } from '../../src/tenant-sync/jobs'
import { Runs } from '../../src/tenant-sync/runs'
import { standingIn } from '../../src/tenant-sync/standing'
import { streamsIn } from '../../src/tenant-sync/streams'
import { sqliteInMemory } from './sqlite'

const NOW = 1_800_000_000_000

/** The runs of an object whose tenant is not asked for before there is work. */
function anObject() {
  const sql = sqliteInMemory()
  const [jobs, cursors] = [jobsIn(sql), cursorsIn(sql)]
  jobs.createTable()
  cursors.createTable()
  const now = () => NOW
  const streams = streamsIn(cursors, now)
  const seen = { contexts: 0, alarmAt: null as number | null }
  const under: Promise<void>[] = []
  const runs = new Runs({
    ...{ jobs, cursors, streams, now },
    standing: standingIn({ jobs, cursors, streams, now }),
    storage: {
      setAlarm: async (at: number | Date) => {
        seen.alarmAt = Number(at)
      },
      deleteAlarm: async () => {
        seen.alarmAt = null
      },
    },
    waitUntil: (run: Promise<void>) => under.push(run),
    isKnown: () => true,
    context: async () => {
      seen.contexts++
      return null
    },
    tellStanding: async () => undefined,
    report: () => undefined,
  } as unknown as ConstructorParameters<typeof Runs>[0])
  return {
    jobs,
    seen,
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
  expect(seen).toEqual({ contexts: 0, alarmAt: NOW + 300_000 })
})

test('what is due is begun at once', async () => {
  const { jobs, seen, wake } = anObject()
  jobs.enqueue({ kind: 'pull-relations', subject: '', lane: 'bulk' }, NOW)
  await wake()
  expect(seen.contexts).toBe(1)
})
