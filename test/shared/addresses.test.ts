import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ADDRESS_LIMITS,
  type AnyLinedAddress,
  type AnyPartedAddress,
  addressFromLines,
  addressToLines,
  canonicalAddress,
  joinAddressLine,
  splitAddressLine,
} from '../../src/shared/addresses'
import { carriable } from '../../src/shared/texts'
import { triesOf } from '../seeds/runs'

const sameAddress = (a: Parameters<typeof canonicalAddress>[0], b: Parameters<typeof canonicalAddress>[0]) =>
  JSON.stringify(canonicalAddress(a)) === JSON.stringify(canonicalAddress(b))

const RUNS = triesOf(2000)

describe('the first line of an address', () => {
  test.each([
    ['a letter after a space is the suffix', 'Havnegata 12 B', 'Havnegata', 12, 'B'],
    ['a number alone', 'Storgata 1', 'Storgata', 1, null],
    ['a street of many words', 'Karl Johans gate 22', 'Karl Johans gate', 22, null],
    ['an abbreviated street', 'Storgt. 5 a', 'Storgt.', 5, 'a'],
    ['a range keeps its hyphen', 'Kirkeveien 12-14', 'Kirkeveien', 12, '-14'],
    ['a range with a letter', 'Kirkeveien 12-14 B', 'Kirkeveien', 12, '-14 B'],
    ['a slash', 'Damrak 70/2', 'Damrak', 70, '/2'],
    ['a Dutch floor', 'Keizersgracht 123-II', 'Keizersgracht', 123, '-II'],
    ['a Dutch addition', 'Kerkstraat 8 bis', 'Kerkstraat', 8, 'bis'],
    ['a letter with a digit', 'Kerkstraat 8 A2', 'Kerkstraat', 8, 'A2'],
    ['a Norwegian flat number', 'Bogstadveien 3 H0201', 'Bogstadveien', 3, 'H0201'],
    ['a number in the name of the street', 'Plein 1944 7', 'Plein 1944', 7, null],
    ['a number at the start of the street', '3e Oosterparkstraat 10', '3e Oosterparkstraat', 10, null],
    ['letters of any script', 'Ærøgata 4 Å', 'Ærøgata', 4, 'Å'],
    ['an emoji in the street', '🌻veien 9', '🌻veien', 9, null],
  ])('splits and comes back: %s', (_, line, street, houseNumber, houseNumberSuffix) => {
    const parts = { street, houseNumber, houseNumberSuffix }

    expect(splitAddressLine(line)).toEqual(parts)
    expect(joinAddressLine(parts)).toBe(line)
  })

  test.each([
    ['a letter without a space', 'Havnegata 12B'],
    ['a post box', 'Postboks 12'],
    ['a post box with its office', 'Postboks 123 Sentrum'],
    ['a Dutch post box', 'Postbus 12'],
    ['a short post box', 'Pb. 12'],
    ['an English post box', 'P.O. Box 12'],
    ['a reply number', 'Antwoordnummer 12'],
    ['a number in front', '12 Rue de la Paix'],
    ['a comma', 'Gate 4, oppgang B'],
    ['a comma before a number', 'Gate 4, 5'],
    ['a comma before a floor', 'Havnegata 12, etasje 3'],
    ['a flat in words', 'Kerkstraat 12 bus 5'],
    ['a leading zero', 'Havnegata 012'],
    ['a number zero', 'Havnegata 0'],
    ['a huge number', 'Havnegata 123456'],
    ['a number beyond all numbers', `Havnegata ${'9'.repeat(150)}`],
    ['a decimal', 'Havnegata 12.5'],
    ['a decimal comma', 'Havnegata 12,5'],
    ['a negative number', 'Havnegata -3'],
    ['digits of another script', 'Havnegata ١٢'],
    ['only a number', '12'],
    ['only numbers', '1944 7'],
    ['only a street', 'Rådhusplassen'],
    ['a hyphen after a space', 'Kirkeveien 12 -14'],
    ['care of', 'c/o Hansen 12'],
    ['a district', 'Kerkstraat 12 Centrum'],
  ])('stays whole in the street and comes back: %s', (_, line) => {
    const parts = { street: line, houseNumber: null, houseNumberSuffix: null }

    expect(splitAddressLine(line)).toEqual(parts)
    expect(joinAddressLine(parts)).toBe(line)
  })

  test('tabs, line ends and double spaces are single spaces', () => {
    expect(splitAddressLine(' Havnegata\t12\r\nB ')).toEqual({
      street: 'Havnegata',
      houseNumber: 12,
      houseNumberSuffix: 'B',
    })
  })

  test('an empty line has no parts, and no parts make an empty line', () => {
    const nothing = { street: null, houseNumber: null, houseNumberSuffix: null }
    for (const line of [null, undefined, '', ' \n']) expect(splitAddressLine(line)).toEqual(nothing)
    expect(joinAddressLine(nothing)).toBe('')
  })

  test.each([
    ['the whole line in the street', { street: 'Havnegata 12 B' }, 'Havnegata 12 B'],
    [
      'a suffix that holds a number',
      { street: 'Gata', houseNumber: 12, houseNumberSuffix: '1' },
      'Gata 12 1',
    ],
    ['a suffix without a number', { street: 'Gata', houseNumberSuffix: '-2' }, 'Gata -2'],
    ['a number without a street', { houseNumber: 12, houseNumberSuffix: 'B' }, '12 B'],
    ['half a house', { street: 'Gata', houseNumber: 12.5 }, 'Gata 12.5'],
    ['a house below ground', { street: 'Gata', houseNumber: -3 }, 'Gata -3'],
    ['a huge number', { street: 'Gata', houseNumber: 1e21 }, 'Gata 1e+21'],
    ['a zero, which Tribe may answer for nothing', { street: 'Gata', houseNumber: 0 }, 'Gata'],
    ['no number at all', { street: 'Gata', houseNumber: Number.NaN }, 'Gata'],
    ['a post box with its number apart', { street: 'Postbus', houseNumber: 12 }, 'Postbus 12'],
    ['untidy parts', { street: ' Gata ', houseNumber: 1, houseNumberSuffix: '\tB' }, 'Gata 1 B'],
  ])('what a user typed in Tribe is stable: %s', (_, typed, line) => {
    expect(joinAddressLine(typed)).toBe(line)
    expect(joinAddressLine(splitAddressLine(line))).toBe(line)
  })
})

