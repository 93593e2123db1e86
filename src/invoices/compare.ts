import { phasesOf } from '../lookups/phases'
import { type ComparisonRow, replaceRows } from '../pairs/comparison'
import { addDays, dayIn } from '../shared/dates'
import { fromMinor, toMinor } from '../shared/money'
import { DONE, type Step, type SyncContext } from '../sync-step'
import type { InvoiceHead } from '../tribe/schemas'
import { TIME_ZONE } from './mapping'
import { wasSentBefore } from './sent-before'
import { areInvoicesOn } from './sync'

/** How far back the nightly comparison reads: what is older is looked at one by one. */
const DAYS = 400

/** What PowerOffice has under an id: a draft, or a posted invoice. */
interface Found {
  total: number
  /** Null: a draft. */
  left: number | null
}

/**
 * The nightly comparison of invoices (spec §8): counts and sums of both sides next to each other. What was
 * sent and is not in PowerOffice is exported; what PowerOffice does not show any more is looked at.
 */
export const compareInvoices: Step = async (ctx) => {
  if (!areInvoicesOn(ctx) || ctx.cursors.get('initial-sync')) return DONE
  const { sent } = await phasesOf(ctx)
  const here = (await ctx.tribe.sumsInPhases([...sent])).filter(({ ID }) => !wasSentBefore(ctx, ID))
  const there = await inPowerOffice(ctx)
  const pairs = await ctx.links.pairs('invoice')
  const byTribe = new Map(pairs.map((pair) => [pair.tribeId, pair.powerOfficeId]))
  const byId = new Map(here.map((invoice) => [invoice.ID, invoice]))
  for (const { ID } of here)
    if (!byTribe.has(ID)) ctx.enqueue({ kind: 'invoice', subject: `tribe:${ID}`, lane: 'bulk' })
  const found: Found[] = []
  let differ = 0
  for (const { tribeId, powerOfficeId } of pairs) {
    const one = there.get(powerOfficeId)
    const mine = byId.get(tribeId)
    if (!one) ctx.enqueue({ kind: 'payment', subject: `powerOffice:${powerOfficeId}`, lane: 'bulk' })
    else found.push(one)
    // Deleted in Tribe, or set back by hand: only a look of its own tells.
    if (!mine) ctx.enqueue({ kind: 'invoice', subject: `tribe:${tribeId}`, lane: 'bulk' })
    const total = mine && totalOf(mine)
    if (one && total !== undefined && total !== null && total !== one.total) differ++
  }
  const row: ComparisonRow = {
    what: 'invoices',
    ...{ tribe: here.length, powerOffice: found.length, linked: pairs.length, differ },
    sums: {
      tribe: sumOf(here.map((invoice) => totalOf(invoice) ?? 0)),
      powerOffice: sumOf(found.map(({ total }) => total)),
      paid: sumOf(found.map(({ total, left }) => (left === null ? 0 : total - left))),
      open: sumOf(found.map(({ total, left }) => left ?? total)),
    },
  }
  replaceRows(ctx, [row.what], [row])
  return DONE
}

async function inPowerOffice(ctx: SyncContext): Promise<Map<string, Found>> {
  const from = addDays(dayIn(new Date(ctx.now()), TIME_ZONE), -DAYS)
  const posted = await ctx.powerOffice.invoicesSince(from)
  const drafts = await ctx.powerOffice.openOrders()
  return new Map<string, Found>([
    ...drafts.map((order) => [order.Id, { total: toMinor(order.TotalAmount), left: null }] as const),
    ...posted.map((invoice) => {
      const total = toMinor(invoice.TotalAmount ?? 0)
      return [invoice.Id, { total, left: toMinor(invoice.Balance ?? invoice.TotalAmount ?? 0) }] as const
    }),
  ])
}

/** With VAT, in the invoice's currency; null where Tribe says only an amount of which nobody knows. */
function totalOf(invoice: InvoiceHead): number | null {
  const total = invoice.TotalIncludingVatInCurrency || invoice.TotalIncludingVat
  return total == null ? null : toMinor(total)
}

const sumOf = (amounts: readonly number[]): number => fromMinor(amounts.reduce((sum, one) => sum + one, 0))
