import type { LinkState } from '../db/links'
import type { Contact } from '../poweroffice/schemas'
import { ApiError, madeUnnamed, SyncError } from '../shared/errors'
import { canonicalNumber } from '../shared/numbers'
import { importIdOf, referenceOf } from '../shared/reference'
import { leavingOut } from '../shared/refusals'
import { recordSubject } from '../shared/subjects'
import { DONE, type SyncContext, type SyncResult } from '../sync-step'
import type { Role } from '../tribe/schemas'
import { setOfType } from '../tribe/sets'
import { isEditedSince, toldOf } from '../tribe/told'
import { rowsNamed, withFields } from '../two-way/fields'
import { standInsOfMade } from '../two-way/filled-in'
import type { LeftOut } from '../two-way/left-out'
import { entryFor, isoOf, noteLost } from '../two-way/link'
import { basesOf, refusedBase, sentBase } from '../two-way/merge'
import { making, refuseTwin, waitForOther } from '../two-way/pending-writes'
import { type Fills, stillThere } from '../two-way/reconcile'
import { companiesOf } from './companies'
import { tellPaperOnly } from './delivery'
import type { Relation, RelationField } from './fields'
import { numberPathOf, otherKind, type RelationType, wordOf } from './kinds'
import { blamedOf, problemOfLeftOut, TO_MAKE } from './left-out'
import { faultError, fieldsOf, linkFrom, printsOf, relationIdOf, withoutNulls } from './link'
import { countriesOf, paymentTermsOf } from './lists'
import { faultOf, homeOf, relationFromPowerOffice, relationFromTribe, relationToTribe } from './mapping'
import { createLeavingOut } from './moving'
import { withOwn } from './own-rows'
import { mergePair } from './pair'
import { namesInPowerOffice, namesInTribe } from './person-name'
import type { RelationRow } from './row'
import { unseenInPowerOffice } from './seen'
import { writeTribe } from './write-tribe'

/** Makes a relation of Tribe's in PowerOffice; the number that it gets there goes back to Tribe (DESIGN.md §4.4). */
export async function createInPowerOffice(
  ctx: SyncContext,
  given: RelationType,
  role: Role,
  relation: Relation,
): Promise<SyncResult> {
  const type = withOwn(ctx, given)
  // A contact person without a company that is synced has no place in PowerOffice.
  if (type.kind === 'contactPerson' && relation.company === null) return DONE
  const all = fieldsOf(ctx, type)
  const termOf = await paymentTermsOf(ctx, all.includes('paymentDays') ? relation.paymentDays : null)
  const faults = all.flatMap((field) => {
    const code = faultOf(field, relation, termOf, type.rows)
    return code === null ? [] : [{ field, code }]
  })
  if (faults.some(({ code }) => code === 'relation.name_missing')) throw faultError('relation.name_missing')
  const fields = all.filter((field) => !faults.some((one) => one.field === field))
  const reference = referenceOf(ctx, role.ID)
  const made = await createLeavingOut(ctx, type, relation, { reference, fields, termOf })
  const { contact, isNew, refused, said } = made
  // Asked for before the link is written: whatever happens to this run, they are looked at after it.
  const organizationId = type.child === 'Organization' ? relationIdOf(type, role) : null
  if (organizationId) askForPersonsOf(ctx, organizationId)
  if (!isNew) return mergePair(ctx, { type, link: null, role, contact, fills: 'along', isFresh: true })

  const there = relationFromPowerOffice(type, contact)
  const prints = { crm: await printsOf(ctx, type, relation), books: await printsOf(ctx, type, there) }
  const filled = fields.filter((field) => relation[field] !== null && !refused.includes(field))
  const bases = basesOf(all, prints)
  // The number is written back after the link: until it is there, Tribe must not look as it was.
  if (all.includes('number')) bases.number = prints.books.number ?? ''
  // What could not be sent is not in step: the next look tries again.
  for (const { field } of faults) bases[field] = ''
  for (const field of refused) bases[field] = refusedBase(field, prints, 'books')
  for (const field of unseenInPowerOffice(filled)) bases[field] = sentBase(field, prints, 'books')
  const link = linkFrom(ctx, { type, role, contact, bases })
  const sent = filled.filter((field) => field !== 'number')
  ctx.remember(link, entryFor(ctx, link)('created-in-poweroffice', { number: link.number, fields: sent }))
  noteLost(ctx, link, namesInTribe(role), fields)
  tellPaperOnly(ctx, role.ID, made.delivery)
  await ctx.flush()
  if (all.includes('number') && there.number !== null && there.number !== canonicalNumber(relation.number))
    await stillThere(() => writeTribe(ctx, type, role, there, ['number']))
  const refusals = refused.map((field): LeftOut => ({ field, refusedBy: 'books', said }))
  const problem = problemOfLeftOut([...faults, ...refusals], type.rows)
  if (problem) throw problem
  return DONE
}

