import type * as z from 'zod/v4'
import {
  type Caller,
  listQuery,
  MOST_ROWS,
  type Page,
  type PageQuery,
  type PatchOperation,
  unlessUnknown,
} from './caller'
import {
  Account,
  Department,
  Employee,
  PaymentTerm,
  Product,
  ProductGroup,
  ProductName,
  Project,
  VatCode,
} from './schemas'

/** Products, their groups, and what they refer to: accounts, VAT codes, payment terms (API.md §6.7–6.12). */
export function catalogCalls(caller: Caller) {
  const everything = async <T>(
    schema: z.ZodType<T>,
    path: string,
    query: Record<string, string | number> = {},
  ): Promise<T[]> => (await caller.everything(schema, path, query)).rows

  return {
    /** Archived ones too. */
    async products(query: PageQuery): Promise<Page<Product>> {
      return caller.page(Product, 'Products', listQuery(query), query.pageSize)
    },

    /** What they are called, and no more: the first 20,000, in one call. */
    async productNames(): Promise<ProductName[]> {
      const query = { Fields: 'Id,Code,Name', PageNumber: 1, OrderBy: 'Id asc' }
      return (await caller.page(ProductName, 'Products', query, MOST_ROWS)).rows
    },

    async countProducts(): Promise<number> {
      return caller.count('Products')
    },

    async findProduct(id: string): Promise<Product | null> {
      const path = `Products/${encodeURIComponent(id)}`
      return unlessUnknown(async () => caller.read(Product, await caller.get(path)), null)
    },

    /** Products have no reference of ours (API.md §6.7): those made since then are all that a lost answer can have made. */
    async productsCreatedAfter(instant: string): Promise<Product[]> {
      return everything(Product, 'Products', { createdDateTimeOffsetGreaterThan: instant })
    },

    /** Those that have any of these codes, in one call. A code with a comma cannot be asked for. */
    async productsWithCodes(codes: readonly string[]): Promise<Product[]> {
      const asked = codes.filter((code) => code !== '' && !code.includes(','))
      if (asked.length === 0) return []
      const rows = await unlessUnknown(() => everything(Product, 'Products', { codes: asked.join(',') }), [])
      return rows.filter(({ Code }) => asked.includes(Code ?? ''))
    },

    async createProduct(product: object): Promise<Product> {
      return caller.read(Product, await caller.write('POST', 'Products', product), true)
    },

    async patchProduct(id: string, changes: PatchOperation[]): Promise<Product> {
      return caller.read(
        Product,
        await caller.write('PATCH', `Products/${encodeURIComponent(id)}`, changes),
        true,
      )
    },

    async productGroups(): Promise<ProductGroup[]> {
      return everything(ProductGroup, 'ProductGroups')
    },

    async createProductGroup(group: { Code: string; Name: string }): Promise<ProductGroup> {
      return caller.read(ProductGroup, await caller.write('POST', 'ProductGroups', group), true)
    },

    /** The accounts that sales are booked on, by Norwegian custom (API.md §6.11). */
    async salesAccounts(): Promise<Account[]> {
      const rows = await everything(Account, 'GeneralLedgerAccounts', { accountNos: '3000-3999' })
      return rows.filter((account) => account.GeneralLedgerAccountType === 'Income')
    },

    async vatCodes(): Promise<VatCode[]> {
      return everything(VatCode, 'VatCodes')
    },

    /** What an order can name: one call for each 20,000 of them. */
    async projects(): Promise<Project[]> {
      const query = { Fields: Object.keys(Project.shape).join(','), excludeArchivedProject: 'true' }
      return (await caller.everything(Project, 'Projects', query, MOST_ROWS)).rows
    },

    async departments(): Promise<Department[]> {
      const query = { Fields: Object.keys(Department.shape).join(',') }
      return (await caller.everything(Department, 'Departments', query, MOST_ROWS)).rows
    },

    async employees(): Promise<Employee[]> {
      const query = { Fields: Object.keys(Employee.shape).join(',') }
      return (await caller.everything(Employee, 'Employees', query, MOST_ROWS)).rows
    },

    async paymentTerms(): Promise<PaymentTerm[]> {
      return everything(PaymentTerm, 'PaymentTerms')
    },
  }
}
