import type { Product as PowerOfficeProduct } from '../poweroffice/schemas'
import { byImportId } from '../shared/reference'
import { preferredBy } from '../shared/sides'
import { DONE, type PreviewItem, type Step, type SyncContext } from '../sync-step'
import type { Product as TribeProduct } from '../tribe/schemas'
import { merge } from '../two-way/merge'
import { PAGE_SIZE } from '../two-way/rows'
import type { Product } from './fields'
import { isGeneric } from './generic'
import { decisionOf, fieldsOf, isTribeNewer, oneWayIn, rowsOf } from './link'
import { type Catalog, catalogOf } from './lists'
import { canonical, productFromPowerOffice, productFromTribe } from './mapping'
import { areProductsOn } from './sweeps'

/** What the first load would do with products, worked out without a write. A code in common is shown, and ties nothing. */
export const previewProducts: Step = async (ctx) => {
  if (areProductsOn(ctx)) await preview(ctx)
  ctx.preview.finish()
  return DONE
}

async function preview(ctx: SyncContext): Promise<void> {
  const products = await ctx.tribe.allProducts()
  const byId = new Map(products.map((product) => [product.ID, product]))
  const imported = byImportId(ctx, 'product', products)
  const byCode = Map.groupBy(
    products.filter((product) => product.Code),
    (product) => codeOf(product.Code),
  )
  const spokenFor = new Set<string>()
  const catalog = await catalogOf(ctx)
  const itemOf = (row: PowerOfficeProduct, linkedId: string): PreviewItem => {
    const decided = decisionOf(ctx, row.Id)?.tribeId ?? ''
    const marked = imported.get(String(row.Id)) ?? []
    const known = byId.get(linkedId) ?? byId.get(decided)
    if (!known && marked.length > 1) return ambiguous(row, marked, spokenFor)
    const match = known ?? marked[0]
    if (!match) return newInTribe(row, row.Code ? (byCode.get(codeOf(row.Code)) ?? []) : [])
    spokenFor.add(match.ID)
    return matchedById(row, match, toPowerOfficeBy(ctx, match, row, catalog))
  }
  ctx.preview.clear('product')
  for (let page = 1; ; page++) {
    const read = await ctx.powerOffice.products({ page, pageSize: PAGE_SIZE, orderBy: 'Id asc' })
    const rows = read.rows.filter((product) => !isGeneric(product))
    const links = await ctx.links.amongPowerOffice(
      'product',
      rows.map((row) => String(row.Id)),
    )
    const linked = new Map(links.map((link) => [link.powerOfficeId, link.tribeId]))
    ctx.preview.add(rows.map((row) => itemOf(row, linked.get(String(row.Id)) ?? '')))
    if (read.isLast) break
  }
  // What `sync unlinked` would push: inactive ones stay.
  const unlinked = products.filter((product) => !spokenFor.has(product.ID) && !product.IsInactive)
  ctx.preview.add(unlinked.map(onlyInTribe))
}

const inPowerOffice = (row: PowerOfficeProduct) => ({
  kind: 'product' as const,
  powerOfficeId: String(row.Id),
  number: row.Code ?? null,
  name: row.Name ?? '',
})

const matchedById = (
  row: PowerOfficeProduct,
  { ID }: TribeProduct,
  toPowerOffice: string[],
): PreviewItem => ({
  ...inPowerOffice(row),
  outcome: 'matched-by-id',
  tribeIds: [ID],
  toPowerOffice,
  duplicates: [],
})

function ambiguous(
  row: PowerOfficeProduct,
  marked: readonly TribeProduct[],
  spokenFor: Set<string>,
): PreviewItem {
  const tribeIds = marked.map(({ ID }) => ID)
  for (const id of tribeIds) spokenFor.add(id)
  return { ...inPowerOffice(row), outcome: 'ambiguous', tribeIds, toPowerOffice: [], duplicates: [] }
}

const newInTribe = (row: PowerOfficeProduct, alike: readonly TribeProduct[]): PreviewItem => ({
  ...inPowerOffice(row),
  outcome: 'new-in-tribe',
  tribeIds: [],
  toPowerOffice: [],
  duplicates: alike.map(({ ID }) => ({ tribeId: ID, by: 'code' as const })),
})

const onlyInTribe = (product: TribeProduct): PreviewItem => ({
  kind: 'product',
  powerOfficeId: null,
  number: product.Code ?? null,
  name: product.Name ?? '',
  outcome: 'only-in-tribe',
  tribeIds: [product.ID],
  duplicates: [],
  toPowerOffice: [],
})

/** Fields whose value in PowerOffice the policy would let Tribe's take the place of. */
function toPowerOfficeBy(
  ctx: SyncContext,
  tribe: TribeProduct,
  powerOffice: PowerOfficeProduct,
  catalog: Catalog,
): string[] {
  const texts = (product: Product) =>
    Object.fromEntries(
      Object.entries(canonical(product, rowsOf(ctx))).map(([field, text]) => [field, text ?? '']),
    )
  return merge({
    fields: fieldsOf(ctx),
    crm: texts(productFromTribe(tribe, catalog, rowsOf(ctx))),
    books: texts(productFromPowerOffice(powerOffice, catalog, rowsOf(ctx))),
    bases: {},
    prefer: preferredBy(ctx.settings.conflictPolicy),
    newest: isTribeNewer(tribe, powerOffice) ? 'crm' : 'books',
    ledByBooks: new Set(),
    oneWay: oneWayIn(ctx),
  }).toBooks
}

const codeOf = (code: string | null | undefined) => (code ?? '').trim().toLowerCase()
