import { beforeEach, expect, test } from 'vitest'
import type { SyncContext } from '../../src/sync-step'
import { factsIn } from '../../src/tenant-sync/facts'
import { leaveTo, together } from '../../src/two-way/together'
import { sqliteInMemory } from '../tenant-sync/sqlite'

const SET = 'Product'
const idOf = (n: number) => `7d1c2f30-5b7a-4f0e-8a51-${String(n).padStart(12, '0')}`

let sql: SqlStorage
let now: number
let reads: number
beforeEach(() => {
  sql = sqliteInMemory()
  factsIn(sql).createTable()
  now = Date.parse('2026-03-02T08:00:00Z')
  reads = 0
})

/** A life of the tenant's object: its memory is empty, and what it has stored is there. */
function aLife(): SyncContext {
  const facts = factsIn(sql)
  const counted: SyncContext['facts'] = {
    ...facts,
    get(name) {
      reads++
      return facts.get(name)
    },
  }
  const ctx = {
    facts: counted,
    cache: new Map(),
    now: () => now,
    enqueue: () => undefined,
    flush: async () => undefined,
  }
  return ctx as unknown as SyncContext
}

/** Takes what is ripe; gives the ids in the order in which they were taken. */
async function taken(ctx: SyncContext): Promise<string[]> {
  const ids: string[] = []
  const step = together('look-together', async (_, __, some) => {
    ids.push(...some)
    return new Set()
  })
  for (;;) {
    const result = await step(ctx, { id: SET, hint: null, inDoubt: false })
    if (result.status === 'done') return ids
    now += (result.afterSeconds ?? 0) * 1000
  }
}

test('a thousand events read what was noted once, and each record is taken once', async () => {
  const ctx = aLife()
  for (let n = 0; n < 1000; n++) leaveTo(ctx, 'look-together', SET, idOf(n % 500))
  expect(reads).toBe(1)
  now += 6000
  const ids = await taken(ctx)
  expect([ids.length, new Set(ids).size]).toEqual([500, 500])
  expect(factsIn(sql).get(`look-together:${SET}`)).toBeNull()
})

test('what one life of the object has noted the next one takes', async () => {
  const before = aLife()
  for (let n = 0; n < 3; n++) leaveTo(before, 'look-together', SET, idOf(n))
  const after = aLife()
  leaveTo(after, 'look-together', SET, idOf(3))
  now += 20_000
  expect(await taken(after)).toEqual([0, 1, 2, 3].map(idOf))
})

test('what the storage refuses is not remembered either', () => {
  const ctx = aLife()
  leaveTo(ctx, 'look-together', SET, idOf(1))
  const { set } = ctx.facts
  ctx.facts.set = () => {
    throw new Error('Durable Object reset because its code was updated')
  }
  expect(() => leaveTo(ctx, 'look-together', SET, idOf(2))).toThrow()
  ctx.facts.set = set
  leaveTo(ctx, 'look-together', SET, idOf(3))
  expect(ctx.facts.get(`look-together:${SET}`)?.map(({ id }) => id)).toEqual([idOf(1), idOf(3)])
})
