import { expect, test } from 'vitest'
import type { TownTenant } from '../platform/town'
import { todays } from '../seeds/day'
import { NIGHT, PULL, type Street, useStreet } from './street'

const begin = useStreet(11)

type Json = Record<string, unknown>
type Fields = Parameters<TownTenant['crm']['edit']>[1]
type Keep = (value: string) => string

const cut: Keep = (value) => value.slice(0, 12)
const capitals: Keep = (value) => value.toUpperCase()
const small: Keep = (value) => value.toLowerCase()
const withoutBlanks: Keep = (value) => value.replace(/\s/g, '')
const rounded: Keep = (value) => String(Math.round(Number(value) * 100) / 100)
const whole: Keep = (value) => String(Math.round(Number(value)))

/** How each kind of record is made, edited and read by people on either side. */
interface Kind {
  make: {
    tribe(tenant: TownTenant, record: Json): void
    books(tenant: TownTenant, fields: Json): void
  }
  tribe(tenant: TownTenant): Json
  books(tenant: TownTenant): Json & { Id: number }
  edit(tenant: TownTenant, id: number, fields: Json): void
}

const nest = (path: string, value: unknown): Json =>
  path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Json
const merged = (one: Json, other: Json): Json => {
  const all = { ...one }
  for (const [name, value] of Object.entries(other)) {
    const held = all[name]
    const isBoth = typeof held === 'object' && held !== null && typeof value === 'object' && value !== null
    all[name] = isBoth ? merged(held as Json, value as Json) : value
  }
  return all
}
const onlyOne = <T>(rows: readonly unknown[]): T => {
  expect(rows).toHaveLength(1)
  return rows[0] as T
}
const ADDRESS = { Street: 'Havnegata', HouseNumber: 12, Postalcode: '7010', City: 'Trondheim', Country: 'NO' }
const MAIL = { AddressLine1: 'Havnegata 12', ZipCode: '7010', City: 'Trondheim', CountryCode: 'NO' }

const KINDS: Record<string, Kind> = {
  customer: {
    make: {
      tribe: ({ crm }, record) => {
        const { Organization } = merged(
          { Organization: { Name: 'Nordlys AS', InvoiceAddress: ADDRESS } },
          record,
        )
        const { InvoiceAddress, ...organization } = Organization as Json
        crm.hasCustomer({ organization: organization as Fields, invoiceAddress: InvoiceAddress as Fields })
      },
      books: ({ books }, fields) =>
        void books.hasCustomer(merged({ Name: 'Nordlys AS', MailAddress: MAIL }, fields)),
    },
    tribe: ({ crm }) => onlyOne(crm.customers()),
    books: ({ books }) => onlyOne(books.customers()),
    edit: ({ books }, id, fields) => void books.editCustomer(id, fields),
  },
  supplier: {
    make: {
      tribe: ({ crm }, record) => {
        const { Organization } = merged({ Organization: { Name: 'Nordlys AS' } }, record)
        crm.hasSupplier({ organization: Organization as Fields })
      },
      books: ({ books }, fields) => void books.hasSupplier({ Name: 'Nordlys AS', ...fields }),
    },
    tribe: ({ crm }) => onlyOne(crm.suppliers()),
    books: ({ books }) => onlyOne(books.suppliers()),
    edit: ({ books }, id, fields) => void books.editSupplier(id, fields),
  },
  'private customer': {
    make: {
      tribe: ({ crm }, record) => {
        const { Person } = merged({ Person: { LastName: 'Haugen' } }, record)
        crm.hasPrivateCustomer({ person: Person as Fields })
      },
      books: ({ books }, fields) =>
        void books.hasCustomer({ IsPerson: true, FirstName: 'Kari', LastName: 'Haugen', ...fields }),
    },
    tribe: ({ crm }) => onlyOne(crm.privateCustomers()),
    books: ({ books }) => onlyOne(books.customers()),
    edit: ({ books }, id, fields) => void books.editCustomer(id, fields),
  },
  'contact person': {
    make: {
      tribe: ({ crm }, record) => {
        const { organizationId } = crm.hasCustomer({ organization: { Name: 'Nordlys AS' } })
        const { Person, ...contact } = merged({ Person: { FirstName: 'Ola', LastName: 'Lund' } }, record)
        crm.hasContact({ organizationId, person: Person as Fields, contact: contact as Fields })
      },
      books: ({ books }, fields) => {
        const { Id } = books.hasCustomer({ Name: 'Nordlys AS' })
        books.hasContactPerson(Id, { FirstName: 'Ola', LastName: 'Lund', ...fields })
      },
    },
    tribe: ({ crm }) => onlyOne(crm.contacts()),
    books: ({ books }) => onlyOne(books.contactPersons()),
    edit: ({ books }, id, fields) => void books.editContactPerson(id, fields),
  },
  product: {
    make: {
      tribe: ({ crm }, record) => void crm.hasProduct({ Code: 'k-1', ...record } as Fields),
      books: ({ books }, fields) =>
        void books.hasProduct({ Code: 'k-1', Name: 'Konsulenttime', UnitPrice: 1450, ...fields }),
    },
    tribe: ({ crm }) => onlyOne(crm.products()),
    books: ({ books }) => onlyOne(books.products()),
    edit: ({ books }, id, fields) => void books.editProduct(id, fields),
  },
}

