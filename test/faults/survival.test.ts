import { expect, test } from 'vitest'
import { KINDS, type KindName, type Where } from '../fakes/catalogue'
import { todays } from '../seeds/day'
import { aNightWith } from './scenario'

/** Trouble that comes and goes. */
const OFTEN: Where = { times: Number.POSITIVE_INFINITY, probability: 0.3 }
/** What has to be mended by a person strikes once; so does what leaves something behind. */
const ONCE: readonly KindName[] = [
  'forbidden',
  'unauthorized-once',
  'page-short',
  'token-expires',
  'alarm-throws',
]

/** What befalls one system at a time is shown for both. */
const OF_ONE = ['key-revoked', 'clock-ahead', 'clock-behind', 'token-expires'] as const

const cases = [
  ...KINDS.map((name): [KindName, Where] => [name, ONCE.includes(name) ? {} : OFTEN]),
  ...OF_ONE.map((name): [KindName, Where] => [name, { system: 'tribe' }]),
]

// Each kind strikes in the simulated weeks as well (`test/endure`).
test.each(todays(cases, 2))('the relay survives "%s" (%o)', async (name, where) => {
  const { struck, wrong, problems, story } = await aNightWith(name, where)
  if (wrong.length + problems.length > 0) console.error(story.slice(-150).join('\n'))
  expect(struck).toBeGreaterThan(0)
  expect([wrong, problems]).toEqual([[], []])
})
