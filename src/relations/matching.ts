import type { LinkState } from '../db/links'
import type { Contact } from '../poweroffice/schemas'
import { undecidable } from '../shared/errors'
import { canonicalNumber, spacedNumber } from '../shared/numbers'
import { byImportId, importIdEnd, tribeIdIn } from '../shared/reference'
import type { SyncContext } from '../sync-step'
import { isGuid, literal } from '../tribe/odata'
import type { Role } from '../tribe/schemas'
import { companiesOf } from './companies'
import { numberPathOf, type RelationKind, type RelationType, typeOfContact, typesOfKind } from './kinds'
import { relationIdOf } from './link'
import { decisionOf } from './link-found'
import { relationFromTribe } from './mapping'
import { colleaguesOf, type Namesakes, namesakesOf } from './namesakes'
import { noteSharedAddresses } from './shared-address'
import type { Matches } from './sync'

/**
 * Which of Tribe's roles may be the same as a contact (DESIGN.md §4.3): by the PowerOffice id in `ImportId` or by
 * our reference in PowerOffice, then by number; contact persons, who have none, by name (`namesakes.ts`).
 * Nothing else ties records together.
 */
export interface TribeIndex {
  roles: readonly Role[]
  has(tribeId: string): boolean
  role(tribeId: string): Role | null
  matchesOf(
    ctx: SyncContext,
    type: RelationType,
    contact: Contact,
    sibling: OtherRole | null,
  ): Promise<Matches>
}

/** The organisation behind the other role of a contact. */
export interface OtherRole extends Pick<LinkState, 'tribeRelationId'> {
  /** Which one it is, a person has to say first. */
  isUnclear?: boolean
}

export const NO_MATCHES: Matches = {
  byId: null,
  byNumber: [],
  siblingId: null,
  isOtherUnclear: false,
  isUnclear: false,
}
const NO_NAMESAKES: Namesakes = { roles: [], isUnclear: false }

export function indexOf(
  ctx: SyncContext,
  kind: RelationKind,
  rolesByType: readonly (readonly [RelationType, readonly Role[]])[],
): TribeIndex {
  const byId = new Map<string, Role>()
  const byNumber = new Map<string, Role[]>()
  const byRelation = new Map<string, Role>()
  const byCompany = new Map<string, Role[]>()
  const add = (map: Map<string, Role[]>, key: string, role: Role) =>
    map.set(key, [...(map.get(key) ?? []), role])
  for (const [type, roles] of rolesByType) {
    const path = numberPathOf(type, ctx.tribeProfile.dialect)
    for (const role of roles) {
      byId.set(role.ID, role)
      const number = canonicalNumber(relationFromTribe(type, role, path).number)
      if (number) add(byNumber, number, role)
      const relationId = relationIdOf(type, role)
      if (relationId && type.kind !== 'contactPerson') byRelation.set(relationId, role)
      if (role.Relation) add(byCompany, role.Relation.ID, role)
    }
  }

  const imported = byImportId(ctx, kind, byId.values())

  async function byOurIds(ctx: SyncContext, contact: Contact): Promise<Role | null> {
    const decided = decisionOf(ctx, kind, String(contact.Id))
    if (decided?.action === 'link' && decided.tribeId) {
      const role = byId.get(decided.tribeId) ?? byRelation.get(decided.tribeId)
      if (role) return role
      throw undecidable(decided.tribeId)
    }
    const referenced = tribeIdIn(contact.ExternalImportReference ?? contact.ExternalCode)
    const [marked, ...copies] = markedFor(contact)
    const only = copies.length === 0 ? marked : undefined
    return only ?? (referenced ? byId.get(referenced) : undefined) ?? null
  }
  const markedFor = ({ Id }: Contact): readonly Role[] => imported.get(String(Id)) ?? []

  const roleOfRelation = (id: string | null): Role | null =>
    id === null ? null : (byRelation.get(id) ?? null)
  const numbered = (number: Contact['Number']): readonly Role[] =>
    number == null ? [] : (byNumber.get(String(number)) ?? [])

  async function namesakes(ctx: SyncContext, contact: Contact) {
    const companyId =
      contact.ContactId == null ? null : await companiesOf(ctx).inTribe(String(contact.ContactId))
    const colleagues = companyId === null ? [] : (byCompany.get(companyId) ?? [])
    return namesakesOf(contact, colleagues, () => colleaguesOf(ctx, contact))
  }

  return {
    roles: [...byId.values()],
    has: (tribeId) => byId.has(tribeId),
    role: (tribeId) => byId.get(tribeId) ?? null,
    async matchesOf(ctx, type, contact, sibling) {
      const siblingId = sibling?.tribeRelationId ?? null
      const other = { siblingId, isOtherUnclear: sibling?.isUnclear ?? false }
      const found = (await byOurIds(ctx, contact)) ?? roleOfRelation(siblingId)
      const marked = found ? [] : markedFor(contact)
      if (marked.length > 1) return { byId: null, byNumber: [...marked], ...other, isUnclear: 'by-mark' }
      if (type.kind === 'contactPerson') {
        const { roles, isUnclear } = found ? NO_NAMESAKES : await namesakes(ctx, contact)
        return { byId: found, byNumber: roles, ...other, isUnclear }
      }
      const others = numbered(contact.Number)
      return { byId: found, byNumber: [...others], ...other, isUnclear: others.length > 1 }
    },
  }
}

