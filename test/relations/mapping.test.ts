import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PatchOperation } from '../../src/poweroffice/client'
import { Contact } from '../../src/poweroffice/schemas'
import { isEmail } from '../../src/relations/email'
import { RELATION_ROWS, type Relation, type RelationField } from '../../src/relations/fields'
import {
  COMPANY_CUSTOMER,
  COMPANY_SUPPLIER,
  CONTACT_PERSON,
  PRIVATE_CUSTOMER,
  type RelationType,
} from '../../src/relations/kinds'
import {
  canonical,
  faultOf,
  relationFromPowerOffice,
  relationFromTribe,
  relationPatch,
  relationToPowerOffice,
  relationToTribe,
  type TribePlaces,
} from '../../src/relations/mapping'
import type { TermOf } from '../../src/relations/row'
import { addressFromLines, addressToLines, type LinedAddress } from '../../src/shared/addresses'
import { canonicalName, joinName } from '../../src/shared/names'
import { canonicalOrganizationNumber } from '../../src/shared/organization-number'
import { carriable } from '../../src/shared/texts'
import { Role } from '../../src/tribe/schemas'
import { triesOf } from '../seeds/runs'

const TYPES: [string, RelationType][] = [
  ['a company that is a customer', COMPANY_CUSTOMER],
  ['a private customer', PRIVATE_CUSTOMER],
  ['a supplier', COMPANY_SUPPLIER],
  ['a contact person', CONTACT_PERSON],
]

const NOTHING = Object.fromEntries(RELATION_ROWS.map(({ name }) => [name, null])) as Relation
const NORDVIK: Relation = {
  ...NOTHING,
  name: 'Nordvik Bygg AS',
  website: 'https://nordvik.example',
  email: 'post@nordvik.example',
  phone: '+47 73 00 11 22',
  organizationNumber: '914778271',
  number: '10001',
  invoiceEmail: 'faktura@nordvik.example',
  paymentDays: 14,
  address: {
    addressLine1: 'Havnegata 12 B',
    addressLine2: null,
    zipCode: '7010',
    city: 'Trondheim',
    countryCode: 'NO',
  },
}

/** Payment terms of 0 to 90 days, by ids that are not the days. */
const termOf: TermOf = (days) => (days <= 90 ? days + 1000 : undefined)
const COUNTRIES: Record<string, string> = { NO: 'no-id', NL: 'nl-id', SE: 'se-id' }
const placesOf = (type: RelationType): TribePlaces => ({
  numberPath: type.numberPaths[0] ?? null,
  countryOf: (code) => COUNTRIES[code],
})

// ── Two systems that keep what they are given ───────────────────────────────

/** What PowerOffice holds after a create. */
function created(type: RelationType, body: Record<string, unknown>, relation: Relation): Contact {
  const { PaymentTermId, ...members } = body
  return Contact.parse({
    ...members,
    Id: 7,
    Number: relation.number === null ? null : Number(relation.number),
    ContactId: type.kind === 'contactPerson' && relation.company ? Number(relation.company) : null,
    ...(PaymentTermId === undefined ? {} : termMembers(PaymentTermId)),
    LastChangedDateTimeOffset: '2026-03-15T07:00:00Z',
  })
}
const termMembers = (id: unknown) => ({
  PaymentTermId: id,
  PaymentTerm: typeof id === 'number' ? id - 1000 : null,
})

/** What it holds after a patch. */
function patched(contact: Contact, changes: readonly PatchOperation[]): Contact {
  const copy: Record<string, unknown> = structuredClone(contact)
  for (const { op, path, value } of changes) {
    const [, first = '', second] = path.split('/')
    if (second === undefined) {
      if (op === 'add') expect(copy[first] ?? null).toBeNull()
      Object.assign(copy, first === 'PaymentTermId' ? termMembers(value) : { [first]: value })
    } else {
      // PowerOffice replaces members of an object that is there, and knows no others.
      expect(copy[first]).toBeTypeOf('object')
      copy[first] = { ...(copy[first] as object), [second]: value }
    }
  }
  return Contact.parse(copy)
}

/** What Tribe holds after a write: members that were not named stay as they were. */
function written(type: RelationType, held: Role | null, fields: ReturnType<typeof relationToTribe>): Role {
  const child = held?.[type.child] ?? { ID: 'child' }
  const before = type.address
    ? ((child as Record<string, unknown>)[type.address] as object | null | undefined)
    : null
  const { Country, ...address } = fields.address ?? {}
  const code = Object.entries(COUNTRIES).find(
    ([, id]) => id === (Country as { ID: string } | null | undefined)?.ID,
  )?.[0]
  const country =
    Country === undefined
      ? {}
      : { Country: Country === null ? null : { ID: COUNTRIES[code ?? ''], Code: code } }
  const after = fields.address
    ? { [type.address ?? '']: { ID: 'address', ...before, ...address, ...country } }
    : {}
  return Role.parse({
    ID: 'role',
    ...held,
    ...fields.role,
    [type.child]: { ...child, ...fields.relation, ...after },
  })
}

