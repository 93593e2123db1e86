import { type Env, isThisMachine, placed, settingsOf, tribeApplicationOf } from '../env'
import { requestToken as requestPowerOfficeToken } from '../poweroffice/auth'
import { createPowerOffice, type PowerOffice } from '../poweroffice/client'
import { createGate, gateUse } from '../poweroffice/gate'
import { finalizeOnboarding, initiateOnboarding, type OnboardingOptions } from '../poweroffice/onboarding'
import { type OnboardedClient, type PowerOfficeProfile, probePowerOffice } from '../poweroffice/profile'
import type { GateUse } from '../poweroffice/turns'
import { SyncError } from '../shared/errors'
import { createLimit } from '../shared/limit'
import { createSealer, type Sealer, sha256 } from '../shared/secrets'
import { createTokens, type Token, type TokenStore, type Tokens } from '../shared/tokens'
import { tenantObject } from '../tenant-object'
import { requestToken as requestTribeToken } from '../tribe/auth'
import { createTribe } from '../tribe/client'
import { consentUrl, exchangeCode } from '../tribe/consent'
import { PLAIN } from '../tribe/dialect'
import { probeTribe, type TribeProfile } from '../tribe/profile'
import type { ClientCredentials, TribeSecret } from '../tribe/secret'
import { sharedWindow, type TribeBudget, UNLIMITED } from '../tribe/window'

/** A connection is tried before it is kept: the front door's only calls to the two systems. */

export const sealerOf = (env: Env): Sealer => createSealer(settingsOf(env).SEALING_KEYS)

/** The window of a tenant's Tribe: what is tried takes its turns there, and rests with all other work. */
const windowOf = (env: Env, tenantId: string) => sharedWindow(tenantObject(env, tenantId), UNLIMITED)

/**
 * Throws `tribe.credentials_refused` (reconnect) when Tribe does not know the credentials. Without a tenant there is no
 * window yet that the calls could count in.
 */
export async function tryTribe(
  env: Env,
  credentials: ClientCredentials,
  tenantId: string | null,
): Promise<TribeProfile> {
  const budget = tenantId === null ? UNLIMITED : windowOf(env, tenantId)
  const request = () => requestTribeToken(credentials, { ...tokenOptions(env), budget })
  return probe(env, createTokens(noStore(), request, Date.now), budget)
}

/** Where a browser has to come back to from Tribe's consent page: registered with the application. */
const redirectUriOf = (env: Env) => `${settingsOf(env).PUBLIC_URL}/oauth/tribe/callback`

/** Gives the page where a user of Tribe is asked for consent; null when the operator has no application in Tribe. */
export function consentPage(env: Env): ((state: string) => string) | null {
  const settings = settingsOf(env)
  const application = tribeApplicationOf(settings)
  if (!application) return null
  const about = {
    authUrl: settings.TRIBE_AUTH_URL,
    clientId: application.clientId,
    redirectUri: redirectUriOf(env),
  }
  return (state) => consentUrl({ ...about, state })
}

/** Who it was that gave consent, and what there is to keep of it. */
export async function tryConsent(
  env: Env,
  code: string,
  tenantId: string,
): Promise<{ secret: TribeSecret; profile: TribeProfile }> {
  const application = tribeApplicationOf(settingsOf(env))
  if (!application) throw new Error('a consent came back, and there is no application')
  const about = { code, redirectUri: redirectUriOf(env) }
  const budget = windowOf(env, tenantId)
  const { token, refreshToken } = await exchangeCode(application, about, { ...tokenOptions(env), budget })
  const profile = await probe(env, { current: async () => token.value, drop: async () => {} }, budget)
  return { secret: { grantId: crypto.randomUUID(), refreshToken }, profile }
}

const baseOf = (env: Env) => ({
  fetch: fetch.bind(globalThis),
  timeoutMs: settingsOf(env).CALL_TIMEOUT_MS,
  now: Date.now,
})
const tokenOptions = (env: Env) => ({ ...baseOf(env), authUrl: settingsOf(env).TRIBE_AUTH_URL })

const probe = (env: Env, tokens: Tokens, budget: TribeBudget): Promise<TribeProfile> =>
  probeTribe(
    createTribe({
      ...baseOf(env),
      baseUrl: settingsOf(env).TRIBE_API_URL,
      tokens,
      dialect: PLAIN,
      limit: createLimit(4),
      budget,
    }),
  )

