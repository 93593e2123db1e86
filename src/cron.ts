import { openDatabase } from './db/database'
import { tenantsIn } from './db/tenants'
import { type Env, settingsOf } from './env'
import { forEachLimited } from './shared/limit'
import { log, logFault } from './shared/log'
import type { JobRequest } from './sync-step'

/** Which tick asks for what, at every active tenant (spec §1). */
const SWEEPS: Readonly<Record<string, readonly Omit<JobRequest, 'lane' | 'subject'>[]>> = {
  '*/15 * * * *': [{ kind: 'pull-relations' }, { kind: 'pull-products' }, { kind: 'poll-tribe' }],
  '0 */4 * * *': [{ kind: 'pull-payments' }],
  '30 2 * * *': [{ kind: 'register-webhooks' }, { kind: 'watch-mappings' }, { kind: 'compare' }],
}

/** A tenant's tick costs PowerOffice about this many calls: their polls are spread over the quarter, not sent as a herd. */
const CALLS_A_TICK = 5
const LONGEST_SPREAD_S = 12 * 60

/** Wakes every active tenant, which also revives what was lost. One that fails does not keep the others waiting. */
export async function tick(env: Env, cron: string, tell = log): Promise<void> {
  const settings = settingsOf(env)
  const startedAt = Date.now()
  let failed = 0
  const ids = await tenantsIn(openDatabase(env.DB)).activeIds()
  const apartS = Math.min(
    CALLS_A_TICK / settings.POWEROFFICE_REQUESTS_PER_SECOND,
    LONGEST_SPREAD_S / Math.max(1, ids.length),
  )
  const numbered = ids.map((id, index) => ({ id, afterSeconds: Math.floor(index * apartS) }))
  await forEachLimited(numbered, 6, async ({ id, afterSeconds }) => {
    const requests = (SWEEPS[cron] ?? []).map(
      ({ kind }): JobRequest => ({ kind, subject: '', lane: 'bulk', afterSeconds }),
    )
    try {
      await env.TENANT_SYNC.getByName(id).enqueue(requests)
    } catch (thrown) {
      failed++
      logFault('wake', thrown, { tenantId: id, cron })
    }
  })
  tell('tick', { cron, tenants: ids.length, failed, ms: Date.now() - startedAt })
}
