import { beforeEach, expect, test } from 'vitest'
import type { SyncContext } from '../../src/sync-step'
import { eachRow } from '../../src/two-way/rows'

/** How a sweep takes its rows side by side, and when it lets a push pass. */

const ROWS = Array.from({ length: 12 }, (_, n) => n)

let isPushDue: boolean
let isPaced: boolean
let begun: number[]
let running: number
let most: number
let end: Map<number, () => void>
beforeEach(() => {
  isPushDue = false
  isPaced = false
  begun = []
  running = 0
  most = 0
  end = new Map()
})

const ctx = {
  mustYield: () => isPushDue,
  isPaced: () => isPaced,
  settle: () => undefined,
} as unknown as SyncContext

/** Each row takes until it is told to end. */
const sweep = () =>
  eachRow(
    ctx,
    ROWS,
    (row) => ({ kind: 'customer', subject: `powerOffice:${row}` }),
    async (row) => {
      begun.push(row)
      running++
      most = Math.max(most, running)
      await new Promise<void>((resolve) => end.set(row, resolve))
      running--
    },
  )

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
async function ended(...rows: number[]): Promise<void> {
  for (const row of rows) end.get(row)?.()
  await settled()
}
async function endedAll(): Promise<void> {
  for (let at = 0; at < begun.length; at++) await ended(begun[at] ?? 0)
}

test('a row that takes long holds up none of those after it', async () => {
  const done = sweep()
  await settled()
  expect(begun).toEqual([0, 1, 2, 3])
  for (let row = 1; row < 9; row++) await ended(row)
  expect(begun).toEqual(ROWS)
  await endedAll()
  expect([await done, most]).toEqual([ROWS.length, 4])
})

test('when a push has waited, what is under way ends and nothing more begins', async () => {
  const done = sweep()
  await settled()
  await ended(2)
  isPushDue = true
  await ended(4)
  expect(begun).toEqual([0, 1, 2, 3, 4])
  await endedAll()
  expect([await done, running]).toEqual([5, 0])
})

test('each run does something, however many pushes wait', async () => {
  isPushDue = true
  const done = sweep()
  await settled()
  await endedAll()
  expect(await done).toBe(1)
})

test('while turns at the CRM are waited for a row goes at a time, and several once there are enough', async () => {
  isPaced = true
  const done = sweep()
  await settled()
  await ended(0)
  expect(begun).toEqual([0, 1])
  isPaced = false
  await ended(1)
  expect(begun).toEqual([0, 1, 2, 3, 4, 5])
  isPaced = true
  await ended(2, 3, 4)
  expect(begun).toHaveLength(6)
  await endedAll()
  expect(await done).toBe(ROWS.length)
})
