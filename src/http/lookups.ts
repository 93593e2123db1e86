import { createRoute } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { openDatabase } from '../db/database'
import { mappingsOf, type UnitMapping, type VatMapping } from '../db/mappings'
import { TenantSettings } from '../db/settings'
import { POWEROFFICE_UNITS, proposeUnits, proposeVat } from '../lookups/proposals'
import { checkUnits, completeVat } from '../lookups/validation'
import { SyncError } from '../shared/errors'
import { recordSubject } from '../shared/subjects'
import type { JobRequest } from '../sync-step'
import { tenantObject } from '../tenant-object'
import type { App } from './admin-auth'
import { HttpError } from './errors'
import * as examples from './examples'
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
import * as z from './zod'

/** What can be mapped, with proposals, and what is mapped: units, VAT groups and sales accounts. */
export const lookups = routes()

const text = z.string().nullable()
const Lookups = z
  .object({
    at: z.string(),
    ownCountry: text,
    tribe: z.object({
      units: z.array(z.object({ id: z.string(), code: text, name: text, inUse: z.boolean() })),
      vatGroups: z.array(
        z.object({
          id: z.string(),
          code: text,
          name: text,
          percentage: z.number().nullable(),
          country: text,
          inUse: z.boolean(),
        }),
      ),
      productGroups: z.array(z.object({ id: z.string(), name: text })),
      invoicePhases: z.array(z.object({ id: z.string(), code: text, name: text })),
    }),
    powerOffice: z.object({
      units: z.array(z.object({ code: z.string(), name: z.string() })),
      vatCodes: z.array(
        z.object({
          code: z.string(),
          name: text,
          rate: z.number().describe('0.25 is 25 %'),
          id: z.number().optional(),
        }),
      ),
      salesAccounts: z.array(
        z.object({
          id: z.number(),
          accountNo: z.number(),
          name: text,
          vatCode: text,
          isActive: z.boolean(),
          demands: z
            .array(z.enum(['department', 'project']))
            .optional()
            .describe('What each line of a voucher that is booked on it has to name'),
          departmentId: z.number().optional().describe('Its department by default'),
        }),
      ),
      productGroups: z.array(z.object({ id: z.number(), name: text, accountId: z.number().nullable() })),
      paymentTerms: z.array(
        z.object({ id: z.number(), name: text, creditDays: z.number(), isDefault: z.boolean().optional() }),
      ),
    }),
    proposals: z.object({
      units: z.array(z.object({ tribeUnitId: z.string(), powerOfficeUnit: z.string() })),
      vat: z.array(
        z.object({
          tribeVatGroupId: z.string(),
          powerOfficeVatCode: text,
          salesAccountNo: z.number().nullable(),
          reason: z.enum(['foreign-rate', 'no-account-with-this-rate']).nullable(),
        }),
      ),
    }),
  })
  .openapi('Lookups')
export type Lookups = z.infer<typeof Lookups>

const read = createRoute({
  method: 'get',
  path: '/api/tenants/{id}/lookups',
  summary: 'What can be mapped, with proposals',
  ...forTenantInTurn('Mappings'),
  request: { params: TenantPath, query: z.object({ refresh: z.enum(['true', 'false']).optional() }) },
  responses: {
    200: json(Lookups, 'Both systems’ lists', examples.lookups),
    ...inTurnErrors,
    409: failing('tenant.not_ready'),
  },
})
lookups.openapi(read, async (c) => {
  const tenant = c.get('tenant')
  const { defaultSalesAccountNo } = TenantSettings.parse(tenant.settings)
  const found = await lookupsOf(c, c.req.valid('query').refresh === 'true')
  return c.json(
    {
      ...found,
      powerOffice: { ...found.powerOffice, units: [...POWEROFFICE_UNITS] },
      proposals: { units: proposeUnits(found.tribe.units), vat: proposeVat(found, defaultSalesAccountNo) },
    },
    200,
  )
})

const Units = z.object({
  mappings: z.array(z.object({ tribeUnitId: z.string(), powerOfficeUnit: z.string() })),
})
const Vat = z.object({
  mappings: z.array(
    z.object({ tribeVatGroupId: z.string(), powerOfficeVatCode: z.string(), salesAccountNo: z.number() }),
  ),
})
/** `details.index` names the bad entry. */
const badUnit = failing('mapping.twice', 'mapping.unit_unknown', 'mapping.unit_code_unknown')
const badVat = failing(
  ...['mapping.twice', 'mapping.vat_group_unknown', 'mapping.vat_code_unknown', 'mapping.account_unknown'],
  ...['mapping.account_archived', 'mapping.account_has_other_vat', 'mapping.account_missing'],
  'mapping.account_ambiguous',
)
const notReady = failing('tenant.not_ready')

const readUnits = createRoute({
  method: 'get',
  path: '/api/tenants/{id}/mappings/units',
  summary: 'How units are mapped',
  ...forTenant('Mappings'),
  request: { params: TenantPath },
  responses: { 200: json(Units, 'The mappings', examples.units), ...tenantErrors },
})
lookups.openapi(readUnits, async (c) => c.json({ mappings: await queriesOf(c).units() }, 200))

