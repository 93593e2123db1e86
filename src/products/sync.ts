import type { LinkState } from '../db/links'
import { carryOut, type Fills } from '../pairs/carry-out'
import type { Product as PowerOfficeProduct } from '../poweroffice/schemas'
import { instantOf, minus, toQuery } from '../shared/dates'
import { SyncError } from '../shared/errors'
import { basesOf, isAsLast } from '../shared/two-way'
import { DONE, type SyncContext, type SyncResult } from '../sync-step'
import type { Product as TribeProduct } from '../tribe/schemas'
import { isGeneric } from './generic'
import { groupIdsOf, tribeGroupIdsOf } from './groups'
import {
  entryFor,
  importIdOf,
  isOlder,
  isoOf,
  isTribeNewer,
  linkFrom,
  nameMissing,
  powerOfficeIdFrom,
  printsOf,
  refuseUnmapped,
} from './link'
import {
  productFromPowerOffice,
  productFromTribe,
  productPatch,
  productToPowerOffice,
  productToTribe,
  unmappedInPowerOffice,
  unmappedInTribe,
} from './mapping'
import { planFromPowerOffice, planFromTribe } from './plan'
import { canonical, PRODUCT_FIELDS } from './product'
import { type Terms, termsOf } from './terms'

const NONE_LED: ReadonlySet<string> = new Set()

/** One look at a product of Tribe's. */
export async function syncFromTribe(
  ctx: SyncContext,
  {
    productId,
    product,
    link,
    inDoubt,
  }: { productId: string; product: TribeProduct | null; link: LinkState | null; inDoubt: boolean },
): Promise<SyncResult> {
  const terms = await termsOf(ctx)
  const prints = product && (await printsOf(ctx, productFromTribe(product, terms)))
  const plan = planFromTribe({
    link,
    product: product && {
      importedFrom: powerOfficeIdFrom(product.ImportId),
      isInactive: product.IsInactive ?? false,
    },
    isAsLast: link !== null && prints !== null && isAsLast('tribe', PRODUCT_FIELDS, prints, link.bases),
    inDoubt,
  })
  if (plan.do === 'nothing' || !product)
    return plan.do === 'detach' && link ? confirmGone(ctx, link, 'tribe') : DONE
  if (plan.do === 'merge' && link) {
    const counterpart = await ctx.powerOffice.findProduct(link.powerOfficeId)
    if (!counterpart) return confirmGone(ctx, link, 'poweroffice')
    if (isOlder(counterpart, link))
      return { status: 'again', afterSeconds: 2, because: 'PowerOffice shows an older state than we know' }
    return mergePair(ctx, { link, tribe: product, powerOffice: counterpart, fills: 'along' })
  }
  refuseUnmapped(unmappedInTribe(product, terms))
  if (plan.do === 'adopt') {
    const counterpart = await ctx.powerOffice.findProduct(plan.powerOfficeId)
    if (counterpart)
      return mergePair(ctx, { link: null, tribe: product, powerOffice: counterpart, fills: 'along' })
    // It came from PowerOffice and is gone there: it is not made again by itself (spec §8).
    ctx.remember(
      linkFrom(ctx, {
        tribeId: productId,
        powerOffice: { Id: Number(plan.powerOfficeId) },
        state: 'poweroffice-gone',
      }),
    )
    return DONE
  }
  const made = plan.do === 'look-then-create' ? await findMade(ctx, product, terms) : null
  return made
    ? mergePair(ctx, { link: null, tribe: product, powerOffice: made, fills: 'along' })
    : createInPowerOffice(ctx, product, terms)
}

/**
 * What an earlier run made and could not note: PowerOffice keeps no reference of ours on products, so it is
 * the one that was made just now, is nobody's yet, and has every field as we would have sent it.
 */
