import { expect } from 'vitest'
import type { TribeOptions } from '../fakes/tribe'
import type { TownTenant } from '../platform/town'
import { NIGHT, PULL, type Street } from './street'

/** A Tribe that fills in what a new record was not given, what of each kind it fills in, and what users enter there. */

export type Json = Record<string, unknown>
type Fields = Parameters<TownTenant['crm']['edit']>[1]
export type Given = Partial<TribeOptions>

const ROLE = 'Relationship_Organization_CommercialRelationship'
export const DEFAULTS: TribeOptions['defaults'] = {
  [`${ROLE}.PaymentTermInDays`]: 30,
  'Relationship_Person_CommercialRelationship.PaymentTermInDays': 30,
  'Relation_Organization.Website': 'https://ukjent.example',
  'Relation_Organization.PhoneNumber': '00',
  'Relation_Person.PhoneNumber': '00',
  'Relation_Person.EmailAddress': 'ukjent@example.com',
  'Relationship_Person_Contact.PhoneNumber': '00',
  'Relationship_Person_Contact.EmailAddress': 'ukjent@example.com',
  'Product.Unit': 'pcs',
  'Product.Description': 'Ny vare',
  'Product.SalesPrice': 0,
  'Product.PurchasePrice': 0,
}

export const onlyOne = <T = Json>(rows: readonly unknown[]): T => {
  expect(rows).toHaveLength(1)
  return rows[0] as T
}
export const at = (record: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((held, name) => (held as Json | null | undefined)?.[name], record) ?? null

/** A field: where Tribe holds it and what it fills in, the same in PowerOffice, and what users enter on either side. */
export interface Field {
  tribe: string
  /** What Tribe's own screen calls the choice, where it is one. */
  filled: unknown
  books: string
  /** Entered in Tribe, and the same in PowerOffice. */
  edited: [unknown, unknown]
  /** Entered in PowerOffice, and the same in Tribe. */
  back: [unknown, unknown]
}
export interface Kind {
  kind: string
  make(tenant: TownTenant): number
  all(tenant: TownTenant): Json[]
  there(tenant: TownTenant): Json[]
  edit(tenant: TownTenant, fields: Json): void
  fields: Field[]
}

const text = (tribe: string, books: string, filled: string, edited: string, back: string): Field => ({
  tribe,
  filled,
  books,
  edited: [edited, edited],
  back: [back, back],
})
const TERM: Field = {
  tribe: 'PaymentTermInDays',
  filled: 30,
  books: 'PaymentTerm',
  edited: [45, 45],
  back: [10, 10],
}
function editCustomer(books: TownTenant['books'], { PaymentTerm, ...fields }: Json): void {
  const term = books.paymentTerms.all().find(({ CreditDays }) => CreditDays === PaymentTerm)
  const { Id } = onlyOne<{ Id: number }>(books.customers())
  books.editCustomer(Id, term ? { PaymentTermId: term.Id } : fields)
}
const number = (tribe: string, books: string): Field => ({
  tribe,
  filled: 0,
  books,
  edited: [12.5, 12.5],
  back: [20, 20],
})

export const KINDS: Kind[] = [
  {
    kind: 'customer',
    make: ({ books }) => books.hasCustomer({ Name: 'Nordlys AS', PaymentTerm: null }).Id,
    all: ({ crm }) => crm.customers(),
    there: ({ books }) => books.customers() as unknown as Json[],
    edit: ({ books }, fields) => editCustomer(books, fields),
    fields: [
      TERM,
      text(
        'Organization.Website',
        'WebsiteUrl',
        'https://ukjent.example',
        'https://a.example',
        'https://b.example',
      ),
      text('Organization.PhoneNumber', 'PhoneNumber', '00', '22334455', '99887766'),
    ],
  },
  {
    kind: 'supplier',
    make: ({ books }) => books.hasSupplier({ Name: 'Nordlys AS' }).Id,
    all: ({ crm }) => crm.suppliers(),
    there: ({ books }) => books.suppliers() as unknown as Json[],
    edit: ({ books }, fields) => void books.editSupplier(Number(onlyOne(books.suppliers()).Id), fields),
    fields: [
      text('Organization.PhoneNumber', 'PhoneNumber', '00', '22334455', '99887766'),
      text(
        'Organization.Website',
        'WebsiteUrl',
        'https://ukjent.example',
        'https://a.example',
        'https://b.example',
      ),
    ],
  },
  {
    kind: 'private customer',
    make: ({ books }) =>
      books.hasCustomer({ IsPerson: true, FirstName: 'Kari', LastName: 'Haugen', PaymentTerm: null }).Id,
    all: ({ crm }) => crm.privateCustomers(),
    there: ({ books }) => books.customers() as unknown as Json[],
    edit: ({ books }, fields) => editCustomer(books, fields),
    fields: [
      TERM,
      text('Person.PhoneNumber', 'PhoneNumber', '00', '22334455', '99887766'),
      text('Person.EmailAddress', 'EmailAddress', 'ukjent@example.com', 'a@b.example', 'c@d.example'),
    ],
  },
  {
    kind: 'contact person',
    make: ({ books }) => {
      const { Id } = books.hasCustomer({ Name: 'Nordlys AS' })
      return books.hasContactPerson(Id, { FirstName: 'Ola', LastName: 'Lund' }).Id
    },
    all: ({ crm }) => crm.contacts(),
    there: ({ books }) => books.contactPersons() as unknown as Json[],
    edit: ({ books }, fields) =>
      void books.editContactPerson(Number(onlyOne(books.contactPersons()).Id), fields),
    fields: [
      text('PhoneNumber', 'PhoneNumber', '00', '22334455', '99887766'),
      text('EmailAddress', 'EmailAddress', 'ukjent@example.com', 'a@b.example', 'c@d.example'),
    ],
  },
  {
    kind: 'product',
    make: ({ books }) =>
      books.hasProduct({
        Code: 'k-1',
        Name: 'Lampe',
        UnitPrice: null,
        UnitCost: null,
        UnitOfMeasureCode: null,
      }).Id,
    all: ({ crm }) => crm.products(),
    there: ({ books }) => books.products() as unknown as Json[],
    edit: ({ books }, fields) => void books.editProduct(Number(onlyOne(books.products()).Id), fields),
    fields: [
      {
        tribe: 'Unit.Code',
        filled: 'pcs',
        books: 'UnitOfMeasureCode',
        edited: ['hr', 'HUR'],
        back: ['KGM', 'kg'],
      },
      number('SalesPrice', 'UnitPrice'),
      number('PurchasePrice', 'UnitCost'),
      text('Description', 'Description', 'Ny vare', 'Taklampe', 'Gulvlampe'),
    ],
  },
]

/** Edits what Tribe holds there, as a user does. */
export function editInTribe(tenant: TownTenant, kind: Kind, field: Field, n = 0): void {
  const [first = '', second] = field.tribe.split('.')
  const record = kind.all(tenant)[n] as { ID: string }
  const isLink = first === 'Unit'
  const holder = (second && !isLink ? at(record, first) : record) as { ID: string }
  tenant.crm.edit(holder.ID, { [isLink || !second ? first : second]: field.edited[0] } as Fields)
}

export const heldIn = (tenant: TownTenant, kind: Kind, n = 0) =>
  kind.fields.map(({ tribe, books }) => [at(kind.all(tenant)[n], tribe), at(kind.there(tenant)[n], books)])

/** Looks from both sides, on time and in the night: nothing is written, since nobody changed anything. */
export async function expectCalm(street: Street): Promise<void> {
  const since = street.mark()
  await street.town.passMinutes(15)
  await street.tick(PULL, NIGHT, PULL)
  expect([...street.writes('poweroffice', since), ...street.writes('tribe', since)]).toEqual([])
}

export async function open(
  street: Street,
  tribe: Given,
  before?: (tenant: TownTenant) => void,
  settings: Json = {},
): Promise<TownTenant> {
  const hasTerms = ({ books }: TownTenant) => {
    for (const CreditDays of [10, 30, 45])
      if (!books.paymentTerms.all().some((term) => term.CreditDays === CreditDays))
        books.hasPaymentTerm({ CreditDays })
  }
  return street.tenant({
    settings: { invoices: { enabled: false }, ...settings },
    tribe: { defaults: DEFAULTS, ...tribe },
    before: (tenant) => {
      hasTerms(tenant)
      before?.(tenant)
    },
  })
}
