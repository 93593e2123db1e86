import type { LinkState } from '../db/links'
import { noticeEdits, type SeenInTribe, toldFlapping } from '../lookups/told-edits'
import type { Contact } from '../poweroffice/schemas'
import { preferredBy } from '../shared/sides'
import { recordSubject } from '../shared/subjects'
import { DONE, type Step, type SyncContext, type SyncResult } from '../sync-step'
import { setOfType } from '../tribe/sets'
import { type ComparisonRow, replaceRows } from '../two-way/comparison'
import { merge, withoutWithheld } from '../two-way/merge'
import { again, CHUNK, eachRow, PAGE_SIZE, PASSED_OVER, reportUnreadable } from '../two-way/rows'
import { worthALook } from '../two-way/vanished'
import { companiesOf } from './companies'
import { LED_BY_POWEROFFICE } from './fields'
import {
  isOn,
  RELATION_KINDS,
  type RelationKind,
  type RelationType,
  typeOfContact,
  typesOfKind,
} from './kinds'
import { fieldsOf, printsOf, tribeRelation } from './link'
import { relationFromPowerOffice } from './mapping'
import { readTribeIndex, type TribeIndex } from './matching'
import { subjectOf } from './moving'
import { noteNamesakes } from './namesakes'
import { oneWayIn, withOwn } from './own-rows'
import { linksById, otherKind, otherRole, roleOf } from './rows'
import { type PowerOfficeLook, sharedBy, syncFromPowerOffice } from './sync'

/**
 * The nightly comparison (DESIGN.md §8.1): every record of both sides. What drifted is repaired by the normal
 * rules, what is gone is looked at once more, and the counts of both sides stand next to each other.
 */

/** Lives in memory: a comparison that was cut off begins its kind anew. */
interface Underway {
  index: TribeIndex
  page: number
  readAt: number
  rows: Contact[]
  isLast: boolean
  done: number
  isStale: boolean
  /** PowerOffice's records that count, and all that are there. */
  seen: Set<string>
  present: Set<string>
  differ: number
}

const WHAT: Record<RelationKind, string> = {
  customer: 'customers',
  supplier: 'suppliers',
  contactPerson: 'contactPersons',
}

/** The subject is the kind; without one it begins with customers, and each kind asks for the next. */
export const compareRelations: Step = async (ctx, { id }) => {
  if (ctx.facts.get('initial-sync')) return DONE
  const kind = RELATION_KINDS.find((name) => name === id) ?? 'customer'
  if (id === '' || !ctx.facts.get('comparison:rows')) ctx.facts.set('comparison:rows', [])
  if (typesOfKind(kind).some((type) => isOn(type, ctx.settings))) {
    const result = await compareKind(ctx, kind)
    if (result.status === 'again') return result
  }
  const next = RELATION_KINDS[RELATION_KINDS.indexOf(kind) + 1]
  if (next) ctx.enqueue({ kind: 'compare', subject: next, lane: 'bulk' })
  else {
    replaceRows(ctx, Object.values(WHAT), ctx.facts.get('comparison:rows') ?? [])
    ctx.facts.remove('comparison:rows')
    ctx.enqueue({ kind: 'compare', subject: 'product', lane: 'bulk' })
  }
  return DONE
}

async function compareKind(ctx: SyncContext, kind: RelationKind): Promise<SyncResult> {
  const key = `compare:${kind}`
  const now = await underway(ctx, kind, ctx.cache.get(key) as Underway | undefined)
  ctx.cache.set(key, { ...now, isStale: true })
  const done = await compareRows(ctx, kind, now.rows.slice(now.done, now.done + CHUNK), now)
  await ctx.flush()
  now.done += done
  ctx.cache.set(key, now)
  if (now.done < now.rows.length) return again('more rows of this page')
  if (!now.isLast) {
    ctx.cache.set(key, { ...now, ...(await pageOf(ctx, kind, now.page + 1)) })
    return again('more pages')
  }
  ctx.cache.delete(key)
  await lookForGone(ctx, kind, now)
  const linked = (await ctx.links.counts())[kind]
  const row: ComparisonRow = {
    what: WHAT[kind],
    tribe: await countInTribe(ctx, kind, now.index),
    powerOffice: now.seen.size,
    linked,
    differ: now.differ,
  }
  ctx.facts.set('comparison:rows', [...(ctx.facts.get('comparison:rows') ?? []), row])
  return DONE
}

