import { dayIn } from '../shared/dates'
import type { SyncContext } from '../sync-step'
import { itemFrom, postedFrom } from './ledger-mapping'
import { ledgerFrom, NOTHING_OWED, type Receivables, receivablesOf } from './receivables'

/** What one customer owes this moment, for a person who asks: three calls to PowerOffice. Null for one that is not linked. */
export async function owedBy(ctx: SyncContext, powerOfficeId: string): Promise<Receivables | null> {
  const link = await ctx.links.findByPowerOffice('customer', powerOfficeId)
  const customerNo = Number(link?.number)
  if (!link || !Number.isSafeInteger(customerNo) || customerNo <= 0) return null
  const today = dayIn(new Date(ctx.now()), 'Europe/Oslo')
  const from = ledgerFrom(today)
  const { powerOffice } = ctx
  const open = await powerOffice.openItems(today, customerNo)
  const ledger = await powerOffice.statement(from, today, customerNo)
  const invoices = await powerOffice.postedSince(from, customerNo)
  const found = receivablesOf(today, {
    open: open.flatMap((entry) => itemFrom(entry) ?? []),
    ledger: ledger.flatMap((entry) => itemFrom(entry) ?? []),
    invoices: invoices.flatMap((invoice) => postedFrom(invoice) ?? []),
  })
  return found.get(powerOfficeId) ?? NOTHING_OWED
}
