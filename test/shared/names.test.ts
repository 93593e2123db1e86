import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type AnyThreePartName,
  type AnyTwoPartName,
  canonicalName,
  joinName,
  sameName,
  splitName,
} from '../../src/shared/names'
import { carriable } from '../../src/shared/texts'
import { triesOf } from '../seeds/runs'

const RUNS = triesOf(5000)

describe('a name that travels between Tribe (three parts) and PowerOffice (two)', () => {
  test.each([
    ['a Dutch infix moves in front of the last name', 'Ada', 'van der', 'Berg', 'Ada', 'van der Berg'],
    ['an infix of one word does so too', 'Jan', 'de', 'Vries', 'Jan', 'de Vries'],
    ['an infix with an apostrophe', 'Bart', "in 't", 'Veld', 'Bart', "in 't Veld"],
    ['an infix with a typographic apostrophe', 'Bart', 'van ’t', 'Hof', 'Bart', 'van ’t Hof'],
    ["an infix that is only 's", 'Els', "van 's", 'Gravenmoer', 'Els', "van 's Gravenmoer"],
    ['op de', 'Kees', 'op de', 'Beek', 'Kees', 'op de Beek'],
    ['uit den', 'Piet', 'uit den', 'Bogaard', 'Piet', 'uit den Bogaard'],
    ['ten', 'Mia', 'ten', 'Have', 'Mia', 'ten Have'],
    ['an infix in capitals stays in capitals', 'Luc', 'Van Den', 'Bossche', 'Luc', 'Van Den Bossche'],
    ['a Norwegian family with a German particle', 'Ida', 'von der', 'Lippe', 'Ida', 'von der Lippe'],
    ['a Nordic particle', 'Carl', 'af', 'Geijerstam', 'Carl', 'af Geijerstam'],
    ['a Portuguese particle', 'Ana', 'dos', 'Santos', 'Ana', 'dos Santos'],
    ['a Spanish particle of two words', 'Luz', 'de la', 'Cruz', 'Luz', 'de la Cruz'],
    ['an Italian particle', 'Gina', 'di', 'Marco', 'Gina', 'di Marco'],
    ['von und zu', 'Georg', 'von und zu', 'Lerche', 'Georg', 'von und zu Lerche'],
    ['two Norwegian family names are one last name', 'Kari', null, 'Bjørnson Dahl', 'Kari', 'Bjørnson Dahl'],
    ['two first names stay together', 'Anne Marie', null, 'Ås', 'Anne Marie', 'Ås'],
    ['a double-barrelled name', 'Eva', null, 'Smit-de Boer', 'Eva', 'Smit-de Boer'],
    ['an infix further on is part of the last name', 'Eva', null, 'Smit van Dam', 'Eva', 'Smit van Dam'],
    ['a last name that looks like an infix', 'Wei', null, 'De', 'Wei', 'De'],
    ['a last name of infix words only keeps its last word', 'Wei', 'van', 'De', 'Wei', 'van De'],
    ['a preposition without an article is a name', 'Su', null, 'In Kim', 'Su', 'In Kim'],
    ['an article at the very end is not used up', 'Su', null, "In 't", 'Su', "In 't"],
    ['one name only', null, null, 'Madonna', '-', 'Madonna'],
    ['one name only, with an infix', null, 'van', 'Gogh', '-', 'van Gogh'],
    ['a first name that really is a hyphen', '-', null, 'Berg', '--', 'Berg'],
    ['a last name that really is a hyphen', 'Ada', null, '-', 'Ada', '--'],
    ['one name only, which is a hyphen', null, null, '-', '-', '-'],
    ['hyphens all over', '--', null, '---', '---', '----'],
    ['a hyphen behind an infix', 'Ada', 'van', '-', 'Ada', 'van -'],
  ])('%s', (_, firstName, middleName, lastName, first, last) => {
    const inTribe = { firstName, middleName, lastName }
    const inPowerOffice = { firstName: first, lastName: last }

    expect(joinName(inTribe)).toEqual(inPowerOffice)
    expect(splitName(inPowerOffice)).toEqual(inTribe)
  })

  test('someone typed the only name as first name in PowerOffice: it is the last name in Tribe', () => {
    const inPowerOffice = { firstName: 'Madonna', lastName: '-' }

    const inTribe = splitName(inPowerOffice)

    expect(inTribe).toEqual({ firstName: null, middleName: null, lastName: 'Madonna' })
    expect(sameName(joinName(inTribe), inPowerOffice)).toBe(true)
    expect(joinName(inTribe, inPowerOffice)).toEqual(inPowerOffice)
  })

  test('a missing part is one that PowerOffice filled with a hyphen', () => {
    expect(splitName({ firstName: null, lastName: 'Madonna' }).firstName).toBeNull()
    expect(splitName({ lastName: ' ' })).toEqual({ firstName: null, middleName: null, lastName: '-' })
    expect(joinName({ firstName: 'Ada', middleName: null, lastName: '' })).toEqual({
      firstName: '-',
      lastName: 'Ada',
    })
    expect(joinName({ firstName: 'Ada', middleName: 'van', lastName: null })).toEqual({
      firstName: 'Ada',
      lastName: 'van',
    })
  })

  test('spaces at the ends and double ones do not make another name', () => {
    const typed = { firstName: ' Ada\t', middleName: 'van  der', lastName: 'Berg\u00a0' }

    expect(joinName(typed)).toEqual({ firstName: 'Ada', lastName: 'van der Berg' })
    expect(sameName(typed, { firstName: 'Ada', lastName: 'van  der Berg ' })).toBe(true)
  })

  test('an accent is the same whether it is one character or two', () => {
    expect(
      sameName({ firstName: 'Rene\u0301', lastName: 'Dam' }, { firstName: 'René', lastName: 'Dam' }),
    ).toBe(true)
  })

  test('"Marie" as middle name in Tribe stands before the last name in PowerOffice', () => {
    const inTribe = { firstName: 'Ada', middleName: 'Marie', lastName: 'Berg' }
    const inPowerOffice = joinName(inTribe)
    expect(inPowerOffice).toEqual({ firstName: 'Ada', lastName: 'Marie Berg' })

    const back = splitName(inPowerOffice)
    expect(back).toEqual({ firstName: 'Ada', middleName: null, lastName: 'Marie Berg' })
    expect(sameName(back, inTribe)).toBe(true)
  })

  test('and stays the middle name when the first name is mended in PowerOffice', () => {
    const inTribe = { firstName: 'Ada', middleName: 'Marie', lastName: 'Berg' }

    expect(splitName({ firstName: 'Adah', lastName: 'Marie Berg' }, inTribe)).toEqual({
      firstName: 'Adah',
      middleName: 'Marie',
      lastName: 'Berg',
    })
  })

  test('a Flemish name with its infix in the last name is left so', () => {
    const inTribe = { firstName: 'Luc', middleName: null, lastName: 'Van den Bossche' }

    expect(sameName(splitName(joinName(inTribe)), inTribe)).toBe(true)
    expect(splitName(joinName(inTribe), inTribe)).toEqual(inTribe)
  })

  test('names that read differently are different', () => {
    expect(sameName({ firstName: 'Ada', lastName: 'Berg' }, { firstName: 'Ada', lastName: 'berg' })).toBe(
      false,
    )
    expect(
      sameName({ firstName: 'Ada', lastName: 'Marie Berg' }, { firstName: 'Ada Marie', lastName: 'Berg' }),
    ).toBe(false)
    expect(
      sameName({ firstName: '-', lastName: 'Berg' }, { firstName: '-', middleName: null, lastName: 'Berg' }),
    ).toBe(false)
  })
})

