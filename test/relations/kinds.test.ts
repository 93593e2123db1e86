import { describe, expect, test } from 'vitest'
import { TenantSettings, withChange } from '../../src/db/settings'
import { Contact } from '../../src/poweroffice/schemas'
import {
  COMPANY_CUSTOMER,
  COMPANY_SUPPLIER,
  CONTACT_PERSON,
  isOn,
  numberPathOf,
  PRIVATE_CUSTOMER,
  RELATION_TYPES,
  typeNamed,
  typeOfContact,
  typesOfKind,
} from '../../src/relations/kinds'
import { isOnRole } from '../../src/relations/row'
import { PLAIN } from '../../src/tribe/dialect'
import { CUSTOMER_PERSON, PERSON, SHAPES, typeOfSet } from '../../src/tribe/sets'

const contact = (IsPerson: boolean | null) =>
  Contact.parse({ Id: 7, IsPerson, LastChangedDateTimeOffset: '2026-03-15T07:00:00Z' })

describe('what a row of PowerOffice is in Tribe', () => {
  test.each([
    ['a company that buys', 'customer', false, COMPANY_CUSTOMER],
    ['a contact that does not say what it is', 'customer', null, COMPANY_CUSTOMER],
    ['a person who buys', 'customer', true, PRIVATE_CUSTOMER],
    ['a company that sells', 'supplier', false, COMPANY_SUPPLIER],
    ['a person who sells, whom Tribe cannot have', 'supplier', true, null],
    ['a contact person', 'contactPerson', null, CONTACT_PERSON],
  ] as const)('%s', (_, kind, isPerson, type) => {
    expect(typeOfContact(kind, contact(isPerson))).toBe(type)
  })
})

describe('a type of relation', () => {
  test.each(RELATION_TYPES)('is found by the name that Tribe gives it: $set', (type) => {
    expect(typeNamed(typeOfSet(type.set))).toBe(type)
    expect(typesOfKind(type.kind)).toContain(type)
  })

  test('that is not one of ours is none', () => {
    expect(typeNamed('Activity.Invoice')).toBeNull()
    expect(typeNamed('')).toBeNull()
  })

  test.each(RELATION_TYPES)('reads from sets that are known: $set', (type) => {
    expect(SHAPES[type.set]?.along).toHaveProperty(type.child)
    expect(SHAPES[type.relationSet]).toBeDefined()
    if (type.address) expect(SHAPES[type.relationSet]?.along).toHaveProperty(type.address)
    if (type.fields.includes('number')) expect(type.numberPaths).not.toEqual([])
  })
})

describe('a field', () => {
  const fields = RELATION_TYPES.flatMap((type) =>
    type.rows
      .filter((row) => row.of.includes(type.name) && ['role', 'relation', 'reachable'].includes(row.home))
      .map((row) => ({ type, row, of: type.name, name: row.name })),
  )

  test.each(fields)('of a $of stands in what Tribe is asked for: $name', ({ type, row }) => {
    const role = SHAPES[type.set]
    const along = role?.along[type.child]
    const members = isOnRole(type, row.home)
      ? role?.members
      : (along?.only ?? SHAPES[type.relationSet]?.members)
    expect(members).toContain(row.crm.members[0])
  })
})

describe('a tenant', () => {
  const settings = TenantSettings.parse({})
  const onFor = (change: Parameters<typeof withChange>[1]) =>
    RELATION_TYPES.filter((type) => isOn(type, withChange(settings, change)))

  test('syncs all of them unless it says otherwise', () => {
    expect(onFor({})).toEqual(RELATION_TYPES)
  })

  test('switches each off by itself, and company customers only with everything', () => {
    const all = [...RELATION_TYPES]
    expect(onFor({ relations: { suppliers: false } })).toEqual(
      all.filter((type) => type !== COMPANY_SUPPLIER),
    )
    expect(onFor({ relations: { privatePersons: false } })).toEqual(
      all.filter((type) => type !== PRIVATE_CUSTOMER),
    )
    expect(onFor({ relations: { contactPersons: false } })).toEqual(
      all.filter((type) => type !== CONTACT_PERSON),
    )
    expect(onFor({ relations: { enabled: false } })).toEqual([])
  })
})

describe('where Tribe keeps a number', () => {
  const missing = (...names: string[]) => ({ ...PLAIN, missing: names })

  test('is one place for companies', () => {
    expect(numberPathOf(COMPANY_CUSTOMER, PLAIN)).toBe('Organization/DebtorNumber')
    expect(numberPathOf(COMPANY_SUPPLIER, PLAIN)).toBe('Organization/CreditorNumber')
    expect(numberPathOf(CONTACT_PERSON, PLAIN)).toBeNull()
  })

  test('is the first of two places that it has, for private customers', () => {
    expect(numberPathOf(PRIVATE_CUSTOMER, missing())).toBe('Person/DebtorNumber')
    expect(numberPathOf(PRIVATE_CUSTOMER, missing(`${PERSON}.DebtorNumber`))).toBe('DebtorNumber')
    expect(
      numberPathOf(PRIVATE_CUSTOMER, missing(`${PERSON}.DebtorNumber`, `${CUSTOMER_PERSON}.DebtorNumber`)),
    ).toBeNull()
  })
})
