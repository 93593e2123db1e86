import { createRoute } from '@hono/zod-openapi'
import { openDatabase } from '../db/database'
import { TenantSettings } from '../db/settings'
import { type Tenant, tenantsIn } from '../db/tenants'
import type { Env } from '../env'
import { missingPrivileges, PowerOfficeProfile } from '../poweroffice/profile'
import { SyncError } from '../shared/errors'
import { newSecret, sha256 } from '../shared/secrets'
import { tenantObject } from '../tenant-object'
import { TribeProfile } from '../tribe/profile'
import { configure, keepPowerOffice, keepTribe, refusable, refusalOf } from './connecting'
import { offboard, sealerOf, tryPowerOffice, tryTribe } from './connections'
import { HttpError } from './errors'
import * as examples from './examples'
import { makeTenant } from './new-tenant'
import {
  ACCEPTED,
  Accepted,
  body,
  failing,
  forOperator,
  forTenant,
  forTenantInTurn,
  inTurnErrors,
  json,
  operatorErrors,
  routes,
  TenantPath,
  tenantErrors,
} from './openapi'
import * as z from './zod'

const Credentials = z
  .strictObject({ clientId: z.string().min(1), clientSecret: z.string().min(1) })
  .openapi('TribeCredentials')
const NewTenant = z
  .strictObject({
    name: z.string().trim().min(1).max(200),
    /** Left out, Tribe is connected later: by credentials, or by its consent page. */
    tribe: Credentials.optional(),
  })
  .openapi('NewTenant')
const TenantAnswer = z
  .object({
    id: z.string(),
    name: z.string(),
    state: z.string(),
    createdAt: z.string(),
    activatedAt: z.string().nullable(),
    connections: z
      .object({ tribe: z.string().nullable(), powerOffice: z.string().nullable() })
      .openapi({ description: 'What each system calls the company; null: not connected' }),
  })
  .openapi('Tenant')
const Missing = z.object({ privilege: z.string(), neededFor: z.string(), fix: z.string() })
const Connected = z
  .object({
    clientId: z.string(),
    clientName: z.string(),
    validPrivileges: z.array(z.string()),
    canSend: z.boolean(),
    missing: z.array(Missing),
  })
  .openapi('PowerOfficeConnection')
export type TenantAnswer = z.infer<typeof TenantAnswer>
export type NewTenantAnswer = TenantAnswer & { adminToken: string }

export const tenants = routes()

const create = createRoute({
  method: 'post',
  path: '/api/tenants',
  summary: 'Makes a tenant; its Tribe is tried at once, if it is given',
  ...forOperator('Tenants'),
  request: { body: body(NewTenant, { name: 'Fjordlys AS', tribe: examples.credentials }) },
  responses: {
    201: json(TenantAnswer.extend({ adminToken: z.string() }), 'Made; the admin token is shown this once', {
      ...examples.tenant,
      ...examples.adminToken,
    }),
    400: failing('request.invalid'),
    ...operatorErrors,
    422: failing('tribe.credentials_refused', 'tribe.organization_taken', 'tribe.identity_unclear'),
  },
})

tenants.openapi(create, async (c) => {
  const { name, tribe } = c.req.valid('json')
  const profile = tribe ? await refusable(() => tryTribe(c.env, tribe, null)) : null
  const made = await makeTenant(c.env, { name, tribe: tribe && profile ? { secret: tribe, profile } : null })
  if (made === 'held') throw refusalOf('tribe', 422, 'held')
  const { tenant, adminToken } = made
  c.set('about', tenant.id)
  return c.json({ ...answerOf({ ...tenant, activatedAt: null }), adminToken }, 201)
})

const list = createRoute({
  method: 'get',
  path: '/api/tenants',
  summary: 'All tenants',
  ...forOperator('Tenants'),
  responses: { 200: json(z.array(TenantAnswer), 'All tenants', [examples.tenant]), ...operatorErrors },
})
tenants.openapi(list, async (c) => c.json((await tenantsIn(openDatabase(c.env.DB)).all()).map(answerOf), 200))

