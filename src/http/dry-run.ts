import { createRoute } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { openDatabase } from '../db/database'
import { mappingsOf } from '../db/mappings'
import { SettingsChange, TenantSettings, withChange } from '../db/settings'
import { FieldMappings } from '../shared/own-fields'
import { tenantObject } from '../tenant-object'
import type { Change } from '../tenant-sync/dry-run/store'
import type { App } from './admin-auth'
import { HttpError } from './errors'
import { changedMembers, checkedRows, Mapped, MENDED, MOST_ROWS, tellingOf } from './fields'
import { completedVat, formerAccounts, refuseUnits, UNIT_RELEASES, VAT_RELEASES } from './lookups'
import {
  body,
  failing,
  forTenant,
  forTenantInTurn,
  inTurnErrors,
  json,
  routes,
  TenantPath,
  tenantErrors,
} from './openapi'
import { refuseSettings } from './settings'
import * as z from './zod'

/** What a change would do, tried without writing anything. */
export const dryRuns = routes()

export const DryRunAsked = z.strictObject({
  settings: SettingsChange.optional(),
  units: z
    .strictObject({
      mappings: z
        .array(
          z.strictObject({
            tribeUnitId: z.string().min(1).toLowerCase(),
            powerOfficeUnit: z.string().min(1),
          }),
        )
        .max(500),
    })
    .optional(),
  vat: z
    .strictObject({
      mappings: z
        .array(
          z.strictObject({
            tribeVatGroupId: z.string().min(1).toLowerCase(),
            powerOfficeVatCode: z.string().min(1),
            salesAccountNo: z.int().positive().optional(),
          }),
        )
        .max(500),
    })
    .optional(),
  fields: z.strictObject({ mapped: z.array(Mapped).max(MOST_ROWS) }).optional(),
})
export type DryRunChange = z.infer<typeof DryRunAsked>
const Begun = z.object({ dryRunId: z.string() }).openapi('DryRunBegun')
const Side = z.enum(['tribe', 'powerOffice'])
const Outcome = z
  .object({
    state: z.enum(['running', 'done', 'failed']),
    because: z
      .enum(['paused', 'settings-changed', 'reconnect', 'refused', 'unreachable', 'interrupted'])
      .optional()
      .openapi({ description: 'What ended one that failed; it may be begun anew' }),
    at: z.string(),
    writes: z.array(z.object({ side: Side, kind: z.string(), field: z.string(), count: z.number() })),
    records: z.array(
      z.object({
        kind: z.string(),
        tribeId: z.string().nullable(),
        powerOfficeId: z.string().nullable(),
        side: Side.openapi({ description: 'Where it would be written' }),
        action: z.enum(['create', 'update']),
        fields: z.array(z.string()),
      }),
    ),
    parked: z.array(z.object({ code: z.string(), count: z.number() })),
    change: DryRunAsked.openapi({ description: 'What is tried, as it was asked for; secrets are left out' }),
  })
  .openapi('DryRun')
export type DryRunAnswer = z.infer<typeof Outcome>

const EXAMPLE = {
  state: 'done' as const,
  at: '2026-11-30T02:30:00.000Z',
  writes: [{ side: 'powerOffice' as const, kind: 'customer', field: 'phone', count: 1 }],
  records: [
    {
      kind: 'customer',
      tribeId: '9b0f7a52-6d0f-4d1a-8f8e-2f4a1c0a7b11',
      powerOfficeId: '100245',
      side: 'powerOffice' as const,
      action: 'update' as const,
      fields: ['phone'],
    },
  ],
  parked: [{ code: 'vat.unmapped', count: 2 }],
  change: { settings: { conflictPolicy: 'tribe' as const } },
}

