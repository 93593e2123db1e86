import type { LinkState } from '../db/links'
import type { SyncContext } from '../sync-step'
import { isoOf } from '../two-way/link'
import { printsOf, rowsOf } from './link'
import { productFromPowerOffice, productFromTribe } from './mapping'
import { mergePair } from './pair'
import { termsFor } from './terms'

/** Takes back the write that the context names: as if the other side alone had been changed to what was there before. */
export async function takeBackProduct(ctx: SyncContext, link: LinkState): Promise<void> {
  const tribe = await ctx.tribe.findProduct(link.tribeId)
  const powerOffice = await ctx.powerOffice.findProduct(link.powerOfficeId)
  if (!tribe || !powerOffice) return
  const terms = await termsFor(ctx, powerOffice)
  const written =
    ctx.takesBack?.side === 'books'
      ? productFromPowerOffice(powerOffice, terms, rowsOf(ctx))
      : productFromTribe(tribe, terms, rowsOf(ctx))
  const asNow = { ...link, bases: await printsOf(ctx, written), recent: [], syncedAt: isoOf(ctx) }
  await mergePair(ctx, { link: asNow, tribe, powerOffice, fills: 'never' })
}
