import { addressFromLines, addressToLines, type LinedAddress, type PartedAddress } from '../shared/addresses'
import { joinName, splitName } from '../shared/names'
import { canonicalOrganizationNumber } from '../shared/organization-number'
import type { Role, Address as TribeAddress } from '../tribe/schemas'
import type { RelationType } from './kinds'
import { halves, NOTHING, text } from './mapping-common'
import type { Relation, RelationField } from './relation'

/** How Tribe spells a relation (spec §4). `from(to(relation))` gives the same relation back: see the test. */

/**
 * `numberPath`: where this Tribe keeps the number, from the role; null where it has no place for it.
 * `company`: of a contact person, the PowerOffice id of its company, which the links know.
 */
export function relationFromTribe(
  type: RelationType,
  role: Role,
  numberPath: string | null,
  company: string | null = null,
): Relation {
  const { Organization: organization, Person: person } = role
  const name = type.party === 'person' ? joinName(partsOfName(role)) : null
  // A contact's own mail and phone are the business ones; the person's are private (spec §4).
  const reachable = type.kind === 'contactPerson' ? role : type.party === 'person' ? person : organization
  return {
    ...NOTHING,
    name: type.party === 'person' ? null : text(organization?.Name),
    firstName: name?.firstName ?? null,
    lastName: name?.lastName ?? null,
    website: text(organization?.Website),
    email: text(reachable?.EmailAddress),
    phone: text(reachable?.PhoneNumber),
    organizationNumber: text(organization?.VATNumber),
    number: numberPath === null ? null : text(at(role, numberPath)),
    invoiceEmail: text(organization?.FinancialEmailAddress),
    paymentDays: role.PaymentTermInDays ?? null,
    address: linesFromTribe(type, role),
    company,
  }
}

/** What to write to the records of Tribe that a relation consists of; a part that is empty needs no write. */
export interface TribeFields {
  /** Of the organisation or person. */
  relation: Record<string, unknown>
  role: Record<string, unknown>
  /** Null: the address stays as it is. */
  address: Record<string, unknown> | null
  /** The address as Tribe will hold it: a country that it does not know stays as it was. */
  addressAfter: LinedAddress | null
  /** The same in Tribe's parts. */
  addressParts: PartedAddress | null
}

export interface TribePlaces {
  numberPath: string | null
  /** A country is named by its record: gives its id, or undefined. */
  countryOf: (code: string) => string | undefined
}

/**
 * The given fields of a relation as Tribe's records hold them. Names and addresses keep those of their
 * parts that already say the same.
 */
export function relationToTribe(
  type: RelationType,
  relation: Relation,
  fields: readonly RelationField[],
  held: Role | null,
  { numberPath, countryOf }: TribePlaces,
): TribeFields {
  const written: TribeFields = {
    relation: {},
    role: {},
    address: null,
    addressAfter: relation.address,
    addressParts: null,
  }
  const reachable = type.kind === 'contactPerson' ? written.role : written.relation
  for (const field of fields) {
    if (field === 'name') written.relation.Name = relation.name
    else if (field === 'website') written.relation.Website = relation.website
    else if (field === 'email') reachable.EmailAddress = relation.email
    else if (field === 'phone') reachable.PhoneNumber = relation.phone
    else if (field === 'invoiceEmail') written.relation.FinancialEmailAddress = relation.invoiceEmail
    else if (field === 'paymentDays') written.role.PaymentTermInDays = relation.paymentDays
    else if (field === 'organizationNumber') Object.assign(written.relation, vatChange(relation, held))
    else if (field === 'number')
      Object.assign(numberHome(written, numberPath), numberChange(relation, numberPath))
    else if (field === 'address')
      Object.assign(written, addressChange(relation.address, addressOf(type, held), countryOf))
  }
  if (fields.includes('firstName') || fields.includes('lastName'))
    Object.assign(written.relation, nameChange(relation, fields, held))
  return written
}

/** The names as they stand in Tribe, with all their characters. */
export const namesInTribe = ({ Organization, Person }: Role) => ({
  name: Organization?.Name,
  firstName: Person?.FirstName,
  lastName: [Person?.MiddleName, Person?.LastName].filter(Boolean).join(' '),
})

/** The address of a relation, where its type has one. */
export const addressOf = (type: RelationType, role: Role | null): TribeAddress | null | undefined =>
  type.address === 'InvoiceAddress'
    ? role?.Organization?.InvoiceAddress
    : type.address === 'Address'
      ? role?.Person?.Address
      : null

const numberHome = (written: TribeFields, path: string | null) =>
  path?.includes('/') ? written.relation : written.role
const numberChange = (relation: Relation, path: string | null) =>
  path === null ? {} : { [path.split('/').at(-1) as string]: relation.number }

