import { createRoute } from '@hono/zod-openapi'
import { type AuditEntry, auditIn } from '../db/audit'
import { openDatabase } from '../db/database'
import { streamOf } from '../shared/stream'
import * as examples from './examples'
import {
  failing,
  forOperator,
  forTenantInTurn,
  inTurnErrors,
  json,
  operatorErrors,
  routes,
  TenantPath,
} from './openapi'
import * as z from './zod'

/** The audit trail, as it is read: of a tenant, and the operator's. What writes it is `audit.ts`. */
export const trail = routes()

const Entry = z.object({
  id: z.number(),
  at: z.string(),
  who: z.enum(['operator', 'tenant', 'nobody']).openapi({ description: 'Whose token came along' }),
  what: z.string().openapi({ description: 'The call, and of its address the pattern' }),
  tenantId: z
    .string()
    .nullable()
    .openapi({ description: 'Null: of no tenant. `gone-…` stands for one that has left' }),
  from: z.string().nullable().openapi({ description: 'The address that it came from' }),
  status: z.number().openapi({ description: 'What came of it' }),
  code: z.string().nullable(),
  times: z.number().openapi({ description: 'Refusals of one second that are alike are one line' }),
})
const Trail = z
  .object({
    entries: z.array(Entry),
    next: z.string().nullable().openapi({ description: 'Given as `next`, it leads to the older ones' }),
  })
  .openapi('AuditTrail')
export type AuditAnswer = z.infer<typeof Trail>

const query = z.object({
  format: z.enum(['json', 'ndjson']).default('json'),
  next: z.coerce.number().int().min(1).optional(),
  pageSize: z.coerce.number().int().min(1).max(500).default(100),
})
type Asked = z.infer<typeof query>

const answer = {
  description: 'The newest first; with `format=ndjson` all of it, a line each. A refusal may be seconds late',
  content: {
    ...json(Trail, '', examples.audit).content,
    'application/x-ndjson': { schema: z.string(), example: `${JSON.stringify(examples.audit.entries[0])}\n` },
  },
}

const ofTenant = createRoute({
  method: 'get',
  path: '/api/tenants/{id}/audit',
  summary: 'The audit trail of the tenant: who did what, when and from where, for 400 days',
  ...forTenantInTurn('Audit'),
  request: { params: TenantPath, query },
  responses: { 200: answer, ...inTurnErrors },
})
trail.openapi(ofTenant, (c) => answerOf(c.env.DB, c.get('tenant').id, c.req.valid('query')) as never)

const ofAll = createRoute({
  method: 'get',
  path: '/api/audit',
  summary: 'The audit trail of all tenants, and of what belongs to none',
  ...forOperator('Audit'),
  request: { query },
  responses: { 200: answer, 400: failing('request.invalid'), ...operatorErrors },
})
trail.openapi(ofAll, (c) => answerOf(c.env.DB, null, c.req.valid('query')) as never)

async function answerOf(binding: D1Database, tenantId: string | null, asked: Asked): Promise<Response> {
  const all = auditIn(openDatabase(binding))
  if (asked.format === 'ndjson')
    return new Response(streamOf(linesOf(all.pages(tenantId))), {
      headers: {
        'content-type': 'application/x-ndjson',
        'content-disposition': 'attachment; filename="audit.ndjson"',
      },
    })
  // One more than is shown tells whether there are older ones.
  const found = await all.page(tenantId, { before: asked.next ?? null, limit: asked.pageSize + 1 })
  const entries = found.slice(0, asked.pageSize)
  const next = found.length > entries.length ? String(entries.at(-1)?.id) : null
  return Response.json({ entries, next } satisfies AuditAnswer)
}

async function* linesOf(pages: AsyncGenerator<AuditEntry[]>): AsyncGenerator<string> {
  for await (const rows of pages) yield rows.map((row) => `${JSON.stringify(row)}\n`).join('')
}
