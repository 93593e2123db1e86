import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { openDatabase } from '../db/database'
import { type Tenant, tenantsIn } from '../db/tenants'
import { type Env, settingsOf } from '../env'
import { newSecret, sha256 } from '../shared/secrets'
import { tenantObject } from '../tenant-object'
import { TribeProfile } from '../tribe/profile'
import { Consent } from '../tribe/secret'
import { type App, anyAdmin } from './admin-auth'
import { keepTribe, refusable, refuseTribe } from './connecting'
import { consentPage, sealerOf, tryConsent } from './connections'
import { HttpError } from './errors'
import * as examples from './examples'
import {
  body,
  failing,
  forAnybody,
  forTenantInTurn,
  inTurnErrors,
  json,
  operatorErrors,
  routes,
  TenantPath,
} from './openapi'
import { isTenantId } from './tenant-id'

/**
 * Tribe's consent screen and back, instead of client credentials. Whose Tribe it is that comes back is up to the person
 * at that screen: a link that is handed on would connect that person's company with the tenant of the one who sent it.
 * So a consent connects at once only in the browser that began it. Anywhere else it is held, and somebody who is
 * logged in for the tenant confirms it there, having read both names.
 */
export const consent = routes()

const Location = z.object({ location: z.string().openapi({ description: 'Where the browser goes' }) })

const isSecure = (env: Env) => settingsOf(env).PUBLIC_URL.startsWith('https:')
/** A browser takes the prefix only with https, for this host alone and for all of its paths. */
const cookieIn = (env: Env) => (isSecure(env) ? '__Host-relay_consent' : 'relay_consent')

/** As long as the state is. */
const GOOD_FOR_S = 15 * 60
/** What a consent that is held is sealed from. */
const Opened = z.object({ secret: Consent, profile: TribeProfile })

const connect = createRoute({
  method: 'get',
  path: '/api/tenants/{id}/tribe/connect',
  summary:
    'To Tribe’s consent page; what comes back counts once, within a quarter of an hour, and connects at once only where the cookie of this answer is',
  ...forTenantInTurn('Connections'),
  request: { params: TenantPath },
  responses: {
    ...inTurnErrors,
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
  const browser = newSecret()
  const state = await tenantObject(c.env, id).beginConsent(await sha256(browser))
  setCookie(c, cookieIn(c.env), browser, {
    path: '/',
    httpOnly: true,
    secure: isSecure(c.env),
    // Tribe's page leads back from another site, by a link.
    sameSite: 'Lax',
    maxAge: GOOD_FOR_S,
  })
  return c.redirect(pageFor(`${id}.${state}`), 302)
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
    302: {
      description:
        'Connected: to the console. In another browser than the one that began: to the page where it is confirmed',
      headers: Location,
    },
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
  // The state proves that an admin of this tenant has asked, and the cookie that it was in this browser.
  const browser = getCookie(c, cookieIn(c.env)) ?? ''
  const cameBack = (await isTenantId(c.env, id))
    ? await tenantObject(c.env, id).takeConsent(secret, browser)
    : null
  const tenant = cameBack ? await tenantsIn(openDatabase(c.env.DB)).find(id) : null
  if (!tenant) throw unknown()
  c.set('tenant', tenant)
  if (error !== undefined || !code)
    throw new HttpError(400, 'tribe.consent_refused', 'The consent was not given in Tribe')
  const { secret: kept, profile } = await refusable(() => tryConsent(c.env, code), 400)
  if (cameBack === 'here') {
    await keepTribe(c.env, tenant, kept, profile, 400)
    return c.redirect(`/console/tenants/${id}?connected=tribe`, 302)
  }
  await refuseTribe(c.env, tenant, profile)
  const sealed = await sealerOf(c.env).seal(`${id}:consent`, JSON.stringify({ secret: kept, profile }))
  const held = await tenantObject(c.env, id).holdConsent(sealed)
  return c.redirect(`/console/consent/${id}.${held}`, 302)
})

const Held = z.strictObject({
  consent: z.string().max(200).openapi({ description: 'From the address of the page where it is confirmed' }),
})
const Named = z
  .object({
    tenantId: z.string(),
    tenantName: z.string(),
    organizationName: z.string().openapi({ description: 'The company whose Tribe it is' }),
  })
  .openapi('HeldConsent')
export type HeldConsentAnswer = z.infer<typeof Named>

const forLoggedIn = {
  middleware: anyAdmin,
  security: [{ tenant: [] }, { operator: [] }],
  tags: ['Connections'],
  request: { body: body(Held, { consent: '3f6c1a52….kZ3v…' }) },
}
const notHeld = {
  400: failing('request.invalid', 'tribe.consent_state_unknown'),
  403: failing('tribe.consent_not_yours'),
}

const look = createRoute({
  method: 'post',
  path: '/api/consents',
  summary: 'Which two companies a consent would connect that came back to another browser',
  ...forLoggedIn,
  responses: { 200: json(Named, 'Both names', examples.heldConsent), ...operatorErrors, ...notHeld },
})
consent.openapi(look, async (c) => {
  const { tenant, secret } = await heldFor(c, c.req.valid('json').consent)
  const { profile } = await opened(c, tenant, (object) => object.lookAtConsent(secret))
  return c.json(answerOf(tenant, profile), 200)
})

const confirm = createRoute({
  method: 'post',
  path: '/api/consents/confirm',
  summary: 'Connects them',
  ...forLoggedIn,
  responses: {
    200: json(Named, 'Connected', examples.heldConsent),
    ...operatorErrors,
    ...notHeld,
    422: failing('tribe.other_organization', 'tribe.organization_taken'),
  },
})
consent.openapi(confirm, async (c) => {
  const { tenant, secret } = await heldFor(c, c.req.valid('json').consent)
  const { secret: kept, profile } = await opened(c, tenant, (object) => object.releaseConsent(secret))
  await keepTribe(c.env, tenant, kept, profile)
  return c.json(answerOf(tenant, profile), 200)
})

const answerOf = ({ id, name }: Tenant, { organizationName }: TribeProfile) => ({
  tenantId: id,
  tenantName: name,
  organizationName,
})

async function opened(
  c: Context<App>,
  { id }: Tenant,
  read: (object: ReturnType<typeof tenantObject>) => Promise<string | null>,
) {
  const sealed = await read(tenantObject(c.env, id))
  if (sealed === null) throw unknown()
  return Opened.parse(JSON.parse(await sealerOf(c.env).open(`${id}:consent`, sealed)))
}

/**
 * The tenant that a held consent is for, if it is the asker's. Otherwise it is dropped: whoever gave it was led
 * here by somebody else's link, and that somebody must not be able to confirm it after all.
 */
async function heldFor(c: Context<App>, given: string): Promise<{ tenant: Tenant; secret: string }> {
  const [id = '', secret = ''] = given.split('.')
  if (!(await isTenantId(c.env, id))) throw unknown()
  const own: Tenant | undefined = c.get('tenant')
  const tenant = own ?? (await tenantsIn(openDatabase(c.env.DB)).find(id))
  if (!tenant) throw unknown()
  if (tenant.id !== id) {
    await tenantObject(c.env, id).releaseConsent(secret)
    throw new HttpError(
      403,
      'tribe.consent_not_yours',
      'This consent is for a company that you are not logged in for',
    )
  }
  c.set('tenant', tenant)
  return { tenant, secret }
}

const unknown = () =>
  new HttpError(
    400,
    'tribe.consent_state_unknown',
    'Nobody has asked for this consent, or too long ago, or it came back before. Begin once more',
  )
