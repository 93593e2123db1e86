import type { LinkState } from '../db/links'
import type { Product as PowerOfficeProduct } from '../poweroffice/schemas'
import { importIdsOf, powerOfficeIdFrom } from '../shared/reference'
import { recordSubject } from '../shared/subjects'
import { DONE, type SyncContext, type SyncResult } from '../sync-step'
import type { Product as TribeProduct } from '../tribe/schemas'
import { entryFor, isOlder, isStillInStep, mayBeOlder, noteSeen, toldAs } from '../two-way/link'
import { type LookedKind, lookFromBooks, lookFromCrm, reconcileRow } from '../two-way/look'
import { forgiven } from '../two-way/merge'
import { type Fills, leftOutIn } from '../two-way/reconcile'
import { notingRefusal } from '../two-way/refused-as'
import { birthOf, endBirth, makerOf } from './births'
import { accountFault, unmappedInPowerOffice, unmappedInTribe } from './catalog'
import { createInPowerOffice, createInTribe, endBirthOfGone, finishBirth } from './create'
import { isGeneric, lookAtGeneric } from './generic'
import { problemOfLeftOut } from './left-out'
import {
  askAgainIfParked,
  decidedMatch,
  decisionOf,
  fieldsOf,
  linkFrom,
  mutatedAt,
  onlyOne,
  printsOf,
  refuseUnmapped,
  rowsOf,
} from './link'
import { catalogFor, catalogOf } from './lists'
import { productFromPowerOffice, productFromTribe } from './mapping'
import { mergePair, refuseTied } from './pair'
import {
  type PlanFromPowerOffice,
  type PlanFromTribe,
  planFromPowerOffice,
  planFromTribe,
  reasonOf,
} from './plan'
import { linkAsSeen } from './seen'

export interface TribeLook {
  productId: string
  /** Null: Tribe does not know it. */
  product: TribeProduct | null
  link: LinkState | null
  /** Somebody asks for another try: what was refused is sent once more. */
  tryAgain?: boolean
}

/** One look at a product of Tribe's. */
export async function syncFromTribe(
  ctx: SyncContext,
  { productId, product, link: held, tryAgain }: TribeLook,
): Promise<SyncResult> {
  const link = held && tryAgain ? { ...held, bases: forgiven(held.bases) } : held
  if (product && link) noteSeen(ctx, link, 'crm')
  const catalog = await catalogOf(ctx)
  const prints = product && (await printsOf(ctx, productFromTribe(product, catalog, rowsOf(ctx))))
  const wasBegun = birthOf(ctx, productId) !== null
  if (wasBegun && link) endBirth(ctx, productId)
  const plan = planFromTribe({
    link,
    product: product && {
      importedFrom: powerOfficeIdFrom(ctx, 'product', product.ImportId),
      isInactive: product.IsInactive ?? false,
    },
    isAsLast: prints !== null && isStillInStep(ctx, 'crm', fieldsOf(ctx), prints, link),
    inDoubt: wasBegun,
  })
  ctx.because('product', toldAs(link, 'crm', productId), reasonOf(plan, 'poweroffice'))
  return followFromTribe(ctx, plan, { productId, product, link })
}

async function followFromTribe(
  ctx: SyncContext,
  plan: PlanFromTribe,
  { productId, product, link }: TribeLook,
): Promise<SyncResult> {
  switch (plan.do) {
    case 'nothing':
      if (link?.state === 'linked') askAgainIfParked(ctx, recordSubject('powerOffice', link.powerOfficeId))
      return link ? lookFromCrm(ctx, PRODUCTS, plan, { link, crm: product }) : DONE
    case 'detach':
    case 'merge':
    case 'look-again':
      return link ? lookFromCrm(ctx, PRODUCTS, plan, { link, crm: product }) : DONE
    case 'look-whether-made':
      return ctx.withLock('product-births', () => endBirthOfGone(ctx, productId))
    case 'adopt':
    case 'look-then-create':
    case 'create':
      return product ? bringToPowerOffice(ctx, product, plan) : DONE
    default:
      return plan satisfies never
  }
}

type Bringing = Extract<PlanFromTribe, { do: 'adopt' | 'look-then-create' | 'create' }>

/** A product that only Tribe has, as far as the links know. */
async function bringToPowerOffice(
  ctx: SyncContext,
  product: TribeProduct,
  plan: Bringing,
): Promise<SyncResult> {
  refuseUnmapped(unmappedInTribe(product, await catalogOf(ctx)))
  switch (plan.do) {
    case 'adopt':
      return adopt(ctx, product, plan.powerOfficeId)
    case 'look-then-create':
      return finishBirth(ctx, product)
    case 'create':
      return notingRefusal(ctx, { id: product.ID, changedAt: mutatedAt(product) }, () =>
        createInPowerOffice(ctx, product),
      )
    default:
      return plan satisfies never
  }
}

/** How a look goes about products. */
const PRODUCTS: LookedKind<TribeProduct, PowerOfficeProduct> = {
  kind: 'product',
  findInCrm: (ctx, link) => ctx.tribe.findProduct(link.tribeId),
  findInBooks: (ctx, link) => ctx.powerOffice.findProduct(link.powerOfficeId),
  reconcile: (ctx, { link, crm, books, fills }) =>
    mergePair(ctx, { link, tribe: crm, powerOffice: books, fills }),
  refusedOf: (ctx, link) => problemOfLeftOut(leftOutIn(fieldsOf(ctx), link.bases), rowsOf(ctx)),
}

