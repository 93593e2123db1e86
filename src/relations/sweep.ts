import type { LinkState } from '../db/links'
import type { Contact } from '../poweroffice/schemas'
import { instantOf, laterOf, minus, parseInstant, toQuery } from '../shared/dates'
import { asSyncError, SyncError } from '../shared/errors'
import { forEachLimited } from '../shared/limit'
import { DONE, type Step, type SyncContext, type SyncResult } from '../sync-step'
import { CUSTOMER_ORGANIZATION, type TribePage } from '../tribe/client'
import type { Role } from '../tribe/schemas'
import type { RelationKind } from './mapping'
import { emptyIndex, findMatches, readTribeIndex, type TribeIndex } from './matching'
import { syncFromPowerOffice, syncFromTribe } from './sync'

/** What changed since last time. A sweep holds the rows of a page, and takes each through its step at hand. */

/** Rows between two notes of how far it has come. */
const CHUNK = 100
const PAGE_SIZE = 2000
const AT_ONCE = 4
/** Rows between two looks whether a push is due. */
const STRIDE = 8
/** Records that fail for want of an answer, before the whole chunk is put off. */
const MOST_UNANSWERED = 3
const OVERLAP_MS = 5 * 60_000

const again = (because: string): SyncResult => ({ status: 'again', afterSeconds: 0, because })

// ── The first load (spec §3) ────────────────────────────────────────────────

export interface FirstLoad {
  page: number
  /** Rows up to this id are done; PowerOffice lists by id. */
  lastId: number
  done: number
  total: number
  startedAt: string
  finishedAt: string | null
  /** Where the pull begins when the load is done: nothing that changed meanwhile may be missed. */
  changedUpTo: string | null
}

interface LoadedPage {
  page: number
  readAt: number
  rows: Contact[]
  isLast: boolean
}

/** Brings all company customers of PowerOffice to Tribe, a chunk a run; goes on where it was after any crash. */
export const firstLoad: Step = async (ctx) => {
  const load = ctx.cursors.get<FirstLoad>('initial-sync')
  if (!load) return DONE
  const page = await pageOf(ctx, load)
  await heldIndex(ctx)
  const chunk = page.rows.filter((row) => row.Id > load.lastId).slice(0, CHUNK)
  if (chunk.length > 0) {
    const done = await syncRows(ctx, 'customer', chunk, {
      readAt: page.readAt,
      indexOf: () => heldIndex(ctx),
      fills: 'never',
    })
    await ctx.flush()
    const lastId = chunk[done - 1]?.Id ?? load.lastId
    ctx.cursors.set('initial-sync', { ...load, lastId, done: load.done + done })
    return again('more rows of this page')
  }
  ctx.memory.delete('first-load:page')
  if (!page.isLast) {
    ctx.cursors.set('initial-sync', { ...load, page: load.page + 1 })
    return again('more pages')
  }
  ctx.memory.delete('first-load:index')
  ctx.cursors.set('customers:cursor', load.changedUpTo)
  ctx.cursors.set('initial-sync:last', {
    ...load,
    total: load.done,
    finishedAt: new Date(ctx.now()).toISOString(),
  })
  ctx.cursors.remove('initial-sync')
  // What Tribe told of meanwhile, and which organisations stand behind the new roles: a call for a hundred.
  ctx.enqueue({ kind: 'poll-tribe', subject: '', lane: 'bulk' })
  return DONE
}

async function pageOf(ctx: SyncContext, load: FirstLoad): Promise<LoadedPage> {
  const held = ctx.memory.get('first-load:page') as LoadedPage | undefined
  if (held?.page === load.page) return held
  const readAt = ctx.now()
  const read = await ctx.powerOffice.contacts('customer', {
    page: load.page,
    pageSize: PAGE_SIZE,
    orderBy: 'Id asc',
  })
  reportUnreadable(ctx, 'customer', read.unreadable)
  const page = { page: load.page, readAt, rows: companiesOf(read.rows), isLast: read.isLast }
  if (load.page === 1) {
    load.changedUpTo = read.rows.reduce<string | null>((latest, row) => laterOf(latest, changedAt(row)), null)
    load.total = read.isLast ? page.rows.length : await ctx.powerOffice.countContacts('customer')
    ctx.cursors.set('initial-sync', load)
  }
  ctx.memory.set('first-load:page', page)
  return page
}

/** Read once for a load; a failed chunk reads it anew, since something may have been made meanwhile. */
async function heldIndex(ctx: SyncContext): Promise<TribeIndex> {
  const held = ctx.memory.get('first-load:index') as TribeIndex | undefined
  const index = held ?? (await readTribeIndex(ctx, 'customer'))
  // What only Tribe has is left alone until it changes: this is how far Tribe had come (spec §3).
  if (!held && ctx.cursors.get('tribe:customers:cursor') === null) {
    const latest = index.roles.reduce<string | null>((last, row) => laterOf(last, mutatedAt(row)), null)
    ctx.cursors.set('tribe:customers:baseline', latest)
    ctx.cursors.set('tribe:customers:cursor', latest)
  }
  ctx.memory.set('first-load:index', index)
  return index
}

