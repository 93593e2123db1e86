import type { LinkState } from '../db/links'
import type { FactOf } from '../facts'
import { noticeEdits, toldFlapping } from '../lookups/told-edits'
import type { Contact } from '../poweroffice/schemas'
import { parseInstant } from '../shared/dates'
import { SyncError } from '../shared/errors'
import { canonicalNumber } from '../shared/numbers'
import { isOfTheseCompanies, powerOfficeIdFrom, tribeIdIn } from '../shared/reference'
import { recordSubject } from '../shared/subjects'
import { DONE, type SyncContext, type SyncResult } from '../sync-step'
import type { Role } from '../tribe/schemas'
import { typeOfSet } from '../tribe/sets'
import { entryFor, isOfKnownMoment, isOlder, noteSeen, toldAs } from '../two-way/link'
import { type LookedKind, lookFromBooks, lookFromCrm, reconcileRow } from '../two-way/look'
import { forgiven, isAsLast } from '../two-way/merge'
import { type Fills, leftOutIn } from '../two-way/reconcile'
import { askForPersonsOf, createInTribe } from './create'
import type { Relation } from './fields'
import { askForTheOther, isMadeInPlaceOf, linkGivenAgain, noteRelation } from './given-again'
import { isOn, type RelationKind, type RelationType } from './kinds'
import { problemOfLeftOut } from './left-out'
import {
  contactIdOf,
  faultError,
  fieldsOf,
  linkFrom,
  printsOf,
  severalMarked,
  tribeRelation,
  wholeRole,
} from './link'
import { relationFromPowerOffice } from './mapping'
import { parentOf, subjectOf } from './moving'
import { withOwn } from './own-rows'
import { mergePair } from './pair'
import {
  type PlanFromPowerOffice,
  type PlanFromTribe,
  planFromPowerOffice,
  planFromTribe,
  reasonOf,
} from './plan'
import { linkAsSeenInPowerOffice, linkAsSeenInTribe } from './seen'
import { refuseSecondContact } from './two-contacts'
import { adopt, bringToPowerOffice } from './unlinked'

export interface TribeLook {
  type: RelationType
  /** Null: Tribe does not know it. */
  role: Role | null
  link: LinkState | null
  inDoubt: boolean
  /** Somebody asks for another try: what was refused is sent once more. */
  tryAgain?: boolean
}

/** One look at a role of Tribe's: a webhook came, or a poll found it changed. */
export async function syncFromTribe(
  ctx: SyncContext,
  { type: asGiven, role: seen, link: held, inDoubt, tryAgain }: TribeLook,
): Promise<SyncResult> {
  const type = withOwn(ctx, asGiven)
  const known = held && tryAgain ? { ...held, bases: forgiven(held.bases) } : held
  if (!isOn(type, ctx.settings)) {
    if (seen) ctx.because(type.kind, toldAs(held, 'crm', seen.ID), 'switched-off')
    return DONE
  }
  const role = wholeRole(type, seen)
  const relation = role && (await tribeRelation(ctx, type, role, known?.powerOfficeParentId))
  const given = known ?? (role && relation && (await linkGivenAgain(ctx, type, role, relation)))
  if (role && given) noteSeen(ctx, given, 'crm')
  const prints = relation && (await printsOf(ctx, type, relation))
  const link = given && role && prints ? linkAsSeenInTribe(given, type, role, prints) : given
  const flapping = await editsOf(ctx, type, link, role)
  const plan = planFromTribe({
    link,
    role: role && {
      importedFrom: powerOfficeIdFrom(ctx, type.kind, role.ImportId),
      isFormer: role.IsFormer ?? false,
      number: canonicalNumber(relation?.number),
    },
    isAsLast: link !== null && prints !== null && isAsLast('crm', fieldsOf(ctx, type), prints, link.bases),
    inDoubt,
  })
  const id = role?.ID ?? link?.tribeId
  if (id !== undefined) ctx.because(type.kind, toldAs(link, 'crm', id), reasonOf(plan))
  const result = await followFromTribe(ctx, plan, { type, given, link, role, relation })
  if (flapping.length > 0) throw toldFlapping()
  return result
}

