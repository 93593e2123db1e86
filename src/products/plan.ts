import type { LinkState } from '../db/links'
import type { Reason } from '../shared/reasons'
import type { System } from '../shared/sides'
import {
  type KnownFromBooks,
  type KnownFromCrm,
  planKnownFromBooks,
  planKnownFromCrm,
  reasonOfKnown,
} from '../two-way/plan'

/** The rules for products (DESIGN.md §4.3, §4.6, §5.5), read from the top: the first line that fits is what happens. */

/** What a look at a product of Tribe's leads to. */
export type PlanFromTribe =
  | KnownFromCrm
  /** Tribe's own `ImportId` says which product it is. */
  | { do: 'adopt'; powerOfficeId: string }
  /** An earlier run may have made it: look before making it. */
  | { do: 'look-then-create' }
  | { do: 'create' }
  /** It is gone in Tribe, and nobody knows whether PowerOffice made it. */
  | { do: 'look-whether-made' }

/** What a look at a product of PowerOffice's leads to. */
export type PlanFromPowerOffice =
  | KnownFromBooks
  | { do: 'link' }
  | { do: 'create' }
  /** It may be what we are making: the look at that product of Tribe's finds out. */
  | { do: 'ask-maker'; tribeId: string }

/** What a plan is called where it is told; `side`: where it would be made. */
export function reasonOf(plan: PlanFromTribe | PlanFromPowerOffice, side: System): Reason {
  switch (plan.do) {
    case 'adopt':
    case 'link':
      return 'tied'
    case 'look-then-create':
    case 'create':
      return `made-in-${side}`
    case 'look-whether-made':
      return 'unknown-in-tribe'
    case 'ask-maker':
      return 'another-look'
    default:
      return reasonOfKnown(plan)
  }
}

export interface FromTribe {
  link: Pick<LinkState, 'state'> | null
  product: { importedFrom: string | null; isInactive: boolean } | null
  isAsLast: boolean
  /** It was sent to PowerOffice, and how that ended is unknown. */
  inDoubt: boolean
}

export function planFromTribe({ link, product, isAsLast, inDoubt }: FromTribe): PlanFromTribe {
  if (link) return planKnownFromCrm(link, { isThere: product !== null, isAsLast })
  if (!product) return inDoubt ? { do: 'look-whether-made' } : { do: 'nothing', because: 'unknown-in-tribe' }
  if (product.importedFrom) return { do: 'adopt', powerOfficeId: product.importedFrom }
  if (inDoubt) return { do: 'look-then-create' }
  return product.isInactive ? { do: 'nothing', because: 'inactive' } : { do: 'create' }
}

export interface FromPowerOffice {
  link: Pick<LinkState, 'state'> | null
  isStale: boolean
  isAsLast: boolean
  /** The product in Tribe that carries this one's id; codes never tie products together (DESIGN.md §4.3). */
  match: string | null
  /** What an admin said of it in the preview. */
  decision: 'link' | 'create' | 'leave' | null
  /** A product of Tribe's that is being made in PowerOffice and is just like it. */
  maker: string | null
}

export function planFromPowerOffice(now: FromPowerOffice): PlanFromPowerOffice {
  if (now.link) return planKnownFromBooks(now.link, now)
  if (now.isStale) return { do: 'nothing', because: 'newer-known' }
  if (now.decision === 'leave') return { do: 'nothing', because: 'left-by-admin' }
  if (now.match) return { do: 'link' }
  return now.maker ? { do: 'ask-maker', tribeId: now.maker } : { do: 'create' }
}
