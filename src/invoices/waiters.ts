import type { SyncContext } from '../sync-step'

/** Invoices that cannot go before another record is in step: that record's step calls them. */

const nameOf = (kind: string, tribeId: string) => `waits-for:${kind}:${tribeId}`

export function waitFor(ctx: SyncContext, kind: string, tribeId: string, invoiceId: string): void {
  const name = nameOf(kind, tribeId)
  const waiting = ctx.cursors.get<string[]>(name) ?? []
  if (!waiting.includes(invoiceId)) ctx.cursors.set(name, [...waiting, invoiceId])
}

/** The record is in step: whoever waited for it looks again. */
export function callWaiters(
  ctx: Pick<SyncContext, 'cursors' | 'enqueue'>,
  kind: string,
  tribeId: string,
): void {
  const name = nameOf(kind, tribeId)
  const waiting = ctx.cursors.get<string[]>(name)
  if (!waiting) return
  ctx.cursors.remove(name)
  for (const id of waiting) ctx.enqueue({ kind: 'invoice', subject: `tribe:${id}`, lane: 'push' })
}
