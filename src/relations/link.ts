import type { LinkState } from '../db/links'
import type { Contact } from '../poweroffice/schemas'
import { laterOf, minus, parseInstant } from '../shared/dates'
import { SyncError } from '../shared/errors'
import { fingerprintAll } from '../shared/fingerprints'
import { inWords, type ProblemCode } from '../shared/problems'
import type { SyncContext } from '../sync-step'
import { has } from '../tribe/dialect'
import type { Dated } from '../tribe/newest'
import type { Role } from '../tribe/schemas'
import { typeOfSet } from '../tribe/sets'
import { isoOf } from '../two-way/link'
import type { Fingerprints } from '../two-way/merge'
import { companiesOf } from './companies'
import type { Relation, RelationField } from './fields'
import { numberPathOf, type RelationType } from './kinds'
import { canonical, relationFromTribe } from './mapping'
import { withOwn } from './own-rows'
import { isOnRole, type RelationRow } from './row'

/** What the steps of a relation have in common: its fields, its fingerprints, its link and what is told of it. */

/** The fields that this tenant's relations have: some can be switched off, or Tribe or PowerOffice lacks them. */
export function fieldsOf(ctx: SyncContext, given: RelationType): RelationField[] {
  const type = withOwn(ctx, given)
  const { financialFields } = ctx.settings.relations
  return type.rows
    .filter((row) => type.fields.includes(row.name) && (financialFields || !row.isFinancial))
    .filter((row) => isThere(ctx, type, row) && !isResting(ctx, type, row))
    .map((row) => row.name)
}

/** What PowerOffice does not say any more as it did is left alone on both sides (DESIGN.md §9.13). */
const isResting = (ctx: SyncContext, { kind }: RelationType, row: RelationRow): boolean =>
  row.books.members.some((member) => ctx.contract?.rests(LISTS[kind], member))

/** Fields of which nobody can say now what PowerOffice holds. */
export const restingFieldsOf = (ctx: SyncContext, type: RelationType): RelationField[] =>
  type.rows
    .filter((row) => type.fields.includes(row.name) && isResting(ctx, type, row))
    .map(({ name }) => name)

const LISTS = { customer: 'Customers', supplier: 'Suppliers', contactPerson: 'ContactPersons' } as const

/** Whether this Tribe has a place for it, and this integration may read what it needs of PowerOffice. */
function isThere(
  { tribeProfile, powerOfficeProfile }: SyncContext,
  type: RelationType,
  row: RelationRow,
): boolean {
  const { dialect } = tribeProfile
  switch (row.home) {
    case 'company':
      return true
    case 'number':
      return numberPathOf(type, dialect) !== null
    case 'address':
      return type.address !== null && has(dialect, type.relationSet, type.address)
    case 'role':
    case 'relation':
    case 'reachable': {
      const set = isOnRole(type, row.home) ? type.set : type.relationSet
      const { privilege } = row
      return (
        (row.isSure || has(dialect, set, row.crm.members[0] ?? '')) &&
        (!privilege || powerOfficeProfile.validPrivileges.some((one) => one.startsWith(privilege)))
      )
    }
    default:
      return row.home satisfies never
  }
}

/** The relation as Tribe holds it, with the company that a contact person belongs to; `heldBy` is PowerOffice's. */
export async function tribeRelation(
  ctx: SyncContext,
  type: RelationType,
  role: Role,
  heldBy: string | null = null,
): Promise<Relation> {
  const companyId = type.kind === 'contactPerson' ? role.Relation?.ID : undefined
  const company = companyId === undefined ? null : await companiesOf(ctx).inPowerOffice(companyId, heldBy)
  return relationFromTribe(withOwn(ctx, type), role, numberPathOf(type, ctx.tribeProfile.dialect), company)
}

export const printsOf = (ctx: SyncContext, type: RelationType, relation: Relation): Promise<Fingerprints> =>
  fingerprintAll(ctx.fingerprint, canonical(relation, withOwn(ctx, type).rows))

