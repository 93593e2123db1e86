/** /Products and /ProductGroups. */
import type { Books } from './books'
import type { Handlers } from './call'
import { checkRefused } from './contact-rules'
import { after, anyOf, isTrue } from './filters'
import { type JsonObject, textOf } from './json'
import type { ProductDto, ProductGroupDto } from './models/lookups'
import { Complaints, conflict } from './problem'
import { routesOf } from './resource'

export function productOf(books: Books, product: ProductDto): ProductDto {
  const group = product.ProductGroupId === null ? null : books.productGroupRows.find(product.ProductGroupId)
  return { ...product, ...accountNos(books, product), ProductGroupCode: group?.Code ?? null }
}

export function groupOf(books: Books, group: ProductGroupDto): ProductGroupDto {
  return { ...group, ...accountNos(books, group) }
}

function accountNos(
  books: Books,
  row: { StandardSalesAccountId: number | null; OptionalSalesAccountId: number | null },
) {
  const no = (id: number | null) => (id === null ? null : (books.accounts.find(id)?.AccountNo ?? null))
  return {
    StandardSalesAccount: no(row.StandardSalesAccountId),
    OptionalSalesAccount: no(row.OptionalSalesAccountId),
  }
}

/** Account numbers and group codes that stand in for an id; the id wins where both are given. */
function withTwins(books: Books, body: JsonObject, complaints: Complaints): JsonObject {
  const { StandardSalesAccount, OptionalSalesAccount, ProductGroupCode, ...fields } = body
  const byNo = { StandardSalesAccountId: StandardSalesAccount, OptionalSalesAccountId: OptionalSalesAccount }
  for (const [name, no] of Object.entries(byNo)) {
    if (typeof no !== 'number' || typeof fields[name] === 'number') continue
    const account = books.accounts.all().find((a) => a.AccountNo === no)
    if (account) fields[name] = account.Id
    else complaints.add(`General ledger account with number = ${no} not found.`)
  }
  const code = textOf(ProductGroupCode)
  if (code !== null && typeof fields.ProductGroupId !== 'number') {
    const group = books.productGroupRows.all().find((g) => g.Code === code)
    if (group) fields.ProductGroupId = group.Id
    else complaints.add(`Product group with code = '${code}' not found.`)
  }
  return fields
}

type Subject = 'Product' | 'Product group'

function check(
  books: Books,
  subject: Subject,
  next: JsonObject,
  changed: Set<string>,
  complaints: Complaints,
) {
  if (subject === 'Product') checkOwn(books, next, changed, complaints)
  if (subject === 'Product') checkRefused(books, next, changed, complaints)
  for (const name of ['StandardSalesAccountId', 'OptionalSalesAccountId']) {
    const id = next[name]
    if (!changed.has(name) || typeof id !== 'number') continue
    const account = books.accounts.find(id)
    if (!account) complaints.add(`General ledger account with id = ${id} not found.`)
    else if (account.GeneralLedgerAccountType !== 'Income') {
      complaints.add(`Account ${account.AccountNo} is not a sales account.`)
    }
  }
  const groupId = next.ProductGroupId
  if (changed.has('ProductGroupId') && typeof groupId === 'number' && !books.productGroupRows.find(groupId)) {
    complaints.add(`Product group with id = ${groupId} not found.`)
  }
}

/** What groups have none of, or are free to leave out. */
function checkOwn(books: Books, next: JsonObject, changed: Set<string>, complaints: Complaints): void {
  if (changed.has('Name') && textOf(next.Name) === null) complaints.add('Name is required.')
  if (changed.has('StockOnHand') && next.StockOnHand !== null && next.IsStockItem !== true) {
    complaints.add('StockOnHand can only be set on a stock item.')
  }
  const code = textOf(next.Code)
  const holder = books.productRows.all().find((p) => p.Code === code && p.Id !== next.Id)
  if (books.quirks.productCodesUnique && changed.has('Code') && code !== null && holder) {
    complaints.add(`Code is already in use. '${code}' is used on Id = ${holder.Id}.`)
  }
}

export function addProduct(books: Books, fields: JsonObject, settled = false): ProductDto {
  const stamp = books.stamps.next()
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
  const product: ProductDto = {
    Id: books.nextId('product'),
    Code: null,
    Name: null,
    Description: null,
    ProductType: 'Product',
    ProductGroupCode: null,
    ProductGroupId: books.defaultProductGroupId,
    UnitOfMeasureCode: null,
    UnitPrice: null,
    UnitCost: null,
    StandardSalesAccount: null,
    StandardSalesAccountId: null,
    StandardSalesAccountAgricultureDepartment: null,
    OptionalSalesAccount: null,
    OptionalSalesAccountId: null,
    OptionalSalesAccountAgricultureDepartment: null,
    Gtin: null,
    IsArchived: false,
    IsStockItem: false,
    StockOnHand: null,
    StockAvailable: null,
    StockOnHandLastChangedDatetimeOffset: null,
    CreatedDateTimeOffset: stamp,
    CreatedFromImportJournalId: null,
    LastChangedDateTimeOffset: stamp,
    ...given,
  }
  return books.productRows.put({ ...product, StockAvailable: product.StockOnHand }, settled)
}