/** Tribe's own mark says which product of PowerOffice's it is. */
async function adopt(ctx: SyncContext, product: TribeProduct, powerOfficeId: string): Promise<SyncResult> {
  await refuseTied(ctx, product.ID, powerOfficeId)
  onlyOne(await ctx.tribe.productsByImportId(importIdsOf(ctx, 'product', powerOfficeId)))
  const counterpart = await ctx.powerOffice.findProduct(powerOfficeId)
  if (counterpart)
    return mergePair(ctx, { link: null, tribe: product, powerOffice: counterpart, fills: 'along' })
  // It came from PowerOffice and is gone there: it is not made again by itself (DESIGN.md §4.6).
  const link = linkFrom(ctx, {
    tribeId: product.ID,
    powerOffice: { Id: Number(powerOfficeId) },
    state: 'poweroffice-gone',
  })
  ctx.remember(link, entryFor(ctx, link)('detached', { gone: 'poweroffice' }))
  return DONE
}

export interface PowerOfficeLook {
  product: PowerOfficeProduct
  /** When the row was read: what was synced since is newer. */
  readAt: number
  link: LinkState | null
  /** The product in Tribe that names this one. */
  matchOf: () => Promise<TribeProduct | null>
  fills: Fills
  /** The product was read by itself just now, and not in a list. */
  isFresh?: boolean
}

/** One look at a product of PowerOffice's, which is at hand. */
export async function syncFromPowerOffice(ctx: SyncContext, look: PowerOfficeLook): Promise<void> {
  const { product, readAt, link: held, matchOf, fills } = look
  if (isGeneric(product)) {
    ctx.because('product', toldAs(null, 'books', product.Id), 'kept-by-relay')
    return lookAtGeneric(ctx, product)
  }
  const catalog = await catalogFor(ctx, product)
  const there = productFromPowerOffice(product, catalog, rowsOf(ctx))
  const prints = await printsOf(ctx, there)
  const link = held && linkAsSeen(held, product, prints)
  const decision = link ? null : decisionOf(ctx, product.Id)
  if (link) noteSeen(ctx, link, 'books')
  const match = link ? null : ((await decidedMatch(ctx, decision)) ?? (await matchOf()))
  const plan = planFromPowerOffice({
    link,
    isStale: link !== null && (isOlder(product, link) || Date.parse(link.syncedAt) >= readAt),
    isAsLast: fills !== 'always' && isStillInStep(ctx, 'books', fieldsOf(ctx), prints, link),
    match: match?.ID ?? null,
    decision: decision?.action ?? null,
    maker: link ? null : makerOf(ctx, product, prints),
  })
  ctx.because('product', toldAs(link, 'books', product.Id), reasonOf(plan, 'tribe'))
  const refuseUnfit = () =>
    refuseUnmapped(accountFault(product, catalog) ?? unmappedInPowerOffice(there, catalog))
  return followPlan(ctx, plan, { look, link, match, refuseUnfit })
}

interface AsSeen {
  look: PowerOfficeLook
  /** As this look has found it. */
  link: LinkState | null
  match: TribeProduct | null
  refuseUnfit: () => void
}

async function followPlan(
  ctx: SyncContext,
  plan: PlanFromPowerOffice,
  { look, link, match, refuseUnfit }: AsSeen,
): Promise<void> {
  const { product, fills } = look
  switch (plan.do) {
    case 'nothing':
      if (link?.state !== 'linked') return
      if (link !== look.link) ctx.remember(link)
      if (leftOutIn(fieldsOf(ctx), link.bases).length === 0)
        askAgainIfParked(ctx, recordSubject('tribe', link.tribeId))
      return
    case 'merge':
    case 'look-again':
      if (!link) return
      if (plan.do === 'merge' && !look.isFresh && mayBeOlder(ctx, product, link)) return lookAfresh(ctx, look)
      return lookFromBooks(ctx, PRODUCTS, { link, books: product, fills })
    case 'ask-maker':
      return ctx.enqueue({ kind: 'product', subject: recordSubject('tribe', plan.tribeId), lane: 'bulk' })
    case 'link':
      refuseUnfit()
      return match ? linkFound(ctx, match, look) : undefined
    case 'create':
      refuseUnfit()
      return createInTribe(ctx, product)
    default:
      plan satisfies never
  }
}

function linkFound(
  ctx: SyncContext,
  match: TribeProduct,
  { product, fills }: PowerOfficeLook,
): Promise<void> {
  return ctx.withLock(match.ID, async () => {
    await refuseTied(ctx, match.ID, String(product.Id))
    await reconcileRow(ctx, PRODUCTS, { link: null, crm: match, books: product, fills, isFresh: false })
  })
}

/** What a list shows of it may be older than it tells: what is written goes by what PowerOffice holds now. */
async function lookAfresh(ctx: SyncContext, look: PowerOfficeLook): Promise<void> {
  const now = await ctx.powerOffice.findProduct(String(look.product.Id))
  if (now) return syncFromPowerOffice(ctx, { ...look, product: now, isFresh: true })
  // Only a look of its own may say that a record is gone.
  ctx.enqueue({ kind: 'product', subject: recordSubject('powerOffice', look.product.Id), lane: 'bulk' })
}
