import type { LinkState } from '../db/links'
import type { Contact } from '../poweroffice/schemas'
import type { SyncContext } from '../sync-step'
import { has } from '../tribe/dialect'
import type { Role } from '../tribe/schemas'
import {
  outcomeOf,
  type SeenField,
  type SeenPair,
  type Sight,
  seenPair,
  sightOf,
  type Which,
} from '../two-way/values'
import { isOn, type RelationKind, type RelationType, typeNamed, typeOfContact, typesOfKind } from './kinds'
import { fieldsOf, tribeRelation, wholeRole } from './link'
import { relationFromPowerOffice } from './mapping'
import { parentOf, placeOf } from './moving'
import { withOwn } from './own-rows'
import { mergePair } from './pair'
import type { RelationRow } from './row'

export interface SeenRelation {
  /** The set of its role. */
  of: string
  crm: Sight<Role>
  contact: Sight<Contact>
}

/** A relation as both systems hold it, for whoever looks on. */
export async function relationValues(
  ctx: SyncContext,
  kind: RelationKind,
  { crmId: tribeId, booksId: powerOfficeId, link }: Which,
  more: (seen: SeenRelation) => Promise<SeenField[]> = async () => [],
): Promise<SeenPair> {
  const [found, contact] = await Promise.all([
    sightOf(tribeId === null ? null : () => findRole(ctx, kind, tribeId, link)),
    sightOf(
      powerOfficeId === null
        ? null
        : async () => {
            const noted = { id: powerOfficeId, parentId: link?.powerOfficeParentId ?? null }
            return ctx.powerOffice.findContact(kind, await placeOf(ctx, kind, noted))
          },
    ),
  ])
  const type = withOwn(ctx, typeOf(kind, found, contact, link))
  const role: Sight<Role> = found.is === 'there' ? { is: 'there', record: found.record.role } : found
  const crm =
    found.is === 'there'
      ? await sightOf(() =>
          tribeRelation(
            ctx,
            found.record.type,
            found.record.role,
            contact.is === 'there' ? parentOf(contact.record) : null,
          ),
        )
      : found
  const books: Sight<ReturnType<typeof relationFromPowerOffice>> =
    contact.is === 'there' ? { is: 'there', record: relationFromPowerOffice(type, contact.record) } : contact
  const isParted = link?.state === 'forgotten'
  const outcome =
    role.is === 'there' && contact.is === 'there' && !isParted
      ? await outcomeOf(ctx, (told) =>
          mergePair(told, { type, link, role: role.record, contact: contact.record, fills: 'always' }),
        )
      : null
  const known = new Set(fieldsOf(ctx, type))
  const besides = await more({ of: type.set, crm: role, contact })
  const pair = seenPair({
    rows: type.rows.filter((row) => row.of.includes(type.name)),
    crm,
    books,
    outcome,
    offOf: (row) => {
      if (!isOn(type, ctx.settings)) return 'switched-off'
      if (!known.has(row.name)) return whyLeftOut(ctx, type, row)
      return isParted ? 'forgotten' : null
    },
    canBeTold: (row, side) => side === 'crm' || !row.isLed,
  })
  return { ...pair, fields: [...pair.fields, ...besides] }
}

/** The role as far as it can be judged, with its type; null: Tribe has none. */
async function findRole(
  ctx: SyncContext,
  kind: RelationKind,
  id: string,
  link: LinkState | null,
): Promise<{ type: RelationType; role: Role } | null> {
  const named = link && typeNamed(link.tribeType)
  for (const type of named ? [named] : typesOfKind(kind)) {
    const role = wholeRole(type, await ctx.tribe.findRole(type.set, id))
    if (role) return { type, role }
  }
  return null
}

function typeOf(
  kind: RelationKind,
  found: Sight<{ type: RelationType }>,
  contact: Sight<Contact>,
  link: LinkState | null,
): RelationType {
  if (found.is === 'there') return found.record.type
  const named = link && typeNamed(link.tribeType)
  const shown = contact.is === 'there' ? typeOfContact(kind, contact.record) : null
  return named ?? shown ?? (typesOfKind(kind)[0] as RelationType)
}

/** Switched off by the tenant, or a system has no place for it or does not let us read it. */
function whyLeftOut(ctx: SyncContext, type: RelationType, row: RelationRow): string {
  if (row.isFinancial && !ctx.settings.relations.financialFields) return 'switched-off'
  const isInTribe = row.crm.members.some(
    (member) =>
      has(ctx.tribeProfile.dialect, type.set, member) ||
      has(ctx.tribeProfile.dialect, type.relationSet, member),
  )
  return isInTribe ? 'not-allowed' : 'not-in-crm'
}
