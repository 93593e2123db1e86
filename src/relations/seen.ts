import type { LinkState } from '../db/links'
import type { Contact } from '../poweroffice/schemas'
import { parseInstant } from '../shared/dates'
import type { Role } from '../tribe/schemas'
import { clockedIn, unseenAmong } from '../two-way/fields'
import { asSeen, type Fingerprints } from '../two-way/merge'
import { addressOf } from './address'
import { RELATION_ROWS, type RelationField } from './fields'
import type { RelationType } from './kinds'

/**
 * A system may keep another value than was written: it cuts a text, drops blanks, writes capitals. Where the answer
 * does not show that, the next look does, and it must not be taken for an edit: as long as nobody else has changed the
 * record since our write, what is there is what the system made of it.
 */

/** What an answer of PowerOffice's may not show of the fields that were written. */
export const unseenInPowerOffice = (written: readonly RelationField[]): RelationField[] =>
  unseenAmong(RELATION_ROWS, written)

/** A clock that tells whole seconds cannot tell our write from an edit right after it. */
const isExact = (instant: string): boolean => !instant.endsWith('.0000000Z')

/** The link by what PowerOffice shows; the same object where nothing is learned. */
export function linkAsSeenInPowerOffice(link: LinkState, contact: Contact, now: Fingerprints): LinkState {
  const changedAt = parseInstant(contact.LastChangedDateTimeOffset)
  if (changedAt === null || changedAt !== link.powerOfficeChangedAt || !isExact(changedAt)) return link
  const bases = asSeen(link.bases, 'books', clockedIn(RELATION_ROWS), now)
  return bases === link.bases ? link : { ...link, bases }
}

/** The link by what Tribe shows; the same object where nothing is learned. */
export function linkAsSeenInTribe(
  link: LinkState,
  type: RelationType,
  role: Role,
  now: Fingerprints,
): LinkState {
  const isKept = (field: RelationField) =>
    isAsMade(field === 'address' ? addressOf(type, role) : role[type.child])
  const bases = asSeen(link.bases, 'crm', type.fields.filter(isKept), now)
  return bases === link.bases ? link : { ...link, bases }
}

type Dated = { CreationDate?: string | null | undefined; LastMutationDate?: string | null | undefined }

function isAsMade(record: Dated | null | undefined): boolean {
  const made = parseInstant(record?.CreationDate)
  const mutated = parseInstant(record?.LastMutationDate)
  return made !== null && (mutated === null || mutated <= made)
}
