import { expect, test } from 'vitest'
import type { Database } from '../../src/db/database'
import type { Hour } from '../../src/db/hours'
import { NO_SPANS, shareWithin, withSpan } from '../../src/shared/spans'
import type { Facts } from '../../src/sync-step'
import { hoursOf } from '../../src/tenant-sync/hours'

const NINE = Date.parse('2026-11-30T09:10:00Z')
const MINUTE = 60_000

/** Hours, what was written to the object's storage, and what D1 was told. */
function counting() {
  const stored = new Map<string, unknown>()
  const seen = { stored: 0, told: [] as Hour[][], isAway: false }
  const clock = { now: NINE }
  const facts = {
    get: (name: string) => structuredClone(stored.get(name)) ?? null,
    set: (name: string, value: unknown) => {
      seen.stored++
      stored.set(name, structuredClone(value))
    },
  } as unknown as Facts
  const db = {
    insert: () => ({
      values: (rows: Hour[]) => ({
        onConflictDoUpdate: () => ({
          run: async () => {
            if (seen.isAway) throw new Error('D1_ERROR: away')
            seen.told.push(structuredClone(rows))
          },
        }),
      }),
    }),
  } as unknown as Database
  const anew = () => hoursOf({ facts, now: () => clock.now })
  return { clock, seen, facts, anew, run: (hours = anew()) => hours.keep(db, 'acme') }
}
const told = (rows: Hour[] | undefined) => rows?.map(({ hour, events, writes }) => [hour, events, writes])

test('a run that counted nothing writes nothing, and one that did writes once; D1 hears once an hour', async () => {
  const { clock, seen, anew, run } = counting()
  const hours = anew()
  await run(hours)
  expect([seen.stored, seen.told.length]).toEqual([0, 0])

  hours.add('events')
  await run(hours)
  expect(told(seen.told[0])).toEqual([['2026-11-30T09', 1, 0]])

  const before = seen.stored
  for (let n = 1; n <= 5; n++) {
    clock.now += MINUTE
    hours.add('events')
    hours.add('writes', 2)
    await run(hours)
    expect(seen.stored).toBe(before + n)
  }
  expect(seen.told).toHaveLength(1)
  expect(hours.read()).toMatchObject([{ events: 6, writes: 10 }])

  clock.now += 60 * MINUTE
  hours.add('events')
  await run(hours)
  expect(told(seen.told[1])).toEqual([
    ['2026-11-30T09', 6, 10],
    ['2026-11-30T10', 1, 0],
  ])
  expect(hours.read()).toMatchObject([{ hour: '2026-11-30T10', events: 1 }])
})

test('an object that begins anew counts on, and an hour that has passed is told though nothing happens', async () => {
  const { clock, seen, anew, run } = counting()
  const first = anew()
  first.add('events')
  await run(first)
  const second = anew()
  second.add('events')
  await run(second)
  clock.now += 60 * MINUTE
  await run()
  expect(told(seen.told.at(-1))).toEqual([['2026-11-30T09', 2, 0]])
  const { stored } = seen
  clock.now += 60 * MINUTE
  await run()
  expect([seen.stored, seen.told.length]).toEqual([stored, 2])
})

test('what D1 did not take is told the next time, and what came meanwhile with it', async () => {
  const { seen, anew, run } = counting()
  const hours = anew()
  hours.add('events')
  seen.isAway = true
  await expect(run(hours)).rejects.toThrow()
  hours.add('events')
  seen.isAway = false
  await run(hours)
  expect(told(seen.told[0])).toEqual([['2026-11-30T09', 2, 0]])
})

test('half of the changes, and 95 of 100, took so long at most', () => {
  const of = (...seconds: number[]) => seconds.reduce((all, one) => withSpan(all, one * 1000), NO_SPANS)
  expect([shareWithin(NO_SPANS, 0.5), shareWithin(of(0.2), 0.95)]).toEqual([null, 1])
  const hundred = of(...Array(94).fill(1.5), ...Array(6).fill(700))
  expect([shareWithin(hundred, 0.5), shareWithin(hundred, 0.94), shareWithin(hundred, 0.95)]).toEqual([
    ...[2, 2, 900],
  ])
})

test('a change of PowerOffice’s counts from when it was made, and not one from before anybody listened', () => {
  const { anew, facts } = counting()
  facts.set('at-work-since', '2026-11-30T09:00:00.000Z')
  const told = [{ event: 'updated-tribe' }] as unknown as Parameters<
    ReturnType<typeof hoursOf>['noteTold']
  >[0]
  const link = (powerOfficeChangedAt: string) =>
    ({ powerOfficeChangedAt }) as Parameters<ReturnType<typeof hoursOf>['noteTold']>[1]
  const hours = anew()
  hours.noteTold(told, link('2026-11-29T09:00:00.000Z'))
  expect(hours.read()).toEqual([])
  hours.noteTold(told, link('2026-11-30T09:05:00.000Z'))
  const [hour] = hours.read()
  expect(shareWithin(hour?.arrivals ?? [], 0.5)).toBe(300)
})