describe('a whole address', () => {
  const inPowerOffice = {
    addressLine1: 'Havnegata 12 B',
    addressLine2: '2. etasje',
    zipCode: '0150',
    city: 'Oslo',
    countryCode: 'NO',
  }
  const inTribe = {
    street: 'Havnegata',
    houseNumber: 12,
    houseNumberSuffix: 'B',
    extra: '2. etasje',
    postalCode: '0150',
    city: 'Oslo',
    countryCode: 'NO',
  }

  test('goes over and comes back', () => {
    expect(addressToLines(inTribe)).toEqual(inPowerOffice)
    expect(addressFromLines(inPowerOffice)).toEqual(inTribe)
  })

  test('without zip code and city, PowerOffice gets hyphens, which never come back', () => {
    const lines = addressToLines({ ...inTribe, postalCode: null, city: ' ' })

    expect(lines).toMatchObject({ zipCode: '-', city: '-' })
    expect(addressFromLines(lines)).toMatchObject({ postalCode: null, city: null })
  })

  test('a country that PowerOffice leaves out is Norway, and codes are in capitals', () => {
    expect(addressFromLines({ addressLine1: 'Storgata 1', countryCode: null })?.countryCode).toBe('NO')
    expect(addressToLines({ street: 'Damrak', countryCode: 'nl' })?.countryCode).toBe('NL')
  })

  test('a country that Tribe leaves out stays out when PowerOffice says Norway', () => {
    const noCountry = { ...inTribe, countryCode: null }

    expect(addressFromLines(inPowerOffice, noCountry)).toEqual(noCountry)
    expect(addressFromLines({ ...inPowerOffice, countryCode: 'SE' }, noCountry)?.countryCode).toBe('SE')
  })

  test('an address of which nothing is known is no address', () => {
    expect(addressToLines({ street: ' ', countryCode: 'NO' })).toBeNull()
    expect(addressFromLines({ addressLine1: null, zipCode: '-', city: '-', countryCode: 'NO' })).toBeNull()
    expect(addressFromLines(null)).toBeNull()
    expect(sameAddress(null, { addressLine1: '', city: '-' })).toBe(true)
    expect(addressToLines({ countryCode: 'DE' })).toMatchObject({ zipCode: '-', countryCode: 'DE' })
  })

  test('an address that was emptied in PowerOffice is emptied in Tribe', () => {
    expect(addressFromLines(null, inTribe)).toBeNull()
  })

  test('a street that is too long for PowerOffice is cut there and stays whole in Tribe', () => {
    const long = { ...inTribe, street: `${'Lang'.repeat(60)}gata` }

    const lines = addressToLines(long)
    expect(lines?.addressLine1).toHaveLength(200)
    expect(sameAddress(long, lines)).toBe(true)
    expect(addressFromLines(lines && { ...lines, city: 'Bergen' }, long)).toEqual({ ...long, city: 'Bergen' })
  })

  test('no character is cut in two', () => {
    const lines = addressToLines({ street: `x${'🌻'.repeat(120)}`, city: 'Oslo' })

    expect(lines?.addressLine1).toHaveLength(199)
    expect(lines?.addressLine1).not.toMatch(/\p{Surrogate}/u)
  })

  test('what a user typed into the wrong field of Tribe stays there while the line is the same', () => {
    const typed = { ...inTribe, street: 'Havnegata 12', houseNumber: null, houseNumberSuffix: 'B' }

    expect(addressFromLines(inPowerOffice, typed)).toEqual(typed)
    expect(addressFromLines({ ...inPowerOffice, addressLine1: 'Havnegata 12 C' }, typed)).toEqual({
      ...inTribe,
      houseNumberSuffix: 'C',
    })
  })
})

