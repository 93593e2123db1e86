/** Which account a sale goes to, and what that makes of its amounts. */
import type { Books } from './books'
import type { GeneralLedgerAccountDto, ProductDto, VatCodeDto } from './models/lookups'
import { roundedProduct, sum } from './money'

const DEFAULT_ACCOUNT_NO = { standard: 3000, optional: 3100 }

/** The account of the product, else of its group, else of the client's settings. */
function salesAccount(
  books: Books,
  product: ProductDto,
  branch: 'standard' | 'optional',
): GeneralLedgerAccountDto | null {
  const group = product.ProductGroupId === null ? null : books.productGroupRows.find(product.ProductGroupId)
  const ids =
    branch === 'standard'
      ? [product.StandardSalesAccountId, group?.StandardSalesAccountId]
      : [product.OptionalSalesAccountId, group?.OptionalSalesAccountId]
  const id = ids.find((candidate) => typeof candidate === 'number')
  if (typeof id === 'number') return books.accounts.find(id)
  return books.accounts.all().find((a) => a.AccountNo === DEFAULT_ACCOUNT_NO[branch]) ?? null
}

export interface Sale {
  account: GeneralLedgerAccountDto | null
  vat: VatCodeDto | null
  rate: number
}

export function saleOf(books: Books, product: ProductDto, isStandard: boolean): Sale {
  const account = salesAccount(books, product, isStandard ? 'standard' : 'optional')
  const code = books.vatRegistered ? account?.VatCode : '0'
  const vat = books.vatCodes.find((v) => v.Code === code) ?? null
  return { account, vat, rate: vat?.Rate ?? 0 }
}

export interface Amounts {
  net: number
  vat: number
  total: number
}

/** Net and VAT of a line are rounded each by itself. */
export function lineAmounts(quantity: number, unitPrice: number, allowance: number, rate: number): Amounts {
  // A difference of two decimals is one again, whatever a double makes of it.
  const net = roundedProduct(quantity, unitPrice, Number((100 - allowance).toFixed(8)), 0.01)
  const vat = roundedProduct(net, rate)
  return { net, vat, total: sum([net, vat]) }
}
