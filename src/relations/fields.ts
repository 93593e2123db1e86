import { canonicalAddress, type LinedAddress } from '../shared/addresses'
import { canonicalNumber } from '../shared/numbers'
import { canonicalOrganizationNumber, organizationNumberToPowerOffice } from '../shared/organization-number'
import type { ProblemCode } from '../shared/problems'
import type { Role } from '../tribe/schemas'
import { asText, named, type RecordOf, textOf, type Unnamed } from '../two-way/fields'
import { addressMembers, linesInPowerOffice, linesInTribe } from './address'
import { isEmail } from './email'
import { canonicalHalves, nameInTribe, nameToPowerOffice, nameToTribe } from './person-name'
import { type RelationRow, type RelationTypeName, repeated, scalar } from './row'

/** The fields of customers, suppliers and contact persons, a row each (DESIGN.md §5.1). */

const COMPANIES = ['company-customer', 'supplier'] as const
const CUSTOMERS = ['company-customer', 'private-customer'] as const
const PERSONS = ['private-customer', 'contact-person'] as const

const notAnEmail = (value: string | null): ProblemCode | null =>
  value === null || isEmail(value) ? null : 'relation.email_invalid'

// ── Rows of their own kind ──────────────────────────────────────────────────

const aCompanyName = scalar('name', {
  crm: 'relation.Name',
  books: 'Name',
  as: 'text',
  called: 'name',
  of: COMPANIES,
  refuse: (value) => (value === null ? 'relation.name_missing' : null),
  need: 'to-make',
  isSure: true,
})
const name: RelationRow<string | null> = {
  ...aCompanyName,
  books: {
    ...aCompanyName.books,
    // PowerOffice gives a person the name that its halves make.
    read: (held) => (held.type.party === 'person' ? null : aCompanyName.books.read(held)),
  },
}

/** One half of the name of a person, as PowerOffice has two; `-` stands for a half that is missing. */
const half = (
  own: 'firstName' | 'lastName',
  {
    books,
    crm,
    called,
    said,
  }: { books: 'FirstName' | 'LastName'; crm: string[]; called: string; said: RegExp },
): Unnamed<RelationRow<string | null>> => ({
  called,
  said,
  of: PERSONS,
  home: 'relation',
  canonical: (record) => canonicalHalves(record)?.[own] ?? null,
  sentAs: (record) => {
    const value = record[own]
    return typeof value === 'string' ? [value, canonicalHalves(record)?.[own] ?? ''] : []
  },
  crm: {
    members: crm,
    read: ({ type, role }) => (type.party === 'person' ? (nameInTribe(role)[own] ?? null) : null),
    write: (record, { fields, held }) => nameToTribe(record, fields, held),
  },
  books: {
    members: [books],
    read: ({ type, contact }) => (type.party === 'person' ? textOf(contact[books]) : null),
    write: (record, { fields, held }) =>
      held ? nameToPowerOffice(record, fields, held) : { [books]: record[own] },
  },
  need: 'to-make',
  hasClock: true,
  isSure: true,
})

/** A spelling in Tribe that already means the same is left as it is (DESIGN.md §3.7). */
const organizationNumber: Unnamed<RelationRow<string | null>> = {
  called: 'organisation number',
  said: /organi[sz]ation(al)? (no|number)|organisasjonsnummer|org\.? ?n(r|o|umber)|vat ?number/i,
  of: COMPANIES,
  home: 'relation',
  canonical: (record) => canonicalOrganizationNumber(asText(record.organizationNumber)),
  sentAs: ({ organizationNumber: value }) =>
    typeof value === 'string' ? [value, canonicalOrganizationNumber(value) ?? ''] : [],
  crm: {
    members: ['VATNumber', 'VatNumber'],
    read: ({ role }) => textOf(role.Organization?.VATNumber),
    write: ({ organizationNumber: value }, { held }) => {
      const [wanted, now] = [asText(value), held?.Organization?.VATNumber]
      const isSame = canonicalOrganizationNumber(wanted) === canonicalOrganizationNumber(now)
      return isSame && held ? {} : { VATNumber: wanted }
    },
  },
  books: {
    members: ['OrganizationNumber'],
    read: ({ contact }) => textOf(contact.OrganizationNumber),
    write: ({ organizationNumber: value }) => ({
      OrganizationNumber: organizationNumberToPowerOffice(asText(value)),
    }),
  },
  hasClock: true,
}

