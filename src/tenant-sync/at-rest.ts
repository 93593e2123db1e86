import type { Tenant } from '../db/tenants'
import type { Facts } from '../sync-step'
import type { Jobs } from './jobs'
import { undosIn } from './undo/store'

/**
 * The one kind of job that runs while a tenant is set up or paused, or while its first load is taken back; null: none
 * does, or all do where it is at work. What a person asked to be worked out writes nothing, and is worked out at rest, too.
 */
export function onlyJobOf(
  state: Tenant['state'] | undefined,
  { jobs, facts, now }: { jobs: Pick<Jobs, 'nextDueAt'>; facts: Facts; now: () => number },
): 'undo' | 'undo-preview' | 'preview' | null {
  const undo = undosIn({ facts, now }).job(state === 'paused')
  if (undo !== null) return undo
  const isPreviewed = state === 'paused' && jobs.nextDueAt('preview') !== null
  return state === 'setup' || isPreviewed ? 'preview' : null
}