/** A change of the stock alone has a clock of its own. */
export function changeProduct(books: Books, product: ProductDto, changes: JsonObject): ProductDto {
  const stamp = books.stamps.next()
  const next: ProductDto = { ...product, ...changes }
  if (changes.StockOnHand !== undefined) {
    next.StockAvailable = next.StockOnHand
    next.StockOnHandLastChangedDatetimeOffset = stamp
  }
  const isOnlyStock = Object.keys(changes).every((name) => name === 'StockOnHand')
  return books.productRows.put(isOnlyStock ? next : { ...next, LastChangedDateTimeOffset: stamp })
}

export function addProductGroup(books: Books, fields: JsonObject, settled = false): ProductGroupDto {
  const stamp = books.stamps.next()
  return books.productGroupRows.put(
    {
      Id: books.nextId('productGroup'),
      Code: null,
      Name: null,
      Description: null,
      ProductType: 'Product',
      UnitOfMeasureCode: null,
      UnitPrice: null,
      UnitCost: null,
      StandardSalesAccount: null,
      StandardSalesAccountId: null,
      StandardSalesAccountAgricultureDepartment: null,
      OptionalSalesAccount: null,
      OptionalSalesAccountId: null,
      OptionalSalesAccountAgricultureDepartment: null,
      IsArchived: false,
      CreatedDateTimeOffset: stamp,
      CreatedFromImportJournalId: null,
      LastChangedDateTimeOffset: stamp,
      ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)),
    },
    settled,
  )
}

export function changeProductGroup(
  books: Books,
  group: ProductGroupDto,
  changes: JsonObject,
): ProductGroupDto {
  return books.productGroupRows.put({ ...group, ...changes, LastChangedDateTimeOffset: books.stamps.next() })
}

const FILTERS = {
  codes: anyOf('Code'),
  names: anyOf('Name'),
  productGroupCodes: anyOf('ProductGroupCode'),
  type: anyOf('ProductType'),
  isArchived: isTrue('IsArchived'),
  createdDateTimeOffsetGreaterThan: after('CreatedDateTimeOffset'),
  lastChangedDateTimeOffsetGreaterThan: after('LastChangedDateTimeOffset'),
  stockOnHandLastChangedDatetimeOffsetGreaterThan: after('StockOnHandLastChangedDatetimeOffset'),
}

/** The fields of a body with its twins resolved, or the answer that says what is wrong with it. */
function checkedBody(books: Books, body: JsonObject, subject: Subject): JsonObject {
  const complaints = new Complaints(subject, books.quirks.refusalStyle)
  const fields = withTwins(books, body, complaints)
  check(books, subject, fields, new Set(Object.keys(fields)), complaints)
  complaints.throwIfAny()
  return fields
}

function checkedChanges(books: Books, row: JsonObject, changes: JsonObject, subject: Subject) {
  const complaints = new Complaints(subject, books.quirks.refusalStyle)
  check(books, subject, { ...row, ...changes }, new Set(Object.keys(changes)), complaints)
  complaints.throwIfAny()
  return changes
}

export const productRoutes: Handlers = {
  ...routesOf<ProductDto>({
    path: '/Products',
    subject: 'Product',
    listed: (books) => books.productRows.listed(),
    find: (books, id) => books.productRows.find(Number(id)),
    show: productOf,
    filters: FILTERS,
    add: (books, body) => addProduct(books, checkedBody(books, body, 'Product')),
    change: (books, product, changes) =>
      changeProduct(books, product, checkedChanges(books, product, changes, 'Product')),
    remove: (books, product) => {
      if (books.isProductInUse(product.Id)) throw conflict('Product', product.Id)
      books.productRows.delete(product.Id)
    },
  }),
  ...routesOf<ProductGroupDto>({
    path: '/ProductGroups',
    subject: 'Product group',
    listed: (books) => books.productGroupRows.listed(),
    find: (books, id) => books.productGroupRows.find(Number(id)),
    show: groupOf,
    filters: FILTERS,
    add: (books, body) => addProductGroup(books, checkedBody(books, body, 'Product group')),
    change: (books, group, changes) =>
      changeProductGroup(books, group, checkedChanges(books, group, changes, 'Product group')),
    remove: (books, group) => {
      const isUsed = books.productRows.all().some((product) => product.ProductGroupId === group.Id)
      if (isUsed || group.Id === books.defaultProductGroupId) throw conflict('Product group', group.Id)
      books.productGroupRows.delete(group.Id)
    },
  }),
}
