import type { LinkState } from '../db/links'
import type { Product as PowerOfficeProduct } from '../poweroffice/schemas'
import { instantOf, minus, toQuery } from '../shared/dates'
import { ApiError, madeUnnamed } from '../shared/errors'
import { importIdOf, isImportId } from '../shared/reference'
import { leavingOut } from '../shared/refusals'
import { recordSubject } from '../shared/subjects'
import { DONE, type SyncContext, type SyncResult } from '../sync-step'
import type { Product as TribeProduct, Written } from '../tribe/schemas'
import { toldOf } from '../tribe/told'
import { standInsOfMade } from '../two-way/filled-in'
import { entryFor, noteLost } from '../two-way/link'
import { basesOf, type Fingerprints, refusedBase, sentBase } from '../two-way/merge'
import { making, refuseTwin } from '../two-way/pending-writes'
import {
  type Birth,
  birthOf,
  CLOCKS_DIFFER_MS,
  endBirth,
  isBornOf,
  makingInBooks,
  restOfBirth,
} from './births'
import { salesAccountOf } from './catalog'
import { PLAIN, type Product, type ProductField, type ProductRow } from './fields'
import { groupIdsOf, tribeGroupIdsOf } from './groups'
import { blamedOf, problemOfLeftOut, TO_MAKE } from './left-out'
import { defaultGone, fieldsOf, linkFrom, nameMissing, printsOf, rowsOf } from './link'
import { type Catalog, catalogFor, catalogOf } from './lists'
import {
  productFromPowerOffice,
  productFromTribe,
  productToPowerOffice,
  productToTribe,
  withMembers,
} from './mapping'
import { markAs, markInTribe, mergePair } from './pair'
import { isAsMade, isEditedBetween, unseenInPowerOffice } from './seen'

/** Makes a product of Tribe's in PowerOffice. What is known of an earlier try is the caller's to look for. */
export async function createInPowerOffice(ctx: SyncContext, product: TribeProduct): Promise<SyncResult> {
  const catalog = await catalogOf(ctx)
  const fields = fieldsOf(ctx)
  const here = productFromTribe(product, catalog, rowsOf(ctx))
  if (here.name === null) throw nameMissing()
  if (here.vatCode === null && catalog.faulty.isDefaultGone) throw defaultGone()
  const prints = await printsOf(ctx, here)
  const blame = (refusal: ApiError, some: readonly ProductField[]) =>
    blamedOf('books', refusal, some, here, rowsOf(ctx))
  const { answer, refused, said } = await leavingOut(
    fields.filter((field) => here[field] !== null),
    { ...TO_MAKE, blame, isOwed: true },
    async (some) => {
      const how = {
        groupIdOf: await groupIdsOf(ctx, some.includes('group') ? here.group : null, catalog),
        vatGroupId: product.VatGroup?.ID ?? null,
      }
      const members = productToPowerOffice(here, some, catalog, how, rowsOf(ctx))
      // Without a VAT group a product is sold on the default ledger account (DESIGN.md §5.5).
      if (here.vatCode === null)
        members.StandardSalesAccountId =
          catalog.accounts.find((one) => one.AccountNo === catalog.defaultAccountNo)?.Id ?? null
      const filled = Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null))
      const sent = Object.fromEntries(some.map((field) => [field, prints[field] ?? '']))
      return makingInBooks(ctx, product.ID, sent, () => ctx.powerOffice.createProduct(filled))
    },
  )
  if (!answer) throw new Error('something was to be written')
  const made = answer
  const there = productFromPowerOffice(made, await catalogFor(ctx, made), rowsOf(ctx))
  const held = { crm: prints, books: await printsOf(ctx, there) }
  const bases = basesOf(fields, held)
  for (const field of refused) bases[field] = refusedBase(field, held, 'books')
  for (const field of unseenInPowerOffice(fields))
    if (here[field] !== null && !refused.includes(field)) bases[field] = sentBase(field, held, 'books')
  const link = linkFrom(ctx, { tribeId: product.ID, powerOffice: made, bases })
  const sent = fields.filter((field) => here[field] !== null && !refused.includes(field))
  ctx.remember(link, entryFor(ctx, link)('created-in-poweroffice', { fields: sent }))
  noteLost(ctx, link, { name: product.Name }, fields)
  await ctx.flush()
  endBirth(ctx, product.ID)
  if (!product.ImportId || isImportId('product', product.ImportId))
    await markAs(ctx, product.ID, importIdOf(ctx, 'product', made.Id))
  const problem = problemOfLeftOut(refused.map((field) => ({ field, refusedBy: 'books', said })))
  if (problem) throw problem
  return DONE
}

