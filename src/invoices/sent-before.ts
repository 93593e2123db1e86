import { phasesOf } from '../lookups/phases'
import { BEGINNING } from '../pairs/line'
import { laterOf, parseInstant } from '../shared/dates'
import { DONE, type Step, type SyncContext } from '../sync-step'
import type { InvoiceHead } from '../tribe/schemas'

/**
 * Invoices that were sent before the tenant was activated are in the books by other means: they are not
 * exported by themselves (issue: only when the admin asks for a range of dates). They are known by a note each in the tenant's object.
 */

/** How far Tribe had come, by its own clock, when the line was drawn; blank when there was no invoice at all. */
const LINE = 'invoices:line'
const MARKING = 'invoices:marking'
const nameOf = (tribeId: string) => `sent-before:${tribeId}`

export const wasSentBefore = (ctx: SyncContext, tribeId: string): boolean =>
  ctx.cursors.get(nameOf(tribeId)) !== null
/** An admin wants it exported all the same. */
export const forgetSentBefore = (ctx: SyncContext, tribeId: string): void =>
  ctx.cursors.remove(nameOf(tribeId))
/** What was sent before is still being noted: nobody can tell yet. */
export const isMarking = (ctx: SyncContext): boolean => ctx.cursors.get(MARKING) !== null

/** Draws the line, once: what was sent until now is old. One call to Tribe, and a job that notes them. */
export async function drawLine(ctx: SyncContext): Promise<void> {
  if (ctx.cursors.get(LINE) !== null) return
  const latest = await ctx.tribe.latestInvoiceChange()
  ctx.cursors.set(LINE, latest ?? '')
  ctx.cursors.set('tribe:Activity_Invoice:cursor', latest ?? BEGINNING)
  if (latest === null) return
  ctx.cursors.set(MARKING, { next: null })
  ctx.enqueue({ kind: 'mark-invoices', subject: '', lane: 'push' })
}

/** Notes what was sent before the line was drawn, a page a run. */
export const markSentBefore: Step = async (ctx) => {
  const under = ctx.cursors.get<{ next: string | null }>(MARKING)
  if (!under) return DONE
  const { sent, gone } = await phasesOf(ctx)
  // A phase that is gone may come back, and what is in it is no less old.
  const line = ctx.cursors.get<string>(LINE) ?? ''
  const page = await ctx.tribe.invoicesInPhases([...sent, ...gone], under.next ?? undefined)
  for (const invoice of page.rows)
    if ((changedAt(invoice) ?? '') <= line) ctx.cursors.set(nameOf(invoice.ID), true)
  if (page.next === null) {
    ctx.cursors.remove(MARKING)
    return DONE
  }
  ctx.cursors.set(MARKING, { next: page.next })
  return { status: 'again', afterSeconds: 0, because: 'more pages' }
}

export const changedAt = (invoice: InvoiceHead): string | null =>
  laterOf(parseInstant(invoice.LastMutationDate), parseInstant(invoice.CreationDate))
