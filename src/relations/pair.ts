import type { LinkState } from '../db/links'
import type { Fills } from '../pairs/carry-out'
import { noteChanges } from '../pairs/flapping'
import type { Contact } from '../poweroffice/schemas'
import { parseInstant } from '../shared/dates'
import { SyncError } from '../shared/errors'
import { type Bases, basesOf, merge } from '../shared/two-way'
import { DONE, type SyncContext, type SyncResult } from '../sync-step'
import type { Role } from '../tribe/schemas'
import { numberPathOf, type RelationType, typeOfContact } from './kinds'
import {
  entryFor,
  faultError,
  fieldsOf,
  isAsMade,
  isOlder,
  linkFrom,
  mutatedAt,
  printsOf,
  tribeRelation,
  withoutNulls,
} from './link'
import { countriesOf, paymentTermsOf } from './lookups'
import {
  addressOf,
  faultOf,
  relationFromPowerOffice,
  relationFromTribe,
  relationPatch,
  relationToTribe,
} from './mapping'
import { changesOnReturn, moveContactPerson, parentOf } from './moving'
import { powerOfficeIdFrom, referenceOf } from './reference'
import { LED_BY_POWEROFFICE, type Relation, type RelationField } from './relation'
import { siblingOf, withSibling } from './sibling'

export interface Pair {
  type: RelationType
  /** Null: the two were found to be one just now. */
  link: LinkState | null
  role: Role
  contact: Contact
  fills: Fills
  /** The contact was read by itself just now. */
  isFresh?: boolean
}

/** Compares a pair field by field, writes what differs to either side, and remembers what both hold then. */
export async function mergePair(
  ctx: SyncContext,
  { type, link, role, contact, fills, isFresh }: Pair,
): Promise<SyncResult> {
  if (typeOfContact(type.kind, contact) !== type) throw faultError('relation.kind_differs')
  const fields = fieldsOf(ctx, type)
  const inTribe = await tribeRelation(ctx, type, role, parentOf(contact))
  const inPowerOffice = relationFromPowerOffice(type, contact)
  const before = { tribe: await printsOf(ctx, inTribe), powerOffice: await printsOf(ctx, inPowerOffice) }
  const decided = (bases: Bases) =>
    merge({
      ...{ fields, ...before, bases },
      policy: ctx.settings.conflictPolicy,
      newest: isTribeNewer(role, contact) ? 'tribe' : 'powerOffice',
      ledByPowerOffice: LED_BY_POWEROFFICE,
    })
  let known = link?.bases ?? (await basesOfOurs(ctx, type, { role, contact }, before))
  let plan = decided(known)
  const toFill = fills === 'always' ? plan.fills.length : 0
  const isInStep = link !== null && plan.toTribe.length + plan.toPowerOffice.length + toFill === 0
  const sibling = isInStep ? null : await siblingOf(ctx, type, role, contact)
  if (sibling && !isFresh && isOlder(contact, sibling)) {
    // The row may come from a replica that lags behind what the other role knows.
    const fresh = await ctx.powerOffice.findContact(type.kind, { id: String(contact.Id), parentId: null })
    if (fresh) return mergePair(ctx, { type, link, role, contact: fresh, fills, isFresh: true })
  }
  if (sibling) {
    known = { ...known, ...withSibling(link, sibling) }
    plan = decided(known)
  }
  const takesFills =
    fills === 'always' || (fills === 'along' && (link === null || plan.toPowerOffice.length > 0))
  const wanted = [...plan.toPowerOffice, ...(takesFills ? plan.fills : [])] as RelationField[]
  const termOf = await paymentTermsOf(ctx, wanted.includes('paymentDays') ? inTribe.paymentDays : null)
  const faults = wanted.flatMap((field) => faultOf(field, inTribe, termOf) ?? [])
  const toPowerOffice = wanted.filter((field) => faultOf(field, inTribe, termOf) === null)
  const toTribe = plan.toTribe as RelationField[]

  const recent = recentOf(ctx, link, before, { toTribe, toPowerOffice })
  const patch = [
    ...relationPatch(withCountryOf(contact, type, role, inTribe), toPowerOffice, contact, termOf),
    ...(await changesOnReturn(ctx, { link, role, contact, company: inTribe.company })),
  ]
  const moves = toPowerOffice.includes('company')
  const patched = moves
    ? await moveContactPerson(ctx, { type, role, contact, relation: taking(inPowerOffice, toTribe, inTribe) })
    : patch.length > 0
      ? await ctx.powerOffice.patchContact(
          type.kind,
          { id: String(contact.Id), parentId: parentOf(contact) },
          patch,
        )
      : contact
  const tribeAfter = toTribe.length > 0 ? await writeTribe(ctx, type, role, inPowerOffice, toTribe) : inTribe

  const after = {
    tribe: await printsOf(ctx, tribeAfter),
    powerOffice: await printsOf(ctx, relationFromPowerOffice(type, patched)),
  }
  const bases = { ...basesOf(fields, after.tribe, after.powerOffice) }
  // What could not be sent is not in step: the next look tries again.
  for (const field of wanted)
    if (!toPowerOffice.includes(field)) bases[field] = (moves ? after.powerOffice : known)[field] ?? ''
  const now = linkFrom(ctx, { type, role, contact: patched, link, bases, recent })
  const isNews = !link || moves || patch.length + toTribe.length > 0 || !isSameLink(link, now)
  const entry = entryFor(ctx, now)
  if (isNews)
    ctx.remember(
      now,
      ...(link ? [] : [entry('linked')]),
      ...plan.conflicts
        .filter(() => link !== null)
        .map(({ field, winner }) => entry('conflict', { field, winner })),
      ...(toTribe.length > 0 ? [entry('updated-tribe', { fields: toTribe })] : []),
      ...(patch.length > 0 || moves ? [entry('updated-poweroffice', { fields: toPowerOffice })] : []),
    )
  if (faults[0]) throw faultError(faults[0])
  return DONE
}

