import { type Env, settingsOf } from '../env'
import { requestToken as requestPowerOfficeToken } from '../poweroffice/auth'
import { createPowerOffice } from '../poweroffice/client'
import { createGate } from '../poweroffice/gate'
import { type PowerOfficeProfile, probePowerOffice } from '../poweroffice/profile'
import { createLimit } from '../shared/limit'
import { createSealer, type Sealer, sha256 } from '../shared/secrets'
import { createTokens, type Token, type TokenStore } from '../shared/tokens'
import { requestToken as requestTribeToken } from '../tribe/auth'
import { createTribe } from '../tribe/client'
import { PLAIN } from '../tribe/dialect'
import { probeTribe, type TribeProfile } from '../tribe/profile'
import type { TribeSecret } from '../tribe/secret'

/** A connection is tried before it is kept: the front door's only calls to the two systems. */

export const sealerOf = (env: Env): Sealer => createSealer(settingsOf(env).SEALING_KEYS)

/** Throws `tribe.credentials_refused` (reconnect) when Tribe does not know the credentials. */
export async function tryTribe(env: Env, secret: TribeSecret): Promise<TribeProfile> {
  const settings = settingsOf(env)
  const base = { fetch: fetch.bind(globalThis), timeoutMs: settings.CALL_TIMEOUT_MS, now: Date.now }
  const request = () => requestTribeToken(secret, { ...base, authUrl: settings.TRIBE_AUTH_URL })
  const tokens = createTokens(noStore(), request, Date.now)
  return probeTribe(
    createTribe({ ...base, baseUrl: settings.TRIBE_API_URL, tokens, dialect: PLAIN, limit: createLimit(4) }),
  )
}

/** Throws `poweroffice.client_key_refused` (reconnect) when PowerOffice does not know the key. */
export async function tryPowerOffice(
  env: Env,
  tenantId: string,
  clientKey: string,
): Promise<PowerOfficeProfile> {
  const settings = settingsOf(env)
  const base = { fetch: fetch.bind(globalThis), timeoutMs: settings.CALL_TIMEOUT_MS, now: Date.now }
  const gate = createGate({
    namespace: env.POWEROFFICE_GATE,
    name: (await sha256(settings.POWEROFFICE_SUBSCRIPTION_KEY)).slice(0, 16),
    perSecond: settings.POWEROFFICE_REQUESTS_PER_SECOND,
    tenantId,
    lane: 'push',
  })
  const keys = {
    tokenUrl: settings.POWEROFFICE_TOKEN_URL,
    applicationKey: settings.POWEROFFICE_APPLICATION_KEY,
    subscriptionKey: settings.POWEROFFICE_SUBSCRIPTION_KEY,
    clientKey,
  }
  const tokens = createTokens(noStore(), () => requestPowerOfficeToken(keys, { ...base, gate }), Date.now)
  return probePowerOffice(
    createPowerOffice({
      ...base,
      baseUrl: settings.POWEROFFICE_API_URL,
      subscriptionKey: settings.POWEROFFICE_SUBSCRIPTION_KEY,
      tokens,
      gate,
      oneAtATime: (run) => run(),
    }),
  )
}

function noStore(): TokenStore {
  let kept: Token | null = null
  return {
    get: async () => kept,
    async put(token) {
      kept = token
    },
  }
}
