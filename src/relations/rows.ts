import type { LinkState } from '../db/links'
import type { Contact } from '../poweroffice/schemas'
import { recordSubject } from '../shared/subjects'
import type { SyncContext } from '../sync-step'
import type { Role } from '../tribe/schemas'
import { setOfType } from '../tribe/sets'
import { isBeforeCutoff } from '../two-way/cutoff'
import { isStillInStep, isSurelyNewer } from '../two-way/link'
import { mayBeMade } from '../two-way/pending-writes'
import type { Fills } from '../two-way/reconcile'
import { refusedAmong } from '../two-way/refused-as'
import { eachRow, PASSED_OVER } from '../two-way/rows'
import { companiesOf } from './companies'
import { otherKind, type RelationKind, type RelationType, typeNamed, typeOfContact } from './kinds'
import { datedPartsOf, fieldsOf, mutatedAt, printsOf, sharedBy, tribeRelation, wholeRole } from './link'
import { findMatches, NO_MATCHES, type OtherRole, type TribeIndex } from './matching'
import { subjectOf } from './moving'
import { withOwn } from './own-rows'
import { linkAsSeenInTribe } from './seen'
import { supplierToBe } from './suppliers-to-be'
import { type PowerOfficeLook, syncFromPowerOffice, syncFromTribe } from './sync'

export interface RowOptions {
  readAt: number
  /** Gives all of Tribe's relations; null: ask Tribe for the few that matter. */
  indexOf: (() => Promise<TribeIndex>) | null
  fills: Fills
}

/** The links of these rows, and those of the other role of the same contact, each by the contact's id. */
export async function linksOfRows(ctx: SyncContext, kind: RelationKind, rows: readonly Contact[]) {
  const ids = rows.map((row) => String(row.Id))
  const links = await ctx.links.amongPowerOffice(kind, ids)
  const siblings = kind === 'contactPerson' ? [] : await ctx.links.amongPowerOffice(otherKind(kind), ids)
  return { links: linksById(links), siblings: linksById(siblings) }
}

/** Takes rows of PowerOffice's through their step; gives how many are done, since a push may come in between. */
export async function syncContacts(
  ctx: SyncContext,
  kind: RelationKind,
  rows: readonly Contact[],
  options: RowOptions,
): Promise<number> {
  if (rows.length === 0) return 0
  const { links, siblings } = await linksOfRows(ctx, kind, rows)
  if (kind === 'contactPerson')
    await companiesOf(ctx).preload({ contactIds: [...new Set(rows.map((row) => String(row.ContactId)))] })
  const unlinked = rows.filter((row) => !links.has(String(row.Id)))
  const foundIndex = async () => (unlinked.length > 0 ? findMatches(ctx, kind, unlinked) : null)
  const index = await (options.indexOf ?? foundIndex)()
  return eachRow(
    ctx,
    rows,
    (row) => ({ kind, subject: subjectOf(row) }),
    async (contact) => {
      const type = typeOfContact(kind, contact)
      if (!type) return
      const sibling = siblings.get(String(contact.Id)) ?? null
      const link = links.get(String(contact.Id)) ?? null
      const look: PowerOfficeLook = {
        type,
        contact,
        readAt: options.readAt,
        link,
        matchesOf: async () =>
          index?.matchesOf(ctx, type, contact, await otherRole(ctx, kind, contact, sibling)) ?? NO_MATCHES,
        roleOf: (held) => roleOf(ctx, held),
        fills: options.fills,
      }
      await (link
        ? ctx.withLock(sharedBy(link), () => syncFromPowerOffice(ctx, look))
        : syncFromPowerOffice(ctx, look))
    },
  )
}

export async function roleOf(ctx: SyncContext, link: LinkState): Promise<Role | null> {
  const role = await ctx.tribe.findRole(setOfType(link.tribeType), link.tribeId)
  const type = typeNamed(link.tribeType)
  return type ? wholeRole(type, role) : role
}

export const linksById = (links: readonly LinkState[]) =>
  new Map(links.map((link) => [link.powerOfficeId, link]))

/**
 * The link of a company's other role, with the organisation behind it: Tribe's answer to a create does not
 * always name it, and when the role was taken away, the organisation may still be there.
 */
