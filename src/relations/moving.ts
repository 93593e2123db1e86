import type { LinkState } from '../db/links'
import type { PatchOperation } from '../poweroffice/caller'
import type { ContactId } from '../poweroffice/contacts'
import type { Contact } from '../poweroffice/schemas'
import { ApiError, SyncError } from '../shared/errors'
import { referenceOf, referencesOf, tribeIdIn } from '../shared/reference'
import { leavingOut } from '../shared/refusals'
import { recordSubject } from '../shared/subjects'
import type { SyncContext } from '../sync-step'
import type { Role } from '../tribe/schemas'
import { type Delivery, deliveriesOf } from './delivery'
import type { Relation, RelationField } from './fields'
import type { RelationKind, RelationType } from './kinds'
import { blamedOf, TO_MAKE } from './left-out'
import { faultOf, relationToPowerOffice } from './mapping'
import type { TermOf } from './row'

export const parentOf = (contact: Contact): string | null =>
  contact.ContactId == null ? null : String(contact.ContactId)

const contactIdIn = (contact: Contact): ContactId => ({ id: String(contact.Id), parentId: parentOf(contact) })

/** Where a contact is found: of a person that nobody has noted with its company, PowerOffice is asked. */
export async function placeOf(
  ctx: SyncContext,
  kind: RelationKind,
  { id, parentId }: ContactId,
): Promise<ContactId> {
  const isKnown = parentId !== null || kind !== 'contactPerson'
  return { id, parentId: isKnown ? parentId : await ctx.powerOffice.companyOfPerson(id) }
}

/** A job's name for a contact: a contact person is found below its contact only. */
export const subjectOf = (contact: Contact): string =>
  recordSubject('powerOffice', contact.Id, parentOf(contact))

/**
 * A contact person changed company in Tribe, and PowerOffice cannot move one: the old one is hidden, and one is made
 * at the new company. Our mark goes along. Throws `TakenBefore` when an earlier run made one there already.
 */
export async function moveContactPerson(
  ctx: SyncContext,
  { type, role, contact, relation }: { type: RelationType; role: Role; contact: Contact; relation: Relation },
): Promise<Moved> {
  const reference = referenceOf(ctx, role.ID)
  const leave = changesOnLeaving(role, contact)
  if (leave.length > 0) await ctx.powerOffice.patchContact(type.kind, contactIdIn(contact), leave)
  const fields = type.fields.filter((field) => faultOf(field, relation, () => undefined, type.rows) === null)
  const made = await createLeavingOut(ctx, type, relation, { reference, fields, termOf: () => undefined })
  if (!made.isNew) throw new TakenBefore(made.contact)
  return made
}

/** Its reference is taken: what an earlier run made of it, and could not note, is to be compared like any other. */
export class TakenBefore extends Error {
  constructor(readonly contact: Contact) {
    super('an earlier run has made it')
  }
}

/** Whom an earlier run made at the new company and could not note; null when there is none. */
export async function findMoved(
  ctx: SyncContext,
  type: RelationType,
  role: Role,
  company: string | null,
): Promise<Contact | null> {
  const made = await ctx.powerOffice.findContactByReference(type.kind, referencesOf(ctx, role.ID))
  return made && String(made.ContactId) === company ? made : null
}

/** A person who is at this company no more is hidden there, and our mark is free for the next one. */
export function changesOnLeaving(role: Role, contact: Contact): PatchOperation[] {
  const hidden: PatchOperation = { op: 'replace', path: '/IsActive', value: false }
  const unmarked: PatchOperation = { op: 'replace', path: '/ExternalCode', value: null }
  const isOurs = tribeIdIn(contact.ExternalCode) === role.ID.toLowerCase()
  return [...(contact.IsActive === false ? [] : [hidden]), ...(isOurs ? [unmarked] : [])]
}

export interface Moved {
  contact: Contact
  refused: RelationField[]
  said: string | null
}

/** Makes a contact with our reference, and without what PowerOffice refuses of it. */
export async function createLeavingOut(
  ctx: SyncContext,
  type: RelationType,
  relation: Relation,
  { reference, fields, termOf }: { reference: string; fields: readonly RelationField[]; termOf: TermOf },
): Promise<Moved & { isNew: boolean; delivery: Delivery | null }> {
  const blame = (refusal: ApiError, some: readonly RelationField[]) =>
    blamedOf('books', refusal, some, relation, type.rows)
  const how = { ...TO_MAKE, blame, isOwed: true }
  // The number is PowerOffice's own, and what is empty is not sent.
  const sent = fields.filter((field) => field !== 'number' && relation[field] !== null)
  const deliveries = deliveriesOf(ctx, { type, relation }, blame, (some, members) => {
    const body = { ...relationToPowerOffice(type, relation, some, reference, termOf), ...members }
    return relation.company === null
      ? ctx.powerOffice.createContact(type.kind, { parentId: null, reference }, body)
      : createPerson(ctx, relation.company, reference, body)
  })
  const { answer, refused, said } = await leavingOut(sent, how, deliveries.make)
  if (!answer) throw new Error('something was to be written')
  return { ...answer, refused, said, delivery: answer.isNew ? deliveries.made() : null }
}

/** Makes a person at a company. When that is gone by now, it is looked at first, so that its link says so. */
export async function createPerson(ctx: SyncContext, company: string, reference: string, body: object) {
  try {
    return await ctx.powerOffice.createContact('contactPerson', { parentId: company, reference }, body)
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.status !== 404) throw thrown
    for (const kind of ['customer', 'supplier'] as const)
      ctx.enqueue({ kind, subject: recordSubject('powerOffice', company), lane: 'push' })
    const message =
      'PowerOffice does not know the company of this person any more: the company is looked at first'
    throw new SyncError('relation.company_gone', 'time', message)
  }
}

/** What a move that Tribe has taken back since may have made at another company is hidden. */
export async function hideMoved(ctx: SyncContext, role: Role, contact: Contact): Promise<void> {
  const made = await ctx.powerOffice.findContactByReference('contactPerson', referencesOf(ctx, role.ID))
  if (made && made.Id !== contact.Id)
    await ctx.powerOffice.patchContact('contactPerson', contactIdIn(made), changesOnLeaving(role, made))
}

/**
 * A person whom we hid when it left its company, or may have hidden, and who is back there in Tribe, is shown again.
 * Its company is `owed` where that is to be written, or what may have been made elsewhere is to be hidden.
 */
export function changesOnReturn(
  ctx: SyncContext,
  { link, role, contact }: { link: LinkState | null; role: Role; contact: Contact },
  company: string | null,
  mayHaveMoved: boolean,
): { onReturn: PatchOperation[]; owed: RelationField[] } {
  const base = link?.kind === 'contactPerson' ? link.bases.company : undefined
  const hadLeft = mayHaveMoved || (typeof base === 'object' && base[0] === '')
  const isBack = company !== null && company === parentOf(contact)
  const owed = mayHaveMoved && (isBack || company === null) ? ['company'] : []
  if (!hadLeft || !isBack || contact.IsActive !== false) return { onReturn: [], owed }
  const shown: PatchOperation = { op: 'replace', path: '/IsActive', value: true }
  const marked: PatchOperation = { op: 'replace', path: '/ExternalCode', value: referenceOf(ctx, role.ID) }
  return { onReturn: contact.ExternalCode == null ? [shown, marked] : [shown], owed: ['company'] }
}
