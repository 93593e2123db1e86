/** The real Worker, which also counts the statements that a tenant's object sends to D1. */
import { watched } from '../../../src/db/database'
import type { Env } from '../../../src/env'
import worker from '../../../src/index'
import { TenantSync as RealTenantSync } from '../../../src/tenant-sync/tenant-sync'

export { PowerOfficeGate } from '../../../src/poweroffice/gate'

const counts = { statements: 0, mostInAnAlarm: 0 }

export class TenantSync extends RealTenantSync {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, { ...env, DB: watched(env.DB, () => counts.statements++) })
  }
  override async alarm(): Promise<void> {
    const before = counts.statements
    await super.alarm()
    counts.mostInAnAlarm = Math.max(counts.mostInAnAlarm, counts.statements - before)
  }
}

export default {
  ...worker,
  fetch: (request, env, ctx) =>
    new URL(request.url).pathname === '/counts' ? Response.json(counts) : worker.fetch(request, env, ctx),
} satisfies ExportedHandler<Env>
