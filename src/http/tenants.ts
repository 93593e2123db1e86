import { createRoute, z } from '@hono/zod-openapi'
import { openDatabase } from '../db/database'
import { mappingsOf } from '../db/mappings'
import { TenantSettings } from '../db/settings'
import { type Tenant, tenantsIn } from '../db/tenants'
import type { Env } from '../env'
import { missingPrivileges, type PowerOfficeProfile } from '../poweroffice/profile'
import type { Failure } from '../shared/errors'
import { newSecret, sha256 } from '../shared/secrets'
import { operatorOnly, tenantAdmin } from './admin-auth'
import { checklistOf, type Mapped, needsLookups } from './checklist'
import { configure, keepTribe, refusable } from './connecting'
import { sealerOf, tryPowerOffice, tryTribe } from './connections'
import { HttpError } from './errors'
import { ACCEPTED, Accepted, body, ErrorAnswer, json, routes, TenantPath, tenantErrors } from './openapi'

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
const Checklist = z
  .array(z.object({ step: z.string(), ok: z.boolean(), message: z.string() }))
  .openapi('Checklist')

export const tenants = routes()

const create = createRoute({
  method: 'post',
  path: '/api/tenants',
  summary: 'Makes a tenant; its Tribe is tried at once, if it is given',
  middleware: operatorOnly,
  request: { body: body(NewTenant) },
  responses: {
    201: json(TenantAnswer.extend({ adminToken: z.string() }), 'Made; the admin token is shown this once'),
    400: tenantErrors[400],
    401: tenantErrors[401],
    422: json(ErrorAnswer, '`tribe.credentials_refused`'),
  },
})

tenants.openapi(create, async (c) => {
  const { name, tribe } = c.req.valid('json')
  const profile = tribe ? await refusable(() => tryTribe(c.env, tribe)) : null
  const id = crypto.randomUUID()
  const adminToken = newSecret()
  const sealer = sealerOf(c.env)
  const webhookSecret = newSecret()
  const tenant = {
    id,
    name,
    state: 'setup' as const,
    createdAt: new Date().toISOString(),
    adminTokenHash: await sha256(adminToken),
    settings: TenantSettings.parse({}),
    tribe: profile,
    sealedTribe: tribe ? await sealer.seal(`${id}:tribe`, JSON.stringify(tribe)) : null,
    sealedFingerprintKey: await sealer.seal(`${id}:fingerprintKey`, newSecret()),
    sealedWebhookSecret: await sealer.seal(`${id}:webhookSecret`, webhookSecret),
  }
  await tenantsIn(openDatabase(c.env.DB)).insert(tenant)
  await configure(c.env, id)
  return c.json({ ...answerOf({ ...tenant, activatedAt: null }), adminToken }, 201)
})

const list = createRoute({
  method: 'get',
  path: '/api/tenants',
  summary: 'All tenants',
  middleware: operatorOnly,
  responses: { 200: json(z.array(TenantAnswer), 'All tenants'), 401: tenantErrors[401] },
})
tenants.openapi(list, async (c) => c.json((await tenantsIn(openDatabase(c.env.DB)).all()).map(answerOf), 200))

const read = createRoute({
  method: 'get',
  path: '/api/tenants/{id}',
  summary: 'One tenant',
  middleware: tenantAdmin,
  request: { params: TenantPath },
  responses: { 200: json(TenantAnswer, 'The tenant'), ...tenantErrors },
})
tenants.openapi(read, (c) => c.json(answerOf(c.get('tenant')), 200))

const remove = createRoute({
  method: 'delete',
  path: '/api/tenants/{id}',
  summary: 'Takes the webhooks down and forgets the tenant; touches no record in Tribe or PowerOffice',
  middleware: tenantAdmin,
  request: { params: TenantPath },
  responses: { 204: { description: 'Forgotten' }, ...tenantErrors },
})
tenants.openapi(remove, async (c) => {
  const { id } = c.get('tenant')
  await c.env.TENANT_SYNC.getByName(id).retire()
  await tenantsIn(openDatabase(c.env.DB)).remove(id)
  return c.body(null, 204)
})

const connectPowerOffice = createRoute({
  method: 'put',
  path: '/api/tenants/{id}/poweroffice',
  summary: 'Connects PowerOffice; the client key is tried at once',
  middleware: tenantAdmin,
  request: { params: TenantPath, body: body(z.strictObject({ clientKey: z.string().trim().min(1) })) },
  responses: {
    200: json(Connected, 'Connected, and what is missing'),
    ...tenantErrors,
    422: json(ErrorAnswer, '`poweroffice.client_key_refused`'),
  },
})
tenants.openapi(connectPowerOffice, async (c) => {
  const { id } = c.get('tenant')
  const { clientKey } = c.req.valid('json')
  const profile = await refusable(() => tryPowerOffice(c.env, id, clientKey))
  const sealedClientKey = await sealerOf(c.env).seal(`${id}:clientKey`, clientKey)
  await tenantsIn(openDatabase(c.env.DB)).update(id, { sealedClientKey, powerOffice: profile })
  await configure(c.env, id)
  return c.json(connectionOf(profile), 200)
})

