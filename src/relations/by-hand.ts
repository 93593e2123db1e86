import type { LinkState } from '../db/links'
import { SyncError } from '../shared/errors'
import { DONE, type Step, type SyncContext } from '../sync-step'
import type { Role } from '../tribe/schemas'
import { createInPowerOffice, createInTribe } from './create'
import {
  isOn,
  RELATION_KINDS,
  RELATION_TYPES,
  type RelationKind,
  type RelationType,
  typeOfContact,
  typesOfKind,
} from './kinds'
import { faultError, tribeRelation } from './link'
import { mergePair } from './pair'
import { otherKind, withRelation } from './rows'

/** What an admin decides of single records (spec §8), and the push of what only Tribe has. */

/** Ties a pair together, whatever stood there before. The subject is `kind:tribeId:powerOfficeId[:parentId]`. */
export const relink: Step = async (ctx, { id }) => {
  const [kind, tribeId = '', powerOfficeId = '', parentId = null] = partsOf(id)
  const found = await findRoleNamed(ctx, kind, tribeId)
  const contact = await ctx.powerOffice.findContact(kind, { id: powerOfficeId, parentId })
  if (!found || !contact)
    throw new SyncError(
      'record.unknown',
      'data',
      `There is no such ${kind} in ${found ? 'PowerOffice' : 'Tribe'}`,
    )
  if (typeOfContact(kind, contact) !== found.type) throw faultError('relation.kind_differs')
  const { type, role } = found
  return ctx.alone(role.ID, () => mergePair(ctx, { type, link: null, role, contact, fills: 'along' }))
}

/** Makes the side that is missing again. The subject is `kind:tribe:id` or `kind:powerOffice:id[:parentId]`. */
export const recreate: Step = async (ctx, { id }) => {
  const [kind, side, recordId = '', parentId = null] = partsOf(id)
  const link =
    side === 'tribe'
      ? await ctx.links.findByTribe(kind, recordId)
      : await ctx.links.findByPowerOffice(kind, recordId)
  if (link?.state === 'linked') return DONE
  return side === 'tribe' || link?.state === 'poweroffice-gone'
    ? recreateInPowerOffice(ctx, kind, link?.tribeId ?? recordId)
    : recreateInTribe(ctx, kind, link, {
        id: link?.powerOfficeId ?? recordId,
        parentId: link?.powerOfficeParentId ?? parentId,
      })
}

async function recreateInPowerOffice(ctx: SyncContext, kind: RelationKind, tribeId: string) {
  const found = await findRoleNamed(ctx, kind, tribeId)
  if (!found) throw new SyncError('record.unknown', 'data', `There is no such ${kind} in Tribe`)
  const relation = await tribeRelation(ctx, found.type, found.role)
  return ctx.alone(found.role.ID, () => createInPowerOffice(ctx, found.type, found.role, relation))
}

async function recreateInTribe(
  ctx: SyncContext,
  kind: RelationKind,
  link: LinkState | null,
  which: { id: string; parentId: string | null },
) {
  const contact = await ctx.powerOffice.findContact(kind, which)
  const type = contact && typeOfContact(kind, contact)
  if (!contact || !type)
    throw new SyncError('record.unknown', 'data', `There is no such ${kind} in PowerOffice`)
  if (link) await ctx.links.remove(kind, link.tribeId)
  const sibling =
    kind === 'contactPerson' ? null : await ctx.links.findByPowerOffice(otherKind(kind), which.id)
  const company = await withRelation(ctx, sibling)
  const siblingId = type.party === 'organization' ? (company?.tribeRelationId ?? null) : null
  await createInTribe(ctx, type, contact, { siblingId, fills: 'never' })
  return DONE
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
      ctx.enqueue({ kind: type.kind, subject: `tribe:${role.ID}`, lane: 'bulk' })
  }
  return DONE
}

function partsOf(subject: string): [RelationKind, ...string[]] {
  const [name, ...rest] = subject.split(':')
  const kind = RELATION_KINDS.find((one) => one === name)
  if (!kind) throw new SyncError('record.unknown', 'data', 'There is no such kind of record')
  return [kind, ...rest]
}
