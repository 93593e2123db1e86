import type { PatchOperation } from '../poweroffice/client'
import type { Contact, Address as PowerOfficeAddress } from '../poweroffice/schemas'
import { addressFromLines, addressToLines, type LinedAddress, type PartedAddress } from '../shared/addresses'
import { joinName, splitName } from '../shared/names'
import { canonicalOrganizationNumber, organizationNumberToPowerOffice } from '../shared/organization-number'
import type { Role, Address as TribeAddress } from '../tribe/schemas'
import type { RelationType } from './kinds'
import { isEmail, type Relation, type RelationField } from './relation'

/**
 * How each system spells a relation (spec §4). Every `to…` has its `from…`, and `from(to(relation))` gives
 * the same relation back: see the test.
 */

const NOTHING: Relation = {
  ...{ name: null, firstName: null, lastName: null, website: null, email: null, phone: null },
  ...{
    organizationNumber: null,
    number: null,
    invoiceEmail: null,
    paymentDays: null,
    address: null,
    company: null,
  },
}

// ── PowerOffice ─────────────────────────────────────────────────────────────

export function relationFromPowerOffice(type: RelationType, contact: Contact): Relation {
  const isPerson = type.party === 'person'
  return {
    ...NOTHING,
    name: isPerson ? null : text(contact.Name),
    firstName: isPerson ? text(contact.FirstName) : null,
    lastName: isPerson ? text(contact.LastName) : null,
    website: text(contact.WebsiteUrl),
    email: text(contact.EmailAddress),
    phone: text(contact.PhoneNumber),
    organizationNumber: text(contact.OrganizationNumber),
    number: contact.Number == null ? null : String(contact.Number),
    invoiceEmail: text(contact.InvoiceEmailAddress),
    paymentDays: contact.PaymentTerm ?? null,
    address: type.address === null ? null : linesOf(contact.MailAddress),
    company: contact.ContactId == null ? null : String(contact.ContactId),
  }
}

/** The id of the payment term with that many credit days; undefined when PowerOffice has none. */
export type TermOf = (creditDays: number) => number | undefined

/** A contact to make in PowerOffice. It gets no number: PowerOffice assigns it (spec §4). */
export function relationToPowerOffice(
  type: RelationType,
  relation: Relation,
  fields: readonly RelationField[],
  reference: string,
  termOf: TermOf,
) {
  const contact: Record<string, unknown> =
    type.kind === 'contactPerson'
      ? { ExternalCode: reference }
      : { IsPerson: type.party === 'person', ExternalImportReference: reference }
  for (const field of fields) {
    const member = memberOf(field, relation, termOf)
    if (member && member.value !== null) contact[member.name] = member.value
    if (field === 'address' && relation.address) contact.MailAddress = addressMembers(relation.address)
  }
  return contact
}

/** The changes that give these fields of a contact the relation's values; empty when it has them already. */
export function relationPatch(
  relation: Relation,
  fields: readonly RelationField[],
  contact: Contact,
  termOf: TermOf,
): PatchOperation[] {
  return fields.flatMap((field) => {
    if (field === 'address') return addressPatch(relation.address, contact.MailAddress)
    const member = memberOf(field, relation, termOf)
    const isSame = !member || ((contact as Record<string, unknown>)[member.name] ?? null) === member.value
    return isSame ? [] : [{ op: 'replace' as const, path: `/${member.name}`, value: member.value }]
  })
}

/** What stands in the way of sending this field to PowerOffice, which would refuse the record for it. */
export function faultOf(field: RelationField, relation: Relation, termOf: TermOf): string | null {
  const value = relation[field]
  if (field === 'name' && value === null) return 'relation.name_missing'
  if ((field === 'email' || field === 'invoiceEmail') && typeof value === 'string' && !isEmail(value))
    return 'relation.email_invalid'
  if (field === 'paymentDays' && typeof value === 'number' && termOf(value) === undefined)
    return 'payment_term.unknown'
  return null
}

