import { z } from '@hono/zod-openapi'
import { openDatabase } from '../db/database'
import { type Tenant, tenantsIn } from '../db/tenants'
import type { Env } from '../env'
import { SyncError } from '../shared/errors'
import { sha256 } from '../shared/secrets'
import type { TribeProfile } from '../tribe/profile'
import type { TribeSecret } from '../tribe/secret'
import { sealerOf } from './connections'
import { HttpError } from './errors'

/** What is done with a connection that was tried and is good. */

const TribeIdentity = z.object({ organizationId: z.string() })

/** Keeps how a tenant reaches its Tribe. A tenant stays with one Tribe: its links would mean nothing in another. */
export async function keepTribe(
  env: Env,
  tenant: Tenant,
  secret: TribeSecret,
  profile: TribeProfile,
  status: 400 | 422 = 422,
): Promise<void> {
  const before = TribeIdentity.safeParse(tenant.tribe).data
  if (before && before.organizationId !== profile.organizationId) {
    const message =
      'This is another Tribe than before: links of this tenant would point to records of the wrong one. Make a new tenant for it'
    throw new HttpError(status, 'tribe.other_organization', message)
  }
  const sealedTribe = await sealerOf(env).seal(`${tenant.id}:tribe`, JSON.stringify(secret))
  await tenantsIn(openDatabase(env.DB)).update(tenant.id, { sealedTribe, tribe: profile })
  await configure(env, tenant.id)
}

/** Tells the tenant's object what it has to know by itself. */
export async function configure(env: Env, id: string): Promise<void> {
  const tenant = await tenantsIn(openDatabase(env.DB)).find(id)
  if (!tenant) return
  const webhookSecret = await sealerOf(env).open(`${id}:webhookSecret`, tenant.sealedWebhookSecret)
  await env.TENANT_SYNC.getByName(id).configure({
    tenantId: id,
    webhookSecretHash: await sha256(webhookSecret),
    sealedSigningSecrets: z.array(z.string()).parse(JSON.parse(tenant.sealedSigningSecrets ?? '[]')),
  })
}

/** Refused credentials are the asker's to mend; silence of the other side is not. */
export async function refusable<T>(run: () => Promise<T>, status: 400 | 422 = 422): Promise<T> {
  try {
    return await run()
  } catch (thrown) {
    if (thrown instanceof SyncError && thrown.remedy !== 'time')
      throw new HttpError(status, thrown.code, thrown.message)
    throw thrown
  }
}
