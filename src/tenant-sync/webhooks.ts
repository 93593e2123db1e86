import { ApiError } from '../shared/errors'
import { forEachLimited } from '../shared/limit'
import { sha256 } from '../shared/secrets'
import { SLICES } from '../slices'
import { DONE, type Step, type SyncContext } from '../sync-step'
import { SECRET_HEADER } from '../tribe/webhook-signature'
import { setCutoffs } from '../two-way/cutoff'

const AT_ONCE = 4

/** The job `register-webhooks`: a kind that was switched on gets what activation would have given it. */
export const listen: Step = async (ctx) => {
  await setCutoffsOf(ctx, { anew: false })
  await registerWebhooks(ctx)
  return DONE
}

/**
 * Makes sure that nothing that is made in Tribe from now on is missed: the cutoff between old and new is set, and
 * Tribe's webhooks are registered. About thirty calls to Tribe, four at a time. A webhook that Tribe refuses is left
 * to the job, which tells of it: the poll stands in for it.
 */
export async function listenFromNow(ctx: SyncContext, { isFirst }: { isFirst: boolean }): Promise<void> {
  await setCutoffsOf(ctx, { anew: isFirst })
  try {
    await registerWebhooks(ctx)
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.remedy !== 'data') throw thrown
    ctx.enqueue({ kind: 'register-webhooks', subject: '', lane: 'push' })
  }
}

const setCutoffsOf = (ctx: SyncContext, how: { anew: boolean }): Promise<void> =>
  setCutoffs(
    ctx,
    SLICES.flatMap(({ together }) => together).filter((polled) => polled.isOn(ctx)),
    how,
  )

/** Registers at Tribe what is missing there, and notes which webhook tells of which type. */
const registerWebhooks = (ctx: SyncContext): Promise<void> =>
  ctx.withLock('webhooks', () => registerMissing(ctx))

const FORMER = 'webhooks-former'

/**
 * The job `renew-webhooks`: the secret is another one now. Those with the former secret are taken down first, as Tribe
 * is to have one for each type; the poll finds what happens meanwhile. Which ones they are is noted before, in case this
 * dies half-way.
 */
export const renewWebhooks: Step = async (ctx) => {
  await ctx.withLock('webhooks', async () => {
    const secretHash = await sha256(ctx.webhook.secret)
    const begun = ctx.facts.get(FORMER)
    const ours = await oursAt(ctx)
    const ids = begun?.secretHash === secretHash ? begun.ids : ours.map(({ id }) => id)
    ctx.facts.set(FORMER, { secretHash, ids })
    const former = ours.filter(({ id }) => ids.includes(id))
    await forEachLimited(former, AT_ONCE, ({ id }) => ctx.tribe.deleteWebhook(id))
    await registerMissing(ctx)
    ctx.facts.remove(FORMER)
  })
  ctx.enqueue({ kind: 'poll-tribe', subject: '', lane: 'push' })
  return DONE
}

/** Ours by its address; where a list does not tell that, by the id that it was registered under. */
async function oursAt({ tribe, webhook, facts }: Pick<SyncContext, 'tribe' | 'webhook' | 'facts'>) {
  const hooks = await tribe.webhooks()
  const noted = facts.get('webhooks') ?? {}
  return hooks.flatMap(({ id, url, entityType }) => {
    if (!id || !(url === null ? Object.hasOwn(noted, id) : isSameUrl(url, webhook.url))) return []
    return [{ id, entityType: entityType ?? noted[id] ?? null }]
  })
}

const isSameUrl = (one: string, other: string): boolean =>
  URL.canParse(one) && new URL(one).href === new URL(other).href

async function registerMissing(ctx: SyncContext): Promise<void> {
  const { url, secret } = ctx.webhook
  const ours = await oursAt(ctx)
  const types = new Map(ours.flatMap(({ id, entityType }) => (entityType ? [[id, entityType]] : [])))
  const wanted = SLICES.flatMap((slice) => slice.webhooks(ctx))
  const missing = wanted.filter((entityType) => !ours.some((hook) => hook.entityType === entityType))
  const refusals: ApiError[] = []
  await forEachLimited(missing, AT_ONCE, async (entityType) => {
    const headers = [{ name: SECRET_HEADER, value: secret }]
    try {
      const made = await ctx.tribe.createWebhook({ entityType, webhookUrl: url, headers })
      if (made?.id) types.set(made.id, entityType)
    } catch (thrown) {
      // Which types can be followed is not known: one that cannot is no reason to follow none (tribe/API.md §4.1).
      if (!(thrown instanceof ApiError) || thrown.remedy !== 'data') throw thrown
      refusals.push(thrown)
    }
  })
  ctx.facts.set('webhooks', Object.fromEntries(types))
  const [refused] = refusals
  if (refused) throw refused
}

/** Takes our webhooks down at Tribe; others' stay. */
export async function removeWebhooks(ctx: Pick<SyncContext, 'tribe' | 'webhook' | 'facts'>): Promise<void> {
  for (const { id } of await oursAt(ctx)) await ctx.tribe.deleteWebhook(id)
}
