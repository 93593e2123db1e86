import { expect, test } from 'vitest'
import { runScript } from '../seeds/script'
import { monthOf } from './month'

test('a small deployment is filled, measured, and its month worked out', async () => {
  const { said, code } = await runScript('test/bench/far.ts', '--tenants', '2', '--links', '500')
  expect(code).toBe(0)
  expect(said).toMatch(/^2 tenants × 500 links/m)
  const [, bytes] = /(\d+) bytes a record/.exec(said) ?? []
  expect(Number(bytes)).toBeGreaterThan(500)
  for (const what of ['a tick', '/status', 'a poll', 'a search']) expect(said).toContain(what)
}, 120_000)

test('a month is the plan and what grows with tenants, records and bytes', () => {
  const sumOf = (tenants: number, links: number, bytes: number) =>
    Number(/in all: \$([\d.]+)/.exec(monthOf({ tenants, links, bytes }).at(-1) ?? '')?.[1])
  expect(sumOf(0, 0, 0)).toBe(5)
  expect(sumOf(0, 0, 2e9)).toBe(6.5)
  expect(sumOf(100, 0, 0) - 5).toBeCloseTo((sumOf(200, 0, 0) - 5) / 2, 1)
  expect(sumOf(1000, 100_000, 0)).toBeGreaterThan(sumOf(1000, 0, 0) + 2)
})