/** After a run that failed both lists are read again: what it wrote shows in neither, and the note of it may be lost. */
async function underway(ctx: SyncContext, kind: RelationKind, held: Underway | undefined): Promise<Underway> {
  if (held && !held.isStale) return held
  const index = await readTribeIndex(ctx, kind)
  const page = await pageOf(ctx, kind, held?.page ?? 1)
  const fresh = { ...page, index, isStale: false }
  return held
    ? { ...held, ...fresh, done: held.done }
    : { ...fresh, seen: new Set(), present: new Set(), differ: 0 }
}

/** Roles that are switched on; contact persons only where their company is synced. */
async function countInTribe(ctx: SyncContext, kind: RelationKind, { roles }: TribeIndex): Promise<number> {
  const types = typesOfKind(kind).filter((type) => isOn(type, ctx.settings))
  const mine = roles.filter((role) => types.some((type) => role[type.child]))
  if (kind !== 'contactPerson') return mine.length
  const companies = companiesOf(ctx)
  await companies.preload({ organizationIds: mine.flatMap((role) => role.Relation?.ID ?? []) })
  const homes = await Promise.all(
    mine.map((role) => (role.Relation ? companies.inPowerOffice(role.Relation.ID) : null)),
  )
  return homes.filter((home) => home !== null).length
}

async function pageOf(ctx: SyncContext, kind: RelationKind, page: number) {
  const readAt = ctx.now()
  const read = await ctx.powerOffice.contacts(kind, { page, pageSize: PAGE_SIZE, orderBy: 'Id asc' })
  reportUnreadable(ctx, kind, read.unreadable)
  if (kind === 'contactPerson') noteNamesakes(ctx, read.rows)
  return { page, readAt, rows: read.rows, isLast: read.isLast, done: 0 }
}

async function compareRows(
  ctx: SyncContext,
  kind: RelationKind,
  rows: readonly Contact[],
  now: Underway,
): Promise<number> {
  const ids = rows.map((row) => String(row.Id))
  const links = linksById(await ctx.links.amongPowerOffice(kind, ids))
  const siblings = linksById(
    kind === 'contactPerson' ? [] : await ctx.links.amongPowerOffice(otherKind(kind), ids),
  )
  if (kind === 'contactPerson') await preloadCompanies(ctx, rows, links, now.index)
  const flapping = kind === 'customer' ? await noticeEdits(ctx, kind, rolesOf(links, now.index)) : []
  for (const tribeId of flapping)
    ctx.park({ kind, subject: recordSubject('tribe', tribeId), lane: 'bulk' }, toldFlapping())
  return eachRow(
    ctx,
    rows,
    (row) => ({ kind, subject: subjectOf(row) }),
    async (contact) => {
      now.present.add(String(contact.Id))
      const type = typeOfContact(kind, contact)
      if (!type || !isOn(type, ctx.settings)) return
      const link = links.get(String(contact.Id)) ?? null
      if (link || contact.IsActive !== false || kind !== 'contactPerson') now.seen.add(String(contact.Id))
      const sibling = siblings.get(String(contact.Id)) ?? null
      return compareRow(ctx, { type, contact, link, sibling }, now)
    },
  )
}

function rolesOf(links: ReadonlyMap<string, LinkState>, index: TribeIndex): SeenInTribe[] {
  return [...links.values()].flatMap(({ tribeId, tribeType, state }) => {
    const record = state === 'linked' ? index.role(tribeId) : null
    return record ? [{ tribeId, of: setOfType(tribeType), record }] : []
  })
}

interface Row {
  type: RelationType
  contact: Contact
  link: LinkState | null
  /** The link of the other role of the same company. */
  sibling: LinkState | null
}

