import type { LinkState } from '../db/links'

/** The rules for products (DESIGN.md §4.3, §4.6, §5.5), read from the top: the first line that fits is what happens. */

export type ProductPlan =
  | { do: 'nothing'; because: string }
  | { do: 'detach'; gone: 'tribe' | 'poweroffice' }
  | { do: 'merge' }
  /** One side was gone and is there again, as far as this look shows: then the pair goes on where it was. */
  | { do: 'look-again' }
  /** Tribe's own `ImportId` says which product it is. */
  | { do: 'adopt'; powerOfficeId: string }
  /** An earlier run may have made it: look before making it. */
  | { do: 'look-then-create' }
  | { do: 'create' }
  | { do: 'link' }
  /** It is gone in Tribe, and nobody knows whether PowerOffice made it. */
  | { do: 'look-whether-made' }
  /** It may be what we are making: the look at that product of Tribe's finds out. */
  | { do: 'ask-maker'; tribeId: string }

export interface FromTribe {
  link: Pick<LinkState, 'state'> | null
  product: { importedFrom: string | null; isInactive: boolean } | null
  isAsLast: boolean
  /** It was sent to PowerOffice, and how that ended is unknown. */
  inDoubt: boolean
}

export function planFromTribe(now: FromTribe): ProductPlan {
  if (now.link?.state === 'forgotten') return { do: 'nothing', because: 'an admin parted the two' }
  if (now.link && now.link.state !== 'linked') {
    if (!now.product) return { do: 'nothing', because: 'the link is detached' }
    // What is gone in PowerOffice is asked for again when somebody changes it in Tribe.
    const isNews = now.link.state === 'tribe-gone' || !now.isAsLast
    return isNews ? { do: 'look-again' } : { do: 'nothing', because: 'the link is detached' }
  }
  if (!now.product && now.inDoubt && !now.link) return { do: 'look-whether-made' }
  if (!now.product)
    return now.link ? { do: 'detach', gone: 'tribe' } : { do: 'nothing', because: 'it is gone' }
  if (now.link) return now.isAsLast ? { do: 'nothing', because: 'Tribe is as it was' } : { do: 'merge' }
  if (now.product.importedFrom) return { do: 'adopt', powerOfficeId: now.product.importedFrom }
  if (now.inDoubt) return { do: 'look-then-create' }
  return now.product.isInactive ? { do: 'nothing', because: 'it is inactive' } : { do: 'create' }
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

export function planFromPowerOffice(now: FromPowerOffice): ProductPlan {
  if (now.link?.state === 'forgotten') return { do: 'nothing', because: 'an admin parted the two' }
  if (now.isStale) return { do: 'nothing', because: 'a newer state is known' }
  if (now.link?.state === 'poweroffice-gone') return { do: 'look-again' }
  if (now.link?.state === 'tribe-gone')
    return now.isAsLast ? { do: 'nothing', because: 'the link is detached' } : { do: 'look-again' }
  if (now.link) return now.isAsLast ? { do: 'nothing', because: 'PowerOffice is as it was' } : { do: 'merge' }
  if (now.decision === 'leave') return { do: 'nothing', because: 'an admin decided to leave it' }
  if (now.match) return { do: 'link' }
  return now.maker ? { do: 'ask-maker', tribeId: now.maker } : { do: 'create' }
}
