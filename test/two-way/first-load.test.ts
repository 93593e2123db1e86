import { beforeEach, expect, test } from 'vitest'
import type { SyncContext } from '../../src/sync-step'
import { factsIn } from '../../src/tenant-sync/facts'
import { firstLoadOf, newLoad } from '../../src/two-way/first-load'
import { type SweptKind, sweptKind } from '../../src/two-way/record-kind'
import { sqliteInMemory } from '../tenant-sync/sqlite'

/** What a first load asks of either side, kind by kind. */

let asked: string[]
/** So many runs fail before they come to a row. */
let failures: number
let ctx: SyncContext
beforeEach(() => {
  asked = []
  failures = 0
  const facts = factsIn(sqliteInMemory())
  facts.createTable()
  facts.set('initial-sync', newLoad(0))
  const parts = {
    facts,
    cache: new Map(),
    now: () => 0,
    enqueue: () => undefined,
    flush: async () => undefined,
  }
  ctx = parts as unknown as SyncContext
})

const aKind = (kind: SweptKind['kind'], count: number): SweptKind =>
  sweptKind({
    kind,
    isOn: () => true,
    async page() {
      const row = (n: number) => ({ Id: n + 1, LastChangedDateTimeOffset: '2026-03-02T08:00:00Z' })
      return { rows: Array.from({ length: count }, (_, n) => row(n)), unreadable: [], isLast: true }
    },
    count: async () => count,
    async prepare() {
      asked.push(`what ${kind} needs`)
    },
    async readIndex() {
      asked.push(`index of ${kind}`)
      return {}
    },
    async sync(_, rows) {
      if (failures-- > 0) throw new Error('no answer')
      return rows.length
    },
  })

async function load(kinds: readonly SweptKind[]): Promise<void> {
  const step = firstLoadOf(kinds)
  for (;;) {
    const result = await step(ctx, { id: '', hint: null, inDoubt: false }).catch(() => null)
    if (result?.status === 'done') return
  }
}

test('the CRM is asked for nothing of a kind of which the books have none', async () => {
  await load([aKind('customer', 3), aKind('supplier', 0), aKind('contactPerson', 2)])
  expect(asked).toEqual([
    'what customer needs',
    'index of customer',
    'what contactPerson needs',
    'index of contactPerson',
  ])
})

test('a chunk that fails before its first row is counted once', async () => {
  failures = 3
  const totals: (number | undefined)[] = []
  const watched: SweptKind = {
    ...aKind('supplier', 250),
    isOn(of) {
      totals.push(of.facts.get('initial-sync')?.total)
      return true
    },
  }
  await load([aKind('customer', 30), watched])
  expect(Math.max(...totals.map((total) => total ?? 0))).toBe(280)
  expect(ctx.facts.get('initial-sync:last')).toMatchObject({ done: 280, total: 280 })
})
