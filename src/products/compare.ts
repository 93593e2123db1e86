import type { LinkState } from '../db/links'
import type { Product as PowerOfficeProduct } from '../poweroffice/schemas'
import { preferredBy } from '../shared/sides'
import { recordIn, recordSubject } from '../shared/subjects'
import { DONE, type Step, type SyncContext } from '../sync-step'
import type { Product as TribeProduct } from '../tribe/schemas'
import { type ComparisonRow, replaceRows } from '../two-way/comparison'
import { merge, withoutWithheld } from '../two-way/merge'
import { leftOutIn } from '../two-way/reconcile'
import { again, CHUNK, eachRow, PAGE_SIZE, PASSED_OVER, reportUnreadable } from '../two-way/rows'
import { worthALook } from '../two-way/vanished'
import { lookAtAccount } from './accounts'
import { unmappedInTribe } from './catalog'
import { isGeneric } from './generic'
import { askAgainIfParked, fieldsOf, oneWayIn, printsOf, rowsOf } from './link'
import { type Catalog, catalogFor, catalogOf } from './lists'
import { productFromPowerOffice, productFromTribe } from './mapping'
import { markInTribe } from './pair'
import { areProductsOn, type ProductIndex, readProductIndex } from './sweeps'
import { syncFromPowerOffice } from './sync'

/** Lives in memory: a comparison that was cut off begins anew. */
interface Underway {
  index: ProductIndex
  byId: ReadonlyMap<string, TribeProduct>
  page: number
  readAt: number
  rows: PowerOfficeProduct[]
  isLast: boolean
  done: number
  isStale: boolean
  seen: Set<string>
  differ: number
}

const KEY = 'compare:product'

/** The nightly comparison of products (DESIGN.md §8.1): every one of both sides, repaired by the normal rules. */
export const compareProducts: Step = async (ctx) => {
  if (ctx.facts.get('initial-sync') || !areProductsOn(ctx)) return DONE
  const now = await underway(ctx, ctx.cache.get(KEY) as Underway | undefined)
  ctx.cache.set(KEY, { ...now, isStale: true })
  const done = await compareRows(ctx, now.rows.slice(now.done, now.done + CHUNK), now)
  await ctx.flush()
  now.done += done
  ctx.cache.set(KEY, now)
  if (now.done < now.rows.length) return again('more rows of this page')
  if (!now.isLast) {
    ctx.cache.set(KEY, { ...now, ...(await pageOf(ctx, now.page + 1)) })
    return again('more pages')
  }
  ctx.cache.delete(KEY)
  await lookForGone(ctx, now)
  const linked = (await ctx.links.counts()).product
  const row: ComparisonRow = {
    what: 'products',
    tribe: now.byId.size,
    powerOffice: now.seen.size,
    linked,
    differ: now.differ,
  }
  replaceRows(ctx, [row.what], [row])
  return DONE
}

/** After a run that failed both lists are read again: what it wrote shows in neither, and the note of it may be lost. */
async function underway(ctx: SyncContext, held: Underway | undefined): Promise<Underway> {
  if (held && !held.isStale) return held
  const index = await readProductIndex(ctx)
  const byId = new Map(index.products.map((product) => [product.ID, product]))
  const page = await pageOf(ctx, held?.page ?? 1)
  const fresh = { ...page, index, byId, isStale: false }
  return held ? { ...held, ...fresh, done: held.done } : { ...fresh, seen: new Set(), differ: 0 }
}

async function pageOf(ctx: SyncContext, page: number) {
  const readAt = ctx.now()
  const read = await ctx.powerOffice.products({ page, pageSize: PAGE_SIZE, orderBy: 'Id asc' })
  reportUnreadable(ctx, 'product', read.unreadable)
  return {
    page,
    readAt,
    rows: read.rows.filter((product) => !isGeneric(product)),
    isLast: read.isLast,
    done: 0,
  }
}

