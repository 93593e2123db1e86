import { createRoute } from '@hono/zod-openapi'
import { LANGUAGES } from '../shared/problems'
import { idsOf, LEISURE, subjectText } from '../shared/subjects'
import type { JobRequest } from '../sync-step'
import { tenantObject } from '../tenant-object'
import type { Job as StoredJob } from '../tenant-sync/job'
import { HttpError } from './errors'
import * as examples from './examples'
import {
  ACCEPTED,
  Accepted,
  body,
  failing,
  forTenant,
  json,
  routes,
  TenantPath,
  tenantErrors,
} from './openapi'
import { LanguageQuery, told } from './problems'
import * as z from './zod'

/** What is to be done: syncs on request, what is due and parked, and another try. */
export const jobs = routes()

const SWEEPS: Record<string, JobRequest[]> = {
  relations: [
    { kind: 'pull-relations', subject: '', lane: 'bulk' },
    { kind: 'poll-tribe', subject: '', lane: 'bulk' },
  ],
  products: [
    { kind: 'pull-products', subject: '', lane: 'bulk' },
    { kind: 'poll-tribe', subject: 'Product', lane: 'bulk' },
  ],
  compare: [{ kind: 'compare', subject: '', lane: 'bulk' }],
  payments: [{ kind: 'pull-payments', subject: '', lane: 'bulk' }],
  unlinked: [{ kind: 'push-unlinked', subject: '', lane: 'bulk' }],
}
const Day = z.iso.date()

const sync = createRoute({
  method: 'post',
  path: '/api/tenants/{id}/sync',
  summary: 'Syncs now',
  ...forTenant('Jobs'),
  request: {
    params: TenantPath,
    body: body(
      z.union([
        z.strictObject({
          what: z.enum(['relations', 'products', 'payments', 'unlinked', 'compare', 'everything']),
        }),
        /** Exports the invoices that were sent in these days, also from before the tenant was activated. */
        z.strictObject({ what: z.literal('invoices'), from: Day, to: Day }),
      ]),
      { what: 'relations' },
    ),
  },
  responses: {
    202: json(Accepted, 'Begun', examples.accepted),
    ...tenantErrors,
    409: failing('tenant.not_active'),
  },
})
jobs.openapi(sync, async (c) => {
  const tenant = c.get('tenant')
  const asked = c.req.valid('json')
  const { what } = asked
  if (tenant.state === 'setup')
    throw new HttpError(409, 'tenant.not_active', 'The tenant is not activated yet')
  const object = tenantObject(c.env, tenant.id)
  if (what === 'everything') await object.startFirstLoad()
  else if (asked.what === 'invoices')
    await object.enqueue([
      {
        kind: 'export-invoices',
        subject: subjectText({ of: 'days', from: asked.from, to: asked.to }),
        lane: 'bulk',
      },
    ])
  else await object.enqueue(SWEEPS[what] ?? [])
  return c.json(ACCEPTED, 202)
})

const STATES = ['due', 'waiting', 'later', 'parked'] as const
const Job = z
  .object({
    id: z.string(),
    kind: z.string(),
    tribeId: z.string().nullable(),
    powerOfficeId: z.string().nullable(),
    state: z.enum(STATES),
    attempts: z.number(),
    dueAt: z.string(),
    code: z.string().nullable(),
    message: z.string().nullable(),
    /** Of a failure: the code's entry in the catalogue, in the language asked for. */
    language: z.enum(LANGUAGES).nullable(),
    cause: z.string().nullable(),
    nextStep: z.string().nullable(),
  })
  .openapi('Job')

function stateOf({ kind, code, isParked, dueAt }: StoredJob, now: number): (typeof STATES)[number] {
  if (isParked) return 'parked'
  if (dueAt <= now) return 'due'
  return kind === LEISURE && code === null ? 'later' : 'waiting'
}

const NO_FAILURE = { code: null, message: null, language: null, cause: null, nextStep: null }

const list = createRoute({
  method: 'get',
  path: '/api/tenants/{id}/jobs',
  summary: 'What is due, what waits, what is parked',
  ...forTenant('Jobs'),
  request: {
    params: TenantPath,
    query: z.object({
      state: z.enum(STATES).optional(),
      page: z.coerce.number().int().min(1).default(1),
      pageSize: z.coerce.number().int().min(1).max(500).default(100),
      ...LanguageQuery.shape,
    }),
  },
  responses: {
    200: json(
      z.object({ jobs: z.array(Job), page: z.number(), pageSize: z.number() }),
      'A page of jobs',
      examples.jobs,
    ),
    ...tenantErrors,
  },
})
jobs.openapi(list, async (c) => {
  const { state, page, pageSize } = c.req.valid('query')
  const object = tenantObject(c.env, c.get('tenant').id)
  const now = Date.now()
  const language = c.get('language')
  const found = await object.listJobs(state ?? null, { limit: pageSize, offset: (page - 1) * pageSize })
  const rows = found.map((job) => ({
    id: job.id,
    kind: job.kind,
    ...idsOf(job),
    state: stateOf(job, now),
    attempts: job.attempts,
    dueAt: new Date(job.dueAt).toISOString(),
    ...(job.code === null ? NO_FAILURE : told(job.code, job.message, language)),
  }))
  return c.json({ jobs: rows, page, pageSize }, 200)
})

const retryOne = createRoute({
  method: 'post',
  path: '/api/tenants/{id}/jobs/{jobId}/retry',
  summary: 'Tries one job again',
  ...forTenant('Jobs'),
  request: {
    params: TenantPath.extend({ jobId: z.string().openapi({ param: { name: 'jobId', in: 'path' } }) }),
  },
  responses: {
    202: json(Accepted, 'It runs', examples.accepted),
    ...tenantErrors,
    404: failing('tenant.unknown', 'job.unknown'),
  },
})
jobs.openapi(retryOne, async (c) => {
  const { jobId } = c.req.valid('param')
  const count = await tenantObject(c.env, c.get('tenant').id).retry({ id: jobId })
  if (count === 0) throw new HttpError(404, 'job.unknown', 'There is no such job (any more)')
  return c.json(ACCEPTED, 202)
})

const retryAll = createRoute({
  method: 'post',
  path: '/api/tenants/{id}/jobs/retry',
  summary:
    'Tries all parked jobs again but those that need a word of their own, by their code or one by one (notices, accounts of products); or those with one code',
  ...forTenant('Jobs'),
  request: {
    params: TenantPath,
    body: {
      content: {
        'application/json': {
          schema: z.strictObject({ code: z.string().optional() }),
          example: { code: 'vat.unmapped' },
        },
      },
    },
  },
  responses: {
    202: json(Accepted.extend({ count: z.number() }), 'They run', { ...examples.accepted, count: 3 }),
    ...tenantErrors,
  },
})
jobs.openapi(retryAll, async (c) => {
  const { code } = c.req.valid('json') ?? {}
  const count = await tenantObject(c.env, c.get('tenant').id).retry({ code: code ?? null })
  return c.json({ ...ACCEPTED, count }, 202)
})
