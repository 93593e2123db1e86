import { oneWayOf, ownMappings, ownRow } from '../lookups/own-rows'
import type { FieldMapping } from '../shared/own-fields'
import type { SyncContext } from '../sync-step'
import type { RelationType } from './kinds'
import type { RelationRow } from './row'

/** Rows of an admin's own, besides those that every tenant's relations have. */

const OWN = Symbol('has the rows of a tenant')

/** The type with the admin's rows; the type itself where there are none, or where it has them already. */
export function withOwn(ctx: SyncContext, type: RelationType): RelationType {
  if (OWN in type) return type
  const rows = ownMappings(ctx, type.kind).flatMap((mapping) => ownRelationRow(mapping, type) ?? [])
  if (rows.length === 0) return type
  const own: RelationType & { [OWN]: true } = {
    ...type,
    rows: [...type.rows, ...rows],
    fields: [...type.fields, ...rows.map(({ name }) => name)],
    [OWN]: true,
  }
  return own
}

/** Null: records of this type have no place for it, as a person has none for a company's field. */
function ownRelationRow(mapping: FieldMapping, type: RelationType): RelationRow | null {
  const { inCrm, inBooks, toCrm, toBooks, member, placeIn, ...row } = ownRow(mapping)
  const place = placeIn(type.set)
  if (!place) return null
  return {
    ...row,
    of: [type.name],
    home: place.via === '' ? 'role' : 'relation',
    isSure: true,
    crm: { members: [member.crm], read: ({ role }) => inCrm(role, type.set), write: toCrm },
    books: { members: [member.books], read: ({ contact }) => inBooks(contact), write: toBooks },
  }
}

/** Rows of the admin's that go one way. */
export const oneWayIn = (ctx: SyncContext, { kind }: RelationType) => oneWayOf(ownMappings(ctx, kind))
