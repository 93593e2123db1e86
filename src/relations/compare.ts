import type { LinkState } from '../db/links'
import { noticeEdits, type SeenInTribe, toldFlapping } from '../lookups/told-edits'
import type { Contact } from '../poweroffice/schemas'
import { recordSubject } from '../shared/subjects'
import { DONE, type Step, type SyncContext } from '../sync-step'
import { setOfType } from '../tribe/sets'
import { type ComparedKind, type Comparing, compareKind, isInStep, lookAgain } from '../two-way/compare'
import { replaceRows } from '../two-way/comparison'
import { askForRefused } from '../two-way/refused-as'
import { eachRow, PASSED_OVER } from '../two-way/rows'
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
import { fieldsOf, printsOf, sharedBy, tribeRelation } from './link'
import { relationFromPowerOffice } from './mapping'
import type { TribeIndex } from './matching'
import { subjectOf } from './moving'
import { oneWayIn, withOwn } from './own-rows'
import { linksOfRows, otherRole, roleOf } from './rows'
import { sweptRelations } from './sweeps'
import { type PowerOfficeLook, syncFromPowerOffice } from './sync'

/** The nightly comparison of relations (DESIGN.md §8.1), kind by kind. */

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
  const compared = comparedRelations(kind)
  if (compared.isOn(ctx)) {
    const result = await compareKind(ctx, compared, (row) => {
      askForRefused(ctx, kind)
      ctx.facts.set('comparison:rows', [...(ctx.facts.get('comparison:rows') ?? []), row])
    })
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

type Underway = Comparing<Contact, TribeIndex>

const comparedRelations = (kind: RelationKind): ComparedKind<Contact, TribeIndex> => ({
  ...sweptRelations(kind),
  what: WHAT[kind],
  compare: (ctx, rows, now) => compareRows(ctx, kind, rows, now),
  countInCrm: (ctx, index) => countInTribe(ctx, kind, index),
})

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

async function compareRows(
  ctx: SyncContext,
  kind: RelationKind,
  rows: readonly Contact[],
  now: Underway,
): Promise<number> {
  const { links, siblings } = await linksOfRows(ctx, kind, rows)
  if (kind === 'contactPerson') await preloadCompanies(ctx, rows, links, now.index)
  const flapping = kind === 'customer' ? await noticeEdits(ctx, kind, rolesOf(links, now.index)) : []
  for (const tribeId of flapping)
    ctx.park({ kind, subject: recordSubject('tribe', tribeId), lane: 'bulk' }, toldFlapping())
  return eachRow(
    ctx,
    rows,
    (row) => ({ kind, subject: subjectOf(row) }),
    async (contact) => {
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
    lookAgain(ctx, link, role !== null)
    return
  }
  if (link && role && (await isAsKnown(ctx, type, { link, contact, role }, now))) return
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

async function isAsKnown(
  ctx: SyncContext,
  given: RelationType,
  {
    link,
    contact,
    role,
  }: { link: LinkState; contact: Contact; role: NonNullable<ReturnType<TribeIndex['role']>> },
  now: Underway,
): Promise<boolean> {
  const type = withOwn(ctx, given)
  const pair = {
    fields: fieldsOf(ctx, type),
    crm: await printsOf(ctx, type, await tribeRelation(ctx, type, role, link.powerOfficeParentId)),
    books: await printsOf(ctx, type, relationFromPowerOffice(type, contact)),
    ledByBooks: LED_BY_POWEROFFICE,
    oneWay: oneWayIn(ctx, type),
  }
  return isInStep(ctx, link, pair, now)
}