const fromTribe = (type: RelationType, role: Role, company: string | null = null) =>
  relationFromTribe(type, role, placesOf(type).numberPath, company)
const toTribe = (
  type: RelationType,
  relation: Relation,
  fields: readonly RelationField[],
  held: Role | null,
) => relationToTribe(type, relation, fields, held, placesOf(type))

// ── Any relation ────────────────────────────────────────────────────────────

const word = fc.oneof(
  fc.constantFrom('Ada', 'van', 'der', 'Berg', 'Nordvik', '-', '12', 'B', "d'", 'Ås', '--'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }).map((text) => carriable(text) || 'Ada'),
)
const text = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(' ').trim())
const textOrNothing = fc.option(text.map((value) => value || null))
const lines: fc.Arbitrary<LinedAddress | null> = fc
  .record({
    addressLine1: fc.oneof(
      textOrNothing,
      fc.constantFrom('Havnegata 12 B', 'Postboks 12', 'Kerkstraat 3-14', 'Gate 0'),
    ),
    addressLine2: textOrNothing,
    zipCode: fc.option(fc.constantFrom('7010', '1011 AB')),
    city: textOrNothing,
    countryCode: fc.constantFrom('NO', 'NL', 'SE'),
  })
  .map((address) => {
    const parts = addressFromLines(address)
    return parts && addressToLines(parts)
  })
const address = fc.option(lines).map((value) => value ?? null)
const personName = fc
  .record({
    firstName: textOrNothing,
    middleName: fc.constantFrom(null, 'van der', 'de', 'q'),
    lastName: textOrNothing,
  })
  .map((name) => joinName(name))

/** A field that is not said here is a text. */
const TEXTS = Object.fromEntries(RELATION_ROWS.map(({ name }) => [name, textOrNothing]))

/** A relation of that type as one of the systems may hold it, spelled the one way that both have in common. */
const relationOf = (type: RelationType): fc.Arbitrary<Relation> =>
  fc
    .record({
      ...TEXTS,
      name: text.map((value) => value || 'Acme'),
      person: personName,
      organizationNumber: textOrNothing.map((value) => canonicalOrganizationNumber(value)),
      number: fc.option(fc.integer({ min: 1, max: 99_999 }).map(String)),
      paymentDays: fc.option(fc.integer({ min: 0, max: 90 })),
      address,
      company: fc.option(fc.integer({ min: 1, max: 999 }).map(String)),
    })
    .map(({ person, ...others }) => {
      const all: Relation = { ...NOTHING, ...others, ...person }
      return Object.fromEntries(
        Object.entries(all).map(([field, value]) => [
          field,
          type.fields.includes(field as RelationField) ? value : null,
        ]),
      ) as unknown as Relation
    })

