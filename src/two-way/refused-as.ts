import type { LinkKind } from '../db/links'
import { SyncError } from '../shared/errors'
import { STORED } from '../shared/sides'
import { recordIn, recordSubject } from '../shared/subjects'
import type { SyncContext } from '../sync-step'
import { isAgain } from './rows'

/**
 * What was refused waits for a person, and not for the next poll: polls overlap, so a record that nobody touches is
 * listed again and again, and asking the books the same thing once more changes nothing.
 */

interface Changed {
  id: string
  /** When the CRM says that it was changed last. */
  changedAt: string | null
}

const nameOf = (id: string) => `refused-as:${id}` as const

/** It was refused when it was looked at last. */
export const wasRefused = (ctx: Pick<SyncContext, 'facts'>, id: string): boolean =>
  ctx.facts.get(nameOf(id)) !== null

/** Notes which state of a record of the CRM's it was that was refused; what was thrown is thrown on. */
export async function notingRefusal<T>(
  ctx: Pick<SyncContext, 'facts'>,
  { id, changedAt }: Changed,
  make: () => Promise<T>,
): Promise<T> {
  try {
    const made = await make()
    if (!isAgain(made) && wasRefused(ctx, id)) ctx.facts.remove(nameOf(id))
    return made
  } catch (thrown) {
    if (thrown instanceof SyncError && thrown.remedy === 'data') ctx.facts.set(nameOf(id), changedAt ?? '')
    throw thrown
  }
}

/** Tells of each record that a poll lists whether it stands among the problems, and is as it was when it was refused. */
export function refusedAmong(
  ctx: Pick<SyncContext, 'facts' | 'parkedOf'>,
  kind: LinkKind,
): (row: Changed) => boolean {
  const parked = new Set(ctx.parkedOf(kind))
  return ({ id, changedAt }) =>
    parked.has(recordSubject(STORED.crm, id)) && ctx.facts.get(nameOf(id)) === (changedAt ?? '')
}

/** Asks for another look at each that stands among the problems: the night's, since what the books refuse may be mended there. */
export function askForRefused(
  ctx: Pick<SyncContext, 'facts' | 'parkedOf' | 'enqueue'>,
  kind: LinkKind,
): void {
  for (const subject of ctx.parkedOf(kind)) {
    const { side, id } = recordIn(subject)
    if (side === STORED.crm && wasRefused(ctx, id)) ctx.enqueue({ kind, subject, lane: 'bulk' })
  }
}
