import type { LinkState } from '../db/links'
import { noticeEdits, toldFlapping } from '../lookups/told-edits'
import type { Contact } from '../poweroffice/schemas'
import { parseInstant } from '../shared/dates'
import { SyncError } from '../shared/errors'
import { canonicalNumber } from '../shared/numbers'
import { powerOfficeIdFrom } from '../shared/reference'
import { recordSubject } from '../shared/subjects'
import { DONE, type SyncContext, type SyncResult } from '../sync-step'
import type { Role } from '../tribe/schemas'
import { typeOfSet } from '../tribe/sets'
import { isOlder, isStillInStep, mayBeOlder, noteSeen, toldAs } from '../two-way/link'
import { lookFromBooks, lookFromCrm } from '../two-way/look'
import { forgiven } from '../two-way/merge'
import type { Fills } from '../two-way/reconcile'
import { createInTribe } from './create'
import type { Relation } from './fields'
import { askForTheOther, type LinksBeside, linkGivenAgain, linksBeside, noteRelation } from './given-again'
import { isOn, type RelationType } from './kinds'
import { faultError, fieldsOf, printsOf, severalMarked, tribeRelation, wholeRole } from './link'
import { decisionOf, linkFound, linkLeftOver, lookedAs } from './link-found'
import { relationFromPowerOffice } from './mapping'
import { NO_MATCHES } from './matching'
import { parentOf, subjectOf } from './moving'
import { otherUndecided } from './other-role'
import { withOwn } from './own-rows'
import {
  type PlanFromPowerOffice,
  type PlanFromTribe,
  planFromPowerOffice,
  planFromTribe,
  reasonOf,
} from './plan'
import { linkAsSeenInPowerOffice, linkAsSeenInTribe } from './seen'
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
  const { relation, given, link, isAsKnown, beside } = role
    ? await lookAtRole(ctx, type, role, known)
    : { relation: null, given: known, link: known, isAsKnown: false, beside: null }
  const flapping = await editsOf(ctx, type, link, role)
  const plan = planFromTribe({
    link,
    role: role && seenOf(ctx, type, role, relation),
    isAsLast: isAsKnown,
    inDoubt,
  })
  const id = role?.ID ?? link?.tribeId
  if (id !== undefined) ctx.because(type.kind, toldAs(link, 'crm', id), reasonOf(plan))
  const result = await followFromTribe(ctx, plan, { type, given, link, role, relation, beside })
  if (flapping.length > 0) throw toldFlapping()
  return result
}

/** What the role shows: its relation, the link that is given, the same as the role shows it, and whether all is as it was last. */
async function lookAtRole(ctx: SyncContext, type: RelationType, role: Role, known: LinkState | null) {
  const relation = await tribeRelation(ctx, type, role, known?.powerOfficeParentId)
  const ended = ctx.withLock.ended()
  const beside = known ? null : { links: await linksBeside(ctx, type, role), ended }
  const given = known ?? (beside && (await linkGivenAgain(ctx, type, role, relation, beside.links)))
  if (given) noteSeen(ctx, given, 'crm')
  const prints = await printsOf(ctx, type, relation)
  const link = given && linkAsSeenInTribe(ctx, given, type, role, prints)
  const isAsKnown = isStillInStep(ctx, 'crm', fieldsOf(ctx, type), prints, link)
  return { relation, given, link, isAsKnown, beside }
}

const seenOf = (ctx: SyncContext, type: RelationType, role: Role, relation: Relation | null) => ({
  importedFrom: powerOfficeIdFrom(ctx, type.kind, role.ImportId),
  isFormer: role.IsFormer ?? false,
  number: canonicalNumber(relation?.number),
})

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
  /** Null: it is known, or not there. */
  beside: LinksBeside | null
}

async function followFromTribe(
  ctx: SyncContext,
  plan: PlanFromTribe,
  { type, given, link, role, relation, beside }: SeenInTribe,
): Promise<SyncResult> {
  const seen = role && relation && beside && { type, role, relation, beside }
  switch (plan.do) {
    case 'nothing':
      if (link && link !== given && link.state === 'linked') ctx.remember(link)
      await noteRelation(ctx, type, link, role)
      return link ? lookFromCrm(ctx, lookedAs(type), plan, { link, crm: role }) : DONE
    case 'merge':
    case 'look-again':
      return link ? lookFromCrm(ctx, lookedAs(type), plan, { link, crm: role }) : DONE
    case 'detach':
      return link ? detach(ctx, plan, type, { link, role }) : DONE
    case 'adopt':
      return seen ? adopt(ctx, seen, plan.powerOfficeId) : DONE
    case 'look-then-create':
    case 'create-in-poweroffice':
      return seen ? bringToPowerOffice(ctx, seen, plan) : DONE
    default:
      return plan satisfies never
  }
}

