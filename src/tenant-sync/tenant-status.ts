import type { Database } from '../db/database'
import { type TenantStatus, tenantStatusesIn } from '../db/tenant-statuses'
import type { FactOf } from '../facts'
import { explain } from '../shared/problems'
import type { Facts } from '../sync-step'
import { DRIFTED } from './contract'
import { WORDS_MS } from './job'
import type { Jobs } from './jobs'
import type { streamsIn } from './streams'

export type Reconnect = FactOf<'reconnect'>

/** What a run has asked for: calls to either system, those of them that wrote, and statements of D1. */
export interface Usage {
  tribe: number
  powerOffice: number
  writes: number
  statements: number
}
export const noUsage = (): Usage => ({ tribe: 0, powerOffice: 0, writes: 0, statements: 0 })

type Spent = TenantStatus['spent']
const NOTHING: Spent = { tribe: 0, powerOffice: 0, statements: 0, runs: 0, failures: 0 }

/** How often freshness and counts are written down; what matters is written at once. */
const PACE_MS = 5 * 60_000

interface Held {
  jobs: Jobs
  facts: Facts
  streams: ReturnType<typeof streamsIn>
  now: () => number
}

/** How the tenant stands, from what its object keeps; and when that is worth a row in D1. */
export function tenantStatusIn({ jobs, facts, streams, now }: Held) {
  let spent: Spent = { ...NOTHING }

  const read = (stuck: string | null): TenantStatus => {
    const firstDueAt = jobs.firstDueAt()
    const reconnect = facts.get('reconnect')
    return {
      at: isoOf(now()),
      reconnect: reconnect && { code: reconnect.code, since: reconnect.since },
      isLoading: facts.get('initial-sync') !== null,
      atWorkSince: laterOf(facts.get('at-work-since'), facts.get('initial-sync:last')?.finishedAt ?? null),
      streams: streams.read(),
      jobs: jobs.counts(now()),
      nextDueAt: firstDueAt === null ? null : isoOf(firstDueAt),
      problems: jobs.problemCounts(),
      stuck,
      ...driftedIn(facts),
      spent: sum(facts.get('spent') ?? NOTHING, spent),
    }
  }

  return {
    read,

    /** Counts a run of a job. */
    spend(used: Usage, failed: boolean): void {
      spent = sum(spent, { ...used, runs: 1, failures: failed ? 1 : 0 })
    },

    /** The tenant (again) works without a break from now on. */
    beginWork(): void {
      facts.remove('reconnect')
      facts.set('at-work-since', isoOf(now()))
    },

    /** What a system said when it refused the credentials may name somebody: after a week, only the code is told. */
    forgetWords(at: number): void {
      const reconnect = facts.get('reconnect')
      if (reconnect && Date.parse(reconnect.since) < at - WORDS_MS)
        facts.set('reconnect', { ...reconnect, message: explain(reconnect.code, 'en').cause })
    },

    /** Writes it down where all tenants' are, if it is news; gives it either way. */
    async note(db: Database, tenantId: string, stuck: string | null): Promise<TenantStatus> {
      const tenantStatus = read(stuck)
      if (!isNews(facts.get('standing'), tenantStatus)) return tenantStatus
      await tenantStatusesIn(db).save(tenantId, tenantStatus)
      facts.set('spent', tenantStatus.spent)
      spent = { ...NOTHING }
      facts.set('standing', tenantStatus)
      return tenantStatus
    },
  }
}

/**
 * At once: what the tenant's health goes by, and that work which was told of is done. All else now and then,
 * and not for a job alone that waits for its time: a tick costs D1 one row for each tenant, an event seldom one.
 */
export function isNews(before: TenantStatus | null, now: TenantStatus): boolean {
  if (!before || telling(before) !== telling(now)) return true
  if (before.nextDueAt !== null && now.nextDueAt === null) return true
  const isPassing = (tenantStatus: TenantStatus) =>
    JSON.stringify([tenantStatus.streams, tenantStatus.jobs.due])
  return Date.parse(now.at) - Date.parse(before.at) >= PACE_MS && isPassing(before) !== isPassing(now)
}

const telling = ({
  reconnect,
  isLoading,
  atWorkSince,
  streams,
  jobs,
  problems,
  stuck,
  drifted,
}: TenantStatus): string =>
  JSON.stringify([
    ...[reconnect, isLoading, atWorkSince, jobs.parked, problems, stuck, drifted?.map(({ path }) => path)],
    Object.values(streams).map(({ lastSuccessAt }) => lastSuccessAt !== null),
  ])

/** What the operator is told of it: paths and types. */
function driftedIn(facts: Facts): Pick<TenantStatus, 'drifted'> {
  const drifts = facts.get(DRIFTED) ?? []
  if (drifts.length === 0) return {}
  return {
    drifted: drifts
      .slice(0, MOST_TOLD)
      .map(({ system, path, reads, found, since }) => ({ system, path, reads, found, since })),
  }
}
/** A status is one row of D1. */
const MOST_TOLD = 20

function sum(a: Spent, b: Spent): Spent {
  return {
    tribe: a.tribe + b.tribe,
    powerOffice: a.powerOffice + b.powerOffice,
    statements: a.statements + b.statements,
    runs: a.runs + b.runs,
    failures: a.failures + b.failures,
  }
}

const laterOf = (a: string | null, b: string | null) => (a === null || (b !== null && b > a) ? b : a)
const isoOf = (ms: number) => new Date(ms).toISOString()
