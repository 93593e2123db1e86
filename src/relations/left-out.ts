import type { LinedAddress } from '../shared/addresses'
import type { ApiError, SyncError } from '../shared/errors'
import { fieldsBlamed, type Spelling } from '../shared/refusals'
import type { Side } from '../shared/sides'
import { type LeftOut, leftOutProblem } from '../two-way/left-out'
import { faultText } from './link'
import { canonical, type Relation, type RelationField } from './relation'

/** Which field of a relation a system means when it refuses one, and what is told of those that were left out. */

interface Words {
  /** What people call it. */
  name: string
  members: Readonly<Record<Side, readonly string[]>>
  /** How a system may speak of it in words of its own. */
  words: RegExp | null
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

const WORDS: Readonly<Record<RelationField, Words>> = {
  name: { name: 'name', members: { books: ['Name'], crm: ['Name'] }, words: null },
  firstName: {
    name: 'first name',
    members: { books: ['FirstName'], crm: ['FirstName', 'MiddleName'] },
    words: /first name|fornavn/i,
  },
  lastName: {
    name: 'last name',
    members: { books: ['LastName'], crm: ['LastName'] },
    words: /last name|surname|etternavn/i,
  },
  website: {
    name: 'website',
    members: { books: ['WebsiteUrl'], crm: ['Website'] },
    words: /web ?site|url|nettside|hjemmeside/i,
  },
  email: {
    name: 'e-mail address',
    members: { books: ['EmailAddress'], crm: ['EmailAddress'] },
    words: /e-?mail|e-?post/i,
  },
  phone: {
    name: 'telephone number',
    members: { books: ['PhoneNumber'], crm: ['PhoneNumber'] },
    words: /phone|telefon/i,
  },
  organizationNumber: {
    name: 'organisation number',
    members: { books: ['OrganizationNumber'], crm: ['VATNumber', 'VatNumber'] },
    words: /organi[sz]ation(al)? (no|number)|organisasjonsnummer|org\.? ?n(r|o|umber)|vat ?number/i,
  },
  number: {
    name: 'number',
    members: { books: ['Number'], crm: ['DebtorNumber', 'CreditorNumber'] },
    words: null,
  },
  invoiceEmail: {
    name: 'e-mail address for invoices',
    members: { books: ['InvoiceEmailAddress'], crm: ['FinancialEmailAddress'] },
    words: /e-?mail|e-?post/i,
  },
  paymentDays: {
    name: 'payment term',
    members: { books: ['PaymentTermId', 'PaymentTerm'], crm: ['PaymentTermInDays'] },
    words: /payment term|betalingsbeting/i,
  },
  address: {
    name: 'address',
    members: {
      books: [
        'MailAddress',
        ...ADDRESS_IN_POWEROFFICE.map((part) => `MailAddress.${part}`),
        ...ADDRESS_IN_POWEROFFICE,
      ],
      crm: [
        ...['InvoiceAddress', 'Address'],
        ...ADDRESS_IN_TRIBE.flatMap((part) => [part, `InvoiceAddress.${part}`, `Address.${part}`]),
      ],
    },
    words: /(?<!e-?mail[- ]?)(?<!e-?post)address|zip|postal|postnummer|poststed|country|city|adresse/i,
  },
  company: { name: 'company', members: { books: ['ContactId'], crm: ['Relation'] }, words: null },
}

/** The fields that a refusal is about, of those that were sent to that side. */
export function blamedOf(
  side: Side,
  refusal: ApiError,
  fields: readonly RelationField[],
  relation: Relation,
): RelationField[] {
  const texts = canonical(relation)
  const valuesOf = (field: RelationField): string[] => {
    const value = relation[field]
    if (value === null || value === undefined) return []
    if (typeof value === 'object') {
      const { addressLine1, addressLine2 } = value as LinedAddress
      return [addressLine1, addressLine2].flatMap((line) => line ?? [])
    }
    return [String(value), texts[field] ?? '']
  }
  const spellings = new Map<RelationField, Spelling>(
    fields.map((field) => [
      field,
      {
        members: WORDS[field]?.members[side] ?? [],
        words: WORDS[field]?.words ?? null,
        values: valuesOf(field),
      },
    ]),
  )
  return fieldsBlamed(refusal, spellings)
}

/** A relation has a name in any case; what else it has can be left out. */
export const isName = (field: RelationField): boolean =>
  field === 'name' || field === 'firstName' || field === 'lastName'

/** How a relation is written that has to be made, and how one that is there is changed. */
export const TO_MAKE = { isLeast: isName, isNeeded: isName }
export const TO_CHANGE = { isLeast: isName, isNeeded: () => false }

/** What is told of a relation whose fields were left out; null when none was. */
export const problemOfLeftOut = (leftOut: readonly LeftOut[]): SyncError | null =>
  leftOutProblem(leftOut, { nameOf: (field) => WORDS[field]?.name ?? field, textOf: faultText })
