import { createRoute } from '@hono/zod-openapi'
import type { Tenant } from '../db/tenants'
import type { Env } from '../env'
import type { OnboardedClient } from '../poweroffice/profile'
import { SyncError } from '../shared/errors'
import { keepPowerOffice, refusable, refusePowerOffice } from './connecting'
import { finalize, onboardingPage, tryPowerOffice } from './connections'
import { hold } from './consent'
import { beginConsent, takeConsent } from './consent-browser'
import { HttpError } from './errors'
import { failing, forAnybody, forTenantInTurn, inTurnErrors, routes, TenantPath } from './openapi'
import * as z from './zod'

/**
 * PowerOffice's consent page and back, instead of a client key. As with Tribe's, what comes back connects at once only
 * in the browser that began it; anywhere else, and where several clients were picked, somebody who is logged in for the
 * tenant confirms it, having read both names.
 */
export const consentPowerOffice = routes()

const Location = z.object({ location: z.string().openapi({ description: 'Where the browser goes' }) })

const connect = createRoute({
  method: 'get',
  path: '/api/tenants/{id}/poweroffice/connect',
  summary:
    'To PowerOffice’s consent page; what comes back counts once, within a quarter of an hour, and connects at once only where the cookie of this answer is',
  ...forTenantInTurn('Connections'),
  request: {
    params: TenantPath,
    query: z.object({
      organizationNumber: z
        .string()
        .regex(/^\d{9}$/)
        .optional()
        .openapi({ description: 'Offers this client alone' }),
    }),
  },
  responses: {
    ...inTurnErrors,
    302: { description: 'To PowerOffice', headers: Location },
    400: failing('request.invalid', 'poweroffice.onboarding_unavailable'),
    503: failing('poweroffice.timeout', 'poweroffice.unreachable', 'relay.database_unavailable'),
  },
})
consentPowerOffice.openapi(connect, async (c) => {
  const { organizationNumber = null } = c.req.valid('query')
  const state = await beginConsent(c, 'powerOffice')
  const page = await refusable(
    () => onboardingPage(c.env, c.get('tenant').id, { state, organizationNumber }),
    400,
  )
  return c.redirect(page, 302)
})

const callback = createRoute({
  method: 'get',
  path: '/oauth/poweroffice/callback',
  summary: 'Where PowerOffice sends the browser back to',
  ...forAnybody('Connections'),
  request: {
    query: z.looseObject({
      state: z.string().optional(),
      status: z.string().optional(),
      token: z.string().max(10_000).optional(),
    }),
  },
  responses: {
    302: {
      description:
        'Connected: to the console. In another browser than the one that began, or with several clients: to the page where it is confirmed',
      headers: Location,
    },
    400: failing(
      ...['poweroffice.consent_state_unknown', 'poweroffice.consent_refused'],
      ...['poweroffice.consent_client_not_found', 'poweroffice.consent_no_access'],
      ...['poweroffice.integration_blocked', 'poweroffice.consent_not_completed'],
      ...['poweroffice.other_client', 'poweroffice.client_taken', 'poweroffice.identity_unclear'],
    ),
    503: failing('poweroffice.timeout', 'poweroffice.unreachable', 'relay.database_unavailable'),
  },
})

/** What PowerOffice says of a consent that was not given. */
const STATUSES: Readonly<Record<string, readonly [code: string, message: string]>> = {
  canceled: ['poweroffice.consent_refused', 'The consent was not given in PowerOffice'],
  clientnotfound: [
    'poweroffice.consent_client_not_found',
    'PowerOffice knows no such client: check the organisation number',
  ],
  noclientaccess: [
    'poweroffice.consent_no_access',
    'Whoever logged in at PowerOffice may not add integrations to this client: an administrator may',
  ],
  integrationblocked: [
    'poweroffice.integration_blocked',
    'PowerOffice has blocked this integration: its operator asks go-api@poweroffice.no',
  ],
}
const NOT_COMPLETED = [
  'poweroffice.consent_not_completed',
  'What came back from PowerOffice’s consent page names no client. Begin once more',
] as const

consentPowerOffice.openapi(callback, async (c) => {
  const { state = '', status = '', token } = c.req.valid('query')
  const cameBack = await takeConsent(c, 'powerOffice', state)
  if (!cameBack)
    throw new HttpError(
      400,
      'poweroffice.consent_state_unknown',
      'Nobody has asked for this consent, or too long ago, or it came back before. Begin once more',
    )
  const { tenant, isHere } = cameBack
  if (status.toLowerCase() !== 'success')
    throw new HttpError(400, ...(STATUSES[status.toLowerCase()] ?? NOT_COMPLETED))
  if (!token) throw new HttpError(400, ...NOT_COMPLETED)
  const clients = await refusable(() => finalize(c.env, tenant.id, token), 400)
  const [only, ...others] = clients
  if (!only) throw new HttpError(400, ...NOT_COMPLETED)
  const isOver = others.length === 0 && (await connected(c.env, tenant, only, isHere))
  const next = isOver
    ? `/console/tenants/${tenant.id}?connected=poweroffice`
    : `/console/consent/${tenant.id}.${await hold(c.env, tenant.id, { clients })}`
  return c.redirect(next, 302)
})

/**
 * The one client is connected, where that needs no confirmation; what cannot be is refused before anybody is asked. The
 * token is used up by now: while PowerOffice does not answer, its key is held, and tried again by whoever confirms it.
 */
async function connected(
  env: Env,
  tenant: Tenant,
  { clientKey }: OnboardedClient,
  isHere: boolean,
): Promise<boolean> {
  try {
    const profile = await refusable(() => tryPowerOffice(env, tenant.id, clientKey), 400)
    if (isHere) await keepPowerOffice(env, tenant, clientKey, profile, 400)
    else await refusePowerOffice(env, tenant, profile)
    return isHere
  } catch (thrown) {
    if (thrown instanceof SyncError && thrown.code.startsWith('poweroffice.')) return false
    throw thrown
  }
}
