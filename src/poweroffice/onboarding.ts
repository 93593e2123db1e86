import * as z from 'zod/v4'
import { type ApiSettings, callApi, shaped } from '../shared/api'
import { ApiError, SyncError } from '../shared/errors'
import type { ProblemCode } from '../shared/problems'
import type { Gate } from './gate'
import type { OnboardedClient } from './profile'

/**
 * PowerOffice's own consent page: a user of Go picks clients there and lets the integration in, instead of copying a key.
 * Initiate gives where the user goes; the browser comes back with a status and, if that is `Success`, with a token that
 * Finalize trades for client keys. No bearer token goes along; the calls count against the budget like any.
 */

export interface OnboardingOptions {
  baseUrl: string
  applicationKey: string
  subscriptionKey: string
  fetch: typeof fetch
  timeoutMs: number
  gate: Gate
}

const Initiated = z.object({ TemporaryUrl: z.string().max(4000) })
/** More than anybody picks at once. */
const MOST_CLIENTS = 500
const Finalized = z.object({
  OnboardedClientsInformation: z
    .array(
      z.object({
        ClientName: z.string().max(1000).nullish(),
        ClientOrganizationNumber: z.string().max(100).nullish(),
        ClientKey: z.string().min(1).max(200),
      }),
    )
    .max(MOST_CLIENTS)
    .nullish(),
})

/** Gives PowerOffice's page, good for a short time. With an organisation number, that client alone is offered there. */
export async function initiateOnboarding(
  options: OnboardingOptions,
  about: { redirectUri: string; organizationNumber: string | null },
): Promise<string> {
  const answer = await post(options, 'Initiate', {
    ApplicationKey: options.applicationKey,
    RedirectUri: about.redirectUri,
    ...(about.organizationNumber === null ? {} : { ClientOrganizationNo: about.organizationNumber }),
  }).catch(refusedAs('poweroffice.onboarding_unavailable', UNAVAILABLE))
  const { TemporaryUrl } = shaped('poweroffice', Initiated, answer)
  return TemporaryUrl
}

const UNAVAILABLE =
  'PowerOffice does not open its consent page for this relay: its operator has to have the return address PUBLIC_URL/oauth/poweroffice/callback allowed by go-api@poweroffice.no. Until then, enter the client key'

/** The clients that were picked. The token is good once: whatever goes wrong, a new consent is needed. */
export async function finalizeOnboarding(
  options: OnboardingOptions,
  token: string,
): Promise<OnboardedClient[]> {
  const answer = await post(options, 'Finalize', { OnboardingToken: token }).catch(
    refusedAs(
      'poweroffice.consent_not_completed',
      'PowerOffice does not take what came back from its consent page. Begin once more',
    ),
  )
  const { OnboardedClientsInformation } = shaped('poweroffice', Finalized, answer, true)
  const clients = (OnboardedClientsInformation ?? []).map(
    ({ ClientName, ClientOrganizationNumber, ClientKey }) => ({
      name: ClientName ?? '',
      organizationNumber: ClientOrganizationNumber ?? null,
      clientKey: ClientKey,
    }),
  )
  // One client twice would be a choice between the same.
  return [...new Map(clients.map((client) => [client.clientKey, client])).values()]
}

const TRIES_AFTER_429 = 3

async function post(options: OnboardingOptions, step: string, json: unknown): Promise<unknown> {
  const { fetch, timeoutMs, gate } = options
  const api: ApiSettings = { system: 'poweroffice', fetch, timeoutMs }
  for (let tries = 1; ; tries++) {
    await gate.turn()
    try {
      const answer = await callApi(api, {
        method: 'POST',
        url: `${options.baseUrl}/Onboarding/${step}`,
        headers: {
          'ocp-apim-subscription-key': options.subscriptionKey,
          'content-type': 'application/json',
        },
        body: JSON.stringify(json),
      })
      return answer.json
    } catch (thrown) {
      // A 429 was not executed: the token is as good as before.
      if (!(thrown instanceof ApiError) || thrown.status !== 429 || tries >= TRIES_AFTER_429) throw thrown
      await gate.hold(Math.max(1, thrown.retryAfterSeconds ?? 1) * 1000)
    }
  }
}

/** What time does not mend gets a code and words of its own: what PowerOffice says may hold the token. */
const refusedAs = (code: ProblemCode, message: string) => (thrown: unknown) => {
  if (thrown instanceof ApiError && thrown.remedy !== 'time') throw new SyncError(code, 'reconnect', message)
  throw thrown
}
