/** A product, as both systems can express it. Null stands for "nothing there". */
export interface Product {
  code: string | null
  name: string | null
  description: string | null
  /** The name of its product group. */
  group: string | null
  /** Per unit, net of VAT. */
  price: number | null
  cost: number | null
  /** A VAT code of PowerOffice's: that of the sales account that applies. */
  vatCode: string | null
  /** A unit of PowerOffice's. */
  unit: string | null
  isArchived: boolean
  /** What an admin added: a field of this tenant's own. */
  [own: string]: unknown
}
/** A field by its name. */
export type ProductField = string

export const PRODUCT_FIELDS: readonly ProductField[] = [
  ...['code', 'name', 'description', 'group', 'price', 'cost', 'vatCode', 'unit', 'isArchived'],
]

/** Fields that hold what was entered, and not what mappings make of it. */
export const PLAIN: readonly ProductField[] = ['code', 'name', 'description', 'price', 'cost']

/** The one text that all spellings of a value have in common: what is fingerprinted and compared. */
export const canonical = (product: Product): Record<ProductField, string | null> => ({
  code: product.code,
  name: product.name,
  description: product.description,
  group: product.group,
  price: product.price === null ? null : String(product.price),
  cost: product.cost === null ? null : String(product.cost),
  vatCode: product.vatCode,
  unit: product.unit,
  isArchived: String(product.isArchived),
})
