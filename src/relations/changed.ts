import type { LinkState } from '../db/links'
import { recordIn, recordSubject } from '../shared/subjects'
import {
  CREATED,
  DONE,
  type Step,
  type Subject,
  type SyncContext,
  type SyncResult,
  TRY_AGAIN,
} from '../sync-step'
import { ORGANIZATION, PERSON, typeOfSet } from '../tribe/sets'
import { confirmGone, lookAtLink } from '../two-way/link'
import {
  canWait,
  hintOf,
  isLeft,
  LOOK_TOGETHER,
  leaveTo,
  type TakenTogether,
  type Told,
  together,
  type Wanted,
  wantTogether,
} from '../two-way/together'
import {
  CONTACT_PERSON,
  isOn,
  otherKind,
  RELATION_KINDS,
  RELATION_TYPES,
  type RelationKind,
  type RelationType,
  typeNamed,
  typeOfContact,
  typesOfKind,
} from './kinds'
import { sharedBy } from './link'
import { findMatches, NO_MATCHES } from './matching'
import { otherRole, roleOf } from './rows'
import { syncFromPowerOffice, syncFromTribe } from './sync'

/** The types of Tribe's records that these relations are made of: a webhook is registered for each. */
export function relationWebhooks(ctx: SyncContext): string[] {
  const types = RELATION_TYPES.filter((type) => isOn(type, ctx.settings))
  const sets = new Set(
    types.flatMap((type) => [type.set, type.relationSet, ...(type.address ? ['Address'] : [])]),
  )
  return [...sets].map(typeOfSet)
}

/**
 * Asks for a look at each relation that a record of this type may concern, so that the events of one click
 * end in one look. False when it concerns no relation, or nobody can tell which.
 */
export async function relationChanged(ctx: SyncContext, id: string, hint: string): Promise<boolean> {
  const isNew = hint.startsWith(CREATED)
  const name = isNew ? hint.slice(CREATED.length) : hint
  const type = typeNamed(name)
  if (type) {
    ctx.enqueue({ kind: type.kind, subject: recordSubject('tribe', id), hint, lane: 'push' })
    return true
  }
  switch (name) {
    case typeOfSet(ORGANIZATION):
    case typeOfSet(PERSON):
      // One that has just been made is nothing to us before it gets a role, and that has an event of its own.
      if (!isNew) await lookBehind(ctx, id, name === typeOfSet(ORGANIZATION) ? 'Organization' : 'Person')
      return true
    case 'Address': {
      // A new address comes with a company, often with thousands of them: one poll finds whose they are.
      const owner = isNew ? null : await ctx.tribe.ownerOfAddress(id)
      if (owner?.organizationId) await lookBehind(ctx, owner.organizationId, 'Organization')
      if (owner?.personId) await lookBehind(ctx, owner.personId, 'Person')
      return owner !== null
    }
    default:
      return false
  }
}

/**
 * The same for the events of a burst, with one query for each kind of relation among them, and one for organisations and
 * persons. An address is left to a look of its own: only Tribe says whose it is.
 */