const anyWord = fc.oneof(
  fc.constantFrom('Havnegata', 'gate', 'Plein', 'Postboks', 'Rue', 'bus', 'c/o', 'Å', 'B', 'bis', '2.', ','),
  fc.constantFrom('12', '012', '0', '12B', '12-14', '70/2', '-14', '99999', '100000', '1.5', '١٢', '-', '🌻'),
  fc.integer().map(String),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
)
const anyGap = fc.constantFrom(' ', ' ', ' ', '  ', '\t', '\n', '\u00a0', '')
const anyText = fc.oneof(
  fc.array(fc.tuple(anyWord, anyGap), { maxLength: 6 }).map((words) => words.flat().join('')),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ unit: 'grapheme', minLength: 180, maxLength: 260 }),
)
const anyField = fc.option(anyText)
const anyParts = fc.record({
  street: anyField,
  houseNumber: fc.option(fc.oneof(fc.nat(200), fc.double(), fc.maxSafeInteger())),
  houseNumberSuffix: fc.option(anyWord),
})
const anyCountry = fc.constantFrom(null, 'NO', 'nl', 'DE', ' ')
const anyParted: fc.Arbitrary<AnyPartedAddress> = fc
  .tuple(
    anyParts,
    fc.record({ extra: anyField, postalCode: anyField, city: anyField, countryCode: anyCountry }),
  )
  .map(([parts, rest]) => ({ ...parts, ...rest }))
const anyLined: fc.Arbitrary<AnyLinedAddress> = fc.record({
  addressLine1: anyField,
  addressLine2: anyField,
  zipCode: anyField,
  city: anyField,
  countryCode: anyCountry,
})

/** As the docstring says it, in other words than the code's. */
const tidy = (text: string | null | undefined) =>
  carriable(text ?? '')
    .split(/\s+/)
    .filter(Boolean)
    .join(' ')
