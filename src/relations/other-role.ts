import type { LinkState } from '../db/links'
import type { Contact } from '../poweroffice/schemas'
import { SyncError } from '../shared/errors'
import { canonicalNumber } from '../shared/numbers'
import { powerOfficeIdFrom } from '../shared/reference'
import { recordIn, recordSubject } from '../shared/subjects'
import type { SyncContext, SyncResult } from '../sync-step'
import type { Role } from '../tribe/schemas'
import { wasRefused } from '../two-way/refused-as'
import { isFree } from './given-again'
import { isOn, numberPathOf, otherKind, type RelationType, typesOfKind, wordOf } from './kinds'
import { relationIdOf } from './link'
import { relationFromTribe } from './mapping'

/**
 * What is customer and supplier in PowerOffice is one contact. A role that a user gives an organisation in Tribe may be
 * there already, as that of the contact that the organisation's other role is tied to, or is about to be.
 */

/** The same contact in this role, where the organisation's other role is tied to one that has both. */
export async function asOtherRole(
  ctx: SyncContext,
  type: RelationType,
  beside: readonly LinkState[],
): Promise<Contact | null> {
  const other = tiedAmong(beside, type)
  return other && freeContact(ctx, type, other.powerOfficeId)
}

const tiedAmong = (beside: readonly LinkState[], type: RelationType): LinkState | null =>
  (type.party === 'organization' &&
    beside.find(({ kind, state }) => kind === otherKind(type.kind) && state === 'linked')) ||
  null

async function freeContact(ctx: SyncContext, type: RelationType, id: string): Promise<Contact | null> {
  const contact = await ctx.powerOffice.findContact(type.kind, { id, parentId: null })
  return contact && (await isFree(ctx, await ctx.links.findByPowerOffice(type.kind, id))) ? contact : null
}

/**
 * While a first load runs, the organisation's other role may be one that it has not come to. That one is looked at first, by
 * the load's own rules, so that this one is made with what both systems have agreed on; null when there is none to wait for.
 * Throws where a person has to say first which contact the organisation is.
 */
export async function otherRoleFirst(
  ctx: SyncContext,
  type: RelationType,
  role: Role,
  beside: readonly LinkState[],
): Promise<SyncResult | null> {
  const relationId = relationIdOf(type, role)
  if (type.party !== 'organization' || relationId === null || tiedAmong(beside, type)) return null
  const kind = otherKind(type.kind)
  const key = `other-role:${kind}:${relationId}`
  const asked = ctx.cache.get(key) as string | undefined
  if (asked === undefined) {
    const mayCome = ctx.facts.get('initial-sync') !== null || wasRefused(ctx, role.ID)
    const subject = mayCome ? await contactToBe(ctx, kind, relationId) : null
    if (subject === null) return null
    ctx.cache.set(key, subject)
    ctx.enqueue({ kind, subject, lane: 'push' })
    return after(1, kind)
  }
  if (ctx.isAwaited(kind, asked)) return after(10, kind)
  ctx.cache.delete(key)
  if (await freeContact(ctx, type, recordIn(asked).id)) throw otherUndecided(type)
  return null
}

const after = (afterSeconds: number, kind: RelationType['kind']): SyncResult => ({
  status: 'again',
  afterSeconds,
  because: `its organisation is a ${wordOf(kind)}, too, which is looked at first`,
})

/** The contact that the organisation's other role would be tied to, as jobs name it. */
async function contactToBe(
  ctx: SyncContext,
  kind: 'customer' | 'supplier',
  relationId: string,
): Promise<string | null> {
  const type = typesOfKind(kind).find(({ party }) => party === 'organization')
  if (!type || !isOn(type, ctx.settings)) return null
  const [role] = await ctx.tribe.rolesOf(type.set, `${type.child}/ID`, [relationId])
  if (!role) return null
  const numberPath = numberPathOf(type, ctx.tribeProfile.dialect)
  const number = canonicalNumber(relationFromTribe(type, role, numberPath).number)
  const found = number === null ? null : await ctx.powerOffice.findContactByNumber(kind, number)
  const id = powerOfficeIdFrom(ctx, kind, role.ImportId) ?? found?.Id
  return id === undefined ? null : recordSubject('powerOffice', id)
}

/** Which organisation a contact's other role is has to be said first. */
export const otherUndecided = (type: RelationType) => {
  const [word, other] = [wordOf(type.kind), wordOf(otherKind(type.kind))]
  return new SyncError(
    'relation.ambiguous',
    'data',
    `PowerOffice has a contact that is ${word} and ${other}, and it is not decided whether it is this organisation: decide that of the ${other} first, then try this again`,
  )
}
