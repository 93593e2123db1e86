import type { Product } from '../poweroffice/schemas'
import { ApiError, SyncError } from '../shared/errors'
import type { SyncContext } from '../sync-step'
import { SETTLED_MS } from './births'
import { accountIdFor } from './mapping'
import { termsOf } from './terms'

/**
 * A product per VAT code, for invoice lines without a product of their own (spec §6): VAT follows the
 * product's account. Made once, found again by its code, never synced to Tribe.
 */
const PREFIX = 'RELAY-VAT-'

export const isGeneric = (product: Product): boolean => product.Code?.startsWith(PREFIX) ?? false

const NAME = 'generic-products'
/** By VAT code. */
const known = (ctx: SyncContext) => ctx.cursors.get<Record<string, number>>(NAME) ?? {}

/** The id of the generic product for a VAT code. Throws `vat.unmapped` when no sales account carries the code. */
export async function genericProductFor(ctx: SyncContext, vatCode: string): Promise<number> {
  return (
    known(ctx)[vatCode] ??
    ctx.alone(NAME, async () => {
      const made = known(ctx)[vatCode]
      if (made !== undefined) return made
      const code = `${PREFIX}${vatCode}`
      const product = await makeOnce(ctx, code, vatCode)
      ctx.cursors.set(NAME, { ...known(ctx), [vatCode]: product.Id })
      return product.Id
    })
  )
}

/** It was deleted in PowerOffice: it is made again when it is needed. False when it is none of ours. */
export function forgetGeneric(ctx: SyncContext, productId: number): boolean {
  const kept = Object.entries(known(ctx)).filter(([, id]) => id !== productId)
  const isOurs = kept.length < Object.keys(known(ctx)).length
  if (isOurs) ctx.cursors.set(NAME, Object.fromEntries(kept))
  return isOurs
}

/** One whose answer was lost may still come to light: nothing is made again before it would have. */
async function makeOnce(ctx: SyncContext, code: string, vatCode: string): Promise<Product> {
  const tried = `${NAME}:${vatCode}`
  const [found] = await ctx.powerOffice.productsWithCode(code)
  const triedAt = ctx.cursors.get<number>(tried)
  const restMs = triedAt === null ? 0 : triedAt + SETTLED_MS - ctx.now()
  if (!found && restMs > 0)
    throw new SyncError(
      'product.in_doubt',
      'time',
      'PowerOffice may show the product in a moment',
      Math.ceil(restMs / 1000),
    )
  const body = found ? null : await bodyFor(ctx, code, vatCode)
  if (body) ctx.cursors.set(tried, ctx.now())
  try {
    const product = found ?? (await ctx.powerOffice.createProduct(body as object))
    ctx.cursors.remove(tried)
    return product
  } catch (thrown) {
    // It may have arrived late.
    if (thrown instanceof ApiError && thrown.outcomeUnknown) ctx.cursors.set(tried, ctx.now())
    else ctx.cursors.remove(tried)
    throw thrown
  }
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