/** A spelling that already means the same is left as it is (spec §4). */
function vatChange(relation: Relation, held: Role | null) {
  const isSame =
    canonicalOrganizationNumber(relation.organizationNumber) ===
    canonicalOrganizationNumber(held?.Organization?.VATNumber)
  return isSame && held ? {} : { VATNumber: relation.organizationNumber }
}

/** First and last name travel by themselves; together they are split the way Tribe has them now. */
function nameChange(
  relation: Relation,
  fields: readonly RelationField[],
  held: Role | null,
): Record<string, unknown> {
  const now = held && partsOfName(held)
  const parts = splitName(halves(relation, fields, now ? joinName(now) : relation), now)
  const wanted = { FirstName: parts.firstName, MiddleName: parts.middleName, LastName: parts.lastName }
  const before: Record<string, string | null> = {
    FirstName: now?.firstName ?? null,
    MiddleName: now?.middleName ?? null,
    LastName: now?.lastName ?? null,
  }
  return Object.fromEntries(Object.entries(wanted).filter(([part, value]) => before[part] !== value))
}

const partsOfName = ({ Person: person }: Role) => ({
  firstName: text(person?.FirstName),
  middleName: text(person?.MiddleName),
  lastName: text(person?.LastName),
})

function linesFromTribe(type: RelationType, role: Role): LinedAddress | null {
  const parts = partsOf(addressOf(type, role))
  return parts && addressToLines(parts)
}

/** The address once it is written, by what the answer says of the members that were sent. */
export const addressAsTold = (
  { addressAfter, addressParts }: TribeFields,
  told: Record<string, unknown>,
): LinedAddress | null =>
  Object.keys(told).length === 0 || !addressParts
    ? addressAfter
    : addressToLines({ ...addressParts, ...partsTold(told) })

const PARTS: Readonly<Record<string, keyof PartedAddress>> = {
  ...{ Street: 'street', HouseNumber: 'houseNumber', HouseNumberSuffix: 'houseNumberSuffix', Extra: 'extra' },
  ...{ Postalcode: 'postalCode', City: 'city' },
}

const partsTold = (told: Record<string, unknown>): Partial<PartedAddress> =>
  Object.fromEntries(
    Object.entries(told).flatMap(([name, value]) => {
      const part = PARTS[name]
      return part ? [[part, value]] : []
    }),
  )

function partsOf(address: TribeAddress | null | undefined): PartedAddress | null {
  if (!address) return null
  return {
    street: address.Street ?? null,
    houseNumber: address.HouseNumber ?? null,
    houseNumberSuffix: address.HouseNumberSuffix ?? null,
    extra: address.Extra ?? null,
    postalCode: address.Postalcode ?? null,
    city: address.City ?? null,
    countryCode: address.Country?.Code ?? null,
  }
}

function addressChange(
  wanted: LinedAddress | null,
  held: TribeAddress | null | undefined,
  countryOf: (code: string) => string | undefined,
): Pick<TribeFields, 'address' | 'addressAfter' | 'addressParts'> {
  const now = partsOf(held)
  const parts = addressFromLines(wanted, now)
  const target: Record<string, unknown> = {
    Street: parts?.street ?? null,
    HouseNumber: parts?.houseNumber ?? null,
    HouseNumberSuffix: parts?.houseNumberSuffix ?? null,
    Extra: parts?.extra ?? null,
    Postalcode: parts?.postalCode ?? null,
    City: parts?.city ?? null,
  }
  const change = Object.fromEntries(
    Object.entries(target).filter(([name, value]) => (held?.[name as keyof TribeAddress] ?? null) !== value),
  )
  // An address that is emptied keeps its country: Tribe has no word for none.
  const code = parts ? parts.countryCode : (now?.countryCode ?? null)
  const isOtherCountry = code !== null && code !== (now?.countryCode ?? null)
  const country = isOtherCountry ? countryOf(code) : undefined
  if (country) change.Country = { ID: country }
  const countryCode = isOtherCountry && !country ? (now?.countryCode ?? null) : code
  const addressParts = { ...(parts ?? EMPTY), countryCode }
  return {
    ...{ addressParts, address: Object.keys(change).length > 0 ? change : null },
    addressAfter: addressToLines(addressParts),
  }
}

const EMPTY: PartedAddress = {
  ...{
    street: null,
    houseNumber: null,
    houseNumberSuffix: null,
    extra: null,
    postalCode: null,
    city: null,
    countryCode: null,
  },
}

/** A text by path: `Person/DebtorNumber`. */
function at(role: Role, path: string): string | null {
  const found = path.split('/').reduce<unknown>((record, name) => {
    return typeof record === 'object' && record !== null ? (record as Record<string, unknown>)[name] : null
  }, role)
  return typeof found === 'string' ? found : null
}
