import { createRoute, z } from '@hono/zod-openapi'
import { openDatabase } from '../db/database'
import { type LinkKind, linksOf } from '../db/links'
import { timelineOf } from '../db/timeline'
import type { JobRequest } from '../sync-step'
import { tenantAdmin } from './admin-auth'
import { HttpError } from './errors'
import { ACCEPTED, Accepted, body, ErrorAnswer, json, routes, TenantPath, tenantErrors } from './openapi'
import { idsOf, Problem, problemOf } from './problems'

/** Single records and jobs: what happened, what stands in the way, and another try. */
export const records = routes()

const SWEEPS: Record<string, JobRequest[]> = {
  relations: [
    { kind: 'pull-relations', subject: '', lane: 'bulk' },
    { kind: 'poll-tribe', subject: '', lane: 'bulk' },
  ],
}
const NOT_YET = ['products', 'payments', 'unlinked', 'compare']

const sync = createRoute({
  method: 'post',
  path: '/api/tenants/{id}/sync',
  summary: 'Syncs now',
  middleware: tenantAdmin,
  request: {
    params: TenantPath,
    body: body(
      z.strictObject({
        what: z.enum(['relations', 'products', 'payments', 'unlinked', 'compare', 'everything']),
      }),
    ),
  },
  responses: {
    202: json(Accepted, 'Begun'),
    ...tenantErrors,
    409: json(ErrorAnswer, '`tenant.not_active`'),
    422: json(ErrorAnswer, '`sync.not_available`'),
  },
})
records.openapi(sync, async (c) => {
  const tenant = c.get('tenant')
  const { what } = c.req.valid('json')
  if (tenant.state === 'setup')
    throw new HttpError(409, 'tenant.not_active', 'The tenant is not activated yet')
  if (NOT_YET.includes(what))
    throw new HttpError(422, 'sync.not_available', `This version of the relay does not sync ${what} yet`)
  const object = c.env.TENANT_SYNC.getByName(tenant.id)
  if (what === 'everything') await object.startFirstLoad()
  else await object.enqueue(SWEEPS[what] ?? [])
  return c.json(ACCEPTED, 202)
})

const Job = z
  .object({
    id: z.string(),
    kind: z.string(),
    tribeId: z.string().nullable(),
    powerOfficeId: z.string().nullable(),
    state: z.enum(['due', 'waiting', 'parked']),
    attempts: z.number(),
    dueAt: z.string(),
    code: z.string().nullable(),
    message: z.string().nullable(),
  })
  .openapi('Job')

const jobs = createRoute({
  method: 'get',
  path: '/api/tenants/{id}/jobs',
  summary: 'What is due, what waits, what is parked',
  middleware: tenantAdmin,
  request: {
    params: TenantPath,
    query: z.object({
      state: z.enum(['due', 'waiting', 'parked']).optional(),
      page: z.coerce.number().int().min(1).default(1),
      pageSize: z.coerce.number().int().min(1).max(500).default(100),
    }),
  },
  responses: {
    200: json(z.object({ jobs: z.array(Job), page: z.number(), pageSize: z.number() }), 'A page of jobs'),
    ...tenantErrors,
  },
})
records.openapi(jobs, async (c) => {
  const { state, page, pageSize } = c.req.valid('query')
  const object = c.env.TENANT_SYNC.getByName(c.get('tenant').id)
  const now = Date.now()
  const found = await object.listJobs(state ?? null, { limit: pageSize, offset: (page - 1) * pageSize })
  const rows = found.map((job) => ({
    id: job.id,
    kind: job.kind,
    ...idsOf(job),
    state: job.isParked ? ('parked' as const) : job.dueAt <= now ? ('due' as const) : ('waiting' as const),
    attempts: job.attempts,
    dueAt: new Date(job.dueAt).toISOString(),
    code: job.code,
    message: job.message,
  }))
  return c.json({ jobs: rows, page, pageSize }, 200)
})