const word = fc.oneof(
  fc.constantFrom('Ada', 'Berg', 'Bjørnson', 'Marie', 'Ås', "O'Neil", 'Smit-de'),
  fc.constantFrom('van', 'Van', 'der', 'de', 'in', "'t", '’t', 'op', 'uit', 'von', 'und', 'zu', 'af', 'LA'),
  fc.constantFrom('-', '--', '---', '–'),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
)
const part = fc.option(
  fc
    .tuple(fc.array(word, { maxLength: 4 }), fc.constantFrom(' ', '  ', '\t', '\u00a0'))
    .map(([words, gap]) => words.join(gap)),
)
const anyThree: fc.Arbitrary<AnyThreePartName> = fc.record({
  firstName: part,
  middleName: part,
  lastName: part,
})
const anyTwo: fc.Arbitrary<AnyTwoPartName> = fc.record({ firstName: part, lastName: part })

/** As the docstring says it, in other words than the code's. */
const tidy = (text: string | null | undefined) =>
  carriable(text ?? '')
    .split(/\s+/)
    .filter(Boolean)
    .join(' ')
const tidyTwo = (name: AnyTwoPartName) => ({
  firstName: tidy(name.firstName) || '-',
  lastName: tidy(name.lastName) || '-',
})
/** What Tribe can hold: tidy, with a last name. */
const three = anyThree
  .filter((name) => tidy(name.lastName) !== '')
  .map((name) => ({
    firstName: tidy(name.firstName) || null,
    middleName: tidy(name.middleName) || null,
    lastName: tidy(name.lastName),
  }))