const read = createRoute({
  method: 'get',
  path: '/api/tenants/{id}',
  summary: 'One tenant',
  ...forTenant('Tenants'),
  request: { params: TenantPath },
  responses: { 200: json(TenantAnswer, 'The tenant', examples.tenant), ...tenantErrors },
})
tenants.openapi(read, (c) => c.json(answerOf(c.get('tenant')), 200))

const remove = createRoute({
  method: 'delete',
  path: '/api/tenants/{id}',
  summary:
    'Takes the webhooks down and forgets the tenant; touches no record in Tribe or PowerOffice. With `offboard=true` the integration is taken out of the client in PowerOffice first',
  ...forTenant('Tenants'),
  request: {
    params: TenantPath,
    query: z.object({ offboard: z.enum(['true', 'false']).default('false') }),
  },
  responses: {
    204: { description: 'Forgotten' },
    ...tenantErrors,
    422: failing('poweroffice.offboarding_refused'),
    503: failing('poweroffice.timeout', 'poweroffice.unreachable', 'relay.database_unavailable'),
  },
})
tenants.openapi(remove, async (c) => {
  const tenant = c.get('tenant')
  if (c.req.valid('query').offboard === 'true') await leavePowerOffice(c.env, tenant)
  await tenantObject(c.env, tenant.id).retire()
  await tenantsIn(openDatabase(c.env.DB)).remove(tenant.id)
  return c.body(null, 204)
})

/** Only one write at a time is under way at a client: whatever the tenant's object does ends first. */
async function leavePowerOffice(env: Env, { id, state, sealedClientKey }: Tenant): Promise<void> {
  if (sealedClientKey === null) return
  const clientKey = await sealerOf(env).open(`${id}:clientKey`, sealedClientKey)
  await tenantObject(env, id).endWork()
  try {
    await offboard(env, id, clientKey)
  } catch (thrown) {
    // The tenant stays, and nothing of it is changed.
    await tenantObject(env, id).workAgain(state === 'paused')
    if (!(thrown instanceof SyncError) || thrown.remedy === 'time') throw thrown
    const message = 'PowerOffice does not let the relay take the integration out: remove it in PowerOffice Go'
    throw new HttpError(422, 'poweroffice.offboarding_refused', message)
  }
}

const connectPowerOffice = createRoute({
  method: 'put',
  path: '/api/tenants/{id}/poweroffice',
  summary: 'Connects PowerOffice; the client key is tried at once',
  ...forTenantInTurn('Tenants'),
  request: {
    params: TenantPath,
    body: body(z.strictObject({ clientKey: z.string().trim().min(1) }), {
      clientKey: 'c0ffee00-0000-4000-8000-000000000000',
    }),
  },
  responses: {
    200: json(Connected, 'Connected, and what is missing', examples.powerOffice),
    ...inTurnErrors,
    422: failing(
      ...['poweroffice.client_key_refused', 'poweroffice.other_client', 'poweroffice.client_taken'],
      'poweroffice.identity_unclear',
    ),
  },
})
tenants.openapi(connectPowerOffice, async (c) => {
  const { id } = c.get('tenant')
  const { clientKey } = c.req.valid('json')
  const profile = await refusable(() => tryPowerOffice(c.env, id, clientKey))
  await keepPowerOffice(c.env, c.get('tenant'), clientKey, profile)
  return c.json(connectionOf(profile, TenantSettings.parse(c.get('tenant').settings)), 200)
})

const connectTribe = createRoute({
  method: 'put',
  path: '/api/tenants/{id}/tribe',
  summary: 'Connects Tribe anew; the credentials are tried at once',
  ...forTenantInTurn('Tenants'),
  request: { params: TenantPath, body: body(Credentials, examples.credentials) },
  responses: {
    200: json(z.object({ organizationId: z.string(), organizationName: z.string() }), 'Connected', {
      organizationId: examples.tenant.id,
      organizationName: 'Fjordlys AS',
    }),
    ...inTurnErrors,
    422: failing(
      ...['tribe.credentials_refused', 'tribe.other_organization', 'tribe.organization_taken'],
      'tribe.identity_unclear',
    ),
  },
})
tenants.openapi(connectTribe, async (c) => {
  const secret = c.req.valid('json')
  const profile = await refusable(() => tryTribe(c.env, secret, c.get('tenant').id))
  await keepTribe(c.env, c.get('tenant'), secret, profile)
  return c.json({ organizationId: profile.organizationId, organizationName: profile.organizationName }, 200)
})

