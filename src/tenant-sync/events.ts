import { openDatabase } from '../db/database'
import { TenantSettings } from '../db/settings'
import { type Tenant, tenantsIn } from '../db/tenants'
import type { TimelineEntry } from '../db/timeline'
import { type Env, settingsOf } from '../env'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../shared/dates'
import { forEachLimited } from '../shared/limit'
import { log } from '../shared/log'
import { createSealer } from '../shared/secrets'
import { type Delivered, isDelivered, sendSigned, type Webhook } from '../shared/signed-webhook'
import type { RecordIds } from '../shared/subjects'
import type { Facts } from '../sync-step'
import {
  bodyOf,
  dataOf,
  distinctOf,
  type EventRow,
  type EventState,
  eventOf,
  LINKED,
  type OutEvent,
  typeOf,
  type Undelivered,
} from './event'

/**
 * What happened to a tenant's records, as its own webhook is told: ids, numbers and codes. Messages lie in the SQLite of
 * the tenant's object until they are received, for three days; for a week they can be sent again.
 */

/** After each failure in turn, and after that a day. */
const AGAIN_AFTER_MS = [
  ...[5000, MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 5 * HOUR_MS],
  ...[10 * HOUR_MS, 14 * HOUR_MS, 20 * HOUR_MS, DAY_MS],
]
const againAfter = (failures: number) => AGAIN_AFTER_MS[Math.max(0, failures - 1)] ?? DAY_MS
const TRIED_FOR_MS = 3 * DAY_MS
const KEPT_FOR_MS = 7 * DAY_MS
/** A receiver that is away for less is no trouble of anybody's. */
const HICCUP_MS = 10 * MINUTE_MS
/** More than a receiver that is away for three days should find. */
const MOST_KEPT = 10_000
const AT_ONCE = 4
const LONGEST_MS = 10_000
/** What is left after so long is for the next alarm. */
const PASS_MS = MINUTE_MS
/** A receiver that does not answer is left alone, whatever there is to tell. */
const HELD = 'events-held'

interface Of {
  env: Env
  sql: SqlStorage
  facts: Facts
  tenantId: () => string | null
  /** There may be something to try at another time than before. */
  reschedule: () => Promise<void>
  now: () => number
}

export type Events = ReturnType<typeof eventsIn>

