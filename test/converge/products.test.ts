import { expect, test } from 'vitest'
import { run, SLICES } from './run'

const AT_ONCE = 20

test.each([1, 21, 61])(
  'whatever happens to products, both sides end in step (seeds from %i)',
  async (first) => {
    for (let seed = first; seed < first + AT_ONCE; seed++) {
      const { faults } = await run(seed, SLICES.products)
      expect(faults, `to see what happened: npm run converge -- --of products --seed ${seed}`).toEqual([])
    }
  },
  240_000,
)
