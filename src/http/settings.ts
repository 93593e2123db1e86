import { createRoute } from '@hono/zod-openapi'
import { openDatabase } from '../db/database'
import { SettingsChange, TenantSettings, withChange } from '../db/settings'
import { type Tenant, tenantsIn } from '../db/tenants'
import { type Env, settingsOf } from '../env'
import { errorOf, SyncError } from '../shared/errors'
import { explain } from '../shared/problems'
import { publicUrl } from '../shared/public-url'
import { tenantObject } from '../tenant-object'
import type { TenantSync } from '../tenant-sync/tenant-sync'
import { sealerOf } from './connections'
import { HttpError, notFound } from './errors'
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
    422: failing(
      ...['alert.address_refused', 'alert.secret_missing', 'alert.email_unavailable'],
      ...['event.address_refused', 'event.secret_missing', 'tribe.credentials_refused'],
    ),
    503: failing('relay.database_unavailable', 'tribe.unreachable', 'tribe.timeout'),
  },
})
settings.openapi(change, async (c) => {
  const asked = c.req.valid('json')
  const object = tenantObject(c.env, c.get('tenant').id)
  const begun = await object.beginChange('settings', JSON.stringify(c.get('tenant').settings))
  const kept = await keepChange(c.env, c.get('tenant'), asked, TenantSettings.parse(JSON.parse(begun)))
  const { former, changed, isActivated } = kept
  const wasOther = (differs: (before: TenantSettings) => boolean) => former.some(differs)
  if (wasOther((before) => isWorkChanged(before, changed))) await object.settingsChanged()
  if (isActivated) await settle(object, kept.invoices)
  const partsOf = ({ relations, products, invoices }: TenantSettings) =>
    JSON.stringify([relations, products, invoices.enabled])
  if (isActivated && wasOther((before) => partsOf(changed) !== partsOf(before)))
    await object.enqueue([{ kind: 'register-webhooks', subject: '', lane: 'push' }])
  // Fields that come in are compared first: what is the same on both sides is in step, and not somebody's edit.
  const areFieldsNew = changed.relations.financialFields && wasOther((one) => !one.relations.financialFields)
  if (isActivated && areFieldsNew) await object.enqueue([{ kind: 'compare', subject: '', lane: 'bulk' }])
  // Whoever is new may have to be told how it stands, be the tenant at rest or not.
  if (isActivated && asked.alerts)
    await object.enqueue(
      ['tenant-webhook', 'tenant-email'].map((subject) => ({
        kind: 'alert',
        subject,
        lane: 'push' as const,
      })),
    )
  if (asked.events) await object.eventsChanged()
  const fewer = Math.max(...former.map(({ keepBefore }) => keepBefore.days)) - changed.keepBefore.days
  if (fewer > 0) await object.keepBeforeLess(fewer)
  if (wasOther((before) => changed.defaultSalesAccountNo !== before.defaultSalesAccountNo))
    await object.retry({ code: 'account.default_gone' })
  if (wasOther((before) => changed.payments.paidPhaseId !== before.payments.paidPhaseId))
    await object.retry({ code: 'payment.paid_phase_unknown' })
  await object.endChange('settings')
  return c.json(changed, 200)
})

/** By settings that are kept by now: what was sent before is told from what is to be exported. */
export async function settle(
  object: ReturnType<Env['TENANT_SYNC']['getByName']>,
  invoices: Parameters<TenantSync['settleInvoices']>[0],
): Promise<void> {
  const failed = await object.settleInvoices(invoices)
  if (failed) throw errorOf(failed)
}

/** As many may change one tenant's settings at the same moment. */
const MOST_AT_ONCE = 50

/**
 * Keeps the change; laid anew over what somebody else has kept since the tenant was read, or that would be undone. `begun`:
 * the settings before a change that was left half-way.
 */
