import { PAGE_SIZE } from '../pairs/rows'
import type { Contact } from '../poweroffice/schemas'
import { canonicalAddress } from '../shared/addresses'
import { canonicalOrganizationNumber } from '../shared/organization-number'
import { DONE, type PreviewItem, type Step, type SyncContext, type SyncResult } from '../sync-step'
import type { Role } from '../tribe/schemas'
import {
  isOn,
  RELATION_KINDS,
  type RelationKind,
  type RelationType,
  typeOfContact,
  typesOfKind,
} from './kinds'
import { tribeRelation } from './link'
import { relationFromPowerOffice } from './mapping'
import { readTribeIndex, type TribeIndex } from './matching'
import type { Relation } from './relation'
import { linksById, otherKind } from './rows'
import type { Matches } from './sync'

/** What the first load would do, worked out without a write (spec §2, step 7). The subject is the kind, as in the pull. */
export const previewRelations: Step = async (ctx, { id }) => {
  const kind = RELATION_KINDS.find((name) => name === id) ?? 'customer'
  if (id === '') ctx.preview.begin(new Date(ctx.now()).toISOString())
  if (typesOfKind(kind).some((type) => isOn(type, ctx.settings))) await previewKind(ctx, kind)
  const next = RELATION_KINDS[RELATION_KINDS.indexOf(kind) + 1]
  if (next) ctx.enqueue({ kind: 'preview', subject: next, lane: 'bulk' })
  else ctx.enqueue({ kind: 'preview', subject: 'product', lane: 'bulk' })
  return DONE satisfies SyncResult
}

async function previewKind(ctx: SyncContext, kind: RelationKind): Promise<void> {
  const index = await readTribeIndex(ctx, kind)
  const lookalikes = await lookalikesIn(ctx, kind, index)
  const spokenFor = new Set<string>()
  ctx.preview.clear(kind)
  for (let page = 1; ; page++) {
    const read = await ctx.powerOffice.contacts(kind, { page, pageSize: PAGE_SIZE, orderBy: 'Id asc' })
    const ids = read.rows.map((row) => String(row.Id))
    const links = linksById(await ctx.links.amongPowerOffice(kind, ids))
    const siblings = linksById(
      kind === 'contactPerson' ? [] : await ctx.links.amongPowerOffice(otherKind(kind), ids),
    )
    const items: PreviewItem[] = []
    for (const contact of read.rows) {
      const type = typeOfContact(kind, contact)
      if (!type || !isOn(type, ctx.settings)) continue
      const link = links.get(String(contact.Id))
      const matches = link
        ? { byId: index.role(link.tribeId), byNumber: [], siblingId: null }
        : await index.matchesOf(ctx, type, contact, siblings.get(String(contact.Id)) ?? null)
      const item = itemOf(kind, type, contact, matches, lookalikes)
      for (const tribeId of item.tribeIds) spokenFor.add(tribeId)
      items.push(item)
    }
    ctx.preview.add(items)
    if (read.isLast) break
  }
  ctx.preview.add(await onlyInTribe(ctx, kind, index, spokenFor))
}

function itemOf(
  kind: RelationKind,
  type: RelationType,
  contact: Contact,
  matches: Matches,
  lookalikes: Lookalikes,
): PreviewItem {
  const relation = relationFromPowerOffice(type, contact)
  const base = { kind, powerOfficeId: String(contact.Id), number: relation.number, name: nameOf(relation) }
  if (matches.byId) return { ...base, outcome: 'matched-by-id', tribeIds: [matches.byId.ID], duplicates: [] }
  const tribeIds = matches.byNumber.map((role) => role.ID)
  if (tribeIds.length === 1) return { ...base, outcome: 'matched-by-number', tribeIds, duplicates: [] }
  if (tribeIds.length > 1) return { ...base, outcome: 'ambiguous', tribeIds, duplicates: [] }
  return { ...base, outcome: 'new-in-tribe', tribeIds: [], duplicates: lookalikes.of(relation) }
}

async function onlyInTribe(
  ctx: SyncContext,
  kind: RelationKind,
  index: TribeIndex,
  spokenFor: ReadonlySet<string>,
): Promise<PreviewItem[]> {
  const items: PreviewItem[] = []
  for (const role of index.roles) {
    const type = typeOfRole(kind, role)
    if (spokenFor.has(role.ID) || !type || !isOn(type, ctx.settings)) continue
    const relation = await tribeRelation(ctx, type, role)
    const base = { kind, powerOfficeId: null, number: relation.number, name: nameOf(relation) }
    items.push({ ...base, outcome: 'only-in-tribe', tribeIds: [role.ID], duplicates: [] })
  }
  return items
}

const nameOf = (relation: Relation) =>
  relation.name ?? [relation.firstName, relation.lastName].filter(Boolean).join(' ')

const typeOfRole = (kind: RelationKind, role: Role): RelationType | undefined =>
  typesOfKind(kind).find((type) => role[type.child])

/** Records that look alike and are never tied together by themselves: they are shown to a person. */
interface Lookalikes {
  of(relation: Relation): PreviewItem['duplicates']
}

async function lookalikesIn(ctx: SyncContext, kind: RelationKind, index: TribeIndex): Promise<Lookalikes> {
  const byTrait = new Map<string, string[]>()
  for (const role of index.roles) {
    const type = typeOfRole(kind, role)
    if (!type) continue
    for (const { key } of traitsOf(await tribeRelation(ctx, type, role)))
      byTrait.set(key, [...(byTrait.get(key) ?? []), role.ID])
  }
  return {
    of: (relation) =>
      traitsOf(relation).flatMap(({ by, key }) =>
        (byTrait.get(key) ?? []).map((tribeId) => ({ tribeId, by })),
      ),
  }
}

type Trait = PreviewItem['duplicates'][number]['by']

/** Same organisation number, same e-mail address, or same name in the same postal code (spec §2). */
function traitsOf(relation: Relation): { by: Trait; key: string }[] {
  const organizationNumber = canonicalOrganizationNumber(relation.organizationNumber)
  const zipCode = canonicalAddress(relation.address)?.zipCode
  const name = nameOf(relation).toLowerCase()
  return [
    ...(organizationNumber ? [{ by: 'organizationNumber' as const, key: `n ${organizationNumber}` }] : []),
    ...(relation.email ? [{ by: 'email' as const, key: `e ${relation.email.toLowerCase()}` }] : []),
    ...(name && zipCode && zipCode !== '-'
      ? [{ by: 'nameAndPostalCode' as const, key: `z ${zipCode} ${name}` }]
      : []),
  ]
}
