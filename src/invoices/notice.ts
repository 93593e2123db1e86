import { recordSubject } from '../shared/subjects'
import { DONE, type Step, type SyncContext } from '../sync-step'
import { type Guard, refusal } from './diagnose'

/**
 * What a person should know and nothing can mend: it stands among the problems until somebody sets it aside
 * by "try again", whatever is looked at meanwhile. Two of one invoice stand side by side.
 */
export function giveNotice(ctx: SyncContext, tribeId: string, code: Guard, detail = ''): void {
  ctx.park({ kind: 'notice', subject: subjectOf(tribeId, code), lane: 'bulk' }, refusal(code, detail))
}

const subjectOf = (tribeId: string, code: Guard) => recordSubject('tribe', tribeId, code)

/** It stands, and nobody has set it aside yet. */
export const isNoticed = (ctx: SyncContext, tribeId: string, code: Guard): boolean =>
  ctx.parkedOf('notice').includes(subjectOf(tribeId, code))

/** What it told is not so any more. */
export const takeNotice = (ctx: SyncContext, tribeId: string, code: Guard): void =>
  // Until December 2026 an invoice had one notice, whatever it told.
  ctx.settle('notice', [
    isNoticed(ctx, tribeId, code) ? subjectOf(tribeId, code) : recordSubject('tribe', tribeId),
  ])

/** The job `notice`: somebody has set it aside. */
export const setAside: Step = async () => DONE