describe('laws of names', () => {
  test('what PowerOffice holds comes back from Tribe as it was, unless its last name is the stand-in', () => {
    fc.assert(
      fc.property(anyTwo, (name) => {
        const two = tidyTwo(name)
        fc.pre(two.lastName !== '-' || two.firstName === '-')
        expect(joinName(splitName(name))).toEqual(two)
      }),
      RUNS,
    )
  })

  test('with what PowerOffice holds at hand, it comes back in any case', () => {
    fc.assert(
      fc.property(anyTwo, (two) => {
        expect(joinName(splitName(two), two)).toEqual(tidyTwo(two))
      }),
      RUNS,
    )
  })

  test('what Tribe made of a PowerOffice name comes back from PowerOffice as it was', () => {
    fc.assert(
      fc.property(anyTwo, (two) => {
        const inTribe = splitName(two)
        expect(splitName(joinName(inTribe))).toEqual(inTribe)
      }),
      RUNS,
    )
  })

  test('with what Tribe holds at hand, every Tribe name comes back as it was', () => {
    fc.assert(
      fc.property(three, (name) => {
        expect(splitName(joinName(name), name)).toEqual(name)
      }),
      RUNS,
    )
  })

  test('without it, every Tribe name comes back the same', () => {
    fc.assert(
      fc.property(anyThree, (name) => {
        const back = splitName(joinName(name))
        expect(sameName(back, name)).toBe(true)
        expect(sameName(joinName(name), name)).toBe(true)
      }),
      RUNS,
    )
  })

  test('every PowerOffice name is the same as its division, whatever Tribe held before', () => {
    fc.assert(
      fc.property(anyTwo, fc.option(anyThree, { nil: undefined }), (two, before) => {
        expect(sameName(splitName(two, before), two)).toBe(true)
      }),
      RUNS,
    )
  })

  test('PowerOffice never gets an empty part, Tribe never an empty last name nor the stand-in', () => {
    fc.assert(
      fc.property(anyThree, anyTwo, (name, two) => {
        expect(Object.values(joinName(name)).every((text) => text !== '')).toBe(true)
        const split = splitName(two)
        expect(split.lastName).not.toBe('')
        expect(split.firstName).not.toBe('')
        expect(split.middleName).not.toBe('')
        if (tidyTwo(two).firstName === '-') expect(split.firstName).toBeNull()
      }),
      RUNS,
    )
  })

  test('different Tribe names that are not the same are spelled differently in PowerOffice', () => {
    fc.assert(
      fc.property(anyThree, anyThree, (a, b) => {
        const alike = JSON.stringify(canonicalName(a)) === JSON.stringify(canonicalName(b))
        expect(sameName(a, b)).toBe(alike)
        expect(sameName(joinName(a), joinName(b))).toBe(alike)
      }),
      RUNS,
    )
  })
})
