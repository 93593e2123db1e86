import type { Link } from '../db/links'
import type { InvoiceExportState } from '../db/schema'
import { DAY_MS } from '../shared/dates'
import { goneBy, type Reason } from '../shared/reasons'

/**
 * What follows for one invoice from what Tribe, our link and PowerOffice say (DESIGN.md §6): `planInvoice` until PowerOffice is asked
 * to post it, `planPosting` from then on. Pure; the first rule that fits is what happens. `sync.ts` carries it out.
 */

export interface Situation {
  isSent: boolean
  /** It was sent before the tenant was activated: whatever brought it to the books then, we do not bring it again. */
  isBeforeCutoff: boolean
  /** An earlier run may have made it. */
  isBegun: boolean
  /** Null: not made in PowerOffice, as far as we know. */
  link: { state: Link['state']; exportState: InvoiceExportState } | null
  /** Null: Tribe does not know it. Edited: it is another than the one that was made in PowerOffice. */
  tribe: { isEdited: boolean } | null
}

export type Plan =
  | { do: 'nothing'; because: Reason }
  /** Tribe does not know it: the poll of Tribe's changes finds out what the event was about. */
  | { do: 'ask-poll' }
  /** Deleted, edited, or set back to not sent, after PowerOffice had got it: a person is told. */
  | { do: 'report-deleted' }
  | { do: 'report-edited' }
  | { do: 'report-taken-back' }
  /** Tribe shows it again: it was hidden, and not deleted. */
  | { do: 'tie-again' }
  /** An earlier run may have made it, and it is not sent any more: what was made is linked, and not posted. */
  | { do: 'take-over' }
  /** An earlier run may have made it: it is looked for in PowerOffice before it is made. */
  | { do: 'look-then-make' }
  | { do: 'make' }
  /** It is linked and not posted yet: the next of comparing, posting, waiting. */
  | { do: 'go-on' }

/** What a plan is called where it is told. */
export function reasonOf(plan: Plan): Reason {
  switch (plan.do) {
    case 'nothing':
      return plan.because
    case 'ask-poll':
      return 'unknown-in-tribe'
    case 'report-deleted':
      return 'gone-in-tribe'
    case 'tie-again':
      return 'tied'
    case 'report-edited':
      return 'changed-in-tribe'
    case 'report-taken-back':
      return 'not-sent'
    case 'take-over':
    case 'look-then-make':
    case 'make':
    case 'go-on':
      return 'sent-in-tribe'
    default:
      return plan satisfies never
  }
}

/** PowerOffice is posting it. The end of that is waited for before Tribe is asked: an edit made meanwhile is told afterwards. */
export const isBeingPosted = ({ state, exportState }: NonNullable<Situation['link']>): boolean =>
  state === 'linked' && exportState.stage === 'sending'

/** Of an invoice that is not being posted just now. */
export function planInvoice(now: Situation): Plan {
  const { isSent, link, tribe } = now
  if (!link) return planUnlinked(now)
  if (link.state === 'tribe-gone' && tribe) return { do: 'tie-again' }
  if (link.state !== 'linked')
    return { do: 'nothing', because: link.state === 'forgotten' ? 'forgotten' : goneBy(link.state) }
  const { exportState } = link
  if (!tribe) return { do: 'report-deleted' }
  if (exportState.stage !== 'draft')
    return tribe.isEdited ? { do: 'report-edited' } : { do: 'nothing', because: 'booked' }
  // What is ours to post is looked at as it is in PowerOffice, and only posted when it is sent and up to date.
  if (exportState.mode !== 'draft') return { do: 'go-on' }
  if (tribe.isEdited) return { do: 'report-edited' }
  if (!isSent) return { do: 'report-taken-back' }
  // A draft whose totals differed is compared again when somebody asks.
  if (exportState.toldFailure === null && !exportState.owesAttachments)
    return { do: 'nothing', because: 'draft-in-poweroffice' }
  return { do: 'go-on' }
}

function planUnlinked({ isSent, isBeforeCutoff, isBegun, tribe }: Situation): Plan {
  if (!tribe) return { do: 'ask-poll' }
  if (isBeforeCutoff) return { do: 'nothing', because: 'sent-before' }
  // Sent once, and set back before anybody could note what was made of it: that may not be posted.
  if (!isSent) return isBegun ? { do: 'take-over' } : { do: 'nothing', because: 'not-sent' }
  return { do: isBegun ? 'look-then-make' : 'make' }
}

/** What PowerOffice says of the posting of an order (poweroffice/API.md §7.4). */
export interface PostingSituation {
  state: {
    isBeingProcessed: boolean
    isSent: boolean
    /** It has its number. What is delivered to nobody may never be said to be sent. */
    isPosted: boolean
    /** A fingerprint of what it says went wrong. */
    failure: string | null
  } | null
  /** Since posting was asked for; null: it was not, as far as we know. */
  askedMsAgo: number | null
  toldFailure: string | null
}

export type PostingPlan =
  | { do: 'note-posted' }
  /** It stands in the books, and did not reach the customer. */
  | { do: 'note-undelivered' }
  | { do: 'wait'; afterSeconds: number }
  | { do: 'give-up-waiting' }
  | { do: 'report-failure' }
  | { do: 'ask' }

/** A request that PowerOffice does not show after this long did not reach it. */
const SHOWS_MS = 10_000

export function planPosting({ state, askedMsAgo, toldFailure }: PostingSituation): PostingPlan {
  if (state?.isSent) return { do: 'note-posted' }
  if (state?.isBeingProcessed) {
    if (askedMsAgo !== null && askedMsAgo > DAY_MS) return { do: 'give-up-waiting' }
    return { do: 'wait', afterSeconds: pauseAfter(askedMsAgo ?? 0) }
  }
  const failure = state?.failure ?? null
  if (state?.isPosted) return { do: failure === null ? 'note-posted' : 'note-undelivered' }
  // Told once; whoever asks again after that wants another try.
  if (failure !== null && failure !== toldFailure) return { do: 'report-failure' }
  if (askedMsAgo === null) return { do: 'ask' }
  if (askedMsAgo < SHOWS_MS) return { do: 'wait', afterSeconds: 2 }
  return failure === null ? { do: 'ask' } : { do: 'report-failure' }
}

/** 1 s, 4 s, 10 s, then minutes (poweroffice/API.md §7.4). */
function pauseAfter(askedMsAgo: number): number {
  if (askedMsAgo < 1000) return 1
  if (askedMsAgo < 5000) return 4
  if (askedMsAgo < 15_000) return 10
  return askedMsAgo < 600_000 ? 60 : 300
}
