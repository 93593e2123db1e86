import { tick } from './cron'
import type { Env } from './env'
import { app } from './http/app'
import { NIGHTLY, tidy } from './nightly'

export { PowerOfficeGate } from './poweroffice/gate'
export { TenantSync } from './tenant-sync/tenant-sync'

export default {
  fetch: app.fetch,
  scheduled: async (event, env) => {
    // What is old goes before the night's comparison may tell of it anew.
    if (event.cron === NIGHTLY) await tidy(env, event.scheduledTime)
    await tick(env, event.cron)
  },
} satisfies ExportedHandler<Env>
