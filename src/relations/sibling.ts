import type { LinkState } from '../db/links'
import type { Contact } from '../poweroffice/schemas'
import type { SyncContext } from '../sync-step'
import type { Role } from '../tribe/schemas'
import type { Bases } from '../two-way/merge'
import { SHARED } from './fields'
import type { RelationType } from './kinds'
import { relationIdOf } from './link'

/** The link of the company's other role, where both are one contact and one organisation. */
export async function siblingOf(
  ctx: SyncContext,
  type: RelationType,
  role: Role,
  contact: Contact,
): Promise<LinkState | null> {
  if (type.party !== 'organization') return null
  const kind = type.kind === 'customer' ? 'supplier' : 'customer'
  const sibling = await ctx.links.findByPowerOffice(kind, String(contact.Id))
  const relationId = relationIdOf(type, role)
  return sibling?.state === 'linked' && (sibling.tribeRelationId ?? relationId) === relationId
    ? sibling
    : null
}

/**
 * The bases of a pair. What the other role has learned since counts for what both share: this one may not
 * be linked yet, or was looked at before.
 */
export function withSibling(link: LinkState | null, sibling: LinkState): Bases {
  if (link && link.syncedAt >= sibling.syncedAt) return link.bases
  const shared = SHARED.flatMap((field) => {
    const base = sibling.bases[field]
    return base === undefined ? [] : [[field, base]]
  })
  return { ...link?.bases, ...Object.fromEntries(shared) }
}
