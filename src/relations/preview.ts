import type { LinkState } from '../db/links'
import type { Contact } from '../poweroffice/schemas'
import { canonicalAddress } from '../shared/addresses'
import { asSyncError } from '../shared/errors'
import { canonicalOrganizationNumber } from '../shared/organization-number'
import { preferredBy } from '../shared/sides'
import { DONE, type PreviewItem, type Step, type SyncContext, type SyncResult } from '../sync-step'
import type { Role } from '../tribe/schemas'
import { merge } from '../two-way/merge'
import { PAGE_SIZE } from '../two-way/rows'
import { companiesOf } from './companies'
import { LED_BY_POWEROFFICE, type Relation } from './fields'
import {
  isOn,
  numberPathOf,
  RELATION_KINDS,
  type RelationKind,
  type RelationType,
  typeOfContact,
  typesOfKind,
} from './kinds'
import { fieldsOf, relationIdOf } from './link'
import { decisionOf } from './link-found'
import { canonical, relationFromPowerOffice, relationFromTribe } from './mapping'
import { NO_MATCHES, readTribeIndex, type TribeIndex } from './matching'
import { noteNamesakes } from './namesakes'
import { oneWayIn, withOwn } from './own-rows'
import { isTribeNewer } from './pair'
import { linksById } from './rows'
import type { Matches } from './sync'

/**
 * The companies that PowerOffice's contacts would be in Tribe: an organisation that is there, or null for one
 * that would be made. Suppliers and contact persons go by it, since no link is there yet.
 */
type CompaniesToBe = Map<string, string | null>
const COMPANIES = 'preview:companies'

/** What the first load would do, worked out without a write. The subject is the kind, as in the pull. */
export const previewRelations: Step = async (ctx, { id }) => {
  const kind = RELATION_KINDS.find((name) => name === id) ?? 'customer'
  if (id !== '' && !ctx.cache.has(COMPANIES)) {
    // It was cut off, and what the first kinds found is lost.
    ctx.enqueue({ kind: 'preview', subject: '', lane: 'bulk' })
    return DONE
  }
  if (id === '') {
    ctx.preview.begin(new Date(ctx.now()).toISOString())
    ctx.cache.set(COMPANIES, new Map())
  }
  if (typesOfKind(kind).some((type) => isOn(type, ctx.settings))) await previewKind(ctx, kind)
  const next = RELATION_KINDS[RELATION_KINDS.indexOf(kind) + 1]
  if (next) ctx.enqueue({ kind: 'preview', subject: next, lane: 'bulk' })
  else {
    ctx.cache.delete(COMPANIES)
    ctx.enqueue({ kind: 'preview', subject: 'product', lane: 'bulk' })
  }
  return DONE satisfies SyncResult
}

async function previewKind(ctx: SyncContext, kind: RelationKind): Promise<void> {
  const index = await readTribeIndex(ctx, kind)
  const lookalikes = lookalikesIn(ctx, kind, index)
  const toBe = ctx.cache.get(COMPANIES) as CompaniesToBe
  if (kind === 'contactPerson') companiesOf(ctx).assume(toBe)
  const spokenFor = new Set<string>()
  ctx.preview.clear(kind)
  for (let page = 1; ; page++) {
    const read = await ctx.powerOffice.contacts(kind, { page, pageSize: PAGE_SIZE, orderBy: 'Id asc' })
    if (kind === 'contactPerson') noteNamesakes(ctx, read.rows)
    const ids = read.rows.map((row) => String(row.Id))
    const links = linksById(await ctx.links.amongPowerOffice(kind, ids))
    const items: PreviewItem[] = []
    for (const contact of read.rows) {
      const link = links.get(String(contact.Id))
      const item = await previewRow(ctx, kind, contact, { link, index, toBe, lookalikes, spokenFor })
      if (item) items.push(item)
    }
    ctx.preview.add(items)
    if (read.isLast) break
  }
  ctx.preview.add(onlyInTribe(ctx, kind, index, spokenFor))
}

interface RowBeside {
  link: LinkState | undefined
  index: TribeIndex
  toBe: CompaniesToBe
  lookalikes: Lookalikes
  /** Roles that a row is, or was: whatever is not among them is in Tribe alone. */
  spokenFor: Set<string>
}

/** Null: nothing would be done with it. */
async function previewRow(
  ctx: SyncContext,
  kind: RelationKind,
  contact: Contact,
  { link, index, toBe, lookalikes, spokenFor }: RowBeside,
): Promise<PreviewItem | null> {
  const type = typeOfContact(kind, contact)
  if (!type || !isOn(type, ctx.settings)) return null
  if (link && link.state !== 'linked') spokenFor.add(link.tribeId)
  const linked = link?.state === 'linked' ? index.role(link.tribeId) : null
  if (link ? !linked : !isWanted(contact, toBe)) return null
  const matches = linked
    ? { ...NO_MATCHES, byId: linked }
    : await matchesToBe(ctx, type, contact, { index, toBe })
  const item = itemOf(ctx, type, contact, matches, lookalikes)
  for (const tribeId of item.tribeIds) spokenFor.add(tribeId)
  if (type.party === 'organization') noteCompany(ctx, type, contact, item, index)
  return item
}

/** Null when an admin's decision has come to nothing. */
async function matchesToBe(
  ctx: SyncContext,
  type: RelationType,
  contact: Contact,
  { index, toBe }: { index: TribeIndex; toBe: CompaniesToBe },
): Promise<Matches | null> {
  const siblingId = type.party === 'organization' ? (toBe.get(String(contact.Id)) ?? null) : null
  try {
    return await index.matchesOf(ctx, type, contact, { tribeRelationId: siblingId })
  } catch (thrown) {
    if (asSyncError(thrown).remedy !== 'data') throw thrown
    return null
  }
}

