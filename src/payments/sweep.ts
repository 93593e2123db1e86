import { asInvoiceLink } from '../invoices/link'
import { askForOwedPapers } from '../invoices/paper-search'
import type { PostedInvoice } from '../poweroffice/schemas'
import { DAY_MS, instantOf, minus, parseInstant, toQuery } from '../shared/dates'
import { recordSubject } from '../shared/subjects'
import { DONE, type Step, type SyncContext, type SyncResult } from '../sync-step'
import { lookAlone } from '../two-way/link'
import { pullRows } from '../two-way/pull'
import { reachedBy } from '../two-way/reached'
import { eachRow, PAGE_SIZE, reportUnreadable } from '../two-way/rows'
import { entriesIn, settle } from './sync'
import { askToTell } from './tell-fields'
import { askAllAgain, askSoon } from './unexplained'

/** What became of invoices in PowerOffice since last time: paid, sent by a bookkeeper, reversed (every 4 hours). */

const PAYMENTS = 'payments'
const POSTINGS = 'postings'

/** The job `pull-payments`. Without news it costs one call. What is mapped of customers and invoices is told after it. */
export const pullPayments: Step = async (ctx) => {
  const result = await pull(ctx)
  if (result.status !== 'done') return result
  askToTell(ctx)
  await askForOwedPapers(ctx)
  return result
}

async function pull(ctx: SyncContext): Promise<SyncResult> {
  const { payments, invoices } = ctx.settings
  if (!payments.enabled && !invoices.enabled) return DONE
  drawLine(ctx)
  // While payments are off, only what becomes of drafts is followed: what is paid meanwhile is told when they are on.
  const name = payments.enabled ? PAYMENTS : POSTINGS
  const result = await pullRows<PostedInvoice>(ctx, {
    name,
    begin: () => reachedBy(ctx, `${name}:cursor`),
    page: async (since, page) => {
      const after = since === null ? {} : { after: toQuery(since) }
      const read = await ctx.powerOffice.changedBalances({ page, pageSize: PAGE_SIZE, ...after })
      reportUnreadable(ctx, 'invoice', read.unreadable)
      return read
    },
    changedAt: (row) => parseInstant(row.BalanceLastChangedDateTimeOffset),
    sync: (rows) => syncRows(ctx, rows),
  })
  if (result.status === 'done' && payments.enabled) askAllAgain(ctx)
  return result
}

/** The first poll draws the line, once, however rare polls are: what we exported is not a day old then. */
function drawLine(ctx: SyncContext): void {
  for (const name of [PAYMENTS, POSTINGS])
    if (!ctx.facts.get(`${name}:cursor`))
      ctx.facts.set(`${name}:cursor`, minus(instantOf(new Date(ctx.now())), DAY_MS))
}

/** Invoices that are nobody's in Tribe are passed over. */
async function syncRows(ctx: SyncContext, rows: readonly PostedInvoice[]): Promise<number> {
  if (rows.length === 0) return 0
  const links = await ctx.links.amongPowerOffice(
    'invoice',
    rows.map((row) => row.Id),
  )
  const tribeIds = new Map(links.map((link) => [link.powerOfficeId, link.tribeId]))
  const entriesOf = entriesIn(ctx)
  const fellowsOf = (row: PostedInvoice) =>
    rows.filter(({ MatchId }) => MatchId != null && MatchId === row.MatchId).map(({ Id }) => Id)
  return eachRow(
    ctx,
    rows,
    (row) => ({ kind: 'payment', subject: recordSubject('powerOffice', row.Id) }),
    async (row) => {
      const tribeId = tribeIds.get(row.Id)
      if (tribeId === undefined) return
      await lookAlone(ctx, tribeId, async () => {
        // A push may have gone first.
        const link = asInvoiceLink(await ctx.links.findByPowerOffice('invoice', row.Id))
        if (!link) return
        const how = await settle(ctx, link, row, { entriesOf, fellows: fellowsOf(row) })
        if (how === 'unexplained') askSoon(ctx, row.Id)
      })
    },
  )
}
