import type { LinkState } from '../db/links'
import type { SyncContext } from '../sync-step'
import { isoOf } from '../two-way/link'
import { printsOf, rowsOf } from './link'
import { catalogFor } from './lists'
import { productFromPowerOffice, productFromTribe } from './mapping'
import { mergePair } from './pair'

/** Takes back the write that the context names: as if the other side alone had been changed to what was there before. */
export async function takeBackProduct(ctx: SyncContext, link: LinkState): Promise<void> {
  const tribe = await ctx.tribe.findProduct(link.tribeId)
  const powerOffice = await ctx.powerOffice.findProduct(link.powerOfficeId)
  if (!tribe || !powerOffice) return
  const catalog = await catalogFor(ctx, powerOffice)
  const written =
    ctx.takesBack?.side === 'books'
      ? productFromPowerOffice(powerOffice, catalog, rowsOf(ctx))
      : productFromTribe(tribe, catalog, rowsOf(ctx))
  const asNow = { ...link, bases: await printsOf(ctx, written), recent: [], syncedAt: isoOf(ctx) }
  await mergePair(ctx, { link: asNow, tribe, powerOffice, fills: 'never' })
}
