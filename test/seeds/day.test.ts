import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { dayOfCommit, seedsOf, shareOf, today, todays } from './day'

const DAYS = ['2026-11-28', '2026-11-29', '2026-11-30', '2026-12-01']

test('each day has seeds of its own, and the same ones whenever they are asked for', () => {
  const seeds = DAYS.flatMap((day) => seedsOf(day, 1000))
  expect(new Set(seeds).size).toBe(4000)
  expect(seedsOf('2026-11-29', 3)).toEqual([20786000, 20786001, 20786002])
  expect(seedsOf('2026-11-29', 1000).slice(0, 3)).toEqual(seedsOf('2026-11-29', 3))
})

test('in as many days as there are shares each blow has its turn once, and a share is spread evenly', () => {
  const blows = Array.from({ length: 103 }, (_, n) => n)
  const shares = DAYS.map((day) => shareOf(blows, day, 4))
  expect(shares.flat().sort((a, b) => a - b)).toEqual(blows)
  for (const share of shares)
    expect(share.every((blow, n) => n === 0 || blow - Number(share[n - 1]) === 4)).toBe(true)
  expect(shareOf(blows, '2026-11-29', 1)).toEqual(blows)
})

test('of all combinations of three choices a quarter meets each pair of the first and the others; four days meet all', () => {
  const cases = [0, 1, 2, 3, 4].flatMap((a) =>
    [0, 1, 2, 3].flatMap((b) => [0, 1, 2, 3, 4, 5, 6, 7].map((c) => ({ a, b, c }))),
  )
  const shares = DAYS.map((day) => shareOf(cases, day, 4, ({ a, b, c }) => a + b + c))
  for (const share of shares) {
    expect(share).toHaveLength(40)
    const pairs = (of: (one: (typeof cases)[number]) => number[]) =>
      new Set(share.map((one) => String(of(one)))).size
    expect([pairs(({ a, b }) => [a, b]), pairs(({ a, c }) => [a, c]), pairs(({ b, c }) => [b, c])]).toEqual([
      20, 40, 32,
    ])
  }
  expect(new Set(shares.flat())).toEqual(new Set(cases))
})

test('the soak takes all of a table', () => {
  vi.stubEnv('SOAK', '')
  vi.stubEnv('DAY', '2026-11-29')
  expect(todays(['a', 'b', 'c', 'd'], 4)).toHaveLength(1)
  vi.stubEnv('SOAK', '1')
  expect(todays(['a', 'b', 'c', 'd'], 4)).toHaveLength(4)
  vi.unstubAllEnvs()
})

test.each(['29.11.2026', '2026-13-01', 'tomorrow', ''])('"%s" is no day', (day) => {
  expect(() => seedsOf(day, 1)).toThrow('is no day')
})

test('DAY says which day it is for all suites', () => {
  const before = process.env.DAY
  process.env.DAY = '2026-02-03'
  expect(today()).toBe('2026-02-03')
  if (before === undefined) delete process.env.DAY
  else process.env.DAY = before
})

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'day-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

test('a commit is tried with the seeds of its own day, in UTC, whenever that is', () => {
  const folder = aFolder()
  const env = { ...process.env, GIT_COMMITTER_DATE: '2026-02-04T00:30:00+0100' }
  const git = (...given: string[]) => execFileSync('git', given, { cwd: folder, env, stdio: 'pipe' })
  git('init', '-q')
  const names = ['-c', 'user.name=A Tester', '-c', 'user.email=tester@example.com']
  git(...names, 'commit', '-q', '--allow-empty', '-m', 'A day')
  expect(dayOfCommit(folder)).toBe('2026-02-03')
})

test('where there is no repository it is today', () => {
  expect(dayOfCommit(aFolder())).toBe(today())
})