/** kind, where Tribe has it, Tribe's type and member, PowerOffice's member, what is kept, and three values. */
type Row = [string, string, string, string, Keep, string | number, string | number, string | number]
const ROWS: Row[] = [
  ...(['customer', 'supplier'] as const).flatMap((kind): Row[] => [
    [
      kind,
      'Organization.Name',
      'Relation_Organization.Name',
      'Name',
      cut,
      'Nordlys Verksted og Maskin AS',
      'Nordlys Bygg',
      'Solberg og Sønner Midt-Norge AS',
    ],
    [
      kind,
      'Organization.PhoneNumber',
      'Relation_Organization.PhoneNumber',
      'PhoneNumber',
      withoutBlanks,
      '22 33 44 55',
      '99887766',
      '11 22 33 44',
    ],
  ]),
  [
    'customer',
    'Organization.Website',
    'Relation_Organization.Website',
    'WebsiteUrl',
    small,
    'https://Nordlys.example',
    'https://ny.example',
    'https://Igjen.example',
  ],
  [
    'customer',
    'Organization.EmailAddress',
    'Relation_Organization.EmailAddress',
    'EmailAddress',
    small,
    'Post@nordlys.example',
    'ny@nordlys.example',
    'Igjen@nordlys.example',
  ],
  [
    'customer',
    'Organization.FinancialEmailAddress',
    'Relation_Organization.FinancialEmailAddress',
    'InvoiceEmailAddress',
    small,
    'Faktura@nordlys.example',
    'ny@nordlys.example',
    'Igjen@nordlys.example',
  ],
  [
    'customer',
    'Organization.InvoiceAddress.City',
    'Address.City',
    'MailAddress.City',
    capitals,
    'Stjørdal',
    'BODØ',
    'Levanger',
  ],
  [
    'customer',
    'Organization.InvoiceAddress.Postalcode',
    'Address.Postalcode',
    'MailAddress.ZipCode',
    withoutBlanks,
    '70 12',
    '7013',
    '70 14',
  ],
  [
    'supplier',
    'Organization.EmailAddress',
    'Relation_Organization.EmailAddress',
    'EmailAddress',
    small,
    'Post@nordlys.example',
    'ny@nordlys.example',
    'Igjen@nordlys.example',
  ],
  [
    'private customer',
    'Person.FirstName',
    'Relation_Person.FirstName',
    'FirstName',
    cut,
    'Kari Margrethe Johanne',
    'Kari',
    'Kari Johanne Sofie Elise',
  ],
  [
    'private customer',
    'Person.LastName',
    'Relation_Person.LastName',
    'LastName',
    capitals,
    'Lie',
    'BERG',
    'Dahl',
  ],
  [
    'private customer',
    'Person.EmailAddress',
    'Relation_Person.EmailAddress',
    'EmailAddress',
    small,
    'Kari@haugen.example',
    'ny@haugen.example',
    'Igjen@haugen.example',
  ],
  [
    'private customer',
    'Person.PhoneNumber',
    'Relation_Person.PhoneNumber',
    'PhoneNumber',
    withoutBlanks,
    '22 33 44 55',
    '99887766',
    '11 22 33 44',
  ],
  [
    'contact person',
    'Person.LastName',
    'Relation_Person.LastName',
    'LastName',
    capitals,
    'Lie',
    'BERG',
    'Dahl',
  ],
  [
    'contact person',
    'EmailAddress',
    'Relationship_Person_Contact_Standard.EmailAddress',
    'EmailAddress',
    small,
    'Ola@nordlys.example',
    'ny@nordlys.example',
    'Igjen@nordlys.example',
  ],
  [
    'contact person',
    'PhoneNumber',
    'Relationship_Person_Contact_Standard.PhoneNumber',
    'PhoneNumber',
    withoutBlanks,
    '22 33 44 55',
    '99887766',
    '11 22 33 44',
  ],
  ['product', 'Code', 'Product.Code', 'Code', capitals, 'k-100', 'K-200', 'k-300'],
  [
    'product',
    'Name',
    'Product.Name',
    'Name',
    cut,
    'Konsulenttime på stedet',
    'Konsulent',
    'Konsulenttime på kveldstid',
  ],
  [
    'product',
    'Description',
    'Product.Description',
    'Description',
    cut,
    'En time med reise og opphold',
    'En time',
    'En time, og reise etter avtale',
  ],
  ['product', 'SalesPrice', 'Product.SalesPrice', 'UnitPrice', rounded, 10.125, 12, 13.777],
  ['product', 'PurchasePrice', 'Product.PurchasePrice', 'UnitCost', whole, 7.5, 9, 12.25],
]

