import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalNumber } from '../../src/shared/numbers'
import { carriable, carriableBody } from '../../src/shared/texts'

test.each([
  ['a plain text', 'Nordlys AS', 'Nordlys AS'],
  ['letters of all kinds', 'Åse Şahin 株式会社 Ελλάδα', 'Åse Şahin 株式会社 Ελλάδα'],
  ['a zero-width space', '\u200Bpost@firma.example', 'post@firma.example'],
  ['a byte order mark', '\uFEFFNordlys', 'Nordlys'],
  ['marks of direction', 'Nord\u202Elys\u202C', 'Nordlys'],
  ['a soft hyphen', 'Nord\u00ADlys', 'Nordlys'],
  ['control characters', 'Nord\u0000\u0008\u001Flys\u007F', 'Nordlys'],
  ['half of a character', 'Nord\uD83Dlys\uDE00', 'Nordlys'],
  ['a whole picture', 'Nordlys \u{1F600}', 'Nordlys \u{1F600}'],
  ['a picture of several', '\u{1F469}\u200D\u{1F4BB}', '\u{1F469}\u200D\u{1F4BB}'],
  ['a joiner between Latin letters', 'Nord\u200Dlys\u200C', 'Nordlys'],
  ['what is no character', 'Nord\uFFFElys\uFDD0\uFFFF', 'Nordlys'],
  ['line ends', 'en\r\nto\u2028tre\u0085fire\u000Bfem\tseks', 'en\r\nto\ntre\nfire\nfem\tseks'],
])('%s is carried as it may be', (_, text, carried) => {
  expect(carriable(text)).toBe(carried)
  expect(carriable(carried)).toBe(carried)
})

/** What XML 1.0 allows. */
const isXml = (text: string) =>
  [...text].every((character) => {
    const code = character.codePointAt(0) ?? 0
    return (
      [9, 10, 13].includes(code) ||
      (code >= 0x20 && code < 0xd800) ||
      (code >= 0xe000 && code < 0xfffe) ||
      code > 0xffff
    )
  })

test('whatever is typed, what is left fits into XML, and is left as it is the next time', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (odd, plain) => {
      const carried = carriable(odd)
      expect(isXml(carried)).toBe(true)
      expect(carriable(carried)).toBe(carried)
      expect(carriable(plain)).toBe(plain)
    }),
  )
})

test('a body is carried with all that is in it, and nothing but texts changes', () => {
  const body = { Name: 'A\u0000', Lines: [{ Text: '\u200BB', Price: 1, Is: null }], Is: true }
  expect(carriableBody(body)).toEqual({ Name: 'A', Lines: [{ Text: 'B', Price: 1, Is: null }], Is: true })
})

test.each([
  ['10000', '10000'],
  ['010000', '10000'],
  ['10 000', '10000'],
  ['10\u00A0000', '10000'],
  ['\u200B10000', '10000'],
  [' 10000 ', '10000'],
  ['10.000', '10000'],
  ['10,000', '10000'],
  ['1.234.567', '1234567'],
  ['10000.0', '10000'],
  ['10000,00', '10000'],
  ['１００００', '10000'],
  ['0', '0'],
  ['000', '0'],
  ['K-10000', 'K-10000'],
  ['10000a', '10000a'],
  ['1000-0', '1000-0'],
  ['100000', '100000'],
  ['', null],
  ['  ', null],
  [null, null],
  [undefined, null],
])('the number %j is %j', (text, number) => {
  expect(canonicalNumber(text)).toBe(number)
})
