import type { Contact } from '../poweroffice/schemas'
import type { SyncContext } from '../sync-step'
import { CUSTOMER_ORGANIZATION } from '../tribe/client'
import { isGuid, literal } from '../tribe/odata'
import type { Role } from '../tribe/schemas'
import { type RelationKind, relationFromTribe } from './mapping'
import { importIdOf, tribeIdFrom } from './reference'
import type { Matches } from './sync'

/**
 * Which of Tribe's roles may be the same as a contact (spec §3): by the PowerOffice id in `ImportId` or by
 * our reference in PowerOffice, then by number. Names and addresses never tie records together.
 */
export interface TribeIndex {
  roles: readonly Role[]
  matchesOf(ctx: SyncContext, contact: Contact): Promise<Matches>
}

function indexOf(kind: RelationKind, roles: readonly Role[]): TribeIndex {
  const byId = new Map<string, Role>()
  const byImportId = new Map<string, Role>()
  const byNumber = new Map<string, Role[]>()
  for (const role of roles) {
    byId.set(role.ID, role)
    if (role.ImportId) byImportId.set(role.ImportId, role)
    const number = relationFromTribe(kind, role).number
    if (number) byNumber.set(number, [...(byNumber.get(number) ?? []), role])
  }
  return {
    roles,
    async matchesOf(ctx, contact) {
      const referenced = await tribeIdFrom(ctx.tenantId, contact.ExternalImportReference)
      const found =
        byImportId.get(importIdOf(kind, String(contact.Id))) ??
        (referenced ? byId.get(referenced) : undefined)
      return { byId: found ?? null, byNumber: byNumber.get(String(contact.Number)) ?? [] }
    },
  }
}

export const emptyIndex = (): TribeIndex => indexOf('customer', [])

/** All roles of a kind: for a first load, which would otherwise ask for each page anew. */
export async function readTribeIndex(ctx: SyncContext, kind: RelationKind): Promise<TribeIndex> {
  return indexOf(kind, await ctx.tribe.allRoles(CUSTOMER_ORGANIZATION))
}

/** Contacts a question, so that its URL stays short. */
const A_TIME = 20

/** The roles that may be the same as these few contacts. */
export async function findMatches(
  ctx: SyncContext,
  kind: RelationKind,
  contacts: readonly Contact[],
): Promise<TribeIndex> {
  const number = kind === 'customer' ? 'Organization/DebtorNumber' : 'Organization/CreditorNumber'
  const roles: Role[] = []
  for (let at = 0; at < contacts.length; at += A_TIME) {
    const terms = await Promise.all(
      contacts.slice(at, at + A_TIME).map(async (contact) => {
        const ours = await tribeIdFrom(ctx.tenantId, contact.ExternalImportReference)
        return [
          `contains(ImportId,${literal(importIdOf(kind, String(contact.Id)))})`,
          ...(contact.Number == null ? [] : [`${number} eq ${literal(String(contact.Number))}`]),
          ...(ours && isGuid(ours) ? [`ID eq ${ours}`] : []),
        ].join(' or ')
      }),
    )
    roles.push(...(await ctx.tribe.rolesWhere(CUSTOMER_ORGANIZATION, terms.join(' or '))))
  }
  return indexOf(kind, roles)
}
