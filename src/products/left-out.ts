import type { ApiError, SyncError } from '../shared/errors'
import { fieldsBlamed, type Spelling } from '../shared/refusals'
import type { Side } from '../shared/sides'
import { type LeftOut, leftOutProblem } from '../two-way/left-out'
import { PRODUCT_FAULTS } from './link'
import { canonical, type Product, type ProductField } from './product'

/** Which field of a product a system means when it refuses one, and what is told of those that were left out. */

interface Words {
  name: string
  members: Readonly<Record<Side, readonly string[]>>
  words: RegExp | null
}

const WORDS: Readonly<Record<ProductField, Words>> = {
  code: {
    name: 'code',
    members: { books: ['Code'], crm: ['Code'] },
    words: /product code|produktkode/i,
  },
  name: { name: 'name', members: { books: ['Name'], crm: ['Name'] }, words: null },
  description: {
    name: 'description',
    members: { books: ['Description'], crm: ['Description'] },
    words: /description|beskrivelse/i,
  },
  group: {
    name: 'product group',
    members: { books: ['ProductGroupId', 'ProductGroupCode'], crm: ['ProductGroup'] },
    words: /product group|produktgruppe/i,
  },
  price: {
    name: 'sales price',
    members: { books: ['UnitPrice'], crm: ['SalesPrice'] },
    words: /unit price|sales price|enhetspris/i,
  },
  cost: {
    name: 'cost price',
    members: { books: ['UnitCost'], crm: ['PurchasePrice'] },
    words: /unit cost|purchase price|kostpris/i,
  },
  vatCode: {
    name: 'VAT',
    members: { books: ['StandardSalesAccountId', 'StandardSalesAccount'], crm: ['VatGroup'] },
    words: /account|vat group/i,
  },
  unit: {
    name: 'unit',
    members: { books: ['UnitOfMeasureCode'], crm: ['Unit'] },
    words: /unit of measure|enhet/i,
  },
  isArchived: {
    name: 'mark that it is out of use',
    members: { books: ['IsArchived'], crm: ['IsInactive'] },
    words: /archive/i,
  },
}

export function blamedOf(
  side: Side,
  refusal: ApiError,
  fields: readonly ProductField[],
  product: Product,
): ProductField[] {
  const texts = canonical(product)
  const isText = (field: ProductField) => field === 'code' || field === 'description' || field === 'group'
  const spellings = new Map<ProductField, Spelling>(
    fields.map((field) => {
      const value = isText(field) ? (texts[field] ?? null) : null
      return [
        field,
        {
          members: WORDS[field]?.members[side] ?? [],
          words: WORDS[field]?.words ?? null,
          values: value === null ? [] : [value],
        },
      ]
    }),
  )
  return fieldsBlamed(refusal, spellings)
}

/** A product has a name and an account that its VAT follows; what else it has can be left out. */
const isNeeded = (field: ProductField): boolean => field === 'name' || field === 'vatCode'
export const TO_MAKE = { isLeast: isNeeded, isNeeded }
/** An account that is refused changes nothing of what the product is sold on: it is never passed over. */
export const TO_CHANGE = { isLeast: isNeeded, isNeeded: (field: ProductField) => field === 'vatCode' }

/** What is told of a product whose fields were left out; null when none was. */
export const problemOfLeftOut = (leftOut: readonly LeftOut[]): SyncError | null =>
  leftOutProblem(leftOut, {
    nameOf: (field) => WORDS[field]?.name ?? field,
    textOf: (code) => PRODUCT_FAULTS[code] ?? code,
  })
