import { createRoute } from '@hono/zod-openapi'
import { TenantSettings } from '../db/settings'
import { tenantObject } from '../tenant-object'
import { HttpError } from './errors'
import * as examples from './examples'
import { failing, forTenant, json, routes, TenantPath, tenantErrors } from './openapi'
import { LanguageQuery, NoProblem, problemOfEvents } from './problems'
import * as z from './zod'

/** What a tenant's own webhook was told, and is to be told; and the same once more. */
export const events = routes()

const Event = z.object({
  id: z.string().openapi({ description: 'As in the header `webhook-id`, the same for each try' }),
  type: z.string(),
  at: z.string(),
  state: z.enum(['waiting', 'delivered', 'failed']),
  attempts: z.number(),
  nextAt: z.string().nullable(),
  status: z.number().nullable().openapi({ description: 'What the receiver answered last' }),
  data: z.record(z.string(), z.unknown()),
})
const Events = z
  .object({
    events: z.array(Event),
    page: z.number(),
    pageSize: z.number(),
    problem: NoProblem.openapi({
      description: 'What is not received; null when all is, or will be soon',
    }),
  })
  .openapi('OutgoingEvents')
export type EventsAnswer = z.infer<typeof Events>

const list = createRoute({
  method: 'get',
  path: '/api/tenants/{id}/events',
  summary: 'What the tenant’s webhook was told in the last week, and is to be told, the newest first',
  ...forTenant('Events'),
  request: {
    params: TenantPath,
    query: LanguageQuery.extend({
      page: z.coerce.number().int().min(1).default(1),
      pageSize: z.coerce.number().int().min(1).max(500).default(100),
    }),
  },
  responses: { 200: json(Events, 'A page of it', examples.events), ...tenantErrors },
})
events.openapi(list, async (c) => {
  const { page, pageSize } = c.req.valid('query')
  const window = { limit: pageSize, offset: (page - 1) * pageSize }
  const { id, settings } = c.get('tenant')
  const object = tenantObject(c.env, id)
  const [found, overview] = await Promise.all([object.listEvents(window), object.overview()])
  const problem = problemOfEvents(overview, TenantSettings.parse(settings), c.get('language'))
  return c.json({ events: found as EventsAnswer['events'], page, pageSize, problem }, 200)
})

const Replayed = z.object({ replayed: z.number() })

const replay = createRoute({
  method: 'post',
  path: '/api/tenants/{id}/events/{eventId}/replay',
  summary: 'Sends one again, under the same id',
  ...forTenant('Events'),
  request: {
    params: TenantPath.extend({
      eventId: z
        .string()
        .max(100)
        .openapi({ param: { name: 'eventId', in: 'path' } }),
    }),
  },
  responses: {
    202: json(Replayed, 'How many', examples.replayed),
    ...tenantErrors,
    404: failing('tenant.unknown', 'event.unknown'),
  },
})
events.openapi(replay, async (c) => {
  const { id, eventId } = c.req.valid('param')
  const replayed = await tenantObject(c.env, id).replayEvents({ id: eventId })
  if (replayed === 0) throw new HttpError(404, 'event.unknown', 'There is no such event')
  return c.json({ replayed }, 202)
})

const replayAll = createRoute({
  method: 'post',
  path: '/api/tenants/{id}/events/replay',
  summary: 'Sends all again that nobody received',
  ...forTenant('Events'),
  request: { params: TenantPath },
  responses: { 202: json(Replayed, 'How many', examples.replayed), ...tenantErrors },
})
events.openapi(replayAll, async (c) => {
  const replayed = await tenantObject(c.env, c.get('tenant').id).replayEvents('failed')
  return c.json({ replayed }, 202)
})
