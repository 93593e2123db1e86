import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLimit, forEachLimited, within } from '../../src/shared/limit'

const turnOfTheLoop = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Counts how many run at once; each takes as many turns of the event loop as it is told to. */
function aWorkplace() {
  const place = { running: 0, most: 0, begun: [] as number[], ended: [] as number[] }
  const work = async (name: number, turns: number, fails = false): Promise<number> => {
    place.begun.push(name)
    place.running++
    place.most = Math.max(place.most, place.running)
    for (let n = 0; n < turns; n++) await turnOfTheLoop()
    place.running--
    place.ended.push(name)
    if (fails) throw new Error(`${name} failed`)
    return name
  }
  return { place, work }
}

const tasks = fc.array(fc.record({ turns: fc.integer({ min: 1, max: 3 }), fails: fc.boolean() }), {
  maxLength: 25,
})
const most = fc.integer({ min: 1, max: 6 })

describe('a limit', () => {
  test('lets so many run at a time, all of them in the end, in the order in which they came', async () => {
    await fc.assert(
      fc.asyncProperty(tasks, most, async (all, atOnce) => {
        const { place, work } = aWorkplace()
        const limit = createLimit(atOnce)
        const outcomes = await Promise.allSettled(
          all.map(({ turns, fails }, name) => limit(() => work(name, turns, fails))),
        )
        expect(place.most).toBe(Math.min(atOnce, all.length))
        expect(place.begun).toEqual(all.map((_, name) => name))
        for (const [name, outcome] of outcomes.entries()) {
          if (all[name]?.fails)
            expect(outcome).toMatchObject({ status: 'rejected', reason: new Error(`${name} failed`) })
          else expect(outcome).toEqual({ status: 'fulfilled', value: name })
        }
      }),
      { numRuns: 50 },
    )
  })

  test('is not used up by failures', async () => {
    const limit = createLimit(2)
    for (let n = 0; n < 10; n++) await limit(() => Promise.reject(new Error('no'))).catch(() => {})
    expect(await limit(async () => 'fine')).toBe('fine')
  })

  test('lets nobody slip in before those who wait', async () => {
    const { place, work } = aWorkplace()
    const limit = createLimit(1)
    const first = limit(() => work(1, 1))
    const second = limit(() => work(2, 1))
    // Comes at the very moment at which the first one ends.
    const third = first.then(() => limit(() => work(3, 1)))
    await Promise.all([first, second, third])
    expect(place.begun).toEqual([1, 2, 3])
    expect(place.most).toBe(1)
  })
})

describe('taking items a few at a time', () => {
  test('takes each once, in order, and no more than so many at a time', async () => {
    await fc.assert(
      fc.asyncProperty(tasks, most, async (all, atOnce) => {
        const { place, work } = aWorkplace()
        const names = all.map((_, name) => name)
        await forEachLimited(names, atOnce, async (name) => {
          await work(name, all[name]?.turns ?? 1)
        })
        expect(place.begun).toEqual(names)
        expect(place.most).toBe(Math.min(atOnce, all.length))
        expect(place.running).toBe(0)
      }),
      { numRuns: 50 },
    )
  })

  test('a failure is thrown on when all that had begun have ended, and nothing more begins', async () => {
    const { place, work } = aWorkplace()
    const run = forEachLimited([0, 1, 2, 3, 4, 5], 3, async (name) => {
      await work(name, name === 1 ? 1 : 4, name === 1)
    })
    await expect(run).rejects.toThrow('1 failed')
    expect(place.begun).toEqual([0, 1, 2])
    expect(place.ended.sort()).toEqual([0, 1, 2])
  })

  test('of several failures the first is told', async () => {
    const { work } = aWorkplace()
    const run = forEachLimited([0, 1, 2], 3, async (name) => {
      await work(name, 3 - name, true)
    })
    await expect(run).rejects.toThrow('2 failed')
  })

  test('even "nothing" may be thrown', async () => {
    await expect(forEachLimited([0], 1, () => Promise.reject(undefined))).rejects.toBeUndefined()
  })

  test('so many as are allowed at each moment, until none are: how many were taken is told when those have ended', async () => {
    const { place, work } = aWorkplace()
    const allowed = [1, 1, 3, 3, 3, 2, 0]
    const run = async (name: number) => void (await work(name, 2))
    const taken = await forEachLimited([0, 1, 2, 3, 4, 5, 6, 7], () => allowed.shift() ?? 0, run)
    expect(place.begun).toEqual(Array.from({ length: taken }, (_, name) => name))
    expect([place.ended.length, place.running]).toEqual([taken, 0])
    expect(taken).toBeLessThan(8)
  })

  test('of nothing is done at once', async () => {
    await forEachLimited([], 4, () => Promise.reject(new Error('never')))
  })
})

describe('within', () => {
  test('an answer that comes in time is given, and so is a failure', async () => {
    expect(await within(1000, Promise.resolve(1))).toBe(1)
    await expect(within(1000, Promise.reject(new Error('no')))).rejects.toThrow('no')
  })
  test('who does not answer is not waited for', async () => {
    await expect(within(5, new Promise(() => {}))).rejects.toThrow('no answer within 5 ms')
  })
})
