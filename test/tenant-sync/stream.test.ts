import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { streamOf } from '../../src/tenant-sync/stream'

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

/** A stream of an object that has so many events due; its other work is due so much later. */
function aStream({ due = 100, othersInMs = null }: { due?: number; othersInMs?: number | null } = {}) {
  const begunAt = Date.now()
  const asked = { count: 0 }
  const stream = streamOf({
    now: Date.now,
    jobs: {
      hasMorePushesThan: (most: number) => {
        asked.count++
        return due > most
      },
      othersDueAt: () => (othersInMs === null ? null : begunAt + othersInMs),
    },
  })
  let pausedAfter: number | null = null
  return {
    stream,
    asked,
    pausedAfter: () => pausedAfter,
    async waits(): Promise<void> {
      void stream.pause().then(() => {
        pausedAfter = Date.now() - begunAt
      })
      await vi.advanceTimersByTimeAsync(0)
    },
    /** So many events, so far apart. */
    async brings(events: number, apartMs: number): Promise<void> {
      for (let n = 0; n < events; n++) {
        stream.note(1)
        await vi.advanceTimersByTimeAsync(apartMs)
      }
    },
  }
}

test('a run waits until no event has come for a quarter of a second', async () => {
  const { stream, waits, brings, pausedAfter } = aStream()
  stream.note(20)
  await waits()
  await brings(10, 100)
  expect(stream.isAwaited()).toBe(true)
  await vi.advanceTimersByTimeAsync(5000)
  expect(pausedAfter()).toBe(900 + 250)
  expect(stream.isAwaited()).toBe(false)
})

test('events without end are worked off two seconds after the first that waits', async () => {
  const { stream, waits, brings, pausedAfter } = aStream()
  stream.note(20)
  await waits()
  await brings(500, 10)
  expect(pausedAfter()).toBe(2000)
})

test('what waited for a run that took long has waited already', async () => {
  const { stream, waits, brings, pausedAfter } = aStream()
  await brings(300, 10)
  await waits()
  await brings(1, 1)
  expect(stream.isAwaited()).toBe(false)
  expect(pausedAfter()).toBe(3000)
})

test('a dozen events or less wait for nothing, and nothing is asked for them', async () => {
  const { stream, waits, asked, pausedAfter } = aStream()
  stream.note(12)
  await waits()
  expect(pausedAfter()).toBe(0)
  expect(asked.count).toBe(0)
})

test('many events of a few records are no burst', async () => {
  const { stream, waits, pausedAfter } = aStream({ due: 12 })
  stream.note(100)
  await waits()
  expect(pausedAfter()).toBe(0)
})

test('what comes right after a burst is waited for, few as they are, and what comes after a run of few is not', async () => {
  const { stream, waits, brings, pausedAfter } = aStream({ due: 3 })
  stream.end(true)
  stream.note(1)
  await waits()
  await brings(2, 100)
  await vi.advanceTimersByTimeAsync(5000)
  expect(pausedAfter()).toBe(100 + 250)

  stream.begin()
  stream.end(false)
  stream.note(3)
  await waits()
  expect(pausedAfter()).toBe(200 + 5000)
})

test('after a burst, what is no event waits for nothing', async () => {
  const { stream, waits, pausedAfter } = aStream()
  stream.end(true)
  await waits()
  expect(pausedAfter()).toBe(0)
})

test('what else is asked for ends the wait, or keeps it from beginning, and the next run may wait again', async () => {
  const { stream, waits, brings, pausedAfter } = aStream()
  stream.note(20)
  await waits()
  await brings(5, 100)
  stream.hurry()
  await vi.advanceTimersByTimeAsync(0)
  expect(pausedAfter()).toBe(500)

  stream.note(20)
  await waits()
  expect(pausedAfter()).toBe(500)

  stream.begin()
  stream.note(20)
  await waits()
  await vi.advanceTimersByTimeAsync(100)
  expect(stream.isAwaited()).toBe(true)
})

test.each([
  { due: 'is due', othersInMs: -5, after: 0 },
  { due: 'comes due meanwhile', othersInMs: 700, after: 700 },
  { due: 'comes due later', othersInMs: 60_000, after: 2000 },
])('other work that $due begins $after ms after the first event', async ({ othersInMs, after }) => {
  const { stream, waits, brings, pausedAfter } = aStream({ othersInMs })
  stream.note(20)
  await waits()
  await brings(500, 10)
  expect(pausedAfter()).toBe(after)
})
