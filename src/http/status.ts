import { createRoute, z } from '@hono/zod-openapi'
import { openDatabase, ping } from '../db/database'
import { linksOf } from '../db/links'
import { type Tenant, tenantsIn } from '../db/tenants'
import type { Env } from '../env'
import { forEachLimited } from '../shared/limit'
import type { Language } from '../shared/problems'
import * as examples from './examples'
import {
  forAnybody,
  forOperator,
  forTenant,
  json,
  operatorErrors,
  routes,
  TenantPath,
  tenantErrors,
} from './openapi'
import { LanguageQuery, languageFor, Problem, problemOf, tenantProblem } from './problems'

/** How things stand: what is fresh, what is parked and why. */
export const status = routes()

const instant = z.string().nullable()
const State = z.enum(['setup', 'initial-sync', 'active', 'paused', 'reconnect'])
const Counts = z.object({ due: z.number(), waiting: z.number(), parked: z.number() })
const Freshness = z.object({ lastSuccessAt: instant })
const TenantStatus = z
  .object({
    id: z.string(),
    name: z.string(),
    state: State,
    reconnect: z.object({ code: z.string(), message: z.string(), since: z.string() }).nullable(),
    initialSync: z.object({
      state: z.enum(['none', 'running', 'done']),
      total: z.number(),
      done: z.number(),
      perMinute: z.number().nullable(),
      expectedEndAt: instant,
      startedAt: instant,
      finishedAt: instant,
    }),
    streams: z.object({
      webhooks: z.object({ lastEventAt: instant, lastSuccessAt: instant }),
      relations: Freshness,
      products: Freshness,
      payments: Freshness,
    }),
    jobs: Counts,
    links: z.object({
      customer: z.number(),
      supplier: z.number(),
      contactPerson: z.number(),
      product: z.number(),
      invoice: z.number(),
    }),
    problems: z.array(Problem),
    comparison: z.object({
      at: instant,
      rows: z.array(
        z.object({
          what: z.string(),
          tribe: z.number(),
          powerOffice: z.number(),
          linked: z.number(),
          differ: z.number(),
          sums: z
            .object({ tribe: z.number(), powerOffice: z.number(), paid: z.number(), open: z.number() })
            .optional(),
        }),
      ),
    }),
  })
  .openapi('TenantStatus')
type TenantStatus = z.infer<typeof TenantStatus>

const one = createRoute({
  method: 'get',
  path: '/api/tenants/{id}/status',
  summary: 'How a tenant is doing',
  ...forTenant('Status'),
  request: { params: TenantPath, query: LanguageQuery },
  responses: { 200: json(TenantStatus, 'The status', examples.status), ...tenantErrors },
})
status.openapi(one, async (c) => c.json(await statusOf(c.env, c.get('tenant'), languageFor(c)), 200))

const Glance = TenantStatus.pick({ id: true, name: true, state: true, streams: true, jobs: true })
  .extend({ problems: z.number(), oldestDueAt: instant })
  .openapi('TenantGlance')

const every = createRoute({
  method: 'get',
  path: '/status',
  summary: 'All tenants at a glance',
  ...forOperator('Status'),
  responses: {
    200: json(z.object({ tenants: z.array(Glance) }), 'All tenants', { tenants: [examples.glance] }),
    ...operatorErrors,
  },
})
status.openapi(every, async (c) => {
  const tenants = await tenantsIn(openDatabase(c.env.DB)).all()
  const glances = new Map<string, z.infer<typeof Glance>>()
  await forEachLimited(tenants, 6, async (tenant) => {
    glances.set(tenant.id, await glanceOf(c.env, tenant))
  })
  return c.json({ tenants: tenants.flatMap((tenant) => glances.get(tenant.id) ?? []) }, 200)
})