async function findMade(
  ctx: SyncContext,
  product: TribeProduct,
  terms: Terms,
): Promise<PowerOfficeProduct | null> {
  const since = toQuery(minus(instantOf(new Date(ctx.now())), 30 * 60_000))
  const recent = await ctx.powerOffice.productsCreatedAfter(since)
  const links = await ctx.links.amongPowerOffice(
    'product',
    recent.map((one) => String(one.Id)),
  )
  const taken = new Set(links.map((link) => link.powerOfficeId))
  const wanted = canonical(productFromTribe(product, terms))
  const isSame = (one: PowerOfficeProduct) => {
    const found = canonical(productFromPowerOffice(one, terms))
    return PRODUCT_FIELDS.every((field) => wanted[field] === null || wanted[field] === found[field])
  }
  return recent.find((one) => !taken.has(String(one.Id)) && isSame(one)) ?? null
}

export interface PowerOfficeLook {
  product: PowerOfficeProduct
  /** When the row was read: what was synced since is newer. */
  readAt: number
  link: LinkState | null
  /** The product in Tribe that names this one. */
  matchOf: () => Promise<TribeProduct | null>
  fills: Fills
}

/** One look at a product of PowerOffice's, which is at hand. */
export async function syncFromPowerOffice(
  ctx: SyncContext,
  { product, readAt, link, matchOf, fills }: PowerOfficeLook,
): Promise<void> {
  if (isGeneric(product)) return
  const terms = await termsOf(ctx)
  const prints = await printsOf(ctx, productFromPowerOffice(product, terms))
  const match = link ? null : await matchOf()
  const plan = planFromPowerOffice({
    link,
    isStale: link !== null && (isOlder(product, link) || Date.parse(link.syncedAt) >= readAt),
    isAsLast:
      link !== null && fills !== 'always' && isAsLast('powerOffice', PRODUCT_FIELDS, prints, link.bases),
    match: match?.ID ?? null,
  })
  if (plan.do === 'nothing') return
  if (plan.do === 'merge' && link) {
    const counterpart = await ctx.tribe.findProduct(link.tribeId)
    if (counterpart) await mergePair(ctx, { link, tribe: counterpart, powerOffice: product, fills })
    // Only a look of its own may say that a record is gone.
    else ctx.enqueue({ kind: 'product', subject: `tribe:${link.tribeId}`, lane: 'bulk' })
    return
  }
  refuseUnmapped(unmappedInPowerOffice(productFromPowerOffice(product, terms), terms))
  if (match)
    await ctx.alone(match.ID, () => mergePair(ctx, { link: null, tribe: match, powerOffice: product, fills }))
  else await createInTribe(ctx, product, terms)
}

interface Pair {
  link: LinkState | null
  tribe: TribeProduct
  powerOffice: PowerOfficeProduct
  fills: Fills
}

async function mergePair(ctx: SyncContext, { link, tribe, powerOffice, fills }: Pair): Promise<SyncResult> {
  const terms = await termsOf(ctx)
  refuseUnmapped(
    unmappedInTribe(tribe, terms) ?? unmappedInPowerOffice(productFromPowerOffice(powerOffice, terms), terms),
  )
  const here = productFromTribe(tribe, terms)
  const there = productFromPowerOffice(powerOffice, terms)
  let patched = powerOffice
  const merged = await carryOut(ctx, 'product', {
    fields: PRODUCT_FIELDS,
    link,
    tribe: await printsOf(ctx, here),
    powerOffice: await printsOf(ctx, there),
    newest: isTribeNewer(tribe, powerOffice) ? 'tribe' : 'powerOffice',
    ledByPowerOffice: NONE_LED,
    fills,
    faultOf: (field) => (field === 'name' && here.name === null ? 'product.name_missing' : null),
    writePowerOffice: async (fields) => {
      const members = productToPowerOffice(here, fields, terms, await groupIdsOf(ctx, here.group, terms))
      const patch = productPatch(members, powerOffice)
      if (patch.length > 0) patched = await ctx.powerOffice.patchProduct(String(powerOffice.Id), patch)
      return printsOf(ctx, productFromPowerOffice(patched, await termsOf(ctx)))
    },
    writeTribe: async (fields) => {
      const members = productToTribe(
        there,
        fields,
        tribe,
        terms,
        await tribeGroupIdsOf(ctx, there.group, terms),
      )
      await ctx.tribe.update('Product', tribe.ID, members)
      const after = { ...here }
      for (const field of fields) Object.assign(after, { [field]: there[field] })
      return printsOf(ctx, after)
    },
  })
  const now = linkFrom(ctx, {
    tribeId: tribe.ID,
    powerOffice: patched,
    link,
    bases: merged.bases,
    recent: merged.recent,
  })
  const entry = entryFor(ctx, now)
  const isNews =
    !link ||
    merged.toTribe.length + merged.toPowerOffice.length > 0 ||
    JSON.stringify(link.bases) !== JSON.stringify(now.bases) ||
    link.powerOfficeChangedAt !== now.powerOfficeChangedAt
  if (isNews)
    ctx.remember(
      now,
      ...(link ? [] : [entry('linked')]),
      ...merged.conflicts.map(({ field, winner }) => entry('conflict', { field, winner })),
      ...(merged.toTribe.length > 0 ? [entry('updated-tribe', { fields: merged.toTribe })] : []),
      ...(merged.toPowerOffice.length > 0
        ? [entry('updated-poweroffice', { fields: merged.toPowerOffice })]
        : []),
    )
  if (merged.faults[0]) throw nameMissing()
  return DONE
}

