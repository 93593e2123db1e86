import type { LinkState } from '../db/links'
import type { Contact } from '../poweroffice/schemas'
import { parseInstant } from '../shared/dates'
import { tribeIdIn } from '../shared/reference'
import { SIDES } from '../shared/sides'
import type { SyncContext, SyncResult } from '../sync-step'
import type { Role } from '../tribe/schemas'
import { keepBefore, supposed } from '../two-way/before'
import { doubtOfLink, isOlder, noteLost, noteMerged, onceSettled } from '../two-way/link'
import {
  type Base,
  type Bases,
  type BothPrints,
  basesOf,
  type Fingerprints,
  heldBy,
  isAsLast,
  type SentPrints,
  standInsAmong,
  standInsOf,
} from '../two-way/merge'
import { doubtOf } from '../two-way/pending-writes'
import { type Fills, reconcile } from '../two-way/reconcile'
import { LED_BY_POWEROFFICE, type Relation } from './fields'
import { addressesBefore } from './former-address'
import { refuseMerged } from './given-again'
import { type RelationType, typeOfContact } from './kinds'
import { problemOfLeftOut } from './left-out'
import { faultError, fieldsOf, isAsMade, linkFrom, mutatedAt, printsOf, tribeRelation } from './link'
import { faultOf, relationFromPowerOffice } from './mapping'
import { changesOnReturn, findMoved, parentOf, TakenBefore } from './moving'
import { oneWayIn, withOwn } from './own-rows'
import { namesInPowerOffice, namesInTribe } from './person-name'
import { isOnRole } from './row'
import { filledInMeanwhile, isOurCopy, linkAsSeen } from './seen'
import { siblingOf, withSibling } from './sibling'
import { apartOf } from './two-contacts'
import { termFor, writePowerOffice } from './write-poweroffice'
import { writeTribe } from './write-tribe'

const NONE_LED: ReadonlySet<string> = new Set()

export interface Pair {
  type: RelationType
  /** Null: the two were found to be one just now. */
  link: LinkState | null
  role: Role
  contact: Contact
  fills: Fills
  /** The link of the role that was there before this one. */
  former?: LinkState | null
  /** Somebody decided that they are one, whatever differs. */
  isByPerson?: boolean
  /** The contact was read by itself just now. */
  isFresh?: boolean
}

/** Compares a pair field by field, writes what differs to either side, and remembers what both hold then. */
export async function mergePair(ctx: SyncContext, pair: Pair): Promise<SyncResult> {
  try {
    return await mergeOrMove(ctx, pair, null)
  } catch (thrown) {
    if (!(thrown instanceof TakenBefore)) throw thrown
    return mergeOrMove(ctx, pair, thrown.contact)
  }
}

/** `made`: whom an earlier run made at the person's new company. */
async function mergeOrMove(ctx: SyncContext, pair: Pair, made: Contact | null): Promise<SyncResult> {
  const { link, role, contact } = pair
  const type = withOwn(ctx, pair.type)
  if (typeOfContact(type.kind, contact)?.name !== type.name) throw faultError('relation.kind_differs')
  await refuseMerged(ctx, type, link, role)
  const { crm: here, books: there } = await supposed(
    ctx,
    {
      crm: await tribeRelation(ctx, type, role, parentOf(contact)),
      books: relationFromPowerOffice(type, contact),
    },
    (relation) => printsOf(ctx, type, relation),
  )
  const isMoved = link !== null && isElsewhere(type, here, there)
  const moved = made ?? (isMoved ? await findMoved(ctx, type, role, here.company) : null)
  if (moved) {
    const known = link && {
      ...link,
      bases: await basesOfMoved(ctx, type, link, { role, moved, here, there }),
    }
    return mergePair(ctx, { ...pair, link: known, contact: moved, isFresh: true })
  }
  return merge(ctx, { ...pair, type }, here, there)
}

