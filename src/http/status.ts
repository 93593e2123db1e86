import { createRoute } from '@hono/zod-openapi'
import { openDatabase, ping } from '../db/database'
import { linksOf } from '../db/links'
import { TenantSettings } from '../db/settings'
import type { Tenant } from '../db/tenants'
import type { Env } from '../env'
import { healthOf } from '../health/health'
import type { Language } from '../shared/problems'
import { tenantObject } from '../tenant-object'
import * as examples from './examples'
import { numbered } from './numbered'
import { forAnybody, forTenant, json, routes, TenantPath, tenantErrors } from './openapi'
import { LanguageQuery, Problem, problemOf, problemOfEvents, tenantProblem } from './problems'
import { Counts, HealthAnswer, instant, NO_JOBS, NO_STREAMS, State, Streams, stateOf } from './tenant-state'
import * as z from './zod'

/** How things stand: what is fresh, what is parked and why. */
export const status = routes()

const TenantStatus = z
  .object({
    id: z.string(),
    name: z.string(),
    state: State,
    health: HealthAnswer,
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
    streams: Streams,
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
            .object({
              tribe: z.number(),
              powerOffice: z.number(),
              paid: z.number(),
              open: z.number(),
              // What an older version has kept has none of these.
              credited: z.number().optional(),
              writtenOff: z.number().optional(),
              reversed: z.number().optional(),
              currencies: z
                .array(z.object({ currency: z.string(), tribe: z.number(), powerOffice: z.number() }))
                .optional(),
            })
            .optional(),
        }),
      ),
    }),
  })
  .openapi('TenantStatus')
export type TenantStatus = z.infer<typeof TenantStatus>

const one = createRoute({
  method: 'get',
  path: '/api/tenants/{id}/status',
  summary: 'How a tenant is doing',
  ...forTenant('Status'),
  request: { params: TenantPath, query: LanguageQuery },
  responses: { 200: json(TenantStatus, 'The status', examples.status), ...tenantErrors },
})
status.openapi(one, async (c) => c.json(await statusOf(c.env, c.get('tenant'), c.get('language')), 200))

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
const overviewOf = (env: Env, id: string) => tenantObject(env, id).overview()

async function statusOf(env: Env, tenant: Tenant, language: Language): Promise<TenantStatus> {
  const [overview, links] = await Promise.all([
    overviewOf(env, tenant.id),
    linksOf(openDatabase(env.DB), tenant.id).counts(),
  ])
  const settings = TenantSettings.parse(tenant.settings)
  const found = problemsOf(overview, settings, language)
  const problems = await numbered(openDatabase(env.DB), tenant.id, found)
  const own = overview?.reconnect ? tenantProblem(overview.reconnect, language) : null
  return {
    id: tenant.id,
    name: tenant.name,
    state: stateOf(tenant.state, overview?.tenantStatus ?? null),
    health: healthOf({ state: tenant.state, settings }, overview?.tenantStatus ?? null, Date.now()),
    reconnect: own ? { code: own.code, message: own.message, since: own.since } : null,
    initialSync: progressOf(overview),
    streams: overview?.tenantStatus.streams ?? NO_STREAMS,
    jobs: overview?.tenantStatus.jobs ?? NO_JOBS,
    links,
    problems,
    comparison: overview?.comparison ?? { at: null, rows: [] },
  }
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
    state: overview.tenantStatus.isLoading ? 'running' : 'done',
    total: load.total,
    done: load.done,
    perMinute: perMinute === null ? null : Math.round(perMinute),
    expectedEndAt:
      overview.tenantStatus.isLoading && perMinute ? isoOf(Date.now() + (left / perMinute) * 60_000) : null,
    startedAt: load.startedAt,
    finishedAt: load.finishedAt,
  }
}

/** Those of the tenant as a whole, and those of its records. */
function problemsOf(overview: Overview | null, settings: TenantSettings, language: Language): Problem[] {
  const own = overview?.reconnect ? [tenantProblem(overview.reconnect, language)] : []
  const events = problemOfEvents(overview, settings, language)
  const ofRecords = (overview?.problems ?? []).map((job) => problemOf(job, language))
  return [...own, ...(events ? [events] : []), ...ofRecords]
}

const isoOf = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
