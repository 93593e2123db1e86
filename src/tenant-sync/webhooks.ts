import { invoiceWebhooks } from '../invoices/changed'
import { productWebhooks } from '../products/changed'
import { relationWebhooks } from '../relations/changed'
import { DONE, type Step, type SyncContext } from '../sync-step'

/** The header by which a delivery is known as Tribe's; its value is a random secret of the tenant (design 14). */
export const SECRET_HEADER = 'X-Relay-Secret'

/** Registers at Tribe what is missing there, and notes which webhook tells of which type. */
export const registerWebhooks: Step = async (ctx) => {
  const { url, secret } = ctx.webhook
  const ours = (await ctx.tribe.webhooks()).filter((hook) => hook.url === url)
  const types = new Map(
    ours.flatMap((hook) => (hook.id && hook.entityType ? [[hook.id, hook.entityType]] : [])),
  )
  for (const entityType of [...relationWebhooks(ctx), ...productWebhooks(ctx), ...invoiceWebhooks(ctx)]) {
    if (ours.some((hook) => hook.entityType === entityType)) continue
    const headers = [{ name: SECRET_HEADER, value: secret }]
    const made = await ctx.tribe.createWebhook({ entityType, webhookUrl: url, headers })
    if (made?.id) types.set(made.id, entityType)
  }
  ctx.cursors.set('webhooks', Object.fromEntries(types))
  return DONE
}

/** Takes our webhooks down at Tribe; others' stay. */
export async function removeWebhooks(ctx: Pick<SyncContext, 'tribe' | 'webhook'>): Promise<void> {
  for (const hook of await ctx.tribe.webhooks())
    if (hook.id && hook.url === ctx.webhook.url) await ctx.tribe.deleteWebhook(hook.id)
}
