import { expect, test } from 'vitest'
import { run } from './run'

const SEEDS = 240
const AT_ONCE = 20

const portions = Array.from({ length: SEEDS / AT_ONCE }, (_, n) => n * AT_ONCE + 1)

test.each(portions)(
  'whatever users, networks and restarts do, both sides end in step (seeds from %i)',
  async (first) => {
    for (let seed = first; seed < first + AT_ONCE; seed++) {
      const { faults } = await run(seed)
      expect(faults, `to see what happened: npm run converge -- --seed ${seed}`).toEqual([])
    }
  },
  120_000,
)
