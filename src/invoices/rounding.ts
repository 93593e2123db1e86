import type { Order } from '../poweroffice/schemas'
import { genericProductFor } from '../products/generic'
import { toMinor } from '../shared/money'
import type { SyncContext } from '../sync-step'
import { refusal } from './guards'
import type { Invoice } from './invoice'
import { type Amounts, roundingOf, type Sums, sumsOf } from './totals'

/**
 * The øre that no telling of the lines comes to: a line of its own, without VAT, on an account that the admin has
 * chosen for it. Nobody has chosen one: then the invoice stays a draft, and is told.
 */
export interface Rounding {
  productId: number
  /** In minor units. */
  amount: number
}

export async function roundingFor(
  ctx: SyncContext,
  invoice: Invoice,
  lines: ReadonlyMap<string, Amounts>,
): Promise<Rounding | null> {
  const amount = roundingOf(invoice, sumsOf(lines))
  const accountNo = ctx.settings.invoices.roundingAccountNo
  if (amount === 0 || accountNo === null) return null
  const { powerOffice } = await ctx.lookups.get()
  const account = powerOffice.salesAccounts.find((one) => one.accountNo === accountNo && one.isActive)
  const isFree = powerOffice.vatCodes.some(({ code, rate }) => code === account?.vatCode && rate === 0)
  if (!account || account.vatCode === null || !isFree)
    throw refusal('invoice.rounding_account', String(accountNo))
  const productId = await genericProductFor(ctx, {
    ...{ vatCode: account.vatCode, accountId: account.id, accountNo },
  })
  return { productId, amount }
}

/**
 * Whether an order comes to Tribe's total by a line of rounding, be it the relay's or a bookkeeper's own: without VAT, and
 * no more than the roundings of the lines make.
 */
export function isRounded(invoice: Invoice, order: Order, sums: Sums): boolean {
  const own = new Set<string>(invoice.lines.map(({ id }) => id))
  const others = order.SalesOrderLines.filter((line) => !own.has(line.ExternalImportReference ?? ''))
  if (others.length === 0 || others.some((line) => toMinor(line.VatAmount ?? 0) !== 0)) return false
  const by = others.reduce((sum, line) => sum + toMinor(line.NetAmount ?? 0), 0)
  return by !== 0 && roundingOf(invoice, { ...sums, net: sums.net - by, total: sums.total - by }) === by
}
