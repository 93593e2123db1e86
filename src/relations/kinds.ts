import type { TenantSettings } from '../db/settings'
import type { Contact } from '../poweroffice/schemas'
import { type Dialect, has } from '../tribe/dialect'
import {
  CONTACT,
  CUSTOMER_ORGANIZATION,
  CUSTOMER_PERSON,
  ORGANIZATION,
  PERSON,
  SUPPLIER,
  typeOfSet,
} from '../tribe/sets'
import { fieldsOfType, RELATION_ROWS, type RelationField } from './fields'
import type { RelationRow, RelationTypeName } from './row'

export type RelationKind = 'customer' | 'supplier' | 'contactPerson'
/** The other role that a company may have. */
export const otherKind = (kind: RelationKind): 'customer' | 'supplier' =>
  kind === 'customer' ? 'supplier' : 'customer'

/** One way for a relation to be in both systems: which records of Tribe make it up, and what it has. */
export interface RelationType {
  name: RelationTypeName
  kind: RelationKind
  party: 'organization' | 'person'
  /** Tribe's set of the role, the record that a link names. */
  set: string
  /** From the role to the organisation or person that plays it. */
  child: 'Organization' | 'Person'
  /** Tribe's set of that organisation or person. */
  relationSet: string
  /** From the organisation or person to the address that is synced. */
  address: 'InvoiceAddress' | 'Address' | null
  /** Where the number stands in Tribe, by path from the role; null where it has none. */
  numberPaths: readonly string[]
  /** All that is read of it, and the names of the fields that it has. */
  rows: readonly RelationRow[]
  fields: readonly RelationField[]
}

const aType = (type: Omit<RelationType, 'rows' | 'fields'>): RelationType => ({
  ...type,
  rows: RELATION_ROWS,
  fields: fieldsOfType(type.name),
})

export const COMPANY_CUSTOMER = aType({
  name: 'company-customer',
  kind: 'customer',
  party: 'organization',
  set: CUSTOMER_ORGANIZATION,
  child: 'Organization',
  relationSet: ORGANIZATION,
  address: 'InvoiceAddress',
  numberPaths: ['Organization/DebtorNumber'],
})
export const PRIVATE_CUSTOMER = aType({
  name: 'private-customer',
  kind: 'customer',
  party: 'person',
  set: CUSTOMER_PERSON,
  child: 'Person',
  relationSet: PERSON,
  address: 'Address',
  // Where a person's debtor number lives differs; the first that this Tribe has is used (tribe/API.md §7).
  numberPaths: ['Person/DebtorNumber', 'DebtorNumber'],
})
export const COMPANY_SUPPLIER = aType({
  name: 'supplier',
  kind: 'supplier',
  party: 'organization',
  set: SUPPLIER,
  child: 'Organization',
  relationSet: ORGANIZATION,
  address: 'InvoiceAddress',
  numberPaths: ['Organization/CreditorNumber'],
})
export const CONTACT_PERSON = aType({
  name: 'contact-person',
  kind: 'contactPerson',
  party: 'person',
  set: CONTACT,
  child: 'Person',
  relationSet: PERSON,
  address: null,
  numberPaths: [],
})

export const RELATION_TYPES: readonly RelationType[] = [
  COMPANY_CUSTOMER,
  PRIVATE_CUSTOMER,
  COMPANY_SUPPLIER,
  CONTACT_PERSON,
]

/** What people call a record of this kind. */
export const wordOf = (kind: RelationKind): string => (kind === 'contactPerson' ? 'contact person' : kind)

/** In the order of need: a contact person needs its company. */
export const RELATION_KINDS: readonly RelationKind[] = ['customer', 'supplier', 'contactPerson']

export const typesOfKind = (kind: RelationKind): RelationType[] =>
  RELATION_TYPES.filter((type) => type.kind === kind)
export const typeNamed = (tribeType: string): RelationType | null =>
  RELATION_TYPES.find((type) => typeOfSet(type.set) === tribeType) ?? null

/** Which type a row of PowerOffice's is; null for a private supplier, which Tribe cannot have (tribe/API.md §5.5). */
export function typeOfContact(kind: RelationKind, contact: Contact): RelationType | null {
  if (kind === 'contactPerson') return CONTACT_PERSON
  const party = contact.IsPerson ? 'person' : 'organization'
  return RELATION_TYPES.find((type) => type.kind === kind && type.party === party) ?? null
}

/** Whether the tenant has this kind of relation switched on. */
export function isOn({ name }: RelationType, { relations }: TenantSettings): boolean {
  if (!relations.enabled) return false
  switch (name) {
    case 'company-customer':
      return true
    case 'private-customer':
      return relations.privatePersons
    case 'supplier':
      return relations.suppliers
    case 'contact-person':
      return relations.contactPersons
    default:
      return name satisfies never
  }
}

/** Where this Tribe keeps the number of such a relation, by path from the role; null where it has no place for it. */
export function numberPathOf(type: RelationType, dialect: Dialect): string | null {
  const exists = (path: string) => {
    const [first = '', second] = path.split('/')
    return second === undefined ? has(dialect, type.set, first) : has(dialect, type.relationSet, second)
  }
  return type.numberPaths.find(exists) ?? null
}
