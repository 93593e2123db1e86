import type { PatchOperation } from '../poweroffice/caller'
import type { Contact } from '../poweroffice/schemas'
import { ApiError } from '../shared/errors'
import { leavingOut } from '../shared/refusals'
import type { SyncContext } from '../sync-step'
import type { Role } from '../tribe/schemas'
import { withFields } from '../two-way/fields'
import type { Fingerprints } from '../two-way/merge'
import { addressOf } from './address'
import type { Relation, RelationField } from './fields'
import { withoutFirstAddress } from './former-address'
import type { RelationType } from './kinds'
import { blamedOf, TO_CHANGE } from './left-out'
import { printsOf, restingFieldsOf } from './link'
import { paymentTermsOf } from './lists'
import { asPatched, relationFromPowerOffice, relationPatch } from './mapping'
import { changesOnLeaving, hideMoved, moveContactPerson, parentOf } from './moving'
import { unseenInPowerOffice } from './seen'

interface PairNow {
  type: RelationType
  role: Role
  contact: Contact
  /** What Tribe holds, and what PowerOffice holds. */
  here: Relation
  there: Relation
  /** What is changed along with any field, of a contact person who is at the company again. */
  onReturn: PatchOperation[]
  /** An earlier run may have made a contact person at another company. */
  mayHaveMoved: boolean
}

/** What PowerOffice holds after a write, and what it did not take. */
interface WrittenToPowerOffice {
  /** A new one, where the person moved to another company. */
  contact: Contact
  prints: Fingerprints
  refused: RelationField[]
  said: string | null
  /** Written, and no answer shows what PowerOffice keeps. */
  unseen?: RelationField[]
}

/**
 * Writes the given fields to the contact, each without what PowerOffice refuses. A contact person whose company is another
 * now is made there, with what PowerOffice would hold: what stays in Tribe alone does not go along. Of a field that rests
 * nobody knows what it holds, and an empty one would empty Tribe's once it is back.
 */
export async function writePowerOffice(
  ctx: SyncContext,
  pair: PairNow,
  fields: readonly RelationField[],
): Promise<WrittenToPowerOffice> {
  const { type, role, contact, here, there } = pair
  const isLeaving = fields.includes('company') && here.company === null
  if (fields.includes('company') && !isLeaving) {
    const relation = withFields(there, [...fields, ...restingFieldsOf(ctx, type)], here)
    const moved = await moveContactPerson(ctx, { type, role, contact, relation })
    return { ...moved, prints: await printsOf(ctx, type, relationFromPowerOffice(type, moved.contact)) }
  }
  if (pair.mayHaveMoved) await hideMoved(ctx, role, contact)
  const besides = isLeaving ? changesOnLeaving(role, contact) : pair.onReturn
  return patch(ctx, pair, fields, besides)
}

async function patch(
  ctx: SyncContext,
  { type, role, contact, here, there }: PairNow,
  fields: readonly RelationField[],
  besides: readonly PatchOperation[],
): Promise<WrittenToPowerOffice> {
  let now = contact
  const wanted = withCountryOf(contact, type, role, here)
  const id = { id: String(contact.Id), parentId: parentOf(contact) }
  const send = async (operations: PatchOperation[]) => {
    now = await ctx.powerOffice.patchContact(type.kind, id, operations)
    return asPatched(contact, operations, now)
  }
  const blame = (refusal: ApiError, some: readonly RelationField[]) =>
    blamedOf('books', refusal, some, wanted, type.rows)
  const how = { ...TO_CHANGE, blame, isOwed: besides.length > 0 }
  const { answer, refused, said } = await leavingOut(fields, how, async (some) => {
    const ofIts = some.filter((field) => field !== 'company')
    const terms = await termFor(ctx, here, ofIts)
    const operations = [...relationPatch(wanted, ofIts, contact, terms, type.rows), ...besides]
    if (operations.length === 0) return contact
    const whole = withoutFirstAddress(ctx, operations)
    if (!whole) return send(operations)
    return unlessRefused(
      () => send(whole),
      () => send(operations),
    )
  })
  const held = answer ? relationFromPowerOffice(type, answer) : there
  const unseen = unseenInPowerOffice(fields.filter((field) => !refused.includes(field)))
  return { contact: now, prints: await printsOf(ctx, type, held), refused, said, unseen }
}

/** PowerOffice's terms of payment, where these fields need them. */
export const termFor = (ctx: SyncContext, { paymentDays }: Relation, fields: readonly RelationField[]) =>
  paymentTermsOf(ctx, fields.includes('paymentDays') ? paymentDays : null)

async function unlessRefused<T>(write: () => Promise<T>, instead: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.status !== 400) throw thrown
    return instead()
  }
}

/** Where Tribe names no country, PowerOffice's stays: it may be one that Tribe does not have. */
function withCountryOf(contact: Contact, type: RelationType, role: Role, relation: Relation): Relation {
  const countryCode = contact.MailAddress?.CountryCode
  if (!relation.address || !countryCode || addressOf(type, role)?.Country) return relation
  return { ...relation, address: { ...relation.address, countryCode } }
}
