import type { Settlement } from '../db/schema'
import { forgetBooked } from '../invoices/booked'
import { askForInvoice, lookWhyRefused } from '../invoices/gone'
import { type InvoiceLink, withExportState } from '../invoices/link'
import { giveNotice } from '../invoices/notice'
import { phasesOf } from '../lookups/phases'
import { ApiError, SyncError } from '../shared/errors'
import type { SyncContext } from '../sync-step'
import type { Invoice } from '../tribe/schemas'
import { entryFor } from '../two-way/link'
import { beginWrites, endWrites } from '../two-way/pending-writes'
import { keepPayments } from './rows'

/** Tells Tribe how an invoice stands: by its phase, and for one that was reversed by taking its payments back. */

/** Runs again when the admin has chosen the phase. */
const PAID_PHASE_UNKNOWN = 'payment.paid_phase_unknown'

export const NOTHING_YET: Settlement = { state: 'open', at: null, entries: [], phaseBefore: null }

/** Tells Tribe by the phase whether it is paid, and keeps what became of it. */
export async function tell(
  ctx: SyncContext,
  link: InvoiceLink,
  now: Settlement,
  { invoice, by, written }: { invoice: Invoice; by: readonly string[]; written: number },
): Promise<void> {
  const was = link.exportState.settlement ?? NOTHING_YET
  const event = eventOf(was.state, now.state)
  const isNews = event !== null && (was.state !== now.state || written > 0)
  const told = isNews ? [entryFor(ctx, link)(event, { by })] : []
  // Rows of ours with an amount prove that we said so, whatever the link remembers.
  const saidPaid = was.state === 'paid' || was.phaseBefore !== null || (now.state === 'open' && written > 0)
  const back = saidPaid ? 'back' : null
  const owed = await phaseOwed(ctx, link, invoice, now.state === 'paid' ? 'paid' : back)
  try {
    const phaseBefore = await owed.set()
    ctx.remember(withExportState(ctx, link, { settlement: { ...now, phaseBefore } }), ...told)
  } catch (thrown) {
    const refused = phaseRefused(ctx, link, thrown)
    // The rows stand; the next look tries the phase again.
    const { phaseBefore } = owed
    ctx.remember(
      withExportState(ctx, link, { settlement: { ...now, at: null, phaseBefore, isOwed: true } }),
      ...told,
    )
    throw refused
  }
}

/** Cancelled by a bookkeeper: told once, and nothing is made again. What was paid is not paid on this one any more. */
export async function tellReversed(
  ctx: SyncContext,
  before: InvoiceLink,
  { mustLook }: { mustLook: boolean },
): Promise<void> {
  const was = before.exportState.settlement
  let link = before
  if (before.exportState.stage !== 'reversed') {
    link = withExportState(ctx, before, { stage: 'reversed' })
    ctx.remember(link, entryFor(ctx, link)('reversed'))
    giveNotice(ctx, link.tribeId, 'invoice.reversed')
    forgetBooked(ctx, link.tribeId)
  }
  const saidPaid = was !== null && (was.state === 'paid' || was.phaseBefore !== null)
  const isSaid = was !== null && (saidPaid || was.state !== 'open' || was.entries.length > 0)
  if (!ctx.settings.payments.enabled || !(isSaid || mustLook)) return
  const invoice = await ctx.tribe.findInvoice(link.tribeId)
  if (!invoice) return askForInvoice(ctx, link.tribeId)
  beginWrites(ctx, 'payment', link.tribeId)
  const written = await keepPayments(ctx, link.tribeId, [])
  const owed = await phaseOwed(ctx, link, invoice, saidPaid || written > 0 ? 'back' : null)
  try {
    await owed.set()
    const settlement = was && { ...NOTHING_YET, at: was.at }
    ctx.remember(withExportState(ctx, link, { settlement }))
  } catch (thrown) {
    const refused = phaseRefused(ctx, link, thrown)
    const { phaseBefore } = owed
    ctx.remember(withExportState(ctx, link, { settlement: { ...NOTHING_YET, phaseBefore, isOwed: true } }))
    throw refused
  } finally {
    await ctx.flush()
  }
  endWrites(ctx, 'payment', link.tribeId)
}

function phaseRefused(ctx: SyncContext, { tribeId }: InvoiceLink, thrown: unknown): SyncError {
  if (thrown instanceof SyncError && thrown.code === PAID_PHASE_UNKNOWN) return thrown
  lookWhyRefused(ctx, tribeId, thrown)
  if (!(thrown instanceof ApiError) || thrown.remedy !== 'data') throw thrown
  const said = thrown.said ? ` (${thrown.said})` : ''
  const message = `Tribe does not let the phase of the invoice be changed${said}: set it by hand, or allow it, then try again`
  return new SyncError('payment.phase_refused', 'data', message)
}

/** What is to be done about the phase; `phaseBefore` is what has to be known of it when it is tried another time. */
interface PhaseOwed {
  phaseBefore: string | null
  /** Gives the phase that the invoice had before it was paid; null once it is not. */
  set(): Promise<string | null>
}

async function phaseOwed(
  ctx: SyncContext,
  link: InvoiceLink,
  invoice: Invoice,
  what: 'paid' | 'back' | null,
): Promise<PhaseOwed> {
  const before = link.exportState.settlement?.phaseBefore ?? null
  if (what === null) return { phaseBefore: null, set: async () => null }
  const { paid, firstSent, isThere } = await phasesOf(ctx)
  const current = invoice.Phase?.ID ?? null
  if (what === 'paid')
    return { phaseBefore: before, set: () => setPaid(ctx, link, { before, current, paid }) }
  // Back to the phase that it had before, or where an invoice begins when somebody else had set it to paid.
  const back = before === null || before === paid || !isThere(before) ? firstSent : before
  const set = async () => {
    if (paid !== null && current === paid && back !== null) await ctx.tribe.setPhase(link.tribeId, back)
    return null
  }
  return { phaseBefore: back, set }
}

/** Gives the phase that the invoice had before; noted before it is changed, so that it can be taken back. */
async function setPaid(
  ctx: SyncContext,
  link: InvoiceLink,
  { before, current, paid }: { before: string | null; current: string | null; paid: string | null },
): Promise<string | null> {
  if (paid === null)
    throw new SyncError(
      PAID_PHASE_UNKNOWN,
      'data',
      'Tribe has no phase that means paid: choose one (setting payments.paidPhaseId)',
    )
  if (current === paid) return before
  const was = link.exportState.settlement ?? NOTHING_YET
  ctx.remember(withExportState(ctx, link, { settlement: { ...was, at: null, phaseBefore: current } }))
  await ctx.flush()
  await ctx.tribe.setPhase(link.tribeId, paid)
  return current
}

const SETTLED = ['paid', 'credited', 'written-off']

function eventOf(was: Settlement['state'], now: Settlement['state']): string | null {
  if (SETTLED.includes(was) && !SETTLED.includes(now)) return 'reopened'
  if (now !== 'open') return now
  return was === 'open' ? null : 'reopened'
}
