/** The two sides of a pair. What keeps them the same knows them by what they are for, and not by their makers' names. */
export type Side = 'crm' | 'books'
export const SIDES: readonly Side[] = ['crm', 'books']
export const otherSide = (side: Side): Side => (side === 'crm' ? 'books' : 'crm')

/** How a side is called in bases, subjects and the timeline: what older versions stored so is read by newer ones. */
export const STORED = { crm: 'tribe', books: 'powerOffice' } as const
export type StoredSide = (typeof STORED)[Side]

/** How a side is called where a link came apart, in settings, and by whoever asks the API. */
export const SYSTEM = { crm: 'tribe', books: 'poweroffice' } as const
export type System = (typeof SYSTEM)[Side]

/** How people call it. */
export const CALLED: Readonly<Record<Side, string>> = { crm: 'Tribe', books: 'PowerOffice' }

/** Which side the conflict policy of a tenant prefers; `newest`: whichever was changed last. */
export function preferredBy(policy: System | 'newest'): Side | 'newest' {
  if (policy === 'newest') return policy
  return policy === SYSTEM.crm ? 'crm' : 'books'
}
