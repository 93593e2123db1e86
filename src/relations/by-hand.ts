import type { LinkState } from '../db/links'
import type { Contact } from '../poweroffice/schemas'
import { SyncError, unknownRecord } from '../shared/errors'
import { importIdOf, importIdsOf, powerOfficeIdFrom } from '../shared/reference'
import { halfIn, pairIn, recordSubject } from '../shared/subjects'
import { DONE, type Step, type SyncContext } from '../sync-step'
import type { Role } from '../tribe/schemas'
import { lookAlone } from '../two-way/link'
import { createInPowerOffice, createInTribe, parentInTribe } from './create'
import {
  isOn,
  otherKind,
  RELATION_KINDS,
  RELATION_TYPES,
  type RelationKind,
  type RelationType,
  typeOfContact,
  typesOfKind,
  wordOf,
} from './kinds'
import { faultError, tribeRelation } from './link'
import { placeOf } from './moving'
import { mergePair } from './pair'
import { withRelation } from './rows'

/** What an admin decides of single records (DESIGN.md §4.6), and the push of what only Tribe has. */

/** A record as an admin names it; of a contact person also its company in PowerOffice. */
export interface Named {
  tribeId: string | null
  powerOfficeId: string | null
  parentId: string | null
}
export type Obstacle = 'not-in-tribe' | 'not-in-poweroffice' | 'kind-differs' | 'not-sent'

/** What keeps work by hand from being done with these records; null when nothing does. */
export async function obstacleOf(
  ctx: SyncContext,
  kind: RelationKind,
  named: Named,
): Promise<Obstacle | null> {
  const found = named.tribeId === null ? null : await findRoleNamed(ctx, kind, named.tribeId)
  if (named.tribeId !== null && !found) return 'not-in-tribe'
  if (named.powerOfficeId === null) return null
  const contact = await findContactNamed(ctx, kind, named.powerOfficeId, named.parentId)
  const type = contact && typeOfContact(kind, contact)
  if (!type) return 'not-in-poweroffice'
  return found && found.type !== type ? 'kind-differs' : null
}

/** A contact person is found below its company, which the link may know; else PowerOffice is asked. */
async function findContactNamed(
  ctx: SyncContext,
  kind: RelationKind,
  id: string,
  parentId: string | null,
): Promise<Contact | null> {
  const isKnown = parentId !== null || kind !== 'contactPerson'
  const link = isKnown ? null : await ctx.links.findByPowerOffice(kind, id)
  const noted = { id, parentId: parentId ?? link?.powerOfficeParentId ?? null }
  return ctx.powerOffice.findContact(kind, await placeOf(ctx, kind, noted))
}

/** Ties a pair together, whatever stood there before. The subject is `kind:tribeId:powerOfficeId[:parentId]`. */
export const relink: Step = async (ctx, { id }) => {
  const { kind: name, tribeId, powerOfficeId, parentId } = pairIn(id)
  const kind = kindNamed(name)
  const found = await findRoleNamed(ctx, kind, tribeId)
  const contact = await findContactNamed(ctx, kind, powerOfficeId, parentId)
  if (!found || !contact) throw unknownRecord(wordOf(kind), found ? 'PowerOffice' : 'Tribe')
  if (typeOfContact(kind, contact)?.name !== found.type.name) throw faultError('relation.kind_differs')
  const { type, role } = found
  return lookAlone(ctx, role.ID, () =>
    mergePair(ctx, { type, link: null, role, contact, fills: 'along', isByPerson: true }),
  )
}

/** Makes the side that is missing again. The subject is `kind:tribe:id` or `kind:powerOffice:id[:parentId]`. */
export const recreate: Step = async (ctx, { id }) => {
  const { kind: name, side, id: recordId, parentId } = halfIn(id)
  const kind = kindNamed(name)
  const link =
    side === 'tribe'
      ? await ctx.links.findByTribe(kind, recordId)
      : await ctx.links.findByPowerOffice(kind, recordId)
  if (link?.state === 'linked') return DONE
  // An admin who parted the two says by the record's name which side is left.
  const isInTribe = link && link.state !== 'forgotten' ? link.state === 'poweroffice-gone' : side === 'tribe'
  return isInTribe
    ? recreateInPowerOffice(ctx, kind, link?.tribeId ?? recordId)
    : recreateInTribe(ctx, kind, link, {
        id: link?.powerOfficeId ?? recordId,
        parentId: link?.powerOfficeParentId ?? parentId,
      })
}

