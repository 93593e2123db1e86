import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  Dialect,
  dialectFrom,
  has,
  type Metadata,
  type MetadataMember,
  PLAIN,
  parseMetadata,
  spell,
} from '../../src/tribe/dialect'
import { INVOICE, PERSON, SHAPES } from '../../src/tribe/sets'

/** What the relay uses of each set: properties and navigations. */
const USED: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(SHAPES).map(([set, { members, along }]) => [set, [...members, ...Object.keys(along)]]),
)
const AS_IN_REFERENCE = { spelled: {}, missing: [], instants: [], isWhole: true }
const ORGANIZATION = 'Relation_Organization'
const CUSTOMER = 'Relationship_Organization_CommercialRelationship_Customer'

interface Type {
  base?: string
  properties?: string[]
  navigations?: string[]
}
type Types = Record<string, Type>

/** CSDL as XML, as Tribe may write it. */
function xmlOf(types: Types, sets: Record<string, string>, extra = ''): string {
  const type = ([name, { base, properties = [], navigations = [] }]: [string, Type]) => `
    <EntityType Name="${name}"${base ? ` BaseType="${base}"` : ''}>
      ${properties.map((p) => `<Property Name="${p}" Type="Edm.String"/>`).join('')}
      ${navigations.map((n) => `<NavigationProperty Name="${n}" Type="Tribe.Model.Relation"/>`).join('')}
    </EntityType>`
  const set = ([name, of]: [string, string]) => `<EntitySet Name="${name}" EntityType="${of}"/>`
  return `<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">
  <edmx:DataServices>
    <Schema Namespace="Tribe.Model" xmlns="http://docs.oasis-open.org/odata/ns/edm">
      ${Object.entries(types).map(type).join('')}${extra}
      <EntityContainer Name="Container">${Object.entries(sets).map(set).join('')}</EntityContainer>
    </Schema>
  </edmx:DataServices>
</edmx:Edmx>`
}

/** The same as JSON. */
function jsonOf(types: Types, sets: Record<string, string>): string {
  const members = Object.entries(types).map(([name, { base, properties = [], navigations = [] }]) => [
    name,
    {
      $Kind: 'EntityType',
      ...(base ? { $BaseType: base } : { $Key: ['ID'] }),
      ...Object.fromEntries(properties.map((p) => [p, p === 'Name' ? {} : { $Nullable: true }])),
      ...Object.fromEntries(
        navigations.map((n) => [n, { $Kind: 'NavigationProperty', $Type: 'Tribe.Model.Relation' }]),
      ),
      '@Core.Description': 'a type',
    },
  ])
  const entries = Object.entries(sets).map(([name, of]) => [name, { $Collection: true, $Type: of }])
  return JSON.stringify({
    $Version: '4.01',
    $EntityContainer: 'Tribe.Model.Container',
    'Tribe.Model': {
      ...Object.fromEntries(members),
      Colour: { $Kind: 'EnumType', Red: 0 },
      GetCurrentEmployee: [{ $Kind: 'Function' }],
      Container: { $Kind: 'EntityContainer', ...Object.fromEntries(entries) },
    },
  })
}

const FORMS = [
  ['XML', xmlOf],
  ['JSON', jsonOf],
] as const

const namesOf = (metadata: Metadata | null, set: string) => [...(metadata?.get(set)?.keys() ?? [])].sort()

