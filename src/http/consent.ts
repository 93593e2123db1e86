import { createRoute } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { openDatabase } from '../db/database'
import { type Tenant, tenantsIn } from '../db/tenants'
import type { Env } from '../env'
import { OnboardedClient } from '../poweroffice/profile'
import { tenantObject } from '../tenant-object'
import { TribeProfile } from '../tribe/profile'
import { TribeSecret } from '../tribe/secret'
import { type App, anyAdmin } from './admin-auth'
import { keepPowerOffice, keepTribe, refusable, refuseTribe } from './connecting'
import { consentPage, sealerOf, tryConsent, tryPowerOffice } from './connections'
import { beginConsent, takeConsent } from './consent-browser'
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
import * as z from './zod'

/**
 * Tribe's consent screen and back, instead of client credentials. Whose Tribe it is that comes back is up to the person
 * at that screen: a link that is handed on would connect that person's company with the tenant of the one who sent it.
 * So a consent connects at once only in the browser that began it. Anywhere else it is held, and somebody who is
 * logged in for the tenant confirms it there, having read both names.
 */
export const consent = routes()

const Location = z.object({ location: z.string().openapi({ description: 'Where the browser goes' }) })

/** What a consent that is held is sealed from: access to one Tribe, or keys to the clients of PowerOffice that were picked. */
const Opened = z.union([
  z.object({ secret: TribeSecret, profile: TribeProfile }),
  z.object({ clients: z.array(OnboardedClient).min(1) }),
])
type Opened = z.infer<typeof Opened>

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
  const pageFor = consentPage(c.env)
  if (!pageFor)
    throw new HttpError(
      400,
      'tribe.application_missing',
      'The relay has no application in Tribe: its operator has to set TRIBE_CLIENT_ID and TRIBE_CLIENT_SECRET. Until then, enter client credentials',
    )
  return c.redirect(pageFor(await beginConsent(c, 'tribe')), 302)
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
  const cameBack = await takeConsent(c, 'tribe', state)
  if (!cameBack) throw unknown()
  const { tenant, isHere } = cameBack
  if (error !== undefined || !code)
    throw new HttpError(400, 'tribe.consent_refused', 'The consent was not given in Tribe')
  const { secret: kept, profile } = await refusable(() => tryConsent(c.env, code, tenant.id), 400)
  if (isHere) {
    await keepTribe(c.env, tenant, kept, profile, 400)
    return c.redirect(`/console/tenants/${tenant.id}?connected=tribe`, 302)
  }
  await refuseTribe(c.env, tenant, profile)
  const held = await hold(c.env, tenant.id, { secret: kept, profile })
  return c.redirect(`/console/consent/${tenant.id}.${held}`, 302)
})

/** Keeps what came back, sealed, until somebody confirms it; gives the secret by which it is found. */
export async function hold(env: Env, id: string, opened: Opened): Promise<string> {
  return tenantObject(env, id).holdConsent(await sealerOf(env).seal(`${id}:consent`, JSON.stringify(opened)))
}

const Held = z.strictObject({
  consent: z.string().max(200).openapi({ description: 'From the address of the page where it is confirmed' }),
})
const Named = z
  .object({
    tenantId: z.string(),
    tenantName: z.string(),
    system: z.enum(['tribe', 'powerOffice']),
    companies: z
      .array(z.object({ name: z.string(), organizationNumber: z.string().nullable() }))
      .openapi({ description: 'Which of its companies may be connected; of several, one is chosen' }),
  })
  .openapi('HeldConsent')
export type HeldConsentAnswer = z.infer<typeof Named>

const forLoggedIn = {
  middleware: anyAdmin,
  security: [{ tenant: [] }, { operator: [] }],
  tags: ['Connections'],
}
const held = { consent: '3f6c1a52….kZ3v…' }
const notHeld = {
  400: failing('request.invalid', 'tribe.consent_state_unknown'),
  403: failing('tribe.consent_not_yours'),
}

const look = createRoute({
  method: 'post',
  path: '/api/consents',
  summary: 'Which two companies a consent would connect that came back to another browser',
  ...forLoggedIn,
  request: { body: body(Held, held) },
  responses: { 200: json(Named, 'Both names', examples.heldConsent), ...operatorErrors, ...notHeld },
})
consent.openapi(look, async (c) => {
  const { tenant, secret } = await heldFor(c, c.req.valid('json').consent)
  return c.json(answerOf(tenant, await openedFor(c.env, tenant, secret)), 200)
})

const confirm = createRoute({
  method: 'post',
  path: '/api/consents/confirm',
  summary: 'Connects them',
  ...forLoggedIn,
  request: {
    body: body(
      Held.extend({
        choice: z
          .number()
          .int()
          .min(0)
          .optional()
          .openapi({ description: 'Of several `companies` the one that is meant, from 0' }),
      }),
      held,
    ),
  },
  responses: {
    200: json(Named, 'Connected', examples.heldConsent),
    ...operatorErrors,
    ...notHeld,
    422: failing(
      ...['tribe.other_organization', 'tribe.organization_taken', 'poweroffice.client_key_refused'],
      ...['poweroffice.other_client', 'poweroffice.client_taken', 'poweroffice.identity_unclear'],
    ),
    503: failing('poweroffice.timeout', 'poweroffice.unreachable', 'relay.database_unavailable'),
  },
})
consent.openapi(confirm, async (c) => {
  const { consent: given, choice } = c.req.valid('json')
  const { tenant, secret } = await heldFor(c, given)
  const held = await openedFor(c.env, tenant, secret)
  const answer = answerOf(tenant, held)
  if ('clients' in held) {
    const client = held.clients[choice ?? (held.clients.length === 1 ? 0 : -1)]
    if (!client)
      throw new HttpError(400, 'request.invalid', 'Say by `choice` which of the companies is meant')
    // PowerOffice may be away: the key is kept until it has been seen to be good.
    const profile = await refusable(() => tryPowerOffice(c.env, tenant.id, client.clientKey))
    await keepPowerOffice(c.env, tenant, client.clientKey, profile)
    await tenantObject(c.env, tenant.id).releaseConsent(secret)
  } else {
    // Good once, also for two who confirm it at the same time.
    if ((await tenantObject(c.env, tenant.id).releaseConsent(secret)) === null) throw unknown()
    await keepTribe(c.env, tenant, held.secret, held.profile)
  }
  return c.json(answer, 200)
})

const answerOf = ({ id, name }: Tenant, held: Opened): HeldConsentAnswer => ({
  tenantId: id,
  tenantName: name,
  ...('clients' in held
    ? {
        system: 'powerOffice',
        companies: held.clients.map((client) => ({
          name: client.name,
          organizationNumber: client.organizationNumber,
        })),
      }
    : {
        system: 'tribe',
        companies: [{ name: held.profile.organizationName, organizationNumber: null }],
      }),
})

/** What is held, as long as it is. */
export async function openedFor(env: Env, { id }: Tenant, secret: string): Promise<Opened> {
  const sealed = await tenantObject(env, id).lookAtConsent(secret)
  if (sealed === null) throw unknown()
  return Opened.parse(JSON.parse(await sealerOf(env).open(`${id}:consent`, sealed)))
}

/**
 * The tenant that a held consent is for, if it is the asker's. Otherwise it is dropped: whoever gave it was led
 * here by somebody else's link, and that somebody must not be able to confirm it after all.
 */
export async function heldFor(c: Context<App>, given: string): Promise<{ tenant: Tenant; secret: string }> {
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