export async function relationsChangedTogether(
  ctx: SyncContext,
  told: readonly Told[],
): Promise<TakenTogether> {
  const roles = told.flatMap((one) => {
    const type = typeNamed(one.type)
    return type ? [{ ...one, kind: type.kind, set: type.set }] : []
  })
  const behind = told.filter(({ type }) => childOf(type) !== null)
  const changed = behind.filter(({ isNew }) => !isNew)
  const isUnread = ({ set, id }: { set: string; id: string }) => !isLeft(ctx, set, id)
  const [played, ...known] = await Promise.all([
    ctx.links.amongRelations(changed.map(({ id }) => id)),
    ...RELATION_KINDS.map((kind) => {
      const mine = roles.filter((role) => role.kind === kind && isUnread(role))
      return ctx.links.amongTribe(
        kind,
        mine.map(({ id }) => id),
      )
    }),
  ])
  const links = new Map(known.flat().map((link) => [`${link.kind} ${link.tribeId}`, link]))
  const wanted = [
    ...roles.map(({ kind, id, set, ...one }): Wanted => {
      const about = { kind, id, hint: hintOf({ id, ...one }) }
      const link = links.get(`${kind} ${id}`) ?? null
      if (!link && isLeft(ctx, set, id)) return { ...about, isTied: true, set }
      return { ...about, isTied: link !== null, set: togetherSetOf(link) }
    }),
    ...played.map((link): Wanted => {
      const { kind, tribeId: id, tribeType: hint } = link
      return { kind, id, hint, isTied: true, set: togetherSetOf(link) }
    }),
  ]
  wantTogether(ctx, wanted)
  const tied = new Set(played.map(({ tribeRelationId }) => tribeRelationId))
  for (const child of ['Organization', 'Person'] as const) {
    const unknown = changed.filter(({ id, type }) => childOf(type) === child && !tied.has(id))
    if (unknown.length > 0) leaveTo(ctx, LOOK_BEHIND, child, ...unknown.map(({ id }) => id))
  }
  return {
    settled: new Set([...roles, ...behind].map(({ id }) => id)),
    tied: wanted.filter(({ isTied }) => isTied),
  }
}

/** Of which set a relation can be read together with others. */
const togetherSetOf = (link: LinkState | null): string | null =>
  link?.state === 'linked' ? (typeNamed(link.tribeType)?.set ?? null) : null

const childOf = (type: string): 'Organization' | 'Person' | null => {
  if (type === typeOfSet(ORGANIZATION)) return 'Organization'
  return type === typeOfSet(PERSON) ? 'Person' : null
}

/** Asks for a look at every role that an organisation or person plays. */
async function lookBehind(
  ctx: SyncContext,
  relationId: string,
  child: 'Organization' | 'Person',
): Promise<void> {
  const known = await ctx.links.ofRelation(relationId)
  for (const link of known)
    ctx.enqueue({
      kind: link.kind,
      subject: recordSubject('tribe', link.tribeId),
      hint: link.tribeType,
      lane: 'push',
    })
  if (known.length > 0) return
  // In a load, or in a burst of events, most of them are made by us, and their roles have events of their own.
  if (ctx.isBurst() || ctx.facts.get('initial-sync')) leaveTo(ctx, LOOK_BEHIND, child, relationId)
  else await lookForRoles(ctx, child, [relationId])
}

export const LOOK_BEHIND = 'look-behind'

/** The job `look-behind`: its subject is what plays the roles that are looked for, organisations or persons. */
export const lookBehindTogether: Step = together(LOOK_BEHIND, async (ctx, child, ids) => {
  const known = new Map((await ctx.links.amongRelations(ids)).map((link) => [link.tribeRelationId, link]))
  for (const link of known.values())
    ctx.enqueue({
      kind: link.kind,
      subject: recordSubject('tribe', link.tribeId),
      hint: link.tribeType,
      lane: 'push',
    })
  const unknown = ids.filter((id) => !known.has(id))
  if (unknown.length > 0) await lookForRoles(ctx, child === 'Person' ? 'Person' : 'Organization', unknown)
  return new Set()
})

async function lookForRoles(
  ctx: SyncContext,
  child: 'Organization' | 'Person',
  relationIds: readonly string[],
): Promise<void> {
  for (const type of RELATION_TYPES.filter((one) => one.child === child && isOn(one, ctx.settings)))
    for (const role of await ctx.tribe.rolesOf(type.set, `${child}/ID`, relationIds))
      ctx.enqueue({
        kind: type.kind,
        subject: recordSubject('tribe', role.ID),
        hint: typeOfSet(type.set),
        lane: 'push',
      })
}

