import type { LinkState } from '../db/links'
import type { Contact } from '../poweroffice/schemas'
import { parseInstant } from '../shared/dates'
import { PartlyDone, SyncError } from '../shared/errors'
import { canonicalNumber } from '../shared/numbers'
import { isOfTheseCompanies, powerOfficeIdFrom, referencesOf, tribeIdIn } from '../shared/reference'
import { DONE, type SyncContext, type SyncResult } from '../sync-step'
import type { Role } from '../tribe/schemas'
import { typeOfSet } from '../tribe/sets'
import { confirmGone, entryFor, isOfKnownMoment, isOlder, noteGone, noteSeen } from '../two-way/link'
import { forgiven, isAsLast } from '../two-way/merge'
import { type Fills, leftOutIn } from '../two-way/reconcile'
import { askForPersonsOf, createInPowerOffice, createInTribe } from './create'
import type { Relation, RelationField } from './fields'
import { isFree, isMadeInPlaceOf, linkGivenAgain, refuseMerged } from './given-again'
import { isOn, type RelationKind, type RelationType } from './kinds'
import { problemOfLeftOut } from './left-out'
import {
  contactIdOf,
  faultError,
  fieldsOf,
  linkFrom,
  printsOf,
  relationIdOf,
  tribeRelation,
  wholeRole,
} from './link'
import { canonical, relationFromPowerOffice } from './mapping'
import { parentOf, subjectOf } from './moving'
import { withOwn } from './own-rows'
import { mergePair, type Pair } from './pair'
import { planFromPowerOffice, planFromTribe } from './plan'
import { linkAsSeenInPowerOffice, linkAsSeenInTribe } from './seen'
import { refuseSecondContact } from './two-contacts'

export interface TribeLook {
  type: RelationType
  roleId: string
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
  { type: asGiven, roleId, role: seen, link: held, inDoubt, tryAgain }: TribeLook,
): Promise<SyncResult> {
  const type = withOwn(ctx, asGiven)
  const known = held && tryAgain ? { ...held, bases: forgiven(held.bases) } : held
  if (!isOn(type, ctx.settings)) return DONE
  const role = wholeRole(type, seen)
  const relation = role && (await tribeRelation(ctx, type, role, known?.powerOfficeParentId))
  const given = known ?? (role && relation && (await linkGivenAgain(ctx, type, role, relation)))
  if (role && given) noteSeen(ctx, given, 'crm')
  const prints = relation && (await printsOf(ctx, type, relation))
  const link = given && role && prints ? linkAsSeenInTribe(given, type, role, prints) : given
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
  if (plan.do === 'nothing') {
    if (link && link !== given && link.state === 'linked') ctx.remember(link)
    await noteRelation(ctx, type, link, role)
    // What was refused is still so: nobody has changed it on either side.
    const problem =
      link?.state === 'linked'
        ? problemOfLeftOut(leftOutIn(fieldsOf(ctx, type), link.bases), type.rows)
        : null
    if (problem) throw problem
    return DONE
  }
  if (plan.do === 'detach') return confirmGone(ctx, link as LinkState, 'crm')
  if (!role || !relation) return DONE

  if ((plan.do === 'merge' || plan.do === 'look-again') && link) {
    const contact = await ctx.powerOffice.findContact(type.kind, contactIdOf(link))
    if (!contact) return noteGone(ctx, link)
    noteSeen(ctx, link, 'books')
    if (isOlder(contact, link))
      return { status: 'again', afterSeconds: 2, because: 'PowerOffice shows an older state than we know' }
    return mergePair(ctx, { type, link, role, contact, fills: 'along', isFresh: true })
  }
  if (plan.do === 'adopt') {
    const holder = await ctx.links.findByPowerOffice(type.kind, plan.powerOfficeId)
    if (!(await isFree(ctx, holder))) throw faultError('relation.tied_elsewhere')
    const contact = await ctx.powerOffice.findContact(type.kind, {
      id: plan.powerOfficeId,
      parentId: relation.company,
    })
    if (contact) return linkNow(ctx, { type, role, contact })
    // It came from PowerOffice and is gone there: it is not made again by itself (DESIGN.md §4.6).
    const gone = {
      Id: Number(plan.powerOfficeId),
      ContactId: relation.company === null ? null : Number(relation.company),
    }
    ctx.remember(linkFrom(ctx, { type, role, contact: gone, state: 'poweroffice-gone' }))
    return DONE
  }
  if (plan.do === 'look-then-create') {
    const references = plan.byReference ? referencesOf(ctx, roleId) : []
    const found =
      (await ctx.powerOffice.findContactByReference(type.kind, references)) ??
      (plan.byNumber ? await findUnlinkedByNumber(ctx, type, roleId, relation) : null)
    if (found) return linkNow(ctx, { type, role, contact: found })
  }
  return createInPowerOffice(ctx, type, role, relation)
}

/** A company that is known in PowerOffice from now on brings its contact persons along. */
async function linkNow(
  ctx: SyncContext,
  pair: { type: RelationType; role: Role; contact: Contact },
): Promise<SyncResult> {
  const organizationId = pair.role.Organization?.ID
  await refuseSecondContact(ctx, pair.type, pair.role, pair.contact)
  if (organizationId) askForPersonsOf(ctx, organizationId)
  return mergePair(ctx, { ...pair, link: null, fills: 'along' })
}