/** What an earlier run made and could not note: just like what it sent, made since then, and nobody's yet. */
async function findMade(ctx: SyncContext, birth: Birth): Promise<PowerOfficeProduct | null> {
  const since = toQuery(minus(instantOf(new Date(birth.first)), CLOCKS_DIFFER_MS))
  const recent = await ctx.powerOffice.productsCreatedAfter(since)
  const links = await ctx.links.amongPowerOffice(
    'product',
    recent.map((one) => String(one.Id)),
  )
  const taken = new Set(links.map((link) => link.powerOfficeId))
  for (const one of recent) {
    if (taken.has(String(one.Id))) continue
    const prints = await printsOf(ctx, productFromPowerOffice(one, await catalogFor(ctx, one), rowsOf(ctx)))
    if (isBornOf(birth, one, prints)) return one
  }
  return null
}

/** An earlier run may have made it. One at a time: two that are alike would both take it for theirs. */
export function finishBirth(ctx: SyncContext, product: TribeProduct): Promise<SyncResult> {
  return ctx.withLock('product-births', async () => {
    const birth = birthOf(ctx, product.ID)
    const restMs = restOfBirth(ctx, product.ID)
    const made = birth && (await findMade(ctx, birth))
    if (!made && restMs > 0) return shownLater(restMs)
    if (!birth || !made) return createInPowerOffice(ctx, product)
    // What was edited since it was sent is a change like any other.
    const there = await printsOf(ctx, productFromPowerOffice(made, await catalogFor(ctx, made), rowsOf(ctx)))
    const bases = basesOf(fieldsOf(ctx), { crm: birth.prints, books: there })
    const link = linkFrom(ctx, { tribeId: product.ID, powerOffice: made, bases })
    ctx.remember(link, entryFor(ctx, link)('created-in-poweroffice'))
    await ctx.flush()
    endBirth(ctx, product.ID)
    await markInTribe(ctx, product, made.Id)
    return mergePair(ctx, { link, tribe: product, powerOffice: made, fills: 'along' })
  })
}

const shownLater = (restMs: number): SyncResult => ({
  status: 'again',
  afterSeconds: restMs / 1000,
  because: 'PowerOffice may show it in a moment',
})

/** It was deleted in Tribe before it was known whether PowerOffice had made it: nothing is made again (DESIGN.md §4.6). */
export async function endBirthOfGone(ctx: SyncContext, tribeId: string): Promise<SyncResult> {
  const birth = birthOf(ctx, tribeId)
  const restMs = restOfBirth(ctx, tribeId)
  const made = birth && (await findMade(ctx, birth))
  if (!made && restMs > 0) return shownLater(restMs)
  if (made) {
    const link: LinkState = linkFrom(ctx, { tribeId, powerOffice: made, state: 'tribe-gone' })
    ctx.remember(link, entryFor(ctx, link)('detached', { gone: 'tribe' }))
    await ctx.flush()
  }
  endBirth(ctx, tribeId)
  return DONE
}