/** The job of a relation: one look at it, named by either side's id. */
const syncRelation =
  (kind: RelationKind): Step =>
  async (ctx, { id, hint, inDoubt }) => {
    const { side, id: recordId, detail: parentId } = recordIn(id)
    if (side !== 'tribe') return contactNamed(ctx, kind, recordId, parentId)
    const find = () => ctx.links.findByTribe(kind, recordId)
    const nameOf = (known: LinkState | null) => (known ? sharedBy(known) : recordId)
    return lookAtLink(ctx, find, nameOf, (link) =>
      roleNamed(ctx, kind, link, { id: recordId, hint, inDoubt }),
    )
  }

async function roleNamed(
  ctx: SyncContext,
  kind: RelationKind,
  link: LinkState | null,
  { id, hint, inDoubt }: Subject,
): Promise<SyncResult> {
  // That a record was made is no news when it is linked: it was made by us.
  if (link && hint?.startsWith(CREATED)) return DONE
  const type = link && typeNamed(link.tribeType)
  if (type && !inDoubt && hint !== TRY_AGAIN && canWait(ctx, link, hint))
    return leaveTo(ctx, LOOK_TOGETHER, type.set, id)
  const found = await findRole(ctx, kind, id, link?.tribeType ?? hint?.replace(CREATED, '') ?? null)
  if (found) return syncFromTribe(ctx, { ...found, link, inDoubt, tryAgain: hint === TRY_AGAIN })
  if (type) return syncFromTribe(ctx, { type, role: null, link, inDoubt })
  // Tribe knows no such relation, and nor do we: whatever it is, it is looked for under any name.
  ctx.enqueue({ kind: 'tribe-changed', subject: id, lane: 'push' })
  return DONE
}

export const syncCustomer = syncRelation('customer')
export const syncSupplier = syncRelation('supplier')
export const syncContactPerson = syncRelation('contactPerson')

async function findRole(ctx: SyncContext, kind: RelationKind, id: string, tribeType: string | null) {
  const named = tribeType === null ? null : typeNamed(tribeType)
  const types: RelationType[] = named ? [named] : typesOfKind(kind).filter((type) => isOn(type, ctx.settings))
  for (const type of types) {
    const role = await ctx.tribe.findRole(type.set, id)
    if (role) return { type, role }
  }
  return null
}

async function contactNamed(
  ctx: SyncContext,
  kind: RelationKind,
  id: string,
  parentId: string | null,
): Promise<SyncResult> {
  const find = () => ctx.links.findByPowerOffice(kind, id)
  const nameOf = (known: LinkState | null) => (known ? sharedBy(known) : `books:${kind}:${id}`)
  return lookAtLink(ctx, find, nameOf, async (link) => {
    const readAt = ctx.now()
    const contact = await ctx.powerOffice.findContact(kind, {
      id,
      parentId: parentId ?? link?.powerOfficeParentId ?? null,
    })
    if (!contact) return link?.state === 'linked' ? confirmGone(ctx, link, 'books') : DONE
    const type = typeOfContact(kind, contact)
    if (!type) return DONE
    const index = link ? null : await findMatches(ctx, kind, [contact])
    const sibling = kind === 'contactPerson' ? null : await ctx.links.findByPowerOffice(otherKind(kind), id)
    await syncFromPowerOffice(ctx, {
      type,
      contact,
      readAt,
      link,
      matchesOf: async () =>
        index?.matchesOf(ctx, type, contact, await otherRole(ctx, kind, contact, sibling)) ?? NO_MATCHES,
      roleOf: (held) => roleOf(ctx, held),
      fills: 'never',
      isFresh: true,
    })
    return DONE
  })
}

/** Contact persons of a company that has just got its place in PowerOffice. */
export const syncPersonsOf: Step = async (ctx, { id }) => {
  const { id: organizationId } = recordIn(id)
  if (!isOn(CONTACT_PERSON, ctx.settings)) return DONE
  const roles = await ctx.tribe.rolesOf(CONTACT_PERSON.set, 'Relation/ID', [organizationId])
  for (const role of roles)
    ctx.enqueue({
      kind: 'contactPerson',
      subject: recordSubject('tribe', role.ID),
      hint: typeOfSet(CONTACT_PERSON.set),
      lane: 'push',
    })
  return DONE
}
