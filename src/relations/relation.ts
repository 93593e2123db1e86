import { canonicalAddress, type LinedAddress } from '../shared/addresses'
import { canonicalName } from '../shared/names'
import { canonicalNumber } from '../shared/numbers'
import { canonicalOrganizationNumber } from '../shared/organization-number'

/** A customer, supplier or contact person, as both systems can express it. Null stands for "nothing there". */
export interface Relation {
  /** Of a company. */
  name: string | null
  /** Of a person, in two parts as PowerOffice has them; `-` stands for a part that is missing. */
  firstName: string | null
  lastName: string | null
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
  /** Of a contact person: the PowerOffice id of the company it belongs to; null when that is not synced. */
  company: string | null
  /** What an admin added: a field of this tenant's own. */
  [own: string]: unknown
}
/** A field by its name. */
export type RelationField = string

export const FINANCIAL_FIELDS: readonly RelationField[] = ['invoiceEmail', 'paymentDays']
export const LED_BY_POWEROFFICE: ReadonlySet<string> = new Set(['number'])

/** The one text that all spellings of a value have in common: what is fingerprinted and compared. */
export function canonical(relation: Relation): Record<RelationField, string | null> {
  const address = canonicalAddress(relation.address)
  const isPerson = relation.firstName !== null || relation.lastName !== null
  const person = isPerson
    ? canonicalName({ firstName: relation.firstName, lastName: relation.lastName })
    : null
  return {
    name: relation.name,
    firstName: person?.firstName ?? null,
    lastName: person?.lastName ?? null,
    website: relation.website,
    email: relation.email,
    phone: relation.phone,
    organizationNumber: canonicalOrganizationNumber(relation.organizationNumber),
    number: canonicalNumber(relation.number),
    invoiceEmail: relation.invoiceEmail,
    paymentDays: relation.paymentDays === null ? null : String(relation.paymentDays),
    address: address && JSON.stringify(address),
    company: relation.company,
  }
}

/** Good enough for PowerOffice to take it: it refuses a whole record for one bad address (poweroffice-api §10, 18). */
export const isEmail = (text: string): boolean => text.length <= 254 && EMAIL.test(text)

/** No dot at an end or beside another, and no hyphen at the end of a part of the domain. */
const EMAIL =
  /^[^\s@,;:<>()[\]\\".\p{C}]+(?:\.[^\s@,;:<>()[\]\\".\p{C}]+)*@(?:[\p{L}\p{N}](?:[\p{L}\p{N}_-]*[\p{L}\p{N}])?\.)+[\p{L}\p{N}][\p{L}\p{N}-]*$/u