export function eventsIn({ env, sql, facts, tenantId, reschedule, now }: Of) {
  let isOn = false
  let hasTable = false
  let underWay = false
  const isThere = (): boolean => {
    hasTable ||= sql.exec("select 1 from sqlite_master where name = 'events'").toArray().length > 0
    return hasTable
  }
  const createTable = () => {
    if (isThere()) return
    sql.exec(`create table if not exists events (
      id text primary key, distinct_by text not null unique, type text not null, at integer not null, since integer not null, state text not null,
      attempts integer not null default 0, due_at integer not null, status integer, data text not null)`)
    sql.exec('create index if not exists events_due on events (state, due_at)')
    hasTable = true
  }
  const isFull = () =>
    sql.exec('select 1 from events limit 1 offset ?', MOST_KEPT - 1).toArray().length > 0 &&
    sql
      .exec(
        "delete from events where rowid in (select rowid from events where state <> 'waiting' order by at limit 1000) returning 1",
      )
      .toArray().length === 0

  /** One that is told twice, since a step died before it could keep what it did, has one id. */
  function add(type: string, distinct: string, data: Record<string, unknown>): void {
    createTable()
    if (isFull()) {
      log('events-full', { tenantId: tenantId() })
      return
    }
    sql.exec(
      `insert or ignore into events (id, distinct_by, type, at, since, state, due_at, data)
        values (?1, ?2, ?3, ?4, ?4, 'waiting', ?4, ?5)`,
      ...[`msg_${crypto.randomUUID().replaceAll('-', '')}`, `${type} ${distinct}`, type, now()],
      JSON.stringify({ tenantId: tenantId(), ...data }),
    )
  }

  function parked({
    kind,
    code,
    tribeId,
    powerOfficeId,
  }: RecordIds & { kind: string; code: string | null }): void {
    const data = { kind, tribeId, powerOfficeId, code }
    if (isOn) add('record.parked', `${kind} ${tribeId} ${powerOfficeId} ${now()}`, data)
  }

  async function endpoint(): Promise<Webhook | null> {
    const id = tenantId()
    const tenant: Tenant | null = id ? await tenantsIn(openDatabase(env.DB)).find(id) : null
    const { url } = TenantSettings.parse(tenant?.settings ?? {}).events
    if (!tenant?.sealedEventsSecret || url === null) return null
    const sealer = createSealer(settingsOf(env).SEALING_KEYS)
    return { url, secret: await sealer.open(`${tenant.id}:eventsSecret`, tenant.sealedEventsSecret) }
  }

  async function tell(webhook: Webhook, row: EventRow): Promise<void> {
    const settings = settingsOf(env)
    const options = {
      fetch: fetch.bind(globalThis),
      ownUrl: settings.PUBLIC_URL,
      now,
      timeoutMs: Math.min(settings.CALL_TIMEOUT_MS, LONGEST_MS),
    }
    const outcome = await sendSigned(options, webhook, { id: row.id, text: bodyOf(row) })
    const status = typeof outcome === 'number' ? outcome : null
    const failures = row.attempts + 1
    if (isDelivered(outcome)) {
      facts.remove(HELD)
      return note(row, { state: 'delivered', status, dueAt: row.due_at })
    }
    const endsAt = row.since + TRIED_FOR_MS
    if (now() >= endsAt) {
      log('event-given-up', { tenantId: tenantId(), type: row.type, status, attempts: failures })
      return note(row, { state: 'failed', status, dueAt: row.due_at })
    }
    note(row, { state: 'waiting', status, dueAt: Math.min(now() + againAfter(failures), endsAt) })
    if (!isOfMessage(outcome)) {
      const before = facts.get(HELD)?.failures ?? 0
      facts.set(HELD, { until: now() + Math.min(againAfter(before + 1), HOUR_MS), failures: before + 1 })
    }
  }

  /** A message that was sent again by hand meanwhile keeps what that has made of it. */
  const note = (
    row: EventRow,
    { state, status, dueAt }: { state: EventState; status: number | null; dueAt: number },
  ) => {
    sql.exec(
      'update events set state = ?2, status = ?3, due_at = ?4, attempts = attempts + 1 where id = ?1 and since = ?5',
      ...[row.id, state, status, dueAt, row.since],
    )
  }

  const heldUntil = () => facts.get(HELD)?.until ?? 0
  const due = (): EventRow[] =>
    sql
      .exec<EventRow>(
        "select * from events where state = 'waiting' and due_at <= ? order by due_at, rowid limit ?",
        ...[now(), AT_ONCE],
      )
      .toArray()

  async function tellDue(webhook: Webhook, until: number): Promise<void> {
    while (now() < until && heldUntil() <= now()) {
      const rows = due()
      if (rows.length === 0) return
      await forEachLimited(rows, AT_ONCE, (row) => tell(webhook, row))
    }
  }

  return {
    /** As the settings say, whenever they are read. */
    set isOn(on: boolean) {
      isOn = on
    },

    /** Lines of the timeline that are about to be kept. */
    note(entries: readonly TimelineEntry[]): void {
      if (!isOn || entries.length === 0) return
      // What a first load ties is told by its end, and may be a hundred thousand.
      const isLoading = facts.get('initial-sync') !== null
      for (const entry of entries) {
        const type = typeOf(entry)
        if (type === null || (isLoading && type === LINKED)) continue
        add(type, distinctOf(entry), dataOf(entry, type))
      }
    },

    /** A record waits for a person from now on. */
    parked,

    /** When there is something to try; while that is under way, a moment after it should have ended. */
    nextDueAt(): number | null {
      if (!isThere()) return null
      if (underWay) return now() + PASS_MS + LONGEST_MS
      const { at } = sql
        .exec<{ at: number | null }>("select min(due_at) as at from events where state = 'waiting'")
        .one()
      return at === null ? null : Math.max(at, heldUntil())
    },

    /** Sends what is due. Never throws; keeps nobody waiting. */
    async deliver(): Promise<void> {
      const next = underWay ? null : this.nextDueAt()
      if (next === null || next > now()) return
      underWay = true
      const until = now() + PASS_MS
      try {
        const webhook = await endpoint()
        if (webhook) await tellDue(webhook, until)
        // Nobody wants them any more, and misses none of them.
        else sql.exec("update events set state = 'failed', attempts = 0 where state = 'waiting'")
      } catch {
        // D1 is away, or the tenant has left.
        if (tenantId()) facts.set(HELD, { until: now() + MINUTE_MS, failures: 0 })
      } finally {
        underWay = false
      }
      if (tenantId()) await reschedule()
    },

    /** The address or its secret is another now: whatever waits is tried at once. */
    changed(): void {
      facts.remove(HELD)
      if (isThere()) sql.exec("update events set due_at = ? where state = 'waiting'", now())
    },

    /** All that is undelivered is tried at once: what waits, and what was given up; gives how many. */
    tryAgain(): number {
      const count = this.undelivered()?.count ?? 0
      if (count === 0) return 0
      this.changed()
      this.replay('failed')
      return count
    },

    /** Sends again one, or all that nobody received; gives how many. Each keeps its id. */
    replay(which: { id: string } | 'failed'): number {
      if (!isThere()) return 0
      facts.remove(HELD)
      const set =
        "update events set state = 'waiting', attempts = 0, status = null, since = max(since + 1, ?1), due_at = ?1"
      const rows =
        which === 'failed'
          ? sql.exec(`${set} where state = 'failed' returning id`, now())
          : sql.exec(`${set} where id = ?2 returning id`, now(), which.id)
      return rows.toArray().length
    },

    /** What waits for ten minutes or was given up; null when there is none. */
    undelivered(): Undelivered | null {
      if (!isThere()) return null
      const { count, since, attempts, status } = sql
        .exec<{ count: number; since: number | null; attempts: number; status: number | null }>(
          `select count(*) as count, min(at) as since, max(attempts) as attempts,
             (select status from events where state <> 'delivered' and attempts > 0 order by due_at desc limit 1) as status
             from events where (state = 'failed' and attempts > 0) or (state = 'waiting' and since <= ?)`,
          now() - HICCUP_MS,
        )
        .one()
      return since === null ? null : { count, since: new Date(since).toISOString(), attempts, status }
    },

    list(page: { limit: number; offset: number }): OutEvent[] {
      if (!isThere()) return []
      return sql
        .exec<EventRow>(
          'select * from events order by at desc, rowid desc limit ? offset ?',
          page.limit,
          page.offset,
        )
        .toArray()
        .map(eventOf)
    },

    /** A week later nobody asks for it any more. */
    forgetWords(at: number): void {
      if (isThere()) sql.exec("delete from events where at < ? and state <> 'waiting'", at - KEPT_FOR_MS)
    },

    forget(): void {
      isOn = false
      hasTable = false
    },
  }
}

/** Refused as it is, by a receiver that is there: others may still arrive. */
const isOfMessage = (outcome: Delivered): boolean =>
  typeof outcome === 'number' &&
  outcome >= 400 &&
  outcome <= 499 &&
  ![401, 403, 404, 408, 410, 429].includes(outcome)
