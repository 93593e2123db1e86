import { instantOf, laterOf, minus, parseInstant, toQuery } from '../shared/dates'
import { DONE, type Step, type SyncContext } from '../sync-step'
import type { TribePage } from '../tribe/client'
import type { PolledSet, SweptKind, SweptRow } from './kinds'
import { again, CHUNK, OVERLAP_MS, PAGE_SIZE, reportUnreadable } from './rows'

/** What changed since last time, in either system. A poll runs a chunk at a time, and lets pushes pass. */

// ── PowerOffice, every 15 minutes (spec §1) ─────────────────────────────────

/** A page of changes, and how many of its rows are done. */
interface Changes {
  since: string | null
  page: number
  readAt: number
  rows: SweptRow[]
  isLast: boolean
  done: number
}

/**
 * Takes over what changed in PowerOffice. The subject of the job `name` is the kind; without one it begins
 * with the first, and each asks for the next: a contact person needs its company. A kind without news costs
 * one call.
 */
export function pullOf(name: string, kinds: readonly SweptKind[]): Step {
  return async (ctx, { id }) => {
    if (ctx.cursors.get('initial-sync')) return DONE
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

async function pullKind(ctx: SyncContext, kind: SweptKind) {
  const memory = `pull:${kind.kind}`
  const cursor = `${kind.kind}:cursor`
  const held = ctx.memory.get(memory) as Changes | undefined
  const changes = held ?? (await changesOf(ctx, kind, startOfPull(ctx, cursor), 1))
  // After a run that failed it is read again: what it wrote does not show in these rows.
  ctx.memory.delete(memory)
  const chunk = changes.rows.slice(changes.done, changes.done + CHUNK)
  const done = await kind.sync(ctx, chunk, { readAt: changes.readAt, index: null, fills: 'never' })
  await ctx.flush()
  const latest = chunk
    .slice(0, done)
    .reduce((last, row) => laterOf(last, changedAt(row)), ctx.cursors.get<string>(cursor))
  if (latest) ctx.cursors.set(cursor, latest)
  changes.done += done
  if (changes.done < changes.rows.length) {
    ctx.memory.set(memory, changes)
    return again('more rows of this page')
  }
  if (changes.isLast) return DONE
  // Rows that change meanwhile move to the end and pages would shift, so the filter moves instead. Only
  // when a whole page has one time is the next page of the same filter asked for.
  const next = latest && minus(latest, 1)
  const hasMoved = next !== null && (changes.since === null || next > changes.since)
  ctx.memory.set(
    memory,
    await changesOf(ctx, kind, hasMoved ? next : changes.since, hasMoved ? 1 : changes.page + 1),
  )
  return again('more pages')
}

/** Every pull goes back a few minutes further than the last came; what is seen twice is found unchanged. */
function startOfPull(ctx: SyncContext, cursor: string): string | null {
  const reached = ctx.cursors.get<string>(cursor)
  return reached && minus(reached, OVERLAP_MS)
}

async function changesOf(
  ctx: SyncContext,
  kind: SweptKind,
  since: string | null,
  page: number,
): Promise<Changes> {
  const readAt = ctx.now()
  const read = await kind.page(ctx, {
    page,
    pageSize: PAGE_SIZE,
    orderBy: 'LastChangedDateTimeOffset asc,Id asc',
    ...(since ? { changedAfter: toQuery(since) } : {}),
  })
  reportUnreadable(ctx, kind.kind, read.unreadable)
  return { since, page, readAt, rows: read.rows, isLast: read.isLast, done: 0 }
}

const changedAt = (row: SweptRow) => parseInstant(row.LastChangedDateTimeOffset)

// ── Tribe: the safety net for lost webhooks (spec §1) ───────────────────────

/** A page of changes in Tribe, and how many of its rows are done. */
interface TribeChanges {
  readAt: number
  page: TribePage<unknown>
  done: number
  latest: string | null
}

/** Takes over what changed in Tribe, whether or not a webhook told of it. The subject is a set; without one, all. */
export function pollTribeOf(sets: readonly PolledSet[]): Step {
  return async (ctx, { id }) => {
    if (id === '') {
      for (const { set } of sets.filter((one) => one.isOn(ctx)))
        ctx.enqueue({ kind: 'poll-tribe', subject: set, lane: 'bulk' })
      return DONE
    }
    const polled = sets.find((one) => one.set === id)
    return !polled?.isOn(ctx) || ctx.cursors.get('initial-sync') ? DONE : pollSet(ctx, polled)
  }
}

async function pollSet(ctx: SyncContext, polled: PolledSet) {
  const memory = `poll:${polled.set}`
  const held = ctx.memory.get(memory) as TribeChanges | undefined
  const changes = held ?? { ...(await tribePage(ctx, polled)), done: 0, latest: null }
  ctx.memory.delete(memory)
  changes.done += await polled.sync(ctx, changes.page.rows.slice(changes.done), changes.readAt)
  await ctx.flush()
  ctx.memory.set(memory, changes)
  if (changes.done < changes.page.rows.length) return again('a push goes first')
  const latest = changes.page.rows.reduce<string | null>(
    (last, row) => laterOf(last, polled.mutatedAt(row)),
    changes.latest,
  )
  if (changes.page.next !== null) {
    ctx.memory.set(memory, { ...(await tribePage(ctx, polled, changes.page.next)), done: 0, latest })
    return again('more pages')
  }
  ctx.memory.delete(memory)
  const reached = laterOf(ctx.cursors.get<string>(`tribe:${polled.set}:cursor`), latest)
  if (reached) ctx.cursors.set(`tribe:${polled.set}:cursor`, reached)
  return DONE
}

async function tribePage(
  ctx: SyncContext,
  polled: PolledSet,
  from?: string,
): Promise<Pick<TribeChanges, 'page' | 'readAt'>> {
  const name = `tribe:${polled.set}:cursor`
  // The first load found nothing to go by: then the first poll draws the line, once, however rare polls are.
  if (!ctx.cursors.get(name)) ctx.cursors.set(name, instantOf(new Date(ctx.now() - OVERLAP_MS)))
  const since = minus(ctx.cursors.get<string>(name) ?? '', OVERLAP_MS)
  const readAt = ctx.now()
  const page = await polled.page(ctx, toQuery(since), from)
  reportUnreadable(ctx, polled.kind, page.unreadable)
  return { page, readAt }
}
