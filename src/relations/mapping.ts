import type { PatchOperation } from '../poweroffice/client'
import type { Contact, Address as PowerOfficeAddress } from '../poweroffice/schemas'
import { addressFromLines, addressToLines, type LinedAddress, type PartedAddress } from '../shared/addresses'
import { canonicalOrganizationNumber, organizationNumberToPowerOffice } from '../shared/organization-number'
import type { Role, Address as TribeAddress } from '../tribe/schemas'
import { isEmail, type Relation, type RelationField } from './relation'

/**
 * How each system spells a company in its role of customer or supplier (spec §4). Every `to…` has its
 * `from…`, and `from(to(relation))` gives the same relation back: see the test.
 */

export type RelationKind = 'customer' | 'supplier'

// ── PowerOffice ─────────────────────────────────────────────────────────────

export function relationFromPowerOffice(contact: Contact): Relation {
  return {
    name: text(contact.Name),
    website: text(contact.WebsiteUrl),
    email: text(contact.EmailAddress),
    phone: text(contact.PhoneNumber),
    organizationNumber: text(contact.OrganizationNumber),
    number: contact.Number == null ? null : String(contact.Number),
    invoiceEmail: text(contact.InvoiceEmailAddress),
    paymentDays: contact.PaymentTerm ?? null,
    address: linesOf(contact.MailAddress),
  }
}

/** The id of the payment term with that many credit days; undefined when PowerOffice has none. */
export type TermOf = (creditDays: number) => number | undefined

/** A contact to make in PowerOffice. It gets no number: PowerOffice assigns it (spec §4). */
export function relationToPowerOffice(
  relation: Relation,
  fields: readonly RelationField[],
  reference: string,
  termOf: TermOf,
) {
  const contact: Record<string, unknown> = { IsPerson: false, ExternalImportReference: reference }
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
    const isSame = !member || (contact as Record<string, unknown>)[member.name] === member.value
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

function memberOf(
  field: RelationField,
  relation: Relation,
  termOf: TermOf,
): { name: string; value: unknown } | null {
  switch (field) {
    case 'name':
      return { name: 'Name', value: relation.name }
    case 'website':
      return { name: 'WebsiteUrl', value: relation.website }
    case 'email':
      return { name: 'EmailAddress', value: relation.email }
    case 'phone':
      return { name: 'PhoneNumber', value: relation.phone }
    case 'organizationNumber':
      return {
        name: 'OrganizationNumber',
        value: organizationNumberToPowerOffice(relation.organizationNumber),
      }
    case 'invoiceEmail':
      return { name: 'InvoiceEmailAddress', value: relation.invoiceEmail }
    case 'paymentDays':
      return {
        name: 'PaymentTermId',
        value: relation.paymentDays === null ? null : (termOf(relation.paymentDays) ?? null),
      }
    default:
      return null // the number is PowerOffice's own; the address has members of its own
  }
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

const NUMBER = { customer: 'DebtorNumber', supplier: 'CreditorNumber' } as const

export function relationFromTribe(kind: RelationKind, role: Role): Relation {
  const organization = role.Organization
  return {
    name: text(organization?.Name),
    website: text(organization?.Website),
    email: text(organization?.EmailAddress),
    phone: text(organization?.PhoneNumber),
    organizationNumber: text(organization?.VATNumber),
    number: text(organization?.[NUMBER[kind]]),
    invoiceEmail: text(organization?.FinancialEmailAddress),
    paymentDays: role.PaymentTermInDays ?? null,
    address:
      partsOf(organization?.InvoiceAddress) && addressToLines(partsOf(organization?.InvoiceAddress) ?? {}),
  }
}

/** What to write to the records of Tribe that a relation consists of; a part that is empty needs no write. */
export interface TribeFields {
  organization: Record<string, unknown>
  role: Record<string, unknown>
  /** Null: the address stays as it is. */
  address: Record<string, unknown> | null
  /** The address as Tribe will hold it: a country that it does not know stays as it was. */
  addressAfter: LinedAddress | null
}

/**
 * The given fields of a relation as Tribe's records hold them. An address keeps those of its parts that
 * already say the same. A country is named by its record: `countryOf` gives that, or undefined.
 */
export function relationToTribe(
  kind: RelationKind,
  relation: Relation,
  fields: readonly RelationField[],
  held: Role | null,
  countryOf: (code: string) => string | undefined,
): TribeFields {
  const written: TribeFields = { organization: {}, role: {}, address: null, addressAfter: relation.address }
  for (const field of fields) {
    if (field === 'paymentDays') written.role.PaymentTermInDays = relation.paymentDays
    else if (field === 'address')
      Object.assign(written, addressChange(relation.address, held?.Organization?.InvoiceAddress, countryOf))
    else if (field === 'organizationNumber') Object.assign(written.organization, vatChange(relation, held))
    else written.organization[organizationMember(kind, field)] = relation[field]
  }
  return written
}

function organizationMember(
  kind: RelationKind,
  field: 'name' | 'website' | 'email' | 'phone' | 'number' | 'invoiceEmail',
): string {
  if (field === 'number') return NUMBER[kind]
  return {
    name: 'Name',
    website: 'Website',
    email: 'EmailAddress',
    phone: 'PhoneNumber',
    invoiceEmail: 'FinancialEmailAddress',
  }[field]
}

/** A spelling that already means the same is left as it is (spec §4). */
function vatChange(relation: Relation, held: Role | null) {
  const isSame =
    canonicalOrganizationNumber(relation.organizationNumber) ===
    canonicalOrganizationNumber(held?.Organization?.VATNumber)
  return isSame && held ? {} : { VATNumber: relation.organizationNumber }
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

/** Blank text is no text. */
const text = (value: string | null | undefined): string | null => value?.trim() || null