describe.each(TYPES)('%s', (_, type) => {
  const relation = relationOf(type)
  const fields = type.fields

  test('made in PowerOffice says there what it said in Tribe', () => {
    fc.assert(
      fc.property(relation, (given) => {
        const contact = created(type, relationToPowerOffice(type, given, fields, 'relay:x', termOf), given)
        expect(relationFromPowerOffice(type, contact)).toEqual(given)
      }),
      { numRuns: 300 },
    )
  })

  test('changed in PowerOffice says there what it says in Tribe, and the change is as small as can be', () => {
    fc.assert(
      fc.property(relation, relation, (held, wanted) => {
        const contact = created(type, relationToPowerOffice(type, held, fields, 'relay:x', termOf), held)
        const changes = relationPatch(wanted, fields, contact, termOf)
        const after = patched(contact, changes)

        // Its number and its company are not for us to change; an address that was emptied keeps its country.
        const known = { number: held.number, company: held.company }
        const emptied = wanted.address === null && held.address !== null
        const country = held.address?.countryCode ?? 'NO'
        const left = { addressLine1: null, addressLine2: null, zipCode: '-', city: '-', countryCode: country }
        const expected = { ...wanted, ...known, ...(emptied && country !== 'NO' ? { address: left } : {}) }
        expect(relationFromPowerOffice(type, after)).toEqual(expected)

        expect(relationPatch(wanted, fields, after, termOf)).toEqual([])
        expect(new Set(changes.map(({ path }) => path)).size).toBe(changes.length)
        for (const field of fields) {
          if (field === 'firstName' || field === 'lastName') continue // two halves of one name
          if (JSON.stringify(held[field]) === JSON.stringify(wanted[field]))
            expect(relationPatch(wanted, [field], contact, termOf)).toEqual([])
        }
      }),
      { numRuns: 300 },
    )
  })

  test('made in Tribe says there what it said in PowerOffice', () => {
    fc.assert(
      fc.property(relation, (given) => {
        const fields = toTribe(type, given, type.fields, null)
        expect(canonical(fromTribe(type, written(type, null, fields), given.company))).toEqual(
          canonical(given),
        )
      }),
      { numRuns: 300 },
    )
  })

  test('changed in Tribe says there what it says in PowerOffice', () => {
    fc.assert(
      fc.property(relation, relation, (held, wanted) => {
        const role = written(type, null, toTribe(type, held, fields, null))
        const after = written(type, role, toTribe(type, wanted, fields, role))
        // A country is never taken away, so that an address which was emptied abroad is told by `addressAfter`.
        const isEmptied = wanted.address === null && held.address !== null
        const compared = (relation: Relation) => ({
          ...canonical(relation),
          ...(isEmptied ? { address: null } : {}),
        })
        expect(compared(fromTribe(type, after, wanted.company))).toEqual(compared(wanted))
      }),
      { numRuns: 300 },
    )
  })

  test('that Tribe holds already is not written again', () => {
    fc.assert(
      fc.property(relation, (held) => {
        const role = written(type, null, toTribe(type, held, fields, null))
        for (const field of ['firstName', 'lastName', 'organizationNumber', 'address'] as const) {
          if (!fields.includes(field)) continue
          expect(toTribe(type, held, [field], role)).toMatchObject({ relation: {}, role: {}, address: null })
        }
      }),
      { numRuns: 300 },
    )
  })

  test('of which some fields travel keeps the others as they were, on either side', () => {
    fc.assert(
      fc.property(relation, relation, fc.subarray([...fields]), (held, wanted, some) => {
        // The two halves of a name have a test of their own.
        const travels = some.filter(
          (field) => !['firstName', 'lastName', 'number', 'company', 'address'].includes(field),
        )
        const mixed: Relation = { ...held }
        for (const field of travels) Object.assign(mixed, { [field]: wanted[field] })

        const role = written(type, null, toTribe(type, held, fields, null))
        const inTribe = fromTribe(
          type,
          written(type, role, toTribe(type, wanted, travels, role)),
          held.company,
        )
        expect(canonical(inTribe)).toEqual(canonical(mixed))

        const contact = created(type, relationToPowerOffice(type, held, fields, 'relay:x', termOf), held)
        const inPowerOffice = patched(contact, relationPatch(wanted, travels, contact, termOf))
        expect(relationFromPowerOffice(type, inPowerOffice)).toEqual(mixed)
      }),
      { numRuns: 300 },
    )
  })
})

