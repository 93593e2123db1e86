import type { Contact } from '../poweroffice/schemas'
import type { SyncContext } from '../sync-step'
import type { Role } from '../tribe/schemas'
import { type SweptKind, sweptKind, type TogetherSet, togetherSet } from '../two-way/record-kind'
import { endPaperOnly } from './delivery'
import {
  COMPANY_CUSTOMER,
  COMPANY_SUPPLIER,
  isOn,
  RELATION_KINDS,
  RELATION_TYPES,
  type RelationKind,
  type RelationType,
  typesOfKind,
} from './kinds'
import { mutatedAt } from './link'
import { readTribeIndex, type TribeIndex } from './matching'
import { noteNamesakes } from './namesakes'
import { syncContacts, syncRoles } from './rows'

/** How sweeps list relations, and the steps that the rows go through. */

export const isKindOn = (ctx: SyncContext, kind: RelationKind): boolean =>
  typesOfKind(kind).some((type) => isOn(type, ctx.settings))

export const sweptRelations = (kind: RelationKind): SweptKind<Contact, TribeIndex> => ({
  kind,
  isOn: (ctx) => isKindOn(ctx, kind),
  async page(ctx, query) {
    const read = await ctx.powerOffice.contacts(kind, query)
    if (kind === 'customer') await endPaperOnly(ctx, read.rows)
    // A full list shows all of a company's persons; a list of changes does not.
    if (kind === 'contactPerson' && query.changedAfter === undefined) noteNamesakes(ctx, read.rows)
    return read
  },
  count: (ctx) => ctx.powerOffice.countContacts(kind),
  readIndex: (ctx) => readTribeIndex(ctx, kind),
  prepare: (ctx) => (kind === 'contactPerson' ? learnCompanies(ctx) : Promise.resolve()),
  sync: (ctx, rows, { readAt, index, fills }) =>
    syncContacts(ctx, kind, rows, { readAt, indexOf: index && (async () => index), fills }),
})

/** In the order of need: a contact person needs its company. */
export const RELATION_SWEEPS: readonly SweptKind[] = RELATION_KINDS.map((kind) =>
  sweptKind(sweptRelations(kind)),
)

const polled = (type: RelationType): TogetherSet<Role> => ({
  set: type.set,
  kind: type.kind,
  // A role counts with whoever plays it, and with that one's address.
  parts: [type.relationSet, ...(type.address ? ['Address'] : [])],
  newest: (ctx, set) => ctx.tribe.newest(set),
  isOn: (ctx) => isOn(type, ctx.settings),
  page: (ctx, since, from) => ctx.tribe.changedRoles(type.set, since, from),
  named: (ctx, ids) => ctx.tribe.rolesById(type.set, ids),
  mutatedAt,
  sync: (ctx, rows, readAt) => syncRoles(ctx, type, rows, readAt),
})

export const RELATION_POLLS: readonly TogetherSet[] = RELATION_TYPES.map((type) => togetherSet(polled(type)))

/** Tribe does not always say which organisation it made along with a role; contact persons need to know. */
async function learnCompanies(ctx: SyncContext): Promise<void> {
  for (const type of [COMPANY_CUSTOMER, COMPANY_SUPPLIER]) {
    if ((await ctx.links.countWithoutRelation(type.kind)) === 0) continue
    const roles = await ctx.tribe.allRoles(type.set)
    const known = roles.flatMap((role) =>
      role.Organization ? [{ tribeId: role.ID, relationId: role.Organization.ID }] : [],
    )
    for (let at = 0; at < known.length; at += 1000)
      await ctx.links.learnRelations(type.kind, known.slice(at, at + 1000))
  }
}
