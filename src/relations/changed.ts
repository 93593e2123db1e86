import { CREATED, DONE, type Step, type SyncContext, type SyncResult } from '../sync-step'
import { CUSTOMER_ORGANIZATION, setOfType, typeOfSet } from '../tribe/client'
import { emptyIndex, findMatches } from './matching'
import { confirmGone, syncFromPowerOffice, syncFromTribe } from './sync'

/** The types of Tribe's records that relations are made of: a webhook is registered for each. */
export const RELATION_TYPES = [typeOfSet(CUSTOMER_ORGANIZATION), 'Relation.Organization', 'Address'] as const

/**
 * Something around a record of Tribe's changed; what a webhook says of it is a hint and no more
 * (tribe-api §4.2). Asks for a look at each customer that it may concern, so that the events of one click
 * end in one look. False when it concerns no relation.
 */
export async function relationChanged(ctx: SyncContext, id: string, hint: string | null): Promise<boolean> {
  if (hint !== null && (await askForLooks(ctx, id, hint))) return true
  if (hint?.startsWith(CREATED)) return false
  const type = await ctx.tribe.typeOf(id)
  if (type !== null && type !== hint) return askForLooks(ctx, id, type)
  // Deleted without a word of what it was.
  const link = type === null ? await ctx.links.findByTribe('customer', id) : null
  return link?.tribeId === id && askForLooks(ctx, id, link.tribeType)
}

async function askForLooks(ctx: SyncContext, id: string, hint: string): Promise<boolean> {
  const isNew = hint.startsWith(CREATED)
  switch (isNew ? hint.slice(CREATED.length) : hint) {
    case typeOfSet(CUSTOMER_ORGANIZATION):
      ctx.enqueue({ kind: 'customer', subject: `tribe:${id}`, hint: isNew ? CREATED : null, lane: 'push' })
      return true
    case 'Relation.Organization':
      // One that has just been made is nothing to us before it gets a role, and that has an event of its own.
      if (isNew) return true
      for (const roleId of await rolesBehind(ctx, id))
        ctx.enqueue({ kind: 'customer', subject: `tribe:${roleId}`, lane: 'push' })
      return true
    case 'Address': {
      // A new address comes with a company, often with thousands of them: one poll finds whose they are.
      if (isNew) return false
      const organizationId = await ctx.tribe.organizationOfAddress(id)
      return organizationId !== null && askForLooks(ctx, organizationId, 'Relation.Organization')
    }
    default:
      return false
  }
}

async function rolesBehind(ctx: SyncContext, organizationId: string): Promise<string[]> {
  const known = (await ctx.links.ofRelation(organizationId)).filter((link) => link.kind === 'customer')
  if (known.length > 0) return known.map((link) => link.tribeId)
  return (await ctx.tribe.rolesOf(CUSTOMER_ORGANIZATION, [organizationId])).map((role) => role.ID)
}

/** The job `customer`: one look at a customer, named by either side's id. */
export const syncCustomer: Step = async (ctx, { id, hint, inDoubt }) => {
  const [side, recordId = ''] = id.split(':')
  if (side !== 'tribe') return contactNamed(ctx, recordId)
  return ctx.alone(recordId, async () => {
    const link = await ctx.links.findByTribe('customer', recordId)
    // That a record was made is no news when it is linked: it was made by us.
    if (link && hint === CREATED) return DONE
    const set = setOfType(link?.tribeType ?? typeOfSet(CUSTOMER_ORGANIZATION))
    const role = await ctx.tribe.findRole(set, recordId)
    if (link || role) return syncFromTribe(ctx, { kind: 'customer', roleId: recordId, role, link, inDoubt })
    // Tribe knows no such customer, and nor do we: whatever it is, it is looked for under any name.
    ctx.enqueue({ kind: 'tribe-changed', subject: recordId, lane: 'push' })
    return DONE
  })
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
