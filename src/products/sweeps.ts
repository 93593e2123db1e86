import type { LinkState } from '../db/links'
import type { Product as PowerOfficeProduct } from '../poweroffice/schemas'
import { byImportId, importIdsOf } from '../shared/reference'
import { recordSubject } from '../shared/subjects'
import type { SyncContext } from '../sync-step'
import type { Product as TribeProduct } from '../tribe/schemas'
import { isBeforeCutoff } from '../two-way/cutoff'
import { isStillInStep, isSurelyNewer } from '../two-way/link'
import { leftOutIn } from '../two-way/reconcile'
import { type SweptKind, sweptKind, type TogetherSet, togetherSet } from '../two-way/record-kind'
import { refusedAmong } from '../two-way/refused-as'
import { eachRow, PASSED_OVER } from '../two-way/rows'
import { problemOfLeftOut } from './left-out'
import { fieldsOf, mutatedAt, onlyOne, printsOf, rowsOf } from './link'
import { catalogOf } from './lists'
import { productFromTribe } from './mapping'
import { syncFromPowerOffice, syncFromTribe } from './sync'

/** How sweeps list products, and the steps that the rows go through. Products are tied by PowerOffice's id only (DESIGN.md §4.3). */

export const areProductsOn = (ctx: SyncContext): boolean => ctx.settings.products.enabled

/** Tribe's products by the PowerOffice id that they carry. */
export interface ProductIndex {
  byId: ReadonlyMap<string, TribeProduct>
  byImportId: ReadonlyMap<string, readonly TribeProduct[]>
  has(tribeId: string): boolean
}

async function readProductIndex(ctx: SyncContext): Promise<ProductIndex> {
  const products = await ctx.tribe.allProducts()
  const byId = new Map(products.map((product) => [product.ID, product]))
  return { byId, byImportId: byImportId(ctx, 'product', products), has: (tribeId) => byId.has(tribeId) }
}

export const SWEPT_PRODUCTS: SweptKind<PowerOfficeProduct, ProductIndex> = {
  kind: 'product',
  isOn: areProductsOn,
  page: (ctx, query) => ctx.powerOffice.products(query),
  count: (ctx) => ctx.powerOffice.countProducts(),
  readIndex: readProductIndex,
  async sync(ctx, rows, { readAt, index, fills }) {
    const links = await ctx.links.amongPowerOffice(
      'product',
      rows.map((row) => String(row.Id)),
    )
    const byId = new Map(links.map((link) => [link.powerOfficeId, link]))
    return eachRow(
      ctx,
      rows,
      (row) => ({ kind: 'product', subject: recordSubject('powerOffice', row.Id) }),
      (product) =>
        syncFromPowerOffice(ctx, {
          product,
          readAt,
          link: byId.get(String(product.Id)) ?? null,
          matchOf: async () =>
            onlyOne(
              index
                ? (index.byImportId.get(String(product.Id)) ?? [])
                : await ctx.tribe.productsByImportId(importIdsOf(ctx, 'product', product.Id)),
            ),
          fills,
        }),
    )
  },
}
export const PRODUCT_SWEEP = sweptKind(SWEPT_PRODUCTS)

const polled: TogetherSet<TribeProduct> = {
  set: 'Product',
  kind: 'product',
  parts: [],
  newest: (ctx, set) => ctx.tribe.newest(set),
  isOn: areProductsOn,
  page: (ctx, since, from) => ctx.tribe.changedProducts(since, from),
  named: (ctx, ids) => ctx.tribe.productsById(ids),
  mutatedAt,
  async sync(ctx, rows, readAt) {
    const links = await ctx.links.amongTribe(
      'product',
      rows.map((row) => row.ID),
    )
    const byId = new Map(links.map((link) => [link.tribeId, link]))
    const isRefused = refusedAmong(ctx, 'product')
    return eachRow(
      ctx,
      rows,
      (row) => ({ kind: 'product', subject: recordSubject('tribe', row.ID) }),
      async (product) => {
        const link = byId.get(product.ID) ?? null
        // What only Tribe has is left alone until it changes (DESIGN.md §4.7).
        const at = mutatedAt(product)
        if (!link && isBeforeCutoff(ctx, 'Product', at === null ? [] : [{ id: product.ID, at }])) return
        if (link && isOlderThan(link, readAt)) return PASSED_OVER
        if (link && (await isAsKnown(ctx, product, link))) return tellAgain(ctx, link)
        const isAsRefused = isRefused({ id: product.ID, changedAt: at })
        return ctx.withLock(product.ID, () => lookAtRow(ctx, product, { readAt, isAsRefused }))
      },
    )
  },
}

async function lookAtRow(
  ctx: SyncContext,
  product: TribeProduct,
  { readAt, isAsRefused }: { readAt: number; isAsRefused: boolean },
): Promise<unknown> {
  // A push may have gone first.
  const now = await ctx.links.findByTribe('product', product.ID)
  if (now ? isOlderThan(now, readAt) : isAsRefused) return PASSED_OVER
  if (now && (await isAsKnown(ctx, product, now))) return tellAgain(ctx, now)
  // A list may show what was so some seconds ago: what is written goes by what Tribe holds now.
  const fresh =
    now && isSurelyNewer(mutatedAt(product), now) ? product : await ctx.tribe.findProduct(product.ID)
  // Only a look of its own may say that a record is gone.
  if (!fresh)
    return ctx.enqueue({ kind: 'product', subject: recordSubject('tribe', product.ID), lane: 'bulk' })
  return syncFromTribe(ctx, { productId: product.ID, product: fresh, link: now })
}

/** It was synced since the page was read, and the row is the older of the two. */
const isOlderThan = (link: LinkState, readAt: number): boolean => Date.parse(link.syncedAt) >= readAt

/** What was refused of it is still so. */
function tellAgain(ctx: SyncContext, link: LinkState): void {
  const problem = problemOfLeftOut(leftOutIn(fieldsOf(ctx), link.bases), rowsOf(ctx))
  if (problem) throw problem
}

async function isAsKnown(ctx: SyncContext, product: TribeProduct, link: LinkState): Promise<boolean> {
  const prints = await printsOf(ctx, productFromTribe(product, await catalogOf(ctx), rowsOf(ctx)))
  return isStillInStep(ctx, 'crm', fieldsOf(ctx), prints, link)
}

export const PRODUCT_POLL = togetherSet(polled)