const MEMBERS: Partial<Record<RelationField, string>> = {
  name: 'Name',
  firstName: 'FirstName',
  lastName: 'LastName',
  website: 'WebsiteUrl',
  email: 'EmailAddress',
  phone: 'PhoneNumber',
  invoiceEmail: 'InvoiceEmailAddress',
}

/** The number is PowerOffice's own, and the address has members of its own. */
function memberOf(
  field: RelationField,
  relation: Relation,
  termOf: TermOf,
): { name: string; value: unknown } | null {
  if (field === 'organizationNumber')
    return { name: 'OrganizationNumber', value: organizationNumberToPowerOffice(relation.organizationNumber) }
  if (field === 'paymentDays')
    return {
      name: 'PaymentTermId',
      value: relation.paymentDays === null ? null : (termOf(relation.paymentDays) ?? null),
    }
  const name = MEMBERS[field]
  return name ? { name, value: relation[field] } : null
}

function linesOf(address: PowerOfficeAddress | null | undefined): LinedAddress | null {
  if (!address) return null
  // Through Tribe's parts and back: placeholders fall away, and what is left is tidy.
  const parts = addressFromLines({
    addressLine1: address.AddressLine1,
    addressLine2: address.AddressLine2,
    zipCode: address.ZipCode,
    city: address.City,
    countryCode: address.CountryCode,
  })
  return parts && addressToLines(parts)
}

const addressMembers = (address: LinedAddress) => ({
  AddressLine1: address.addressLine1,
  AddressLine2: address.addressLine2,
  ZipCode: address.zipCode,
  City: address.city,
  CountryCode: address.countryCode,
})

function addressPatch(
  address: LinedAddress | null,
  held: PowerOfficeAddress | null | undefined,
): PatchOperation[] {
  if (!held) return address ? [{ op: 'add', path: '/MailAddress', value: addressMembers(address) }] : []
  // PowerOffice demands a town and a code; an address that was emptied keeps the stand-ins.
  const wanted = address
    ? addressMembers(address)
    : {
        AddressLine1: null,
        AddressLine2: null,
        ZipCode: '-',
        City: '-',
        CountryCode: held.CountryCode ?? null,
      }
  return Object.entries(wanted)
    .filter(([name, value]) => (held[name as keyof PowerOfficeAddress] ?? null) !== value)
    .map(([name, value]) => ({ op: 'replace' as const, path: `/MailAddress/${name}`, value }))
}

// ── Tribe ───────────────────────────────────────────────────────────────────

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
  const written: TribeFields = { relation: {}, role: {}, address: null, addressAfter: relation.address }
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
  const joined = now && joinName(now)
  const name = {
    firstName: fields.includes('firstName') ? relation.firstName : (joined?.firstName ?? null),
    lastName: fields.includes('lastName') ? relation.lastName : (joined?.lastName ?? null),
  }
  const parts = splitName(name, now)
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
): Pick<TribeFields, 'address' | 'addressAfter'> {
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
  const isOtherCountry = parts?.countryCode && parts.countryCode !== now?.countryCode
  const country = isOtherCountry ? countryOf(parts.countryCode ?? '') : undefined
  if (country) change.Country = { ID: country }
  const countryAfter = isOtherCountry && !country ? (now?.countryCode ?? null) : (parts?.countryCode ?? null)
  return {
    address: Object.keys(change).length > 0 ? change : null,
    addressAfter: parts && addressToLines({ ...parts, countryCode: countryAfter }),
  }
}

/** A text by path: `Person/DebtorNumber`. */
function at(role: Role, path: string): string | null {
  const found = path.split('/').reduce<unknown>((record, name) => {
    return typeof record === 'object' && record !== null ? (record as Record<string, unknown>)[name] : null
  }, role)
  return typeof found === 'string' ? found : null
}

/** Blank text is no text. */
const text = (value: string | null | undefined): string | null => value?.trim() || null
