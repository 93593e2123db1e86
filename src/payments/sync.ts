import type { LinkState } from '../db/links'
import type { Settlement } from '../db/schema'
import { askForInvoice } from '../invoices/gone'
import { asInvoiceLink, type InvoiceLink, tieAgain } from '../invoices/link'
import { invoiceFromTribe } from '../invoices/mapping'
import { noteBooked, noteGoneOrPosted, notePosted } from '../invoices/posted'
import { isEditedSince, printedAnew } from '../invoices/prints'
import { comesToNothing } from '../invoices/totals'
import type { LedgerEntry, PostedInvoice } from '../poweroffice/schemas'
import { parseInstant } from '../shared/dates'
import type { Reason } from '../shared/reasons'
import { recordIn } from '../shared/subjects'
import { DONE, type Step, type SyncContext } from '../sync-step'
import { lookAtLink, noteSeen, toldAs } from '../two-way/link'
import { areUnfinished, beginWrites, endWrites } from '../two-way/pending-writes'
import { balanceFrom, entryFrom, paymentToTribe } from './mapping'
import { type Balance, settlementFrom } from './plan'
import { keepPayments } from './rows'
import { NOTHING_YET, tell, tellReversed } from './tell'
import { askLater, noteExplained } from './unexplained'

/** The job `payment`: one look at one invoice of PowerOffice's, named by its id. */
export const syncPayment: Step = async (ctx, { id }) => {
  const { id: powerOfficeId } = recordIn(id)
  const find = () => ctx.links.findByPowerOffice('invoice', powerOfficeId)
  const nameOf = (known: LinkState | null) => known?.tribeId ?? id
  return lookAtLink(ctx, find, nameOf, async (found) => {
    const link = asInvoiceLink(found)
    if (!link || link.state === 'tribe-gone') return DONE
    const posted = await ctx.powerOffice.findInvoice(powerOfficeId)
    if (posted) {
      const how = await settle(ctx, link, posted, { entriesOf: entriesIn(ctx), isAsked: true })
      if (how === 'unexplained')
        return askLater(ctx, powerOfficeId, parseInstant(posted.BalanceLastChangedDateTimeOffset))
      noteExplained(ctx, powerOfficeId)
      return DONE
    }
    if (link.state !== 'linked') return DONE
    // A voucher never was an order.
    const isDraft =
      link.exportState.mode !== 'voucher' && (await ctx.powerOffice.findOrder(powerOfficeId)) !== null
    if (!isDraft) return noteGoneOrPosted(ctx, link)
    noteSeen(ctx, link, 'books')
    return DONE
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

interface HowToSettle {
  entriesOf: EntriesOf
  isAsked?: boolean
  /** Other invoices that are known to be in the same match. */
  fellows?: readonly string[]
}

/** What is known of its posting, and whether it comes to what Tribe says. */
async function noteAsBooked(
  ctx: SyncContext,
  link: InvoiceLink,
  posted: PostedInvoice,
): Promise<InvoiceLink> {
  const { stage } = link.exportState
  // A bookkeeper sent the draft, or nobody heard how its posting ended.
  if (stage === 'draft' || stage === 'sending') return notePosted(ctx, link, posted)
  return posted.IsReversed ? link : noteBooked(ctx, link, posted)
}

/**
 * One look at a posted invoice, which is at hand: its number, its reversal, and what was paid. Nothing is told
 * while the ledger does not explain the balance: that is asked for again.
 */
export async function settle(
  ctx: SyncContext,
  before: InvoiceLink,
  posted: PostedInvoice,
  { entriesOf, isAsked = false, fellows = [] }: HowToSettle,
): Promise<'done' | 'unexplained'> {
  const told = (reason: Reason) => ctx.because('payment', toldAs(before, 'books', posted.Id), reason)
  if (before.state === 'tribe-gone') {
    told('gone-in-tribe')
    return 'done'
  }
  noteSeen(ctx, before, 'books')
  const wasGone = before.state === 'poweroffice-gone'
  const here = wasGone ? tieAgain(ctx, before) : before
  const at = parseInstant(posted.BalanceLastChangedDateTimeOffset)
  const was = here.exportState.settlement
  const isOlder = isOlderThanKnown(here, at)
  const link = isOlder ? here : await noteAsBooked(ctx, here, posted)
  const mustLook = isAsked || wasGone || areUnfinished(ctx, 'payment', link.tribeId)
  if (posted.IsReversed) {
    told('reversed-in-poweroffice')
    await tellReversed(ctx, link, { mustLook })
    return 'done'
  }
  const balance = balanceFrom(posted)
  if (!ctx.settings.payments.enabled || !balance) {
    told('switched-off')
    return 'done'
  }
  if (isOlder) {
    told('newer-known')
    return isAsked ? 'unexplained' : 'done'
  }
  told('in-step')
  if (!mustLook && was?.at != null && was.at === at) return 'done'
  const entries = posted.MatchId == null ? [] : await entriesOf(posted.MatchId)
  const settlement = settlementFrom(balance, entries.map(entryFrom), fellows)
  if (settlement.state === 'unexplained') return 'unexplained'
  told(settlement.state === 'open' ? 'not-settled' : 'payments-told')
  await tellSettlement(ctx, { link, was, at, balance, settlement, state: settlement.state, mustLook })
  return 'done'
}

/** A replica that lags: what is known is newer than this balance. */
function isOlderThanKnown({ exportState: { stage, settlement } }: InvoiceLink, at: string | null): boolean {
  const knownAt = settlement?.at ?? null
  return stage === 'reversed' || (knownAt !== null && at !== null && at < knownAt)
}

interface Explained {
  link: InvoiceLink
  /** As Tribe was told before, and when the balance changed. */
  was: Settlement | null
  at: string | null
  balance: Balance
  settlement: ReturnType<typeof settlementFrom>
  state: Settlement['state']
  mustLook: boolean
}

/** Tells Tribe what the ledger explains: its payments, and by the phase whether it is paid. */
async function tellSettlement(
  ctx: SyncContext,
  { link, was, at, balance, settlement, state: explained, mustLook }: Explained,
): Promise<void> {
  const { payments, by } = settlement
  const hasRows = payments.length > 0 || (was?.entries.length ?? 0) > 0
  const isUntouched = was === null && explained === 'open'
  if (isUntouched && !mustLook) return
  const invoice = await ctx.tribe.findInvoice(link.tribeId)
  if (!invoice) {
    askForInvoice(ctx, link.tribeId)
    return
  }
  // Booked as nothing, and nobody has paid what Tribe asks for.
  const isOwedInTribe = balance.posted === 0 && !comesToNothing(invoiceFromTribe(invoice))
  const state = isOwedInTribe ? 'open' : explained
  // What is noted now is newer than that edit: nobody else would tell of it.
  const isEdited = await isEditedSince(ctx, link.exportState.print, invoiceFromTribe(invoice))
  if (isEdited) askForInvoice(ctx, link.tribeId)
  beginWrites(ctx, 'payment', link.tribeId)
  const wanted = payments.map((row) => paymentToTribe(row, balance, link.tribeId))
  const written = hasRows || mustLook ? await keepPayments(ctx, link.tribeId, wanted) : 0
  const entries = payments.flatMap((row) => row.entries)
  const { isOwed: _, ...known } = was ?? NOTHING_YET
  const told = isEdited ? link : await printedAnew(ctx, link, invoiceFromTribe(invoice))
  await tell(ctx, told, { ...known, state, at, entries }, { invoice, by, written })
  await ctx.flush()
  endWrites(ctx, 'payment', link.tribeId)
}
