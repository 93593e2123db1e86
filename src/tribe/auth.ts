import { callApi, shaped } from '../shared/api'
import { ApiError } from '../shared/errors'
import type { Token } from '../shared/tokens'
import { Token as TokenAnswer } from './schemas'
import type { ClientCredentials } from './secret'
import { type TribeBudget, UNLIMITED, withTurn } from './window'

export interface TokenOptions {
  authUrl: string
  fetch: typeof globalThis.fetch
  timeoutMs: number
  now: () => number
  /** Where the call waits for its turn; left out, it leaves at once. */
  budget?: TribeBudget
  /** Called right before a call leaves; throws when it may not leave any more. */
  mayWrite?: () => void
}

/** What Tribe gave: an access token, and a refresh token when `offline` was granted. */
export interface Granted {
  token: Token
  refreshToken: string | null
}

/** One call for tokens. Tribe reads the application's id and secret from the body alone (API.md §1.3). */
export async function askForTokens(
  { clientId, clientSecret }: ClientCredentials,
  form: Record<string, string>,
  { authUrl, fetch, timeoutMs, now, budget = UNLIMITED, mayWrite = () => undefined }: TokenOptions,
): Promise<Granted> {
  const call = {
    method: 'POST' as const,
    url: `${authUrl}/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...form, client_id: clientId, client_secret: clientSecret }).toString(),
  }
  let askedAt = now()
  const answer = await withTurn(budget, 'push', () => {
    askedAt = now()
    return callApi({ system: 'tribe', fetch, timeoutMs, mayWrite }, call)
  })
  const { access_token, expires_in, refresh_token } = shaped('tribe', TokenAnswer, answer.json)
  return {
    token: { value: access_token, expiresAt: askedAt + expires_in * 1000 },
    refreshToken: refresh_token ?? null,
  }
}

/**
 * Asks for an access token with client credentials (API.md §1.4). `offline` is not asked for: it makes
 * some applications fail. Throws `tribe.credentials_refused` (reconnect) when Tribe does not know them.
 */
export async function requestToken(credentials: ClientCredentials, options: TokenOptions): Promise<Token> {
  try {
    const form = { grant_type: 'client_credentials', scope: 'read write' }
    return (await askForTokens(credentials, form, options)).token
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.remedy === 'time') throw thrown
    const message =
      'Tribe does not accept the client id and secret. Copy them again from Configuration → Applications in Tribe and connect once more.'
    throw new ApiError('tribe.credentials_refused', 'reconnect', message, thrown.status, thrown.said)
  }
}