describe.each(FORMS)('metadata as %s', (_, write) => {
  test('names the properties and the links of each set', () => {
    const text = write(
      {
        Address: { properties: ['Street', 'City'], navigations: ['Country'] },
        Country: { properties: ['Code'] },
      },
      { Address: 'Tribe.Model.Address', Datastore_Country: 'Tribe.Model.Country' },
    )
    const metadata = parseMetadata(text)
    expect(namesOf(metadata, 'Address')).toEqual(['City', 'Country', 'Street'])
    expect(namesOf(metadata, 'Datastore_Country')).toEqual(['Code'])
    expect([...(metadata?.keys() ?? [])].sort()).toEqual(['Address', 'Datastore_Country'])
  })

  test('gives a set what its type inherits, from however far', () => {
    const text = write(
      {
        Entity: { properties: ['ID', 'LastMutationDate'] },
        Relation: { base: 'Tribe.Model.Entity', properties: ['PhoneNumber'], navigations: ['Relationships'] },
        [ORGANIZATION]: { base: 'Tribe.Model.Relation', properties: ['VATNumber'] },
      },
      { [ORGANIZATION]: `Tribe.Model.${ORGANIZATION}` },
    )
    expect(namesOf(parseMetadata(text), ORGANIZATION)).toEqual(
      ['ID', 'LastMutationDate', 'PhoneNumber', 'Relationships', 'VATNumber'].sort(),
    )
  })

  test('may call the set otherwise than its type', () => {
    const text = write({ Company: { properties: ['Name'] } }, { [ORGANIZATION]: 'Tribe.Model.Company' })
    expect(namesOf(parseMetadata(text), ORGANIZATION)).toEqual(['Name'])
  })

  test('with a type that inherits from itself, or from one that is not there, is read all the same', () => {
    const text = write(
      {
        A: { base: 'Tribe.Model.B', properties: ['One'] },
        B: { base: 'Tribe.Model.A', properties: ['Two'] },
        C: { base: 'Elsewhere.D', properties: ['Three'] },
      },
      { A: 'Tribe.Model.A', C: 'Tribe.Model.C' },
    )
    expect(namesOf(parseMetadata(text), 'A')).toEqual(['One', 'Two'])
    expect(namesOf(parseMetadata(text), 'C')).toEqual(['Three'])
  })

  test('leaves out a set whose type it does not tell', () => {
    const text = write(
      { Address: { properties: ['City'] } },
      { Address: 'Tribe.Model.Address', Product: 'Tribe.Model.Product' },
    )
    expect(parseMetadata(text)?.has('Product')).toBe(false)
  })

  test('with a type that has nothing is read', () => {
    const text = write({ Address: {} }, { Address: 'Tribe.Model.Address' })
    expect(namesOf(parseMetadata(text), 'Address')).toEqual([])
  })

  test('without any set is none', () => {
    expect(parseMetadata(write({ Address: { properties: ['City'] } }, {}))).toBeNull()
    expect(parseMetadata(write({}, {}))).toBeNull()
  })

  test('of a large Tribe, with a thousand types and fields of its own, is read', () => {
    const types: Types = { Entity: { properties: ['ID'] } }
    const sets: Record<string, string> = {}
    for (let n = 0; n < 1000; n++) {
      const properties = Array.from({ length: 30 }, (_, m) => `_${n}__${m}__4d5e__8f90__a1b2c3d4e5f6`)
      types[`Type_${n}`] = { base: 'Tribe.Model.Entity', properties }
      sets[`Type_${n}`] = `Tribe.Model.Type_${n}`
    }
    const metadata = parseMetadata(write(types, sets))
    expect(metadata?.size).toBe(1000)
    expect(metadata?.get('Type_999')?.size).toBe(31)
  })
})

test('XML and JSON of one Tribe say the same', () => {
  const name = fc.stringMatching(/^[A-Z][A-Za-z0-9_]{0,8}$/)
  const names = fc.uniqueArray(name, { maxLength: 4 })
  const someTypes = fc.dictionary(
    name,
    fc.record({ properties: names, navigations: names, base: fc.constantFrom('', 'Tribe.Model.Base') }),
    { maxKeys: 4, minKeys: 1 },
  )
  fc.assert(
    fc.property(someTypes, (types) => {
      const all: Types = { ...types, Base: { properties: ['ID'] } }
      const sets = Object.fromEntries(Object.keys(types).map((key) => [`Set_${key}`, `Tribe.Model.${key}`]))
      const [xml, json] = [parseMetadata(xmlOf(all, sets)), parseMetadata(jsonOf(all, sets))]
      for (const set of Object.keys(sets)) expect(namesOf(xml, set)).toEqual(namesOf(json, set))
    }),
    { numRuns: 100 },
  )
})

