import type { LinkState } from '../db/links'
import { ApiError } from '../shared/errors'
import { importIdsOf } from '../shared/reference'
import type { SyncContext } from '../sync-step'
import { has } from '../tribe/dialect'
import { takingBack } from '../two-way/before'
import { isoOf } from '../two-way/link'
import { printsOf, rowsOf } from './link'
import { catalogFor } from './lists'
import { productFromPowerOffice, productFromTribe } from './mapping'
import { mergePair } from './pair'
import { linkAsSeen } from './seen'

/** Takes back the write that the context names: as if the other side alone had been changed to what was there before. */
export async function takeBackProduct(ctx: SyncContext, link: LinkState): Promise<void> {
  const tribe = await ctx.tribe.findProduct(link.tribeId)
  const powerOffice = await ctx.powerOffice.findProduct(link.powerOfficeId)
  if (!tribe || !powerOffice) return
  const catalog = await catalogFor(ctx, powerOffice)
  const crm = await printsOf(ctx, productFromTribe(tribe, catalog, rowsOf(ctx)))
  const books = await printsOf(ctx, productFromPowerOffice(powerOffice, catalog, rowsOf(ctx)))
  const bases = ctx.takesBack?.side === 'books' ? books : crm
  const asNow = { ...link, bases, recent: [], syncedAt: isoOf(ctx) }
  await mergePair(takingBack(ctx, linkAsSeen(link, powerOffice, books)), {
    link: asNow,
    tribe,
    powerOffice,
    fills: 'never',
  })
}

/** Puts the mark back that the product had before it was tied. False when Tribe keeps ours. */
export async function unmarkInTribe(
  ctx: SyncContext,
  { tribeId, powerOfficeId }: LinkState,
  former: string | null,
): Promise<boolean> {
  const marks = importIdsOf(ctx, 'product', powerOfficeId)
  const isOurs = (mark: unknown) => typeof mark === 'string' && marks.includes(mark)
  if (isOurs(former) || !has(ctx.tribeProfile.dialect, 'Product', 'ImportId')) return true
  const product = await ctx.tribe.findProduct(tribeId)
  if (!isOurs(product?.ImportId)) return true
  // The answer to a write need not tell it.
  const how = { takesBlanks: () => true, isAnswered: false }
  try {
    return !isOurs((await ctx.tribe.update('Product', tribeId, { ImportId: former }, how))?.ImportId)
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.remedy !== 'data') throw thrown
    return false
  }
}
