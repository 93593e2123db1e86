import type { LinkState } from '../db/links'
import type { Contact } from '../poweroffice/schemas'
import { canonicalNumber } from '../shared/numbers'
import { importIdsOf, referencesOf, tribeIdIn } from '../shared/reference'
import { recordSubject } from '../shared/subjects'
import { DONE, type SyncContext, type SyncResult } from '../sync-step'
import type { Role } from '../tribe/schemas'
import { notingRefusal } from '../two-way/refused-as'
import { askForPersonsOf, createInPowerOffice } from './create'
import type { Relation, RelationField } from './fields'
import { isFree, type LinksBeside, madeOnce } from './given-again'
import type { RelationType } from './kinds'
import { faultError, linkFrom, mutatedAt, severalMarked } from './link'
import { canonical, relationFromPowerOffice } from './mapping'
import { asOtherRole, otherRoleFirst } from './other-role'
import { mergePair } from './pair'
import type { PlanFromTribe } from './plan'
import { refuseSecondContact } from './two-contacts'

/** What becomes of a role that only Tribe has, as far as the links know. */

/** A role of Tribe's that no link knows. */
export interface Unlinked {
  type: RelationType
  role: Role
  relation: Relation
  beside: LinksBeside
}

/** Tribe's own mark says which contact it is. */
export async function adopt(
  ctx: SyncContext,
  { type, role, relation }: Omit<Unlinked, 'beside'>,
  powerOfficeId: string,
): Promise<SyncResult> {
  const holder = await ctx.links.findByPowerOffice(type.kind, powerOfficeId)
  if (!(await isFree(ctx, holder))) throw faultError('relation.tied_elsewhere')
  const which = { id: powerOfficeId, parentId: relation.company }
  const contact = await ctx.powerOffice.findContact(type.kind, which)
  if (contact) {
    await refuseCopies(ctx, { type, role }, contact)
    return linkNow(ctx, { type, role, contact })
  }
  // It came from PowerOffice and is gone there: it is not made again by itself (DESIGN.md §4.6).
  const gone = {
    Id: Number(powerOfficeId),
    ContactId: relation.company === null ? null : Number(relation.company),
  }
  ctx.remember(linkFrom(ctx, { type, role, contact: gone, state: 'poweroffice-gone' }))
  return DONE
}

/** Several bear that mark, and PowerOffice's own does not say which of them it was made from. */
async function refuseCopies(
  ctx: SyncContext,
  { type, role }: Pick<Unlinked, 'type' | 'role'>,
  contact: Contact,
): Promise<void> {
  if (tribeIdIn(contact.ExternalImportReference ?? contact.ExternalCode) === role.ID.toLowerCase()) return
  const marked = await ctx.tribe.rolesByImportId(type.set, importIdsOf(ctx, type.kind, contact.Id))
  if (marked.length > 1) throw severalMarked(type.kind, marked.length)
}

type Bringing = Extract<PlanFromTribe, { do: 'look-then-create' | 'create-in-poweroffice' }>

/** It is made in PowerOffice, or known there by now. */
export const bringToPowerOffice = (
  ctx: SyncContext,
  unlinked: Unlinked,
  plan: Bringing,
): Promise<SyncResult> =>
  madeOnce(ctx, unlinked, async (beside) => {
    const { type, role, relation } = unlinked
    const found = await findThere(ctx, unlinked, plan, beside)
    if (found) return linkNow(ctx, { type, role, contact: found })
    return notingRefusal(
      ctx,
      { id: role.ID, changedAt: mutatedAt(role) },
      async () =>
        (await otherRoleFirst(ctx, type, role, beside)) ?? createInPowerOffice(ctx, type, role, relation),
    )
  })

/** By our reference, by the organisation's other role, by its number. */
async function findThere(
  ctx: SyncContext,
  { type, role, relation }: Unlinked,
  plan: Bringing,
  beside: readonly LinkState[],
): Promise<Contact | null> {
  const { byReference, byNumber } =
    plan.do === 'look-then-create' ? plan : { byReference: false, byNumber: null }
  const references = byReference ? referencesOf(ctx, role.ID) : []
  return (
    (await ctx.powerOffice.findContactByReference(type.kind, references)) ??
    (await asOtherRole(ctx, type, beside)) ??
    (byNumber ? findUnlinkedByNumber(ctx, type, role.ID, relation) : null)
  )
}

/** A company that is known in PowerOffice from now on brings its contact persons along. */
async function linkNow(
  ctx: SyncContext,
  pair: { type: RelationType; role: Role; contact: Contact },
): Promise<SyncResult> {
  const organizationId = pair.role.Organization?.ID
  await refuseSecondContact(ctx, pair.type, pair.role, pair.contact)
  if (organizationId) askForPersonsOf(ctx, organizationId)
  return mergePair(ctx, { ...pair, link: null, fills: 'along' })
}

/**
 * The contact with the number that Tribe holds, when it is free and surely the same: a number that Tribe
 * gave by itself may be another's. While the first load runs, or PowerOffice's own look is still to come or waits for
 * a person to say whether two are one, the number alone decides, as it does there.
 */
async function findUnlinkedByNumber(
  ctx: SyncContext,
  type: RelationType,
  roleId: string,
  relation: Relation,
): Promise<Contact | null> {
  const number = canonicalNumber(relation.number)
  if (type.kind === 'contactPerson' || number === null) return null
  const contact = await ctx.powerOffice.findContactByNumber(type.kind, number)
  if (!contact) return null
  const holder = await ctx.links.findByPowerOffice(type.kind, String(contact.Id))
  const [here, there] = [canonical(relation), canonical(relationFromPowerOffice(type, contact))]
  const isSame = (field: RelationField) =>
    here[field] !== null && here[field]?.toLowerCase() === there[field]?.toLowerCase()
  const isSurely =
    tribeIdIn(contact.ExternalImportReference) === roleId.toLowerCase() ||
    isSame('name') ||
    isSame('organizationNumber') ||
    (isSame('firstName') && isSame('lastName'))
  const asked = recordSubject('powerOffice', contact.Id)
  const isLoading =
    ctx.facts.get('initial-sync') !== null ||
    ctx.isAwaited(type.kind, asked) ||
    ctx.parkedAs(type.kind, asked) === 'relation.two_contacts'
  const isIt = isSurely || (isLoading && !holder)
  return isIt && (await isFree(ctx, holder)) ? contact : null
}
