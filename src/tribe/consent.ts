import { ApiError, SyncError } from '../shared/errors'
import type { ProblemCode } from '../shared/problems'
import { askForTokens, type Granted, type TokenOptions } from './auth'
import type { ClientCredentials } from './secret'

/** A user of Tribe gives the operator's application access, on Tribe's own page (API.md §1.3). */

const SCOPE = 'read write offline'

/** Where the browser goes to be asked. */
export function consentUrl(given: {
  authUrl: string
  clientId: string
  redirectUri: string
  state: string
}): string {
  const url = new URL(`${given.authUrl}/auth`)
  url.searchParams.set('client_id', given.clientId)
  url.searchParams.set('redirect_uri', given.redirectUri)
  url.searchParams.set('state', given.state)
  url.searchParams.set('response_type', 'code')
  url.searchParams.set('scope', SCOPE)
  return url.toString()
}

/** What the code that the browser brought back is worth. Without a refresh token the access would end within the hour. */
export async function exchangeCode(
  application: ClientCredentials,
  { code, redirectUri }: { code: string; redirectUri: string },
  options: TokenOptions,
): Promise<Granted & { refreshToken: string }> {
  const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri }
  const { token, refreshToken } = await refusals(
    () => askForTokens(application, form, options),
    'tribe.consent_not_completed',
    'Tribe does not take the code that came back from its consent page. Begin once more',
  )
  if (refreshToken !== null) return { token, refreshToken }
  const message =
    'Tribe gave no refresh token: the application must be allowed the scope "offline". Mend that in Tribe, then begin once more'
  throw new SyncError('tribe.consent_without_offline', 'reconnect', message)
}

/**
 * New tokens for a refresh token, which ends with that: the new one is to be kept before anything is done
 * with the access token. Throws `tribe.consent_ended` (reconnect) when Tribe does not take it (any more).
 */
export function refreshTokens(
  application: ClientCredentials,
  refreshToken: string,
  options: TokenOptions,
): Promise<Granted> {
  return refusals(
    () => askForTokens(application, { grant_type: 'refresh_token', refresh_token: refreshToken }, options),
    'tribe.consent_ended',
    'The access that a user gave in Tribe has ended: somebody took it back, or the answer with the next key was lost. Connect Tribe once more',
  )
}

/** 401 speaks of the operator's application, the other refusals of what the user gave. */
async function refusals<T>(run: () => Promise<T>, code: ProblemCode, message: string): Promise<T> {
  try {
    return await run()
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.remedy === 'time') throw thrown
    if (thrown.status === 401) {
      const why =
        'Tribe does not accept the application of the relay: its operator has to mend TRIBE_CLIENT_ID and TRIBE_CLIENT_SECRET'
      throw new ApiError('tribe.application_refused', 'reconnect', why, thrown.status, thrown.said)
    }
    throw new ApiError(code, 'reconnect', message, thrown.status, thrown.said)
  }
}