describe('an address in Tribe', () => {
  test('is remembered as Tribe holds it after the write, whatever it was and whatever it becomes', () => {
    const type = COMPANY_CUSTOMER
    fc.assert(
      fc.property(address, address, (held, wanted) => {
        const before = written(type, null, toTribe(type, { ...NOTHING, address: held }, ['address'], null))
        const change = toTribe(type, { ...NOTHING, address: wanted }, ['address'], before)
        const after = fromTribe(type, written(type, before, change)).address
        expect(canonical({ ...NOTHING, address: after })).toEqual(
          canonical({ ...NOTHING, address: change.addressAfter }),
        )
      }),
      { numRuns: 500 },
    )
  })

  test('that was emptied in PowerOffice is remembered as it is then: no second write follows', () => {
    const swedish = { ...(NORDVIK.address as LinedAddress), countryCode: 'SE' }
    const before = written(
      COMPANY_CUSTOMER,
      null,
      toTribe(COMPANY_CUSTOMER, { ...NORDVIK, address: swedish }, ['address'], null),
    )
    const change = toTribe(COMPANY_CUSTOMER, { ...NORDVIK, address: null }, ['address'], before)
    const after = fromTribe(COMPANY_CUSTOMER, written(COMPANY_CUSTOMER, before, change))
    expect(after.address).toEqual(change.addressAfter)
  })

  test('keeps the parts that read the same, and writes the others only', () => {
    const held = Role.parse({
      ID: 'role',
      Organization: {
        ID: 'org',
        InvoiceAddress: {
          ID: 'address',
          Street: 'Havnegata',
          HouseNumber: 12,
          HouseNumberSuffix: 'B',
          Extra: 'Bygg 3',
          Postalcode: '7010',
          City: 'Trondheim',
          Country: { ID: 'no-id', Code: 'NO' },
        },
      },
    })
    const now = relationFromTribe(COMPANY_CUSTOMER, held, null).address as LinedAddress
    const change = (address: LinedAddress) =>
      toTribe(COMPANY_CUSTOMER, { ...NOTHING, address }, ['address'], held).address
    expect(change(now)).toBeNull()
    expect(change({ ...now, city: 'Bergen' })).toEqual({ City: 'Bergen' })
    expect(change({ ...now, addressLine1: 'Havnegata 14' })).toEqual({
      HouseNumber: 14,
      HouseNumberSuffix: null,
    })
    expect(change({ ...now, addressLine1: 'Postboks 9' })).toEqual({
      Street: 'Postboks 9',
      HouseNumber: null,
      HouseNumberSuffix: null,
    })
    expect(change({ ...now, countryCode: 'NL' })).toEqual({ Country: { ID: 'nl-id' } })
    expect(change({ ...now, addressLine2: null })).toEqual({ Extra: null })
  })

  test('that a user divided otherwise stays divided so, when another part changes', () => {
    const street = {
      ID: 'address',
      Street: 'Havnegata 12 B',
      City: 'Trondheim',
      Country: { ID: 'no-id', Code: 'NO' },
    }
    const held = Role.parse({ ID: 'role', Organization: { ID: 'org', InvoiceAddress: street } })
    const moved = { ...(fromTribe(COMPANY_CUSTOMER, held).address as LinedAddress), city: 'Bergen' }
    expect(toTribe(COMPANY_CUSTOMER, { ...NOTHING, address: moved }, ['address'], held).address).toEqual({
      City: 'Bergen',
    })
  })

  test('in a country that Tribe does not know keeps its country, and is remembered so', () => {
    const held = written(COMPANY_CUSTOMER, null, toTribe(COMPANY_CUSTOMER, NORDVIK, ['address'], null))
    const german = { ...(NORDVIK.address as LinedAddress), city: 'Kiel', countryCode: 'DE' }
    const change = toTribe(COMPANY_CUSTOMER, { ...NORDVIK, address: german }, ['address'], held)
    expect(change.address).toEqual({ City: 'Kiel' })
    expect(change.addressAfter).toEqual({ ...german, countryCode: 'NO' })
  })

  test('of a new customer names its country by the record', () => {
    expect(toTribe(COMPANY_CUSTOMER, NORDVIK, ['address'], null).address).toMatchObject({
      Street: 'Havnegata',
      HouseNumber: 12,
      HouseNumberSuffix: 'B',
      Postalcode: '7010',
      City: 'Trondheim',
      Country: { ID: 'no-id' },
    })
  })

  test('with a house number 0, as Tribe may answer for none, is one without', () => {
    const role = Role.parse({
      ID: 'r',
      Organization: { ID: 'o', InvoiceAddress: { ID: 'a', Street: 'Torget', HouseNumber: 0 } },
    })
    expect(fromTribe(COMPANY_CUSTOMER, role).address?.addressLine1).toBe('Torget')
  })
})

describe('an address in PowerOffice', () => {
  const contactWith = (MailAddress: object | null | undefined) =>
    Contact.parse({ Id: 7, MailAddress, LastChangedDateTimeOffset: '2026-03-15T07:00:00Z' })
  const HELD = {
    Id: 5,
    AddressLine1: 'Havnegata 12 B',
    AddressLine2: null,
    ZipCode: '7010',
    City: 'Trondheim',
    CountryCode: 'NO',
  }
  const patch = (address: LinedAddress | null, held: object | null | undefined) =>
    relationPatch({ ...NOTHING, address }, ['address'], contactWith(held), termOf)

  test('that is not there yet is added as a whole', () => {
    const whole = {
      AddressLine1: 'Havnegata 12 B',
      AddressLine2: null,
      ZipCode: '7010',
      City: 'Trondheim',
      CountryCode: 'NO',
    }
    for (const none of [null, undefined])
      expect(patch(NORDVIK.address, none)).toEqual([{ op: 'add', path: '/MailAddress', value: whole }])
    expect(patch(null, null)).toEqual([])
  })

  test('that is there is changed member by member', () => {
    expect(patch(NORDVIK.address, HELD)).toEqual([])
    expect(patch({ ...(NORDVIK.address as LinedAddress), city: 'Bergen', zipCode: '5003' }, HELD)).toEqual([
      { op: 'replace', path: '/MailAddress/ZipCode', value: '5003' },
      { op: 'replace', path: '/MailAddress/City', value: 'Bergen' },
    ])
  })

  test('that is emptied gets stand-ins where PowerOffice demands something', () => {
    expect(patch(null, HELD)).toEqual([
      { op: 'replace', path: '/MailAddress/AddressLine1', value: null },
      { op: 'replace', path: '/MailAddress/ZipCode', value: '-' },
      { op: 'replace', path: '/MailAddress/City', value: '-' },
    ])
  })

  test('of which only stand-ins are left is none', () => {
    for (const empty of [
      { ZipCode: '-', City: '-', CountryCode: 'NO' },
      { ZipCode: '', City: ' ' },
      {},
      null,
    ])
      expect(relationFromPowerOffice(COMPANY_CUSTOMER, contactWith(empty)).address).toBeNull()
  })
})

