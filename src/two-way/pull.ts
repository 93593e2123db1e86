import { type Instant, laterOf, minus, parseInstant, toQuery } from '../shared/dates'
import type { JobKind } from '../shared/job-kinds'
import { DONE, type Step, type SyncContext, type SyncResult } from '../sync-step'
import { BEGINNING, cursorName, setCutoffs } from './cutoff'
import { noteReached, reachedBy } from './reached'
import type { CrmPage, PolledSet, SweptKind } from './record-kind'
import { again, CHUNK, PAGE_SIZE, POLL, reportUnreadable } from './rows'
import { probeVanished } from './vanished'

/** What changed since last time, in either system. A poll runs a chunk at a time, and lets pushes pass. */

// ── The books, every 15 minutes (DESIGN.md §2.7) ─────────────────────────────────

/**
 * Takes over what changed in the books. The subject of the job `name` is the kind; without one it begins
 * with the first, and each asks for the next: a contact person needs its company. A kind without news costs
 * one call.
 */
export function pullOf(name: JobKind, kinds: readonly SweptKind[]): Step {
  return async (ctx, { id }) => {
    if (ctx.facts.get('initial-sync')) return DONE
    const kind = kinds.find((one) => one.kind === id) ?? kinds[0]
    if (!kind) return DONE
    if (kind.isOn(ctx)) {
      const result = await pullKind(ctx, kind)
      if (result.status === 'again') return result
    }
    const next = kinds[kinds.indexOf(kind) + 1]
    if (next) ctx.enqueue({ kind: name, subject: next.kind, lane: 'bulk' })
    return DONE
  }
}

const pullKind = (ctx: SyncContext, kind: SweptKind): Promise<SyncResult> =>
  pullRows(ctx, {
    name: kind.kind,
    begin: () => reachedBy(ctx, `${kind.kind}:cursor`),
    page: async (since, page) => {
      const read = await kind.page(ctx, {
        page,
        pageSize: PAGE_SIZE,
        orderBy: 'LastChangedDateTimeOffset asc,Id asc',
        ...(since ? { changedAfter: toQuery(since) } : {}),
      })
      reportUnreadable(ctx, kind.kind, read.unreadable)
      return read
    },
    changedAt: (row) => parseInstant(row.LastChangedDateTimeOffset),
    sync: (rows, readAt) => kind.sync(ctx, rows, { readAt, index: null, fills: 'never' }),
  })

/** A list of the books' that is ordered by when its rows changed, and what is done with each. */
export interface Pulled<Row> {
  /** Names its cursor, `…:cursor`, and what is under way of it. */
  name: string
  /** Where a pull begins; null: with the oldest. */
  begin(): Instant | null
  page(since: Instant | null, page: number): Promise<{ rows: readonly Row[]; isLast: boolean }>
  changedAt(row: Row): Instant | null
  /** Takes rows through their step; gives how many are done, since a push may come in between. */
  sync(rows: readonly Row[], readAt: number): Promise<number>
}

/** A page of changes, and how many of its rows are done. */
interface Changes<Row> {
  since: Instant | null
  page: number
  readAt: number
  /** When the first page was read. */
  begunAt: number
  rows: readonly Row[]
  isLast: boolean
  done: number
}

