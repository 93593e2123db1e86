import { createRoute } from '@hono/zod-openapi'
import { tenantObject } from '../tenant-object'
import { HttpError } from './errors'
import * as examples from './examples'
import {
  ACCEPTED,
  Accepted,
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

/** What the first load would do, and what the admin decides of it before it is done. */
export const preview = routes()

const path = '/api/tenants/{id}/preview'
const Kind = z.enum(['customer', 'supplier', 'contactPerson', 'product'])
const Outcome = z.enum(['matched-by-id', 'matched-by-number', 'new-in-tribe', 'ambiguous', 'only-in-tribe'])
const Item = z
  .object({
    kind: z.string(),
    outcome: Outcome,
    powerOfficeId: z.string().nullable(),
    tribeIds: z.array(z.string()),
    number: z.string().nullable(),
    name: z.string(),
    duplicates: z.array(
      z.object({
        tribeId: z.string(),
        by: z.enum(['organizationNumber', 'email', 'nameAndPostalCode', 'code']),
      }),
    ),
    toPowerOffice: z
      .array(z.string())
      .describe(
        'Fields that both fill differently, where the conflict policy lets Tribe win after the first load',
      ),
    decision: z
      .object({ action: z.enum(['link', 'create', 'leave']), tribeId: z.string().nullable() })
      .nullable(),
  })
  .openapi('PreviewItem')
export interface PreviewAnswer {
  state: 'none' | 'running' | 'done'
  at: string | null
  counts: Record<string, number>
  items: z.infer<typeof Item>[]
}

const begin = createRoute({
  method: 'post',
  path,
  summary: 'Works the preview out; nothing is written',
  ...forTenantInTurn('Preview'),
  request: { params: TenantPath },
  responses: {
    202: json(Accepted, 'Begun', examples.accepted),
    ...inTurnErrors,
    409: failing('tenant.not_ready'),
  },
})
preview.openapi(begin, async (c) => {
  const tenant = c.get('tenant')
  if (!tenant.sealedTribe || !tenant.sealedClientKey)
    throw new HttpError(409, 'tenant.not_ready', 'Connect Tribe and PowerOffice first')
  await tenantObject(c.env, tenant.id).startPreview()
  return c.json(ACCEPTED, 202)
})

const read = createRoute({
  method: 'get',
  path,
  summary: 'Reads the preview',
  ...forTenant('Preview'),
  request: {
    params: TenantPath,
    query: z.object({
      kind: Kind.optional(),
      outcome: Outcome.optional(),
      duplicates: z.enum(['true', 'false']).optional(),
      page: z.coerce.number().int().min(1).default(1),
      pageSize: z.coerce.number().int().min(1).max(500).default(100),
    }),
  },
  responses: {
    200: json(
      z.object({
        state: z.enum(['none', 'running', 'done']),
        at: z.string().nullable(),
        counts: z.record(z.string(), z.number()),
        items: z.array(Item),
        page: z.number(),
        pageSize: z.number(),
      }),
      'The preview, a page of its items',
      examples.preview,
    ),
    ...tenantErrors,
  },
})
preview.openapi(read, async (c) => {
  const { kind, outcome, duplicates, page, pageSize } = c.req.valid('query')
  const query = {
    kind,
    outcome,
    duplicates: duplicates === 'true',
    limit: pageSize,
    offset: (page - 1) * pageSize,
  }
  const found = await tenantObject(c.env, c.get('tenant').id).readPreview(query)
  return c.json({ ...found, page, pageSize }, 200)
})

const Decision = z
  .strictObject({
    kind: Kind,
    powerOfficeId: z.string().regex(/^\d+$/),
    action: z.enum(['link', 'create', 'leave']),
    tribeId: z.guid().toLowerCase().optional(),
  })
  .refine(
    (one) => (one.action === 'link') === (one.tribeId !== undefined),
    'tribeId goes with "link", and with it alone',
  )

const decide = createRoute({
  method: 'put',
  path: `${path}/decisions`,
  summary: 'Decides on single records; the first load keeps to it',
  ...forTenant('Preview'),
  request: {
    params: TenantPath,
    body: body(z.strictObject({ decisions: z.array(Decision).min(1).max(1000) }), examples.decisions),
  },
  responses: {
    200: json(z.object({ count: z.number() }), 'How many are kept', { count: 1 }),
    ...tenantErrors,
    422: failing('decision.twice'),
  },
})
preview.openapi(decide, async (c) => {
  const { decisions } = c.req.valid('json')
  const targets = decisions.flatMap(({ kind, tribeId }) => (tribeId ? [`${kind} ${tribeId}`] : []))
  const twice = targets.find((target, index) => targets.indexOf(target) !== index)
  if (twice) throw new HttpError(422, 'decision.twice', `Two records cannot be tied to one: ${twice}`)
  await tenantObject(c.env, c.get('tenant').id).decide(
    decisions.map(({ kind, powerOfficeId, action, tribeId }) => ({
      kind,
      powerOfficeId,
      action,
      tribeId: tribeId ?? null,
    })),
  )
  return c.json({ count: decisions.length }, 200)
})
