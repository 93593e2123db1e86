import type { Settlement } from '../db/schema'
import { asInvoiceLink, entryFor, type InvoiceLink, withLife } from '../invoices/link'
import { giveNotice } from '../invoices/notice'
import { noteGoneOrPosted, notePosted } from '../invoices/posting'
import { phasesOf } from '../lookups/phases'
import type { LedgerEntry, PostedInvoice } from '../poweroffice/schemas'
import { parseInstant } from '../shared/dates'
import { ApiError, SyncError } from '../shared/errors'
import { DONE, type Step, type SyncContext } from '../sync-step'
import { balanceFrom, entryFrom } from './mapping'
import { type Standing, standingOf } from './plan'
import { keepPayments } from './rows'

const NOTHING_YET: Settlement = { state: 'open', at: null, entries: [], phaseBefore: null }

/** The job `payment`: one look at one invoice of PowerOffice's, named by its id. */
export const syncPayment: Step = async (ctx, { id }) => {
  const powerOfficeId = id.split(':')[1] ?? ''
  const known = asInvoiceLink(await ctx.links.findByPowerOffice('invoice', powerOfficeId))
  if (known?.state !== 'linked') return DONE
  return ctx.alone(known.tribeId, async () => {
    const link = asInvoiceLink(await ctx.links.findByPowerOffice('invoice', powerOfficeId))
    if (link?.state !== 'linked') return DONE
    const posted = await ctx.powerOffice.findInvoice(powerOfficeId)
    if (posted) {
      await settle(ctx, { ...link, life: asked(link) }, posted, entriesIn(ctx))
      return DONE
    }
    return (await ctx.powerOffice.findOrder(powerOfficeId)) ? DONE : noteGoneOrPosted(ctx, link)
  })
}

/** Whoever asks for a look of its own wants it worked out anew. */
const asked = ({ life }: InvoiceLink) =>
  life.settlement ? { ...life, settlement: { ...life.settlement, at: null } } : life

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

/** One look at a posted invoice, which is at hand: its number, its reversal, and what was paid (spec §7). */
export async function settle(
  ctx: SyncContext,
  before: InvoiceLink,
  posted: PostedInvoice,
  entriesOf: EntriesOf,
): Promise<void> {
  if (before.state !== 'linked') return
  const { stage } = before.life
  // A bookkeeper sent the draft, or nobody heard how its posting ended.
  const link = stage === 'draft' || stage === 'sending' ? notePosted(ctx, before, posted) : before
  if (posted.IsReversed) return reversed(ctx, link)
  const at = parseInstant(posted.BalanceLastChangedDateTimeOffset)
  const was = link.life.settlement
  const balance = balanceFrom(posted)
  if (!ctx.settings.payments.enabled || !balance || (was !== null && was.at !== null && was.at === at)) return
  const match = posted.MatchId == null ? [] : await entriesOf(posted.MatchId)
  const standing = standingOf(balance, match.map(entryFrom))
  if (was === null && standing.state === 'open' && standing.payments.length === 0) return
  const hasRows = standing.payments.length > 0 || (was?.entries.length ?? 0) > 0
  const invoiceId = link.tribeId
  // Nothing is told of an invoice that Tribe does not have any more.
  if (hasRows && !(await ctx.tribe.findInvoice(invoiceId)))
    return ctx.enqueue({ kind: 'invoice', subject: `tribe:${invoiceId}`, lane: 'bulk' })
  const written = hasRows
    ? await keepPayments(ctx, { invoiceId, invoice: balance, wanted: standing.payments })
    : 0
  const entries = standing.payments.flatMap((row) => row.entries)
  await phase(
    ctx,
    link,
    { ...(was ?? NOTHING_YET), state: standing.state, at, entries },
    { standing, written },
  )
}

/** Tells Tribe by the phase whether it is paid, and keeps what became of it. */
async function phase(
  ctx: SyncContext,
  link: InvoiceLink,
  now: Settlement,
  { standing, written }: { standing: Standing; written: number },
): Promise<void> {
  const was = link.life.settlement ?? NOTHING_YET
  const event = eventOf(was.state, now.state)
  const isNews = event !== null && (was.state !== now.state || written > 0)
  const told = isNews ? [entryFor(ctx, link)(event, { by: standing.by })] : []
  try {
    const phaseBefore = now.state === 'paid' ? await setPaid(ctx, link, now) : await takeBack(ctx, link, now)
    ctx.remember(withLife(ctx, link, { settlement: { ...now, phaseBefore } }), ...told)
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.remedy !== 'data') throw thrown
    // The rows stand; the next look tries the phase again.
    ctx.remember(withLife(ctx, link, { settlement: { ...now, at: null } }), ...told)
    throw new SyncError(
      'payment.phase_refused',
      'data',
      `Tribe does not let the phase of the invoice be changed${thrown.said ? ` (${thrown.said})` : ''}: set it by hand, or allow it, then try again`,
    )
  }
}

/** Gives the phase that the invoice had before; noted before it is changed, so that it can be taken back. */
async function setPaid(ctx: SyncContext, link: InvoiceLink, now: Settlement): Promise<string | null> {
  const { paid } = await phasesOf(ctx)
  const current = (await ctx.tribe.findInvoice(link.tribeId))?.Phase?.ID ?? null
  if (paid === null || current === null || current === paid) return now.phaseBefore
  const phaseBefore = current
  ctx.remember(withLife(ctx, link, { settlement: { ...now, at: null, phaseBefore } }))
  await ctx.flush()
  await ctx.tribe.setPhase(link.tribeId, paid)
  return phaseBefore
}

async function takeBack(ctx: SyncContext, link: InvoiceLink, now: Settlement): Promise<string | null> {
  if (now.phaseBefore === null) return null
  const { paid, firstSent } = await phasesOf(ctx)
  const current = (await ctx.tribe.findInvoice(link.tribeId))?.Phase?.ID ?? null
  const back = now.phaseBefore === paid ? firstSent : now.phaseBefore
  if (current !== null && current === paid && back !== null) await ctx.tribe.setPhase(link.tribeId, back)
  return null
}

const SETTLED = ['paid', 'credited', 'written-off']

function eventOf(was: Settlement['state'], now: Settlement['state']): string | null {
  if (SETTLED.includes(was) && !SETTLED.includes(now)) return 'reopened'
  return now === 'open' ? (was === 'open' ? null : 'reopened') : now
}

/** Cancelled by a bookkeeper: told once, and nothing is made again. */
async function reversed(ctx: SyncContext, link: InvoiceLink): Promise<void> {
  if (link.life.stage === 'reversed') return
  const was = link.life.settlement
  const phaseBefore = was && ctx.settings.payments.enabled ? await takeBack(ctx, link, was) : null
  const settlement = was && { ...was, state: 'open' as const, phaseBefore }
  ctx.remember(withLife(ctx, link, { stage: 'reversed', settlement }), entryFor(ctx, link)('reversed'))
  giveNotice(ctx, link.tribeId, 'invoice.reversed')
}