/** A person whom PowerOffice hides, or whose company does not come to Tribe, is not brought there. */
const isWanted = (contact: Contact, toBe: CompaniesToBe): boolean =>
  contact.ContactId == null || (contact.IsActive !== false && toBe.has(String(contact.ContactId)))

/** What is ambiguous or left alone is not written, and nor are its contact persons. */
function noteCompany(
  ctx: SyncContext,
  type: RelationType,
  contact: Contact,
  { outcome, tribeIds }: PreviewItem,
  index: TribeIndex,
): void {
  const toBe = ctx.cache.get(COMPANIES) as CompaniesToBe
  const id = String(contact.Id)
  if (outcome === 'ambiguous' || decisionOf(ctx, type.kind, id)?.action === 'leave') return
  const role = index.role(tribeIds[0] ?? '')
  toBe.set(id, (role && relationIdOf(type, role)) ?? toBe.get(id) ?? null)
}

function itemOf(
  ctx: SyncContext,
  type: RelationType,
  contact: Contact,
  matches: Matches | null,
  lookalikes: Lookalikes,
): PreviewItem {
  const relation = relationFromPowerOffice(type, contact)
  const base = {
    kind: type.kind,
    powerOfficeId: String(contact.Id),
    number: relation.number,
    name: nameOf(relation),
    toPowerOffice: [] as string[],
  }
  if (!matches) return { ...base, outcome: 'ambiguous', tribeIds: [], duplicates: [] }
  const isNew = decisionOf(ctx, type.kind, base.powerOfficeId)?.action === 'create'
  const byNumber = isNew ? [] : matches.byNumber
  const found = matches.byId ? [matches.byId] : byNumber
  const tribeIds = found.map((role) => role.ID)
  // A company here and a person there: a person has to say whether they are one.
  if (found.some((role) => !role[type.child]))
    return { ...base, outcome: 'ambiguous', tribeIds, duplicates: [] }
  const [only] = found
  if (only && !matches.isUnclear) base.toPowerOffice = toPowerOfficeBy(ctx, type, only, contact)
  if (matches.byId) return { ...base, outcome: 'matched-by-id', tribeIds, duplicates: [] }
  if (tribeIds.length > 0 && matches.isUnclear)
    return { ...base, outcome: 'ambiguous', tribeIds, duplicates: [] }
  if (tribeIds.length > 0) return { ...base, outcome: 'matched-by-number', tribeIds, duplicates: [] }
  return { ...base, outcome: 'new-in-tribe', tribeIds: [], duplicates: lookalikes.of(relation) }
}

/** Fields whose value in PowerOffice the policy would let Tribe's take the place of. */
function toPowerOfficeBy(ctx: SyncContext, given: RelationType, role: Role, contact: Contact): string[] {
  const type = withOwn(ctx, given)
  const texts = (relation: Relation) =>
    Object.fromEntries(
      Object.entries(canonical(relation, type.rows)).map(([field, text]) => [field, text ?? '']),
    )
  return merge({
    // Which company a person belongs to is not asked here: it costs a query.
    fields: fieldsOf(ctx, type).filter((field) => field !== 'company'),
    crm: texts(relationOf(ctx, type, role)),
    books: texts(relationFromPowerOffice(type, contact)),
    bases: {},
    prefer: preferredBy(ctx.settings.conflictPolicy),
    newest: isTribeNewer(role, contact) ? 'crm' : 'books',
    ledByBooks: LED_BY_POWEROFFICE,
    oneWay: oneWayIn(ctx, type),
  }).toBooks
}

/** What `sync unlinked` would push: former ones stay. */
function onlyInTribe(
  ctx: SyncContext,
  kind: RelationKind,
  index: TribeIndex,
  spokenFor: ReadonlySet<string>,
): PreviewItem[] {
  const items: PreviewItem[] = []
  for (const role of index.roles) {
    const type = typeOfRole(kind, role)
    if (spokenFor.has(role.ID) || role.IsFormer || !type || !isOn(type, ctx.settings)) continue
    const relation = relationOf(ctx, type, role)
    const base = {
      kind,
      powerOfficeId: null,
      number: relation.number,
      name: nameOf(relation),
      toPowerOffice: [],
    }
    items.push({ ...base, outcome: 'only-in-tribe', tribeIds: [role.ID], duplicates: [] })
  }
  return items
}

/** Without its company, which costs a query. */
const relationOf = (ctx: SyncContext, type: RelationType, role: Role): Relation =>
  relationFromTribe(type, role, numberPathOf(type, ctx.tribeProfile.dialect))

const nameOf = (relation: Relation) =>
  relation.name ?? [relation.firstName, relation.lastName].filter(Boolean).join(' ')

const typeOfRole = (kind: RelationKind, role: Role): RelationType | undefined =>
  typesOfKind(kind).find((type) => role[type.child])

/** Records that look alike and are never tied together by themselves: they are shown to a person. */
interface Lookalikes {
  of(relation: Relation): PreviewItem['duplicates']
}

function lookalikesIn(ctx: SyncContext, kind: RelationKind, index: TribeIndex): Lookalikes {
  const byTrait = new Map<string, string[]>()
  for (const role of index.roles) {
    const type = typeOfRole(kind, role)
    if (!type) continue
    for (const { key } of traitsOf(relationOf(ctx, type, role)))
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

/** Same organisation number, same e-mail address, or same name in the same postal code. */
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
