import { expect, test } from 'vitest'
import { Dice } from '../platform/dice'
import { Town } from '../platform/town'
import { seedsOf, today } from '../seeds/day'
import { triesOf } from '../seeds/runs'
import { runScript } from '../seeds/script'
import { activated, loaded, SETTINGS, undone } from './undo/play'
import { worldOf } from './undo/world'

/**
 * The undo of a first load: cut at each call and at each query, what was made is gone once, what was touched is kept and
 * listed, what was overwritten is back, and no link stays that was undone. A share in each run, all of it in the soak.
 */

test.each([
  ['undo', '150'],
  ['undo-200', '2400'],
])(
  '%s: whatever goes wrong at any call and at any query, all is undone once and what was touched is kept',
  async (of, every) => {
    const { said, code } = await runScript('test/sweep/sweep.ts', '--of', of, '--every', every)
    console.log(said.trim())
    expect(said).toMatch(/^[1-9]\d* of [1-9]\d{2,} blows .* 0 failed/m)
    expect(code).toBe(0)
  },
  1_800_000,
)

const SEEDS = seedsOf(today(), triesOf(40).numRuns)
test.each(SEEDS)(
  'world %i is as before once its load is undone, and as after the first once it is loaded again',
  async (seed) => {
    const dice = new Dice(seed)
    const conflictPolicy = dice.pick(['poweroffice', 'tribe', 'newest'] as const)
    const settings = {
      ...SETTINGS,
      conflictPolicy,
      relations: {
        enabled: true,
        suppliers: dice.is(0.8),
        contactPersons: dice.is(0.8),
        privatePersons: dice.is(0.8),
        financialFields: dice.is(0.7),
      },
      products: { enabled: dice.is(0.8) },
    }
    // What is put back is Tribe's newest: by that policy another load would leave it.
    const isByDate = conflictPolicy === 'newest'
    const size = {
      companies: dice.between(4, 12),
      products: dice.between(0, 4),
      pairs: isByDate ? 0 : dice.between(1, 3),
    }
    const town = new Town(seed)
    try {
      const { tenant, before } = await loaded(town, { seed, size }, { settings, isTold: dice.is(0.5) })
      const after = worldOf(tenant)
      await town.passMinutes(1)
      await undone(town, tenant)
      expect(Object.fromEntries(worldOf(tenant))).toEqual(Object.fromEntries(before))
      await activated(town, tenant)
      expect(Object.fromEntries(worldOf(tenant))).toEqual(Object.fromEntries(after))
      expect(
        town.calls.filter(
          ({ host, method, path }) =>
            host === 'poweroffice.example' && method !== 'GET' && !/token/i.test(path),
        ),
      ).toEqual([])
    } finally {
      town.platform.close()
    }
  },
)
