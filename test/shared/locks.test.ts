import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLocks } from '../../src/shared/locks'

const turnOfTheLoop = () => new Promise<void>((resolve) => setImmediate(resolve))

test('what has the same name runs one after another, in order; other names do not wait', async () => {
  const runs = fc.array(
    fc.record({
      name: fc.constantFrom('acme', 'bravo', 'charlie'),
      turns: fc.integer({ min: 0, max: 3 }),
      fails: fc.boolean(),
    }),
    { maxLength: 20 },
  )
  await fc.assert(
    fc.asyncProperty(runs, async (all) => {
      const withLock = createLocks()
      const running = new Map<string, number>()
      const begun: number[] = []
      const outcomes = await Promise.allSettled(
        all.map(({ name, turns, fails }, index) =>
          withLock(name, async () => {
            begun.push(index)
            running.set(name, (running.get(name) ?? 0) + 1)
            expect(running.get(name)).toBe(1)
            for (let n = 0; n < turns; n++) await turnOfTheLoop()
            running.set(name, 0)
            if (fails) throw new Error(`${index} failed`)
            return index
          }),
        ),
      )
      for (const name of ['acme', 'bravo', 'charlie']) {
        const mine = begun.filter((index) => all[index]?.name === name)
        expect(mine).toEqual([...mine].sort((a, b) => a - b))
      }
      for (const [index, outcome] of outcomes.entries())
        if (all[index]?.fails) expect(outcome).toMatchObject({ reason: new Error(`${index} failed`) })
        else expect(outcome).toEqual({ status: 'fulfilled', value: index })
    }),
    { numRuns: 50 },
  )
})

test('a failure does not hold up the next one, and is told to its own caller only', async () => {
  const withLock = createLocks()
  const first = withLock('acme', () => Promise.reject(new Error('no')))
  const second = withLock('acme', async () => 'fine')
  await expect(first).rejects.toThrow('no')
  expect(await second).toBe('fine')
})

test('who comes while the second one runs waits for it, though the first has long ended', async () => {
  const withLock = createLocks()
  let isRunning = false
  const run = () =>
    withLock('acme', async () => {
      expect(isRunning).toBe(false)
      isRunning = true
      for (let n = 0; n < 3; n++) await turnOfTheLoop()
      isRunning = false
    })
  const first = run()
  const second = run()
  await first
  await turnOfTheLoop()
  const third = run()
  await Promise.all([second, third])
})

test('two names run side by side', async () => {
  const withLock = createLocks()
  let isOpen: (() => void) | undefined
  const held = withLock('acme', () => new Promise<void>((resolve) => (isOpen = resolve)))
  expect(await withLock('bravo', async () => 'fine')).toBe('fine')
  isOpen?.()
  await held
})

test('runs that have ended are counted before the next one of their name begins, failures too', async () => {
  const withLock = createLocks()
  const seen: number[] = []
  const note = async () => {
    seen.push(withLock.ended())
  }
  const first = withLock('acme', async () => {
    await note()
    throw new Error('no')
  })
  await Promise.allSettled([first, withLock('acme', note), withLock('acme', note)])
  expect(seen).toEqual([0, 1, 2])
  expect(withLock.ended()).toBe(3)
})

test('who comes after everything has ended begins at once', async () => {
  const withLock = createLocks()
  await withLock('acme', async () => {})
  let hasBegun = false
  const run = withLock('acme', async () => {
    hasBegun = true
  })
  await Promise.resolve()
  await Promise.resolve()
  expect(hasBegun).toBe(true)
  await run
})
