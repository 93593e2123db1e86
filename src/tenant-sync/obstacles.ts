import { invoiceObstacleOf } from '../invoices/by-hand'
import { productObstacleOf } from '../products/by-hand'
import { type Named, type Obstacle, obstacleOf } from '../relations/by-hand'
import type { RelationKind } from '../relations/kinds'
import type { SyncContext } from '../sync-step'

export type NamedKind = RelationKind | 'product' | 'invoice'
export type { Named, Obstacle }

/** What keeps work by hand from being done with these records; each slice knows its own. */
export async function obstacleFor(
  ctx: SyncContext | null,
  kind: NamedKind,
  named: Named,
): Promise<Obstacle | null> {
  if (!ctx) return 'not-in-tribe'
  if (kind === 'invoice') return invoiceObstacleOf(ctx, named)
  return kind === 'product' ? productObstacleOf(ctx, named) : obstacleOf(ctx, kind, named)
}
