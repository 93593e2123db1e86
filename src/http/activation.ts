import { createRoute } from '@hono/zod-openapi'
import { openDatabase } from '../db/database'
import { mappingsOf } from '../db/mappings'
import { TenantSettings } from '../db/settings'
import { type Tenant, tenantsIn } from '../db/tenants'
import type { Env } from '../env'
import { errorOf, type Failure } from '../shared/errors'
import { tenantObject } from '../tenant-object'
import { checklistOf, type Mapped, needsLookups, oldInvoicesItem } from './checklist'
import { withPaperRefused } from './checklist-papers'
import { HttpError } from './errors'
import * as examples from './examples'
import { ACCEPTED, Accepted, failing, forTenant, json, routes, TenantPath, tenantErrors } from './openapi'
import { invoiceCutoffFor, settle } from './settings'
import * as z from './zod'

/** From set up to at work: what is still missing, the first load, a pause. */
export const activation = routes()

const Checklist = z
  .array(
    z.object({
      step: z.string(),
      ok: z.boolean(),
      message: z.string(),
      fix: z.enum(['grant', 'module']).optional(),
    }),
  )
  .openapi('Checklist')
export type Checklist = z.infer<typeof Checklist>

const checklist = createRoute({
  method: 'get',
  path: '/api/tenants/{id}/checklist',
  summary: 'What activation needs',
  ...forTenant('Tenants'),
  request: { params: TenantPath },
  responses: { 200: json(Checklist, 'Step by step', examples.checklist), ...tenantErrors },
})
activation.openapi(checklist, async (c) =>
  c.json(
    await atWork(
      c.env,
      c.get('tenant'),
      checklistOf(c.get('tenant'), await mappedOf(c.env, c.get('tenant'))),
    ),
    200,
  ),
)

const activate = createRoute({
  method: 'post',
  path: '/api/tenants/{id}/activate',
  summary: 'Registers the webhooks and starts the initial sync',
  ...forTenant('Tenants'),
  request: { params: TenantPath },
  responses: {
    202: json(Accepted, 'Begun', examples.accepted),
    ...tenantErrors,
    409: failing('tenant.not_ready'),
    422: failing('tribe.credentials_refused'),
    503: failing('relay.database_unavailable', 'tribe.unreachable', 'tribe.timeout'),
  },
})
activation.openapi(activate, async (c) => {
  const tenant = c.get('tenant')
  const items = checklistOf(tenant, await mappedOf(c.env, tenant))
  if (items.some((item) => !item.ok))
    throw new HttpError(409, 'tenant.not_ready', 'Some steps are open', { checklist: items })
  const settings = TenantSettings.parse(tenant.settings)
  const object = tenantObject(c.env, tenant.id)
  if (settings.invoices.enabled)
    await settle(object, { asked: await invoiceCutoffFor(object, settings, false), isAnew: false })
  const failed = await object.listenFromNow({ isFirst: tenant.activatedAt === null })
  if (failed) throw errorOf(failed)
  const isActive = await tenantsIn(openDatabase(c.env.DB)).activate(tenant, new Date().toISOString())
  if (!isActive)
    throw new HttpError(409, 'tenant.not_ready', 'Another company was connected meanwhile: look again', {
      checklist: items,
    })
  await object.startFirstLoad()
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
    ...forTenant('Tenants'),
    request: { params: TenantPath },
    responses: {
      202: json(Accepted, 'Done', examples.accepted),
      ...tenantErrors,
      409: failing('tenant.not_active'),
    },
  })
  activation.openapi(route, async (c) => {
    const tenant = c.get('tenant')
    if (tenant.state === 'setup')
      throw new HttpError(409, 'tenant.not_active', 'The tenant is not activated yet')
    await tenantsIn(openDatabase(c.env.DB)).update(tenant.id, { state })
    await tenantObject(c.env, tenant.id).setActive(state === 'active')
    return c.json(ACCEPTED, 202)
  })
}

/** Of a tenant at work it is also said what was sent before, and which papers did not get through. */
async function atWork(env: Env, tenant: Tenant, items: Checklist): Promise<Checklist> {
  const { invoices } = TenantSettings.parse(tenant.settings)
  if (tenant.state === 'setup' || !invoices.enabled) return items
  const overview = await tenantObject(env, tenant.id).overview()
  const old = overview?.oldInvoices
  return [...withPaperRefused(items, overview?.paperRefused ?? null), ...(old ? [oldInvoicesItem(old)] : [])]
}

async function mappedOf(env: Env, tenant: Tenant): Promise<Mapped | Failure | null> {
  if (!needsLookups(tenant)) return null
  const queries = mappingsOf(openDatabase(env.DB), tenant.id)
  const [lookups, units, vat] = await Promise.all([
    tenantObject(env, tenant.id).lookups(false),
    queries.units(),
    queries.vat(),
  ])
  return 'failure' in lookups ? lookups : { lookups, units, vat }
}