const putUnits = createRoute({
  method: 'put',
  path: '/api/tenants/{id}/mappings/units',
  summary: 'Maps units, in place of what was mapped before; what waited for it goes at once',
  ...forTenantInTurn('Mappings'),
  request: {
    params: TenantPath,
    body: body(
      z.strictObject({
        mappings: z
          .array(
            z.strictObject({
              tribeUnitId: z.string().min(1).toLowerCase(),
              powerOfficeUnit: z.string().min(1),
            }),
          )
          .max(500),
      }),
      examples.units,
    ),
  },
  responses: { 200: json(Units, 'Saved', examples.units), ...inTurnErrors, 409: notReady, 422: badUnit },
})
lookups.openapi(putUnits, async (c) => {
  const { mappings } = c.req.valid('json')
  await refuseUnits(c, mappings)
  await queriesOf(c).replaceUnits(mappings)
  await release(c, UNIT_RELEASES)
  return c.json({ mappings }, 200)
})

/** Refuses units that could never work, whether they are to be kept or only tried. */
export async function refuseUnits(c: Context<App>, mappings: readonly UnitMapping[]): Promise<void> {
  const fault =
    checkUnits(mappings, await lookupsOf(c, false)) && checkUnits(mappings, await lookupsOf(c, true))
  if (fault)
    throw new HttpError(422, fault.code, fault.message, { index: fault.index, entry: mappings[fault.index] })
}

const readVat = createRoute({
  method: 'get',
  path: '/api/tenants/{id}/mappings/vat',
  summary: 'How VAT groups are mapped',
  ...forTenant('Mappings'),
  request: { params: TenantPath },
  responses: { 200: json(Vat, 'The mappings', examples.vat), ...tenantErrors },
})
lookups.openapi(readVat, async (c) => c.json({ mappings: await vatOf(c) }, 200))

const putVat = createRoute({
  method: 'put',
  path: '/api/tenants/{id}/mappings/vat',
  summary:
    'Maps VAT groups and sales accounts, in place of what was mapped before; what waited for it goes at once',
  ...forTenantInTurn('Mappings'),
  request: {
    params: TenantPath,
    body: body(
      z.strictObject({
        mappings: z
          .array(
            z.strictObject({
              tribeVatGroupId: z.string().min(1).toLowerCase(),
              powerOfficeVatCode: z.string().min(1),
              salesAccountNo: z.int().positive().optional(),
            }),
          )
          .max(500),
      }),
      examples.vat,
    ),
  },
  responses: {
    200: json(Vat, 'Saved, with the accounts', examples.vat),
    ...inTurnErrors,
    409: notReady,
    422: badVat,
  },
})
lookups.openapi(putVat, async (c) => {
  const { mappings } = c.req.valid('json')
  const complete = await completedVat(c, mappings)
  const before = await queriesOf(c).vat()
  const object = tenantObject(c.env, c.get('tenant').id)
  const begun: VatMapping[] = JSON.parse(await object.beginChange('vat', JSON.stringify(before)))
  await queriesOf(c).replaceVat(complete)
  await release(c, VAT_RELEASES)
  if (c.get('tenant').state !== 'setup')
    await object.enqueue([before, begun].flatMap((former) => formerAccounts(former, complete)))
  await object.endChange('vat')
  return c.json({ mappings: await vatOf(c) }, 200)
})

/** What waits for a mapping, by the code of why. */
export const UNIT_RELEASES = ['unit.unmapped', 'unit.gone']
export const VAT_RELEASES = ['vat.unmapped', 'vat.account_gone', 'invoice.dimension_missing']

/** The rows with their accounts; refuses what could never work, whether it is to be kept or only tried. */
export async function completedVat(
  c: Context<App>,
  mappings: Parameters<typeof completeVat>[0],
): Promise<VatMapping[]> {
  const { defaultSalesAccountNo } = TenantSettings.parse(c.get('tenant').settings)
  const known = completeVat(mappings, await lookupsOf(c, false), defaultSalesAccountNo)
  // What is not known may be new: the lists are read once more before an entry is refused.
  const complete =
    'index' in known ? completeVat(mappings, await lookupsOf(c, true), defaultSalesAccountNo) : known
  if ('index' in complete)
    throw new HttpError(422, complete.code, complete.message, {
      index: complete.index,
      entry: mappings[complete.index],
    })
  return complete
}

/** Linked products stand on the accounts of before: they are looked for, and told. */
export const formerAccounts = (before: readonly VatMapping[], now: readonly VatMapping[]): JobRequest[] =>
  before
    .filter(({ tribeVatGroupId, salesAccountId }) =>
      now.some((one) => one.tribeVatGroupId === tribeVatGroupId && one.salesAccountId !== salesAccountId),
    )
    .map(({ tribeVatGroupId, salesAccountId }) => ({
      kind: 'accounts',
      subject: recordSubject('tribe', tribeVatGroupId, String(salesAccountId)),
      lane: 'bulk',
    }))

const queriesOf = (c: Context<App>) => mappingsOf(openDatabase(c.env.DB), c.get('tenant').id)
const vatOf = async (c: Context<App>) =>
  (await queriesOf(c).vat()).map(({ salesAccountId: _, ...shown }) => shown)

async function lookupsOf(c: Context<App>, refresh: boolean) {
  const tenant = c.get('tenant')
  if (!tenant.sealedTribe || !tenant.sealedClientKey)
    throw new HttpError(409, 'tenant.not_ready', 'Connect Tribe and PowerOffice first')
  const found = await tenantObject(c.env, tenant.id).lookups(refresh)
  if (!('failure' in found)) return found
  const { code, remedy, message } = found.failure
  throw new SyncError(code, remedy, message)
}

/** Whatever was parked for want of a mapping goes by itself now. */
async function release(c: Context<App>, codes: readonly string[]): Promise<void> {
  const object = tenantObject(c.env, c.get('tenant').id)
  await object.settingsChanged()
  for (const code of codes) await object.retry({ code })
}
