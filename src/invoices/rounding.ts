import type { Order } from '../poweroffice/schemas'
import { genericProductFor } from '../products/generic'
import { toMinor } from '../shared/money'
import type { SyncContext } from '../sync-step'
import { refusal } from './diagnose'
import type { Invoice } from './invoice'
import { roundingToOrder } from './mapping'
import { tellLines } from './tell-lines'
import { roundingOf, type Sums, sumsOf } from './totals'

/**
 * The øre that no telling of the lines comes to: a line of its own, without VAT, on an account that the admin has
 * chosen for it. Nobody has chosen one: then the invoice stays a draft, and is told.
 */
export interface Rounding {
  productId: number
  /** In minor units. */
  amount: number
}

export async function roundingFor(ctx: SyncContext, invoice: Invoice, sums: Sums): Promise<Rounding | null> {
  const found = await roundingAccountFor(ctx, invoice, sums)
  if (!found) return null
  const { amount, ...account } = found
  return { productId: await genericProductFor(ctx, account), amount }
}

/** Where the øre goes that is left, and how much it is; null when there is none, or no account was chosen. */
export async function roundingAccountFor(ctx: SyncContext, invoice: Invoice, sums: Sums) {
  const amount = roundingOf(invoice, sums)
  const accountNo = ctx.settings.invoices.roundingAccountNo
  if (amount === 0 || accountNo === null) return null
  const { powerOffice } = await ctx.lookups.get()
  const account = powerOffice.salesAccounts.find((one) => one.accountNo === accountNo && one.isActive)
  const isFree = powerOffice.vatCodes.some(({ code, rate }) => code === account?.vatCode && rate === 0)
  if (!account || account.vatCode === null || !isFree)
    throw refusal('invoice.rounding_account', String(accountNo))
  return { amount, vatCode: account.vatCode, accountId: account.id, accountNo }
}

/**
 * The draft, with its line of rounding: it was made before there was an account for that, and nobody has touched it since.
 * Two calls when the line is missing, else none.
 */
export async function withRounding(ctx: SyncContext, invoice: Invoice, order: Order): Promise<Order> {
  if (ctx.settings.invoices.roundingAccountNo === null || linesBeside(invoice, order).length > 0) return order
  const sums = sumsOf(tellLines(invoice))
  if (sums.net !== toMinor(order.NetAmount) || sums.total !== toMinor(order.TotalAmount)) return order
  const rounding = await roundingFor(ctx, invoice, sums)
  if (!rounding) return order
  for (const line of roundingToOrder(rounding, invoice.lines.length))
    await ctx.powerOffice.addOrderLine(order.Id, line)
  return (await ctx.powerOffice.findOrder(order.Id)) ?? order
}

/** What an order has beside the lines of Tribe's invoice. */
export function linesBeside(invoice: Invoice, order: Order): Order['SalesOrderLines'] {
  const own = new Set<string>(invoice.lines.map(({ id }) => id))
  return order.SalesOrderLines.filter((line) => !own.has(line.ExternalImportReference ?? ''))
}

/**
 * Whether an order comes to Tribe's total by a line of rounding, be it the relay's or a bookkeeper's own: without VAT, and
 * no more than the roundings of the lines make.
 */
export function isRounded(invoice: Invoice, order: Order, sums: Sums): boolean {
  const others = linesBeside(invoice, order)
  if (others.length === 0 || others.some((line) => toMinor(line.VatAmount ?? 0) !== 0)) return false
  const by = others.reduce((sum, line) => sum + toMinor(line.NetAmount ?? 0), 0)
  return by !== 0 && roundingOf(invoice, { ...sums, net: sums.net - by, total: sums.total - by }) === by
}
