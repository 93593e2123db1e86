import { expect, test } from 'vitest'
import { createFailedLogins } from '../../src/http/failed-logins'

test('the address that sent too many wrong tokens is told how long to wait; others are not', () => {
  const logins = createFailedLogins(3, 60_000)
  expect([1, 2, 3].map((n) => logins.note('a', n * 1000))).toEqual([null, null, null])
  expect(logins.note('a', 11_000)).toBe(50)
  expect(logins.note('b', 11_000)).toBe(null)
  expect(logins.note('a', 60_999)).toBe(1)
})

test('a new minute begins from nothing', () => {
  const logins = createFailedLogins(1, 60_000)
  expect([logins.note('a', 0), logins.note('a', 1), logins.note('a', 60_000)]).toEqual([null, 60, null])
})
