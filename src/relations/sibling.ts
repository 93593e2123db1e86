import type { LinkState } from '../db/links'
import type { Contact } from '../poweroffice/schemas'
import type { Bases } from '../shared/two-way'
import type { SyncContext } from '../sync-step'
import type { Role } from '../tribe/schemas'
import type { RelationType } from './kinds'
import { relationIdOf } from './link'
import type { RelationField } from './relation'

/** What both roles of a company have in common in either system. */
const SHARED: readonly RelationField[] = [
  'name',
  'website',
  'email',
  'phone',
  'organizationNumber',
  'address',
]

/**
 * What the link of the company's other role knows of the fields that both share, when it knows better:
 * because this role is not linked yet, or was looked at before. Null when it does not.
 */
export async function basesOfSibling(
  ctx: SyncContext,
  type: RelationType,
  { link, role, contact }: { link: LinkState | null; role: Role; contact: Contact },
): Promise<Bases | null> {
  if (type.party !== 'organization') return null
  const kind = type.kind === 'customer' ? 'supplier' : 'customer'
  const sibling = await ctx.links.findByPowerOffice(kind, String(contact.Id))
  const isSame = (sibling?.tribeRelationId ?? relationIdOf(type, role)) === relationIdOf(type, role)
  if (sibling?.state !== 'linked' || !isSame || (link && link.syncedAt >= sibling.syncedAt)) return null
  return Object.fromEntries(
    SHARED.flatMap((field) => {
      const base = sibling.bases[field]
      return base === undefined ? [] : [[field, base]]
    }),
  )
}
