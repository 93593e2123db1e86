import type { LinkKind } from '../db/links'
import type { Named, Obstacle } from '../relations/by-hand'
import { sliceOf } from '../slices'
import type { SyncContext } from '../sync-step'

export type { Named, Obstacle }

/** What keeps work by hand from being done with these records; each slice knows its own. */
export async function obstacleFor(
  ctx: SyncContext | null,
  kind: LinkKind,
  named: Named,
): Promise<Obstacle | null> {
  if (!ctx) return 'not-in-tribe'
  return sliceOf(kind)?.obstacleOf(ctx, kind, named) ?? null
}
