import { canonicalName } from '../shared/names'
import { carriable } from '../shared/texts'
import type { Relation, RelationField } from './relation'

/** What both mappings of a relation need. */

export const NOTHING: Relation = {
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

/** A name of which these fields come from the relation, and the rest from what is there now. */
export function halves(
  relation: Relation,
  fields: readonly RelationField[],
  now: { firstName?: string | null | undefined; lastName?: string | null | undefined },
) {
  const isWhole = fields.includes('firstName') && fields.includes('lastName')
  if (isWhole) return { firstName: relation.firstName, lastName: relation.lastName }
  const theirs = canonicalName({ firstName: relation.firstName, lastName: relation.lastName })
  const own = canonicalName(now)
  return {
    firstName: fields.includes('firstName') ? theirs.firstName : own.firstName,
    lastName: fields.includes('lastName') ? theirs.lastName : own.lastName,
  }
}

/** Blank text is no text, and what cannot be carried is no part of it. */
export const text = (value: string | null | undefined): string | null => carriable(value ?? '').trim() || null
