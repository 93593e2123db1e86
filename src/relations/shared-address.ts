import type { SyncContext } from '../sync-step'
import type { Role } from '../tribe/schemas'
import { addressOf } from './address'
import type { RelationType } from './kinds'
import { relationIdOf } from './link'

/**
 * One address record of Tribe's can serve in several places: as the invoice and the visiting address of a company, or
 * for several relations. PowerOffice's mail address is one of these only, so a change of it is written to a record of its own.
 */

const NAME = 'shared-addresses'

/** Notes of a full list which addresses serve several relations: a load asks for none of them by itself. */
export function noteSharedAddresses(
  ctx: SyncContext,
  rolesByType: readonly (readonly [RelationType, readonly Role[]])[],
): void {
  const holders = new Map<string, Set<string>>()
  for (const [type, roles] of rolesByType)
    for (const role of roles) {
      const [address, holder] = [addressOf(type, role)?.ID, relationIdOf(type, role)]
      if (address && holder) holders.set(address, (holders.get(address) ?? new Set()).add(holder))
    }
  const shared = [...holders].flatMap(([address, { size }]) => (size > 1 ? [address] : []))
  ctx.cache.set(NAME, new Set(shared))
}

/** Whether the address of this relation serves in another place, too. */
export async function isSharedAddress(ctx: SyncContext, type: RelationType, role: Role): Promise<boolean> {
  const id = addressOf(type, role)?.ID
  if (!id) return false
  const { Organization: organization } = role
  const isIt = (other: { ID: string } | null | undefined) => other?.ID === id
  if (isIt(organization?.VisitingAddress) || isIt(organization?.PostalAddress)) return true
  const noted = ctx.cache.get(NAME) as ReadonlySet<string> | undefined
  if (noted && ctx.facts.get('initial-sync') !== null) return noted.has(id)
  const holders = await ctx.tribe.holdersOfAddress(id)
  return holders.some((holder) => holder !== relationIdOf(type, role))
}