async function recreateInPowerOffice(ctx: SyncContext, kind: RelationKind, tribeId: string) {
  const found = await findRoleNamed(ctx, kind, tribeId)
  // It was there when it was asked for: an earlier run has done it, and the pair has another name by now.
  if (!found) return DONE
  const { type, role } = found
  const relation = await tribeRelation(ctx, type, role)
  if (kind === 'contactPerson' && relation.company === null) throw faultError('relation.company_unlinked')
  return lookAlone(ctx, role.ID, async () => {
    const result = await createInPowerOffice(ctx, type, role, relation)
    await ctx.flush()
    const link = await ctx.links.findByTribe(kind, role.ID)
    // Our own mark named the record that is gone.
    if (link && powerOfficeIdFrom(ctx, kind, role.ImportId) !== null)
      await ctx.tribe.update(type.set, role.ID, { ImportId: importIdOf(ctx, kind, link.powerOfficeId) })
    return result
  })
}

async function recreateInTribe(
  ctx: SyncContext,
  kind: RelationKind,
  link: LinkState | null,
  which: { id: string; parentId: string | null },
) {
  const contact = await ctx.powerOffice.findContact(kind, await placeOf(ctx, kind, which))
  const type = contact && typeOfContact(kind, contact)
  if (!contact || !type) throw unknownRecord(wordOf(kind), 'PowerOffice')
  if (kind === 'contactPerson' && (await parentInTribe(ctx, type, contact)) === null)
    throw faultError('relation.company_unlinked')
  // An earlier run may have made it and died before it could write that down.
  const made = await ctx.tribe.findRoleByImportId(type.set, importIdsOf(ctx, kind, which.id))
  if (made && !(await ctx.links.findByTribe(kind, made.ID)))
    return mergePair(ctx, { type, link: null, role: made, contact, fills: 'never' })
  const siblingId = await playerOf(ctx, type, contact, link)
  const former = siblingId === link?.tribeRelationId ? link : null
  await createInTribe(ctx, type, contact, { siblingId, fills: 'never', former })
  return DONE
}

/** The organisation or person that would play the role again, when it is still there. */
async function playerOf(
  ctx: SyncContext,
  type: RelationType,
  contact: Contact,
  link: LinkState | null,
): Promise<string | null> {
  const before = link?.tribeRelationId ?? null
  if (before !== null && (await ctx.tribe.typeOf(before)) !== null) return before
  if (type.party !== 'organization') return null
  const sibling = await ctx.links.findByPowerOffice(otherKind(type.kind), String(contact.Id))
  return (await withRelation(ctx, sibling))?.tribeRelationId ?? null
}

/** By the id of the role, or of the organisation or person that plays it. */
export async function findRoleNamed(
  ctx: SyncContext,
  kind: RelationKind,
  tribeId: string,
): Promise<{ type: RelationType; role: Role } | null> {
  for (const type of typesOfKind(kind)) {
    const role = await ctx.tribe.findRole(type.set, tribeId)
    if (role) return { type, role }
  }
  if (kind === 'contactPerson') return null
  for (const type of typesOfKind(kind)) {
    const [role] = await ctx.tribe.rolesOf(type.set, `${type.child}/ID`, [tribeId])
    if (role) return { type, role }
  }
  return null
}

/** Sends to PowerOffice what only Tribe has. The subject is a set; without one, all. Former relations stay. */
export const pushUnlinked: Step = async (ctx, { id }) => {
  const types = RELATION_TYPES.filter((type) => isOn(type, ctx.settings))
  if (id === '') {
    for (const type of types) ctx.enqueue({ kind: 'push-unlinked', subject: type.set, lane: 'bulk' })
    return DONE
  }
  const type = types.find((one) => one.set === id)
  if (!type) return DONE
  const roles = (await ctx.tribe.allRoles(type.set)).filter((role) => !role.IsFormer)
  for (let at = 0; at < roles.length; at += 1000) {
    const some = roles.slice(at, at + 1000)
    const linked = new Set(
      (
        await ctx.links.amongTribe(
          type.kind,
          some.map((role) => role.ID),
        )
      ).map((link) => link.tribeId),
    )
    for (const role of some.filter((one) => !linked.has(one.ID)))
      ctx.enqueue({ kind: type.kind, subject: recordSubject('tribe', role.ID), lane: 'bulk' })
  }
  return DONE
}

function kindNamed(name: string): RelationKind {
  const kind = RELATION_KINDS.find((one) => one === name)
  if (!kind) throw new SyncError('record.unknown', 'data', 'There is no such kind of record')
  return kind
}