/** Makes a product of PowerOffice's in Tribe. */
export async function createInTribe(ctx: SyncContext, product: PowerOfficeProduct): Promise<void> {
  refuseTwin(ctx, 'product', String(product.Id))
  const catalog = await catalogFor(ctx, product)
  const there = productFromPowerOffice(product, catalog, rowsOf(ctx))
  if (there.name === null) throw nameMissing()
  const fields = fieldsOf(ctx)
  const filled = fields.filter((field) => there[field] !== null)
  const blame = (refusal: ApiError, some: readonly ProductField[]) =>
    blamedOf('crm', refusal, some, there, rowsOf(ctx))
  const importId = importIdOf(ctx, 'product', product.Id)
  const { answer, refused, said } = await leavingOut(
    filled,
    { ...TO_MAKE, blame, isOwed: true },
    async (some) => {
      const how = {
        groupIdOf: await tribeGroupIdsOf(ctx, some.includes('group') ? there.group : null, catalog),
        salesAccountId: salesAccountOf(product, catalog)?.Id ?? null,
      }
      const members = productToTribe(there, some, null, catalog, how, rowsOf(ctx))
      return making(ctx, 'product', String(product.Id), () =>
        createAsDemanded(ctx, members, importId, catalog),
      )
    },
  )
  if (!answer) throw new Error('something was to be written')
  const { made, sent } = answer
  // An answer that is empty shows nothing of what Tribe keeps; the product itself does.
  const found = made ? null : await ctx.tribe.findProductByImportId([importId])
  const tribeId = made?.ID ?? found?.ID
  if (!tribeId) throw madeUnnamed('a product')
  const told = { ...sent, ...toldOf(made ?? {}, made) }
  const here = productFromTribe(
    found ?? withMembers({ ID: tribeId }, told, catalog, there.group),
    catalog,
    rowsOf(ctx),
  )
  const isEdited = (field: ProductField) =>
    there[field] === null && PLAIN.includes(field)
      ? found !== null && !isAsMade(found)
      : isEditedBetween(field, { shown: here, sent: there, before: null })
  for (const field of found ? fields : []) if (isEdited(field)) Object.assign(here, { [field]: there[field] })
  const crm = {
    ...(await printsOf(ctx, here)),
    ...(made && (await filledIn(ctx, made, { there, sent, catalog }))),
  }
  const held = { crm, books: await printsOf(ctx, there) }
  // What Tribe has of what PowerOffice leaves open is no value of the product's, and goes nowhere by itself.
  const bases = { ...basesOf(fields, held), ...standInsOfMade(ctx, 'product', fields, held) }
  for (const field of refused) bases[field] = refusedBase(field, held, 'crm')
  const link = linkFrom(ctx, { tribeId, powerOffice: product, bases })
  ctx.remember(
    link,
    entryFor(ctx, link)('created-in-tribe', { fields: filled.filter((field) => !refused.includes(field)) }),
  )
  noteLost(ctx, link, { name: product.Name }, filled)
  const problem = problemOfLeftOut(refused.map((field) => ({ field, refusedBy: 'crm', said })))
  if (problem) ctx.park({ kind: 'product', subject: recordSubject('tribe', tribeId), lane: 'bulk' }, problem)
}

const FILLED_IN = 'product:tribe-fills-in'

/** What Tribe fills in by itself of what its answer does not show: the same for every product, and asked for once. */
async function filledIn(
  ctx: SyncContext,
  made: Written,
  { there, sent, catalog }: { there: Product; sent: Record<string, unknown>; catalog: Catalog },
): Promise<Fingerprints> {
  const isTold = ({ crm, isPlain }: ProductRow) =>
    isPlain || crm.members.some((member) => member in sent || member in made)
  const untold = rowsOf(ctx).filter((row) => there[row.name] === null && !isTold(row))
  const known = (ctx.cache.get(FILLED_IN) ?? {}) as Fingerprints
  const ofThese = (prints: Fingerprints) =>
    Object.fromEntries(untold.map(({ name }) => [name, prints[name] ?? '']))
  if (untold.every(({ name }) => name in known)) return ofThese(known)
  const seen = await ctx.tribe.findProduct(made.ID)
  // Somebody has edited it by now: another one tells.
  if (!seen || (seen.LastMutationDate ?? null) !== (made.LastMutationDate ?? null)) return ofThese(known)
  const now = ofThese(await printsOf(ctx, productFromTribe(seen, catalog, rowsOf(ctx))))
  ctx.cache.set(FILLED_IN, { ...known, ...now })
  return now
}

const DEMANDS_UNIT = 'product:tribe-demands-unit'

/** Some Tribes demand a unit of every product, and PowerOffice of none: then it is sold by the piece (tribe/API.md §5.10). */
async function createAsDemanded(
  ctx: SyncContext,
  members: Record<string, unknown>,
  importId: string,
  catalog: Catalog,
): Promise<{ made: Written | null; sent: Record<string, unknown> }> {
  const piece = catalog.units.find((one) => one.powerOfficeUnit === 'EA')?.tribeUnitId
  const withUnit = piece && !members.Unit ? { ...members, Unit: { ID: piece } } : null
  const create = async (sent: Record<string, unknown>) => ({
    sent,
    made: await ctx.tribe.create('Product', { ...sent, IsVatIncluded: false, ImportId: importId }),
  })
  if (withUnit && ctx.cache.has(DEMANDS_UNIT)) return create(withUnit)
  try {
    return await create(members)
  } catch (thrown) {
    if (!withUnit || !(thrown instanceof ApiError) || thrown.status !== 400) throw thrown
    const made = await create(withUnit)
    ctx.cache.set(DEMANDS_UNIT, true)
    return made
  }
}
