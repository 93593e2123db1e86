import type { Product as PowerOfficeProduct, PRODUCT } from '../poweroffice/schemas'
import { netPrice } from '../shared/money'
import type { Product as TribeProduct } from '../tribe/schemas'
import {
  asText,
  type FieldRow,
  type MemberIn,
  named,
  READ,
  type RecordOf,
  type Scalar,
  type ScalarValue,
  textOf,
  type Unnamed,
} from '../two-way/fields'
import { accountIdFor, unitFor, vatCodeOf } from './catalog'
import type { Catalog } from './lists'

/** The fields of a product, a row each (DESIGN.md §5.1). */

/** What reads and writes of these rows are given. */
export interface ProductGiven {
  crm: { product: TribeProduct; catalog: Catalog }
  books: { product: PowerOfficeProduct; catalog: Catalog }
  toCrm: ToTribe
  toBooks: ToPowerOffice
}

export interface ToTribe {
  /** As Tribe has it; null: it is to be made. */
  held: TribeProduct | null
  catalog: Catalog
  groupIdOf: TribeGroupIdOf
  /** The VAT group that it will have, and a net price as Tribe keeps prices of this product. */
  vatGroupId: string | undefined
  asKept: (net: number | null) => number | null
}
export interface ToPowerOffice {
  catalog: Catalog
  groupIdOf: GroupIdOf
  /** Several VAT groups may go by one code: whose sales account it is. */
  vatGroupId: string | null
}

/** Where the product group of a name is in PowerOffice; undefined: it has to be made. */
export type GroupIdOf = (name: string) => number | undefined
/** Where it is in Tribe. */
export type TribeGroupIdOf = (name: string) => string | undefined

export interface ProductRow<Value = unknown> extends FieldRow<ProductGiven, Value> {
  /** Holds what was entered, and not what mappings make of it. */
  readonly isPlain?: boolean
  /** Chosen from a list of the system's, so that it has no spellings. */
  readonly isChosen?: true
}

interface Spelled<Kind extends Scalar> {
  /** The member in either system, as its schema names it. */
  crm: MemberIn<typeof TribeProduct.shape, Kind>
  books: MemberIn<typeof PRODUCT, Kind>
  called: string
  said?: RegExp
  as: Kind
  need?: 'to-make'
  hasClock?: boolean
  /** A refusal may repeat its value. */
  isRepeated?: boolean
}

/** A field that is one value in one member on either side. */
export const scalar = <Kind extends Scalar>(
  name: string,
  { crm, books, called, said, as, need, hasClock = true, isRepeated = false }: Spelled<Kind>,
): ProductRow<ScalarValue[Kind]> => ({
  name,
  called,
  said: said ?? null,
  canonical: (record) => asText(record[name]),
  sentAs: (record) => (isRepeated ? repeated(record[name]) : []),
  crm: {
    members: [crm],
    read: ({ product }) => READ[as](product[crm]) as ScalarValue[Kind],
    write: (record) => ({ [crm]: record[name] }),
  },
  books: {
    members: [books],
    read: ({ product }) => READ[as]((product as Record<string, unknown>)[books]) as ScalarValue[Kind],
    write: (record) => ({ [books]: record[name] }),
  },
  hasClock,
  isPlain: true,
  ...(need ? { need } : {}),
})

const repeated = (value: unknown): string[] => (typeof value === 'string' ? [value] : [])
const linkTo = (id: string | undefined) => (id === undefined ? null : { ID: id })

const group: Unnamed<ProductRow<string | null>> = {
  called: 'product group',
  said: /product group|produktgruppe/i,
  canonical: ({ group }) => asText(group),
  sentAs: ({ group }) => repeated(group),
  crm: {
    members: ['ProductGroup'],
    read: ({ product }) => textOf(product.ProductGroup?.Name),
    write: ({ group }, { groupIdOf }) => ({
      ProductGroup: linkTo(typeof group === 'string' ? groupIdOf(group) : undefined),
    }),
  },
  books: {
    members: ['ProductGroupId', 'ProductGroupCode'],
    read: ({ product, catalog }) =>
      textOf(catalog.powerOfficeGroups.find((one) => one.Id === product.ProductGroupId)?.Name),
    write: ({ group }, { groupIdOf }) => ({
      ProductGroupId: typeof group === 'string' ? (groupIdOf(group) ?? null) : null,
    }),
  },
  isChosen: true,
}

