import { expect, test } from 'vitest'
import { type Counted, crowd } from './restarts'

/** A share of the seeds in each run; `npm run soak` takes all, ten thousand over the crowds. */
const SEEDS = process.env.SOAK ? 2500 : 25

/** With the pace that is left at least, in calls a second, while sixty callers wait: that is what safety costs. */
const CROWDS = [
  { who: 'near callers', latestMs: [25, 75], leaves: 8.5 },
  { who: 'callers up to 1.5 s away', latestMs: [25, 75, 200, 600, 1500], leaves: 5.5 },
  { who: 'near callers, restarts at any moment', latestMs: [25, 75], restartEveryMs: 5000, leaves: 6 },
  {
    who: 'callers up to 1.5 s away, restarts at any moment',
    latestMs: [25, 75, 200, 600, 1500],
    restartEveryMs: 5000,
    leaves: 3,
  },
]

test.each(CROWDS)(
  'PowerOffice never sees more than ten calls in a second: $who',
  async ({ leaves, who: _, ...given }) => {
    const runs: Counted[] = []
    for (let seed = 1; seed <= SEEDS; seed++)
      runs.push(await crowd({ ...given, callers: 60, seed: seed * 7919 }))
    expect(runs.filter(({ mostInASecond }) => mostInASecond > 10)).toEqual([])
    const pace = runs.reduce((sum, run) => sum + run.pace, 0) / runs.length
    expect(pace).toBeGreaterThan(leaves)
    expect(runs.some(({ restarts }) => restarts > 0)).toBe('restartEveryMs' in given)
  },
  7_200_000,
)