/** What the relay alone tells Tribe of a customer, and somebody has changed there. */
async function editsOf(
  ctx: SyncContext,
  type: RelationType,
  link: LinkState | null,
  role: Role | null,
): Promise<string[]> {
  if (!role || link?.state !== 'linked' || type.kind !== 'customer') return []
  return noticeEdits(ctx, type.kind, [{ tribeId: role.ID, of: type.set, record: role }])
}

interface SeenInTribe {
  type: RelationType
  given: LinkState | null
  /** The link that was given, as this look has found it. */
  link: LinkState | null
  role: Role | null
  relation: Relation | null
}

async function followFromTribe(
  ctx: SyncContext,
  plan: PlanFromTribe,
  { type, given, link, role, relation }: SeenInTribe,
): Promise<SyncResult> {
  switch (plan.do) {
    case 'nothing':
      if (link && link !== given && link.state === 'linked') ctx.remember(link)
      await noteRelation(ctx, type, link, role)
      return link ? lookFromCrm(ctx, lookedAs(type), plan, { link, crm: role }) : DONE
    case 'detach':
    case 'merge':
    case 'look-again': {
      const result = link ? await lookFromCrm(ctx, lookedAs(type), plan, { link, crm: role }) : DONE
      if (link && plan.do === 'detach' && result.status === 'done') await askForTheOther(ctx, type, link)
      return result
    }
    case 'adopt':
      return role && relation ? adopt(ctx, { type, role, relation }, plan.powerOfficeId) : DONE
    case 'look-then-create':
    case 'create-in-poweroffice':
      return role && relation ? bringToPowerOffice(ctx, { type, role, relation }, plan) : DONE
    default:
      return plan satisfies never
  }
}

/** How a look goes about relations of this type. */
const lookedAs = (
  type: RelationType,
  findInCrm: LookedKind<Role, Contact>['findInCrm'] = async () => null,
): LookedKind<Role, Contact> => ({
  kind: type.kind,
  findInCrm,
  findInBooks: (ctx, link) => ctx.powerOffice.findContact(type.kind, contactIdOf(link)),
  reconcile: (ctx, { link, crm, books, fills, isFresh, isByPerson = false }) =>
    mergePair(ctx, { type, link, role: crm, contact: books, fills, isFresh, isByPerson }),
  refusedOf: (ctx, link) => problemOfLeftOut(leftOutIn(fieldsOf(ctx, type), link.bases), type.rows),
})

/** Roles in Tribe that may be the same as a row of PowerOffice's, and how they were found (DESIGN.md §4.3). */
export interface Matches {
  /** By an id that either system holds of the other, or by an admin's decision. */
  byId: Role | null
  byNumber: Role[]
  /** Which of them it is, or whether it is any, is for a person to say. `by-mark`: a mark of ours was copied in Tribe. */
  isUnclear: boolean | 'by-mark'
  /** The organisation that has the other role already: the same contact is customer and supplier. */
  siblingId: string | null
}

export interface PowerOfficeLook {
  type: RelationType
  contact: Contact
  /** When the row was read: what was synced since is newer. */
  readAt: number
  link: LinkState | null
  matchesOf: () => Promise<Matches>
  roleOf: (link: LinkState) => Promise<Role | null>
  fills: Fills
  /** The contact was read by itself just now, and not in a list. */
  isFresh?: boolean
}

/** What an admin decided on a record in the preview; null when nothing. */
export type Decision = FactOf<`decision:${string}`>
export const decisionOf = (ctx: SyncContext, kind: RelationKind, powerOfficeId: string): Decision | null =>
  ctx.facts.get(`decision:${kind}:${powerOfficeId}`)

/** Two roles of one company, or one person at two companies, write to the same record of either system. */
export const sharedBy = (link: LinkState): string => link.tribeRelationId ?? link.tribeId

