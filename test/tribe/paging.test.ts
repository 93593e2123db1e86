import { describe, expect, test } from 'vitest'
import { pageAfter, pageBefore, placeIn } from '../../src/tribe/paging'

/** Reads a list to its end, as the caller does; `between` is told of each page once it is read. */
function readAll(
  list: readonly string[],
  given: { cap?: number; between?: (page: number, list: string[]) => void },
) {
  const { cap = 100, between } = given
  const now = [...list]
  const pathAt = (skip: number) => `list?skip=${skip}`
  const read: string[] = []
  let from: string | null = pathAt(0)
  let calls = 0
  while (from !== null) {
    if (++calls > 100) throw new Error('it never ends')
    const place = placeIn(from)
    const skip = Number(place.path.split('=')[1])
    const ids = now.slice(skip, skip + cap)
    between?.(calls, now)
    const back = pageBefore(place, ids, pathAt)
    if (back === null) {
      read.push(...ids.filter((id) => id !== place.last))
      from = pageAfter(place, ids, { link: null, pathAt })
    } else from = back
  }
  return { read, calls, left: now }
}
const listOf = (count: number) => Array.from({ length: count }, (_, n) => `r${n}`)

describe('a list that nobody changes is read once, row by row', () => {
  test.each([
    [0, 1],
    [1, 2],
    [99, 2],
    [100, 2],
    [101, 3],
    [199, 3],
    [200, 4],
    [1000, 12],
  ])('%i rows in %i calls', (count, calls) => {
    const { read, calls: made } = readAll(listOf(count), {})
    expect([read, made]).toEqual([listOf(count), calls])
  })

  test('a server may cut pages shorter', () => {
    expect(readAll(listOf(25), { cap: 10 }).read).toEqual(listOf(25))
  })
})

describe('what is still there at the end was read, whatever is deleted between two pages', () => {
  test.each([
    ['the first', [0]],
    ['the last of a page', [99]],
    ['the last two of a page', [98, 99]],
    ['the first of the next page', [100]],
    ['some of a page', [3, 50, 97]],
    ['all of a page', Array.from({ length: 100 }, (_, n) => n)],
    ['all but one', Array.from({ length: 249 }, (_, n) => n)],
    ['all', Array.from({ length: 250 }, (_, n) => n)],
  ])('%s', (_, gone) => {
    for (const page of [1, 2, 3]) {
      const names = new Set(gone.map((n) => `r${n}`))
      const between = (at: number, list: string[]) => {
        if (at === page) list.splice(0, list.length, ...list.filter((id) => !names.has(id)))
      }
      const { read, left } = readAll(listOf(250), { between })
      expect(left.filter((id) => !read.includes(id))).toEqual([])
    }
  })

  test('one that is made meanwhile costs nothing', () => {
    const between = (at: number, list: string[]) => list.push(`new${at}`)
    expect(readAll(listOf(150), { between: (at, list) => at < 3 && between(at, list) }).calls).toBe(4)
  })
})

test('a Tribe that keeps no order is read to an end all the same', () => {
  const shuffled = (at: number, list: string[]) => list.unshift(...list.splice(at * 37))
  expect(readAll(listOf(250), { between: shuffled }).calls).toBeLessThan(12)
})