export async function withRelation(ctx: SyncContext, link: LinkState | null): Promise<LinkState | null> {
  if (!link?.tribeType.startsWith('Relationship.Organization')) return link?.state === 'linked' ? link : null
  if (link.state === 'poweroffice-gone' || link.state === 'forgotten') return null
  if (link.state === 'tribe-gone')
    return link.tribeRelationId && (await ctx.tribe.typeOf(link.tribeRelationId)) ? link : null
  if (link.tribeRelationId) return link
  const role = await roleOf(ctx, link)
  return { ...link, tribeRelationId: role?.Organization?.ID ?? null }
}

/**
 * The organisation that plays the contact's other role. While that role's own look failed and is to be tried again, or a load
 * has not come to it, it may be in Tribe already without a link; so it may where nobody knows whether it was made. Then it is looked for.
 */
export async function otherRole(
  ctx: SyncContext,
  kind: RelationKind,
  contact: Contact,
  link: LinkState | null,
): Promise<OtherRole | null> {
  if (link) return withRelation(ctx, link)
  if (kind === 'contactPerson') return null
  const other = otherKind(kind)
  const subject = recordSubject('powerOffice', contact.Id)
  if (ctx.parkedAs(other, subject) === 'relation.ambiguous') return { tribeRelationId: null, isUnclear: true }
  const mayBeThere = ctx.isAwaited(other, subject) || mayBeMade(ctx, other, String(contact.Id))
  if (!mayBeThere) return kind === 'customer' ? supplierToBe(ctx, contact) : null
  const same = await ctx.powerOffice.findContact(other, { id: String(contact.Id), parentId: null })
  const type = same && typeOfContact(other, same)
  if (!same || type?.party !== 'organization') return null
  const { byId, byNumber } = await (await findMatches(ctx, other, [same])).matchesOf(ctx, type, same, null)
  const role = byId ?? (byNumber.length === 1 ? byNumber[0] : null)
  return role ? { tribeRelationId: role.Organization?.ID ?? null } : null
}

async function isAsKnown(
  ctx: SyncContext,
  type: RelationType,
  role: Role,
  link: LinkState,
): Promise<boolean> {
  const prints = await printsOf(ctx, type, await tribeRelation(ctx, type, role, link.powerOfficeParentId))
  const seen = linkAsSeenInTribe(ctx, link, withOwn(ctx, type), role, prints)
  return isStillInStep(ctx, 'crm', fieldsOf(ctx, type), prints, seen)
}

/** Takes roles of Tribe's through their step; gives how many are done. */
export async function syncRoles(
  ctx: SyncContext,
  type: RelationType,
  rows: readonly Role[],
  readAt: number,
): Promise<number> {
  const links = await ctx.links.amongTribe(
    type.kind,
    rows.map((row) => row.ID),
  )
  const byId = new Map(links.map((link) => [link.tribeId, link]))
  const isRefused = refusedAmong(ctx, type.kind)
  if (type.kind === 'contactPerson')
    await companiesOf(ctx).preload({
      organizationIds: [...new Set(rows.flatMap((row) => row.Relation?.ID ?? []))],
    })
  return eachRow(
    ctx,
    rows,
    (row) => ({ kind: type.kind, subject: recordSubject('tribe', row.ID) }),
    async (role) => {
      const link = byId.get(role.ID) ?? null
      // What only Tribe has is left alone until it changes (DESIGN.md §4.7).
      if (!link && isBeforeCutoff(ctx, type.set, datedPartsOf(role))) return
      if (!link && isRefused({ id: role.ID, changedAt: mutatedAt(role) })) return PASSED_OVER
      // Synced since the page was read: the row is the older of the two.
      if (link && Date.parse(link.syncedAt) >= readAt) return PASSED_OVER
      const about = { type, inDoubt: false }
      return ctx.withLock(link ? sharedBy(link) : role.ID, async () => {
        if (link && (await isAsKnown(ctx, type, role, link)))
          return syncFromTribe(ctx, { ...about, role, link })
        // A list may show what was so some seconds ago: what is written goes by what Tribe holds now.
        const now =
          link && isSurelyNewer(mutatedAt(role), link) ? role : await ctx.tribe.findRole(type.set, role.ID)
        // Only a look of its own may say that a record is gone.
        if (!now && link)
          return ctx.enqueue({ kind: type.kind, subject: recordSubject('tribe', role.ID), lane: 'bulk' })
        const known = await ctx.links.findByTribe(type.kind, role.ID)
        return syncFromTribe(ctx, { ...about, role: now, link: known })
      })
    },
  )
}