describe('metadata as XML', () => {
  const one = { [ORGANIZATION]: { properties: ['Name'] } }
  const sets = { [ORGANIZATION]: `Tribe.Model.${ORGANIZATION}` }

  test('may be spread over several schemas, as Microsoft’s servers do', () => {
    const text = `<edmx:Edmx xmlns:edmx="x"><edmx:DataServices>
      <Schema Namespace="Tribe.Model"><EntityType Name="${ORGANIZATION}"><Property Name="Name" Type="Edm.String"/></EntityType></Schema>
      <Schema Namespace="Default"><EntityContainer Name="Container"><EntitySet Name="${ORGANIZATION}" EntityType="Tribe.Model.${ORGANIZATION}"/></EntityContainer></Schema>
    </edmx:DataServices></edmx:Edmx>`
    expect(namesOf(parseMetadata(text), ORGANIZATION)).toEqual(['Name'])
  })

  test('may have no prefixes, or other ones', () => {
    const bare = xmlOf(one, sets).replaceAll('edmx:', '')
    const other = xmlOf(one, sets).replaceAll('edmx:', 'x:')
    for (const text of [bare, other]) expect(namesOf(parseMetadata(text), ORGANIZATION)).toEqual(['Name'])
  })

  test('may have comments, blanks in front, and types of other kinds', () => {
    const extra = `<!-- ours --><EnumType Name="Colour"><Member Name="Red" Value="0"/></EnumType>
      <ComplexType Name="Price"><Property Name="Amount" Type="Edm.Double"/></ComplexType>
      <Annotations Target="Tribe.Model.Container"/>`
    expect(namesOf(parseMetadata(`\n  ${xmlOf(one, sets, extra)}`), ORGANIZATION)).toEqual(['Name'])
  })

  test('may have thousands of escaped signs in its descriptions', () => {
    const described = Array.from(
      { length: 4000 },
      (_, n) =>
        `<Annotation Term="Core.Description" String="Field ${n} &amp; &quot;more&quot; &lt;here&gt;"/>`,
    )
    const text = xmlOf(one, sets, `<Annotations Target="x">${described.join('')}</Annotations>`)
    expect(namesOf(parseMetadata(text), ORGANIZATION)).toEqual(['Name'])
  })

  test('keeps a name that looks like a number or a truth', () => {
    const text = xmlOf({ T: { properties: ['007', 'true', '1e3'] } }, { T: 'Tribe.Model.T' })
    expect(namesOf(parseMetadata(text), 'T')).toEqual(['007', '1e3', 'true'])
  })
})

describe('what is no metadata', () => {
  test.each([
    ['nothing', ''],
    ['blanks', ' \n '],
    ['text', 'Not found'],
    ['a page of HTML', '<!doctype html><html><body><h1>Sign in</h1></body></html>'],
    ['other XML', '<feed><entry/></feed>'],
    ['XML that was cut', '<edmx:Edmx><edmx:DataServices><Schema Namespace="T"><EntityType Name="A"'],
    [
      'a schema with a type that has no name',
      '<Edmx><DataServices><Schema N="x"><EntityType/></Schema></DataServices></Edmx>',
    ],
    ['an error of OData', '{"error":{"code":null,"message":"no"}}'],
    ['JSON that was cut', '{"$Version":"4.01","Tribe":{"Address"'],
    ['an empty object', '{}'],
    ['a list', '[]'],
    [
      'JSON with odd members',
      '{"Tribe":{"A":{"$Kind":"EntityType","$BaseType":7},"C":{"$Kind":"EntityContainer","A":null}}}',
    ],
    ['a list of records', '{"value":[{"name":"Address","kind":"EntitySet"}]}'],
  ])('is %s', (_, text) => {
    expect(parseMetadata(text)).toBeNull()
  })

  test('never makes anything throw', () => {
    const bits = fc.constantFrom(
      '<',
      '>',
      '/',
      '"',
      '&',
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      'Edmx',
      '$Kind',
      ' ',
      '<![CDATA[',
      '<?',
      '<!',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(bits).map((parts) => parts.join('')),
        ),
        (text) => {
          expect(parseMetadata(text)).toBeNull()
        },
      ),
      { numRuns: 500 },
    )
    fc.assert(
      fc.property(fc.json(), (text) => {
        parseMetadata(text)
      }),
    )
  })
})

