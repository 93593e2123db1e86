import { asInvoiceLink, lookAlone } from '../invoices/link'
import { again, CHUNK, eachRow, OVERLAP_MS, PAGE_SIZE, reportUnreadable } from '../pairs/rows'
import type { PostedInvoice } from '../poweroffice/schemas'
import { instantOf, laterOf, minus, parseInstant, toQuery } from '../shared/dates'
import { DONE, type Step, type SyncContext } from '../sync-step'
import { entriesIn, settle } from './sync'

/** What became of invoices in PowerOffice since last time: paid, sent by a bookkeeper, reversed (spec §7, every 4 hours). */

interface Page {
  since: string
  page: number
  rows: PostedInvoice[]
  isLast: boolean
  done: number
}

const DAY_MS = 86_400_000

/** The job `pull-payments`. Without news it costs one call. */
export const pullPayments: Step = async (ctx) => {
  if (!ctx.settings.payments.enabled && !ctx.settings.invoices.enabled) return DONE
  const cursor = cursorOf(ctx)
  const memory = `pull:${cursor}`
  const page = (ctx.memory.get(memory) as Page | undefined) ?? (await pageOf(ctx, startOf(ctx), 1))
  const chunk = page.rows.slice(page.done, page.done + CHUNK)
  const done = await syncRows(ctx, chunk)
  await ctx.flush()
  const latest = chunk
    .slice(0, done)
    .reduce((last, row) => laterOf(last, changedAt(row)), ctx.cursors.get<string>(cursor))
  if (latest) ctx.cursors.set(cursor, latest)
  page.done += done
  if (page.done < page.rows.length) {
    ctx.memory.set(memory, page)
    return again('more rows of this page')
  }
  ctx.memory.delete(memory)
  if (page.isLast) return DONE
  // The filter moves, since pages would shift; only when a whole page has one time is the next one asked for.
  const next = latest && minus(latest, 1)
  const hasMoved = next !== null && next > page.since
  ctx.memory.set(memory, await pageOf(ctx, hasMoved ? next : page.since, hasMoved ? 1 : page.page + 1))
  return again('more pages')
}

const PAYMENTS = 'payments:cursor'
const POSTINGS = 'postings:cursor'

/** While payments are off, only what becomes of drafts is followed: what is paid meanwhile is told when they are on. */
const cursorOf = (ctx: SyncContext) => (ctx.settings.payments.enabled ? PAYMENTS : POSTINGS)

/**
 * The first poll draws the line, once, however rare polls are: what we exported is not a day old then. Each poll
 * goes back a few minutes further than the last came.
 */
function startOf(ctx: SyncContext): string {
  for (const cursor of [PAYMENTS, POSTINGS])
    if (!ctx.cursors.get(cursor)) ctx.cursors.set(cursor, instantOf(new Date(ctx.now() - DAY_MS)))
  return minus(ctx.cursors.get<string>(cursorOf(ctx)) ?? '', OVERLAP_MS)
}

async function pageOf(ctx: SyncContext, since: string, page: number): Promise<Page> {
  const read = await ctx.powerOffice.changedBalances({ page, pageSize: PAGE_SIZE, after: toQuery(since) })
  reportUnreadable(ctx, 'invoice', read.unreadable)
  return { since, page, rows: read.rows, isLast: read.isLast, done: 0 }
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
  return eachRow(
    ctx,
    rows,
    (row) => ({ kind: 'payment', subject: `powerOffice:${row.Id}` }),
    async (row) => {
      const tribeId = tribeIds.get(row.Id)
      if (tribeId === undefined) return
      await lookAlone(ctx, tribeId, async () => {
        // A push may have gone first.
        const link = asInvoiceLink(await ctx.links.findByPowerOffice('invoice', row.Id))
        if (link) await settle(ctx, link, row, { entriesOf })
      })
    },
  )
}

const changedAt = (row: PostedInvoice) => parseInstant(row.BalanceLastChangedDateTimeOffset)
