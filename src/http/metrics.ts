import { lateSince } from '../health/health'
import type { All } from './operator'
import type { Metric, Sample } from './prometheus'
import { State } from './tenant-state'

const STREAMS = ['webhooks', 'relations', 'products', 'payments'] as const
const POLLED = ['relations', 'products', 'payments'] as const
const JOB_STATES = ['due', 'waiting', 'later', 'parked'] as const
const HEALTH = ['healthy', 'unhealthy', 'idle'] as const

/** What Prometheus is told of all tenants together; each tenant only says whether it is well. */
export function metricsOf({ tenants, gate }: All, now: number): Metric[] {
  const tenantStatuses = tenants.flatMap(({ tenantStatus }) => tenantStatus ?? [])
  const ageOf = (at: string | null) => (at === null ? [] : [Math.max(0, (now - Date.parse(at)) / 1000)])
  const late = tenantStatuses.flatMap((tenantStatus) => ageOf(lateSince(tenantStatus, now)))
  const spent = (what: 'tribe' | 'powerOffice' | 'statements' | 'runs' | 'failures') =>
    sum(tenantStatuses.map((tenantStatus) => tenantStatus.spent[what]))
  const working = tenants.filter(({ health }) => health.state !== 'idle')
  const staleOf = (stream: string) =>
    tenants.filter(({ health }) =>
      health.ailments.some(({ code, what }) => code === 'health.stale' && what === stream),
    ).length

  return [
    gauge(
      'relay_tenants',
      'Tenants by state.',
      State.options.map((state) => ({
        labels: { state },
        value: tenants.filter((one) => one.state === state).length,
      })),
    ),
    gauge(
      'relay_tenants_health',
      'Tenants by health; idle: set up or paused, nothing is expected of them.',
      HEALTH.map((health) => ({
        labels: { health },
        value: tenants.filter((one) => one.health.state === health).length,
      })),
    ),
    gauge(
      'relay_tenant_healthy',
      'Whether a tenant that is active is well.',
      working.map(({ id, health }) => ({
        labels: { tenant: id },
        value: health.state === 'healthy' ? 1 : 0,
      })),
    ),
    gauge(
      'relay_jobs',
      'Jobs of all tenants: due, waiting for their time, looked for again at leisure, parked until a person mends something.',
      JOB_STATES.map((state) => ({
        labels: { state },
        value: sum(tenantStatuses.map(({ jobs }) => jobs[state] ?? 0)),
      })),
    ),
    gauge('relay_oldest_due_job_age_seconds', 'How late the job is that is due for longest.', [
      { value: Math.max(0, ...late) },
    ]),
    gauge(
      'relay_stream_age_seconds',
      'How long ago a stream was last worked off, at the active tenant where that is longest ago.',
      STREAMS.flatMap((stream) => {
        const ages = working.flatMap(({ tenantStatus }) =>
          ageOf(tenantStatus?.streams[stream].lastSuccessAt ?? null),
        )
        return ages.length > 0 ? [{ labels: { stream }, value: Math.max(...ages) }] : []
      }),
    ),
    gauge(
      'relay_stale_tenants',
      'Tenants at which a stream was not worked off for too long.',
      POLLED.map((stream) => ({ labels: { stream }, value: staleOf(stream) })),
    ),
    gauge('relay_problems', 'Problems by code, of all tenants.', problems(tenantStatuses)),
    counter('relay_calls_total', 'Calls of jobs, retries included and tokens not.', [
      { labels: { system: 'tribe' }, value: spent('tribe') },
      { labels: { system: 'poweroffice' }, value: spent('powerOffice') },
    ]),
    counter('relay_statements_total', 'Statements of jobs to D1.', [{ value: spent('statements') }]),
    counter('relay_job_runs_total', 'Runs of jobs.', [{ value: spent('runs') }]),
    counter('relay_job_failures_total', 'Runs of jobs that came to no good end.', [
      { value: spent('failures') },
    ]),
    gauge('relay_gate_limit', 'Calls that PowerOffice may be sent in a second.', [{ value: gate.perSecond }]),
    gauge('relay_gate_turns', 'Calls to PowerOffice, tokens included, in the latest window.', [
      { labels: { window: '1s' }, value: gate.lastSecond },
      { labels: { window: '60s' }, value: gate.lastMinute },
    ]),
    gauge('relay_gate_waiting', 'Pushes, and tenants with bulk work, that wait for a turn.', [
      { labels: { lane: 'push' }, value: gate.waiting.push },
      { labels: { lane: 'bulk' }, value: gate.waiting.bulk },
    ]),
    gauge('relay_gate_held_seconds', 'How much longer nobody may call, because PowerOffice said 429.', [
      { value: gate.heldForMs / 1000 },
    ]),
    counter('relay_gate_turns_total', 'Calls to PowerOffice, tokens included, since the gate was woken.', [
      { value: gate.turns },
    ]),
    counter('relay_gate_holds_total', 'How often PowerOffice said 429, since the gate was woken.', [
      { value: gate.holds },
    ]),
  ]
}

function problems(tenantStatuses: readonly { problems: Record<string, number> }[]): Sample[] {
  const counts = new Map<string, number>()
  for (const one of tenantStatuses)
    for (const [code, count] of Object.entries(one.problems))
      counts.set(code, (counts.get(code) ?? 0) + count)
  return [...counts].sort().map(([code, value]) => ({ labels: { code }, value }))
}

const gauge = (name: string, help: string, samples: readonly Sample[]): Metric => ({
  name,
  help,
  samples,
  type: 'gauge',
})
const counter = (name: string, help: string, samples: readonly Sample[]): Metric => ({
  name,
  help,
  samples,
  type: 'counter',
})
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
