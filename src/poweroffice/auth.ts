import { callApi, shaped } from '../shared/api'
import { ApiError } from '../shared/errors'
import type { Token } from '../shared/tokens'
import type { Gate } from './gate'
import { Token as TokenAnswer } from './schemas'

export interface PowerOfficeKeys {
  tokenUrl: string
  applicationKey: string
  subscriptionKey: string
  clientKey: string
}

/**
 * Asks for an access token with the client key (API.md §2). It counts against the budget like any
 * call. Throws `poweroffice.client_key_refused` (reconnect) when PowerOffice does not know the keys.
 */
export async function requestToken(
  keys: PowerOfficeKeys,
  {
    fetch,
    timeoutMs,
    gate,
    now,
  }: { fetch: typeof globalThis.fetch; timeoutMs: number; gate: Gate; now: () => number },
): Promise<Token> {
  await gate.turn()
  const askedAt = now()
  try {
    const answer = await callApi(
      { system: 'poweroffice', fetch, timeoutMs },
      {
        method: 'POST',
        url: keys.tokenUrl,
        headers: {
          authorization: `Basic ${btoa(`${keys.applicationKey}:${keys.clientKey}`)}`,
          'ocp-apim-subscription-key': keys.subscriptionKey,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: 'grant_type=client_credentials',
      },
    )
    const token = shaped('poweroffice', TokenAnswer, answer.json)
    return { value: token.access_token, expiresAt: askedAt + token.expires_in * 1000 }
  } catch (thrown) {
    if (!(thrown instanceof ApiError)) throw thrown
    if (thrown.status === 429) await gate.hold(Math.max(1, thrown.retryAfterSeconds ?? 1) * 1000)
    if (thrown.status !== 400 && thrown.status !== 401 && thrown.status !== 403) throw thrown
    const message =
      'PowerOffice does not accept the client key. Copy it again from Settings → Extensions in PowerOffice Go and connect once more.'
    throw new ApiError('poweroffice.client_key_refused', 'reconnect', message, thrown.status, thrown.said)
  }
}