describe('what stands in the way of sending', () => {
  test.each<[string, RelationField, Partial<Relation>, string | null]>([
    ['a company without a name', 'name', { name: null }, 'relation.name_missing'],
    ['a company with a name', 'name', { name: 'Acme' }, null],
    ['an e-mail address that is none', 'email', { email: 'post(at)acme' }, 'relation.email_invalid'],
    [
      'two e-mail addresses in one field',
      'email',
      { email: 'a@acme.no; b@acme.no' },
      'relation.email_invalid',
    ],
    [
      'an invoice address that is none',
      'invoiceEmail',
      { invoiceEmail: 'faktura' },
      'relation.email_invalid',
    ],
    ['no e-mail address', 'email', { email: null }, null],
    ['a fine e-mail address', 'email', { email: 'post@acme.no' }, null],
    ['days that no payment term has', 'paymentDays', { paymentDays: 91 }, 'payment_term.unknown'],
    ['days that a payment term has', 'paymentDays', { paymentDays: 14 }, null],
    ['no days at all', 'paymentDays', { paymentDays: null }, null],
    ['nought days', 'paymentDays', { paymentDays: 0 }, null],
    ['a phone number of any kind', 'phone', { phone: 'ask Kari' }, null],
    ['a faulty address, when another field is sent', 'phone', { email: 'none' }, null],
    ['no address', 'address', { address: null }, null],
  ])('%s: %s', (_, field, change, fault) => {
    expect(faultOf(field, { ...NORDVIK, ...change }, termOf)).toBe(fault)
  })

  test.each(['a@b.no', 'post+faktura@nordvik-bygg.example', "o'hara@x.co.uk", 'æ@ø.no', 'A.B@C.D'])(
    '%s is an e-mail address',
    (text) => {
      expect(isEmail(text)).toBe(true)
    },
  )

  test.each([
    '',
    'a',
    '@',
    'a@',
    '@b.no',
    'a@b',
    'a@b.',
    'a b@c.no',
    'a@b c.no',
    'a@b@c.no',
    'a@b.no ',
    '"a"@b.no',
    '<a@b.no>',
    'a@b.no,c@d.no',
    'a@b.no\n',
  ])('"%s" is no e-mail address', (text) => {
    expect(isEmail(text)).toBe(false)
  })
})

describe('a number', () => {
  test('is never sent to PowerOffice, which gives it', () => {
    for (const [, type] of TYPES) {
      const body = relationToPowerOffice(
        type,
        { ...NORDVIK, number: '10001' },
        type.fields,
        'relay:x',
        termOf,
      )
      expect(body).not.toHaveProperty('Number')
    }
    const contact = Contact.parse({ Id: 7, Number: 5, LastChangedDateTimeOffset: 'x' })
    expect(relationPatch({ ...NORDVIK, number: '10001' }, ['number'], contact, termOf)).toEqual([])
  })

  test('is a customer’s in one place and a supplier’s in another', () => {
    const role = Role.parse({
      ID: 'r',
      Organization: { ID: 'o', DebtorNumber: '10001', CreditorNumber: '20002' },
    })
    expect(fromTribe(COMPANY_CUSTOMER, role).number).toBe('10001')
    expect(fromTribe(COMPANY_SUPPLIER, role).number).toBe('20002')
    expect(toTribe(COMPANY_CUSTOMER, { ...NORDVIK, number: '3' }, ['number'], role).relation).toEqual({
      DebtorNumber: '3',
    })
    expect(toTribe(COMPANY_SUPPLIER, { ...NORDVIK, number: '3' }, ['number'], role).relation).toEqual({
      CreditorNumber: '3',
    })
  })

  test.each(['Person/DebtorNumber', 'DebtorNumber'])(
    'of a private customer stands where this Tribe has it: %s',
    (numberPath) => {
      const places = { ...placesOf(PRIVATE_CUSTOMER), numberPath }
      const fields = relationToTribe(
        PRIVATE_CUSTOMER,
        { ...NOTHING, number: '10001' },
        ['number'],
        null,
        places,
      )
      const role = Role.parse({ ID: 'r', ...fields.role, Person: { ID: 'p', ...fields.relation } })
      expect(relationFromTribe(PRIVATE_CUSTOMER, role, numberPath).number).toBe('10001')
    },
  )

  test('has no place where this Tribe has none', () => {
    const places = { ...placesOf(PRIVATE_CUSTOMER), numberPath: null }
    const fields = relationToTribe(
      PRIVATE_CUSTOMER,
      { ...NOTHING, number: '10001' },
      ['number'],
      null,
      places,
    )
    expect(fields).toMatchObject({ relation: {}, role: {} })
  })
})

