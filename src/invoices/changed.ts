import { daysIn, recordSubject } from '../shared/subjects'
import { CREATED, DONE, type Step, type SyncContext } from '../sync-step'
import type { InvoiceHead } from '../tribe/schemas'
import type { PolledSet } from '../two-way/record-kind'
import { polledSet } from '../two-way/record-kind'
import { refusedAmong } from '../two-way/refused-as'
import type { TakenTogether, Told } from '../two-way/together'
import { changedAt, isLeftAlone, isMarking, sentPhases, wantAllTheSame } from './cutoff'
import { asInvoiceLink } from './link'
import { areInvoicesOn } from './sync'

/** How the relay learns that an invoice was sent: Tribe's webhook, the safety-net poll, or an admin who asks for a range of dates. */

const TYPE = 'Activity.Invoice'

export const invoiceWebhooks = (ctx: SyncContext): string[] => (areInvoicesOn(ctx) ? [TYPE] : [])

/** A webhook spoke of an invoice. False when it did not. */
export function invoiceChanged(ctx: SyncContext, id: string, hint: string): boolean {
  if (hint.replace(CREATED, '') !== TYPE) return false
  look(ctx, id, 'push')
  return true
}

/** The same for the events of a burst: each invoice gets a look of its own. */
export async function invoicesChangedTogether(
  ctx: SyncContext,
  told: readonly Told[],
): Promise<TakenTogether> {
  const mine = told.filter(({ type }) => type === TYPE).map(({ id }) => id)
  for (const id of mine) look(ctx, id, 'push')
  return { settled: new Set(mine), tied: [] }
}

const look = (ctx: SyncContext, id: string, lane: 'push' | 'bulk') =>
  ctx.enqueue({ kind: 'invoice', subject: recordSubject('tribe', id), lane })

const polled: PolledSet<InvoiceHead> = {
  set: 'Activity_Invoice',
  kind: 'invoice',
  parts: [],
  newest: (ctx, set) => ctx.tribe.newest(set),
  isOn: areInvoicesOn,
  page: (ctx, since, from) => ctx.tribe.changedInvoices(since, from),
  mutatedAt: changedAt,
  /** Asks for a look at each that was sent and is not known as it is. */
  async sync(ctx, rows) {
    const sent = await sentPhases(ctx)
    const links = await ctx.links.amongTribe(
      'invoice',
      rows.map((row) => row.ID),
    )
    const isRefused = refusedAmong(ctx, 'invoice')
    const byId = new Map(links.map((link) => [link.tribeId, asInvoiceLink(link)]))
    for (const row of rows) {
      const link = byId.get(row.ID)
      const isNews = link
        ? // One that was gone in Tribe is there again.
          link.state === 'tribe-gone' || (link.state === 'linked' && (changedAt(row) ?? '') > link.syncedAt)
        : sent.has(row.Phase?.ID ?? '') &&
          (isMarking(ctx) || !isLeftAlone(ctx, row)) &&
          !isRefused({ id: row.ID, changedAt: changedAt(row) })
      if (isNews) look(ctx, row.ID, 'push')
    }
    return rows.length
  },
}
export const INVOICE_POLL = polledSet(polled)

/** Exports what was sent in a range of days, old invoices too. The subject is `from:to`. */
export const exportInvoices: Step = async (ctx, { id }) => {
  if (!areInvoicesOn(ctx)) return DONE
  const { from, to } = daysIn(id)
  const sent = await sentPhases(ctx)
  const dated = await ctx.tribe.invoicesDated(from, to, [...sent])
  const links = await ctx.links.amongTribe(
    'invoice',
    dated.map((invoice) => invoice.ID),
  )
  const linked = new Set(links.map((link) => link.tribeId))
  for (const { ID } of dated.filter((invoice) => !linked.has(invoice.ID))) {
    wantAllTheSame(ctx, ID)
    look(ctx, ID, 'bulk')
  }
  return DONE
}
