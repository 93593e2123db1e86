import type { ApiError } from '../shared/errors'
import { leavingOut } from '../shared/refusals'
import type { SyncContext } from '../sync-step'
import type { Role } from '../tribe/schemas'
import { toldOf } from '../tribe/told'
import { withFields } from '../two-way/fields'
import { addressAsTold, addressOf } from './address'
import type { Relation, RelationField } from './fields'
import { isRecordBroughtBack, withFormerCountry } from './former-address'
import { numberPathOf, type RelationType } from './kinds'
import { blamedOf, TO_CHANGE } from './left-out'
import { tribeRelation, withoutNulls } from './link'
import { countriesOf } from './lists'
import { homeOf, relationFromTribe, relationToTribe, type TribeFields, type TribePlaces } from './mapping'
import { isEditedBetween } from './seen'
import { isSharedAddress } from './shared-address'

/** What Tribe holds after a write, and what it did not take. */
export interface WrittenToTribe {
  relation: Relation
  refused: RelationField[]
  said: string | null
  /** Written, and no answer shows what Tribe keeps. */
  unseen: RelationField[]
}

/** Writes the given fields to the records of Tribe that hold them, each without what Tribe refuses. */
export async function writeTribe(
  ctx: SyncContext,
  type: RelationType,
  role: Role,
  from: Relation,
  fields: readonly RelationField[],
): Promise<WrittenToTribe> {
  const back = fields.includes('address') ? await isRecordBroughtBack(ctx, type, role) : false
  if (!back) return writeMembers(ctx, type, role, from, fields)
  const others = fields.filter((field) => field !== 'address')
  const { relation, ...written } = await writeMembers(ctx, type, role, from, others)
  return {
    ...written,
    relation: { ...relation, address: from.address },
    // Somebody may have edited the other record meanwhile: the next look shows what it holds.
    unseen: back === 'another' ? [...written.unseen, 'address'] : written.unseen,
  }
}

async function writeMembers(
  ctx: SyncContext,
  type: RelationType,
  role: Role,
  from: Relation,
  fields: readonly RelationField[],
): Promise<WrittenToTribe> {
  const numberPath = numberPathOf(type, ctx.tribeProfile.dialect)
  const countryOf = await countriesOf(ctx, fields.includes('address') ? from.address : null)
  const places: TribePlaces = { numberPath, countryOf }
  const child = role[type.child]
  // What serves in another place, too, stays as it is: this relation gets an address of its own.
  const isShared = fields.includes('address') && (await isSharedAddress(ctx, type, role))
  const held = isShared ? null : addressOf(type, role)
  const before: Role = isShared ? withoutAddress(type, role) : role
  let isSilent = false
  const done = { relation: {}, role: {}, refused: [] as RelationField[], said: null as string | null }
  let address: TribeFields | undefined
  let addressTold: Record<string, unknown> = {}

  const update = async (set: string, id: string, part: Record<string, unknown>) => {
    const answer = await ctx.tribe.update(set, id, part)
    if (answer === null) isSilent = true
    return answer
  }
  const write = async (
    some: readonly RelationField[],
    send: (change: Record<string, unknown>) => Promise<object>,
    partOf: (change: ReturnType<typeof relationToTribe>) => Record<string, unknown>,
  ): Promise<object> => {
    const blame = (refusal: ApiError, left: readonly RelationField[]) =>
      blamedOf('crm', refusal, left, from, type.rows)
    const how = { ...TO_CHANGE, blame }
    const { answer, refused, said } = await leavingOut(some, how, async (left) => {
      const change = relationToTribe(type, from, left, before, places)
      const part = partOf(change)
      const now = Object.keys(part).length > 0 ? await send(part) : {}
      if (left.includes('address')) address = change
      return now
    })
    done.refused.push(...refused)
    done.said ??= said
    return answer ?? {}
  }

  const homes = Map.groupBy(fields, (field) => homeOf(type, field, { numberPath, hasAddress: held != null }))
  const home = (name: ReturnType<typeof homeOf>) => homes.get(name) ?? []
  if (child && home('relation').length > 0)
    done.relation = await write(
      home('relation'),
      async (part) => ({ ...part, ...toldOf(part, await update(type.relationSet, child.ID, part)) }),
      (change) =>
        type.address && (change.address || isShared)
          ? { ...change.relation, [type.address]: withoutNulls(change.address ?? {}) }
          : change.relation,
    )
  if (held && home('address').length > 0)
    await write(
      home('address'),
      async (part) => {
        addressTold = toldOf(part, await update('Address', held.ID, part))
        return addressTold
      },
      (change) => withFormerCountry(ctx, held, change.address ?? {}),
    )
  if (home('role').length > 0)
    done.role = await write(
      home('role'),
      async (part) => ({ ...part, ...toldOf(part, await update(type.set, role.ID, part)) }),
      (change) => change.role,
    )

  const addressNow = type.address ? { [type.address]: held } : {}
  const after = { ...role, ...done.role, [type.child]: { ID: '', ...child, ...done.relation, ...addressNow } }
  const { company } = await tribeRelation(ctx, type, role, from.company)
  const relation = relationFromTribe(type, after, numberPath, company)
  if (address) relation.address = addressAsTold(address, addressTold)
  const { refused, said } = done
  const taken = fields.filter((field) => !refused.includes(field))
  if (!isSilent) {
    // An address that is made along with its relation is not in the answer.
    const unseen = taken.filter((field) => field === 'address' && held == null)
    return { relation, refused, said, unseen }
  }
  // Tribe answered with nothing: it is asked once what it keeps of these fields.
  const now = await ctx.tribe.findRole(type.set, role.ID)
  const seen = now && relationFromTribe(type, now, numberPath, company)
  const read = relationFromTribe(type, role, numberPath, company)
  const kept = seen ? taken.filter((field) => !isEditedBetween(type, field, { seen, from, read })) : []
  return { relation: withFields(relation, kept, seen ?? relation), refused, said, unseen: [] }
}

const withoutAddress = (type: RelationType, role: Role): Role => {
  const relation = role[type.child]
  return relation && type.address ? { ...role, [type.child]: { ...relation, [type.address]: null } } : role
}
