import type { TenantSettings } from '../db/settings'
import type { TenantStatus } from '../db/tenant-statuses'
import { MINUTE_MS } from '../shared/dates'

/** What is well and what is not: the one place that says so, for the status, the metrics, alerts and the console. */

export interface Ailment {
  /** Stable, and in the catalogue of problems. */
  code: string
  /** The problem's own code, or the stream's name, where there is one. */
  what: string | null
  /** How many records it is about. */
  count: number | null
  since: string | null
}

export interface Health {
  /** `idle`: nothing is expected of a tenant that is being set up or paused. */
  state: 'healthy' | 'unhealthy' | 'idle'
  ailments: Ailment[]
}

/** What health goes by besides the status. */
export interface Expectations {
  state: 'setup' | 'active' | 'paused'
  settings: TenantSettings
}

/** Polls are spread over the quarter, and a failure waits a quarter at most: a job this late was forgotten. */
export const OVERDUE_MS = 40 * MINUTE_MS
/** Three ticks without success. */
export const STALE_MS = { relations: 50 * MINUTE_MS, products: 50 * MINUTE_MS, payments: 9 * 60 * MINUTE_MS }

export function healthOf(
  { state, settings }: Expectations,
  tenantStatus: TenantStatus | null,
  now: number,
): Health {
  if (state !== 'active' || !tenantStatus) return { state: 'idle', ailments: [] }
  const ailments = ailmentsOf(settings, tenantStatus, now)
  return { state: ailments.length === 0 ? 'healthy' : 'unhealthy', ailments }
}

function ailmentsOf(settings: TenantSettings, tenantStatus: TenantStatus, now: number): Ailment[] {
  const { reconnect, stuck, nextDueAt, problems } = tenantStatus
  const drifted = (tenantStatus.drifted ?? []).map(
    ({ path, since }): Ailment => ({ code: 'contract.drifted', what: path, count: null, since }),
  )
  const waits = Object.entries(problems).map(
    ([what, count]): Ailment => ({ code: 'health.waits_for_a_person', what, count, since: null }),
  )
  // Nothing goes on: that it gets late and stale needs no saying.
  if (reconnect)
    return [
      { code: 'health.reconnect', what: reconnect.code, count: null, since: reconnect.since },
      ...drifted,
      ...waits,
    ]
  const halted: Ailment[] = stuck ? [{ code: 'health.stuck', what: stuck, count: null, since: null }] : []
  const late: Ailment[] =
    nextDueAt && now - Date.parse(nextDueAt) > OVERDUE_MS
      ? [{ code: 'health.overdue', what: null, count: tenantStatus.jobs.due || null, since: nextDueAt }]
      : []
  const stale = staleStreams(settings, tenantStatus, now).map(
    ({ name, since }): Ailment => ({ code: 'health.stale', what: name, count: null, since }),
  )
  return [...halted, ...late, ...stale, ...drifted, ...waits]
}

export type PolledStream = keyof typeof STALE_MS

/** Streams that are switched on and were not worked off for too long. A first load comes before them all. */
export function staleStreams(
  settings: TenantSettings,
  { streams, atWorkSince, isLoading }: TenantStatus,
  now: number,
): { name: PolledStream; since: string }[] {
  if (isLoading) return []
  const isOn = {
    relations: settings.relations.enabled,
    products: settings.products.enabled,
    payments: settings.payments.enabled,
  }
  return (Object.keys(STALE_MS) as PolledStream[]).flatMap((name) => {
    const since = [streams[name].lastSuccessAt, atWorkSince]
      .filter((at) => at !== null)
      .sort()
      .at(-1)
    return isOn[name] && since && now - Date.parse(since) > STALE_MS[name] ? [{ name, since }] : []
  })
}

/** Since when the oldest job is late; null when none is. */
export const lateSince = ({ nextDueAt }: TenantStatus, now: number): string | null =>
  nextDueAt !== null && Date.parse(nextDueAt) <= now ? nextDueAt : null
