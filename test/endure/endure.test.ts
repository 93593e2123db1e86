import { expect, test } from 'vitest'
import { runScript } from '../seeds/script'
import { reportOf } from './table'

const run = (...given: string[]) => runScript('test/endure/endure.ts', ...given)

test('companies live through a day of every trouble: all in step, nothing twice, nothing lost, each problem named', async () => {
  const { said, code } = await run('--days', '1', '--tenants', '3')
  console.log(said.trim())
  expect(said).toContain('1 seeds of 1 days and 3 companies, 0 failed')
  expect(code).toBe(0)
}, 1_800_000)

test('a seed is one story, and its table tells of each company', async () => {
  const given = ['--days', '1', '--tenants', '1', '--seed', '3', '--story']
  const [first, again] = await Promise.all([run(...given), run(...given)])
  expect(first.said).toMatch(/^ +T1 +(draft|book|send) +\d+/m)
  expect(first.said).toMatch(/most calls to PowerOffice within a second: \d+/)
  expect(again.said).toBe(first.said)
}, 900_000)

test('a seed that fails is told with the command that runs it again', () => {
  expect(reportOf({ seed: 4, faults: ['T1: a job is overdue', 'and more'] }, 7, 3)).toBe(
    'seed 4: T1: a job is overdue (and 1 more)\n  npm run endure -- --seed 4 --days 7 --tenants 3',
  )
})
