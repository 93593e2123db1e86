import type { Product } from '../poweroffice/schemas'
import { SyncError } from '../shared/errors'
import type { SyncContext } from '../sync-step'
import { accountIdFor } from './mapping'
import { termsOf } from './terms'

/**
 * A product per VAT code, for invoice lines without a product of their own (spec §6): VAT follows the
 * product's account. Made once, found again by its code, never synced to Tribe.
 */
const PREFIX = 'RELAY-VAT-'

export const isGeneric = (product: Product): boolean => product.Code?.startsWith(PREFIX) ?? false

/** The id of the generic product for a VAT code. Throws `vat.unmapped` when no sales account carries the code. */
export async function genericProductFor(ctx: SyncContext, vatCode: string): Promise<number> {
  const name = `generic-product:${vatCode}`
  const known = ctx.cursors.get<number>(name)
  if (known !== null) return known
  return ctx.alone(name, async () => {
    const made = ctx.cursors.get<number>(name)
    if (made !== null) return made
    const code = `${PREFIX}${vatCode}`
    const [found] = await ctx.powerOffice.productsWithCode(code)
    const product = found ?? (await ctx.powerOffice.createProduct(await bodyFor(ctx, code, vatCode)))
    ctx.cursors.set(name, product.Id)
    return product.Id
  })
}

async function bodyFor(ctx: SyncContext, code: string, vatCode: string) {
  const accountId = accountIdFor(vatCode, await termsOf(ctx))
  if (accountId === null)
    throw new SyncError(
      'vat.unmapped',
      'data',
      `No sales account in PowerOffice carries the VAT code "${vatCode}": map its VAT group`,
    )
  return {
    Code: code,
    Name: `Tribe (mva-kode ${vatCode})`,
    ProductType: 'Service',
    StandardSalesAccountId: accountId,
  }
}
