import type { LinkState } from '../db/links'
import { importIdsOf } from '../shared/reference'
import { recordIn, recordSubject } from '../shared/subjects'
import { CREATED, DONE, type Step, type SyncContext, type SyncResult, TRY_AGAIN } from '../sync-step'
import { confirmGone, lookAlone, lookAtLink } from '../two-way/link'
import {
  canWait,
  hintOf,
  isLeft,
  LOOK_TOGETHER,
  leaveTo,
  type TakenTogether,
  type Told,
  type Wanted,
  wantTogether,
} from '../two-way/together'
import { onlyOne } from './link'
import { areProductsOn } from './sweeps'
import { syncFromPowerOffice, syncFromTribe } from './sync'

export const productWebhooks = (ctx: SyncContext): string[] => (areProductsOn(ctx) ? ['Product'] : [])

/** A webhook spoke of a product. False when it did not. */
export function productChanged(ctx: SyncContext, id: string, hint: string): boolean {
  if (hint.replace(CREATED, '') !== 'Product') return false
  ctx.enqueue({ kind: 'product', subject: recordSubject('tribe', id), hint, lane: 'push' })
  return true
}

/** The same for the events of a burst, with one query for all of them. */
export async function productsChangedTogether(
  ctx: SyncContext,
  told: readonly Told[],
): Promise<TakenTogether> {
  const mine = told.filter(({ type }) => type === 'Product')
  const unread = mine.filter(({ id }) => !isLeft(ctx, 'Product', id))
  const links = await ctx.links.amongTribe(
    'product',
    unread.map(({ id }) => id),
  )
  const known = new Map(links.map((link) => [link.tribeId, link]))
  const wanted = mine.map((one): Wanted => {
    const link = known.get(one.id)
    const isTied = link !== undefined || isLeft(ctx, 'Product', one.id)
    const isTogether = isTied && areProductsOn(ctx) && (link?.state ?? 'linked') === 'linked'
    return { kind: 'product', id: one.id, hint: hintOf(one), isTied, set: isTogether ? 'Product' : null }
  })
  wantTogether(ctx, wanted)
  return { settled: new Set(mine.map(({ id }) => id)), tied: wanted.filter(({ isTied }) => isTied) }
}

/** The job `product`: one look at a product, named by either side's id. */
export const syncProduct: Step = async (ctx, { id, hint, inDoubt }) => {
  if (!areProductsOn(ctx)) {
    ctx.because('product', id, 'switched-off')
    return DONE
  }
  const { side, id: recordId } = recordIn(id)
  if (side !== 'tribe') return productNamed(ctx, recordId)
  return lookAlone(ctx, recordId, async () => {
    const link = await ctx.links.findByTribe('product', recordId)
    // That a record was made is no news when it is linked: it was made by us.
    if (link && hint?.startsWith(CREATED)) return DONE
    if (link && !inDoubt && hint !== TRY_AGAIN && canWait(ctx, link, hint))
      return leaveTo(ctx, LOOK_TOGETHER, 'Product', recordId)
    const product = await ctx.tribe.findProduct(recordId)
    // Deleted, or the event named something else, as of a link that changed (tribe/API.md §4.2): the poll finds out.
    if (!product && !link)
      ctx.enqueue({ kind: 'poll-tribe', subject: 'Product', lane: 'push', afterSeconds: 2 })
    return syncFromTribe(ctx, { productId: recordId, product, link, tryAgain: hint === TRY_AGAIN })
  })
}

async function productNamed(ctx: SyncContext, powerOfficeId: string): Promise<SyncResult> {
  const find = () => ctx.links.findByPowerOffice('product', powerOfficeId)
  const nameOf = (known: LinkState | null) => known?.tribeId ?? `books:product:${powerOfficeId}`
  return lookAtLink(ctx, find, nameOf, async (link) => {
    const readAt = ctx.now()
    const product = await ctx.powerOffice.findProduct(powerOfficeId)
    if (!product) return link?.state === 'linked' ? confirmGone(ctx, link, 'books') : DONE
    const matchOf = async () =>
      onlyOne(await ctx.tribe.productsByImportId(importIdsOf(ctx, 'product', powerOfficeId)))
    await syncFromPowerOffice(ctx, { product, readAt, link, matchOf, fills: 'never', isFresh: true })
    return DONE
  })
}
