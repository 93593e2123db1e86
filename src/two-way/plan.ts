import type { LinkState } from '../db/links'
import { goneBy, type Reason } from '../shared/reasons'
import { SYSTEM, type System } from '../shared/sides'

/** The rules for a pair that is known, whatever kind it is of, read from the top: the first line that fits is what happens. */

type Nothing = { do: 'nothing'; because: Reason }
type Compared =
  /** Both sides are known: compare them field by field. */
  | { do: 'merge' }
  /** One side was gone and is there again, as far as this look shows: then the pair goes on where it was. */
  | { do: 'look-again' }

/** What a look at the CRM's record of a known pair leads to. */
export type KnownFromCrm =
  | Nothing
  | Compared
  /** The record is gone there: nothing is deleted on the other side (DESIGN.md §4.6). */
  | { do: 'detach'; gone: System }

/** What a look at the books' record of a known pair leads to; that one is gone, only a look by its id may say. */
export type KnownFromBooks = Nothing | Compared

/** What a plan for a known pair is called where it is told. */
export const reasonOfKnown = (plan: KnownFromCrm): Reason => {
  switch (plan.do) {
    case 'nothing':
      return plan.because
    case 'merge':
    case 'look-again':
      return 'compared'
    case 'detach':
      return `gone-in-${plan.gone}`
    default:
      return plan satisfies never
  }
}

type Known = Pick<LinkState, 'state'>

export function planKnownFromCrm(
  { state }: Known,
  { isThere, isAsLast }: { isThere: boolean; isAsLast: boolean },
): KnownFromCrm {
  if (state === 'forgotten') return { do: 'nothing', because: 'forgotten' }
  if (state !== 'linked') {
    // What is gone in the books is asked for again when somebody changes it in the CRM.
    const isNews = isThere && (state === `${SYSTEM.crm}-gone` || !isAsLast)
    return isNews ? { do: 'look-again' } : { do: 'nothing', because: goneBy(state) }
  }
  if (!isThere) return { do: 'detach', gone: SYSTEM.crm }
  return isAsLast ? { do: 'nothing', because: 'in-step' } : { do: 'merge' }
}

export function planKnownFromBooks(
  { state }: Known,
  { isStale, isAsLast }: { isStale: boolean; isAsLast: boolean },
): KnownFromBooks {
  if (state === 'forgotten') return { do: 'nothing', because: 'forgotten' }
  if (isStale) return { do: 'nothing', because: 'newer-known' }
  if (state === `${SYSTEM.books}-gone`) return { do: 'look-again' }
  if (state === `${SYSTEM.crm}-gone`)
    return isAsLast ? { do: 'nothing', because: goneBy(state) } : { do: 'look-again' }
  return isAsLast ? { do: 'nothing', because: 'in-step' } : { do: 'merge' }
}
