import { unknownRecord } from '../shared/errors'
import { importIdsOf } from '../shared/reference'
import { halfIn, pairIn, recordSubject } from '../shared/subjects'
import { DONE, type Step, type SyncContext } from '../sync-step'
import { lookAlone } from '../two-way/link'
import { accountFault, unmappedInPowerOffice, unmappedInTribe } from './catalog'
import { createInTribe, finishBirth } from './create'
import { refuseUnmapped, rowsOf } from './link'
import { catalogFor, catalogOf } from './lists'
import { productFromPowerOffice } from './mapping'
import { mergePair } from './pair'
import { areProductsOn } from './sweeps'

/** What an admin decides of single products (DESIGN.md §4.6), and the push of what only Tribe has. */

const unknownIn = (system: string) => unknownRecord('product', system)

/** What keeps work by hand from being done with these products; null when nothing does. */
export async function productObstacleOf(
  ctx: SyncContext,
  { tribeId, powerOfficeId }: { tribeId: string | null; powerOfficeId: string | null },
): Promise<'not-in-tribe' | 'not-in-poweroffice' | null> {
  if (tribeId !== null && !(await ctx.tribe.findProduct(tribeId))) return 'not-in-tribe'
  const isThere = powerOfficeId === null || (await ctx.powerOffice.findProduct(powerOfficeId)) !== null
  return isThere ? null : 'not-in-poweroffice'
}

/** Ties a pair together, whatever stood there before. The subject is `product:tribeId:powerOfficeId`. */
export const relinkProduct: Step = async (ctx, { id }) => {
  const { tribeId, powerOfficeId } = pairIn(id)
  const tribe = await ctx.tribe.findProduct(tribeId)
  const powerOffice = await ctx.powerOffice.findProduct(powerOfficeId)
  if (!tribe || !powerOffice) throw unknownIn(tribe ? 'PowerOffice' : 'Tribe')
  return lookAlone(ctx, tribeId, () => mergePair(ctx, { link: null, tribe, powerOffice, fills: 'along' }))
}

/** Makes the side that is missing again. The subject is `product:tribe:id` or `product:powerOffice:id`. */
export const recreateProduct: Step = async (ctx, { id }) => {
  const { side, id: recordId } = halfIn(id)
  const link =
    side === 'tribe'
      ? await ctx.links.findByTribe('product', recordId)
      : await ctx.links.findByPowerOffice('product', recordId)
  if (link?.state === 'linked') return DONE
  // An admin who parted the two says by the record's name which side is left.
  const isInTribe = link && link.state !== 'forgotten' ? link.state === 'poweroffice-gone' : side === 'tribe'
  return isInTribe
    ? recreateInPowerOffice(ctx, link?.tribeId ?? recordId)
    : recreateInTribe(ctx, link?.powerOfficeId ?? recordId)
}

async function recreateInPowerOffice(ctx: SyncContext, tribeId: string) {
  const product = await ctx.tribe.findProduct(tribeId)
  if (!product) throw unknownIn('Tribe')
  refuseUnmapped(unmappedInTribe(product, await catalogOf(ctx)))
  return lookAlone(ctx, tribeId, () => finishBirth(ctx, product))
}

async function recreateInTribe(ctx: SyncContext, powerOfficeId: string) {
  const product = await ctx.powerOffice.findProduct(powerOfficeId)
  if (!product) throw unknownIn('PowerOffice')
  const catalog = await catalogFor(ctx, product)
  refuseUnmapped(
    accountFault(product, catalog) ??
      unmappedInPowerOffice(productFromPowerOffice(product, catalog, rowsOf(ctx)), catalog),
  )
  // An earlier run may have made it and died before it could write that down.
  const made = await ctx.tribe.findProductByImportId(importIdsOf(ctx, 'product', powerOfficeId))
  if (made) return mergePair(ctx, { link: null, tribe: made, powerOffice: product, fills: 'never' })
  await createInTribe(ctx, product)
  return DONE
}

/** Sends to PowerOffice what only Tribe has; inactive products stay. */
export const pushUnlinkedProducts: Step = async (ctx) => {
  if (!areProductsOn(ctx)) return DONE
  const products = (await ctx.tribe.allProducts()).filter((product) => !product.IsInactive)
  for (let at = 0; at < products.length; at += 1000) {
    const some = products.slice(at, at + 1000)
    const links = await ctx.links.amongTribe(
      'product',
      some.map((product) => product.ID),
    )
    const linked = new Set(links.map((link) => link.tribeId))
    for (const { ID } of some.filter((product) => !linked.has(product.ID)))
      ctx.enqueue({ kind: 'product', subject: recordSubject('tribe', ID), lane: 'bulk' })
  }
  return DONE
}
