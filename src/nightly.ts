import { auditIn } from './db/audit'
import { connectionsIn } from './db/connections'
import { openDatabase } from './db/database'
import { hoursIn } from './db/hours'
import { endedSessionsIn } from './db/sessions'
import { tenantStatusesIn } from './db/tenant-statuses'
import { tenantsIn } from './db/tenants'
import { toldDriftsIn } from './db/told-drifts'
import type { Env } from './env'
import { forEachLimited, within } from './shared/limit'
import { log, logFault } from './shared/log'
import { tenantObject } from './tenant-object'

export const NIGHTLY = '30 2 * * *'

/** An object that is held up, by D1 perhaps, is left to it. */
const ANSWERS_WITHIN_MS = 5000
/** Lines of the audit trail are kept for 400 days. */
const AUDIT_KEPT_MS = 400 * 86_400_000
/** What was counted hour by hour, for 35. */
const HOURS_KEPT_MS = 35 * 86_400_000

/**
 * Lets every tenant's object forget what has grown old and seal anew what an older key sealed, at work or
 * not; and gives companies that no tenant holds to one that is connected to them. Never throws: what fails is tried again the next night.
 */
export async function applyRetention(env: Env, at: number): Promise<void> {
  const done = { tenants: 0, resealed: 0, failed: 0 }
  try {
    const sharing = await connectionsIn(openDatabase(env.DB)).settle()
    if (sharing > 0) log('companies-shared', { tenants: sharing })
    await endedSessionsIn(openDatabase(env.DB)).forgetBefore(at)
    await auditIn(openDatabase(env.DB)).forgetBefore(new Date(at - AUDIT_KEPT_MS).toISOString())
    await hoursIn(openDatabase(env.DB)).forgetBefore(new Date(at - HOURS_KEPT_MS).toISOString().slice(0, 13))
    const statuses = await tenantStatusesIn(openDatabase(env.DB)).all()
    const drifted = statuses.flatMap(({ tenantStatus }) => tenantStatus?.drifted ?? [])
    await toldDriftsIn(openDatabase(env.DB)).forgetAllBut(drifted)
    const ids = await tenantsIn(openDatabase(env.DB)).ids()
    done.tenants = ids.length
    await forEachLimited(ids, 6, async (id) => {
      try {
        done.resealed += await within(ANSWERS_WITHIN_MS, tenantObject(env, id).applyRetention(at))
      } catch (thrown) {
        done.failed++
        logFault('tidy-tenant', thrown, { tenantId: id })
      }
    })
    log('tidy', done)
  } catch (thrown) {
    logFault('tidy', thrown, done)
  }
}