/** Contact persons that were there before their company was in PowerOffice follow it. */
export function askForPersonsOf(ctx: SyncContext, organizationId: string): void {
  if (ctx.settings.relations.contactPersons)
    ctx.enqueue({ kind: 'persons-of', subject: recordSubject('tribe', organizationId), lane: 'push' })
}

/** Fields that are no member of the organisation or person that is made along. */
const TOLD_AT_ONCE: readonly RelationField[] = ['number', 'company']

interface Playing {
  /** Who plays the role, where it is in Tribe already. */
  siblingId: string | null
  fills: Fills
  /** The link of the role that it played before. */
  former?: LinkState | null
}

/** Makes a contact of PowerOffice's in Tribe: role, organisation or person, and address in one deep insert. */
export async function createInTribe(
  ctx: SyncContext,
  given: RelationType,
  contact: Contact,
  { siblingId, fills, former = null }: Playing,
): Promise<void> {
  const type = withOwn(ctx, given)
  const parentId = await parentInTribe(ctx, type, contact)
  if (parentId === null) return
  const importId = importIdOf(ctx, type.kind, String(contact.Id))
  refuseTwin(ctx, type.kind, String(contact.Id))
  if (type.kind !== 'contactPerson') waitForOther(ctx, otherKind(type.kind), String(contact.Id))
  if (siblingId !== null) return addRole(ctx, type, contact, { parentId, siblingId, importId, fills, former })

  const relation = relationFromPowerOffice(type, contact)
  const all = fieldsOf(ctx, type)
  const fields = all.filter((field) => relation[field] !== null)
  const numberPath = numberPathOf(type, ctx.tribeProfile.dialect)
  const countryOf = await countriesOf(ctx, fields.includes('address') ? relation.address : null)
  let parts = relationToTribe(type, relation, fields, null, { numberPath, countryOf })
  const blame = (refusal: ApiError, some: readonly RelationField[]) =>
    blamedOf('crm', refusal, some, relation, type.rows)
  const how = { ...TO_MAKE, blame, isOwed: true }
  const isUnderWay = leavingOut(fields, how, (some) => {
    parts = relationToTribe(type, relation, some, null, { numberPath, countryOf })
    const address = parts.address && type.address ? { [type.address]: withoutNulls(parts.address) } : {}
    const members = {
      Relation: { ID: parentId },
      ImportId: importId,
      ...parts.role,
      [type.child]: { ...withoutNulls(parts.relation), ...address },
    }
    return making(ctx, type.kind, String(contact.Id), () => ctx.tribe.create(type.set, members))
  })
  const { answer, refused, said } =
    type.kind === 'contactPerson' ? await hangingOn(ctx, parentId, isUnderWay) : await isUnderWay
  const role = answer ?? (await ctx.tribe.findRoleByImportId(type.set, [importId]))
  if (!role) throw madeUnnamed(`a ${wordOf(type.kind)}`)
  const sent = fields.filter((field) => !refused.includes(field))
  const isOfRole = (field: RelationField) => homeOf(type, field, { numberPath, hasAddress: false }) === 'role'
  const told = relationFromTribe(type, { ...role, ...parts.role, ...toldOf(parts.role, role) }, numberPath)
  // An answer that is empty shows nothing, and the record itself may have been edited by now.
  const isTold = ({ name, crm }: RelationRow) =>
    sent.includes(name)
      ? answer !== null || !isEditedSince(told[name], { sent: relation[name], before: null })
      : crm.members.some((member) => member in (answer ?? {}))
  const kept: Relation = { ...relation, ...Object.fromEntries(refused.map((field) => [field, null])) }
  if (sent.includes('address')) kept.address = parts.addressAfter
  const shown = rowsNamed(type.rows, all.filter(isOfRole)).filter(isTold)
  const seen = shown.map(({ name }) => name)
  const after = withFields(kept, seen, told)
  const prints = { crm: await printsOf(ctx, type, after), books: await printsOf(ctx, type, relation) }
  const bases = { ...basesOf(all, prints), ...standInsOfMade(ctx, type.name, all, prints) }
  // Of what was made along, the answer shows nothing, nor what Tribe has filled in there; the next look does.
  const unseen = all.filter((field) => !seen.includes(field) && !TOLD_AT_ONCE.includes(field))
  for (const field of unseen) bases[field] = sentBase(field, prints, 'crm')
  for (const field of refused) bases[field] = refusedBase(field, prints, 'crm')
  const link = linkFrom(ctx, { type, role, contact, bases })
  ctx.remember(link, entryFor(ctx, link)('created-in-tribe', { number: link.number, fields: sent }))
  noteLost(ctx, link, namesInPowerOffice(contact), sent)
  const problem = problemOfLeftOut(refused.map((field) => ({ field, refusedBy: 'crm' as const, said })))
  if (problem) ctx.park({ kind: type.kind, subject: recordSubject('tribe', role.ID), lane: 'bulk' }, problem)
}

