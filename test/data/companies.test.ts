import { describe, expect, test } from 'vitest'
import { addressFromLines, addressToLines, canonicalAddress } from '../../src/shared/addresses'
import { joinName, splitName } from '../../src/shared/names'
import { canonicalOrganizationNumber } from '../../src/shared/organization-number'
import { companies, people, productsData } from '../fakes/data/companies'

const some = companies(3000, 7)
const persons = people(3000, 7)
const products = productsData(3000, 7)

/** Present values of a field. */
function present<T>(values: readonly (T | null)[]): T[] {
  return values.filter((value) => value !== null)
}

describe('made-up companies', () => {
  test('the same seed gives the same ones, another seed gives others', () => {
    expect(companies(200, 3)).toEqual(companies(200, 3))
    expect(companies(200, 3)).not.toEqual(companies(200, 4))
    expect(companies(500, 3).slice(0, 200)).toEqual(companies(200, 3))
    expect(companies(0, 3)).toEqual([])
  })

  test('every name is tidy and there', () => {
    for (const { name } of some) {
      expect(name).toBe(name.trim())
      expect(name.length).toBeGreaterThan(0)
      expect(name).not.toMatch(/\p{Surrogate}/u)
    }
  })

  test.each([
    ['an ampersand', /&/],
    ['an apostrophe', /'/],
    ['a quotation mark', /"/],
    ['a slash', /\//],
    ['Norwegian letters', /[æøåÆØÅ]/],
    ['a diaeresis or accent', /[üëé]/],
    ['an emoji', /\p{Extended_Pictographic}/u],
    ['something like SQL', /DROP TABLE/],
    ['something like HTML', /<script>/],
    ['another script', /\p{Script=Cyrillic}|\p{Script=Han}|\p{Script=Arabic}/u],
    ['more than 150 characters', /.{150}/],
  ])('some name has %s', (_, pattern) => {
    expect(some.some(({ name }) => pattern.test(name))).toBe(true)
  })

  test('some share a name, and none shares an organisation number or an address for mail', () => {
    expect(new Set(some.map(({ name }) => name)).size).toBeLessThan(some.length)
    for (const field of ['organizationNumber', 'email', 'invoiceEmail'] as const) {
      const values = present(some.map((company) => company[field]))
      expect(new Set(values).size).toBe(values.length)
    }
  })

  test('every Norwegian number has its check digit, and some are Dutch', () => {
    const numbers = present(
      some.map(({ organizationNumber }) => canonicalOrganizationNumber(organizationNumber)),
    )
    const norwegian = numbers.filter((number) => /^\d{9}$/.test(number))
    const dutch = numbers.filter((number) => /^NL\d{9}B\d\d$/.test(number))

    expect(norwegian.length + dutch.length).toBe(numbers.length)
    expect(dutch.length).toBeGreaterThan(100)
    for (const number of norwegian) {
      // With 1 as the weight of the check digit, the weighted sum is a multiple of eleven.
      const sum = [3, 2, 7, 6, 5, 4, 3, 2, 1].reduce(
        (total, weight, at) => total + weight * Number(number[at]),
        0,
      )
      expect(sum % 11).toBe(0)
    }
  })

  test('every field is missing somewhere and filled somewhere', () => {
    for (const field of [
      'organizationNumber',
      'email',
      'invoiceEmail',
      'phone',
      'website',
      'address',
    ] as const) {
      const filled = present(some.map((company) => company[field])).length
      expect(filled).toBeGreaterThan(some.length / 10)
      expect(filled).toBeLessThan(some.length)
    }
  })

  test('nothing leads to anyone real', () => {
    for (const { email, invoiceEmail, website } of some) {
      for (const mail of present([email, invoiceEmail])) expect(mail).toMatch(/^[\w.+]+@[\w-]+\.example$/)
      if (website !== null) expect(website).toMatch(/[\w-]+\.example(\/.*)?$/)
    }
    for (const { email } of persons) if (email !== null) expect(email).toMatch(/\.example$/)
  })

  test('addresses are such as PowerOffice holds, and go to Tribe and back', () => {
    const addresses = present(some.map(({ address }) => address))
    for (const address of addresses) {
      expect(address.zipCode).toMatch(address.countryCode === 'NO' ? /^\d{4}$/ : /^\d{4} ?[A-Z]{2}$/)
      const inTribe = addressFromLines(address)
      expect(inTribe && addressToLines(inTribe)).toEqual(address)
      expect(canonicalAddress(inTribe)).toEqual(canonicalAddress(address))
    }
    const split = addresses.map((address) => addressFromLines(address))
    expect(split.some((parts) => parts?.houseNumberSuffix === 'B')).toBe(true)
    expect(split.some((parts) => parts?.street?.startsWith('Postboks'))).toBe(true)
    expect(addresses.some(({ addressLine1 }) => addressLine1 === null)).toBe(true)
    expect(addresses.some(({ addressLine2 }) => addressLine2 !== null)).toBe(true)
  })
})

describe('made-up people', () => {
  test('the same seed gives the same ones, and a longer list begins alike', () => {
    expect(people(100, 3)).toEqual(people(100, 3))
    expect(people(100, 3)).not.toEqual(people(100, 4))
    expect(people(200, 3).slice(0, 100)).toEqual(people(100, 3))
  })

  test('all their names go to PowerOffice and back', () => {
    for (const { firstName, middleName, lastName } of persons) {
      const inTribe = { firstName, middleName, lastName }
      expect(splitName(joinName(inTribe), inTribe)).toEqual(inTribe)
    }
  })

  test('some have an infix, some one name only, some Norwegian letters', () => {
    expect(persons.some(({ middleName }) => middleName === 'van der')).toBe(true)
    expect(persons.some(({ middleName }) => middleName === "in 't")).toBe(true)
    expect(persons.some(({ firstName }) => firstName === null)).toBe(true)
    expect(persons.some(({ lastName }) => /[æøå]/.test(lastName))).toBe(true)
    expect(persons.some(({ lastName }) => lastName === 'Bjørnson Dahl')).toBe(true)
  })
})

describe('made-up products', () => {
  test('the same seed gives the same ones, and a longer list begins alike', () => {
    expect(productsData(100, 3)).toEqual(productsData(100, 3))
    expect(productsData(100, 3)).not.toEqual(productsData(100, 4))
    expect(productsData(200, 3).slice(0, 100)).toEqual(productsData(100, 3))
  })

  test('codes are there once, prices have at most four decimals and are not negative', () => {
    const codes = present(products.map(({ code }) => code))
    expect(new Set(codes).size).toBe(codes.length)
    expect(codes.length).toBeLessThan(products.length)
    for (const { unitPrice, unitCost, name } of products) {
      expect(Number(unitPrice.toFixed(4))).toBe(unitPrice)
      expect(unitPrice).toBeGreaterThanOrEqual(0)
      expect(Number((unitCost ?? 0).toFixed(2))).toBe(unitCost ?? 0)
      expect(name).toBe(name.trim())
    }
    expect(products.some(({ unitPrice }) => Number(unitPrice.toFixed(2)) !== unitPrice)).toBe(true)
  })

  test('units are codes of PowerOffice, groups are few, some are without', () => {
    const units = new Set(products.map(({ unit }) => unit))
    const known = 'HUR DAY MON ANN EA XCR MTR MTK KMT KGM LTR KWH PR XPK'.split(' ')
    expect([...units].filter((unit) => !known.includes(unit))).toEqual([])
    const groups = new Set(products.map(({ group }) => group))
    expect(groups.has(null)).toBe(true)
    expect(groups.size).toBeLessThan(10)
  })
})
