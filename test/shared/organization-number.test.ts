import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  canonicalOrganizationNumber,
  organizationNumberToPowerOffice,
} from '../../src/shared/organization-number'
import { triesOf } from '../seeds/runs'

const sameOrganizationNumber = (a: string | null | undefined, b: string | null | undefined) =>
  canonicalOrganizationNumber(a) === canonicalOrganizationNumber(b)

const RUNS = triesOf(5000)

describe('an organisation number', () => {
  test.each([
    '914778271',
    'NO 914 778 271 MVA',
    'NO914778271MVA',
    'no 914778271',
    '914.778.271 mva',
    '914 778 271',
    '914\u00a0778\u00a0271',
    'Org.nr. 914 778 271',
    'Org. nr.: NO 914 778 271 MVA',
    'Organisasjonsnummer 914778271',
    'MVA-nr. NO-914778271-MVA',
    'NO 914 778 271 MVA Foretaksregisteret',
    '９１４７７８２７１',
  ])('is the same Norwegian company when spelled "%s"', (spelling) => {
    expect(canonicalOrganizationNumber(spelling)).toBe('914778271')
    expect(organizationNumberToPowerOffice(spelling)).toBe('914778271')
    expect(sameOrganizationNumber(spelling, '914778271')).toBe(true)
  })

  test.each([
    ['Dutch VAT with stops', 'NL 1234.56.789.B01', 'NL123456789B01'],
    ['Dutch VAT without its country', '1234.56.789.B.01', 'NL123456789B01'],
    ['Dutch VAT with its label', 'BTW-nummer: nl123456789b01', 'NL123456789B01'],
    ['the Dutch chamber of commerce', 'KVK 12 34 56 78', '12345678'],
    ['the chamber of commerce without a label', '12345678', '12345678'],
    ['a leading zero', 'KvK-nr. 01234567', '01234567'],
    ['Swedish', 'se 556012-579001', 'SE556012579001'],
    ['German', 'DE 123 456 789', 'DE123456789'],
    ['Danish', 'DK-12 34 56 78', 'DK12345678'],
    ['too short for a Norwegian one', '91477827', '91477827'],
    ['too long for a Norwegian one', '9147782710', '9147782710'],
    ['NO before something else', 'NO 12', 'NO12'],
    ['MVA alone', 'MVA', 'MVA'],
    ['text', 'n/a', 'NA'],
  ])('%s', (_, spelling, canonical) => {
    expect(canonicalOrganizationNumber(spelling)).toBe(canonical)
    expect(organizationNumberToPowerOffice(spelling)).toBe(canonical)
  })

  test('is nothing when it is blank, or has no letter or digit', () => {
    for (const nothing of [null, undefined, '', ' ', '-', ' . ']) {
      expect(canonicalOrganizationNumber(nothing)).toBeNull()
      expect(sameOrganizationNumber(nothing, null)).toBe(true)
    }
    expect(sameOrganizationNumber(null, '914778271')).toBe(false)
  })

  test('differs from the next one', () => {
    expect(sameOrganizationNumber('914778271', 'NO 914 778 272 MVA')).toBe(false)
    expect(sameOrganizationNumber('NL123456789B01', 'NL123456789B02')).toBe(false)
  })
})

describe('laws of organisation numbers', () => {
  const piece = fc.constantFrom(
    'NO',
    'no',
    'MVA',
    'NL',
    'B01',
    'Org.nr.',
    'KVK',
    '914778271',
    '12345678',
    ' ',
    '.',
    'VAT',
  )
  const anyText = fc.oneof(
    fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')),
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
  )

  test('the canonical spelling is its own canonical spelling', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const canonical = canonicalOrganizationNumber(text)
        expect(canonicalOrganizationNumber(canonical)).toBe(canonical)
        expect(sameOrganizationNumber(text, canonical)).toBe(true)
        expect(sameOrganizationNumber(text, organizationNumberToPowerOffice(text))).toBe(true)
      }),
      triesOf(20_000),
    )
  })

  test('so it is for every single character there is', () => {
    for (let code = 0; code <= 0x10ffff; code++) {
      const once = canonicalOrganizationNumber(String.fromCodePoint(code))
      if (canonicalOrganizationNumber(once) !== once) expect.fail(`U+${code.toString(16)}`)
    }
  })

  test('spaces, stops and case never matter', () => {
    const stops = fc.array(fc.constantFrom('', ' ', '.', '-', '/', '\u00a0', ': '), {
      minLength: 40,
      maxLength: 40,
    })
    const compact = fc.stringMatching(/^[A-Z]{0,3}[0-9]{1,12}[A-Z0-9]{0,4}$/)
    fc.assert(
      fc.property(compact, stops, fc.boolean(), (number, gaps, lower) => {
        const spaced = [...number].map((character, at) => character + (gaps[at] ?? '')).join('')
        expect(sameOrganizationNumber(lower ? spaced.toLowerCase() : spaced, number)).toBe(true)
      }),
      RUNS,
    )
  })

  test('any nine digits are the same with and without NO and MVA', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{9}$/), (digits) => {
        expect(canonicalOrganizationNumber(`NO ${digits} MVA`)).toBe(digits)
        expect(canonicalOrganizationNumber(digits)).toBe(digits)
      }),
      RUNS,
    )
  })
})
