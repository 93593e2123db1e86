import { openDatabase, watched } from '../db/database'
import { TenantSettings } from '../db/settings'
import { type Tenant, tenantsIn } from '../db/tenants'
import { type Env, settingsOf, tribeApplicationOf } from '../env'
import { requestToken as requestPowerOfficeToken } from '../poweroffice/auth'
import { createPowerOffice } from '../poweroffice/client'
import { createGate } from '../poweroffice/gate'
import { PowerOfficeProfile } from '../poweroffice/profile'
import { SyncError } from '../shared/errors'
import { createFingerprint } from '../shared/fingerprints'
import { createLimit } from '../shared/limit'
import { createSealer, sha256 } from '../shared/secrets'
import { createTokens } from '../shared/tokens'
import type { SyncContext } from '../sync-step'
import { createTribe } from '../tribe/client'
import { TribeProfile } from '../tribe/profile'
import { TribeSecret } from '../tribe/secret'
import { assemble, type TenantMemory } from './assemble'
import type { Job } from './jobs'
import { tokenStore, tribeTokens } from './tokens'

export interface TenantContext {
  tenant: Tenant
  /** Changes when the credentials do. */
  credentials: string
  /** What one invocation may ask for is nearly used up: the rest is left to the next (design 3). */
  isSpent: () => boolean
  contextFor: (job: Pick<Job, 'lane'>) => SyncContext
}

/** Of 10,000 subrequests and 1,000 queries; a call to PowerOffice is two, with its turn at the gate. */
const MOST_CALLS = 4000
const MOST_STATEMENTS = 600

/** Reads the tenant and opens its secrets; null when there is no such tenant (any more). */
export async function contextOf(
  env: Env,
  tenantId: string,
  held: TenantMemory,
): Promise<TenantContext | null> {
  const settings = settingsOf(env)
  const used = { calls: 0, statements: 0 }
  const db = openDatabase(watched(env.DB, () => used.statements++))
  const tenant = await tenantsIn(db).find(tenantId)
  if (!tenant) return null
  const sealer = createSealer(settings.SEALING_KEYS)
  const open = (field: string, sealed: string) => sealer.open(`${tenantId}:${field}`, sealed)
  if (!tenant.sealedTribe || !tenant.sealedClientKey) {
    throw new SyncError(
      'tenant.not_connected',
      'reconnect',
      'The tenant is not connected to both systems yet',
    )
  }
  const [tribeSecret, clientKey, fingerprintKey, webhookSecret] = await Promise.all([
    open('tribe', tenant.sealedTribe),
    open('clientKey', tenant.sealedClientKey),
    open('fingerprintKey', tenant.sealedFingerprintKey),
    open('webhookSecret', tenant.sealedWebhookSecret),
  ])
  const fingerprint = await createFingerprint(fingerprintKey)
  const tribeProfile = TribeProfile.parse(tenant.tribe)
  const gateName = (await sha256(settings.POWEROFFICE_SUBSCRIPTION_KEY)).slice(0, 16)
  const countedFetch: typeof fetch = (...request) => {
    used.calls++
    return fetch(...request)
  }
  const base = { fetch: countedFetch, timeoutMs: settings.CALL_TIMEOUT_MS, now: held.now }

  const tribe = createTribe({
    ...base,
    baseUrl: settings.TRIBE_API_URL,
    tokens: tribeTokens(
      TribeSecret.parse(JSON.parse(tribeSecret)),
      { ...base, authUrl: settings.TRIBE_AUTH_URL },
      { tenantId, sealedTribe: tenant.sealedTribe, application: tribeApplicationOf(settings), sealer, held },
    ),
    dialect: tribeProfile.dialect,
    limit: createLimit(4),
    notes: held.memory,
  })

  const powerOfficeOf = (lane: Job['lane']) => {
    const gate = createGate({
      namespace: env.POWEROFFICE_GATE,
      name: gateName,
      perSecond: settings.POWEROFFICE_REQUESTS_PER_SECOND,
      tenantId,
      lane,
    })
    const keys = {
      tokenUrl: settings.POWEROFFICE_TOKEN_URL,
      applicationKey: settings.POWEROFFICE_APPLICATION_KEY,
      subscriptionKey: settings.POWEROFFICE_SUBSCRIPTION_KEY,
      clientKey,
    }
    const store = tokenStore(
      held.cursors,
      sealer,
      `${tenantId}:poweroffice-token`,
      tenant.sealedClientKey ?? '',
    )
    return createPowerOffice({
      ...base,
      baseUrl: settings.POWEROFFICE_API_URL,
      subscriptionKey: settings.POWEROFFICE_SUBSCRIPTION_KEY,
      tokens: createTokens(store, () => requestPowerOfficeToken(keys, { ...base, gate }), held.now),
      gate,
      oneAtATime: held.oneAtATime,
    })
  }
  const powerOffice = { push: powerOfficeOf('push'), bulk: powerOfficeOf('bulk') }

  return {
    tenant,
    isSpent: () => used.calls >= MOST_CALLS || used.statements >= MOST_STATEMENTS,
    credentials: `${tenant.sealedTribe} ${tenant.sealedClientKey}`,
    contextFor: ({ lane }) =>
      assemble({
        ...{ tenantId, db, held, tribe, tribeProfile, fingerprint },
        settings: TenantSettings.parse(tenant.settings),
        powerOffice: powerOffice[lane],
        powerOfficeProfile: PowerOfficeProfile.parse(tenant.powerOffice),
        webhook: { url: `${settings.PUBLIC_URL}/webhooks/tribe/${tenantId}`, secret: webhookSecret },
      }),
  }
}
