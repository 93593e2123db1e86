import { createRoute } from '@hono/zod-openapi'
import { openDatabase } from '../db/database'
import { SettingsChange, TenantSettings, withChange } from '../db/settings'
import { tenantsIn } from '../db/tenants'
import { tenantAdmin } from './admin-auth'
import { body, json, routes, TenantPath, tenantErrors } from './openapi'

export const settings = routes()
const path = '/api/tenants/{id}/settings'
const responses = { 200: json(TenantSettings, 'The settings'), ...tenantErrors }

const read = createRoute({
  method: 'get',
  path,
  summary: 'The settings',
  middleware: tenantAdmin,
  request: { params: TenantPath },
  responses,
})
settings.openapi(read, (c) => c.json(TenantSettings.parse(c.get('tenant').settings), 200))

const change = createRoute({
  method: 'patch',
  path,
  summary: 'Changes any part of the settings',
  middleware: tenantAdmin,
  request: { params: TenantPath, body: body(SettingsChange) },
  responses,
})
settings.openapi(change, async (c) => {
  const tenant = c.get('tenant')
  const changed = withChange(TenantSettings.parse(tenant.settings), c.req.valid('json'))
  await tenantsIn(openDatabase(c.env.DB)).update(tenant.id, { settings: changed })
  return c.json(changed, 200)
})
