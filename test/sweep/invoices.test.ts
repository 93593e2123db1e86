import { expect, test } from 'vitest'
import { runScript } from '../seeds/script'
import { blowsOn, PIECES, play } from './play'

/**
 * Something goes wrong once, at each call and at each query on the way of an invoice: from the customer and the
 * products that have to be made first, to the payment that is told in Tribe. Whatever it is, the invoice is in the
 * books once, the link points at it, and nothing is stuck. A new call is swept without anyone thinking of it.
 * A share of them in each run, others each day; `npm run sweep` takes all.
 */

test('an invoice gets to the books once, whatever goes wrong at any call and at any query', async () => {
  const { said, code } = await runScript('test/sweep/sweep.ts', '--every', '30')
  console.log(said.trim())
  expect(said).toMatch(/^[1-9]\d+ of [1-9]\d{2,} blows .* 0 failed/m)
  expect(code).toBe(0)

  // Each call and each query of each piece is counted, and all that can befall it is a blow.
  const [, all, told = ''] = /of (\d+) blows \(calls and queries on the ways: (.*)\)/.exec(said) ?? []
  const ways = told.split(', ').map((way) => {
    const [calls = 0, queries = 0] = way.split('+').map(Number)
    return { calls, queries }
  })
  expect(ways).toHaveLength(PIECES.length)
  expect(ways.every(({ calls, queries }) => calls > 10 && queries > 10)).toBe(true)
  expect(ways.map((way) => blowsOn(way).length)).toEqual(
    ways.map(({ calls, queries }) => 10 * calls + 5 * queries),
  )
  expect(Number(all)).toBe(ways.reduce((sum, { calls, queries }) => sum + 10 * calls + 5 * queries, 0))
}, 1_800_000)

test('a blow strikes where it is aimed', async () => {
  const [piece] = PIECES
  const { story } = await play(piece, { at: 3, call: 'crash-after' })
  expect(story.filter((line) => /CRASH/.test(line))).toHaveLength(1)
  const { story: other } = await play(piece, { at: 5, query: 'fails' })
  expect(other.filter((line) => /D1 fails/.test(line))).toHaveLength(1)
})
