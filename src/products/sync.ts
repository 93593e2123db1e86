import type { LinkState } from '../db/links'
import type { Product as PowerOfficeProduct } from '../poweroffice/schemas'
import { PartlyDone } from '../shared/errors'
import { powerOfficeIdFrom } from '../shared/reference'
import { DONE, type SyncContext, type SyncResult } from '../sync-step'
import type { Product as TribeProduct } from '../tribe/schemas'
import { confirmGone, entryFor, isOfKnownMoment, isOlder, noteGone, noteSeen } from '../two-way/link'
import { forgiven, isAsLast } from '../two-way/merge'
import { type Fills, leftOutIn } from '../two-way/reconcile'
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
  printsOf,
  refuseUnmapped,
  rowsOf,
} from './link'
import { productFromPowerOffice, productFromTribe } from './mapping'
import { mergePair, type Pair, refuseTied } from './pair'
import { planFromPowerOffice, planFromTribe } from './plan'
import { linkAsSeen } from './seen'
import { termsFor, termsOf } from './terms'

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
  const terms = await termsOf(ctx)
  const prints = product && (await printsOf(ctx, productFromTribe(product, terms, rowsOf(ctx))))
  const wasBegun = birthOf(ctx, productId) !== null
  if (wasBegun && link) endBirth(ctx, productId)
  const plan = planFromTribe({
    link,
    product: product && {
      importedFrom: powerOfficeIdFrom(ctx, 'product', product.ImportId),
      isInactive: product.IsInactive ?? false,
    },
    isAsLast: link !== null && prints !== null && isAsLast('crm', fieldsOf(ctx), prints, link.bases),
    inDoubt: wasBegun,
  })
  if (plan.do === 'nothing') {
    if (link?.state === 'linked') askAgainIfParked(ctx, `powerOffice:${link.powerOfficeId}`)
    // What was refused is still so: nobody has changed it on either side.
    const problem =
      link?.state === 'linked' ? problemOfLeftOut(leftOutIn(fieldsOf(ctx), link.bases), rowsOf(ctx)) : null
    if (problem) throw problem
    return DONE
  }
  if (plan.do === 'detach') return link ? confirmGone(ctx, link, 'crm') : DONE
  if (plan.do === 'look-whether-made') {
    await ctx.alone('product-births', () => endBirthOfGone(ctx, productId))
    return DONE
  }
  if (!product) return DONE
  if ((plan.do === 'merge' || plan.do === 'look-again') && link) {
    const counterpart = await ctx.powerOffice.findProduct(link.powerOfficeId)
    if (!counterpart) return noteGone(ctx, link)
    noteSeen(ctx, link, 'books')
    if (isOlder(counterpart, link))
      return { status: 'again', afterSeconds: 2, because: 'PowerOffice shows an older state than we know' }
    return mergePair(ctx, { link, tribe: product, powerOffice: counterpart, fills: 'along' })
  }
  refuseUnmapped(unmappedInTribe(product, terms))
  if (plan.do === 'adopt') return adopt(ctx, product, plan.powerOfficeId)
  return plan.do === 'look-then-create' ? finishBirth(ctx, product) : createInPowerOffice(ctx, product)
}

/** Tribe's own mark says which product of PowerOffice's it is. */
async function adopt(ctx: SyncContext, product: TribeProduct, powerOfficeId: string): Promise<SyncResult> {
  await refuseTied(ctx, product.ID, powerOfficeId)
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
  if (isGeneric(product)) return lookAtGeneric(ctx, product)
  const terms = await termsFor(ctx, product)
  const there = productFromPowerOffice(product, terms, rowsOf(ctx))
  const prints = await printsOf(ctx, there)
  const link = held && linkAsSeen(held, product, prints)
  const decision = link ? null : decisionOf(ctx, product.Id)
  if (link) noteSeen(ctx, link, 'books')
  const match = link ? null : ((await decidedMatch(ctx, decision)) ?? (await matchOf()))
  const plan = planFromPowerOffice({
    link,
    isStale: link !== null && (isOlder(product, link) || Date.parse(link.syncedAt) >= readAt),
    isAsLast: link !== null && fills !== 'always' && isAsLast('books', fieldsOf(ctx), prints, link.bases),
    match: match?.ID ?? null,
    decision: decision?.action ?? null,
    maker: link ? null : makerOf(ctx, product, prints),
  })
  if (plan.do === 'nothing') {
    if (link && link !== held && link.state === 'linked') ctx.remember(link)
    if (link?.state === 'linked' && leftOutIn(fieldsOf(ctx), link.bases).length === 0)
      askAgainIfParked(ctx, `tribe:${link.tribeId}`)
    return
  }
  if (plan.do === 'ask-maker')
    return ctx.enqueue({ kind: 'product', subject: `tribe:${plan.tribeId}`, lane: 'bulk' })
  if ((plan.do === 'merge' || plan.do === 'look-again') && link) {
    if (plan.do === 'merge' && !look.isFresh && isOfKnownMoment(product, link)) return lookAfresh(ctx, look)
    const counterpart = await ctx.tribe.findProduct(link.tribeId)
    if (counterpart) noteSeen(ctx, link, 'crm')
    if (counterpart) await mergeRow(ctx, { link, tribe: counterpart, powerOffice: product, fills })
    // Only a look of its own may say that a record is gone.
    else if (link.state === 'linked')
      ctx.enqueue({ kind: 'product', subject: `tribe:${link.tribeId}`, lane: 'bulk' })
    return
  }
  refuseUnmapped(accountFault(product, terms) ?? unmappedInPowerOffice(there, terms))
  if (!match) return createInTribe(ctx, product)
  await ctx.alone(match.ID, async () => {
    await refuseTied(ctx, match.ID, String(product.Id))
    await mergeRow(ctx, { link: null, tribe: match, powerOffice: product, fills })
  })
}

/** What a list shows of it may be older than it tells: what is written goes by what PowerOffice holds now. */
async function lookAfresh(ctx: SyncContext, look: PowerOfficeLook): Promise<void> {
  const now = await ctx.powerOffice.findProduct(String(look.product.Id))
  if (now) return syncFromPowerOffice(ctx, { ...look, product: now, isFresh: true })
  // Only a look of its own may say that a record is gone.
  ctx.enqueue({ kind: 'product', subject: `powerOffice:${look.product.Id}`, lane: 'bulk' })
}

/** What was left out is told of Tribe's product, from whichever side it was met. */
async function mergeRow(ctx: SyncContext, pair: Pair): Promise<void> {
  try {
    await mergePair(ctx, pair)
  } catch (thrown) {
    if (!(thrown instanceof PartlyDone)) throw thrown
    ctx.park({ kind: 'product', subject: `tribe:${pair.tribe.ID}`, lane: 'bulk' }, thrown)
  }
}