/** The company or person is in Tribe already, in another role: it gets this one too, and is not made again (DESIGN.md §4.2). */
async function addRole(
  ctx: SyncContext,
  type: RelationType,
  contact: Contact,
  {
    parentId,
    siblingId,
    importId,
    fills,
    former,
  }: Required<Playing> & { parentId: string; siblingId: string; importId: string },
): Promise<void> {
  const held = await roleHeld(ctx, type, siblingId, contact)
  if (held) {
    await mergePair(ctx, { type, link: null, role: held, contact, fills })
    return
  }
  const members = { Relation: { ID: parentId }, ImportId: importId, [type.child]: { ID: siblingId } }
  const isUnderWay = making(ctx, type.kind, String(contact.Id), () => ctx.tribe.create(type.set, members))
  const made = await hangingOn(ctx, siblingId, isUnderWay)
  if (made)
    ctx.remember(null, {
      kind: type.kind,
      tribeId: made.ID,
      powerOfficeId: String(contact.Id),
      at: isoOf(ctx),
      event: 'role-given-in-tribe',
      details: {},
    })
  const role = made
    ? await ctx.tribe.findRole(type.set, made.ID)
    : await ctx.tribe.findRoleByImportId(type.set, [importId])
  if (role) await mergePair(ctx, { type, link: null, role, contact, fills, former })
}

/**
 * What is made at an organisation of Tribe's. When that is gone by now, the roles that it played are looked at first,
 * so that their links say so: then the new one gets an organisation of its own, or is left until its company is back.
 */
async function hangingOn<T>(ctx: SyncContext, organizationId: string, making: Promise<T>): Promise<T> {
  try {
    return await making
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.remedy !== 'data') throw thrown
    const links = (await ctx.links.ofRelation(organizationId)).filter(({ kind }) => kind !== 'contactPerson')
    if (links.length === 0) throw thrown
    for (const { tribeType, tribeId } of links) {
      const role = await ctx.tribe.findRole(setOfType(tribeType), tribeId)
      if (role?.Organization ?? role?.Person) throw thrown
    }
    for (const { kind, tribeId, tribeType } of links)
      ctx.enqueue({ kind, subject: recordSubject('tribe', tribeId), hint: tribeType, lane: 'push' })
    const message =
      'Tribe does not have the organisation that this belongs to any more: it is looked at first'
    throw new SyncError('relation.company_gone', 'time', message)
  }
}

/** A user, or an earlier run, may have given it that role already. */
async function roleHeld(
  ctx: SyncContext,
  type: RelationType,
  siblingId: string,
  contact: Contact,
): Promise<Role | null> {
  if (type.kind === 'contactPerson') return null
  const [held] = await ctx.tribe.rolesOf(type.set, `${type.child}/ID`, [siblingId])
  const link = held ? await ctx.links.findByTribe(type.kind, held.ID) : null
  const isTied = link?.state === 'linked' || link?.state === 'forgotten'
  if (isTied && link.powerOfficeId !== String(contact.Id)) {
    const message = `It is a ${type.kind} in Tribe already, and tied to another ${type.kind} of PowerOffice: relink it, or take the role away from one of the two in PowerOffice`
    throw new SyncError('relation.number_taken', 'data', message)
  }
  return held ?? null
}

/** Whose the new record is in Tribe: our own organisation's, or a contact person's company; null when that is not synced. */
export async function parentInTribe(
  ctx: SyncContext,
  type: RelationType,
  contact: Contact,
): Promise<string | null> {
  if (type.kind !== 'contactPerson') return ctx.tribeProfile.organizationId
  return contact.ContactId == null ? null : companiesOf(ctx).inTribe(String(contact.ContactId))
}
