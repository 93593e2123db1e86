import { expect, test } from 'vitest'
import type { LinkState } from '../../src/db/links'
import type { Side } from '../../src/shared/sides'
import type { SyncContext } from '../../src/sync-step'
import { confirmGone, noteSeen } from '../../src/two-way/link'

const LINK = { kind: 'invoice', tribeId: 't', powerOfficeId: 'p', state: 'linked' } as LinkState

/** What becomes of looks at a record: `missed` or `seen`, each so many seconds after the first. */
async function after(looks: readonly [at: number, what: 'missed' | 'seen', side?: Side][]) {
  let now = 1_800_000_000_000
  const kept: string[] = []
  const facts: Map<string, unknown> = new Map()
  const ctx = {
    cache: new Map<string, unknown>(),
    facts: {
      get: (name: string) => facts.get(name) ?? null,
      set: (name: string, value: unknown) => facts.set(name, value),
    },
    now: () => now,
    remember: (link: LinkState) => kept.push(link.state),
  } as unknown as SyncContext
  const began = now
  for (const [at, what, side = 'crm'] of looks) {
    now = began + at * 1000
    if (what === 'seen') noteSeen(ctx, LINK, side)
    else await confirmGone(ctx, LINK, side)
  }
  return kept
}

test.each<[string, Parameters<typeof after>[0], string[]]>([
  ['one look that missed it proves nothing', [[0, 'missed']], []],
  [
    'two within a minute do',
    [
      [0, 'missed'],
      [3, 'missed'],
    ],
    ['tribe-gone'],
  ],
  [
    'two in one hiccup are one',
    [
      [0, 'missed'],
      [1, 'missed'],
      [2, 'missed'],
    ],
    [],
  ],
  [
    'the one after the hiccup is the second',
    [
      [0, 'missed'],
      [1, 'missed'],
      [3, 'missed'],
    ],
    ['tribe-gone'],
  ],
  [
    'two that lie hours apart are each the first',
    [
      [0, 'missed'],
      [7200, 'missed'],
    ],
    [],
  ],
  [
    'after hours it takes two again',
    [
      [0, 'missed'],
      [7200, 'missed'],
      [7203, 'missed'],
    ],
    ['tribe-gone'],
  ],
  [
    'a sight of it in between makes the next the first',
    [
      [0, 'missed'],
      [3, 'seen'],
      [20, 'missed'],
    ],
    [],
  ],
  [
    'a side that missed it says nothing of the other',
    [
      [0, 'missed', 'crm'],
      [3, 'missed', 'books'],
    ],
    [],
  ],
  [
    'a sight of the other side says nothing either',
    [
      [0, 'missed', 'crm'],
      [2, 'seen', 'books'],
      [4, 'missed', 'crm'],
    ],
    ['tribe-gone'],
  ],
])('%s', async (_, looks, kept) => {
  expect(await after(looks)).toEqual(kept)
})
