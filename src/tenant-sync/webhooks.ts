import { invoiceWebhooks } from '../invoices/changed'
import { drawLines } from '../pairs/line'
import { productWebhooks } from '../products/changed'
import { PRODUCT_POLL } from '../products/sweeps'
import { relationWebhooks } from '../relations/changed'
import { RELATION_POLLS } from '../relations/sweeps'
import { ApiError } from '../shared/errors'
import { forEachLimited } from '../shared/limit'
import { DONE, type Step, type SyncContext } from '../sync-step'

/** The header by which a delivery is known as Tribe's; its value is a random secret of the tenant (design 14). */
export const SECRET_HEADER = 'X-Relay-Secret'
const AT_ONCE = 4

/** The job `register-webhooks`: a kind that was switched on gets what activation would have given it. */
export const listen: Step = async (ctx) => {
  await drawLinesOf(ctx, { anew: false })
  await registerWebhooks(ctx)
  return DONE
}

/**
 * Makes sure that nothing that is made in Tribe from now on is missed: the line between old and new is drawn, and
 * Tribe's webhooks are registered. About thirty calls to Tribe, four at a time. A webhook that Tribe refuses is left
 * to the job, which tells of it: the poll stands in for it.
 */
export async function listenFromNow(ctx: SyncContext, { isFirst }: { isFirst: boolean }): Promise<void> {
  await drawLinesOf(ctx, { anew: isFirst })
  try {
    await registerWebhooks(ctx)
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.remedy !== 'data') throw thrown
    ctx.enqueue({ kind: 'register-webhooks', subject: '', lane: 'push' })
  }
}

const drawLinesOf = (ctx: SyncContext, how: { anew: boolean }): Promise<void> =>
  drawLines(
    ctx,
    [...RELATION_POLLS, PRODUCT_POLL].filter((polled) => polled.isOn(ctx)),
    how,
  )

/** Registers at Tribe what is missing there, and notes which webhook tells of which type. */
const registerWebhooks = (ctx: SyncContext): Promise<void> =>
  ctx.alone('webhooks', () => registerMissing(ctx))

async function registerMissing(ctx: SyncContext): Promise<void> {
  const { url, secret } = ctx.webhook
  const ours = (await ctx.tribe.webhooks()).filter((hook) => hook.url === url)
  const types = new Map(
    ours.flatMap((hook) => (hook.id && hook.entityType ? [[hook.id, hook.entityType]] : [])),
  )
  const wanted = [...relationWebhooks(ctx), ...productWebhooks(ctx), ...invoiceWebhooks(ctx)]
  const missing = wanted.filter((entityType) => !ours.some((hook) => hook.entityType === entityType))
  await forEachLimited(missing, AT_ONCE, async (entityType) => {
    const headers = [{ name: SECRET_HEADER, value: secret }]
    const made = await ctx.tribe.createWebhook({ entityType, webhookUrl: url, headers })
    if (made?.id) types.set(made.id, entityType)
  })
  ctx.cursors.set('webhooks', Object.fromEntries(types))
}

/** Takes our webhooks down at Tribe; others' stay. */
export async function removeWebhooks(ctx: Pick<SyncContext, 'tribe' | 'webhook'>): Promise<void> {
  for (const hook of await ctx.tribe.webhooks())
    if (hook.id && hook.url === ctx.webhook.url) await ctx.tribe.deleteWebhook(hook.id)
}
