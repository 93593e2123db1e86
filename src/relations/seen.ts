import type { LinkState } from '../db/links'
import type { Contact } from '../poweroffice/schemas'
import { minus, parseInstant } from '../shared/dates'
import { powerOfficeIdFrom } from '../shared/reference'
import type { SyncContext } from '../sync-step'
import type { Role } from '../tribe/schemas'
import { isEditedSince } from '../tribe/told'
import { unseenAmong } from '../two-way/fields'
import { filledIn, learnFilledIn, standInsMet } from '../two-way/filled-in'
import { isExact, linkAsSeenInBooks } from '../two-way/link'
import { asSeen, type Bases, type BothPrints, type Fingerprints, heldBy } from '../two-way/merge'
import { addressOf } from './address'
import { RELATION_ROWS, type Relation, type RelationField } from './fields'
import type { RelationType } from './kinds'
import { canonical } from './mapping'
import { isOnRole, type RelationRow } from './row'

/**
 * A system may keep another value than was written: it cuts a text, drops blanks, writes capitals. Where the answer
 * does not show that, the next look does, and it must not be taken for an edit: as long as nobody else has changed the
 * record since our write, what is there is what the system made of it.
 */

/** What an answer of PowerOffice's may not show of the fields that were written. */
export const unseenInPowerOffice = (written: readonly RelationField[]): RelationField[] =>
  unseenAmong(RELATION_ROWS, written)

export const linkAsSeenInPowerOffice = (link: LinkState, contact: Contact, now: Fingerprints): LinkState =>
  linkAsSeenInBooks(RELATION_ROWS, link, contact, now)

interface Seen {
  type: RelationType
  role: Role
  contact: Contact
}
/** What both hold. */
interface Held {
  crm: Relation
  books: Relation
  prints: BothPrints
}

/** The link by what both show. */
export const linkAsSeen = (
  ctx: SyncContext,
  link: LinkState,
  { type, role, contact }: Seen,
  held: Held,
): LinkState => {
  const { crm, books } = held.prints
  return linkAsSeenInTribe(ctx, linkAsSeenInPowerOffice(link, contact, books), type, role, crm, held)
}

/** The link by what Tribe shows; the same object where nothing is learned. */
export function linkAsSeenInTribe(
  ctx: SyncContext,
  link: LinkState,
  type: RelationType,
  role: Role,
  now: Fingerprints,
  /** Where PowerOffice's was read: as long as it holds what was sent, an edit is seen for what it is. */
  held: Held | null = null,
): LinkState {
  const isOwnSpelling = (field: RelationField): boolean => {
    if (!held) return false
    const isAsSent = heldBy('books', link.bases[field] ?? '') === (held.prints.books[field] ?? '')
    return !isAsSent || !isEditedBetween(type, field, { seen: held.crm, from: held.books, read: null })
  }
  const isKept = (row: RelationRow): boolean => {
    const base = link.bases[row.name]
    const value = now[row.name] ?? ''
    const age = ageOf(holderOf(type, row, role))
    if (typeof base !== 'object' || heldBy('crm', base) !== '')
      return age === 'as-made' || (age === 'within-a-second' && isOwnSpelling(row.name))
    // An address that was not sent, somebody has entered since; and what was looked at for days was not filled in by now.
    if (value === '' || row.home === 'address' || age === 'edited') return false
    // What Tribe fills in where nobody has edited anything, it fills in elsewhere, too.
    if (isUnedited(type, row, role)) learnFilledIn(ctx, type.name, row.name, value)
    return filledIn(ctx, type.name, row.name) === value
  }
  const kept = type.rows.filter(isKept).map(({ name }) => name)
  const bases = asSeen(link.bases, 'crm', kept, now)
  return bases === link.bases ? link : { ...link, bases }
}

/** What Tribe has filled in of fields that were never compared, in what the relay made there for this contact. */
export function filledInMeanwhile(
  ctx: SyncContext,
  { type, role, contact }: Seen,
  prints: BothPrints,
  link: LinkState | null,
): Bases {
  if (!isOurCopy(ctx, type, role, contact)) return {}
  // Whoever plays the role was made in the same call, or was there before.
  const minuteOf = (record: Dated | null | undefined) => record?.CreationDate?.slice(0, 16)
  const isMadeAlong = (row: RelationRow) => minuteOf(holderOf(type, row, role)) === minuteOf(role)
  const rows = type.rows.filter((row) => row.home !== 'address' && isMadeAlong(row))
  const seen = { ...prints, bases: link?.bases }
  return standInsMet(ctx, type.name, seen, rows, (row) => isUnedited(type, row, role))
}

/** The role bears the mark of what the relay made of this contact. */
export const isOurCopy = (ctx: SyncContext, { kind }: RelationType, role: Role, contact: Contact): boolean =>
  powerOfficeIdFrom(ctx, kind, role.ImportId) === String(contact.Id)

const isUnedited = (type: RelationType, row: RelationRow, role: Role): boolean => {
  const age = ageOf(holderOf(type, row, role))
  return age === 'as-made' || (age === 'within-a-second' && role.LastMutationDate != null)
}

/** The record of Tribe's that a field is part of. */
const holderOf = (type: RelationType, { home }: RelationRow, role: Role): Dated | null | undefined => {
  if (home === 'address') return addressOf(type, role)
  return isOnRole(type, home) ? role : role[type.child]
}

type Dated = { CreationDate?: string | null | undefined; LastMutationDate?: string | null | undefined }

/** By then all that was made has been looked at, whatever happened. */
const SEEN_MS = 24 * 60 * 60_000

/** Whether somebody may have edited it since it was made. */
function ageOf(record: Dated | null | undefined): 'as-made' | 'within-a-second' | 'edited-soon' | 'edited' {
  const made = parseInstant(record?.CreationDate)
  const mutated = parseInstant(record?.LastMutationDate)
  if (made === null) return 'edited'
  if (mutated === null) return 'as-made'
  if (mutated > made) return minus(mutated, SEEN_MS) > made ? 'edited' : 'edited-soon'
  return isExact(made) ? 'as-made' : 'within-a-second'
}

/** Compared as fingerprints are, but for addresses: Tribe may keep a part of one otherwise. */
export function isEditedBetween(
  type: RelationType,
  field: RelationField,
  { seen, from, read }: Readonly<Record<'seen' | 'from' | 'read', Relation | null>>,
): boolean {
  if (field === 'address') return isEditedSince(seen?.address, { sent: from?.address, before: read?.address })
  const valueIn = (relation: Relation | null) => relation && canonical(relation, type.rows)[field]
  return isEditedSince(valueIn(seen), { sent: valueIn(from), before: valueIn(read) })
}