const connectTribe = createRoute({
  method: 'put',
  path: '/api/tenants/{id}/tribe',
  summary: 'Connects Tribe anew; the credentials are tried at once',
  middleware: tenantAdmin,
  request: { params: TenantPath, body: body(Credentials) },
  responses: {
    200: json(z.object({ organizationId: z.string(), organizationName: z.string() }), 'Connected'),
    ...tenantErrors,
    422: json(ErrorAnswer, '`tribe.credentials_refused`, or `tribe.other_organization`'),
  },
})
tenants.openapi(connectTribe, async (c) => {
  const secret = c.req.valid('json')
  const profile = await refusable(() => tryTribe(c.env, secret))
  await keepTribe(c.env, c.get('tenant'), secret, profile)
  return c.json({ organizationId: profile.organizationId, organizationName: profile.organizationName }, 200)
})

const checklist = createRoute({
  method: 'get',
  path: '/api/tenants/{id}/checklist',
  summary: 'What activation needs',
  middleware: tenantAdmin,
  request: { params: TenantPath },
  responses: { 200: json(Checklist, 'Step by step'), ...tenantErrors },
})
tenants.openapi(checklist, async (c) =>
  c.json(checklistOf(c.get('tenant'), await mappedOf(c.env, c.get('tenant'))), 200),
)

const activate = createRoute({
  method: 'post',
  path: '/api/tenants/{id}/activate',
  summary: 'Registers the webhooks and starts the initial sync',
  middleware: tenantAdmin,
  request: { params: TenantPath },
  responses: {
    202: json(Accepted, 'Begun'),
    ...tenantErrors,
    409: json(ErrorAnswer, '`tenant.not_ready`, with the checklist'),
    503: json(ErrorAnswer, 'Tribe cannot be asked which invoices were sent already'),
  },
})
tenants.openapi(activate, async (c) => {
  const tenant = c.get('tenant')
  const items = checklistOf(tenant, await mappedOf(c.env, tenant))
  if (items.some((item) => !item.ok))
    throw new HttpError(409, 'tenant.not_ready', 'Some steps are open', { checklist: items })
  const { invoices } = TenantSettings.parse(tenant.settings)
  const failed = invoices.enabled && (await c.env.TENANT_SYNC.getByName(tenant.id).drawInvoiceLine())
  if (failed) throw new HttpError(503, failed.failure.code, failed.failure.message)
  await tenantsIn(openDatabase(c.env.DB)).update(tenant.id, {
    state: 'active',
    activatedAt: tenant.activatedAt ?? new Date().toISOString(),
  })
  await c.env.TENANT_SYNC.getByName(tenant.id).startFirstLoad()
  return c.json(ACCEPTED, 202)
})

for (const [verb, state] of [
  ['pause', 'paused'],
  ['resume', 'active'],
] as const) {
  const route = createRoute({
    method: 'post',
    path: `/api/tenants/{id}/${verb}`,
    summary: verb === 'pause' ? 'Stops all work; events are still stored' : 'Goes on with the work',
    middleware: tenantAdmin,
    request: { params: TenantPath },
    responses: {
      202: json(Accepted, 'Done'),
      ...tenantErrors,
      409: json(ErrorAnswer, '`tenant.not_active`'),
    },
  })
  tenants.openapi(route, async (c) => {
    const tenant = c.get('tenant')
    if (tenant.state === 'setup')
      throw new HttpError(409, 'tenant.not_active', 'The tenant is not activated yet')
    await tenantsIn(openDatabase(c.env.DB)).update(tenant.id, { state })
    await c.env.TENANT_SYNC.getByName(tenant.id).setActive(state === 'active')
    return c.json(ACCEPTED, 202)
  })
}

const rotate = createRoute({
  method: 'post',
  path: '/api/tenants/{id}/admin-token',
  summary: 'A new admin token; the old one ends',
  middleware: tenantAdmin,
  request: { params: TenantPath },
  responses: { 200: json(z.object({ adminToken: z.string() }), 'Shown this once'), ...tenantErrors },
})
tenants.openapi(rotate, async (c) => {
  const adminToken = newSecret()
  await tenantsIn(openDatabase(c.env.DB)).update(c.get('tenant').id, {
    adminTokenHash: await sha256(adminToken),
  })
  return c.json({ adminToken }, 200)
})

const signing = createRoute({
  method: 'put',
  path: '/api/tenants/{id}/tribe/signing-secrets',
  summary:
    'Secrets by which Tribe signs deliveries, as its webhook page shows them; replaces those entered before',
  middleware: tenantAdmin,
  request: {
    params: TenantPath,
    body: body(z.strictObject({ secrets: z.array(z.string().min(1)).max(20) })),
  },
  responses: { 200: json(z.object({ count: z.number() }), 'How many are kept'), ...tenantErrors },
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

async function mappedOf(env: Env, tenant: Tenant): Promise<Mapped | Failure | null> {
  if (!needsLookups(tenant)) return null
  const queries = mappingsOf(openDatabase(env.DB), tenant.id)
  const [lookups, units, vat] = await Promise.all([
    env.TENANT_SYNC.getByName(tenant.id).lookups(false),
    queries.units(),
    queries.vat(),
  ])
  return 'failure' in lookups ? lookups : { lookups, units, vat }
}

const connectionOf = (profile: PowerOfficeProfile) => ({
  clientId: profile.clientId,
  clientName: profile.clientName,
  validPrivileges: profile.validPrivileges,
  canSend: profile.canSend,
  missing: missingPrivileges(profile).map(({ privilege, neededFor, fix }) => ({ privilege, neededFor, fix })),
})

const answerOf = (tenant: Pick<Tenant, 'id' | 'name' | 'state' | 'createdAt' | 'activatedAt'>) => ({
  id: tenant.id,
  name: tenant.name,
  state: tenant.state,
  createdAt: tenant.createdAt,
  activatedAt: tenant.activatedAt,
})
