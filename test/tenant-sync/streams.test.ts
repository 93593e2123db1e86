import { beforeEach, expect, test } from 'vitest'
import type { Facts } from '../../src/facts'
import { factsIn } from '../../src/tenant-sync/facts'
import { streamsIn } from '../../src/tenant-sync/streams'
import { sqliteInMemory } from './sqlite'

let facts: ReturnType<typeof factsIn>
let now = 0
beforeEach(() => {
  facts = factsIn(sqliteInMemory())
  facts.createTable()
  now = Date.parse('2026-03-15T07:00:00.000Z')
})
const streams = () => streamsIn(facts, () => now)

test('the latest event is told to the millisecond, and after a restart to the second', () => {
  const alive = streams()
  alive.noteEvent()
  now += 300
  alive.noteEvent()
  expect(alive.read().webhooks.lastEventAt).toBe('2026-03-15T07:00:00.300Z')
  expect(streams().read().webhooks.lastEventAt).toBe('2026-03-15T07:00:00.000Z')
  now += 700
  alive.noteEvent()
  expect(streams().read().webhooks.lastEventAt).toBe('2026-03-15T07:00:01.000Z')
})

test('a burst of events is one write a second', () => {
  let writes = 0
  const counted: Facts = {
    ...facts,
    set(name, value) {
      writes++
      facts.set(name, value)
    },
  }
  const alive = streamsIn(counted, () => now)
  for (let n = 0; n < 100; n++, now += 20) alive.noteEvent()
  expect(writes).toBe(2)
})

test('what was worked off is told of its stream, and of no other', () => {
  const alive = streams()
  alive.noteSuccess('pull-relations')
  expect(streams().read()).toEqual({
    webhooks: { lastEventAt: null, lastSuccessAt: null },
    relations: { lastSuccessAt: '2026-03-15T07:00:00.000Z' },
    products: { lastSuccessAt: null },
    payments: { lastSuccessAt: null },
  })
})