/** Pulls a chunk. The cursor moves past what is done and no further. */
export async function pullRows<Row>(ctx: SyncContext, pulled: Pulled<Row>): Promise<SyncResult> {
  const key = `pull:${pulled.name}`
  const cursor = `${pulled.name}:cursor` as const
  const read = async (since: Instant | null, page: number, begunAt?: number): Promise<Changes<Row>> => {
    const readAt = ctx.now()
    return { since, page, readAt, begunAt: begunAt ?? readAt, done: 0, ...(await pulled.page(since, page)) }
  }
  const held = ctx.cache.get(key) as Changes<Row> | undefined
  const changes = held ?? (await read(pulled.begin(), 1))
  // After a run that failed it is read again: what it wrote does not show in these rows.
  ctx.cache.delete(key)
  const chunk = changes.rows.slice(changes.done, changes.done + CHUNK)
  const done = await pulled.sync(chunk, changes.readAt)
  await ctx.flush()
  const latest = chunk
    .slice(0, done)
    .reduce((last, row) => laterOf(last, pulled.changedAt(row)), ctx.facts.get(cursor))
  if (latest) ctx.facts.set(cursor, latest)
  changes.done += done
  if (changes.done < changes.rows.length) {
    ctx.cache.set(key, changes)
    return again('more rows of this page')
  }
  if (changes.isLast) {
    noteReached(ctx, cursor, changes.begunAt)
    return DONE
  }
  // Rows that change meanwhile move to the end and pages would shift, so the filter moves instead. Only
  // when a whole page has one time is the next page of the same filter asked for.
  const next = latest && minus(latest, 1)
  const hasMoved = next !== null && (changes.since === null || next > changes.since)
  const following = hasMoved ? ([next, 1] as const) : ([changes.since, changes.page + 1] as const)
  ctx.cache.set(key, await read(...following, changes.begunAt))
  return again('more pages')
}

// ── The CRM: the safety net for lost webhooks (DESIGN.md §2.7) ───────────────────────

/** A page of changes in the CRM, and how many of its rows are done. */
interface CrmChanges {
  readAt: number
  /** When the first page was read. */
  begunAt: number
  page: CrmPage<unknown>
  done: number
  latest: string | null
}

/** Takes over what changed in the CRM, whether or not a webhook told of it. The subject is a set; without one, all. */
export function pollOf(sets: readonly PolledSet[]): Step {
  return async (ctx, { id }) => {
    if (id === '') {
      probeVanished(ctx)
      for (const { set } of sets.filter((one) => one.isOn(ctx)))
        ctx.enqueue({ kind: POLL, subject: set, lane: 'bulk' })
      return DONE
    }
    const polled = sets.find((one) => one.set === id)
    return !polled?.isOn(ctx) || ctx.facts.get('initial-sync') ? DONE : pollSet(ctx, polled)
  }
}

async function pollSet(ctx: SyncContext, polled: PolledSet) {
  const key = `poll:${polled.set}`
  const held = ctx.cache.get(key) as CrmChanges | undefined
  const begunAt = held?.begunAt ?? ctx.now()
  const changes = held ?? { ...(await crmPage(ctx, polled)), begunAt, done: 0, latest: null }
  ctx.cache.delete(key)
  changes.done += await polled.sync(ctx, changes.page.rows.slice(changes.done), changes.readAt)
  await ctx.flush()
  ctx.cache.set(key, changes)
  if (changes.done < changes.page.rows.length) return again('a push goes first')
  const latest = changes.page.rows.reduce<string | null>(
    (last, row) => laterOf(last, polled.mutatedAt(row)),
    changes.latest,
  )
  if (changes.page.next !== null) {
    ctx.cache.set(key, { ...(await crmPage(ctx, polled, changes.page.next)), begunAt, done: 0, latest })
    return again('more pages')
  }
  ctx.cache.delete(key)
  const reached = laterOf(ctx.facts.get(cursorName(polled.set)), latest)
  if (reached) ctx.facts.set(cursorName(polled.set), reached)
  noteReached(ctx, cursorName(polled.set), begunAt)
  return DONE
}

async function crmPage(
  ctx: SyncContext,
  polled: PolledSet,
  from?: string,
): Promise<Pick<CrmChanges, 'page' | 'readAt'>> {
  // Usually it is drawn when the tenant is activated, or the kind is switched on.
  await setCutoffs(ctx, [polled], { anew: false })
  const since = reachedBy(ctx, cursorName(polled.set)) ?? BEGINNING
  const readAt = ctx.now()
  const page = await polled.page(ctx, toQuery(since), from)
  reportUnreadable(ctx, polled.kind, page.unreadable)
  return { page, readAt }
}
