import { describe, expect, test } from 'vitest'
import { ApiError, asSyncError, SyncError } from '../../src/shared/errors'

describe('whatever is thrown', () => {
  test('on purpose stays as it is', () => {
    const error = new ApiError('tribe.forbidden', 'reconnect', 'Tribe answered 403', 403, 'no')
    expect(asSyncError(error)).toBe(error)
    const rule = new SyncError('relation.ambiguous', 'data', 'Decide')
    expect(asSyncError(rule)).toBe(rule)
  })

  test.each([
    ['a bug', new TypeError('x is not a function'), 'TypeError: x is not a function'],
    ['a text', 'oops', 'oops'],
    ['nothing', undefined, 'undefined'],
    ['a number', 7, '7'],
    ['an object', { a: 1 }, '[object Object]'],
  ])('as %s becomes an error that time may mend, and that says so', (_, thrown, detail) => {
    expect(asSyncError(thrown)).toMatchObject({
      code: 'relay.unexpected',
      remedy: 'time',
      retryAfterSeconds: null,
      message: `The relay met something it did not expect (${detail})`,
    })
  })

  test('is told shortly', () => {
    expect(asSyncError(new Error('x'.repeat(10_000))).message.length).toBeLessThan(300)
  })

  test('while something was read is told without what was read: it may be somebody’s data, or a secret', () => {
    const read = () => JSON.parse('{"clientSecret": hunter2}')
    let message = ''
    try {
      read()
    } catch (thrown) {
      message = asSyncError(thrown).message
    }
    expect(message).not.toBe('')
    expect(message).not.toContain('hunter2')
  })

  test('is told without the value that a message quotes, and with the name of what was missing', () => {
    const refused = new TypeError('Headers.set: "Bearer hunter2" is an invalid header value.')
    expect(asSyncError(refused).message).toContain('TypeError: Headers.set: "…" is an invalid header value.')
    const bug = new TypeError("Cannot read properties of undefined (reading 'name')")
    expect(asSyncError(bug).message).toContain("(reading 'name')")
  })
})

test('an error of a call is one of ours, with its status and what was said', () => {
  const error = new ApiError('poweroffice.refused', 'data', 'no', 400, 'EmailAddress is not valid')
  expect(error).toBeInstanceOf(SyncError)
  expect(error).toBeInstanceOf(Error)
  expect(error).toMatchObject({
    name: 'ApiError',
    status: 400,
    said: 'EmailAddress is not valid',
    outcomeUnknown: false,
    retryAfterSeconds: null,
  })
})
