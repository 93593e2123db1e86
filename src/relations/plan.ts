import type { LinkState } from '../db/links'
import type { Reason } from '../shared/reasons'
import {
  type KnownFromBooks,
  type KnownFromCrm,
  planKnownFromBooks,
  planKnownFromCrm,
  reasonOfKnown,
} from '../two-way/plan'

/** The rules (DESIGN.md §4.3, §4.6, §4.7), read from the top: the first line that fits is what happens. */

/** What a look at a record of Tribe's leads to. */
export type PlanFromTribe =
  | KnownFromCrm
  /** Tribe's own `ImportId` says which contact it is. */
  | { do: 'adopt'; powerOfficeId: string }
  /** An earlier run may have made it, or PowerOffice may know it by its number: look before making it. */
  | { do: 'look-then-create'; byNumber: string | null; byReference: boolean }
  | { do: 'create-in-poweroffice' }

/** What a row of PowerOffice's leads to. */
export type PlanFromPowerOffice =
  | KnownFromBooks
  | { do: 'link'; tribeId: string }
  | { do: 'report-ambiguous'; tribeIds: string[] }
  | { do: 'create-in-tribe' }

/** What a plan is called where it is told. */
export function reasonOf(plan: PlanFromTribe | PlanFromPowerOffice): Reason {
  switch (plan.do) {
    case 'adopt':
    case 'link':
      return 'tied'
    // It waits for a person, as a problem.
    case 'report-ambiguous':
      return 'another-look'
    case 'look-then-create':
    case 'create-in-poweroffice':
      return 'made-in-poweroffice'
    case 'create-in-tribe':
      return 'made-in-tribe'
    default:
      return reasonOfKnown(plan)
  }
}

export interface FromTribe {
  link: Pick<LinkState, 'state'> | null
  role: { importedFrom: string | null; isFormer: boolean; number: string | null } | null
  /** Tribe holds what it held when the pair was last in step. */
  isAsLast: boolean
  inDoubt: boolean
}

export function planFromTribe({ link, role, isAsLast, inDoubt }: FromTribe): PlanFromTribe {
  if (link) return planKnownFromCrm(link, { isThere: role !== null, isAsLast })
  if (!role) return { do: 'nothing', because: 'unknown-in-tribe' }
  if (role.importedFrom) return { do: 'adopt', powerOfficeId: role.importedFrom }
  if (role.isFormer) return { do: 'nothing', because: 'former' }
  const byNumber = role.number
  if (byNumber || inDoubt) return { do: 'look-then-create', byNumber, byReference: inDoubt }
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
  /** The same of the organisation that has the contact's other role. */
  isOtherUnclear: boolean
}

/** Whether it is known already (DESIGN.md §4.3), in that order. */
export function planFromPowerOffice(now: FromPowerOffice): PlanFromPowerOffice {
  if (now.link) return planKnownFromBooks(now.link, now)
  if (now.isStale) return { do: 'nothing', because: 'newer-known' }
  if (now.decision === 'leave') return { do: 'nothing', because: 'left-by-admin' }
  if (now.byId) return { do: 'link', tribeId: now.byId }
  if (now.isHidden) return { do: 'nothing', because: 'hidden-in-poweroffice' }
  if (now.decision === 'create') return { do: 'create-in-tribe' }
  return planByNumber(now)
}

function planByNumber({ byNumber, isUnclear, isOtherUnclear }: FromPowerOffice): PlanFromPowerOffice {
  const [only, ...others] = byNumber
  if (only === undefined)
    return isOtherUnclear ? { do: 'report-ambiguous', tribeIds: [] } : { do: 'create-in-tribe' }
  if (isUnclear || others.length > 0) return { do: 'report-ambiguous', tribeIds: byNumber }
  return { do: 'link', tribeId: only }
}