describe('an organisation number', () => {
  const roleWith = (VATNumber: string | null) => Role.parse({ ID: 'r', Organization: { ID: 'o', VATNumber } })
  const change = (wanted: string | null, held: string | null) =>
    toTribe(
      COMPANY_CUSTOMER,
      { ...NOTHING, organizationNumber: wanted },
      ['organizationNumber'],
      roleWith(held),
    ).relation

  test('that means the same already is left as it is spelled', () => {
    expect(change('914778271', 'NO 914 778 271 MVA')).toEqual({})
    expect(change('914778271', '914 778 271')).toEqual({})
  })

  test('that is another, or was not there, is written', () => {
    expect(change('914778271', '923609016')).toEqual({ VATNumber: '914778271' })
    expect(change('914778271', null)).toEqual({ VATNumber: '914778271' })
    expect(change(null, '914778271')).toEqual({ VATNumber: null })
  })

  test('goes to PowerOffice as nine bare digits', () => {
    const given = { ...NOTHING, name: 'Acme', organizationNumber: 'NO 914 778 271 MVA' }
    expect(
      relationToPowerOffice(COMPANY_CUSTOMER, given, ['organizationNumber'], 'relay:x', termOf),
    ).toMatchObject({
      OrganizationNumber: '914778271',
    })
  })
})