const LAG_MS = 2000

/**
 * An address has no clock in PowerOffice: a row that is read right after our write may be older, and look as good. An
 * edit is as much of one two seconds later.
 */
const mayLag = ({ contact, readAt }: PowerOfficeLook, link: LinkState): boolean =>
  contact.ContactId == null &&
  readAt - Date.parse(link.syncedAt) < LAG_MS &&
  parseInstant(contact.LastChangedDateTimeOffset) === link.powerOfficeChangedAt

/** One look at a row of PowerOffice's, which is at hand. */
export async function syncFromPowerOffice(ctx: SyncContext, look: PowerOfficeLook): Promise<void> {
  const { contact, fills } = look
  const type = withOwn(ctx, look.type)
  if (!isOn(type, ctx.settings))
    return ctx.because(type.kind, toldAs(look.link, 'books', contact.Id), 'switched-off')
  if (look.link?.state === 'linked' && look.link.tribeType !== typeOfSet(type.set))
    throw faultError('relation.kind_differs')
  const prints = await printsOf(ctx, type, relationFromPowerOffice(type, contact))
  const link = look.link && linkAsSeenInPowerOffice(look.link, contact, prints)
  if (link) noteSeen(ctx, link, 'books')
  const matches = link
    ? { byId: null, byNumber: [], siblingId: null, isUnclear: false }
    : await look.matchesOf()
  const plan = planFromPowerOffice({
    link,
    isStale: link !== null && (isOlder(contact, link) || Date.parse(link.syncedAt) >= look.readAt),
    isAsLast:
      link !== null && fills !== 'always' && isAsLast('books', fieldsOf(ctx, type), prints, link.bases),
    decision: link ? null : (decisionOf(ctx, type.kind, String(contact.Id))?.action ?? null),
    // A person whom PowerOffice hides is not brought to Tribe.
    isHidden: contact.IsActive === false && type.kind === 'contactPerson',
    byId: matches.byId?.ID ?? null,
    byNumber: matches.byNumber.map((role) => role.ID),
    isUnclear: matches.isUnclear !== false,
  })
  const differs = link !== null && !isAsLast('books', fieldsOf(ctx, type), prints, link.bases)
  if (plan.do === 'merge' && differs && mayLag(look, link)) {
    const subject = recordSubject('powerOffice', contact.Id)
    return ctx.enqueue({ kind: type.kind, subject, lane: 'bulk', afterSeconds: LAG_MS / 1000 })
  }
  ctx.because(type.kind, toldAs(link, 'books', contact.Id), reasonOf(plan))
  return followFromPowerOffice(ctx, plan, { type, look, link, matches })
}

interface SeenInPowerOffice {
  /** With the rows of the tenant's own. */
  type: RelationType
  look: PowerOfficeLook
  /** As this look has found it. */
  link: LinkState | null
  matches: Matches
}

async function followFromPowerOffice(
  ctx: SyncContext,
  plan: PlanFromPowerOffice,
  { type, look, link, matches }: SeenInPowerOffice,
): Promise<void> {
  const { contact, fills } = look
  switch (plan.do) {
    case 'nothing':
      if (link && link !== look.link && link.state === 'linked') ctx.remember(link)
      return
    case 'look-again':
    case 'merge':
      if (!link) return
      if (plan.do === 'merge' && !look.isFresh && isOfKnownMoment(contact, link)) return lookAfresh(ctx, look)
      return lookFromBooks(
        ctx,
        lookedAs(type, (_, held) => look.roleOf(held)),
        { link, books: contact, fills },
      )
    case 'link': {
      const role = matches.byId ?? matches.byNumber[0]
      if (role && !role[type.child]) throw faultError('relation.kind_differs')
      if (role) await ctx.withLock(role.ID, () => linkFound(ctx, { type, role, contact, fills }))
      return
    }
    case 'report-ambiguous':
      throw ambiguous(type, contact, matches)
    case 'create-in-tribe':
      if (await isLeftOver(ctx, look)) return
      return createInTribe(ctx, type, contact, { siblingId: matches.siblingId, fills })
    default:
      plan satisfies never
  }
}

