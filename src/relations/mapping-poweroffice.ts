import type { PatchOperation } from '../poweroffice/caller'
import type { Contact, Address as PowerOfficeAddress } from '../poweroffice/schemas'
import { addressFromLines, addressToLines, type LinedAddress } from '../shared/addresses'
import { organizationNumberToPowerOffice } from '../shared/organization-number'
import type { RelationType } from './kinds'
import { halves, NOTHING, text } from './mapping-common'
import { isEmail, type Relation, type RelationField } from './relation'

/** How PowerOffice spells a relation (spec §4). `from(to(relation))` gives the same relation back: see the test. */

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

/** The names as they stand in PowerOffice, with all their characters. */
export const namesInPowerOffice = ({ Name, FirstName, LastName }: Contact) => ({
  name: Name,
  firstName: FirstName,
  lastName: LastName,
})

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
  const isNamed = fields.includes('firstName') || fields.includes('lastName')
  const others = fields.filter((field) => field !== 'firstName' && field !== 'lastName')
  const name = isNamed ? namePatch(relation, fields, contact) : []
  const rest = others.flatMap((field) => {
    if (field === 'address') return addressPatch(relation.address, contact.MailAddress)
    const member = memberOf(field, relation, termOf)
    const isSame = !member || ((contact as Record<string, unknown>)[member.name] ?? null) === member.value
    return isSame ? [] : [{ op: 'replace' as const, path: `/${member.name}`, value: member.value }]
  })
  return [...name, ...rest]
}

/** First and last name travel by themselves, and are written together: "Madonna", "-" and "-", "Madonna" are one name. */
function namePatch(relation: Relation, fields: readonly RelationField[], contact: Contact): PatchOperation[] {
  const now = { firstName: contact.FirstName, lastName: contact.LastName }
  const wanted = halves(relation, fields, now)
  const members = [
    { name: 'FirstName', value: wanted.firstName, before: contact.FirstName },
    { name: 'LastName', value: wanted.lastName, before: contact.LastName },
  ]
  return members.flatMap(({ name, value, before }) =>
    value === (before ?? null) ? [] : [{ op: 'replace' as const, path: `/${name}`, value }],
  )
}

/**
 * The contact as it was read, and what was patched as the answer has it: what somebody else changed in
 * between shows in the answer too, and is still to travel.
 */
export function asPatched(read: Contact, patch: readonly PatchOperation[], answer: Contact): Contact {
  const contact: Record<string, unknown> = { ...read }
  const told: Record<string, unknown> = { ...answer }
  for (const { path } of patch) {
    const [, member = '', part] = path.split('/')
    contact[member] = part
      ? { ...(contact[member] as object), [part]: (told[member] as Record<string, unknown> | null)?.[part] }
      : told[member]
    if (member === 'PaymentTermId') contact.PaymentTerm = answer.PaymentTerm
  }
  return contact as Contact
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