async function keepChange(env: Env, read: Tenant, asked: SettingsChange, begun: TenantSettings) {
  const registry = tenantsIn(openDatabase(env.DB))
  let tenant = read
  for (let tries = 0; tries < MOST_AT_ONCE; tries++) {
    const before = TenantSettings.parse(tenant.settings)
    const changed = withChange(before, asked)
    const secrets = await newSecretsOf(env, tenant, asked)
    refuseSettings(env, tenant, asked, changed)
    const isActivated = tenant.state !== 'setup'
    // Phases that join, and invoices that are switched on later, get what activation would have given them.
    const former = [before, begun]
    const isAnew = former.some(({ invoices }) => !invoices.enabled)
    const settles = isActivated && changed.invoices.enabled
    const cutoff = settles ? await invoiceCutoffFor(tenantObject(env, tenant.id), changed, isAnew) : null
    if (await registry.keepSettings(tenant, { settings: changed, ...secrets }))
      return { former, changed, isActivated, invoices: settles ? { asked: cutoff, isAnew } : null }
    const now = await registry.find(tenant.id)
    if (!now) throw notFound()
    tenant = now
  }
  throw new SyncError(
    'relay.database_unavailable',
    'time',
    'Too many change these settings at once: try again in a moment',
  )
}

/** Asked for before anything is kept: without Tribe's answer nobody could tell old from new. */
export async function invoiceCutoffFor(
  object: ReturnType<Env['TENANT_SYNC']['getByName']>,
  settings: TenantSettings,
  isAnew: boolean,
) {
  const cutoff = await object.invoiceCutoff(settings, isAnew)
  if (cutoff && 'failure' in cutoff) throw errorOf(cutoff)
  return cutoff
}

/** Whom to tell says nothing of what is synced. */
const isWorkChanged = (
  { alerts: _, events: __, ...before }: TenantSettings,
  { alerts: ___, events: ____, ...after }: TenantSettings,
) => JSON.stringify(before) !== JSON.stringify(after)

/** New secrets, sealed; none where none is given. */
async function newSecretsOf(env: Env, { id }: Tenant, { alerts, events }: SettingsChange) {
  const sealed = (purpose: string, secret: string) => sealerOf(env).seal(`${id}:${purpose}`, secret)
  return {
    ...(alerts?.webhookSecret === undefined
      ? {}
      : { sealedAlertSecret: await sealed('alertSecret', alerts.webhookSecret) }),
    ...(events?.secret === undefined
      ? {}
      : { sealedEventsSecret: await sealed('eventsSecret', events.secret) }),
  }
}

const refused = (code: string) => new HttpError(422, code, explain(code, 'en').cause)

/** Refuses settings that could never work, whether they are to be kept or only tried. */
export function refuseSettings(
  env: Env,
  tenant: Tenant,
  asked: SettingsChange,
  { alerts, events }: TenantSettings,
): void {
  refuseAlerts(env, alerts, asked.alerts?.webhookSecret ?? tenant.sealedAlertSecret)
  refuseEvents(env, events, asked.events?.secret ?? tenant.sealedEventsSecret)
}

/** Events go nowhere where alerts may not go. */
function refuseEvents(env: Env, { url }: TenantSettings['events'], secret: string | null): void {
  if (url && publicUrl(url, settingsOf(env).PUBLIC_URL) === null) throw refused('event.address_refused')
  if (url && !secret) throw refused('event.secret_missing')
}

/** Alerts that could never arrive, or that would go where nothing of ours may go. */
function refuseAlerts(env: Env, alerts: TenantSettings['alerts'], secret: string | null): void {
  if (alerts.webhookUrl && publicUrl(alerts.webhookUrl, settingsOf(env).PUBLIC_URL) === null)
    throw refused('alert.address_refused')
  if (alerts.webhookUrl && !secret) throw refused('alert.secret_missing')
  if (alerts.email && !(env.SEND_EMAIL && settingsOf(env).ALERT_FROM))
    throw refused('alert.email_unavailable')
}