describe('the name of a person', () => {
  /** As a bookkeeper may type it: both halves are there, and one may be a hyphen. */
  const half = fc.oneof(
    fc.constantFrom('-', 'Ada', 'Berg', 'van der Berg'),
    text.map((value) => value || '-'),
  )
  const typed = fc.record({ firstName: half, lastName: half })
  const inTribe = fc.record({
    FirstName: fc.constantFrom(null, 'Ada', 'Eva', '-'),
    MiddleName: fc.constantFrom(null, 'van der', 'de'),
    LastName: half,
  })
  const halves = (a: { firstName: string; lastName: string }, b: { firstName: string; lastName: string }) =>
    (['firstName', 'lastName'] as const).filter((half) => a[half] !== b[half])

  test('in three parts and in two is the same name', () => {
    const role = Role.parse({
      ID: 'r',
      Person: { ID: 'p', FirstName: 'Ada', MiddleName: 'van der', LastName: 'Berg' },
    })
    expect(fromTribe(PRIVATE_CUSTOMER, role)).toMatchObject({
      firstName: 'Ada',
      lastName: 'van der Berg',
      name: null,
    })
    expect(
      toTribe(
        PRIVATE_CUSTOMER,
        { ...NOTHING, firstName: 'Ada', lastName: 'van der Berg' },
        ['firstName', 'lastName'],
        null,
      ).relation,
    ).toEqual({
      FirstName: 'Ada',
      MiddleName: 'van der',
      LastName: 'Berg',
    })
  })

  test('of which one half changed is divided as Tribe has it', () => {
    const role = Role.parse({
      ID: 'r',
      Person: { ID: 'p', FirstName: 'Ada', MiddleName: null, LastName: 'van der Berg' },
    })
    const renamed = toTribe(
      PRIVATE_CUSTOMER,
      { ...NOTHING, firstName: 'Eva', lastName: 'van der Berg' },
      ['firstName'],
      role,
    )
    expect(renamed.relation).toEqual({ FirstName: 'Eva' })
  })

  test.each([
    [{ MiddleName: 'de', LastName: 'Berg' }, 'de Dahl', { MiddleName: 'de', LastName: 'Dahl' }],
    [{ MiddleName: 'de', LastName: 'Berg' }, 'van Berg', { MiddleName: 'van', LastName: 'Berg' }],
    [{ MiddleName: 'de', LastName: 'Berg' }, 'Dahl', { MiddleName: null, LastName: 'Dahl' }],
    [{ MiddleName: null, LastName: 'Berg' }, 'Dahl', { LastName: 'Dahl' }],
  ])('whose last name changes is written with its infix: %j to %s', (person, lastName, expected) => {
    const role = Role.parse({ ID: 'r', Person: { ID: 'p', FirstName: 'Ada', ...person } })
    const renamed = { ...NOTHING, firstName: 'Ada', lastName }
    expect(toTribe(PRIVATE_CUSTOMER, renamed, ['lastName'], role).relation).toEqual(expected)
  })

  test('that changed in PowerOffice is that name in Tribe, though only the halves that differ travel', () => {
    fc.assert(
      fc.property(inTribe, typed, (person, wanted) => {
        const role = Role.parse({ ID: 'r', Person: { ID: 'p', ...person } })
        const contact = Contact.parse({
          Id: 7,
          FirstName: wanted.firstName,
          LastName: wanted.lastName,
          LastChangedDateTimeOffset: 'x',
        })
        const relation = relationFromPowerOffice(PRIVATE_CUSTOMER, contact)
        const [before, after] = [canonical(fromTribe(PRIVATE_CUSTOMER, role)), canonical(relation)]
        const fields = halves(
          { firstName: before.firstName ?? '', lastName: before.lastName ?? '' },
          { firstName: after.firstName ?? '', lastName: after.lastName ?? '' },
        )
        const now = written(PRIVATE_CUSTOMER, role, toTribe(PRIVATE_CUSTOMER, relation, fields, role))
        const held = canonical(fromTribe(PRIVATE_CUSTOMER, now))
        expect([held.firstName, held.lastName]).toEqual([after.firstName, after.lastName])
      }),
      triesOf(1000),
    )
  })

  test('that changed in Tribe is that name in PowerOffice, though only the halves that differ travel', () => {
    fc.assert(
      fc.property(inTribe, typed, (person, held) => {
        const role = Role.parse({ ID: 'r', Person: { ID: 'p', ...person } })
        const contact = Contact.parse({
          Id: 7,
          FirstName: held.firstName,
          LastName: held.lastName,
          LastChangedDateTimeOffset: 'x',
        })
        const relation = fromTribe(PRIVATE_CUSTOMER, role)
        const wanted = canonicalName({ firstName: relation.firstName, lastName: relation.lastName })
        const fields = halves(canonicalName(held), wanted)
        const now = patched(contact, relationPatch(relation, fields, contact, termOf))
        expect(canonicalName({ firstName: now.FirstName, lastName: now.LastName })).toEqual(wanted)
      }),
      triesOf(1000),
    )
  })

  test('of someone with one name only, typed the other way round in PowerOffice, is not lost in Tribe', () => {
    const role = Role.parse({
      ID: 'r',
      Person: { ID: 'p', FirstName: null, MiddleName: null, LastName: 'Berg' },
    })
    const contact = Contact.parse({
      Id: 7,
      FirstName: 'Madonna',
      LastName: '-',
      LastChangedDateTimeOffset: 'x',
    })
    const relation = relationFromPowerOffice(PRIVATE_CUSTOMER, contact)
    // Both have '-' for a first name, so that only the last name differs.
    const now = written(PRIVATE_CUSTOMER, role, toTribe(PRIVATE_CUSTOMER, relation, ['lastName'], role))
    expect(fromTribe(PRIVATE_CUSTOMER, now)).toMatchObject({ firstName: '-', lastName: 'Madonna' })
  })
})

