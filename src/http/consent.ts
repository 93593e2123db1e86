import { createRoute, z } from '@hono/zod-openapi'
import { openDatabase } from '../db/database'
import { tenantsIn } from '../db/tenants'
import { tenantObject } from '../tenant-object'
import { keepTribe, refusable } from './connecting'
import { consentPage, tryConsent } from './connections'
import { HttpError } from './errors'
import { failing, forAnybody, forTenant, routes, TenantPath, tenantErrors } from './openapi'
import { isTenantId } from './tenant-id'

/** Tribe's consent screen and back, instead of client credentials. */
export const consent = routes()

const Location = z.object({ location: z.string().openapi({ description: 'Where the browser goes' }) })

const connect = createRoute({
  method: 'get',
  path: '/api/tenants/{id}/tribe/connect',
  summary: 'To Tribe’s consent page; what comes back counts once, within a quarter of an hour',
  ...forTenant('Connections'),
  request: { params: TenantPath },
  responses: {
    ...tenantErrors,
    302: { description: 'To Tribe', headers: Location },
    400: failing('tribe.application_missing'),
  },
})
consent.openapi(connect, async (c) => {
  const { id } = c.get('tenant')
  const pageFor = consentPage(c.env)
  if (!pageFor)
    throw new HttpError(
      400,
      'tribe.application_missing',
      'The relay has no application in Tribe: its operator has to set TRIBE_CLIENT_ID and TRIBE_CLIENT_SECRET. Until then, enter client credentials',
    )
  return c.redirect(pageFor(`${id}.${await tenantObject(c.env, id).beginConsent()}`), 302)
})

const callback = createRoute({
  method: 'get',
  path: '/oauth/tribe/callback',
  summary: 'Where Tribe sends the browser back to',
  ...forAnybody('Connections'),
  request: {
    query: z.looseObject({
      state: z.string().optional(),
      code: z.string().optional(),
      error: z.string().optional(),
    }),
  },
  responses: {
    302: { description: 'Connected: to the console', headers: Location },
    400: failing(
      ...['tribe.consent_state_unknown', 'tribe.consent_refused', 'tribe.consent_not_completed'],
      ...['tribe.consent_without_offline', 'tribe.application_refused', 'tribe.other_organization'],
      'tribe.organization_taken',
    ),
    503: failing('tribe.timeout', 'tribe.unreachable', 'relay.database_unavailable'),
  },
})
consent.openapi(callback, async (c) => {
  const { state = '', code, error } = c.req.valid('query')
  const [id = '', secret = ''] = state.split('.')
  // The state is what proves that an admin of this tenant has asked; there is no token here.
  const isAsked = (await isTenantId(c.env, id)) && (await tenantObject(c.env, id).takeConsent(secret))
  const tenant = isAsked ? await tenantsIn(openDatabase(c.env.DB)).find(id) : null
  if (!tenant)
    throw new HttpError(
      400,
      'tribe.consent_state_unknown',
      'Nobody has asked for this consent, or too long ago, or it came back before. Begin once more',
    )
  if (error !== undefined || !code)
    throw new HttpError(400, 'tribe.consent_refused', 'The consent was not given in Tribe')
  const { secret: kept, profile } = await refusable(() => tryConsent(c.env, code), 400)
  await keepTribe(c.env, tenant, kept, profile, 400)
  return c.redirect(`/console/tenants/${id}?connected=tribe`, 302)
})
