import { expect, test } from 'vitest'
import { runScript } from '../seeds/script'
import { reportOf, run, SLICES } from './run'

test.each([
  ['relations', 10],
  ['all', 14],
  ['own', 5],
  ['admin', 3],
])(
  'whatever users, networks and restarts do to %s, both sides end in step (%i seeds, others each day)',
  async (of, seeds) => {
    const { said, code } = await runScript('test/converge/converge.ts', '--of', of, '--seeds', String(seeds))
    console.log(said.trim())
    // A seed that fails says how to run it again.
    expect(said).toMatch(/\d+ seeds, 0 failed/)
    expect(said).not.toMatch(/^0 seeds/m)
    expect(code).toBe(0)
  },
  1_800_000,
)

test('a seed is one story, however often it is told', async () => {
  const [first, again] = [await run(7, SLICES.all), await run(7, SLICES.all)]
  expect(first.story.length).toBeGreaterThan(100)
  expect(again).toEqual(first)
})

test('a seed that fails is told with the command that runs it again', () => {
  const said = reportOf('products', { seed: 31, faults: ['v3 is twice in tribe', 'and more'] })
  expect(said).toBe(
    'seed 31: v3 is twice in tribe (and 1 more)\n  npm run converge -- --of products --seed 31',
  )
})
