import type { PatchOperation } from '../poweroffice/caller'
import type { Product as PowerOfficeProduct } from '../poweroffice/schemas'
import { grossPrice } from '../shared/money'
import type { Product as TribeProduct } from '../tribe/schemas'
import { canonicalOf, recordFrom, rowsNamed } from '../two-way/fields'
import { rateOf, vatGroupFor } from './catalog'
import {
  type GroupIdOf,
  PRODUCT_ROWS,
  type Product,
  type ProductField,
  type ProductRow,
  type TribeGroupIdOf,
} from './fields'
import type { Catalog } from './lists'

/** How each system spells a product (DESIGN.md §5.1): its rows, and what hangs together between them. */

/** The one text that all spellings of a value have in common: what is fingerprinted and compared. */
export const canonical = (
  product: Product,
  rows: readonly ProductRow[] = PRODUCT_ROWS,
): Record<ProductField, string | null> => canonicalOf(rows, product)

// ── PowerOffice ─────────────────────────────────────────────────────────────

export const productFromPowerOffice = (
  product: PowerOfficeProduct,
  catalog: Catalog,
  rows: readonly ProductRow[] = PRODUCT_ROWS,
): Product => recordFrom(rows, 'books', { product, catalog }) as Product

/**
 * The members of a product that these fields fill. Prices that are nothing stay the group's. Several VAT
 * groups may go by one code: `vatGroupId` says whose sales account it is.
 */
export const productToPowerOffice = (
  product: Product,
  fields: readonly ProductField[],
  catalog: Catalog,
  { groupIdOf, vatGroupId }: { groupIdOf: GroupIdOf; vatGroupId: string | null },
  rows: readonly ProductRow[] = PRODUCT_ROWS,
): Record<string, unknown> =>
  Object.assign(
    {},
    ...rowsNamed(rows, fields).map((row) => row.books.write(product, { catalog, groupIdOf, vatGroupId })),
  )

/** The changes that give a product these members; empty when it has them already. */
export function productPatch(
  members: Record<string, unknown>,
  product: PowerOfficeProduct,
): PatchOperation[] {
  return Object.entries(members)
    .filter(([name, value]) => ((product as Record<string, unknown>)[name] ?? null) !== (value ?? null))
    .map(([name, value]) => ({ op: 'replace' as const, path: `/${name}`, value: value ?? null }))
}

// ── Tribe ───────────────────────────────────────────────────────────────────

export const productFromTribe = (
  product: TribeProduct,
  catalog: Catalog,
  rows: readonly ProductRow[] = PRODUCT_ROWS,
): Product => recordFrom(rows, 'crm', { product, catalog }) as Product

/**
 * The members of Tribe's product that these fields fill. A price is told with VAT where Tribe keeps it so;
 * another VAT group changes the price with VAT along. Where several VAT groups go by one code, the sales
 * account says which.
 */
export function productToTribe(
  product: Product,
  fields: readonly ProductField[],
  held: TribeProduct | null,
  catalog: Catalog,
  { groupIdOf, salesAccountId }: { groupIdOf: TribeGroupIdOf; salesAccountId: number | null },
  rows: readonly ProductRow[] = PRODUCT_ROWS,
): Record<string, unknown> {
  const before = held?.VatGroup?.ID
  const vatGroupId = fields.includes('vatCode')
    ? vatGroupFor(product.vatCode, { accountId: salesAccountId, held: before, catalog })
    : before
  const isGross = held?.IsVatIncluded ?? false
  const percentage = rateOf(vatGroupId, held, catalog)
  const asKept = (net: number | null) => (net !== null && isGross ? grossPrice(net, percentage) : net)
  const how = { held, catalog, groupIdOf, vatGroupId, asKept }
  const members: Record<string, unknown> = Object.assign(
    {},
    ...rowsNamed(rows, fields).map((row) => row.crm.write(product, how)),
  )
  if (isGross && vatGroupId !== before && product.price !== null) members.SalesPrice = asKept(product.price)
  return members
}

/** The product as Tribe holds it once these members are written. */
export function withMembers(
  held: TribeProduct,
  members: Record<string, unknown>,
  catalog: Catalog,
  groupName: string | null,
): TribeProduct {
  const idOf = (link: unknown) => (link as { ID: string } | null)?.ID
  const after: TribeProduct = { ...held, ...members }
  if ('VatGroup' in members && idOf(members.VatGroup) !== held.VatGroup?.ID)
    after.VatGroup = catalog.vatGroups.find((one) => one.ID === idOf(members.VatGroup)) ?? null
  else after.VatGroup = held.VatGroup
  if (members.ProductGroup) after.ProductGroup = { ID: idOf(members.ProductGroup) ?? '', Name: groupName }
  return after
}
