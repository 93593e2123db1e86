import type { TenantStatus } from '../db/tenant-statuses'
import * as z from './zod'

/** What the status of one tenant and that of all have in common. */

export const instant = z.string().nullable()
export const State = z.enum(['setup', 'initial-sync', 'active', 'paused', 'reconnect'])
export type State = z.infer<typeof State>
export const Counts = z.object({
  due: z.number(),
  waiting: z.number(),
  later: z.number().optional().openapi({ description: 'Only looked for again at leisure' }),
  parked: z.number(),
})
const Freshness = z.object({ lastSuccessAt: instant })
export const Streams = z.object({
  webhooks: z.object({ lastEventAt: instant, lastSuccessAt: instant }),
  relations: Freshness,
  products: Freshness,
  payments: Freshness,
})
export const HealthAnswer = z
  .object({
    state: z.enum(['healthy', 'unhealthy', 'idle']),
    ailments: z.array(
      z.object({
        code: z.string(),
        what: z.string().nullable(),
        count: z.number().nullable(),
        since: instant,
      }),
    ),
  })
  .openapi('Health')

export const NO_JOBS = { due: 0, waiting: 0, later: 0, parked: 0 }
export const NO_STREAMS = {
  webhooks: { lastEventAt: null, lastSuccessAt: null },
  relations: { lastSuccessAt: null },
  products: { lastSuccessAt: null },
  payments: { lastSuccessAt: null },
}

export function stateOf(state: 'setup' | 'active' | 'paused', tenantStatus: TenantStatus | null): State {
  if (state !== 'active') return state
  if (tenantStatus?.reconnect) return 'reconnect'
  return tenantStatus?.isLoading ? 'initial-sync' : 'active'
}
