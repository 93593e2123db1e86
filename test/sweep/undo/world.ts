import type { Dice } from '../../platform/dice'
import type { TownTenant } from '../../platform/town'

/** Two systems before a first load: much that only PowerOffice has, and some that both have and say otherwise. */

type Json = Record<string, unknown>

export interface Size {
  /** Companies that only PowerOffice has: some are suppliers, some have contact persons, some are private persons. */
  companies: number
  products: number
  /** Of each kind that both have. */
  pairs: number
}

export async function fill(
  tenant: TownTenant,
  dice: Dice,
  { companies, products, pairs }: Size,
): Promise<void> {
  const { books } = tenant
  for (let n = 1; n <= companies; n++) {
    const members = {
      PhoneNumber: dice.is(0.7) ? `22 ${1000 + n}` : null,
      EmailAddress: dice.is(0.5) ? `post${n}@kunde.example` : null,
      ...(dice.is(0.7) ? { MailAddress: addressOf(n) } : {}),
    }
    const draw = n <= 4 ? n : dice.between(1, 10)
    if (draw === 1)
      books.hasCustomer({ IsPerson: true, FirstName: 'Kari', LastName: `Privat ${n}`, ...members })
    else if (draw === 2) books.hasSupplier({ Name: `Leverandør ${n} AS`, ...members })
    else {
      const { Id } = books.hasCustomer({
        Name: `Kunde ${n} AS`,
        WebsiteUrl: `https://k${n}.example`,
        ...members,
      })
      if (draw === 3) books.makeAlsoSupplier(Id)
      for (let no = draw === 4 ? 1 : dice.between(-2, 2); no > 0; no--)
        books.hasContactPerson(Id, { FirstName: 'Ola', LastName: `Nr ${n}.${no}`, PhoneNumber: `9${n}${no}` })
    }
  }
  for (let n = 1; n <= products; n++)
    books.hasProduct({
      Code: `V${n}`,
      Name: `Vare ${n}`,
      UnitPrice: 10 * n,
      Description: dice.is(0.5) ? `Nr ${n}` : null,
    })
  for (let n = 1; n <= pairs; n++) await aPairOfEach(tenant, dice, n)
}

const addressOf = (n: number) => ({
  AddressLine1: `Storgata ${n}`,
  ZipCode: '0155',
  City: 'OSLO',
  CountryCode: 'NO',
})