const begin = createRoute({
  method: 'post',
  path: '/api/tenants/{id}/dry-run',
  summary: 'Tries a change of settings, mappings or fields: what would it write? Nothing is written or kept',
  ...forTenantInTurn('Settings'),
  request: { params: TenantPath, body: body(DryRunAsked, { settings: { conflictPolicy: 'tribe' } }) },
  responses: {
    202: json(Begun, 'It is being worked out', { dryRunId: 'c0ffee00-0000-4000-8000-000000000001' }),
    ...inTurnErrors,
    409: failing('tenant.not_ready'),
    422: failing(
      ...['alert.address_refused', 'alert.secret_missing', 'alert.email_unavailable'],
      ...['event.address_refused', 'event.secret_missing', 'mapping.twice', 'mapping.unit_unknown'],
      ...['mapping.unit_code_unknown', 'mapping.vat_group_unknown', 'mapping.vat_code_unknown'],
      ...['mapping.account_unknown', 'mapping.account_archived', 'mapping.account_has_other_vat'],
      ...['mapping.account_missing', 'mapping.account_ambiguous', 'field.unknown', 'field.read_only'],
      ...['field.type_differs', 'field.mapped_twice', 'field.direction_impossible', 'field.no_metadata'],
    ),
  },
})
dryRuns.openapi(begin, async (c) => {
  const tenant = c.get('tenant')
  if (!tenant.sealedTribe || !tenant.sealedClientKey)
    throw new HttpError(409, 'tenant.not_ready', 'Connect Tribe and PowerOffice first')
  const change = await changeOf(c, c.req.valid('json'))
  // While it is set up or paused, no change writes anything.
  const isAtRest = tenant.state === 'setup' || tenant.state === 'paused'
  const dryRunId = await tenantObject(c.env, tenant.id).startDryRun(change, isAtRest)
  return c.json({ dryRunId }, 202)
})

const read = createRoute({
  method: 'get',
  path: '/api/tenants/{id}/dry-run/{dryRunId}',
  summary: 'What a change would do; for an hour',
  ...forTenant('Settings'),
  request: {
    params: TenantPath.extend({
      dryRunId: z.string().openapi({ param: { name: 'dryRunId', in: 'path' } }),
    }),
    query: z.object({
      page: z.coerce.number().int().min(1).default(1),
      pageSize: z.coerce.number().int().min(1).max(500).default(100),
    }),
  },
  responses: {
    200: json(Outcome, 'As far as it is worked out', EXAMPLE),
    ...tenantErrors,
    404: failing('tenant.unknown', 'dry_run.unknown'),
  },
})
dryRuns.openapi(read, async (c) => {
  const found = await tenantObject(c.env, c.get('tenant').id).readDryRun(
    c.req.valid('param').dryRunId,
    c.req.valid('query'),
  )
  if (!found) throw new HttpError(404, 'dry_run.unknown', 'There is no such dry run, or it is an hour old')
  const { asked, ...outcome } = found
  return c.json({ ...outcome, change: DryRunAsked.parse(JSON.parse(asked)) }, 200)
})

/** What is kept of a change that is only tried: nobody needs its secrets. */
function withoutSecrets({ settings, ...rest }: DryRunChange): DryRunChange {
  if (!settings) return rest
  const { alerts, events, ...others } = settings
  const { webhookSecret: _, ...ofAlerts } = alerts ?? {}
  const { secret: __, ...ofEvents } = events ?? {}
  return {
    ...rest,
    settings: { ...others, ...(alerts ? { alerts: ofAlerts } : {}), ...(events ? { events: ofEvents } : {}) },
  }
}

function invoicesOf(before: TenantSettings, now: TenantSettings): Change['invoices'] {
  if (!now.invoices.enabled) return 'off'
  return before.invoices.enabled ? 'on' : 'anew'
}

/** The change as it would be kept, and what keeping it would set off; refuses what the change itself would. */
async function changeOf(c: Context<App>, asked: z.infer<typeof DryRunAsked>): Promise<Change> {
  const tenant = c.get('tenant')
  const before = TenantSettings.parse(tenant.settings)
  const change: Change = {
    asked: JSON.stringify(withoutSecrets(asked)),
    invoices: null,
    release: [],
    jobs: [],
    dropped: [],
  }
  if (asked.settings) {
    const now = withChange(before, asked.settings)
    refuseSettings(c.env, tenant, asked.settings, now)
    change.settings = now
    change.invoices = invoicesOf(before, now)
    if (now.defaultSalesAccountNo !== before.defaultSalesAccountNo)
      change.release.push('account.default_gone')
    if (now.payments.paidPhaseId !== before.payments.paidPhaseId)
      change.release.push('payment.paid_phase_unknown')
  }
  if (asked.units) {
    await refuseUnits(c, asked.units.mappings)
    change.units = asked.units.mappings
    change.release.push(...UNIT_RELEASES)
  }
  if (asked.vat) {
    change.vat = await completedVat(c, asked.vat.mappings)
    change.release.push(...VAT_RELEASES)
    const former = await mappingsOf(openDatabase(c.env.DB), tenant.id).vat()
    change.jobs.push(...formerAccounts(former, change.vat))
  }
  if (asked.fields) {
    const { rows } = await checkedRows(c, asked.fields.mapped)
    change.fields = rows
    change.release.push(...MENDED)
    change.dropped = changedMembers(FieldMappings.parse(tenant.fields ?? []), rows).dropped
    change.jobs.push(...tellingOf(rows))
  }
  return change
}
