import type { Settlement } from '../db/schema'
import { asInvoiceLink, type InvoiceLink, withLife } from '../invoices/link'
import { giveNotice } from '../invoices/notice'
import { noteGoneOrPosted, notePosted } from '../invoices/posting'
import { phasesOf } from '../lookups/phases'
import { entryFor, lookAlone } from '../pairs/link'
import type { LedgerEntry, PostedInvoice } from '../poweroffice/schemas'
import { parseInstant } from '../shared/dates'
import { ApiError, SyncError } from '../shared/errors'
import { DONE, type Step, type SyncContext } from '../sync-step'
import type { Invoice } from '../tribe/schemas'
import { balanceFrom, entryFrom, paymentToTribe } from './mapping'
import { standingOf } from './plan'
import { keepPayments } from './rows'

/** Runs again when the admin has chosen the phase. */
const PAID_PHASE_UNKNOWN = 'payment.paid_phase_unknown'

const NOTHING_YET: Settlement = { state: 'open', at: null, entries: [], phaseBefore: null }

/** The job `payment`: one look at one invoice of PowerOffice's, named by its id. */
export const syncPayment: Step = async (ctx, { id }) => {
  const powerOfficeId = id.split(':')[1] ?? ''
  const known = asInvoiceLink(await ctx.links.findByPowerOffice('invoice', powerOfficeId))
  if (known?.state !== 'linked') return DONE
  return lookAlone(ctx, known.tribeId, async () => {
    const link = asInvoiceLink(await ctx.links.findByPowerOffice('invoice', powerOfficeId))
    if (link?.state !== 'linked') return DONE
    const posted = await ctx.powerOffice.findInvoice(powerOfficeId)
    if (posted) {
      await settle(ctx, link, posted, { entriesOf: entriesIn(ctx), isAsked: true })
      return DONE
    }
    return (await ctx.powerOffice.findOrder(powerOfficeId)) ? DONE : noteGoneOrPosted(ctx, link)
  })
}

/** What was matched with an invoice; one payment may settle many, and is asked for once in a run. */
export type EntriesOf = (matchId: number) => Promise<LedgerEntry[]>
export function entriesIn(ctx: SyncContext): EntriesOf {
  const known = new Map<number, Promise<LedgerEntry[]>>()
  return (matchId) => {
    const entries = known.get(matchId) ?? ctx.powerOffice.entriesOfMatch(matchId)
    known.set(matchId, entries)
    return entries
  }
}

/** Writes to Tribe that a run began with and could not note the end of: whatever is true by now, its rows are looked at. */
const underWay = ({ tribeId }: InvoiceLink) => `payment:${tribeId}`

/** One look at a posted invoice, which is at hand: its number, its reversal, and what was paid (spec §7). */
export async function settle(
  ctx: SyncContext,
  before: InvoiceLink,
  posted: PostedInvoice,
  { entriesOf, isAsked = false }: { entriesOf: EntriesOf; isAsked?: boolean },
): Promise<void> {
  if (before.state !== 'linked') return
  const { stage } = before.life
  // A bookkeeper sent the draft, or nobody heard how its posting ended.
  const link = stage === 'draft' || stage === 'sending' ? notePosted(ctx, before, posted) : before
  if (posted.IsReversed) return reversed(ctx, link)
  const at = parseInstant(posted.BalanceLastChangedDateTimeOffset)
  const was = link.life.settlement
  const balance = balanceFrom(posted)
  if (!ctx.settings.payments.enabled || !balance) return
  const mustLook = isAsked || ctx.cursors.get(underWay(link)) !== null
  if (!mustLook && was !== null && was.at !== null && was.at === at) return
  const match = posted.MatchId == null ? [] : await entriesOf(posted.MatchId)
  const { state, payments, by } = standingOf(balance, match.map(entryFrom))
  const hasRows = payments.length > 0 || (was?.entries.length ?? 0) > 0
  const isUntouched = was === null && state === 'open' && payments.length === 0
  if (isUntouched && !mustLook) return
  const invoice = await ctx.tribe.findInvoice(link.tribeId)
  if (!invoice) {
    // Deleted in Tribe, or hidden: its own look tells.
    ctx.enqueue({ kind: 'invoice', subject: `tribe:${link.tribeId}`, lane: 'bulk' })
    return
  }
  ctx.cursors.set(underWay(link), true)
  const wanted = payments.map((row) => paymentToTribe(row, balance, link.tribeId))
  const written = hasRows || mustLook ? await keepPayments(ctx, link.tribeId, wanted) : 0
  const entries = payments.flatMap((row) => row.entries)
  if (!isUntouched || written > 0)
    await tell(ctx, link, { ...(was ?? NOTHING_YET), state, at, entries }, { invoice, by, written })
  await ctx.flush()
  ctx.cursors.remove(underWay(link))
}