/** Debtor or creditor number. `numberPath`: where this Tribe keeps it, from the role; null where it has no place for it. */
const number: Unnamed<RelationRow<string | null>> = {
  called: 'number',
  said: null,
  of: ['company-customer', 'private-customer', 'supplier'],
  home: 'number',
  canonical: (record) => canonicalNumber(asText(record.number)),
  sentAs: ({ number: value }) => (typeof value === 'string' ? [value, canonicalNumber(value) ?? ''] : []),
  crm: {
    members: ['DebtorNumber', 'CreditorNumber'],
    read: ({ role, numberPath }) => (numberPath === null ? null : textOf(at(role, numberPath))),
    write: (record, { numberPath }) =>
      numberPath === null ? {} : { [numberPath.split('/').at(-1) ?? '']: record.number },
  },
  books: {
    members: ['Number'],
    read: ({ contact }) => asText(contact.Number),
    write: () => ({}),
  },
  isLed: true,
}

const ADDRESS_IN_POWEROFFICE = ['AddressLine1', 'AddressLine2', 'ZipCode', 'City', 'CountryCode']
const ADDRESS_IN_TRIBE = [
  'Street',
  'HouseNumber',
  'HouseNumberSuffix',
  'Extra',
  'Postalcode',
  'City',
  'Country',
]

/** It has a record of its own in Tribe, and members of its own in PowerOffice: see `address.ts`. */
const address: Unnamed<RelationRow<LinedAddress | null>> = {
  called: 'address',
  said: /(?<!e-?mail[- ]?)(?<!e-?post)address|zip|postal|postnummer|poststed|country|city|adresse/i,
  of: ['company-customer', 'private-customer', 'supplier'],
  home: 'address',
  canonical: (record) => {
    const lines = canonicalAddress(record.address as LinedAddress | null)
    return lines && JSON.stringify(lines)
  },
  sentAs: (record) => {
    const lines = record.address as LinedAddress | null
    return [lines?.addressLine1, lines?.addressLine2].flatMap((line) => line ?? [])
  },
  crm: {
    members: [
      'InvoiceAddress',
      'Address',
      ...ADDRESS_IN_TRIBE.flatMap((part) => [part, `InvoiceAddress.${part}`, `Address.${part}`]),
    ],
    read: ({ type, role }) => linesInTribe(type, role),
    write: () => ({}),
  },
  books: {
    members: [
      'MailAddress',
      ...ADDRESS_IN_POWEROFFICE.map((part) => `MailAddress.${part}`),
      ...ADDRESS_IN_POWEROFFICE,
    ],
    read: ({ type, contact }) => (type.address === null ? null : linesInPowerOffice(contact)),
    write: (record) => {
      const lines = record.address as LinedAddress | null
      return lines ? { MailAddress: addressMembers(lines) } : {}
    },
  },
}

/** Credit days; PowerOffice has a list of terms, and names one of them. */
const paymentDays: Unnamed<RelationRow<number | null>> = {
  called: 'payment term',
  said: /payment term|betalingsbeting/i,
  of: CUSTOMERS,
  home: 'role',
  canonical: (record) => asText(record.paymentDays),
  sentAs: (record) => repeated(record.paymentDays),
  crm: {
    members: ['PaymentTermInDays'],
    read: ({ role }) => role.PaymentTermInDays ?? null,
    write: (record) => ({ PaymentTermInDays: record.paymentDays }),
  },
  books: {
    members: ['PaymentTermId', 'PaymentTerm'],
    read: ({ contact }) => contact.PaymentTerm ?? null,
    write: ({ paymentDays: days }, { termOf }) => ({
      PaymentTermId: typeof days === 'number' ? (termOf(days) ?? null) : null,
    }),
  },
  refuse: ({ paymentDays: days }, termOf) =>
    typeof days === 'number' && termOf(days) === undefined ? 'payment_term.unknown' : null,
  isFinancial: true,
  // Without it the list of terms cannot be read.
  privilege: 'CommonServices',
}

