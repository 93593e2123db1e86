import type { FactOf } from '../facts'
import { laterOf, parseInstant } from '../shared/dates'
import { DONE, type Step, type SyncContext } from '../sync-step'
import type { SweptKind, SweptRow } from './record-kind'
import { again, CHUNK, PAGE_SIZE, POLL, reportUnreadable } from './rows'

/** Every record of the books', kind by kind, a chunk a run: the first load (DESIGN.md §3.4). */

export type FirstLoad = FactOf<'initial-sync'>

export const newLoad = (now: number): FirstLoad => ({
  kind: '',
  page: 1,
  lastId: 0,
  done: 0,
  total: 0,
  finishedAt: null,
  startedAt: new Date(now).toISOString(),
})

/**
 * Set from the undo of a load to the end of the next one: that one ties the pairs again before anything of the CRM's is
 * looked at, which would take for somebody's edit what the undo put back.
 */
export const UNDONE = 'first-load:undone'
export const isTyingAgain = ({ facts }: Pick<SyncContext, 'facts'>): boolean =>
  facts.get(UNDONE) !== null && facts.get('initial-sync') !== null

interface LoadedPage {
  page: number
  readAt: number
  rows: SweptRow[]
  isLast: boolean
}

/** Brings all that is switched on to the CRM; goes on where it was after any crash or deploy. */
export function firstLoadOf(kinds: readonly SweptKind[]): Step {
  return async (ctx) => {
    const load = ctx.facts.get('initial-sync')
    if (!load) return DONE
    const kind = kinds.find((one) => one.kind === load.kind) ?? kinds[0]
    if (!kind?.isOn(ctx)) return nextKind(ctx, kinds, kind, load)
    try {
      return (await loadChunk(ctx, kind, { ...load, kind: kind.kind }))
        ? again('more rows')
        : nextKind(ctx, kinds, kind, current(ctx, load))
    } catch (thrown) {
      // What was written shows in neither page nor index, and the note of it may be lost: this chunk's rows are asked for.
      ctx.cache.set(doubtAt(kind), true)
      ctx.cache.delete(`full:${kind.kind}:page`)
      throw thrown
    }
  }
}

const current = (ctx: SyncContext, load: FirstLoad) => ctx.facts.get('initial-sync') ?? load

/** Set while a chunk is to be looked at again that was cut off; the index of all the others stays. */
const doubtAt = (kind: SweptKind) => `full:${kind.kind}:doubt`

/** False when the kind is done. */
async function loadChunk(ctx: SyncContext, kind: SweptKind, load: FirstLoad): Promise<boolean> {
  const page = await heldPage(ctx, kind, load)
  const chunk = page.rows.filter((row) => row.Id > load.lastId).slice(0, CHUNK)
  // The CRM is asked for nothing of a kind of which the books have none.
  if (chunk.length > 0) {
    if (load.page === 1 && load.lastId === 0) await kind.prepare?.(ctx)
    const index = ctx.cache.get(doubtAt(kind)) ? null : await heldIndex(ctx, kind)
    const done = await kind.sync(ctx, chunk, { readAt: page.readAt, index, fills: 'never' })
    await ctx.flush()
    if (done === chunk.length) ctx.cache.delete(doubtAt(kind))
    ctx.facts.set('initial-sync', {
      ...load,
      lastId: chunk[done - 1]?.Id ?? load.lastId,
      done: load.done + done,
    })
    return true
  }
  if (page.isLast) return false
  ctx.cache.delete(`full:${kind.kind}:page`)
  ctx.facts.set('initial-sync', { ...load, page: load.page + 1 })
  return true
}

function nextKind(
  ctx: SyncContext,
  kinds: readonly SweptKind[],
  kind: SweptKind | undefined,
  load: FirstLoad,
) {
  for (const what of ['page', 'index']) ctx.cache.delete(`full:${kind?.kind}:${what}`)
  const next = kind && kinds[kinds.indexOf(kind) + 1]
  if (next) {
    ctx.facts.set('initial-sync', { ...load, kind: next.kind, page: 1, lastId: 0 })
    return again('the next kind')
  }
  ctx.facts.set('initial-sync:last', {
    ...load,
    total: load.done,
    finishedAt: new Date(ctx.now()).toISOString(),
  })
  ctx.facts.remove('initial-sync')
  ctx.facts.remove(UNDONE)
  // What the CRM told of meanwhile, and which organisations stand behind the new roles: a call for a hundred.
  ctx.enqueue({ kind: POLL, subject: '', lane: 'bulk' })
  return DONE
}

async function heldPage(ctx: SyncContext, kind: SweptKind, load: FirstLoad): Promise<LoadedPage> {
  const key = `full:${kind.kind}:page`
  const held = ctx.cache.get(key) as LoadedPage | undefined
  if (held?.page === load.page) return held
  const readAt = ctx.now()
  const read = await kind.page(ctx, { page: load.page, pageSize: PAGE_SIZE, orderBy: 'Id asc' })
  reportUnreadable(ctx, kind.kind, read.unreadable)
  if (load.page === 1 && load.lastId === 0) {
    // The pull goes on from here: nothing that changes while the load runs may be missed.
    const changedUpTo = read.rows.reduce<string | null>(
      (latest, row) => laterOf(latest, parseInstant(row.LastChangedDateTimeOffset)),
      null,
    )
    if (changedUpTo) ctx.facts.set(`${kind.kind}:cursor`, changedUpTo)
    load.total = load.done + (read.isLast ? read.rows.length : await kind.count(ctx))
    ctx.facts.set('initial-sync', load)
  }
  const page = { page: load.page, readAt, rows: read.rows, isLast: read.isLast }
  ctx.cache.set(key, page)
  return page
}

/** Read once for a load. */
async function heldIndex(ctx: SyncContext, kind: SweptKind): Promise<unknown> {
  const key = `full:${kind.kind}:index`
  const index = ctx.cache.get(key) ?? (await kind.readIndex(ctx))
  ctx.cache.set(key, index)
  return index
}
