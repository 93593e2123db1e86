import { callApi, shaped } from '../shared/api'
import { ApiError } from '../shared/errors'
import type { Token } from '../shared/tokens'
import { Token as TokenAnswer } from './schemas'
import type { TribeSecret } from './secret'

/**
 * Asks for an access token with client credentials (tribe-api §1.4). `offline` is not asked for: it makes
 * some applications fail. Throws `tribe.credentials_refused` (reconnect) when Tribe does not know them.
 */
export async function requestToken(
  { clientId, clientSecret }: TribeSecret,
  {
    authUrl,
    fetch,
    timeoutMs,
    now,
  }: { authUrl: string; fetch: typeof globalThis.fetch; timeoutMs: number; now: () => number },
): Promise<Token> {
  const askedAt = now()
  const form = {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: 'read write',
  }
  try {
    const answer = await callApi(
      { system: 'tribe', fetch, timeoutMs },
      {
        method: 'POST',
        url: `${authUrl}/token`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(form).toString(),
      },
    )
    const token = shaped('tribe', TokenAnswer, answer.json)
    return { value: token.access_token, expiresAt: askedAt + token.expires_in * 1000 }
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.remedy === 'time') throw thrown
    const message =
      'Tribe does not accept the client id and secret. Copy them again from Configuration → Applications in Tribe and connect once more.'
    throw new ApiError('tribe.credentials_refused', 'reconnect', message, thrown.status, thrown.said)
  }
}