const retryOne = createRoute({
  method: 'post',
  path: '/api/tenants/{id}/jobs/{jobId}/retry',
  summary: 'Tries one job again',
  middleware: tenantAdmin,
  request: {
    params: TenantPath.extend({ jobId: z.string().openapi({ param: { name: 'jobId', in: 'path' } }) }),
  },
  responses: { 202: json(Accepted, 'It runs'), ...tenantErrors },
})
records.openapi(retryOne, async (c) => {
  const { jobId } = c.req.valid('param')
  const count = await c.env.TENANT_SYNC.getByName(c.get('tenant').id).retry({ id: jobId })
  if (count === 0) throw new HttpError(404, 'job.unknown', 'There is no such job (any more)')
  return c.json(ACCEPTED, 202)
})

const retryAll = createRoute({
  method: 'post',
  path: '/api/tenants/{id}/jobs/retry',
  summary: 'Tries all parked jobs again, or those with one code',
  middleware: tenantAdmin,
  request: {
    params: TenantPath,
    body: { content: { 'application/json': { schema: z.strictObject({ code: z.string().optional() }) } } },
  },
  responses: { 202: json(Accepted.extend({ count: z.number() }), 'They run'), ...tenantErrors },
})
records.openapi(retryAll, async (c) => {
  const { code } = c.req.valid('json') ?? {}
  const count = await c.env.TENANT_SYNC.getByName(c.get('tenant').id).retry({ code: code ?? null })
  return c.json({ ...ACCEPTED, count }, 202)
})

const Kind = z.enum(['customer', 'supplier', 'contactPerson', 'product', 'invoice'])
const Record_ = z
  .object({
    kind: Kind,
    tribeId: z.string().nullable(),
    tribeRelationId: z.string().nullable(),
    powerOfficeId: z.string().nullable(),
    number: z.string().nullable(),
    state: z.enum(['linked', 'tribe-gone', 'poweroffice-gone', 'unlinked']),
    syncedAt: z.string().nullable(),
    timeline: z.array(
      z.object({ at: z.string(), event: z.string(), details: z.record(z.string(), z.unknown()) }),
    ),
    problem: Problem.nullable(),
  })
  .openapi('Record')

const record = createRoute({
  method: 'get',
  path: '/api/tenants/{id}/records',
  summary: "A record's link and timeline, and what stands in its way",
  middleware: tenantAdmin,
  request: {
    params: TenantPath,
    query: z
      .object({
        kind: Kind,
        tribeId: z.string().min(1).optional(),
        powerOfficeId: z.string().min(1).optional(),
      })
      .refine(
        (query) => (query.tribeId === undefined) !== (query.powerOfficeId === undefined),
        'give tribeId or powerOfficeId',
      ),
  },
  responses: { 200: json(Record_, 'The record'), ...tenantErrors },
})
records.openapi(record, async (c) => {
  const { kind, tribeId, powerOfficeId } = c.req.valid('query')
  const tenantId = c.get('tenant').id
  const db = openDatabase(c.env.DB)
  const link = await findLink(linksOf(db, tenantId), kind, tribeId, powerOfficeId)
  const ids = {
    tribeId: link?.tribeId ?? tribeId ?? null,
    powerOfficeId: link?.powerOfficeId ?? powerOfficeId ?? null,
  }
  const subjects = [
    ...[ids.tribeId, link?.tribeRelationId].flatMap((id) => (id ? [`tribe:${id}`] : [])),
    ...(ids.powerOfficeId ? [`powerOffice:${ids.powerOfficeId}`] : []),
  ]
  const [entries, job] = await Promise.all([
    timelineOf(db, tenantId).of(kind, ids),
    c.env.TENANT_SYNC.getByName(tenantId).problemOf(kind, subjects),
  ])
  if (!link && entries.length === 0 && !job)
    throw new HttpError(404, 'record.unknown', 'The relay knows nothing of this record')
  return c.json(
    {
      kind,
      ...ids,
      tribeRelationId: link?.tribeRelationId ?? null,
      number: link?.number ?? null,
      state: link?.state ?? ('unlinked' as const),
      syncedAt: link?.syncedAt ?? null,
      timeline: entries.map(({ at, event, details }) => ({ at, event, details })),
      problem: job ? problemOf(job) : null,
    },
    200,
  )
})

function findLink(
  links: ReturnType<typeof linksOf>,
  kind: LinkKind,
  tribeId: string | undefined,
  powerOfficeId: string | undefined,
) {
  if (tribeId !== undefined) return links.findByTribe(kind, tribeId)
  return powerOfficeId === undefined ? Promise.resolve(null) : links.findByPowerOffice(kind, powerOfficeId)
}