async function compareRow(
  ctx: SyncContext,
  { type, contact, link, sibling }: Row,
  now: Underway,
): Promise<typeof PASSED_OVER | undefined> {
  const role = link && now.index.role(link.tribeId)
  if (link && link.state !== 'linked') {
    lookAgain(ctx, link, contact, role !== null)
    return
  }
  if (link && role && (await isInStep(ctx, type, { link, contact, role }))) return
  if (link) now.differ++
  // Whether Tribe has it no more is seen once all are read.
  if (link && !now.index.has(link.tribeId)) return PASSED_OVER
  const look: PowerOfficeLook = {
    type,
    contact,
    readAt: now.readAt,
    link,
    matchesOf: async () =>
      now.index.matchesOf(ctx, type, contact, await otherRole(ctx, type.kind, contact, sibling)),
    // The list is minutes old: what is written is decided on what Tribe holds now.
    roleOf: (held) => roleOf(ctx, held),
    fills: 'always',
  }
  await (link
    ? ctx.withLock(sharedBy(link), () => syncFromPowerOffice(ctx, look))
    : syncFromPowerOffice(ctx, look))
}

/** Both sides of a pair that came apart are there: it goes on where it was, unless an admin parted the two. */
function lookAgain(ctx: SyncContext, link: LinkState, contact: Contact, isInTribe: boolean): void {
  if (link.state === 'forgotten' || !isInTribe) return
  const subject = link.state === 'tribe-gone' ? recordSubject('tribe', link.tribeId) : subjectOf(contact)
  ctx.enqueue({ kind: link.kind, subject, lane: 'bulk' })
}

/** One query for a chunk, rather than one for each company. */
function preloadCompanies(
  ctx: SyncContext,
  rows: readonly Contact[],
  links: ReadonlyMap<string, LinkState>,
  index: TribeIndex,
): Promise<void> {
  const roles = rows.flatMap((row) => index.role(links.get(String(row.Id))?.tribeId ?? '') ?? [])
  return companiesOf(ctx).preload({
    contactIds: rows.flatMap((row) => (row.ContactId == null ? [] : String(row.ContactId))),
    organizationIds: roles.flatMap((role) => role.Relation?.ID ?? []),
  })
}

async function isInStep(
  ctx: SyncContext,
  given: RelationType,
  {
    link,
    contact,
    role,
  }: { link: LinkState; contact: Contact; role: NonNullable<ReturnType<TribeIndex['role']>> },
): Promise<boolean> {
  const type = withOwn(ctx, given)
  const plan = merge({
    fields: fieldsOf(ctx, type),
    crm: await printsOf(ctx, type, await tribeRelation(ctx, type, role, link.powerOfficeParentId)),
    books: await printsOf(ctx, type, relationFromPowerOffice(type, contact)),
    bases: withoutWithheld(link.bases),
    prefer: preferredBy(ctx.settings.conflictPolicy),
    newest: 'books',
    ledByBooks: LED_BY_POWEROFFICE,
    oneWay: oneWayIn(ctx, type),
  })
  return plan.toCrm.length + plan.toBooks.length + plan.fills.length === 0
}

/** Records that one of the lists does not have any more: only a look of their own may say that they are gone. */
async function lookForGone(
  ctx: SyncContext,
  kind: RelationKind,
  { present, index }: Underway,
): Promise<void> {
  const pairs = await ctx.links.pairs(kind)
  for (const { powerOfficeId, powerOfficeParentId } of pairs) {
    const subject = recordSubject('powerOffice', powerOfficeId, powerOfficeParentId)
    if (!present.has(powerOfficeId)) ctx.enqueue({ kind, subject, lane: 'bulk' })
  }
  // Also of one that PowerOffice's list leaves out because it is archived.
  const unseen = pairs.filter(({ tribeId }) => !index.has(tribeId))
  for (const { tribeId } of worthALook(ctx, { kind, linked: pairs.length }, unseen))
    ctx.enqueue({ kind, subject: recordSubject('tribe', tribeId), lane: 'bulk' })
}
