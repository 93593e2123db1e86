import type { LinkState } from '../db/links'
import type { Product as PowerOfficeProduct } from '../poweroffice/schemas'
import { recordIn, recordSubject } from '../shared/subjects'
import { DONE, type Step, type SyncContext } from '../sync-step'
import type { Product as TribeProduct } from '../tribe/schemas'
import { type ComparedKind, type Comparing, compareKind, isInStep, lookAgain } from '../two-way/compare'
import { replaceRows } from '../two-way/comparison'
import { leftOutIn } from '../two-way/reconcile'
import { eachRow, PASSED_OVER } from '../two-way/rows'
import { lookAtAccount } from './accounts'
import { unmappedInTribe } from './catalog'
import { isGeneric } from './generic'
import { askAgainIfParked, fieldsOf, oneWayIn, onlyOne, printsOf, rowsOf } from './link'
import { type Catalog, catalogFor, catalogOf } from './lists'
import { productFromPowerOffice, productFromTribe } from './mapping'
import { markInTribe } from './pair'
import { type ProductIndex, SWEPT_PRODUCTS } from './sweeps'
import { syncFromPowerOffice } from './sync'

/** The nightly comparison of products (DESIGN.md §8.1): every one of both sides, repaired by the normal rules. */
export const compareProducts: Step = async (ctx) => {
  if (ctx.facts.get('initial-sync') || !COMPARED.isOn(ctx)) return DONE
  return compareKind(ctx, COMPARED, async (row, now) => {
    await askForMended(ctx, now)
    replaceRows(ctx, [row.what], [row])
  })
}

type Underway = Comparing<PowerOfficeProduct, ProductIndex>

const COMPARED: ComparedKind<PowerOfficeProduct, ProductIndex> = {
  ...SWEPT_PRODUCTS,
  what: 'products',
  compare: compareRows,
  countInCrm: (_, { byId }) => byId.size,
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
      if (isGeneric(product)) return PASSED_OVER
      now.seen.add(String(product.Id))
      return compareRow(ctx, { product, link: byId.get(String(product.Id)) ?? null, catalog }, now)
    },
  )
}

async function compareRow(
  ctx: SyncContext,
  { product, link, catalog }: { product: PowerOfficeProduct; link: LinkState | null; catalog: Catalog },
  now: Underway,
): Promise<typeof PASSED_OVER | undefined> {
  const counterpart = link && now.index.byId.get(link.tribeId)
  if (link && link.state !== 'linked') {
    lookAgain(ctx, link, counterpart !== undefined)
    return
  }
  if (link && counterpart && (await isAsKnown(ctx, { link, product, counterpart, catalog }, now))) {
    await lookAtAccount(ctx, counterpart, product)
    // A run that made it may have died before it could leave its mark.
    if (!counterpart.ImportId) await markInTribe(ctx, counterpart, product.Id)
    if (leftOutIn(fieldsOf(ctx), link.bases).length === 0)
      askAgainIfParked(ctx, recordSubject('tribe', link.tribeId))
    return
  }
  if (link) now.differ++
  // Whether Tribe has it no more is seen once all are read.
  if (link && !counterpart) return PASSED_OVER
  const matchOf = async () => onlyOne(now.index.byImportId.get(String(product.Id)) ?? [])
  await syncFromPowerOffice(ctx, { product, readAt: now.readAt, link, matchOf, fills: 'always' })
}

interface Pairing {
  link: LinkState
  product: PowerOfficeProduct
  counterpart: TribeProduct
  catalog: Catalog
}

async function isAsKnown(
  ctx: SyncContext,
  { link, product, counterpart, catalog }: Pairing,
  now: Underway,
): Promise<boolean> {
  const termsThere = await catalogFor(ctx, product)
  const pair = {
    fields: fieldsOf(ctx),
    crm: await printsOf(ctx, productFromTribe(counterpart, catalog, rowsOf(ctx))),
    books: await printsOf(ctx, productFromPowerOffice(product, termsThere, rowsOf(ctx))),
    ledByBooks: new Set<string>(),
    oneWay: oneWayIn(ctx),
  }
  return isInStep(ctx, link, pair, now)
}

/** Nobody has to mend what is gone, nor what was mended and nobody told of. */
async function askForMended(ctx: SyncContext, { index, seen }: Underway): Promise<void> {
  const catalog = await catalogOf(ctx)
  for (const subject of ctx.parkedOf('product')) {
    const { side, id } = recordIn(subject)
    const row = index.byId.get(id)
    const isOver = side === 'tribe' ? !row || unmappedInTribe(row, catalog) === null : !seen.has(id)
    if (isOver) ctx.enqueue({ kind: 'product', subject, lane: 'bulk' })
  }
}