const rotate = createRoute({
  method: 'post',
  path: '/api/tenants/{id}/admin-token',
  summary: 'A new admin token; the old one ends',
  ...forTenant('Tenants'),
  request: { params: TenantPath },
  responses: {
    200: json(z.object({ adminToken: z.string() }), 'Shown this once', examples.adminToken),
    ...tenantErrors,
  },
})
tenants.openapi(rotate, async (c) => {
  const adminToken = newSecret()
  await tenantsIn(openDatabase(c.env.DB)).update(c.get('tenant').id, {
    adminTokenHash: await sha256(adminToken),
  })
  return c.json({ adminToken }, 200)
})

const rotateWebhookSecret = createRoute({
  method: 'post',
  path: '/api/tenants/{id}/webhook-secret',
  summary:
    'A new secret for the header of Tribe’s webhooks, which are registered anew with it; the old one counts for an hour',
  ...forTenantInTurn('Tenants'),
  request: { params: TenantPath },
  responses: { 202: json(Accepted, 'Begun', examples.accepted), ...inTurnErrors },
})
tenants.openapi(rotateWebhookSecret, async (c) => {
  const { id, state } = c.get('tenant')
  const sealedWebhookSecret = await sealerOf(c.env).seal(`${id}:webhookSecret`, newSecret())
  await tenantsIn(openDatabase(c.env.DB)).update(id, { sealedWebhookSecret })
  await configure(c.env, id)
  if (state !== 'setup')
    await tenantObject(c.env, id).enqueue([{ kind: 'renew-webhooks', subject: '', lane: 'push' }])
  return c.json(ACCEPTED, 202)
})

const signing = createRoute({
  method: 'put',
  path: '/api/tenants/{id}/tribe/signing-secrets',
  summary:
    'Secrets by which Tribe signs deliveries, as its webhook page shows them; replaces those entered before',
  ...forTenant('Tenants'),
  request: {
    params: TenantPath,
    body: body(z.strictObject({ secrets: z.array(z.string().min(1)).max(20) }), {
      secrets: ['as Tribe shows it'],
    }),
  },
  responses: {
    200: json(z.object({ count: z.number() }), 'How many are kept', { count: 1 }),
    ...tenantErrors,
  },
})
tenants.openapi(signing, async (c) => {
  const { id } = c.get('tenant')
  const { secrets } = c.req.valid('json')
  const sealer = sealerOf(c.env)
  const sealed = await Promise.all(secrets.map((secret) => sealer.seal(`${id}:signingSecret`, secret)))
  await tenantsIn(openDatabase(c.env.DB)).update(id, { sealedSigningSecrets: JSON.stringify(sealed) })
  await configure(c.env, id)
  return c.json({ count: secrets.length }, 200)
})

const connectionOf = (profile: PowerOfficeProfile, { invoices }: TenantSettings) => ({
  clientId: profile.clientId,
  clientName: profile.clientName,
  validPrivileges: profile.validPrivileges,
  canSend: profile.canSend,
  missing: missingPrivileges(profile, { vouchers: invoices.mode === 'voucher' }).map(
    ({ privilege, neededFor, fix }) => ({ privilege, neededFor, fix }),
  ),
})

const answerOf = (
  tenant: Pick<Tenant, 'id' | 'name' | 'state' | 'createdAt' | 'activatedAt'> &
    Partial<Pick<Tenant, 'tribe' | 'powerOffice' | 'sealedTribe' | 'sealedClientKey'>>,
) => ({
  id: tenant.id,
  name: tenant.name,
  state: tenant.state,
  createdAt: tenant.createdAt,
  activatedAt: tenant.activatedAt,
  connections: {
    tribe: tenant.sealedTribe ? (TribeProfile.safeParse(tenant.tribe).data?.organizationName ?? '') : null,
    powerOffice: tenant.sealedClientKey
      ? (PowerOfficeProfile.safeParse(tenant.powerOffice).data?.clientName ?? '')
      : null,
  },
})