/** Per unit, net of VAT; Tribe may keep it with VAT. Null in PowerOffice stays the group's, and is not 0. */
const price: Unnamed<ProductRow<number | null>> = {
  called: 'sales price',
  said: /unit price|sales price|enhetspris/i,
  canonical: ({ price }) => asText(price),
  sentAs: () => [],
  crm: {
    members: ['SalesPrice'],
    read: ({ product }) => {
      const kept = product.SalesPrice ?? null
      if (kept === null || !product.IsVatIncluded) return kept
      return netPrice(kept, product.VatGroup?.Percentage ?? 0)
    },
    write: ({ price }, { asKept }) => ({ SalesPrice: asKept(price as number | null) }),
  },
  books: {
    members: ['UnitPrice'],
    read: ({ product }) => product.UnitPrice ?? null,
    write: ({ price }) => ({ UnitPrice: price }),
  },
  hasClock: true,
  isPlain: true,
}

/** A VAT code of PowerOffice's: that of the sales account that applies. A group without one keeps its account. */
const vatCode: Unnamed<ProductRow<string | null>> = {
  called: 'VAT',
  said: /account|vat group/i,
  canonical: ({ vatCode }) => asText(vatCode),
  sentAs: () => [],
  crm: {
    members: ['VatGroup'],
    read: ({ product, catalog }) =>
      catalog.vat.find((one) => one.tribeVatGroupId === product.VatGroup?.ID)?.powerOfficeVatCode ?? null,
    write: (_, { vatGroupId }) => ({ VatGroup: linkTo(vatGroupId) }),
  },
  books: {
    members: ['StandardSalesAccountId', 'StandardSalesAccount'],
    read: ({ product, catalog }) => vatCodeOf(product, catalog),
    write: ({ vatCode }, { catalog, vatGroupId }) =>
      typeof vatCode === 'string'
        ? { StandardSalesAccountId: accountIdFor(vatCode, catalog, vatGroupId) }
        : {},
  },
  // An account that is refused changes nothing of what the product is sold on: it is never passed over.
  need: 'always',
  isChosen: true,
}

/** A unit of PowerOffice's. */
const unit: Unnamed<ProductRow<string | null>> = {
  called: 'unit',
  said: /unit of measure|enhet/i,
  canonical: ({ unit }) => asText(unit),
  sentAs: () => [],
  crm: {
    members: ['Unit'],
    read: ({ product, catalog }) =>
      catalog.units.find((one) => one.tribeUnitId === product.Unit?.ID)?.powerOfficeUnit ?? null,
    write: ({ unit }, { held, catalog }) => ({ Unit: linkTo(unitFor(unit as string | null, held, catalog)) }),
  },
  books: {
    members: ['UnitOfMeasureCode'],
    read: ({ product }) => textOf(product.UnitOfMeasureCode),
    write: ({ unit }) => ({ UnitOfMeasureCode: unit }),
  },
  hasClock: true,
  isChosen: true,
}

/** A product that says nothing of it is in use. */
const isArchived: Unnamed<ProductRow<boolean>> = {
  called: 'mark that it is out of use',
  said: /archive/i,
  canonical: ({ isArchived }) => asText(isArchived),
  sentAs: () => [],
  crm: {
    members: ['IsInactive'],
    read: ({ product }) => product.IsInactive ?? false,
    write: ({ isArchived }) => ({ IsInactive: isArchived }),
  },
  books: {
    members: ['IsArchived'],
    read: ({ product }) => product.IsArchived ?? false,
    write: ({ isArchived }) => ({ IsArchived: isArchived }),
  },
}

const ROWS = named({
  code: scalar('code', {
    crm: 'Code',
    books: 'Code',
    as: 'text',
    called: 'code',
    said: /product code|produktkode/i,
    isRepeated: true,
  }),
  name: scalar('name', { crm: 'Name', books: 'Name', as: 'text', called: 'name', need: 'to-make' }),
  description: scalar('description', {
    crm: 'Description',
    books: 'Description',
    as: 'text',
    called: 'description',
    said: /description|beskrivelse/i,
    isRepeated: true,
  }),
  group,
  price,
  cost: scalar('cost', {
    crm: 'PurchasePrice',
    books: 'UnitCost',
    as: 'number',
    called: 'cost price',
    said: /unit cost|purchase price|kostpris/i,
  }),
  vatCode,
  unit,
  isArchived,
})

/** A product, as both systems can express it. */
export type Product = RecordOf<typeof ROWS>
/** A field by its name. */
export type ProductField = string

export const PRODUCT_ROWS: readonly ProductRow[] = Object.values(ROWS)
export const PLAIN: readonly ProductField[] = PRODUCT_ROWS.filter((row) => row.isPlain).map(
  ({ name }) => name,
)
export const CHOSEN: readonly ProductField[] = PRODUCT_ROWS.filter((row) => row.isChosen).map(
  ({ name }) => name,
)
export const PRODUCT_FIELDS: readonly ProductField[] = PRODUCT_ROWS.map(({ name }) => name)
