import { afterEach, expect, test } from 'vitest'
import { strike } from '../fakes/catalogue'
import { strickenOf } from '../faults/scenario'
import { HostedObject } from './objects'
import { Timeline } from './timeline'
import { Town } from './town'

/** The small Cloudflare does what the large one does to its objects. */

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

function hosted() {
  const timeline = new Timeline(Date.parse('2026-03-02T07:00:00Z'))
  ends.push(timeline.install(1))
  const seen: string[] = []
  const object = new HostedObject(
    timeline,
    (state) => ({
      async alarm() {
        seen.push(`alarm at ${(Date.now() - Date.parse('2026-03-02T07:00:00Z')) / 1000}`)
      },
      async waitThenTell(ms: number) {
        await new Promise((resolve) => setTimeout(resolve, ms))
        await state.storage.setAlarm(Date.now() + 1000)
        return 'told'
      },
    }),
    (line) => seen.push(line),
  )
  return { timeline, object, seen }
}

test('an alarm that throws is tried again six times, later each time, and then given up', async () => {
  const { timeline, object, seen } = hosted()
  object.alarmsToThrow = 7
  object.setAlarm(Date.now())
  await timeline.run(63_000)
  expect([seen, object.alarmsToThrow, object.lostAlarms]).toEqual([[], 1, 0])
  await timeline.run(70_000)
  expect([seen, object.alarmsToThrow, object.lostAlarms]).toEqual([['the platform gives up the alarm'], 0, 1])
  object.setAlarm(Date.now() + 5000)
  await timeline.run(6000)
  expect(seen).toHaveLength(2)
})

test('a lost alarm never comes', async () => {
  const { timeline, object, seen } = hosted()
  object.setAlarm(Date.now() + 1000)
  object.loseAlarm()
  await timeline.run(60_000)
  expect(seen).toEqual([])
})

test('an object that is cut off tells nobody, stores nothing more, and starts anew', async () => {
  const { timeline, object, seen } = hosted()
  const asked = object.call('waitThenTell', [500]).catch((thrown: Error) => thrown.message)
  await timeline.run(100)
  object.reset()
  await timeline.run(10_000)
  expect([await asked, seen, object.lives]).toEqual(['The Durable Object was reset', [], 1])
  const again = object.call('waitThenTell', [500])
  await timeline.run(5000)
  expect([await again, seen, object.lives]).toEqual(['told', ['alarm at 11.601'], 2])
})

/** An object that asks elsewhere, stores what it was told, and asks again. */
function asking() {
  const timeline = new Timeline(Date.parse('2026-03-02T07:00:00Z'))
  ends.push(timeline.install(1))
  const seen: string[] = []
  const moment = () => new Promise((resolve) => setTimeout(resolve, 500))
  const object = new HostedObject(
    timeline,
    (state) => ({
      async work() {
        await moment()
        seen.push('it hears')
        await moment()
        seen.push('it sends')
        try {
          state.storage.sql.exec('create table notes (n integer)')
          seen.push('it notes')
        } catch (thrown) {
          seen.push(thrown instanceof Error ? thrown.message : '')
        }
        await moment()
        seen.push('it goes on')
      },
    }),
    () => undefined,
  )
  const work = () => {
    void object.call('work', []).catch((thrown: Error) => {
      seen.push(
        `${thrown.message}${(thrown as { retryable?: boolean }).retryable ? ', to be asked again' : ''}`,
      )
    })
  }
  return { timeline, object, seen, work }
}

const RESET = 'The Durable Object was reset, to be asked again'
test.each<[string, (object: HostedObject) => void, string[]]>([
  ['lives', () => undefined, ['it hears', 'it sends', 'it notes', 'it goes on']],
  ['crashes', (object) => object.crash(), [RESET]],
  [
    'is replaced',
    (object) => object.reset(),
    [RESET, 'it hears', 'it sends', 'Durable Object reset because its code was updated'],
  ],
])('the code of an object that %s hears, sends and stores: %#', async (_, strike, wanted) => {
  const { timeline, object, seen, work } = asking()
  work()
  await timeline.run(100)
  strike(object)
  await timeline.run(10_000)
  expect(seen).toEqual(wanted)
})

test.each([
  ['d1-fails', 'D1_ERROR', 0, 0],
  ['d1-fails-after', 'D1_ERROR', 1, 0],
  ['d1-hangs', 'done', 1, 90],
] as const)('"%s": a query ends with "%s", %i rows and after %i s', async (name, end, rows, seconds) => {
  const town = new Town(1)
  ends.push(() => town.platform.close())
  const { platform } = town
  const tenant = await town.addTenant({})
  strike(name, strickenOf(town, tenant), { on: /^insert/ })
  const begun = Date.now()
  const insert = platform.binding
    .prepare('insert into unit_mappings values (?, ?, ?)')
    .bind(tenant.id, 'u', 'EA')
  const told = await town.waitFor(
    insert.run().then(
      () => 'done',
      (thrown: Error) => thrown.message.slice(0, 8),
    ),
  )
  const kept = platform.database.prepare('select * from unit_mappings').all().length
  expect([told, kept, Math.floor((Date.now() - begun) / 1000)]).toEqual([end, rows, seconds])
})

test('D1 travels back in time, and nothing else does', async () => {
  const town = new Town(1)
  ends.push(() => town.platform.close())
  const tenant = await town.addTenant({ settings: { invoices: { enabled: false } } })
  const then = town.platform.snapshot()
  await town.waitFor(tenant.api('PATCH', '/settings', { conflictPolicy: 'tribe' }))
  const settings = async () => (await town.waitFor(tenant.api('GET', '/settings'))).conflictPolicy
  expect(await settings()).toBe('tribe')
  town.platform.restore(then)
  expect(await settings()).toBe('poweroffice')
})