/** All roles of a kind: for a full sweep, which would otherwise ask for each page anew. */
export async function readTribeIndex(ctx: SyncContext, kind: RelationKind): Promise<TribeIndex> {
  const rolesByType: (readonly [RelationType, readonly Role[]])[] = []
  for (const type of typesOfKind(kind)) rolesByType.push([type, await ctx.tribe.allRoles(type.set)])
  noteSharedAddresses(ctx, rolesByType)
  return indexOf(ctx, kind, rolesByType)
}

/** Contacts a question, so that its URL stays short. */
const A_TIME = 20

/** The roles that may be the same as these few contacts. */
export async function findMatches(
  ctx: SyncContext,
  kind: RelationKind,
  contacts: readonly Contact[],
): Promise<TribeIndex> {
  const rolesByType: (readonly [RelationType, readonly Role[]])[] = []
  for (const type of typesOfKind(kind)) {
    const mine = contacts.filter((contact) => typeOfContact(kind, contact)?.name === type.name)
    for (let at = 0; at < mine.length; at += A_TIME) {
      const terms = await Promise.all(
        mine.slice(at, at + A_TIME).map((contact) => termsFor(ctx, type, contact)),
      )
      rolesByType.push([type, await ctx.tribe.rolesWhere(type.set, terms.join(' or '))])
    }
  }
  return indexOf(ctx, kind, rolesByType)
}

/**
 * Where a number may stand, spelled in whatever way: what this finds besides is looked at once more. A short number
 * is part of many others, so only its usual spellings are asked for.
 */
function spellingsOf(path: string, number: string): string[] {
  if (number.length > 3)
    return [number, spacedNumber(number)].map((text) => `contains(${path},${literal(text)})`)
  const padded = [4, 5, 6].map((length) => number.padStart(length, '0'))
  return [number, ` ${number}`, `${number} `, ...padded].map((text) => `${path} eq ${literal(text)}`)
}

async function termsFor(ctx: SyncContext, type: RelationType, contact: Contact): Promise<string> {
  const ours = tribeIdIn(contact.ExternalImportReference ?? contact.ExternalCode)
  const decided = decisionOf(ctx, type.kind, String(contact.Id))?.tribeId ?? null
  const numberPath = numberPathOf(type, ctx.tribeProfile.dialect)
  const companyId =
    type.kind === 'contactPerson' && contact.ContactId != null
      ? await companiesOf(ctx).inTribe(String(contact.ContactId))
      : null
  return [
    `contains(ImportId,${literal(importIdEnd(type.kind, contact.Id))})`,
    ...(contact.Number == null || numberPath === null ? [] : spellingsOf(numberPath, String(contact.Number))),
    ...[ours, decided].flatMap((id) => (id && isGuid(id) ? [`ID eq ${id}`] : [])),
    ...(decided && isGuid(decided) ? [`${type.child}/ID eq ${decided}`] : []),
    ...(companyId ? [`Relation/ID eq ${companyId}`] : []),
  ].join(' or ')
}
