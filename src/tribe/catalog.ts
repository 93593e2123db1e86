import * as z from 'zod/v4'
import type { Caller, TribePage } from './caller'
import { allNamed, anyOf, changedSince, holding, literal, queryString } from './odata'
import { Address, Lookup, Product } from './schemas'
import { INVOICE_PHASE } from './sets'

const Visited = z.looseObject({ VisitingAddress: Address.nullish() })

/** Products and the lists that an admin maps (API.md §5.10, §5.11). */
export function catalogCalls(caller: Caller) {
  const lookup = (set: string): Promise<Lookup[]> => caller.all(Lookup, set, caller.ask(set))
  return {
    async findProduct(id: string): Promise<Product | null> {
      return caller.one(Product, 'Product', `Product(${id})?${queryString(caller.ask('Product'))}`)
    },

    async allProducts(): Promise<Product[]> {
      return caller.all(Product, 'Product', caller.ask('Product'))
    },

    /** Products whose name or code holds each of these words: the first page of them. */
    async productsNamed(words: readonly string[]): Promise<Product[]> {
      const query = { ...caller.ask('Product'), $filter: holding(['Name', 'Code'], words) }
      return (await caller.pageOf(Product, 'Product', query)).rows
    },

    /** Those of these products that a list shows: a hundred at the most, in one call. */
    async productsById(ids: readonly string[]): Promise<readonly Product[]> {
      const query = { ...caller.ask('Product'), $filter: anyOf('ID', ids) }
      return (await caller.pageOf(Product, 'Product', query)).rows
    },

    /** Products that were made or changed since then, a page a call. */
    async changedProducts(since: string, from?: string): Promise<TribePage<Product>> {
      return caller.pageOf(
        Product,
        'Product',
        { ...caller.ask('Product'), $filter: changedSince(since) },
        from,
      )
    },

    /** `contains` is proven for `ImportId` and `eq` is not; it ignores case, so we compare once more (API.md §5.9). */
    async productsByImportId(importIds: readonly string[]): Promise<Product[]> {
      if (!caller.named('Product', 'ImportId')) return []
      const $filter = importIds.map((id) => `contains(ImportId,${literal(id)})`).join(' or ')
      const rows = await caller.all(Product, 'Product', { ...caller.ask('Product'), $filter })
      return allNamed(rows, importIds)
    },

    async findProductByImportId(importIds: readonly string[]): Promise<Product | null> {
      return (await this.productsByImportId(importIds))[0] ?? null
    },

    /** The country of an organisation's visiting address; null when it has none. */
    async countryOf(organizationId: string): Promise<string | null> {
      const expand = {
        $select: 'Name',
        $expand: 'VisitingAddress($select=City;$expand=Country($select=Code))',
      }
      const found = await caller.one(
        Visited,
        'Relation_Organization',
        `Relation_Organization(${organizationId})?${queryString(expand)}`,
      )
      return found?.VisitingAddress?.Country?.Code ?? null
    },

    productGroups: () => lookup('ProductGroup'),
    units: () => lookup('Datastore_Unit'),
    vatGroups: () => lookup('Datastore_VatGroup'),
    countries: () => lookup('Datastore_Country'),
    invoicePhases: () => lookup(INVOICE_PHASE),
  }
}