/** Throws `poweroffice.client_key_refused` (reconnect) when PowerOffice does not know the key. */
export const tryPowerOffice = async (
  env: Env,
  tenantId: string,
  clientKey: string,
): Promise<PowerOfficeProfile> => probePowerOffice(await powerOfficeOf(env, tenantId, clientKey))

/** Takes the integration out of the client; a key that is refused says that it is out already. */
export async function offboard(env: Env, tenantId: string, clientKey: string): Promise<void> {
  try {
    await (await powerOfficeOf(env, tenantId, clientKey)).removeIntegration()
  } catch (thrown) {
    const isOut =
      thrown instanceof SyncError &&
      ['poweroffice.client_key_refused', 'poweroffice.unauthorized'].includes(thrown.code)
    if (!isOut) throw thrown
  }
}

async function powerOfficeOf(env: Env, tenantId: string, clientKey: string): Promise<PowerOffice> {
  const settings = settingsOf(env)
  const base = baseOf(env)
  const gate = createGate({ ...(await gateOf(env)), tenantId, lane: 'push' })
  const keys = {
    tokenUrl: settings.POWEROFFICE_TOKEN_URL,
    applicationKey: settings.POWEROFFICE_APPLICATION_KEY,
    subscriptionKey: settings.POWEROFFICE_SUBSCRIPTION_KEY,
    clientKey,
  }
  const tokens = createTokens(noStore(), () => requestPowerOfficeToken(keys, { ...base, gate }), Date.now)
  return createPowerOffice({
    ...base,
    baseUrl: settings.POWEROFFICE_API_URL,
    subscriptionKey: settings.POWEROFFICE_SUBSCRIPTION_KEY,
    tokens,
    gate,
    oneAtATime: (run) => run(),
  })
}

/** PowerOffice's consent page for a tenant. Throws `poweroffice.unreadable_answer` when what it names is no web page. */
export async function onboardingPage(
  env: Env,
  tenantId: string,
  { state, organizationNumber }: { state: string; organizationNumber: string | null },
): Promise<string> {
  const redirectUri = `${settingsOf(env).PUBLIC_URL}/oauth/poweroffice/callback?state=${state}`
  const page = await initiateOnboarding(await onboardingOf(env, tenantId), {
    redirectUri,
    organizationNumber,
  })
  if (isWebPage(env, page)) return page
  throw new SyncError('poweroffice.unreadable_answer', 'time', 'PowerOffice named no page for its consent')
}

export const finalize = async (env: Env, tenantId: string, token: string): Promise<OnboardedClient[]> =>
  finalizeOnboarding(await onboardingOf(env, tenantId), token)

async function onboardingOf(env: Env, tenantId: string): Promise<OnboardingOptions> {
  const settings = settingsOf(env)
  return {
    ...baseOf(env),
    baseUrl: settings.POWEROFFICE_API_URL,
    applicationKey: settings.POWEROFFICE_APPLICATION_KEY,
    subscriptionKey: settings.POWEROFFICE_SUBSCRIPTION_KEY,
    gate: createGate({ ...(await gateOf(env)), tenantId, lane: 'push' }),
  }
}

/** By https; a relay on this machine may be led to a page on it. */
function isWebPage(env: Env, text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username } = new URL(text)
  const isHere = isThisMachine(hostname) && isThisMachine(new URL(settingsOf(env).PUBLIC_URL).hostname)
  return username === '' && (protocol === 'https:' || (protocol === 'http:' && isHere))
}

async function gateOf(env: Env) {
  const settings = settingsOf(env)
  return {
    namespace: placed(env, env.POWEROFFICE_GATE),
    name: (await sha256(settings.POWEROFFICE_SUBSCRIPTION_KEY)).slice(0, 16),
    perSecond: settings.POWEROFFICE_REQUESTS_PER_SECOND,
  }
}

/** How much of PowerOffice's budget is used right now. */
export const useOfGate = async (env: Env): Promise<GateUse> => gateUse(await gateOf(env))

function noStore(): TokenStore {
  let kept: Token | null = null
  return {
    get: async () => kept,
    async put(token) {
      kept = token
    },
  }
}