describe('the dialect of a Tribe', () => {
  const propertyOf = (
    name: string,
    type = /^is/i.test(name) ? 'Edm.Boolean' : 'Edm.String',
  ): MetadataMember => ({
    type,
    kind: 'property',
  })
  const metadataWith = (names: Record<string, readonly string[]>): Metadata =>
    new Map(
      Object.entries(names).map(([set, list]) => [
        set,
        new Map(list.map((name) => [name, propertyOf(name)])),
      ]),
    )
  const guessed = Object.entries(SHAPES).flatMap(([set, shape]) =>
    (shape.guessed ?? []).map((name) => `${set}.${name}`),
  )

  test('is plain where everything is spelled as in the reference', () => {
    expect(dialectFrom(metadataWith(USED))).toEqual(AS_IN_REFERENCE)
  })

  test('has its own spellings, which are used and found', () => {
    const names = (USED[ORGANIZATION] ?? []).map((name) =>
      name.replace('VATNumber', 'VatNumber').replace(/^Name$/, 'name'),
    )
    const dialect = dialectFrom(metadataWith({ ...USED, [ORGANIZATION]: names }))
    expect(dialect.missing).toEqual([])
    expect(spell(dialect, ORGANIZATION, 'VATNumber')).toBe('VatNumber')
    expect(spell(dialect, ORGANIZATION, 'Name')).toBe('name')
    expect(spell(dialect, ORGANIZATION, 'Website')).toBe('Website')
    expect(has(dialect, ORGANIZATION, 'VATNumber')).toBe(true)
  })

  test('spells each set for itself', () => {
    const names = (USED[CUSTOMER] ?? []).map((name) => name.toUpperCase())
    const dialect = dialectFrom(metadataWith({ ...USED, [CUSTOMER]: names }))
    expect(spell(dialect, CUSTOMER, 'LastMutationDate')).toBe('LASTMUTATIONDATE')
    expect(spell(dialect, ORGANIZATION, 'LastMutationDate')).toBe('LastMutationDate')
  })

  test('lacks what the metadata does not name, and that field is left out', () => {
    const names = (USED[ORGANIZATION] ?? []).filter((name) => name !== 'FinancialEmailAddress')
    const dialect = dialectFrom(metadataWith({ ...USED, [ORGANIZATION]: names }))
    expect(dialect.missing).toEqual([`${ORGANIZATION}.FinancialEmailAddress`])
    expect(has(dialect, ORGANIZATION, 'FinancialEmailAddress')).toBe(false)
    expect(has(dialect, ORGANIZATION, 'EmailAddress')).toBe(true)
  })

  test('takes a set that is switched off, or that it is not told of, as the reference has it, without what that guesses', () => {
    const dialect = dialectFrom(metadataWith({ Activity_Complaint: ['Name'] }))
    expect(dialect).toEqual({ ...AS_IN_REFERENCE, missing: guessed })
    expect(has(dialect, CUSTOMER, 'PaymentTermInDays')).toBe(true)
  })

  test('knows a set that has nothing we use', () => {
    const dialect = dialectFrom(metadataWith({ Address: ['Something'] }))
    const all = (USED.Address ?? []).map((name) => `Address.${name}`)
    expect(dialect.missing).toEqual([...all, ...guessed])
  })

  test('whatever the case of the letters, each name is found once and no name is lost', () => {
    const odd = fc.func(fc.boolean())
    fc.assert(
      fc.property(odd, odd, (isUpper, isThere) => {
        const names = Object.fromEntries(
          Object.entries(USED).map(([set, list]) => [
            set,
            list
              .filter((name) => isThere(set, name))
              .map((name) => (isUpper(set, name) ? name.toUpperCase() : name)),
          ]),
        )
        const dialect = dialectFrom(metadataWith(names))
        for (const [set, list] of Object.entries(USED))
          for (const name of list) {
            expect(has(dialect, set, name)).toBe(isThere(set, name))
            if (isThere(set, name))
              expect(spell(dialect, set, name)).toBe(isUpper(set, name) ? name.toUpperCase() : name)
          }
      }),
      { numRuns: 100 },
    )
  })

  test('prefers the spelling of the reference where Tribe has both', () => {
    const names = [...(USED[ORGANIZATION] ?? []), 'VatNumber', 'WEBSITE']
    expect(dialectFrom(metadataWith({ ...USED, [ORGANIZATION]: names }))).toEqual(AS_IN_REFERENCE)
  })

  test('finds the invoice that is credited by a link to an invoice, and not by one to anything else', () => {
    const invoiceWith = (type: string) =>
      parseMetadata(
        xmlOf(
          { Activity_Invoice: { properties: ['Number'], navigations: ['CreditController'] } },
          { [INVOICE]: 'Tribe.Model.Activity_Invoice' },
        ).replace(
          'Name="CreditController" Type="Tribe.Model.Relation"',
          `Name="CreditController" Type="Tribe.Model.${type}"`,
        ),
      )
    const named = (type: string) => {
      const dialect = dialectFrom(invoiceWith(type) as Metadata)
      return has(dialect, INVOICE, 'CreditedInvoice') ? spell(dialect, INVOICE, 'CreditedInvoice') : null
    }
    expect(['Activity_Invoice', 'Activity', 'Relationship_Person_Contact_Employee'].map(named)).toEqual([
      'CreditController',
      'CreditController',
      null,
    ])
  })

  test.each([
    ['IsCreditInvoice', 'Edm.Boolean', 'IsCreditInvoice'],
    ['iscreditnote', 'Edm.Boolean', 'iscreditnote'],
    ['IsCredit', 'Edm.Boolean', 'IsCredit'],
    // It says something else.
    ['IsCredited', 'Edm.Boolean', null],
    ['IsCredit', 'Edm.String', null],
  ])('takes %s (%s) for what says that an invoice credits: %s', (name, type, found) => {
    const members = new Map((USED[INVOICE] ?? []).map((one) => [one, propertyOf(one)]))
    members.delete('IsCreditInvoice')
    const dialect = dialectFrom(new Map([[INVOICE, members.set(name, propertyOf(name, type))]]))
    const there = has(dialect, INVOICE, 'IsCreditInvoice')
    expect(there ? spell(dialect, INVOICE, 'IsCreditInvoice') : null).toBe(found)
  })

  test('that an older version has kept says nothing of what was not asked for then', () => {
    const kept = Dialect.parse({ spelled: {}, missing: ['Product.Code'], instants: [] })
    expect(kept.missing).toEqual(['Product.Code', `${INVOICE}.IsCreditInvoice`])
    expect(Dialect.parse(AS_IN_REFERENCE)).toEqual(AS_IN_REFERENCE)
  })

  test('without metadata is that of the reference, and what it is not sure of is left out', () => {
    expect(PLAIN).toEqual({ ...AS_IN_REFERENCE, missing: guessed })
    for (const name of [`${PERSON}.DebtorNumber`, `${INVOICE}.InvoiceDate`, `${INVOICE}.CreditedInvoice`])
      expect(guessed).toContain(name)
    for (const [set, names] of Object.entries(USED))
      for (const name of names) {
        expect(has(PLAIN, set, name)).toBe(!guessed.includes(`${set}.${name}`))
        expect(spell(PLAIN, set, name)).toBe(name)
      }
  })
})
