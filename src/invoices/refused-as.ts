import { SyncError } from '../shared/errors'
import { recordSubject } from '../shared/subjects'
import type { SyncContext } from '../sync-step'
import type { Invoice } from './invoice'

/**
 * An invoice that was refused waits for a person, and not for the next poll: polls overlap, so an invoice that nobody
 * touches is listed again and again, and asking PowerOffice the same thing once more changes nothing. The night tries again.
 */

const nameOf = (tribeId: string) => `refused-as:${tribeId}` as const

/** Notes which state of the invoice was refused. */
export async function notingRefusal<T>(
  ctx: SyncContext,
  { id, changedAt }: Pick<Invoice, 'id' | 'changedAt'>,
  make: () => Promise<T>,
): Promise<T> {
  try {
    const made = await make()
    if (ctx.facts.get(nameOf(id)) !== null) ctx.facts.remove(nameOf(id))
    return made
  } catch (thrown) {
    if (thrown instanceof SyncError && thrown.remedy === 'data') ctx.facts.set(nameOf(id), changedAt ?? '')
    throw thrown
  }
}

/** It stands among the problems, and is as it was when it was refused. `parked`: the subjects of all that do. */
export const isRefusedAs = (
  ctx: Pick<SyncContext, 'facts'>,
  { id, changedAt }: Pick<Invoice, 'id' | 'changedAt'>,
  parked: ReadonlySet<string>,
): boolean => parked.has(recordSubject('tribe', id)) && ctx.facts.get(nameOf(id)) === (changedAt ?? '')
