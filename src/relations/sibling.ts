import type { LinkState } from '../db/links'
import type { Contact } from '../poweroffice/schemas'
import type { SyncContext } from '../sync-step'
import type { Role } from '../tribe/schemas'
import { type Bases, standInsOf } from '../two-way/merge'
import { SHARED } from './fields'
import type { RelationType } from './kinds'
import { relationIdOf } from './link'

/** The link of the company's other role, where both are one contact and one organisation, or were until that role was taken away. */
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
  return (sibling?.state === 'linked' || sibling?.state === 'tribe-gone') &&
    (sibling.tribeRelationId ?? relationId) === relationId
    ? sibling
    : null
}

/**
 * The bases of a pair. What the other role has learned since counts for what both share: this one may not
 * be linked yet, or was looked at before. Of one that was taken away, that is what Tribe has filled in.
 */
export function withSibling(link: LinkState | null, sibling: LinkState): Bases {
  const isGone = sibling.state !== 'linked'
  if (link && (isGone || link.syncedAt >= sibling.syncedAt)) return link.bases
  const bases = isGone ? standInsOf(sibling.bases) : sibling.bases
  const shared = SHARED.flatMap((field) => {
    const base = bases[field]
    return base === undefined ? [] : [[field, base]]
  })
  return { ...link?.bases, ...Object.fromEntries(shared) }
}
