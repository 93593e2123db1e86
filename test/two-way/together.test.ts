import { beforeEach, describe, expect, test } from 'vitest'
import { CREATED, type JobRequest, type SyncContext } from '../../src/sync-step'
import { factsIn } from '../../src/tenant-sync/facts'
import { isLeft, leaveTo, together, type Wanted, wantTogether } from '../../src/two-way/together'
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

test('a record that is told of every other second is read after a quarter of a minute, then once in each, and once when it rests', async () => {
  const ctx = aLife()
  const readAt: number[] = []
  const step = together('look-together', async () => {
    readAt.push((now - start) / 1000)
    return new Set()
  })
  const start = now
  for (let second = 0; second < 60; second++) {
    if (second < 40 && second % 2 === 0) leaveTo(ctx, 'look-together', SET, idOf(1))
    await step(ctx, { id: SET, hint: null, inDoubt: false })
    now += 1000
  }
  expect(readAt).toEqual([15, 30, 44])
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

describe('an event of a burst', () => {
  const hint = 'Product'
  const one: Wanted = { kind: 'product', id: idOf(1), hint, isTied: true, set: SET }
  const ownLook: JobRequest = { kind: 'product', subject: `tribe:${idOf(1)}`, hint, lane: 'push' }
  const made = `${CREATED}${hint}`

  test.each([
    ['of a linked record: it is read together with others', one, [], 'together'],
    ['of one that is not known: it is looked at', { ...one, isTied: false, set: null }, [], [ownLook]],
    ['of a pair that came apart: it is looked at', { ...one, set: null }, [], [ownLook]],
    ['of one that waits for a person: only a look of its own ends that', one, [ownLook.subject], [ownLook]],
    ['of another than the one that waits for a person', one, [`tribe:${idOf(2)}`], 'together'],
    ['that says it was made, of a linked record: it was made by us', { ...one, hint: made }, [], []],
    [
      'that says it was made, of one that is not known: it is looked at',
      { ...one, hint: made, isTied: false, set: null },
      [],
      [{ ...ownLook, hint: made }],
    ],
  ] as const)('%s', (_, wanted, parked, expected) => {
    const asked: JobRequest[] = []
    const ctx = { ...aLife(), parkedOf: () => [...parked], enqueue: (job: JobRequest) => asked.push(job) }
    wantTogether(ctx as unknown as SyncContext, [wanted])
    const isTogether = expected === 'together'
    expect(isLeft(ctx as unknown as SyncContext, SET, idOf(1))).toBe(isTogether)
    if (isTogether) expect(asked).toMatchObject([{ kind: 'look-together', subject: SET, afterSeconds: 6 }])
    else expect(asked).toEqual(expected)
  })
})

test('records that are left at once are one write, and each of them counts from when it was told of first and last', () => {
  const ctx = aLife()
  leaveTo(ctx, 'look-together', SET, idOf(1), idOf(2))
  now += 3000
  let writes = 0
  const { set } = ctx.facts
  ctx.facts.set = (...given: Parameters<typeof set>) => {
    writes++
    set(...given)
  }
  leaveTo(ctx, 'look-together', SET, idOf(2), idOf(3), idOf(3))
  expect(writes).toBe(1)
  expect(factsIn(sql).get(`look-together:${SET}`)).toEqual([
    { id: idOf(1), at: now - 3000 },
    { id: idOf(2), at: now, since: now - 3000 },
    { id: idOf(3), at: now },
  ])
})