async function compareRows(
  ctx: SyncContext,
  rows: readonly PowerOfficeProduct[],
  now: Underway,
): Promise<number> {
  const links = await ctx.links.amongPowerOffice(
    'product',
    rows.map((row) => String(row.Id)),
  )
  const byId = new Map(links.map((link) => [link.powerOfficeId, link]))
  const catalog = await catalogOf(ctx)
  return eachRow(
    ctx,
    rows,
    (row) => ({ kind: 'product', subject: recordSubject('powerOffice', row.Id) }),
    async (product) => {
      now.seen.add(String(product.Id))
      const link = byId.get(String(product.Id)) ?? null
      const counterpart = link && now.byId.get(link.tribeId)
      if (link && link.state !== 'linked') return lookAgain(ctx, link, counterpart !== undefined)
      if (link && counterpart && (await isInStep(ctx, { link, product, counterpart, catalog }))) {
        await lookAtAccount(ctx, counterpart, product)
        // A run that made it may have died before it could leave its mark.
        if (!counterpart.ImportId) await markInTribe(ctx, counterpart, product.Id)
        if (leftOutIn(fieldsOf(ctx), link.bases).length === 0)
          askAgainIfParked(ctx, recordSubject('tribe', link.tribeId))
        return
      }
      if (link?.state === 'linked') now.differ++
      // Whether Tribe has it no more is seen once all are read.
      if (link && !counterpart) return PASSED_OVER
      const matchOf = async () => now.index.byImportId.get(String(product.Id)) ?? null
      await syncFromPowerOffice(ctx, { product, readAt: now.readAt, link, matchOf, fills: 'always' })
    },
  )
}

interface Pairing {
  link: LinkState
  product: PowerOfficeProduct
  counterpart: TribeProduct
  catalog: Catalog
}

async function isInStep(
  ctx: SyncContext,
  { link, product, counterpart, catalog }: Pairing,
): Promise<boolean> {
  const termsThere = await catalogFor(ctx, product)
  const plan = merge({
    fields: fieldsOf(ctx),
    crm: await printsOf(ctx, productFromTribe(counterpart, catalog, rowsOf(ctx))),
    books: await printsOf(ctx, productFromPowerOffice(product, termsThere, rowsOf(ctx))),
    bases: withoutWithheld(link.bases),
    prefer: preferredBy(ctx.settings.conflictPolicy),
    newest: 'books',
    ledByBooks: new Set(),
    oneWay: oneWayIn(ctx),
  })
  return plan.toCrm.length + plan.toBooks.length + plan.fills.length === 0
}

/** Both sides of a pair that came apart are there: it goes on where it was, unless an admin parted the two. */
function lookAgain(ctx: SyncContext, link: LinkState, isInTribe: boolean): void {
  if (link.state === 'forgotten' || !isInTribe) return
  const subject =
    link.state === 'tribe-gone'
      ? recordSubject('tribe', link.tribeId)
      : recordSubject('powerOffice', link.powerOfficeId)
  ctx.enqueue({ kind: 'product', subject, lane: 'bulk' })
}

/** Products that one of the lists does not have any more: only a look of their own may say that they are gone. */
async function lookForGone(ctx: SyncContext, { seen, byId }: Underway): Promise<void> {
  const pairs = await ctx.links.pairs('product')
  for (const { powerOfficeId } of pairs.filter((one) => !seen.has(one.powerOfficeId)))
    ctx.enqueue({ kind: 'product', subject: recordSubject('powerOffice', powerOfficeId), lane: 'bulk' })
  const unseen = pairs.filter(({ tribeId }) => !byId.has(tribeId))
  for (const { tribeId } of worthALook(ctx, { kind: 'product', linked: pairs.length }, unseen))
    ctx.enqueue({ kind: 'product', subject: recordSubject('tribe', tribeId), lane: 'bulk' })
  // Nobody has to mend what is gone, nor what was mended and nobody told of.
  const catalog = await catalogOf(ctx)
  for (const subject of ctx.parkedOf('product')) {
    const { side, id } = recordIn(subject)
    const row = byId.get(id)
    const isOver = side === 'tribe' ? !row || unmappedInTribe(row, catalog) === null : !seen.has(id)
    if (isOver) ctx.enqueue({ kind: 'product', subject, lane: 'bulk' })
  }
}
