import type { LinkState } from '../db/links'
import type { Contact } from '../poweroffice/schemas'
import { recordSubject } from '../shared/subjects'
import type { SyncContext } from '../sync-step'
import type { Role } from '../tribe/schemas'
import { setOfType, typeOfSet } from '../tribe/sets'
import { lookAlone } from '../two-way/link'
import type { Relation } from './fields'
import type { RelationType } from './kinds'
import { contactIdOf, faultError, relationIdOf } from './link'

/** Which record is which when one was taken away and another came in its place, and when two became one. */

/**
 * A user took a role away from an organisation or person and gave it again: Tribe has a new record then, which is
 * the same customer. Its link moves to the new role. Gives the link as it is then; null when this role is new.
 */
export async function linkGivenAgain(
  ctx: SyncContext,
  type: RelationType,
  role: Role,
  relation: Relation,
  beside: readonly LinkState[],
): Promise<LinkState | null> {
  const relationId = relationIdOf(type, role)
  if (relationId === null || earlierAmong(beside, type, relation).length === 0) return null
  // The role that was taken away may be looked at just now.
  return lookAlone(ctx, relationId, async () => {
    for (const link of earlierAmong(await linksBeside(ctx, type, role), type, relation)) {
      if (await isStillInTribe(ctx, link)) continue
      const moved: LinkState = { ...link, tribeId: role.ID, tribeType: typeOfSet(type.set) }
      ctx.remember(moved)
      return moved
    }
    return null
  })
}

/**
 * Makes what only Tribe has, one role of an organisation or person at a time. One that has the role already, as another
 * record of Tribe's, is that customer: it is not made a second time, and a person says which of the two is too many.
 */
export function madeOnce<T>(
  ctx: SyncContext,
  {
    type,
    role,
    relation,
    beside,
  }: { type: RelationType; role: Role; relation: Relation; beside: LinksBeside },
  make: (beside: readonly LinkState[]) => Promise<T>,
): Promise<T> {
  return lookAlone(ctx, `made:${type.kind}:${relationIdOf(type, role)}`, async () => {
    // What was read before holds as long as nobody has finished anything since.
    const isSure = ctx.withLock.ended() === beside.ended
    const links = isSure ? beside.links : await linksBeside(ctx, type, role)
    if (earlierAmong(links, type, relation).length > 0) throw faultError('relation.given_twice')
    return make(links)
  })
}

/** A role is gone: one that was given twice may take its place. */
export async function askForTheOther(ctx: SyncContext, type: RelationType, link: LinkState): Promise<void> {
  const parked = new Set(ctx.parkedOf(type.kind))
  if (parked.size === 0 || link.tribeRelationId === null) return
  for (const { ID } of await ctx.tribe.rolesOf(type.set, `${type.child}/ID`, [link.tribeRelationId])) {
    const subject = recordSubject('tribe', ID)
    if (ID !== link.tribeId && parked.has(subject)) ctx.enqueue({ kind: type.kind, subject, lane: 'push' })
  }
}

/** Links of the other roles of an organisation or person, and how many runs had ended when they were read. */
export interface LinksBeside {
  links: readonly LinkState[]
  ended: number
}

/** Links of the other roles, of whatever kind, that the same organisation or person plays. */
export async function linksBeside(ctx: SyncContext, type: RelationType, role: Role): Promise<LinkState[]> {
  const links = await ctx.links.ofRelation(relationIdOf(type, role) ?? '')
  return links.filter((link) => link.tribeId !== role.ID)
}

/** Those of the same kind, at the same company. */
const earlierAmong = (
  links: readonly LinkState[],
  { kind }: RelationType,
  { company }: Relation,
): LinkState[] =>
  links.filter(
    (link) => link.kind === kind && (kind !== 'contactPerson' || link.powerOfficeParentId === company),
  )

/** The link of this contact is free for another record of Tribe's: its own is not there any more, and nobody decided otherwise. */
export async function isFree(ctx: SyncContext, link: LinkState | null): Promise<boolean> {
  if (!link) return true
  return link.state !== 'forgotten' && !(await isStillInTribe(ctx, link))
}

const isStillInTribe = async (ctx: SyncContext, link: LinkState): Promise<boolean> =>
  (await ctx.tribe.findRole(setOfType(link.tribeType), link.tribeId)) !== null

/**
 * The role is tied to a contact that PowerOffice does not have any more, and the bookkeeper made this one in its
 * place.
 */
export async function isMadeInPlaceOf(ctx: SyncContext, link: LinkState, contact: Contact): Promise<boolean> {
  if (link.state === 'forgotten' || String(contact.Id) === link.powerOfficeId) return false
  return (await ctx.powerOffice.findContact(link.kind as RelationType['kind'], contactIdOf(link))) === null
}

/**
 * Users merged two organisations of Tribe's into one: its role hangs on the other organisation now, which is another
 * record in PowerOffice. Nothing says which of the two stays: a person decides.
 */
export async function refuseMerged(
  ctx: SyncContext,
  type: RelationType,
  link: LinkState | null,
  role: Role,
): Promise<void> {
  const relationId = relationIdOf(type, role)
  if (type.kind === 'contactPerson' || !link?.tribeRelationId || !relationId) return
  if (link.tribeRelationId === relationId) return
  const others = (await ctx.links.ofRelation(relationId)).filter(
    (other) =>
      other.kind === link.kind && other.state !== 'forgotten' && other.powerOfficeId !== link.powerOfficeId,
  )
  if (others.length > 0) throw faultError('relation.merged')
}

/** The organisation behind a role is learned late when Tribe's answer to a create did not name it. */
export async function noteRelation(
  ctx: SyncContext,
  type: RelationType,
  link: LinkState | null,
  role: Role | null,
): Promise<void> {
  const relationId = role && relationIdOf(type, role)
  if (link?.state !== 'linked' || !relationId || link.tribeRelationId === relationId) return
  await refuseMerged(ctx, type, link, role)
  ctx.remember({ ...link, tribeRelationId: relationId })
}
