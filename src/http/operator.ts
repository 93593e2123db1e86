import { createRoute } from '@hono/zod-openapi'
import { openDatabase } from '../db/database'
import { TenantSettings } from '../db/settings'
import { tenantStatusesIn } from '../db/tenant-statuses'
import { type Env, settingsOf } from '../env'
import { healthOf, lateSince } from '../health/health'
import { forEachLimited, within } from '../shared/limit'
import { tenantObject } from '../tenant-object'
import { useOfGate } from './connections'
import * as examples from './examples'
import { metricsOf } from './metrics'
import { forOperator, json, operatorErrors, routes } from './openapi'
import { CONTENT_TYPE, textOf } from './prometheus'
import { Counts, HealthAnswer, instant, NO_JOBS, NO_STREAMS, State, Streams, stateOf } from './tenant-state'
import * as z from './zod'

/** All tenants at once: one statement, one question to the gate, and one to each object if they are few. */
export const operator = routes()

/** So many tenants are asked how they stand this moment; of more, what they last wrote down has to do. */
const FEW = 50
const ANSWERS_WITHIN_MS = 2000

export type All = Awaited<ReturnType<typeof everything>>
async function everything(env: Env, now: number) {
  const [rows, gate] = await Promise.all([tenantStatusesIn(openDatabase(env.DB)).all(), useOfGate(env)])
  if (rows.length <= FEW)
    await forEachLimited(rows, 6, async (row) => {
      const tenantStatus = within(ANSWERS_WITHIN_MS, tenantObject(env, row.id).readStatus())
      row.tenantStatus = (await tenantStatus.catch(() => null)) ?? row.tenantStatus
    })
  const tenants = rows.map((row) => {
    const expected = { state: row.state, settings: TenantSettings.parse(row.settings) }
    return {
      id: row.id,
      name: row.name,
      tenantStatus: row.tenantStatus,
      state: stateOf(row.state, row.tenantStatus),
      health: healthOf(expected, row.tenantStatus, now),
    }
  })
  return { tenants, gate: { perSecond: settingsOf(env).POWEROFFICE_REQUESTS_PER_SECOND, ...gate } }
}

const Glance = z
  .object({
    id: z.string(),
    name: z.string(),
    state: State,
    health: HealthAnswer,
    streams: Streams,
    jobs: Counts,
    problems: z.number(),
    oldestDueAt: instant,
    /** When the tenant's object wrote this down; null when it has not yet. */
    asOf: instant,
  })
  .openapi('TenantGlance')
export type Glance = z.infer<typeof Glance>
const Gate = z
  .object({
    perSecond: z.number(),
    lastSecond: z.number(),
    lastMinute: z.number(),
    waiting: z.object({ push: z.number(), bulk: z.number() }),
    heldForMs: z.number(),
    turns: z.number(),
    holds: z.number(),
  })
  .openapi('GateUse')
const Drifted = z
  .object({
    system: z.enum(['tribe', 'poweroffice']),
    path: z.string(),
    reads: z.string(),
    found: z.string(),
    since: z.string(),
    /** How many companies meet it. */
    tenants: z.number(),
  })
  .openapi('Drifted')
export type Drifted = z.infer<typeof Drifted>
const AN_EXAMPLE: Drifted = {
  system: 'poweroffice',
  path: 'Customers.WebsiteUrl',
  reads: 'text',
  found: 'list',
  since: '2026-11-24T09:15:00.000Z',
  tenants: 3,
}
const Totals = z.object({ jobs: Counts, problems: z.number(), unhealthy: z.number(), oldestDueAt: instant })
const Status = z
  .object({
    tenants: z.array(Glance),
    totals: Totals,
    gate: Gate,
    drifted: z.array(Drifted).openapi({
      description: 'What Tribe or PowerOffice answers otherwise than it is read: paths and types, no values',
    }),
  })
  .openapi('RelayStatus')

const status = createRoute({
  method: 'get',
  path: '/status',
  summary: 'All tenants at a glance',
  description:
    'Of up to 50 tenants as it is this moment; of more as their objects last wrote it down: what matters at once, counts and freshness every five minutes.',
  ...forOperator('Status'),
  responses: {
    200: json(Status, 'All tenants, and the gate', { ...examples.relayStatus, drifted: [AN_EXAMPLE] }),
    ...operatorErrors,
  },
})
operator.openapi(status, async (c) => {
  const now = Date.now()
  const { tenants, gate } = await everything(c.env, now)
  const glances = tenants.map(({ tenantStatus, ...tenant }) => ({
    ...tenant,
    streams: tenantStatus?.streams ?? NO_STREAMS,
    jobs: tenantStatus?.jobs ?? NO_JOBS,
    problems: sum(Object.values(tenantStatus?.problems ?? {})) + (tenantStatus?.reconnect ? 1 : 0),
    oldestDueAt: tenantStatus && lateSince(tenantStatus, now),
    asOf: tenantStatus?.at ?? null,
  }))
  const jobs = (state: keyof typeof NO_JOBS) => sum(glances.map((one) => one.jobs[state] ?? 0))
  const totals = {
    jobs: { due: jobs('due'), waiting: jobs('waiting'), later: jobs('later'), parked: jobs('parked') },
    problems: sum(glances.map((one) => one.problems)),
    unhealthy: glances.filter(({ health }) => health.state === 'unhealthy').length,
    oldestDueAt: glances.flatMap(({ oldestDueAt }) => oldestDueAt ?? []).sort()[0] ?? null,
  }
  return c.json({ tenants: glances, totals, gate, drifted: driftedIn(tenants) }, 200)
})

/** What has drifted, once for all companies that meet it. */
function driftedIn(tenants: All['tenants']): Drifted[] {
  const found = new Map<string, Drifted>()
  for (const one of tenants.flatMap(({ tenantStatus }) => tenantStatus?.drifted ?? [])) {
    const key = `${one.system} ${one.path} ${one.found}`
    const before = found.get(key)
    const since = before && before.since < one.since ? before.since : one.since
    found.set(key, { ...one, since, tenants: (before?.tenants ?? 0) + 1 })
  }
  return [...found.values()].toSorted((a, b) => a.path.localeCompare(b.path))
}

const metrics = createRoute({
  method: 'get',
  path: '/metrics',
  summary: 'The same in numbers, for Prometheus',
  ...forOperator('Status'),
  responses: {
    200: {
      description: "Prometheus' text format",
      content: { 'text/plain': { schema: z.string(), example: examples.metrics } },
    },
    ...operatorErrors,
  },
})
operator.openapi(metrics, async (c) => {
  const now = Date.now()
  return c.text(textOf(metricsOf(await everything(c.env, now), now)), 200, { 'content-type': CONTENT_TYPE })
})

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