const at = (record: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((held, name) => (held as Json | null | undefined)?.[name], record)

/** Edits what the record at the end of the path holds in Tribe, as a user does. */
function editInTribe(tenant: TownTenant, kind: Kind, path: string, value: unknown): void {
  const names = path.split('.')
  const member = names.pop() ?? ''
  const holder = names.length === 0 ? kind.tribe(tenant) : at(kind.tribe(tenant), names.join('.'))
  tenant.crm.edit((holder as { ID: string }).ID, { [member]: value } as Fields)
}

const like = (keep: Keep, value: string | number) =>
  typeof value === 'number' ? Number(keep(String(value))) : keep(value)

/** Looks from both sides, on time and in the night: nothing is written, since nobody changed anything. */
async function expectCalm(street: Street): Promise<void> {
  const since = street.mark()
  await street.town.passMinutes(15)
  await street.tick(PULL, NIGHT)
  expect([...street.writes('poweroffice', since), ...street.writes('tribe', since)]).toEqual([])
}

/** What is kept otherwise in one company: of a kind all fields at once, and each of an address by itself, which is edited whole. */
const GROUPS = [
  ...Map.groupBy(ROWS, ([kind, , , member]) => (isOfAddress(member) ? `${kind} ${member}` : kind)).values(),
]
const titled = (rows: readonly Row[]) => rows.map(([, path]) => path).join(', ')

function isOfAddress(member: string): boolean {
  return member.startsWith('MailAddress')
}

/** What both sides hold of these fields, and what they should. */
function heldOf(
  tenant: TownTenant,
  kind: Kind,
  rows: readonly Row[],
  first: (row: Row) => [unknown, unknown],
) {
  const wanted = rows.map(first)
  const expectHeld = () => {
    const held = rows.map(([, path, , member]) => [
      at(kind.tribe(tenant), path),
      at(kind.books(tenant), member),
    ])
    expect(held).toEqual(wanted)
  }
  expectHeld()
  return {
    expectHeld,
    /** After an edit of that one, and no other. */
    expectNow(n: number, inTribe: unknown, inBooks: unknown) {
      wanted[n] = [inTribe, inBooks]
      expectHeld()
    },
  }
}

function editInBooks(tenant: TownTenant, kind: Kind, member: string, value: unknown): void {
  const record = kind.books(tenant)
  const whole = isOfAddress(member) ? { MailAddress: record.MailAddress } : {}
  kind.edit(tenant, record.Id, merged(whole, nest(member, value)))
}

// An address has no clock in PowerOffice: of one that the answer does not show, nobody can say who changed it.
const isClocked = (rows: readonly Row[]) => rows.every(([, , , member]) => !isOfAddress(member))
const IN_BOOKS = [
  ...GROUPS.map((rows) => [rows[0]?.[0] ?? '', titled(rows), rows, true] as const),
  ...GROUPS.filter(isClocked).map((rows) => [rows[0]?.[0] ?? '', titled(rows), rows, false] as const),
]
test.each(IN_BOOKS)(
  'what a %s has as %s in Tribe stays there, though PowerOffice keeps it otherwise, and only edits travel (%#)',
  async (name, _, rows, isShown) => {
    const kind = KINDS[name] as Kind
    const street = begin()
    const keeps = Object.fromEntries(rows.map(([, , , member, keep]) => [member, keep]))
    const tenant = await street.tenant({ powerOffice: { keeps, keptIsShown: isShown } })
    kind.make.tribe(tenant, rows.map(([, path, , , , first]) => nest(path, first)).reduce(merged))
    await street.quiet()
    const held = heldOf(tenant, kind, rows, ([, , , , keep, first]) => [first, like(keep, first)])
    await expectCalm(street)
    held.expectHeld()

    for (const [n, [, , , member, , , second]] of rows.entries()) {
      await street.town.passMinutes(1)
      editInBooks(tenant, kind, member, second)
      await street.tick(PULL)
      held.expectNow(n, second, second)
    }
    await street.tick(NIGHT)
    held.expectHeld()

    for (const [n, [, path, , , keep, , , third]] of rows.entries()) {
      editInTribe(tenant, kind, path, third)
      await street.quiet()
      held.expectNow(n, third, like(keep, third))
      await street.tick(PULL)
    }
    await expectCalm(street)
    held.expectHeld()
    expect(tenant.problems()).toEqual([])
    expect(street.town.violations()).toEqual([])
  },
)

const ANSWERS: [string, object][] = [
  ['the record alone', {}],
  ['all that was made along', { deepInsertAnswers: 'nested' }],
  ['nothing', { emptyWriteAnswers: true }],
]
const IN_TRIBE = ANSWERS.flatMap(([what, options]) =>
  GROUPS.map((rows) => [rows[0]?.[0] ?? '', titled(rows), what, rows, options] as const),
)
// Each group of fields meets one of the answers in each run.
const placeOf = (_: unknown, n: number) => (n % GROUPS.length) + Math.floor(n / GROUPS.length)
test.each(todays(IN_TRIBE, ANSWERS.length, placeOf))(
  'what a %s has as %s in PowerOffice stays there, though Tribe keeps it otherwise and answers %s, and only edits travel',
  async (name, _, _what, rows, options) => {
    const kind = KINDS[name] as Kind
    const street = begin()
    const keeps = Object.fromEntries(rows.map(([, , inTribe, , keep]) => [inTribe, keep]))
    const tenant = await street.tenant({ tribe: { ...options, keeps } })
    kind.make.books(tenant, rows.map(([, , , member, , first]) => nest(member, first)).reduce(merged))
    await street.tick(PULL)
    const held = heldOf(tenant, kind, rows, ([, , , , keep, first]) => [like(keep, first), first])
    await expectCalm(street)
    held.expectHeld()

    for (const [n, [, path, , , , , second]] of rows.entries()) {
      editInTribe(tenant, kind, path, second)
      await street.quiet()
      held.expectNow(n, second, second)
    }

    for (const [n, [, , , member, keep, , , third]] of rows.entries()) {
      await street.town.passMinutes(1)
      editInBooks(tenant, kind, member, third)
      // An address that changed moves no clock of its customer's: only the night sees it.
      await street.tick(PULL, ...(isOfAddress(member) ? [NIGHT] : []))
      held.expectNow(n, like(keep, third), third)
    }
    await street.tick(NIGHT)
    held.expectHeld()
    await expectCalm(street)
    held.expectHeld()
    expect(tenant.problems()).toEqual([])
    expect(street.town.violations()).toEqual([])
  },
)
