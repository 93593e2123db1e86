import type { Contact } from '../poweroffice/schemas'
import { instantOf, laterOf, minus, parseInstant, toQuery } from '../shared/dates'
import { DONE, type Step, type SyncContext } from '../sync-step'
import type { TribePage } from '../tribe/client'
import type { Role } from '../tribe/schemas'
import {
  isOn,
  RELATION_KINDS,
  RELATION_TYPES,
  type RelationKind,
  type RelationType,
  typesOfKind,
} from './kinds'
import { mutatedAt } from './link'
import { again, CHUNK, OVERLAP_MS, PAGE_SIZE, reportUnreadable, syncContacts, syncRoles } from './rows'

/** What changed since last time, in either system. A poll runs a chunk at a time, and lets pushes pass. */

// ── PowerOffice, every 15 minutes (spec §1) ─────────────────────────────────

/** A page of changes, and how many of its rows are done. */
interface Changes {
  since: string | null
  page: number
  readAt: number
  rows: Contact[]
  isLast: boolean
  done: number
}

/**
 * Takes over what changed among PowerOffice's relations. The subject is the kind; without one it begins
 * with customers, and each kind asks for the next: a contact person needs its company. A kind without news
 * costs one call.
 */
export const pullRelations: Step = async (ctx, { id }) => {
  if (ctx.cursors.get('initial-sync')) return DONE
  const kind = RELATION_KINDS.find((name) => name === id) ?? 'customer'
  if (typesOfKind(kind).some((type) => isOn(type, ctx.settings))) {
    const result = await pullKind(ctx, kind)
    if (result.status === 'again') return result
  }
  const next = RELATION_KINDS[RELATION_KINDS.indexOf(kind) + 1]
  if (next) ctx.enqueue({ kind: 'pull-relations', subject: next, lane: 'bulk' })
  return DONE
}

async function pullKind(ctx: SyncContext, kind: RelationKind) {
  const name = `${kind}:cursor`
  const held = ctx.memory.get(`pull:${kind}`) as Changes | undefined
  const changes = held ?? (await changesOf(ctx, kind, startOfPull(ctx, kind), 1))
  const chunk = changes.rows.slice(changes.done, changes.done + CHUNK)
  const done = await syncContacts(ctx, kind, chunk, { readAt: changes.readAt, indexOf: null, fills: 'never' })
  await ctx.flush()
  const latest = chunk
    .slice(0, done)
    .reduce((last, row) => laterOf(last, changedAt(row)), ctx.cursors.get<string>(name))
  if (latest) ctx.cursors.set(name, latest)
  changes.done += done
  if (changes.done < changes.rows.length) {
    ctx.memory.set(`pull:${kind}`, changes)
    return again('more rows of this page')
  }
  ctx.memory.delete(`pull:${kind}`)
  if (changes.isLast) return DONE
  // Rows that change meanwhile move to the end and pages would shift, so the filter moves instead. Only
  // when a whole page has one time is the next page of the same filter asked for.
  const next = latest && minus(latest, 1)
  const hasMoved = next !== null && (changes.since === null || next > changes.since)
  const more = await changesOf(ctx, kind, hasMoved ? next : changes.since, hasMoved ? 1 : changes.page + 1)
  ctx.memory.set(`pull:${kind}`, more)
  return again('more pages')
}

/** Every pull goes back a few minutes further than the last came; what is seen twice is found unchanged. */
function startOfPull(ctx: SyncContext, kind: RelationKind): string | null {
  const cursor = ctx.cursors.get<string>(`${kind}:cursor`)
  return cursor && minus(cursor, OVERLAP_MS)
}

async function changesOf(
  ctx: SyncContext,
  kind: RelationKind,
  since: string | null,
  page: number,
): Promise<Changes> {
  const readAt = ctx.now()
  const read = await ctx.powerOffice.contacts(kind, {
    page,
    pageSize: PAGE_SIZE,
    orderBy: 'LastChangedDateTimeOffset asc,Id asc',
    ...(since ? { changedAfter: toQuery(since) } : {}),
  })
  reportUnreadable(ctx, kind, read.unreadable)
  return { since, page, readAt, rows: read.rows, isLast: read.isLast, done: 0 }
}

export const changedAt = (row: Contact) => parseInstant(row.LastChangedDateTimeOffset)

// ── Tribe: the safety net for lost webhooks (spec §1) ───────────────────────

/** A page of changes in Tribe, and how many of its rows are done. */
interface TribeChanges {
  readAt: number
  page: TribePage<Role>
  done: number
  latest: string | null
}

/** Takes over what changed in Tribe, whether or not a webhook told of it. The subject is a set; without one, all. */
export const pollTribeRelations: Step = async (ctx, { id }) => {
  const types = RELATION_TYPES.filter((type) => isOn(type, ctx.settings))
  if (id === '') {
    for (const type of types) ctx.enqueue({ kind: 'poll-tribe', subject: type.set, lane: 'bulk' })
    return DONE
  }
  const type = types.find((one) => one.set === id)
  return !type || ctx.cursors.get('initial-sync') ? DONE : pollType(ctx, type)
}

async function pollType(ctx: SyncContext, type: RelationType) {
  const memory = `poll:${type.set}`
  const held = ctx.memory.get(memory) as TribeChanges | undefined
  const changes = held ?? { ...(await tribePage(ctx, type)), done: 0, latest: null }
  changes.done += await syncRoles(ctx, type, changes.page.rows.slice(changes.done), changes.readAt)
  await ctx.flush()
  if (changes.done < changes.page.rows.length) {
    ctx.memory.set(memory, changes)
    return again('a push goes first')
  }
  const latest = changes.page.rows.reduce((last, row) => laterOf(last, mutatedAt(row)), changes.latest)
  if (changes.page.next !== null) {
    ctx.memory.set(memory, { ...(await tribePage(ctx, type, changes.page.next)), done: 0, latest })
    return again('more pages')
  }
  ctx.memory.delete(memory)
  const reached = laterOf(ctx.cursors.get<string>(`tribe:${type.set}:cursor`), latest)
  if (reached) ctx.cursors.set(`tribe:${type.set}:cursor`, reached)
  return DONE
}

async function tribePage(
  ctx: SyncContext,
  type: RelationType,
  from?: string,
): Promise<Pick<TribeChanges, 'page' | 'readAt'>> {
  const cursor = ctx.cursors.get<string>(`tribe:${type.set}:cursor`)
  const since = minus(cursor ?? instantOf(new Date(ctx.now() - OVERLAP_MS)), OVERLAP_MS)
  const readAt = ctx.now()
  const page = await ctx.tribe.changedRoles(type.set, toQuery(since), from)
  reportUnreadable(ctx, type.kind, page.unreadable)
  return { page, readAt }
}
