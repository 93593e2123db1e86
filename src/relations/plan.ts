import type { LinkState } from '../db/links'

/** The rules (DESIGN.md §4.3, §4.6, §4.7), read from the top: the first line that fits is what happens. */

export type RelationPlan =
  | { do: 'nothing'; because: string }
  /** The record is gone on one side: nothing is deleted on the other (DESIGN.md §4.6). */
  | { do: 'detach'; gone: 'tribe' | 'poweroffice' }
  /** Both sides are known: compare them field by field. */
  | { do: 'merge' }
  /** One side was gone and is there again, as far as this look shows: then the pair goes on where it was. */
  | { do: 'look-again' }
  /** Tribe's own `ImportId` says which contact it is. */
  | { do: 'adopt'; powerOfficeId: string }
  /** An earlier run may have made it, or PowerOffice may know it by its number: look before making it. */
  | { do: 'look-then-create'; byNumber: string | null; byReference: boolean }
  | { do: 'create-in-poweroffice' }
  | { do: 'create-in-tribe' }
  | { do: 'link'; tribeId: string }
  | { do: 'report-ambiguous'; tribeIds: string[] }

export interface FromTribe {
  link: Pick<LinkState, 'state'> | null
  role: { importedFrom: string | null; isFormer: boolean; number: string | null } | null
  /** Tribe holds what it held when the pair was last in step. */
  isAsLast: boolean
  inDoubt: boolean
}

/** What a look at a record of Tribe leads to. */
export function planFromTribe(now: FromTribe): RelationPlan {
  if (now.link?.state === 'forgotten') return { do: 'nothing', because: 'an admin parted the two' }
  if (now.link && now.link.state !== 'linked') {
    if (!now.role) return { do: 'nothing', because: 'the link is detached' }
    // What is gone in PowerOffice is asked for again when somebody changes it in Tribe.
    const isNews = now.link.state === 'tribe-gone' || !now.isAsLast
    return isNews ? { do: 'look-again' } : { do: 'nothing', because: 'the link is detached' }
  }
  if (!now.role) return now.link ? { do: 'detach', gone: 'tribe' } : { do: 'nothing', because: 'it is gone' }
  if (now.link) return now.isAsLast ? { do: 'nothing', because: 'Tribe is as it was' } : { do: 'merge' }
  if (now.role.importedFrom) return { do: 'adopt', powerOfficeId: now.role.importedFrom }
  if (now.role.isFormer) return { do: 'nothing', because: 'it is a former relation' }
  const byNumber = now.role.number
  if (byNumber || now.inDoubt) return { do: 'look-then-create', byNumber, byReference: now.inDoubt }
  return { do: 'create-in-poweroffice' }
}

export interface FromPowerOffice {
  link: Pick<LinkState, 'state'> | null
  /** The row is older than what is known already. */
  isStale: boolean
  isAsLast: boolean
  /** What an admin decided in the preview. */
  decision: 'link' | 'create' | 'leave' | null
  /** PowerOffice itself does not show it any more. */
  isHidden: boolean
  /** Roles in Tribe that name this contact: by our reference or `ImportId`, and else by its number. */
  byId: string | null
  byNumber: string[]
  /** Whether it is the one of these is for a person to say. */
  isUnclear: boolean
}

/** What a row of PowerOffice's leads to: whether it is known already (DESIGN.md §4.3), in that order. */
export function planFromPowerOffice(now: FromPowerOffice): RelationPlan {
  if (now.link?.state === 'forgotten') return { do: 'nothing', because: 'an admin parted the two' }
  if (now.isStale) return { do: 'nothing', because: 'a newer state is known' }
  if (now.link?.state === 'poweroffice-gone') return { do: 'look-again' }
  if (now.link?.state === 'tribe-gone')
    return now.isAsLast ? { do: 'nothing', because: 'the link is detached' } : { do: 'look-again' }
  if (now.link) return now.isAsLast ? { do: 'nothing', because: 'PowerOffice is as it was' } : { do: 'merge' }
  if (now.decision === 'leave') return { do: 'nothing', because: 'an admin decided to leave it' }
  if (now.byId) return { do: 'link', tribeId: now.byId }
  if (now.isHidden) return { do: 'nothing', because: 'it is hidden in PowerOffice' }
  if (now.decision === 'create') return { do: 'create-in-tribe' }
  const [only, ...others] = now.byNumber
  if (only === undefined) return { do: 'create-in-tribe' }
  return now.isUnclear || others.length > 0
    ? { do: 'report-ambiguous', tribeIds: now.byNumber }
    : { do: 'link', tribeId: only }
}
