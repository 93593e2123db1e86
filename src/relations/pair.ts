import type { LinkState } from '../db/links'
import { carryOut, type Fills } from '../pairs/carry-out'
import { isOlder, noteMerged } from '../pairs/link'
import type { Contact } from '../poweroffice/schemas'
import { parseInstant } from '../shared/dates'
import { type Bases, type Fingerprints, isAsLast, type Side } from '../shared/two-way'
import { DONE, type SyncContext, type SyncResult } from '../sync-step'
import type { Role } from '../tribe/schemas'
import { numberPathOf, type RelationType, typeOfContact } from './kinds'
import {
  faultError,
  fieldsOf,
  isAsMade,
  linkFrom,
  mutatedAt,
  printsOf,
  tribeRelation,
  withoutNulls,
} from './link'
import { countriesOf, paymentTermsOf } from './lookups'
import {
  addressOf,
  asPatched,
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
export async function mergePair(ctx: SyncContext, pair: Pair): Promise<SyncResult> {
  const { type, link, role, contact, fills } = pair
  if (typeOfContact(type.kind, contact) !== type) throw faultError('relation.kind_differs')
  const fields = fieldsOf(ctx, type)
  const here = await tribeRelation(ctx, type, role, parentOf(contact))
  const there = relationFromPowerOffice(type, contact)
  const before = { tribe: await printsOf(ctx, here), powerOffice: await printsOf(ctx, there) }
  const isAsLeft =
    link !== null &&
    fills !== 'always' &&
    SIDES.every((side) => isAsLast(side, fields, before[side], link.bases))
  const sibling = isAsLeft ? null : await siblingOf(ctx, type, role, contact)
  if (sibling && !pair.isFresh && isOlder(contact, sibling)) {
    // The row may come from a replica that lags behind what the other role knows.
    const fresh = await ctx.powerOffice.findContact(type.kind, { id: String(contact.Id), parentId: null })
    if (fresh) return mergePair(ctx, { ...pair, contact: fresh, isFresh: true })
  }
  const termFor = (fields: readonly RelationField[]) =>
    paymentTermsOf(ctx, fields.includes('paymentDays') ? here.paymentDays : null)
  const onReturn = await changesOnReturn(ctx, { link, role, contact, company: here.company })
  let now = contact
  const merged = await carryOut(ctx, 'relation', {
    fields,
    link,
    bases: {
      ...(link?.bases ?? (await basesOfOurs(ctx, type, { role, contact }, before))),
      ...(sibling ? withSibling(link, sibling) : {}),
    },
    ...before,
    newest: isTribeNewer(role, contact) ? 'tribe' : 'powerOffice',
    ledByPowerOffice: LED_BY_POWEROFFICE,
    fills,
    faultOf: async (field) => faultOf(field, here, await termFor([field])),
    isOwed: onReturn.length > 0,
    writePowerOffice: async (fields, toTribe) => {
      if (fields.includes('company')) {
        const relation = { ...here, ...Object.fromEntries(toTribe.map((field) => [field, there[field]])) }
        now = await moveContactPerson(ctx, { type, role, contact, relation })
        return printsOf(ctx, relationFromPowerOffice(type, now))
      }
      const wanted = withCountryOf(contact, type, role, here)
      const patch = [...relationPatch(wanted, fields, contact, await termFor(fields)), ...onReturn]
      if (patch.length === 0) return before.powerOffice
      const id = { id: String(contact.Id), parentId: parentOf(contact) }
      now = await ctx.powerOffice.patchContact(type.kind, id, patch)
      return printsOf(ctx, relationFromPowerOffice(type, asPatched(contact, patch, now)))
    },
    writeTribe: async (fields) => printsOf(ctx, await writeTribe(ctx, type, role, there, fields)),
  })
  noteMerged(ctx, link, linkFrom(ctx, { type, role, contact: now, link, ...merged }), merged)
  if (merged.faults[0]) throw faultError(merged.faults[0])
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

/** Where Tribe names no country, PowerOffice's stays: it may be one that Tribe does not have. */
function withCountryOf(contact: Contact, type: RelationType, role: Role, relation: Relation): Relation {
  const countryCode = contact.MailAddress?.CountryCode
  if (!relation.address || !countryCode || addressOf(type, role)?.Country) return relation
  return { ...relation, address: { ...relation.address, countryCode } }
}

type Prints = Readonly<Record<Side, Fingerprints>>
const SIDES = ['tribe', 'powerOffice'] as const

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
