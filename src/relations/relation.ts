import { canonicalAddress, type LinedAddress } from '../shared/addresses'
import { canonicalOrganizationNumber } from '../shared/organization-number'

/** A customer or supplier, as both systems can express it. Null stands for "nothing there". */
export interface Relation {
  name: string | null
  website: string | null
  email: string | null
  phone: string | null
  organizationNumber: string | null
  /** Debtor or creditor number: PowerOffice alone decides it. */
  number: string | null
  invoiceEmail: string | null
  /** Credit days. */
  paymentDays: number | null
  address: LinedAddress | null
}
export type RelationField = keyof Relation

export const RELATION_FIELDS: readonly RelationField[] = [
  ...([
    'name',
    'website',
    'email',
    'phone',
    'organizationNumber',
    'number',
    'invoiceEmail',
    'paymentDays',
    'address',
  ] as const),
]
export const FINANCIAL_FIELDS: readonly RelationField[] = ['invoiceEmail', 'paymentDays']
export const LED_BY_POWEROFFICE: ReadonlySet<string> = new Set(['number'])

/** The one text that all spellings of a value have in common: what is fingerprinted and compared. */
export function canonical(relation: Relation): Record<RelationField, string | null> {
  const address = canonicalAddress(relation.address)
  return {
    name: relation.name,
    website: relation.website,
    email: relation.email,
    phone: relation.phone,
    organizationNumber: canonicalOrganizationNumber(relation.organizationNumber),
    number: relation.number,
    invoiceEmail: relation.invoiceEmail,
    paymentDays: relation.paymentDays === null ? null : String(relation.paymentDays),
    address: address && JSON.stringify(address),
  }
}

/** Good enough for PowerOffice to take it: it refuses a whole record for one bad address (poweroffice-api §10, 18). */
export const isEmail = (text: string): boolean => /^[^\s@,;<>"]+@[^\s@,;<>"]+\.[^\s@,;<>".]+$/.test(text)