/**
 * Of a pair that is linked only now, one may be what we made of the other, though the note of that got
 * lost: then what it holds is what the other held, as long as nobody changed it since.
 */
async function basesOfOurs(
  ctx: SyncContext,
  type: RelationType,
  { role, contact }: { role: Role; contact: Contact },
  before: Prints,
): Promise<Bases> {
  const isOurCopy = powerOfficeIdFrom(type.kind, role.ImportId) === String(contact.Id)
  if (isOurCopy && isAsMade(role)) return before.tribe
  const reference = await referenceOf(ctx.tenantId, role.ID)
  if ((contact.ExternalImportReference ?? contact.ExternalCode) !== reference) return {}
  const { CustomerCreatedDateTimeOffset, SupplierCreatedDateTimeOffset, CreatedDateTimeOffset } = contact
  const made = CustomerCreatedDateTimeOffset ?? SupplierCreatedDateTimeOffset ?? CreatedDateTimeOffset
  const [madeAt, changedAt] = [parseInstant(made), parseInstant(contact.LastChangedDateTimeOffset)]
  return madeAt !== null && changedAt === madeAt ? before.powerOffice : {}
}

/** A relation with some of its fields as another has them. */
const taking = (from: Relation, fields: readonly RelationField[], to: Relation): Relation => ({
  ...to,
  ...Object.fromEntries(fields.map((field) => [field, from[field]])),
})

/** Where Tribe names no country, PowerOffice's stays: it may be one that Tribe does not have. */
function withCountryOf(contact: Contact, type: RelationType, role: Role, relation: Relation): Relation {
  const countryCode = contact.MailAddress?.CountryCode
  if (!relation.address || !countryCode || addressOf(type, role)?.Country) return relation
  return { ...relation, address: { ...relation.address, countryCode } }
}

/** There is nothing new to remember of the pair. */
function isSameLink(before: LinkState, now: LinkState): boolean {
  const known = ({ bases, number, tribeRelationId, powerOfficeParentId, powerOfficeChangedAt }: LinkState) =>
    JSON.stringify([
      Object.entries(bases).sort(),
      number,
      tribeRelationId,
      powerOfficeParentId,
      powerOfficeChangedAt,
    ])
  return known(before) === known(now)
}

interface Prints {
  tribe: Readonly<Record<string, string>>
  powerOffice: Readonly<Record<string, string>>
}

/** Throws `relation.flapping` for a pair that goes to and fro (spec §9). */
function recentOf(
  ctx: SyncContext,
  link: LinkState | null,
  { tribe, powerOffice }: Prints,
  { toTribe, toPowerOffice }: { toTribe: readonly string[]; toPowerOffice: readonly string[] },
) {
  const changes = [
    ...toTribe.map((field) => ({ field, was: tribe[field] ?? '', becomes: powerOffice[field] ?? '' })),
    ...toPowerOffice.map((field) => ({ field, was: powerOffice[field] ?? '', becomes: tribe[field] ?? '' })),
  ]
  const { recent, isFlapping } = noteChanges(link?.recent ?? [], changes, ctx.now())
  if (!isFlapping) return recent
  const message =
    'Tribe and PowerOffice keep setting each other back: find out who else changes this record, then try again'
  throw new SyncError('relation.flapping', 'data', message)
}

/** Writes the given fields to the records of Tribe that hold them; gives the relation as Tribe holds it then. */
export async function writeTribe(
  ctx: SyncContext,
  type: RelationType,
  role: Role,
  from: Relation,
  fields: readonly RelationField[],
): Promise<Relation> {
  const numberPath = numberPathOf(type, ctx.tribeProfile.dialect)
  const countryOf = await countriesOf(ctx, fields.includes('address') ? from.address : null)
  const change = relationToTribe(type, from, fields, role, { numberPath, countryOf })
  const child = role[type.child]
  const held = addressOf(type, role)
  if (change.address && !held && type.address) change.relation[type.address] = withoutNulls(change.address)

  const now = { relation: { ...change.relation }, role: { ...change.role } }
  if (child && Object.keys(change.relation).length > 0)
    Object.assign(
      now.relation,
      told(change.relation, await ctx.tribe.update(type.relationSet, child.ID, change.relation)),
    )
  if (change.address && held) await ctx.tribe.update('Address', held.ID, change.address)
  if (Object.keys(change.role).length > 0)
    Object.assign(now.role, told(change.role, await ctx.tribe.update(type.set, role.ID, change.role)))

  const addressNow = type.address ? { [type.address]: held } : {}
  const after = { ...role, ...now.role, [type.child]: { ID: '', ...child, ...now.relation, ...addressNow } }
  const { company } = await tribeRelation(ctx, type, role, from.company)
  const relation = relationFromTribe(type, after, numberPath, company)
  return fields.includes('address') ? { ...relation, address: change.addressAfter } : relation
}

/** Of the fields that were sent, what the answer says they hold now; where it says nothing, what was sent. */
function told(
  sent: Record<string, unknown>,
  answer: Record<string, unknown> | null,
): Record<string, unknown> {
  const isText = (value: unknown) => value === null || typeof value !== 'object'
  return Object.fromEntries(
    Object.entries(answer ?? {}).filter(([name, value]) => name in sent && isText(value)),
  )
}

function isTribeNewer(role: Role, contact: Contact): boolean {
  return (mutatedAt(role) ?? '') > (parseInstant(contact.LastChangedDateTimeOffset) ?? '')
}
