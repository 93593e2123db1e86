import type { KnownInvoice } from '../db/links'

/** What the nightly comparison makes of one invoice. Pure. */

/** What PowerOffice has under an id: a draft, or a posted invoice. */
export interface Found {
  /** In the invoice's currency. */
  total: number
  /** In the client's currency; null: a draft. */
  left: number | null
  /** In the client's currency. */
  posted: number
  isReversed: boolean
  currency: string
  /** One of its amounts cannot be: it counts, and is in no sum. */
  isUnreadable: boolean
}

const isSettledState = ({ settled }: KnownInvoice): boolean =>
  settled === 'paid' || settled === 'credited' || settled === 'written-off'

/** Nothing can become of it but what a sweep of payments tells: posted for good, and settled or reversed. */
export function isClosed(known: KnownInvoice): boolean {
  if (known.state !== 'linked' || known.isOwed) return false
  if (known.stage === 'reversed') return known.settled === null || known.settled === 'open'
  return known.stage === 'posted' && isSettledState(known)
}

/**
 * Whether PowerOffice says something else of its payments than was told in Tribe: the note of it was lost, it
 * was tied again since, or the telling was refused.
 */
export function isToldOtherwise(
  known: KnownInvoice,
  found: Found,
  { isPaidInTribe }: { isPaidInTribe: boolean },
): boolean {
  if (known.isOwed) return true
  if (found.isReversed)
    return known.stage !== 'reversed' || (known.settled !== null && known.settled !== 'open')
  if (known.stage === 'reversed' || found.left === null) return false
  const isSettled = found.left === 0
  if (isSettled !== isSettledState(known)) return true
  if (isSettled) return false
  const isPartlyPaid = Math.abs(found.left) < Math.abs(found.posted)
  if (isPartlyPaid !== (known.settled === 'partly-paid')) return true
  // Told as paid by us before the note of it was lost, or set so by a user: one look tells, and is noted.
  return known.settled === null && isPaidInTribe
}