function cut(text: string, most: number): string {
  let kept = ''
  for (const character of text) {
    if (kept.length + character.length > most) break
    kept += character
  }
  return kept.trim()
}

describe('laws of addresses', () => {
  test('every line comes back as it was, but for white space', () => {
    fc.assert(
      fc.property(anyText, (line) => {
        expect(joinAddressLine(splitAddressLine(line))).toBe(tidy(line))
      }),
      triesOf(20_000),
    )
  })

  test('what splitting made comes back in the same parts', () => {
    fc.assert(
      fc.property(anyText, (line) => {
        const parts = splitAddressLine(line)
        expect(splitAddressLine(joinAddressLine(parts))).toEqual(parts)
        const { houseNumber } = parts
        expect(houseNumber === null || (houseNumber >= 1 && houseNumber <= 99_999)).toBe(true)
      }),
      RUNS,
    )
  })

  test('what a user typed, however odd, gives one line that stays as it is', () => {
    fc.assert(
      fc.property(anyParts, (parts) => {
        const line = joinAddressLine(parts)
        expect(joinAddressLine(splitAddressLine(line))).toBe(line)
        expect(tidy(line)).toBe(line)
      }),
      RUNS,
    )
  })

  test('every PowerOffice address comes back from Tribe', () => {
    fc.assert(
      fc.property(anyLined, (lines) => {
        const back = addressFromLines(lines)
        const again = back && addressToLines(back)
        expect(again?.addressLine1 ?? '').toBe(cut(tidy(lines.addressLine1), 200))
        expect(again?.addressLine2 ?? '').toBe(cut(tidy(lines.addressLine2), 200))
        expect(again?.zipCode ?? '-').toBe(cut(tidy(lines.zipCode), 50) || '-')
        expect(again?.city ?? '-').toBe(cut(tidy(lines.city), 100) || '-')
        expect(again?.countryCode ?? 'NO').toBe(tidy(lines.countryCode).toUpperCase() || 'NO')
        expect([back?.postalCode, back?.city]).not.toContain('-')
        expect(sameAddress(back, lines)).toBe(true)
      }),
      RUNS,
    )
  })

  test('every tidy PowerOffice address comes back to the letter', () => {
    fc.assert(
      fc.property(anyParted, (address) => {
        const lines = addressToLines(address)
        const back = addressFromLines(lines)
        expect(back && addressToLines(back)).toEqual(lines)
      }),
      RUNS,
    )
  })

  test('every Tribe address comes back with what Tribe holds at hand, and without it the same', () => {
    fc.assert(
      fc.property(anyParted, (address) => {
        const lines = addressToLines(address)
        const back = addressFromLines(lines, address)
        expect(sameAddress(addressFromLines(lines), address)).toBe(true)
        expect(sameAddress(lines, address)).toBe(true)
        for (const field of ['street', 'houseNumberSuffix', 'extra', 'postalCode', 'city'] as const) {
          expect(back?.[field] ?? '').toBe(tidy(address[field]))
        }
      }),
      RUNS,
    )
  })

  test('every PowerOffice address is the same in Tribe, whatever Tribe held before', () => {
    fc.assert(
      fc.property(anyLined, fc.option(anyParted), (lines, before) => {
        expect(sameAddress(addressFromLines(lines, before), lines)).toBe(true)
      }),
      RUNS,
    )
  })

  test('no field is longer than PowerOffice takes, and none that it requires is empty', () => {
    fc.assert(
      fc.property(anyParted, (address) => {
        const lines = addressToLines(address)
        if (!lines) return
        for (const [field, most] of Object.entries(ADDRESS_LIMITS)) {
          expect((lines[field as keyof typeof ADDRESS_LIMITS] ?? '').length).toBeLessThanOrEqual(most)
        }
        expect([lines.zipCode, lines.city, lines.countryCode]).not.toContain('')
        expect(canonicalAddress(canonicalAddress(address))).toEqual(canonicalAddress(address))
      }),
      RUNS,
    )
  })
})
