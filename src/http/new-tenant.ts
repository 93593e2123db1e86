import { connectionsIn } from '../db/connections'
import { openDatabase } from '../db/database'
import { TenantSettings } from '../db/settings'
import type { Env } from '../env'
import type { PowerOfficeProfile } from '../poweroffice/profile'
import { identityOf } from '../shared/identity'
import { newSecret, sha256 } from '../shared/secrets'
import type { TribeProfile } from '../tribe/profile'
import type { TribeSecret } from '../tribe/secret'
import { configure } from './connecting'
import { sealerOf } from './connections'
import { newTenantId } from './tenant-id'

interface Given {
  name: string
  /** What it is connected with from the beginning, where that was tried and is good. */
  tribe?: { secret: TribeSecret; profile: TribeProfile } | null
  powerOffice?: { clientKey: string; profile: PowerOfficeProfile }
}

/**
 * Makes a tenant; `held` when another one has one of its companies. That is one row, so of two who ask at once, or of
 * one who asks again after a lost answer, one alone makes it.
 */
export async function makeTenant(env: Env, { name, tribe = null, powerOffice }: Given) {
  const id = await newTenantId(env)
  const adminToken = newSecret()
  const sealer = sealerOf(env)
  const seal = (field: string, secret: string) => sealer.seal(`${id}:${field}`, secret)
  const books = powerOffice && {
    powerOffice: powerOffice.profile,
    powerOfficeClient: identityOf(powerOffice.profile.clientId),
    sealedClientKey: await seal('clientKey', powerOffice.clientKey),
  }
  const tenant = {
    id,
    name,
    state: 'setup' as const,
    createdAt: new Date().toISOString(),
    adminTokenHash: await sha256(adminToken),
    settings: TenantSettings.parse({}),
    tribe: tribe?.profile ?? null,
    tribeOrganization: identityOf(tribe?.profile.organizationId),
    sealedTribe: tribe ? await seal('tribe', JSON.stringify(tribe.secret)) : null,
    sealedFingerprintKey: await seal('fingerprintKey', newSecret()),
    sealedWebhookSecret: await seal('webhookSecret', newSecret()),
    ...books,
  }
  if ((await connectionsIn(openDatabase(env.DB)).insert(tenant)) === 'held') return 'held' as const
  await configure(env, id)
  return { tenant, adminToken }
}