/**
 * The contact with the number that Tribe holds, when it is free and surely the same: a number that Tribe
 * gave by itself may be another's. While the first load runs, or PowerOffice's own look is still to come, the
 * number alone decides, as it does there.
 */
async function findUnlinkedByNumber(
  ctx: SyncContext,
  type: RelationType,
  roleId: string,
  relation: Relation,
): Promise<Contact | null> {
  const number = canonicalNumber(relation.number)
  if (type.kind === 'contactPerson' || number === null) return null
  const contact = await ctx.powerOffice.findContactByNumber(type.kind, number)
  if (!contact) return null
  const holder = await ctx.links.findByPowerOffice(type.kind, String(contact.Id))
  const [here, there] = [canonical(relation), canonical(relationFromPowerOffice(type, contact))]
  const isSame = (field: RelationField) =>
    here[field] !== null && here[field]?.toLowerCase() === there[field]?.toLowerCase()
  const isSurely =
    tribeIdIn(contact.ExternalImportReference) === roleId.toLowerCase() ||
    isSame('name') ||
    isSame('organizationNumber') ||
    (isSame('firstName') && isSame('lastName'))
  const isLoading =
    ctx.cursors.get('initial-sync') !== null || ctx.isAwaited(type.kind, `powerOffice:${contact.Id}`)
  const isIt = isSurely || (isLoading && !holder)
  return isIt && (await isFree(ctx, holder)) ? contact : null
}

/** Roles in Tribe that may be the same as a row of PowerOffice's, and how they were found (DESIGN.md §4.3). */
export interface Matches {
  /** By an id that either system holds of the other, or by an admin's decision. */
  byId: Role | null
  byNumber: Role[]
  /** Which of them it is, or whether it is any, is for a person to say. */
  isUnclear: boolean
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
export interface Decision {
  action: 'link' | 'create' | 'leave'
  tribeId: string | null
}
export const decisionOf = (ctx: SyncContext, kind: RelationKind, powerOfficeId: string): Decision | null =>
  ctx.cursors.get<Decision>(`decision:${kind}:${powerOfficeId}`)

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
  if (!isOn(type, ctx.settings)) return
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
    isUnclear: matches.isUnclear,
  })
  const differs = link !== null && !isAsLast('books', fieldsOf(ctx, type), prints, link.bases)
  if (plan.do === 'merge' && differs && mayLag(look, link)) {
    const subject = `powerOffice:${contact.Id}`
    return ctx.enqueue({ kind: type.kind, subject, lane: 'bulk', afterSeconds: LAG_MS / 1000 })
  }
  if (plan.do === 'nothing' && link && link !== look.link && link.state === 'linked') ctx.remember(link)
  switch (plan.do) {
    case 'look-again':
    case 'merge': {
      if (plan.do === 'merge' && link && !look.isFresh && isOfKnownMoment(contact, link))
        return lookAfresh(ctx, look)
      const role = link && (await look.roleOf(link))
      if (link && role) noteSeen(ctx, link, 'crm')
      if (link && role) await mergeRow(ctx, { type, link, role, contact, fills })
      // Only a look of its own may say that a record is gone.
      else if (link?.state === 'linked')
        ctx.enqueue({ kind: type.kind, subject: `tribe:${link.tribeId}`, lane: 'bulk' })
      return
    }
    case 'link': {
      const role = matches.byId ?? matches.byNumber[0]
      if (role && !role[type.child]) throw faultError('relation.kind_differs')
      if (role) await ctx.alone(role.ID, () => linkFound(ctx, { type, role, contact, fills }))
      return
    }
    case 'report-ambiguous':
      throw type.kind === 'contactPerson'
        ? faultError('relation.namesake')
        : new SyncError(
            'relation.ambiguous',
            'data',
            `${plan.tribeIds.length} ${type.kind}s in Tribe have the number ${contact.Number}: decide which of them it is, or change the number of the others`,
          )
    case 'create-in-tribe':
      if (await isLeftOver(ctx, look)) return
      await createInTribe(ctx, type, contact, { siblingId: matches.siblingId, fills })
  }
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
    await ctx.alone(role.ID, () => linkFound(ctx, { type, role, contact, fills }))
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
  await mergeRow(ctx, { type, link: other, role, contact, fills, isByPerson: !other && isDecided })
}

/** What Tribe holds and PowerOffice does not take is told of Tribe's record, from whichever side it was met. */
async function mergeRow(ctx: SyncContext, pair: Pair): Promise<void> {
  try {
    await mergePair(ctx, pair)
  } catch (thrown) {
    if (!(thrown instanceof PartlyDone)) throw thrown
    ctx.park({ kind: pair.type.kind, subject: `tribe:${pair.role.ID}`, lane: 'bulk' }, thrown)
  }
}

/** The organisation behind a role is learned late when Tribe's answer to a create did not name it. */
async function noteRelation(
  ctx: SyncContext,
  type: RelationType,
  link: LinkState | null,
  role: Role | null,
): Promise<void> {
  const relationId = role && relationIdOf(type, role)
  if (link?.state !== 'linked' || !relationId || link.tribeRelationId === relationId) return
  await refuseMerged(ctx, type, link, role)
  ctx.remember({ ...link, tribeRelationId: relationId })
}
