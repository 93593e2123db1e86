import { PartlyDone, SyncError } from '../shared/errors'
import { recordSubject } from '../shared/subjects'
import { DONE, type SyncContext, type SyncResult } from '../sync-step'

/** Invoices that cannot go before another record is in step: that record's step calls them. */

/** What an invoice names, and cannot go before. */
type WaitedFor = 'customer' | 'product' | 'invoice'

const nameOf = (kind: WaitedFor, tribeId: string) => `waits-for:${kind}:${tribeId}` as const

export function waitFor(ctx: SyncContext, kind: WaitedFor, tribeId: string, invoiceId: string): void {
  const name = nameOf(kind, tribeId)
  const waiting = ctx.facts.get(name) ?? []
  if (!waiting.includes(invoiceId)) ctx.facts.set(name, [...waiting, invoiceId])
}

/** The record is in step: whoever waited for it looks again. */
export function callWaiters(
  ctx: Pick<SyncContext, 'facts' | 'enqueue'>,
  kind: WaitedFor,
  tribeId: string,
): void {
  const name = nameOf(kind, tribeId)
  const waiting = ctx.facts.get(name)
  if (!waiting) return
  ctx.facts.remove(name)
  for (const id of waiting)
    ctx.enqueue({ kind: 'invoice', subject: recordSubject('tribe', id), lane: 'push' })
}

/** The same for many records: one look tells which of them are waited for. */
export function callWaitersOfAll(
  ctx: Pick<SyncContext, 'facts' | 'enqueue'>,
  kind: WaitedFor,
  tribeIds: readonly string[],
): void {
  const awaited = new Set<string>(ctx.facts.noted(tribeIds.map((id) => nameOf(kind, id))))
  for (const id of tribeIds) if (awaited.has(nameOf(kind, id))) callWaiters(ctx, kind, id)
}

/** Brings another record in step before the invoice; what keeps it from that keeps the invoice too. */
export async function firstInStep(
  ctx: SyncContext,
  { kind, tribeId, invoiceId }: { kind: WaitedFor; tribeId: string; invoiceId: string },
  sync: () => Promise<SyncResult>,
): Promise<SyncResult> {
  try {
    return await sync()
  } catch (thrown) {
    // It is there, but for a field that is told of by itself.
    if (thrown instanceof PartlyDone) {
      ctx.park({ kind, subject: recordSubject('tribe', tribeId), lane: 'bulk' }, thrown)
      return DONE
    }
    if (thrown instanceof SyncError && thrown.remedy === 'data') waitFor(ctx, kind, tribeId, invoiceId)
    throw thrown
  } finally {
    await ctx.flush()
  }
}