/** `here`: what Tribe holds; `there`: what PowerOffice holds. */
async function merge(ctx: SyncContext, pair: Pair, here: Relation, there: Relation): Promise<SyncResult> {
  const { type, link, role, contact, fills } = pair
  const fields = fieldsOf(ctx, type)
  const before = { crm: await printsOf(ctx, type, here), books: await printsOf(ctx, type, there) }
  const asSeen = (one: LinkState) => linkAsSeen(ctx, one, pair, { crm: here, books: there, prints: before })
  const known = link && asSeen(link)
  const isAsLeft = link !== null && SIDES.every((side) => isAsLast(side, fields, before[side], link.bases))
  const sibling = isAsLeft && fills !== 'always' ? null : await siblingOf(ctx, type, role, contact)
  if (sibling && !pair.isFresh && isOlder(contact, sibling)) {
    // The row may come from a replica that lags behind what the other role knows.
    const fresh = await ctx.powerOffice.findContact(type.kind, { id: String(contact.Id), parentId: null })
    if (fresh) return mergePair(ctx, { ...pair, contact: fresh, isFresh: true })
  }
  const doubt = doubtOf(ctx, role.ID, link)
  const mayHaveMoved = isSentElse(doubt?.prints, 'company', before.crm)
  const { onReturn, owed } = changesOnReturn(ctx, pair, here.company, mayHaveMoved)
  const pairNow = { type, role, contact, here, there, onReturn, mayHaveMoved }
  const bases = {
    ...(pair.former && standInsOf(asSeen(pair.former).bases)),
    ...(known?.bases ?? (await basesOfOurs(ctx, type, { role, contact }, before))),
    ...filledInMeanwhile(ctx, pair, before, known),
    ...(sibling ? withSibling(known, asSeen(sibling)) : {}),
    ...(pair.isByPerson ? await apartOf(ctx, { type, role, contact }, before) : {}),
  }
  let now = contact
  const merged = await reconcile(ctx, 'relation', {
    fields,
    crmId: role.ID,
    link,
    // What both roles share, either may have written.
    doubts: [doubt, doubtOfLink(ctx, sibling)],
    bases,
    ...before,
    newest: isTribeNewer(newsOf(ctx, type, role, contact), contact) ? 'crm' : 'books',
    // What is taken back is what the CRM held before the books' number took its place.
    ledByBooks: ctx.takesBack ? NONE_LED : LED_BY_POWEROFFICE,
    oneWay: oneWayIn(ctx, type),
    fills,
    faultOf: async (field) => faultOf(field, here, await termFor(ctx, here, [field]), type.rows),
    owed,
    writeBooks: async (fields) => {
      const { contact: held, ...written } = await writePowerOffice(ctx, pairNow, fields)
      now = held
      return written
    },
    writeCrm: async (fields) => {
      const { relation, ...written } = await writeTribe(ctx, type, role, there, fields)
      return { ...written, prints: await printsOf(ctx, type, relation) }
    },
  })
  const after = linkFrom(ctx, { type, role, contact: now, link, ...merged })
  const besides = addressesBefore(type, { role, contact }, merged)
  const kept = await keepBefore(ctx, merged, { crm: here, books: there }, besides)
  noteMerged(ctx, link, after, merged, kept)
  noteLost(ctx, after, namesInTribe(role), merged.toBooks)
  noteLost(ctx, after, namesInPowerOffice(contact), merged.toCrm)
  const problem = problemOfLeftOut(merged.leftOut, type.rows)
  if (problem) throw problem
  return onceSettled(ctx, after)
}

/** Something else than the CRM holds by now was sent to the books. */
const isSentElse = (sent: SentPrints | undefined, field: string, crm: Fingerprints): boolean =>
  sent?.books[field]?.some((print) => print !== crm[field]) ?? false

/** A contact person whose company in Tribe is another one than in PowerOffice. */
const isElsewhere = (type: RelationType, here: Relation, there: Relation): boolean =>
  type.kind === 'contactPerson' && here.company !== null && here.company !== there.company

/**
 * Of a pair that is linked only now, one may be what we made of the other, though the note of that got
 * lost: then what it holds is what the other held, as long as nobody changed it since.
 */
async function basesOfOurs(
  ctx: SyncContext,
  type: RelationType,
  { role, contact }: { role: Role; contact: Contact },
  before: BothPrints,
): Promise<Bases> {
  if (isOurCopy(ctx, type, role, contact)) {
    if (isAsMade(role)) return before.crm
    // Given to whoever was there before: then the role alone is ours, and what it holds Tribe has filled in.
    const own = type.rows.filter(({ home }) => isOnRole(type, home)).map(({ name }) => name)
    if (isAsMade({ ...role, [type.child]: null }))
      return { ...basesOf(own, { ...before, books: before.crm }), ...standInsAmong(own, before) }
  }
  if (tribeIdIn(contact.ExternalImportReference ?? contact.ExternalCode) !== role.ID.toLowerCase()) return {}
  const { CustomerCreatedDateTimeOffset, SupplierCreatedDateTimeOffset, CreatedDateTimeOffset } = contact
  const made = CustomerCreatedDateTimeOffset ?? SupplierCreatedDateTimeOffset ?? CreatedDateTimeOffset
  const [madeAt, changedAt] = [parseInstant(made), parseInstant(contact.LastChangedDateTimeOffset)]
  return madeAt !== null && changedAt === madeAt ? before.books : {}
}

/**
 * The bases of a person whom an earlier run made at a new company and could not note. That run sent what it had merged. What the
 * contact that was left says, too, was not Tribe's news: the base of before still tells who has edited it. What else it says
 * was Tribe's then, as long as nobody has changed it in PowerOffice since.
 */
async function basesOfMoved(
  ctx: SyncContext,
  type: RelationType,
  link: LinkState,
  { role, moved, here, there }: { role: Role; moved: Contact; here: Relation; there: Relation },
): Promise<Bases> {
  const crm = await printsOf(ctx, type, here)
  const books = await printsOf(ctx, type, relationFromPowerOffice(type, moved))
  const left = await printsOf(ctx, type, there)
  const ours = await basesOfOurs(ctx, type, { role, contact: moved }, { crm, books })
  const isStill = ([field, base]: [string, Base]) => {
    const isAsLeft = books[field] === left[field]
    return isAsLeft || (ours[field] === undefined && heldBy('crm', base) === crm[field])
  }
  return { ...ours, ...Object.fromEntries(Object.entries(link.bases).filter(isStill)) }
}

/** A role that the relay gave whoever was there is no news of Tribe's: what that one holds is as old as itself. */
const newsOf = (ctx: SyncContext, type: RelationType, role: Role, contact: Contact): Role =>
  isOurCopy(ctx, type, role, contact) && isAsMade({ ...role, [type.child]: null })
    ? { ...role, CreationDate: null, LastMutationDate: null }
    : role

export function isTribeNewer(role: Role, contact: Contact): boolean {
  return (mutatedAt(role) ?? '') > (parseInstant(contact.LastChangedDateTimeOffset) ?? '')
}
