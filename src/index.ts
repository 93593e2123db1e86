import { tick } from './cron'
import type { Env } from './env'
import { app } from './http/app'

export { PowerOfficeGate } from './poweroffice/gate'
export { TenantSync } from './tenant-sync/tenant-sync'

export default {
  fetch: app.fetch,
  scheduled: (event, env) => tick(env, event.cron),
} satisfies ExportedHandler<Env>
