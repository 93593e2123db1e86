import { sha256 } from '../shared/secrets'
import type { SyncContext } from '../sync-step'
import { madeForSure, making, refuseTwin } from '../two-way/pending-writes'
import type { GroupIdOf, TribeGroupIdOf } from './fields'
import { type Catalog, catalogOf, forgetCatalog } from './lists'

/** Product groups go by their name, and are made where they are missing (DESIGN.md §5.8). One is made at a time. */

const same = (a: string | null | undefined, b: string) => a?.trim() === b
const inPowerOffice = (catalog: Catalog, name: string) =>
  catalog.powerOfficeGroups.find((group) => same(group.Name, name))?.Id
const inTribe = (catalog: Catalog, name: string) =>
  catalog.tribeGroups.find((group) => same(group.Name, name))?.ID

export async function groupIdsOf(
  ctx: SyncContext,
  name: string | null,
  catalog: Catalog,
): Promise<GroupIdOf> {
  if (name === null || inPowerOffice(catalog, name) !== undefined)
    return (wanted) => inPowerOffice(catalog, wanted)
  const id = await ctx.withLock('product-groups', async () => {
    const made = inPowerOffice(await renewed(ctx), name)
    if (made !== undefined) return made
    // An answer may have been lost, or somebody else has made it since the lists were read.
    const found = (await ctx.powerOffice.productGroups()).find((group) => same(group.Name, name))
    const Code = await codeOf(name)
    const make = () => ctx.powerOffice.createProductGroup({ Code, Name: name })
    if (!found) refuseTwin(ctx, 'productGroup', name, 'books')
    const group = found ?? (await making(ctx, 'productGroup', name, make, 'books'))
    madeForSure(ctx.facts, 'productGroup', name, 'books')
    ctx.lookups.addGroup({
      powerOffice: {
        id: group.Id,
        name: group.Name ?? null,
        accountId: group.StandardSalesAccountId ?? null,
      },
    })
    forgetCatalog(ctx)
    return group.Id
  })
  return (wanted) => (wanted === name ? id : inPowerOffice(catalog, wanted))
}

/** PowerOffice's description gives codes of groups so many letters, and does not say whether two may share one. */
const MOST_CODE = 200
const MARK = 8

async function codeOf(name: string): Promise<string> {
  if (name.length <= MOST_CODE) return name
  return `${name.slice(0, MOST_CODE - MARK - 1)} ${(await sha256(name)).slice(0, MARK)}`
}

export async function tribeGroupIdsOf(
  ctx: SyncContext,
  name: string | null,
  catalog: Catalog,
): Promise<TribeGroupIdOf> {
  if (name === null || inTribe(catalog, name) !== undefined) return (wanted) => inTribe(catalog, wanted)
  const id = await ctx.withLock('product-groups', async () => {
    const known = inTribe(await renewed(ctx), name)
    if (known !== undefined) return known
    const find = async () => (await ctx.tribe.productGroups()).find((group) => same(group.Name, name))
    // Tribe may make a group and not say which.
    const make = async () => {
      refuseTwin(ctx, 'productGroup', name)
      return making(ctx, 'productGroup', name, () => ctx.tribe.create('ProductGroup', { Name: name }))
    }
    const found = await find()
    const group = found ?? (await make()) ?? (await find())
    if (!group) return undefined
    if (!found) noteMade(ctx, group.ID, name)
    ctx.lookups.addGroup({ tribe: { id: group.ID, name } })
    forgetCatalog(ctx)
    return group.ID
  })
  return (wanted) => (wanted === name ? id : inTribe(catalog, wanted))
}

/** The undo of a first load takes along what that load has made. */
function noteMade({ facts, now }: SyncContext, id: string, name: string): void {
  if (facts.get('initial-sync') === null) return
  const made = { id, name, at: new Date(now()).toISOString() }
  facts.set('groups:made', [...(facts.get('groups:made') ?? []), made])
}

/** Somebody else may have made a group since this run read its terms. */
function renewed(ctx: SyncContext): Promise<Catalog> {
  forgetCatalog(ctx)
  return catalogOf(ctx)
}
