import { createRoute } from '@hono/zod-openapi'
import { openDatabase } from '../db/database'
import { SettingsChange, TenantSettings, withChange } from '../db/settings'
import { tenantsIn } from '../db/tenants'
import { HttpError } from './errors'
import * as examples from './examples'
import { body, failing, forTenant, json, routes, TenantPath, tenantErrors } from './openapi'

export const settings = routes()
const path = '/api/tenants/{id}/settings'
const responses = { 200: json(TenantSettings, 'The settings', examples.settings), ...tenantErrors }

const read = createRoute({
  method: 'get',
  path,
  summary: 'The settings',
  ...forTenant('Settings'),
  request: { params: TenantPath },
  responses,
})
settings.openapi(read, (c) => c.json(TenantSettings.parse(c.get('tenant').settings), 200))

const change = createRoute({
  method: 'patch',
  path,
  summary: 'Changes any part of the settings',
  ...forTenant('Settings'),
  request: { params: TenantPath, body: body(SettingsChange, examples.settingsChange) },
  responses: {
    ...responses,
    503: failing('relay.database_unavailable', 'tribe.unreachable', 'tribe.timeout'),
  },
})
settings.openapi(change, async (c) => {
  const tenant = c.get('tenant')
  const before = TenantSettings.parse(tenant.settings)
  const changed = withChange(before, c.req.valid('json'))
  const object = c.env.TENANT_SYNC.getByName(tenant.id)
  const isActivated = tenant.state !== 'setup'
  // A part that is switched on later gets what activation would have given it.
  if (isActivated && changed.invoices.enabled) {
    const failed = await object.drawInvoiceLine()
    if (failed) throw new HttpError(503, failed.failure.code, failed.failure.message)
  }
  await tenantsIn(openDatabase(c.env.DB)).update(tenant.id, { settings: changed })
  const partsOf = ({ relations, products, invoices }: TenantSettings) =>
    JSON.stringify([relations, products, invoices.enabled])
  if (isActivated && partsOf(changed) !== partsOf(before))
    await object.enqueue([{ kind: 'register-webhooks', subject: '', lane: 'push' }])
  if (changed.payments.paidPhaseId !== before.payments.paidPhaseId)
    await object.retry({ code: 'payment.paid_phase_unknown' })
  return c.json(changed, 200)
})