/** Roles in Tribe that may be the same as a row of PowerOffice's, and how they were found (DESIGN.md §4.3). */
export interface Matches {
  /** By an id that either system holds of the other, or by an admin's decision. */
  byId: Role | null
  byNumber: Role[]
  /** Which of them it is, or whether it is any, is for a person to say. `by-mark`: a mark of ours was copied in Tribe. */
  isUnclear: boolean | 'by-mark'
  /** The organisation that has the other role already: the same contact is customer and supplier. */
  siblingId: string | null
  /** Which organisation has the other role is for a person to say first. */
  isOtherUnclear: boolean
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

async function detach(
  ctx: SyncContext,
  plan: Extract<PlanFromTribe, { do: 'detach' }>,
  type: RelationType,
  { link, role }: { link: LinkState; role: Role | null },
): Promise<SyncResult> {
  const result = await lookFromCrm(ctx, lookedAs(type), plan, { link, crm: role })
  if (result.status === 'done') await askForTheOther(ctx, type, link)
  return result
}

const LAG_MS = 2000

/**
 * An address has no clock in PowerOffice: a row that is read right after our write may be older, and look as good. An
 * edit is as much of one two seconds later.
 */
const mayLag = ({ contact, readAt }: PowerOfficeLook, link: LinkState): boolean =>
  contact.ContactId == null &&
  readAt - Date.parse(link.syncedAt) < LAG_MS &&
  parseInstant(contact.LastChangedDateTimeOffset) === link.powerOfficeChangedAt

/** The row is older than what the link knows. */
const isBehind = ({ contact, readAt }: PowerOfficeLook, link: LinkState): boolean =>
  isOlder(contact, link) || Date.parse(link.syncedAt) >= readAt

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
  const matches = link ? NO_MATCHES : await look.matchesOf()
  const isAsKnown = isStillInStep(ctx, 'books', fieldsOf(ctx, type), prints, link)
  const plan = planFromPowerOffice({
    link,
    isStale: link !== null && isBehind(look, link),
    isAsLast: isAsKnown && fills !== 'always',
    decision: link ? null : (decisionOf(ctx, type.kind, String(contact.Id))?.action ?? null),
    // A person whom PowerOffice hides is not brought to Tribe.
    isHidden: contact.IsActive === false && type.kind === 'contactPerson',
    byId: matches.byId?.ID ?? null,
    byNumber: matches.byNumber.map((role) => role.ID),
    isUnclear: matches.isUnclear !== false,
    isOtherUnclear: matches.isOtherUnclear,
  })
  if (plan.do === 'merge' && link !== null && !isAsKnown && mayLag(look, link)) {
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
    case 'merge':
      if (link && !look.isFresh && mayBeOlder(ctx, contact, link)) return lookAfresh(ctx, look)
      return lookAtPair(ctx, type, look, link)
    case 'look-again':
      return lookAtPair(ctx, type, look, link)
    case 'link': {
      const role = matches.byId ?? matches.byNumber[0]
      if (role && !role[type.child]) throw faultError('relation.kind_differs')
      if (role) await ctx.withLock(role.ID, () => linkFound(ctx, { type, role, contact, fills }))
      return
    }
    case 'report-ambiguous':
      throw ambiguous(type, contact, matches)
    case 'create-in-tribe':
      if (await linkLeftOver(ctx, look)) return
      return createInTribe(ctx, type, contact, { siblingId: matches.siblingId, fills })
    default:
      plan satisfies never
  }
}

async function lookAtPair(
  ctx: SyncContext,
  type: RelationType,
  { contact, fills, roleOf }: PowerOfficeLook,
  link: LinkState | null,
): Promise<void> {
  const looked = lookedAs(type, (_, held) => roleOf(held))
  if (link) await lookFromBooks(ctx, looked, { link, books: contact, fills })
}

function ambiguous(type: RelationType, contact: Contact, { isUnclear, byNumber }: Matches): SyncError {
  if (byNumber.length === 0) return otherUndecided(type)
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