const Health = z.object({ ok: z.boolean() })
const health = createRoute({
  method: 'get',
  path: '/health',
  summary: 'Is it up, can it reach D1',
  ...forAnybody('Status'),
  responses: {
    200: json(Health, 'It is', { ok: true }),
    503: json(Health, 'D1 does not answer', { ok: false }),
  },
})
status.openapi(health, async (c) => {
  try {
    await ping(openDatabase(c.env.DB))
    return c.json({ ok: true }, 200)
  } catch {
    return c.json({ ok: false }, 503)
  }
})

type Overview = NonNullable<Awaited<ReturnType<typeof overviewOf>>>
const overviewOf = (env: Env, id: string) => env.TENANT_SYNC.getByName(id).overview()

async function statusOf(env: Env, tenant: Tenant, language: Language): Promise<TenantStatus> {
  const [overview, links] = await Promise.all([
    overviewOf(env, tenant.id),
    linksOf(openDatabase(env.DB), tenant.id).counts(),
  ])
  const problems = problemsOf(overview, language)
  const own = overview?.reconnect ? tenantProblem(overview.reconnect, language) : null
  return {
    id: tenant.id,
    name: tenant.name,
    state: stateOf(tenant, overview),
    reconnect: own ? { code: own.code, message: own.message, since: own.since } : null,
    initialSync: progressOf(overview),
    streams: streamsOf(overview),
    jobs: overview?.jobs ?? { due: 0, waiting: 0, parked: 0 },
    links,
    problems,
    comparison: overview?.comparison ?? { at: null, rows: [] },
  }
}

async function glanceOf(env: Env, tenant: Tenant): Promise<z.infer<typeof Glance>> {
  const overview = await overviewOf(env, tenant.id)
  return {
    id: tenant.id,
    name: tenant.name,
    state: stateOf(tenant, overview),
    streams: streamsOf(overview),
    jobs: overview?.jobs ?? { due: 0, waiting: 0, parked: 0 },
    problems: problemsOf(overview, 'en').length,
    oldestDueAt: isoOf(overview?.oldestDueAt ?? null),
  }
}

function stateOf(tenant: Tenant, overview: Overview | null): z.infer<typeof State> {
  if (tenant.state !== 'active') return tenant.state
  if (overview?.reconnect) return 'reconnect'
  return overview?.isLoading ? 'initial-sync' : 'active'
}

function progressOf(overview: Overview | null): TenantStatus['initialSync'] {
  const load = overview?.initialSync
  if (!load)
    return {
      state: 'none',
      total: 0,
      done: 0,
      perMinute: null,
      expectedEndAt: null,
      startedAt: null,
      finishedAt: null,
    }
  const end = load.finishedAt ? Date.parse(load.finishedAt) : Date.now()
  const minutes = (end - Date.parse(load.startedAt)) / 60_000
  const perMinute = load.done > 0 && minutes > 0 ? load.done / minutes : null
  const left = Math.max(0, load.total - load.done)
  return {
    state: overview.isLoading ? 'running' : 'done',
    total: load.total,
    done: load.done,
    perMinute: perMinute === null ? null : Math.round(perMinute),
    expectedEndAt: overview.isLoading && perMinute ? isoOf(Date.now() + (left / perMinute) * 60_000) : null,
    startedAt: load.startedAt,
    finishedAt: load.finishedAt,
  }
}

const streamsOf = (overview: Overview | null): TenantStatus['streams'] => ({
  webhooks: overview?.streams.webhooks ?? { lastEventAt: null, lastSuccessAt: null },
  relations: overview?.streams.relations ?? { lastSuccessAt: null },
  products: overview?.streams.products ?? { lastSuccessAt: null },
  payments: overview?.streams.payments ?? { lastSuccessAt: null },
})

/** One problem for the tenant as a whole, and those of its records. */
function problemsOf(overview: Overview | null, language: Language): Problem[] {
  const own = overview?.reconnect ? [tenantProblem(overview.reconnect, language)] : []
  return [...own, ...(overview?.problems ?? []).map((job) => problemOf(job, language))]
}

const isoOf = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