/** Tells Tribe by the phase whether it is paid, and keeps what became of it. */
async function tell(
  ctx: SyncContext,
  link: InvoiceLink,
  now: Settlement,
  { invoice, by, written }: { invoice: Invoice; by: readonly string[]; written: number },
): Promise<void> {
  const was = link.life.settlement ?? NOTHING_YET
  const event = eventOf(was.state, now.state)
  const isNews = event !== null && (was.state !== now.state || written > 0)
  const told = isNews ? [entryFor(ctx, link)(event, { by })] : []
  try {
    const phaseBefore =
      now.state === 'paid'
        ? await setPaid(ctx, link, invoice)
        : was.state === 'paid' || was.phaseBefore !== null
          ? await takeBack(ctx, link, invoice)
          : null
    ctx.remember(withLife(ctx, link, { settlement: { ...now, phaseBefore } }), ...told)
  } catch (thrown) {
    const refused = phaseRefused(thrown)
    // The rows stand; the next look tries the phase again.
    ctx.remember(withLife(ctx, link, { settlement: { ...now, at: null } }), ...told)
    throw refused
  }
}

function phaseRefused(thrown: unknown): SyncError {
  if (thrown instanceof SyncError && thrown.code === PAID_PHASE_UNKNOWN) return thrown
  if (!(thrown instanceof ApiError) || thrown.remedy !== 'data') throw thrown
  const said = thrown.said ? ` (${thrown.said})` : ''
  const message = `Tribe does not let the phase of the invoice be changed${said}: set it by hand, or allow it, then try again`
  return new SyncError('payment.phase_refused', 'data', message)
}

/** Gives the phase that the invoice had before; noted before it is changed, so that it can be taken back. */
async function setPaid(ctx: SyncContext, link: InvoiceLink, invoice: Invoice): Promise<string | null> {
  const was = link.life.settlement ?? NOTHING_YET
  const { paid } = await phasesOf(ctx)
  const current = invoice.Phase?.ID ?? null
  if (paid === null)
    throw new SyncError(
      PAID_PHASE_UNKNOWN,
      'data',
      'Tribe has no phase that means paid: choose one (setting payments.paidPhaseId)',
    )
  if (current === paid) return was.phaseBefore
  ctx.remember(withLife(ctx, link, { settlement: { ...was, at: null, phaseBefore: current } }))
  await ctx.flush()
  await ctx.tribe.setPhase(link.tribeId, paid)
  return current
}

/** Back to the phase that it had before, or where an invoice begins when somebody else had set it to paid. */
async function takeBack(ctx: SyncContext, link: InvoiceLink, invoice: Invoice): Promise<null> {
  const phaseBefore = link.life.settlement?.phaseBefore ?? null
  const { paid, firstSent } = await phasesOf(ctx)
  const back = phaseBefore === null || phaseBefore === paid ? firstSent : phaseBefore
  if (paid !== null && invoice.Phase?.ID === paid && back !== null)
    await ctx.tribe.setPhase(link.tribeId, back)
  return null
}

const SETTLED = ['paid', 'credited', 'written-off']

function eventOf(was: Settlement['state'], now: Settlement['state']): string | null {
  if (SETTLED.includes(was) && !SETTLED.includes(now)) return 'reopened'
  return now === 'open' ? (was === 'open' ? null : 'reopened') : now
}

/** Cancelled by a bookkeeper: told once, and nothing is made again. What was paid is not paid on this one any more. */
async function reversed(ctx: SyncContext, link: InvoiceLink): Promise<void> {
  if (link.life.stage === 'reversed') return
  const was = link.life.settlement
  const invoice = was && ctx.settings.payments.enabled ? await ctx.tribe.findInvoice(link.tribeId) : null
  if (invoice) await keepPayments(ctx, link.tribeId, [])
  const refused =
    invoice && was?.phaseBefore != null ? await takeBack(ctx, link, invoice).catch(phaseRefused) : null
  const settlement = was && { ...NOTHING_YET, at: was.at }
  ctx.remember(withLife(ctx, link, { stage: 'reversed', settlement }), entryFor(ctx, link)('reversed'))
  giveNotice(ctx, link.tribeId, 'invoice.reversed')
  if (refused) throw refused
}
