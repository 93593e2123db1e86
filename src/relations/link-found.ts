import type { LinkState } from '../db/links'
import type { FactOf } from '../facts'
import type { Contact } from '../poweroffice/schemas'
import { SyncError } from '../shared/errors'
import { isOfTheseCompanies, tribeIdIn } from '../shared/reference'
import type { SyncContext } from '../sync-step'
import type { Role } from '../tribe/schemas'
import { entryFor } from '../two-way/link'
import { type LookedKind, reconcileRow } from '../two-way/look'
import { type Fills, leftOutIn } from '../two-way/reconcile'
import { askForPersonsOf } from './create'
import { isMadeInPlaceOf } from './given-again'
import type { RelationKind, RelationType } from './kinds'
import { problemOfLeftOut } from './left-out'
import { contactIdOf, faultError, fieldsOf, linkFrom } from './link'
import { mergePair } from './pair'
import { refuseSecondContact } from './two-contacts'

/** Links what was found to be one record in both systems, and was not linked yet. */

/** What an admin decided on a record in the preview; null when nothing. */
export type Decision = FactOf<`decision:${string}`>
export const decisionOf = (ctx: SyncContext, kind: RelationKind, powerOfficeId: string): Decision | null =>
  ctx.facts.get(`decision:${kind}:${powerOfficeId}`)

/** How a look goes about relations of this type. */
export const lookedAs = (
  type: RelationType,
  findInCrm: LookedKind<Role, Contact>['findInCrm'] = async () => null,
): LookedKind<Role, Contact> => ({
  kind: type.kind,
  findInCrm,
  findInBooks: (ctx, link) => ctx.powerOffice.findContact(type.kind, contactIdOf(link)),
  reconcile: (ctx, { link, crm, books, fills, isFresh, isByPerson = false }) =>
    mergePair(ctx, { type, link, role: crm, contact: books, fills, isFresh, isByPerson }),
  refusedOf: (ctx, link) => problemOfLeftOut(leftOutIn(fieldsOf(ctx, type), link.bases), type.rows),
})

/**
 * Links a contact that an earlier run made from a role of Tribe's and could not note; false when it is none. A role that Tribe does
 * not have any more is not made again by itself; one that a list does not show yet is what it was made from.
 */
export async function linkLeftOver(ctx: SyncContext, { type, contact, fills }: Found): Promise<boolean> {
  const reference = contact.ExternalImportReference ?? contact.ExternalCode
  const roleId = isOfTheseCompanies(ctx, reference) ? tribeIdIn(reference) : null
  const isDecided = decisionOf(ctx, type.kind, String(contact.Id))?.action === 'create'
  if (roleId === null || isDecided) return false
  const role = await ctx.tribe.findRole(type.set, roleId)
  if (role) {
    await ctx.withLock(role.ID, () => linkFound(ctx, { type, role, contact, fills }))
    return true
  }
  const link = linkFrom(ctx, { type, role: { ID: roleId }, contact, state: 'tribe-gone' })
  ctx.remember(link, entryFor(ctx, link)('detached', { gone: 'tribe' }))
  return true
}

/** Links a role and a contact that were found to be one. Throws where that is for a person to say. */
export async function linkFound(
  ctx: SyncContext,
  { type, role, contact, fills }: { type: RelationType; role: Role; contact: Contact; fills: Fills },
): Promise<void> {
  const held = await ctx.links.findByTribe(type.kind, role.ID)
  if (held?.state === 'forgotten') return
  const isOthers = (link: LinkState) => link.powerOfficeId !== String(contact.Id)
  // One who moved to another company is hidden at the old one, which Tribe's ImportId may still name. Whatever became
  // of the new one since, nobody made the hidden one in its place.
  const isLeftBehind = type.kind === 'contactPerson' && contact.IsActive === false
  if (held && isOthers(held) && isLeftBehind) return
  const other = held && (await isMadeInPlaceOf(ctx, held, contact)) ? null : held
  if (other && isOthers(other)) throw tiedAlready(type)
  const isDecided = decisionOf(ctx, type.kind, String(contact.Id))?.action === 'link'
  if (!other && !isDecided) await refuseSecondContact(ctx, type, role, contact)
  // We made it and did not live to note that: what hangs on the company was not asked for either.
  const isOurs = tribeIdIn(contact.ExternalImportReference) === role.ID.toLowerCase()
  if (!other && isOurs && role.Organization) askForPersonsOf(ctx, role.Organization.ID)
  await reconcileRow(ctx, lookedAs(type), {
    link: other,
    crm: role,
    books: contact,
    fills,
    isFresh: false,
    isByPerson: !other && isDecided,
  })
}

function tiedAlready({ kind }: RelationType): SyncError {
  if (kind === 'contactPerson') return faultError('relation.namesake')
  const message = `The ${kind} in Tribe that this would be is tied to another ${kind} of PowerOffice already: correct its number, or relink it`
  return new SyncError('relation.number_taken', 'data', message)
}

interface Found {
  type: RelationType
  contact: Contact
  fills: Fills
}