/** The organisation or person behind a role. */
export const relationIdOf = (
  type: RelationType,
  role: { Organization?: { ID: string } | null | undefined; Person?: { ID: string } | null | undefined },
) => role[type.child]?.ID ?? null

/**
 * The role as far as it can be judged: one whose organisation, person or company is out of sight is as good as
 * hidden itself, and looks empty without having been emptied.
 */
export const wholeRole = (type: RelationType, role: Role | null): Role | null =>
  role?.[type.child] && (type.kind !== 'contactPerson' || role.Relation) ? role : null

export interface LinkGiven {
  type: RelationType
  role: {
    ID: string
    Organization?: { ID: string } | null | undefined
    Person?: { ID: string } | null | undefined
  }
  contact: Pick<Contact, 'Id'> & Partial<Contact>
  /** What was known of the pair before. */
  link?: LinkState | null
  bases?: LinkState['bases']
  recent?: LinkState['recent']
  state?: LinkState['state']
}

export function linkFrom(
  ctx: SyncContext,
  { type, role, contact, link, bases, recent, state }: LinkGiven,
): LinkState {
  const now = isoOf(ctx)
  return {
    kind: type.kind,
    tribeId: role.ID,
    tribeType: typeOfSet(type.set),
    tribeRelationId: relationIdOf(type, role) ?? link?.tribeRelationId ?? null,
    powerOfficeId: String(contact.Id),
    powerOfficeParentId:
      contact.ContactId == null ? (link?.powerOfficeParentId ?? null) : String(contact.ContactId),
    number: contact.Number == null ? (link?.number ?? null) : String(contact.Number),
    bases: bases ?? {},
    state: state ?? 'linked',
    powerOfficeChangedAt: parseInstant(contact.LastChangedDateTimeOffset),
    recent: recent ?? [],
    createdAt: link?.createdAt ?? now,
    syncedAt: now,
  }
}

/** How PowerOffice finds the contact of a link. */
export const contactIdOf = (link: LinkState) => ({
  id: link.powerOfficeId,
  parentId: link.powerOfficeParentId,
})

/** Within this long the records of one deep insert are made. */
const MOMENT_MS = 1000

/** A role and the records that come along with it. */
function datesOf(role: Role) {
  const address = role.Organization?.InvoiceAddress ?? role.Person?.Address
  return [role, role.Organization, role.Person, address].flatMap((record) => {
    if (!record) return []
    return {
      id: record.ID,
      made: parseInstant(record.CreationDate),
      mutated: parseInstant(record.LastMutationDate),
    }
  })
}

/** When each of them was made, and changed last. */
export const datedPartsOf = (role: Role): Dated[] =>
  datesOf(role).flatMap(({ id, made, mutated }) => {
    const at = laterOf(made, mutated)
    return at === null ? [] : [{ id, at }]
  })

/** When a role, or a record that comes along with it, was last changed in Tribe. */
export const mutatedAt = (role: Role): string | null =>
  datesOf(role)
    .flatMap(({ made, mutated }) => [made, mutated])
    .reduce<string | null>((latest, time) => laterOf(latest, time), null)

/** Made in one go, and nobody changed it since, as far as Tribe tells. */
export function isAsMade(role: Role): boolean {
  const madeAt = parseInstant(role.CreationDate)
  return datesOf(role).every(
    ({ made, mutated }) =>
      madeAt !== null &&
      made !== null &&
      made >= minus(madeAt, MOMENT_MS) &&
      made <= minus(madeAt, -MOMENT_MS) &&
      (mutated === null || mutated <= made),
  )
}

export const faultError = (code: ProblemCode) => new SyncError(code, 'data', inWords(code))

/** `ImportId` of Tribe's can be copied along with a record. */
export const severalMarked = (kind: RelationType['kind'], count: number) =>
  new SyncError(
    'relation.ambiguous',
    'data',
    `${count} ${kind}s in Tribe bear the id of this one of PowerOffice (ImportId): decide which of them it is`,
  )

export const withoutNulls = (fields: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))

/** Two roles of one company, or one person at two companies, write to the same record of either system. */
export const sharedBy = (link: LinkState): string => link.tribeRelationId ?? link.tribeId
