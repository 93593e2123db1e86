import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyOf, changedSince, isGuid, literal, queryString } from '../../src/tribe/odata'

const ID = '7d1c2f30-5b7a-4f0e-8a51-2f9f0c6e1a11'
const OTHER = '0f5b9c1e-6a57-4c5e-9d0b-1c2d3e4f5a6b'

describe('a query', () => {
  test('writes blanks as %20 and plus signs as %2B, which Tribe does not decode otherwise', () => {
    expect(queryString({ $orderby: 'CreationDate asc,ID asc' })).toBe(
      '$orderby=CreationDate%20asc%2CID%20asc',
    )
    expect(queryString({ $filter: "PhoneNumber eq '+47 73'" })).toBe(
      "$filter=PhoneNumber%20eq%20'%2B47%2073'",
    )
  })

  test('leaves out what is not given, and keeps what is empty or nought', () => {
    expect(queryString({ $filter: undefined, $skip: 0, $top: 100, $select: '' })).toBe(
      '$skip=0&$top=100&$select=',
    )
    expect(queryString({})).toBe('')
  })

  test('comes back as it was when a server reads it, whatever the texts', () => {
    const value = fc.string({ unit: 'grapheme' })
    fc.assert(
      fc.property(value, value, (one, two) => {
        const text = queryString({ $filter: one, $select: two })
        expect(text).not.toMatch(/[ +#]/)
        expect(Object.fromEntries(new URLSearchParams(text))).toEqual({ $filter: one, $select: two })
      }),
    )
  })
})

describe('a text in a filter', () => {
  test.each([
    ['Acme', "'Acme'"],
    ["Bjørn's", "'Bjørn''s'"],
    ["''", "''''''"],
    ['', "''"],
    ["' or 1 eq 1 or '", "''' or 1 eq 1 or '''"],
  ])('%s is written %s', (text, written) => {
    expect(literal(text)).toBe(written)
  })

  test('ends where it ends: no text can get out of its quotes', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const inner = literal(text).slice(1, -1)
        expect(inner.replaceAll("''", '')).not.toContain("'")
        expect(inner.replaceAll("''", "'")).toBe(text)
      }),
    )
  })
})

describe('an id', () => {
  test.each([ID, ID.toUpperCase(), '00000000-0000-0000-0000-000000000000'])('%s is one', (text) => {
    expect(isGuid(text)).toBe(true)
  })

  test.each([
    '',
    'x',
    ID.slice(1),
    `${ID}0`,
    ID.replaceAll('-', ''),
    `{${ID}}`,
    ` ${ID}`,
    `${ID}\n`,
    ID.replace('7', 'g'),
    `${ID} or true`,
  ])('"%s" is none', (text) => {
    expect(isGuid(text)).toBe(false)
  })

  test('every UUID is one', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        expect(isGuid(id)).toBe(true)
      }),
    )
  })
})

test('several ids are chained, since Tribe knows no "in"', () => {
  expect(anyOf('Organization/ID', [ID])).toBe(`Organization/ID eq ${ID}`)
  expect(anyOf('Organization/ID', [ID, OTHER])).toBe(
    `Organization/ID eq ${ID} or Organization/ID eq ${OTHER}`,
  )
})

test('a record that was never edited is found by when it was made', () => {
  const since = '2026-03-15T07:00:00.0000000Z'
  expect(changedSince(since)).toBe(`(CreationDate ge ${since}) or (LastMutationDate ge ${since})`)
  expect(changedSince(since, 'Organization/')).toBe(
    `(Organization/CreationDate ge ${since}) or (Organization/LastMutationDate ge ${since})`,
  )
})
