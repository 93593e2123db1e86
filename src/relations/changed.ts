import { DONE, type Step, type SyncContext, type SyncResult } from '../sync-step'
import { CUSTOMER_ORGANIZATION, setOfType, typeOfSet } from '../tribe/client'
import { emptyIndex, findMatches } from './matching'
import { confirmGone, syncFromPowerOffice, syncFromTribe } from './sync'

/** The types of Tribe's records that relations are made of: a webhook is registered for each. */
export const RELATION_TYPES = [typeOfSet(CUSTOMER_ORGANIZATION), 'Relation.Organization', 'Address'] as const

/**
 * Something around a record of Tribe's changed; what a webhook says of it is a hint and no more
 * (tribe-api §4.2). Leads to the customers that it may concern. Gives null when it concerns no relation.
 */
export async function relationChanged(
  ctx: SyncContext,
  id: string,
  hint: string | null,
  inDoubt: boolean,
): Promise<SyncResult | null> {
  const byHint = hint === null ? null : await changedOfType(ctx, id, hint, inDoubt)
  if (byHint) return byHint
  const type = await ctx.tribe.typeOf(id)
  if (type !== null && type !== hint) return changedOfType(ctx, id, type, inDoubt)
  // Deleted without a word of what it was.
  const link = type === null ? await ctx.links.findByTribe('customer', id) : null
  return link?.tribeId === id ? roleChanged(ctx, id, inDoubt) : null
}

async function changedOfType(
  ctx: SyncContext,
  id: string,
  type: string,
  inDoubt: boolean,
): Promise<SyncResult | null> {
  switch (type) {
    case typeOfSet(CUSTOMER_ORGANIZATION):
      return roleChanged(ctx, id, inDoubt)
    case 'Relation.Organization':
      return organizationChanged(ctx, id)
    case 'Address': {
      const organizationId = await ctx.tribe.organizationOfAddress(id)
      return organizationId ? organizationChanged(ctx, organizationId) : null
    }
    default:
      return null
  }
}

/** Null when neither Tribe nor the relay knows such a role. */
async function roleChanged(ctx: SyncContext, roleId: string, inDoubt: boolean): Promise<SyncResult | null> {
  return ctx.alone(roleId, async () => {
    const link = await ctx.links.findByTribe('customer', roleId)
    const role = await ctx.tribe.findRole(
      setOfType(link?.tribeType ?? typeOfSet(CUSTOMER_ORGANIZATION)),
      roleId,
    )
    return link || role ? syncFromTribe(ctx, { kind: 'customer', roleId, role, link, inDoubt }) : null
  })
}

async function organizationChanged(ctx: SyncContext, organizationId: string): Promise<SyncResult> {
  const known = (await ctx.links.ofRelation(organizationId)).filter((link) => link.kind === 'customer')
  const ids =
    known.length > 0
      ? known.map((link) => link.tribeId)
      : (await ctx.tribe.rolesOf(CUSTOMER_ORGANIZATION, [organizationId])).map((role) => role.ID)
  for (const roleId of ids) ctx.enqueue({ kind: 'customer', subject: `tribe:${roleId}`, lane: 'push' })
  return DONE
}

/** The job `customer`: one look at a customer, named by either side's id. */
export const syncCustomer: Step = async (ctx, { id, inDoubt }) => {
  const [side, recordId = ''] = id.split(':')
  return side === 'tribe'
    ? ((await roleChanged(ctx, recordId, inDoubt)) ?? DONE)
    : contactNamed(ctx, recordId)
}

async function contactNamed(ctx: SyncContext, powerOfficeId: string): Promise<SyncResult> {
  const known = await ctx.links.findByPowerOffice('customer', powerOfficeId)
  return ctx.alone(known?.tribeId ?? `powerOffice:${powerOfficeId}`, async () => {
    const link = await ctx.links.findByPowerOffice('customer', powerOfficeId)
    const readAt = ctx.now()
    const contact = await ctx.powerOffice.findContact('customer', powerOfficeId)
    if (!contact) return link ? confirmGone(ctx, link, 'poweroffice') : DONE
    if (contact.IsPerson) return DONE
    const index = link ? emptyIndex() : await findMatches(ctx, 'customer', [contact])
    await syncFromPowerOffice(ctx, {
      kind: 'customer',
      contact,
      readAt,
      link,
      matchesOf: () => index.matchesOf(ctx, contact),
      roleOf: (held) => ctx.tribe.findRole(setOfType(held.tribeType), held.tribeId),
      fills: 'never',
    })
    return DONE
  })
}
