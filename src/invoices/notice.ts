import { DONE, type Step, type SyncContext } from '../sync-step'
import { type Guard, refusal } from './guards'

/**
 * What a person should know and nothing can mend: it stands among the problems until somebody sets it aside
 * by "try again", whatever is looked at meanwhile.
 */
export function giveNotice(ctx: SyncContext, tribeId: string, code: Guard): void {
  ctx.park({ kind: 'notice', subject: `tribe:${tribeId}`, lane: 'bulk' }, refusal(code))
}

/** What it told is not so any more. */
export const takeNotice = (ctx: SyncContext, tribeId: string): void =>
  ctx.settle('notice', [`tribe:${tribeId}`])

/** The job `notice`: somebody has set it aside. */
export const setAside: Step = async () => DONE