/** Of a contact person: the PowerOffice id of the company it belongs to, which the links know; null when that is not synced. */
const company: Unnamed<RelationRow<string | null>> = {
  called: 'company',
  said: null,
  of: ['contact-person'],
  home: 'company',
  canonical: (record) => asText(record.company),
  sentAs: (record) => repeated(record.company),
  crm: { members: ['Relation'], read: (held) => held.company, write: () => ({}) },
  books: { members: ['ContactId'], read: ({ contact }) => asText(contact.ContactId), write: () => ({}) },
}

/** A text by path: `Person/DebtorNumber`. */
function at(role: Role, path: string): string | null {
  const found = path.split('/').reduce<unknown>((record, part) => {
    return typeof record === 'object' && record !== null ? (record as Record<string, unknown>)[part] : null
  }, role)
  return typeof found === 'string' ? found : null
}

// ── All of them ─────────────────────────────────────────────────────────────

const ALL = [...COMPANIES, ...PERSONS]

const ROWS = named({
  name,
  firstName: half('firstName', {
    books: 'FirstName',
    crm: ['FirstName', 'MiddleName'],
    called: 'first name',
    said: /first name|fornavn/i,
  }),
  lastName: half('lastName', {
    books: 'LastName',
    crm: ['LastName'],
    called: 'last name',
    said: /last name|surname|etternavn/i,
  }),
  website: scalar('website', {
    crm: 'relation.Website',
    books: 'WebsiteUrl',
    as: 'text',
    called: 'website',
    said: /web ?site|url|nettside|hjemmeside/i,
    of: COMPANIES,
    isSure: true,
  }),
  email: scalar('email', {
    crm: 'reachable.EmailAddress',
    books: 'EmailAddress',
    as: 'text',
    called: 'e-mail address',
    said: /e-?mail|e-?post/i,
    of: ALL,
    refuse: notAnEmail,
    isSure: true,
  }),
  phone: scalar('phone', {
    crm: 'reachable.PhoneNumber',
    books: 'PhoneNumber',
    as: 'text',
    called: 'telephone number',
    said: /phone|telefon/i,
    of: ALL,
    isSure: true,
  }),
  organizationNumber,
  number,
  address,
  invoiceEmail: scalar('invoiceEmail', {
    crm: 'relation.FinancialEmailAddress',
    books: 'InvoiceEmailAddress',
    as: 'text',
    called: 'e-mail address for invoices',
    said: /e-?mail|e-?post/i,
    of: ['company-customer'],
    refuse: notAnEmail,
    isFinancial: true,
  }),
  paymentDays,
  company,
})

/** A customer, supplier or contact person, as both systems can express it. */
export type Relation = RecordOf<typeof ROWS>
/** A field by its name. */
export type RelationField = string

export const RELATION_ROWS: readonly RelationRow[] = Object.values(ROWS)

/** The fields of a type of relation, by their names. */
export const fieldsOfType = (
  type: RelationTypeName,
  rows: readonly RelationRow[] = RELATION_ROWS,
): RelationField[] => rows.filter((row) => row.of.includes(type)).map((row) => row.name)

export const LED_BY_POWEROFFICE: ReadonlySet<string> = new Set(
  RELATION_ROWS.filter((row) => row.isLed).map((row) => row.name),
)

/** What both roles of a company have in common in either system: all but their numbers. */
export const SHARED: readonly RelationField[] = RELATION_ROWS.filter(
  (row) => COMPANIES.every((type) => row.of.includes(type)) && row.home !== 'number',
).map((row) => row.name)