/** A customer with an address and a contact person, a supplier, a customer that is one too, one without an address, one whose address serves twice, and a product. */
async function aPairOfEach(tenant: TownTenant, dice: Dice, n: number): Promise<void> {
  const { crm, books } = tenant
  const silent = true
  const some = <T extends object>(all: T): Partial<T> =>
    Object.fromEntries(Object.entries(all).filter(() => dice.is(0.8))) as Partial<T>
  const there = { PhoneNumber: `33 ${n}`, ...some({ EmailAddress: `bok${n}@begge.example` }) }
  const here = some({ PhoneNumber: `44 ${n}`, EmailAddress: `crm${n}@begge.example` })
  const customer = books.hasCustomer({ Name: `Begge ${n} AS`, ...there, MailAddress: addressOf(100 + n) })
  const { organizationId } = crm.hasCustomer({
    organization: {
      Name: `Begge ${n} AS`,
      ...here,
      Website: `https://begge${n}.example`,
      DebtorNumber: String(customer.Number),
    },
    invoiceAddress: {
      Street: 'Gamleveien',
      HouseNumber: n,
      Postalcode: '5003',
      City: 'BERGEN',
      Country: 'NO',
    },
    silent,
  })
  const name = { FirstName: 'Ida', LastName: `Begge ${n}` }
  books.hasContactPerson(customer.Id, { ...name, ...there })
  crm.hasContact({ organizationId, person: name, contact: { PhoneNumber: `55 ${n}` }, silent })
  const supplier = books.hasSupplier({ Name: `Begge lev ${n} AS`, ...there, MailAddress: addressOf(200 + n) })
  crm.hasSupplier({
    organization: { Name: `Lev ${n}`, ...here, CreditorNumber: String(supplier.Number) },
    silent,
  })
  const both = books.hasCustomer({ Name: `Begge roller ${n} AS`, ...there })
  const asSupplier = books.makeAlsoSupplier(both.Id)
  const roles = crm.hasCustomer({
    organization: {
      Name: `Roller ${n} AS`,
      ...here,
      DebtorNumber: String(both.Number),
      CreditorNumber: String(asSupplier.Number),
    },
    silent,
  })
  crm.hasSupplier({ organizationId: roles.organizationId, silent })
  const bare = books.hasCustomer({ Name: `Begge bar ${n} AS`, MailAddress: addressOf(300 + n) })
  crm.hasCustomer({ organization: { Name: `Begge bar ${n} AS`, DebtorNumber: String(bare.Number) }, silent })
  const shared = books.hasCustomer({ Name: `Begge delt ${n} AS`, MailAddress: addressOf(400 + n) })
  const { organizationId: sharedId } = crm.hasCustomer({
    organization: { Name: `Begge delt ${n} AS`, DebtorNumber: String(shared.Number) },
    invoiceAddress: { Street: 'Delt gate', HouseNumber: n, Postalcode: '5003', City: 'BERGEN' },
    silent,
  })
  // One record serves in both places.
  const addressId = crm.editAddress(sharedId, 'InvoiceAddress', { Extra: null }, { silent })
  crm.edit(sharedId, { VisitingAddress: addressId } as never, { silent })
  const product = books.hasProduct({
    Code: `B${n}`,
    Name: `Begge vare ${n}`,
    UnitPrice: 70 + n,
    Description: 'Som i bøkene',
  })
  const tribeId = crm.hasProduct({ Code: `C${n}`, Name: `Felles vare ${n}`, SalesPrice: 90 + n }, { silent })
  const decision = { kind: 'product', powerOfficeId: String(product.Id), action: 'link', tribeId }
  await tenant.api('PUT', '/preview/decisions', { decisions: [decision] })
}

// ── What Tribe holds ────────────────────────────────────────────────────────

const SETS = {
  Relation_Organization: 'InvoiceAddress($expand=Country),VisitingAddress',
  Relation_Person: 'Address($expand=Country)',
  Relationship_Organization_CommercialRelationship_Customer: 'Organization',
  Relationship_Person_CommercialRelationship_Customer: 'Person',
  Relationship_Organization_Supplier: 'Organization',
  Relationship_Person_Contact_Standard: 'Person,Relation',
  Product: 'ProductGroup,Unit,VatGroup',
} as const
/** What tells two worlds apart that are the same but for when they were made. */
const PASSING = /^(ID|_.*|@.*|.*Date|.*By|Number|ContactNumber|DisplayName|NumberOf.*|SortIndex)$/

/** Each record of Tribe's as a text, by its kind and name; the same name twice is told as two. */
export function worldOf({ crm }: TownTenant): Map<string, string> {
  const told = new Map<string, string>()
  for (const [set, expand] of Object.entries(SETS))
    for (const row of crm.all(set, expand)) {
      let key = `${set.split('_').slice(0, 2).join('_')}${set.endsWith('Supplier') ? '_Supplier' : ''} ${nameOf(row)}`
      while (told.has(key)) key += ' (again)'
      told.set(key, JSON.stringify(plain(row)))
    }
  return told
}

export const nameOf = (row: Json): string => {
  const { Organization, Person, Name, FirstName, LastName } = row as Record<string, Json | undefined>
  if (Organization || Person) return nameOf((Organization ?? Person) as Json)
  return Name ? String(Name) : [FirstName, LastName].filter(Boolean).join(' ')
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(
    ([name, one]) => !PASSING.test(name) && one !== null && one !== '',
  )
  const told = kept.map(([name, one]) => [name, plain(one)] as const)
  return Object.fromEntries(told.sort(([a], [b]) => (a < b ? -1 : 1)))
}
