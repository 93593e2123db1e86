import { tick } from './cron'
import type { Env } from './env'
import { app } from './http/app'
import { deliveries, isDelivery } from './http/deliveries'
import { applyRetention, NIGHTLY } from './nightly'

export { PowerOfficeGate } from './poweroffice/gate'
export { TenantSync } from './tenant-sync/tenant-sync'

export default {
  fetch: (request, env, execution) => (isDelivery(request) ? deliveries : app).fetch(request, env, execution),
  scheduled: async (event, env) => {
    try {
      await tick(env, event.cron)
    } finally {
      if (event.cron === NIGHTLY) await applyRetention(env, event.scheduledTime)
    }
  },
} satisfies ExportedHandler<Env>
