import type { SyncContext } from '../sync-step'
import type { GroupIdOf, TribeGroupIdOf } from './mapping'
import type { Terms } from './terms'

/** Product groups go by their name, and are made where they are missing (spec §5). One is made at a time. */

const same = (a: string | null | undefined, b: string) => a?.trim() === b

export async function groupIdsOf(ctx: SyncContext, name: string | null, terms: Terms): Promise<GroupIdOf> {
  const known: GroupIdOf = (wanted) => terms.powerOfficeGroups.find((group) => same(group.Name, wanted))?.Id
  if (name === null || known(name) !== undefined) return known
  const id = await ctx.alone('product-groups', async () => {
    // Somebody else may have made it meanwhile.
    const found = (await ctx.powerOffice.productGroups()).find((group) => same(group.Name, name))
    const group =
      found ?? (await ctx.powerOffice.createProductGroup({ Code: name.slice(0, 200), Name: name }))
    ctx.lookups.addGroup({
      powerOffice: {
        id: group.Id,
        name: group.Name ?? null,
        accountId: group.StandardSalesAccountId ?? null,
      },
    })
    return group.Id
  })
  return (wanted) => (wanted === name ? id : known(wanted))
}

export async function tribeGroupIdsOf(
  ctx: SyncContext,
  name: string | null,
  terms: Terms,
): Promise<TribeGroupIdOf> {
  const known: TribeGroupIdOf = (wanted) => terms.tribeGroups.find((group) => same(group.Name, wanted))?.ID
  if (name === null || known(name) !== undefined) return known
  const id = await ctx.alone('product-groups', async () => {
    const found = (await ctx.tribe.productGroups()).find((group) => same(group.Name, name))
    const made = found ?? (await ctx.tribe.create('ProductGroup', { Name: name }))
    const group = made ?? (await ctx.tribe.productGroups()).find((one) => same(one.Name as string, name))
    if (group) ctx.lookups.addGroup({ tribe: { id: group.ID, name } })
    return group?.ID
  })
  return (wanted) => (wanted === name ? id : known(wanted))
}