async function createInPowerOffice(
  ctx: SyncContext,
  product: TribeProduct,
  terms: Terms,
): Promise<SyncResult> {
  const here = productFromTribe(product, terms)
  if (here.name === null) throw nameMissing()
  const members = productToPowerOffice(here, PRODUCT_FIELDS, terms, await groupIdsOf(ctx, here.group, terms))
  // Without a VAT group a product is sold on the default ledger account (spec §5).
  if (here.vatCode === null)
    members.StandardSalesAccountId =
      terms.accounts.find((one) => one.AccountNo === terms.defaultAccountNo)?.Id ?? null
  const filled = Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null))
  const made = await ctx.powerOffice.createProduct(filled)
  const there = productFromPowerOffice(made, await termsOf(ctx))
  const bases = basesOf(PRODUCT_FIELDS, await printsOf(ctx, here), await printsOf(ctx, there))
  const link = linkFrom(ctx, { tribeId: product.ID, powerOffice: made, bases })
  ctx.remember(link, entryFor(ctx, link)('created-in-poweroffice'))
  await ctx.flush()
  if (!product.ImportId) await ctx.tribe.update('Product', product.ID, { ImportId: importIdOf(made.Id) })
  return DONE
}

async function createInTribe(ctx: SyncContext, product: PowerOfficeProduct, terms: Terms): Promise<void> {
  const there = productFromPowerOffice(product, terms)
  if (there.name === null) throw nameMissing()
  const fields = PRODUCT_FIELDS.filter((field) => there[field] !== null)
  const members = productToTribe(there, fields, null, terms, await tribeGroupIdsOf(ctx, there.group, terms))
  const made = await ctx.tribe.create('Product', {
    ...members,
    IsVatIncluded: false,
    ImportId: importIdOf(product.Id),
  })
  const tribeId = made?.ID ?? (await ctx.tribe.findProductByImportId(importIdOf(product.Id)))?.ID
  if (!tribeId)
    throw new SyncError('tribe.unreadable_answer', 'time', 'Tribe made a product and did not say which')
  const prints = await printsOf(ctx, there)
  const link = linkFrom(ctx, {
    tribeId,
    powerOffice: product,
    bases: basesOf(PRODUCT_FIELDS, prints, prints),
  })
  ctx.remember(link, entryFor(ctx, link)('created-in-tribe'))
}

/** A record that one side does not know any more: looked at twice, since it may only be hidden (tribe-api §7.2). */
export async function confirmGone(
  ctx: SyncContext,
  link: LinkState,
  gone: 'tribe' | 'poweroffice',
): Promise<SyncResult> {
  const seen = `gone:product:${link.tribeId}`
  if (!ctx.memory.has(seen)) {
    ctx.memory.set(seen, true)
    return { status: 'again', afterSeconds: 3, because: `${gone} does not know it; asking once more` }
  }
  ctx.memory.delete(seen)
  const detached: LinkState = {
    ...link,
    state: gone === 'tribe' ? 'tribe-gone' : 'poweroffice-gone',
    syncedAt: isoOf(ctx),
  }
  ctx.remember(detached, entryFor(ctx, detached)('detached', { gone }))
  return DONE
}
