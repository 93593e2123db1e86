import { expect, test } from 'vitest'
import { type CountedModule, countsOf, lineOf } from './summary-reporter'

const file = (state: string, ...results: string[]): CountedModule => ({
  state: () => state,
  children: { allTests: () => results.map((result) => ({ result: () => ({ state: result }) })) },
})

test.each([
  ['nothing ran', [], 0, '0 passed, 0 failed, 0 skipped'],
  ['all is well', [file('passed', 'passed', 'passed')], 0, '2 passed, 0 failed, 0 skipped'],
  [
    'one fails, one is skipped',
    [file('failed', 'passed', 'failed', 'skipped')],
    0,
    '1 passed, 1 failed, 1 skipped',
  ],
  ['a file cannot be loaded', [file('failed'), file('passed', 'passed')], 0, '1 passed, 1 failed, 0 skipped'],
  ['a hook fails', [file('failed', 'skipped', 'skipped')], 0, '0 passed, 1 failed, 2 skipped'],
  ['an error is caught by nobody', [file('passed', 'passed')], 1, '1 passed, 1 failed, 0 skipped'],
])('the last line of a run when %s', (_when, files, uncaught, line) => {
  expect(lineOf(countsOf(files, uncaught))).toBe(line)
})