describe('what both systems leave open', () => {
  test('a record that holds nothing is a relation that holds nothing', () => {
    const contact = Contact.parse({ Id: 7, LastChangedDateTimeOffset: 'x' })
    expect(relationFromPowerOffice(COMPANY_CUSTOMER, contact)).toEqual(NOTHING)
    expect(fromTribe(COMPANY_CUSTOMER, Role.parse({ ID: 'r' }))).toEqual(NOTHING)
    expect(fromTribe(COMPANY_CUSTOMER, Role.parse({ ID: 'r', Organization: null }))).toEqual(NOTHING)
  })

  test('what PowerOffice says beyond what a relation of that type has is left aside', () => {
    const full = {
      Id: 7,
      Name: 'Ada Berg',
      FirstName: 'Ada',
      LastName: 'Berg',
      LastChangedDateTimeOffset: 'x',
      MailAddress: { AddressLine1: 'Torget 1', ZipCode: '7010', City: 'Trondheim', CountryCode: 'NO' },
    }
    const contact = Contact.parse(full)
    expect(relationFromPowerOffice(COMPANY_CUSTOMER, contact)).toMatchObject({
      firstName: null,
      lastName: null,
    })
    expect(relationFromPowerOffice(PRIVATE_CUSTOMER, contact)).toMatchObject({ name: null, firstName: 'Ada' })
    expect(relationFromPowerOffice(CONTACT_PERSON, contact)).toMatchObject({ name: null, address: null })
  })

  test('blanks are nothing, and blanks around a text are no part of it', () => {
    const contact = Contact.parse({
      Id: 7,
      Name: ' Acme ',
      PhoneNumber: '  ',
      EmailAddress: '',
      LastChangedDateTimeOffset: 'x',
    })
    expect(relationFromPowerOffice(COMPANY_CUSTOMER, contact)).toMatchObject({
      name: 'Acme',
      phone: null,
      email: null,
    })
    const role = Role.parse({ ID: 'r', Organization: { ID: 'o', Name: ' Acme ', PhoneNumber: '  ' } })
    expect(fromTribe(COMPANY_CUSTOMER, role)).toMatchObject({ name: 'Acme', phone: null })
  })

  test('a new contact carries our reference, says what it is, and leaves out what is empty', () => {
    const bare = { ...NOTHING, name: 'Acme' }
    expect(relationToPowerOffice(COMPANY_CUSTOMER, bare, COMPANY_CUSTOMER.fields, 'relay:x', termOf)).toEqual(
      {
        IsPerson: false,
        ExternalImportReference: 'relay:x',
        Name: 'Acme',
      },
    )
    const ada = { ...NOTHING, firstName: 'Ada', lastName: 'Berg' }
    expect(relationToPowerOffice(PRIVATE_CUSTOMER, ada, PRIVATE_CUSTOMER.fields, 'relay:x', termOf)).toEqual({
      IsPerson: true,
      ExternalImportReference: 'relay:x',
      FirstName: 'Ada',
      LastName: 'Berg',
    })
    expect(relationToPowerOffice(CONTACT_PERSON, ada, CONTACT_PERSON.fields, 'relay:x', termOf)).toEqual({
      ExternalCode: 'relay:x',
      FirstName: 'Ada',
      LastName: 'Berg',
    })
  })

  test('credit days without a payment term are not sent with a new customer', () => {
    const late = { ...NOTHING, name: 'Acme', paymentDays: 365 }
    expect(
      relationToPowerOffice(COMPANY_CUSTOMER, late, COMPANY_CUSTOMER.fields, 'relay:x', termOf),
    ).not.toHaveProperty('PaymentTermId')
  })

  test('mail and phone of a contact person are the business ones, of a private customer the private ones', () => {
    const role = Role.parse({
      ID: 'r',
      EmailAddress: 'ada@work.example',
      PhoneNumber: '1',
      Person: { ID: 'p', LastName: 'Berg', EmailAddress: 'ada@home.example', PhoneNumber: '2' },
    })
    expect(fromTribe(CONTACT_PERSON, role)).toMatchObject({ email: 'ada@work.example', phone: '1' })
    expect(fromTribe(PRIVATE_CUSTOMER, role)).toMatchObject({ email: 'ada@home.example', phone: '2' })
    const wanted = { ...NOTHING, email: 'new@x.example' }
    expect(toTribe(CONTACT_PERSON, wanted, ['email'], role)).toMatchObject({
      role: { EmailAddress: 'new@x.example' },
      relation: {},
    })
    expect(toTribe(PRIVATE_CUSTOMER, wanted, ['email'], role)).toMatchObject({
      relation: { EmailAddress: 'new@x.example' },
      role: {},
    })
  })
})

describe('the spelling that all have in common', () => {
  test('is the same for what means the same', () => {
    const spellings: Partial<Relation>[] = [
      { organizationNumber: 'NO 914 778 271 MVA' },
      { organizationNumber: '914778271' },
    ]
    expect(new Set(spellings.map((s) => canonical({ ...NORDVIK, ...s }).organizationNumber)).size).toBe(1)
    const one = canonical({ ...NOTHING, firstName: 'Madonna', lastName: '-' })
    expect(one).toEqual(canonical({ ...NOTHING, firstName: '-', lastName: 'Madonna' }))
  })

  test('is nothing for nothing, and something for something', () => {
    expect(Object.values(canonical(NOTHING)).every((value) => value === null)).toBe(true)
    fc.assert(
      fc.property(relationOf(COMPANY_CUSTOMER), (relation) => {
        const spelled = canonical(relation)
        for (const field of COMPANY_CUSTOMER.fields)
          expect(spelled[field] === null).toBe(relation[field] === null)
      }),
    )
  })

  test('tells nought days from none', () => {
    expect(canonical({ ...NOTHING, paymentDays: 0 }).paymentDays).toBe('0')
  })
})