// ── The pull, every 15 minutes (spec §1) ────────────────────────────────────

/** A page of changes, and how many of its rows are done. */
interface Changes extends Omit<LoadedPage, 'page'> {
  since: string | null
  page: number
  done: number
}

/** Takes over what changed among PowerOffice's customers, a chunk a run. One call when nothing did. */
export const pullRelations: Step = async (ctx) => {
  if (ctx.cursors.get('initial-sync')) return DONE
  const held = ctx.memory.get('pull:customers') as Changes | undefined
  const changes = held ?? (await changesOf(ctx, startOfPull(ctx), 1))
  const chunk = changes.rows.slice(changes.done, changes.done + CHUNK)
  const done = await syncRows(ctx, 'customer', chunk, {
    readAt: changes.readAt,
    indexOf: null,
    fills: 'never',
  })
  await ctx.flush()
  const latest = chunk
    .slice(0, done)
    .reduce<string | null>((last, row) => laterOf(last, changedAt(row)), ctx.cursors.get('customers:cursor'))
  if (latest) ctx.cursors.set('customers:cursor', latest)
  changes.done += done
  if (changes.done < changes.rows.length) {
    ctx.memory.set('pull:customers', changes)
    return again('more rows of this page')
  }
  ctx.memory.delete('pull:customers')
  if (changes.isLast) return DONE
  // Rows that change meanwhile move to the end and pages would shift, so the filter moves instead. Only
  // when a whole page has one time is the next page of the same filter asked for.
  const next = latest && minus(latest, 1)
  const hasMoved = next !== null && (changes.since === null || next > changes.since)
  ctx.memory.set(
    'pull:customers',
    await changesOf(ctx, hasMoved ? next : changes.since, hasMoved ? 1 : changes.page + 1),
  )
  return again('more pages')
}

/** Every pull goes back a few minutes further than the last came; what is seen twice is found unchanged. */
function startOfPull(ctx: SyncContext): string | null {
  const cursor = ctx.cursors.get<string>('customers:cursor')
  return cursor && minus(cursor, OVERLAP_MS)
}

async function changesOf(ctx: SyncContext, since: string | null, page: number): Promise<Changes> {
  const readAt = ctx.now()
  const read = await ctx.powerOffice.contacts('customer', {
    page,
    pageSize: PAGE_SIZE,
    orderBy: 'LastChangedDateTimeOffset asc,Id asc',
    ...(since ? { changedAfter: toQuery(since) } : {}),
  })
  reportUnreadable(ctx, 'customer', read.unreadable)
  return { since, page, readAt, rows: read.rows, isLast: read.isLast, done: 0 }
}

// ── The safety net for lost webhooks (spec §1) ──────────────────────────────

/** A page of changes in Tribe, and how many of its rows are done. */
interface TribeChanges {
  readAt: number
  page: TribePage<Role>
  done: number
  latest: string | null
}

/** Takes over what changed among Tribe's customers, a page a run, whether or not a webhook told of it. */
export const pollTribeRelations: Step = async (ctx) => {
  if (ctx.cursors.get('initial-sync')) return DONE
  const held = ctx.memory.get('poll:customers') as TribeChanges | undefined
  const changes = held ?? { ...(await tribePage(ctx)), done: 0, latest: null }
  const rows = changes.page.rows.slice(changes.done)
  changes.done += await syncRoles(ctx, rows, changes.readAt)
  await ctx.flush()
  if (changes.done < changes.page.rows.length) {
    ctx.memory.set('poll:customers', changes)
    return again('a push goes first')
  }
  const latest = changes.page.rows.reduce((last, row) => laterOf(last, mutatedAt(row)), changes.latest)
  if (changes.page.next !== null) {
    ctx.memory.set('poll:customers', { ...(await tribePage(ctx, changes.page.next)), done: 0, latest })
    return again('more pages')
  }
  ctx.memory.delete('poll:customers')
  const reached = laterOf(ctx.cursors.get<string>('tribe:customers:cursor'), latest)
  if (reached) ctx.cursors.set('tribe:customers:cursor', reached)
  return DONE
}

async function tribePage(ctx: SyncContext, from?: string): Promise<Pick<TribeChanges, 'page' | 'readAt'>> {
  const cursor = ctx.cursors.get<string>('tribe:customers:cursor')
  const since = minus(cursor ?? instantOf(new Date(ctx.now() - OVERLAP_MS)), OVERLAP_MS)
  const readAt = ctx.now()
  const page = await ctx.tribe.changedRoles(CUSTOMER_ORGANIZATION, toQuery(since), from)
  reportUnreadable(ctx, 'customer', page.unreadable)
  return { page, readAt }
}

