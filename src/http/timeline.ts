import { createRoute } from '@hono/zod-openapi'
import { openDatabase } from '../db/database'
import { timelineOf } from '../db/timeline'
import * as examples from './examples'
import { numbered } from './numbered'
import { forTenant, json, routes, TenantPath, tenantErrors } from './openapi'
import * as z from './zod'

/** What happened lately, to whatever record. */
export const timeline = routes()

const TimelineAnswer = z
  .object({
    entries: z.array(
      z.object({
        id: z.number().optional().openapi({ description: 'By it a change is taken back' }),
        kind: z.string(),
        tribeId: z.string().nullable(),
        powerOfficeId: z.string().nullable(),
        number: z.string().nullable().openapi({ description: 'As it is now' }),
        at: z.string(),
        event: z.string(),
        details: z.record(z.string(), z.unknown()),
      }),
    ),
    page: z.number(),
    pageSize: z.number(),
  })
  .openapi('Timeline')
export type TimelineAnswer = z.infer<typeof TimelineAnswer>

const read = createRoute({
  method: 'get',
  path: '/api/tenants/{id}/timeline',
  summary: 'What happened lately to all records, the newest first',
  ...forTenant('Records'),
  request: {
    params: TenantPath,
    query: z.object({
      page: z.coerce.number().int().min(1).default(1),
      pageSize: z.coerce.number().int().min(1).max(500).default(100),
    }),
  },
  responses: { 200: json(TimelineAnswer, 'A page of it', examples.timeline), ...tenantErrors },
})
timeline.openapi(read, async (c) => {
  const { page, pageSize } = c.req.valid('query')
  const mine = timelineOf(openDatabase(c.env.DB), c.get('tenant').id)
  const found = await mine.latest({ limit: pageSize, offset: (page - 1) * pageSize })
  const rows = await numbered(openDatabase(c.env.DB), c.get('tenant').id, found)
  const entries = rows.map(({ tenantId: _, ...entry }) => entry)
  return c.json({ entries, page, pageSize }, 200)
})
