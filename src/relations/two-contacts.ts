import type { LinkState } from '../db/links'
import type { Contact } from '../poweroffice/schemas'
import { tribeIdIn } from '../shared/reference'
import type { SyncContext } from '../sync-step'
import type { Role } from '../tribe/schemas'
import type { Base, BothPrints } from '../two-way/merge'
import { type RelationField, SHARED } from './fields'
import { otherKind, type RelationType, typeOfContact } from './kinds'
import { faultError, printsOf, relationIdOf, tribeRelation } from './link'
import { relationFromPowerOffice } from './mapping'

/**
 * One organisation in Tribe can be two contacts in PowerOffice: a customer and a supplier that nobody has joined there.
 * Tribe has one e-mail address, telephone and address for both, so what the one contact has must not reach the other.
 */

/** The link of the organisation's other role, where that is another contact. */
async function otherContactOf(
  ctx: SyncContext,
  type: RelationType,
  role: Role,
  contact: Pick<Contact, 'Id'>,
): Promise<LinkState | null> {
  const relationId = relationIdOf(type, role)
  if (type.party !== 'organization' || relationId === null) return null
  const other = await ctx.links.findByTribe(otherKind(type.kind), relationId)
  return other?.state === 'linked' && other.powerOfficeId !== String(contact.Id) ? other : null
}

/** Refuses to tie the second contact by itself where it says anything else than Tribe does: a person decides. */
export async function refuseSecondContact(
  ctx: SyncContext,
  type: RelationType,
  role: Role,
  contact: Contact,
): Promise<void> {
  // What was made from this very role, and could not be noted, is it: whatever differs was left out, or edited since.
  const isOurs = tribeIdIn(contact.ExternalImportReference) === role.ID.toLowerCase()
  if (
    isOurs ||
    typeOfContact(type.kind, contact)?.name !== type.name ||
    !(await otherContactOf(ctx, type, role, contact))
  )
    return
  const prints = {
    crm: await printsOf(ctx, type, await tribeRelation(ctx, type, role)),
    books: await printsOf(ctx, type, relationFromPowerOffice(type, contact)),
  }
  if (differingOf(prints).length > 0) throw faultError('relation.two_contacts')
}

const differingOf = ({ crm, books }: BothPrints): RelationField[] =>
  SHARED.filter((field) => (crm[field] ?? '') !== (books[field] ?? ''))

/** Of a second contact that a person has tied all the same: what differs stays with each. */
export async function apartOf(
  ctx: SyncContext,
  { type, role, contact }: { type: RelationType; role: Role; contact: Contact },
  prints: BothPrints,
): Promise<Record<RelationField, Base>> {
  if (!(await otherContactOf(ctx, type, role, contact))) return {}
  const { crm, books } = prints
  return Object.fromEntries(
    differingOf(prints).map((field) => [field, [crm[field] ?? '', books[field] ?? '', 'apart']]),
  )
}