function ambiguous(type: RelationType, contact: Contact, { isUnclear, byNumber }: Matches): SyncError {
  if (isUnclear === 'by-mark') return severalMarked(type.kind, byNumber.length)
  if (type.kind === 'contactPerson') return faultError('relation.namesake')
  return new SyncError(
    'relation.ambiguous',
    'data',
    `${byNumber.length} ${type.kind}s in Tribe have the number ${contact.Number}: decide which of them it is, or change the number of the others`,
  )
}

/** What a list shows of it may be older than it tells: what is written goes by what PowerOffice holds now. */
async function lookAfresh(ctx: SyncContext, look: PowerOfficeLook): Promise<void> {
  const { type, contact } = look
  const id = { id: String(contact.Id), parentId: parentOf(contact) }
  const now = await ctx.powerOffice.findContact(type.kind, id)
  // Only a look of its own may say that a record is gone.
  if (!now) return ctx.enqueue({ kind: type.kind, subject: subjectOf(contact), lane: 'bulk' })
  return syncFromPowerOffice(ctx, { ...look, contact: now, isFresh: true })
}

/**
 * It was made from a role of Tribe's, and nobody noted that. A role that Tribe does not have any more is not made
 * again by itself; one that a list does not show yet is what it was made from.
 */
async function isLeftOver(ctx: SyncContext, { type, contact, fills }: PowerOfficeLook): Promise<boolean> {
  const reference = contact.ExternalImportReference ?? contact.ExternalCode
  const roleId = isOfTheseCompanies(ctx, reference) ? tribeIdIn(reference) : null
  const isDecided = decisionOf(ctx, type.kind, String(contact.Id))?.action === 'create'
  if (roleId === null || isDecided) return false
  const role = await ctx.tribe.findRole(type.set, roleId)
  if (role) {
    await ctx.withLock(role.ID, () => linkFound(ctx, { type, role, contact, fills }))
    return true
  }
  const link = linkFrom(ctx, { type, role: { ID: roleId }, contact, state: 'tribe-gone' })
  ctx.remember(link, entryFor(ctx, link)('detached', { gone: 'tribe' }))
  return true
}

async function linkFound(
  ctx: SyncContext,
  { type, role, contact, fills }: { type: RelationType; role: Role; contact: Contact; fills: Fills },
): Promise<void> {
  const held = await ctx.links.findByTribe(type.kind, role.ID)
  if (held?.state === 'forgotten') return
  // One who moved to another company is hidden at the old one, which Tribe's ImportId may still name. Whatever became
  // of the new one since, nobody made the hidden one in its place.
  const isLeftBehind = type.kind === 'contactPerson' && contact.IsActive === false
  if (held && held.powerOfficeId !== String(contact.Id) && isLeftBehind) return
  const other = held && (await isMadeInPlaceOf(ctx, held, contact)) ? null : held
  if (other && other.powerOfficeId !== String(contact.Id)) {
    if (type.kind === 'contactPerson') throw faultError('relation.namesake')
    const message = `The ${type.kind} in Tribe that this would be is tied to another ${type.kind} of PowerOffice already: correct its number, or relink it`
    throw new SyncError('relation.number_taken', 'data', message)
  }
  const isDecided = decisionOf(ctx, type.kind, String(contact.Id))?.action === 'link'
  if (!other && !isDecided) await refuseSecondContact(ctx, type, role, contact)
  // We made it and did not live to note that: what hangs on the company was not asked for either.
  const isOurs = tribeIdIn(contact.ExternalImportReference) === role.ID.toLowerCase()
  if (!other && isOurs && role.Organization) askForPersonsOf(ctx, role.Organization.ID)
  await reconcileRow(ctx, lookedAs(type), {
    link: other,
    crm: role,
    books: contact,
    fills,
    isFresh: false,
    isByPerson: !other && isDecided,
  })
}