/** Takes roles through their step; gives how many are done. */
async function syncRoles(ctx: SyncContext, rows: readonly Role[], readAt: number): Promise<number> {
  const baseline = ctx.cursors.get<string>('tribe:customers:baseline')
  const links = await ctx.links.amongTribe(
    'customer',
    rows.map((row) => row.ID),
  )
  const byId = new Map(links.map((link) => [link.tribeId, link]))
  return eachRow(
    ctx,
    rows,
    (row) => ({ kind: 'customer', subject: `tribe:${row.ID}` }),
    async (role) => {
      const link = byId.get(role.ID) ?? null
      // What only Tribe has is left alone until it changes (spec §3).
      if (!link && baseline && (mutatedAt(role) ?? '') <= baseline) return
      // Synced since the page was read: the row is the older of the two.
      if (link && Date.parse(link.syncedAt) >= readAt) return
      await ctx.alone(role.ID, () =>
        syncFromTribe(ctx, { kind: 'customer', roleId: role.ID, role, link, inDoubt: false }),
      )
    },
  )
}

// ── Shared by the sweeps ────────────────────────────────────────────────────

interface RowOptions {
  readAt: number
  /** Gives all of Tribe's relations; null: ask Tribe for the few that matter. */
  indexOf: (() => Promise<TribeIndex>) | null
  fills: 'never' | 'always'
}

/** Takes rows through their step; gives how many are done, since a push may come in between. */
async function syncRows(
  ctx: SyncContext,
  kind: RelationKind,
  all: readonly Contact[],
  options: RowOptions,
): Promise<number> {
  const rows = companiesOf(all)
  if (rows.length === 0) return all.length
  const links = await ctx.links.amongPowerOffice(
    kind,
    rows.map((row) => String(row.Id)),
  )
  const byId = new Map(links.map((link) => [link.powerOfficeId, link]))
  const unlinked = rows.filter((row) => !byId.has(String(row.Id)))
  const index =
    unlinked.length === 0
      ? emptyIndex()
      : options.indexOf
        ? await options.indexOf()
        : await findMatches(ctx, kind, unlinked)
  const done = await eachRow(
    ctx,
    rows,
    (row) => ({ kind, subject: `powerOffice:${row.Id}` }),
    (contact) =>
      syncFromPowerOffice(ctx, {
        kind,
        contact,
        readAt: options.readAt,
        link: byId.get(String(contact.Id)) ?? null,
        matchesOf: () => index.matchesOf(ctx, contact),
        roleOf: (link: LinkState): Promise<Role | null> =>
          ctx.tribe.findRole(CUSTOMER_ORGANIZATION, link.tribeId),
        fills: options.fills,
      }),
  )
  const next = rows[done]
  return next ? all.indexOf(next) : all.length
}

/**
 * One bad record never blocks the others: it gets a job of its own. Only when nothing answers, all of it
 * waits. Stops early when a push is due, and gives how many rows are done.
 */
async function eachRow<T>(
  ctx: SyncContext,
  rows: readonly T[],
  jobOf: (row: T) => { kind: string; subject: string },
  run: (row: T) => Promise<unknown>,
): Promise<number> {
  let unanswered = 0
  const one = async (row: T) => {
    try {
      await run(row)
    } catch (thrown) {
      const error = asSyncError(thrown)
      if (error.remedy === 'data') return ctx.park({ ...jobOf(row), lane: 'bulk' }, error)
      if (error.remedy === 'reconnect' || ++unanswered > MOST_UNANSWERED) {
        ctx.memory.delete('first-load:index')
        throw error
      }
      ctx.enqueue({ ...jobOf(row), lane: 'bulk', afterSeconds: 5 })
    }
  }
  for (let at = 0; at < rows.length; at += STRIDE) {
    if (at > 0 && ctx.mustYield()) return at
    await forEachLimited(rows.slice(at, at + STRIDE), AT_ONCE, one)
  }
  return rows.length
}

function reportUnreadable(ctx: SyncContext, kind: string, ids: readonly string[]): void {
  for (const id of ids) {
    const message = `A ${kind} came in a form that the relay does not know (${id}): tell whoever runs the relay`
    ctx.park(
      { kind, subject: `powerOffice:${id}`, lane: 'bulk' },
      new SyncError('relation.unreadable', 'data', message),
    )
  }
}

/** Private persons are another kind of record in Tribe. */
const companiesOf = (rows: readonly Contact[]) => rows.filter((row) => row.IsPerson !== true)
const changedAt = (row: Contact) => parseInstant(row.LastChangedDateTimeOffset)
const mutatedAt = (row: Role) =>
  [row.LastMutationDate, row.CreationDate, row.Organization?.LastMutationDate, row.Organization?.CreationDate]
    .map((time) => parseInstant(time))
    .reduce((latest, time) => laterOf(latest, time), null)
