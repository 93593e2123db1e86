import type { Contact } from '../poweroffice/schemas'
import { laterOf } from '../shared/dates'
import { DONE, type Step, type SyncContext } from '../sync-step'
import {
  COMPANY_CUSTOMER,
  COMPANY_SUPPLIER,
  isOn,
  RELATION_KINDS,
  type RelationKind,
  typesOfKind,
} from './kinds'
import { mutatedAt } from './link'
import { readTribeIndex, type TribeIndex } from './matching'
import { changedAt } from './pull'
import { again, CHUNK, PAGE_SIZE, reportUnreadable, syncContacts } from './rows'

/** Every relation of PowerOffice's, kind by kind, a chunk a run: the first load (spec §3). */

export interface FirstLoad {
  kind: RelationKind
  page: number
  /** Rows of this kind up to this id are done; PowerOffice lists by id. */
  lastId: number
  done: number
  total: number
  startedAt: string
  finishedAt: string | null
}

export const newLoad = (now: number): FirstLoad => ({
  ...{ kind: 'customer', page: 1, lastId: 0, done: 0, total: 0, finishedAt: null },
  startedAt: new Date(now).toISOString(),
})

interface LoadedPage {
  kind: RelationKind
  page: number
  readAt: number
  rows: Contact[]
  isLast: boolean
}

/** Brings all relations of PowerOffice to Tribe; goes on where it was after any crash or deploy. */
export const firstLoad: Step = async (ctx) => {
  const load = ctx.cursors.get<FirstLoad>('initial-sync')
  if (!load) return DONE
  if (!isWanted(ctx, load.kind)) return nextKind(ctx, load)
  try {
    return await loadChunk(ctx, load)
  } catch (thrown) {
    // Something may have been made that the index does not know.
    ctx.memory.delete(`full:${load.kind}:index`)
    throw thrown
  }
}

async function loadChunk(ctx: SyncContext, load: FirstLoad) {
  if (load.kind === 'contactPerson' && load.page === 1 && load.lastId === 0) await learnCompanies(ctx)
  const index = await heldIndex(ctx, load.kind)
  const page = await heldPage(ctx, load)
  const chunk = page.rows.filter((row) => row.Id > load.lastId).slice(0, CHUNK)
  if (chunk.length > 0) {
    const done = await syncContacts(ctx, load.kind, chunk, {
      readAt: page.readAt,
      indexOf: async () => index,
      fills: 'never',
    })
    await ctx.flush()
    const lastId = chunk[done - 1]?.Id ?? load.lastId
    ctx.cursors.set('initial-sync', { ...load, lastId, done: load.done + done })
    return again('more rows of this page')
  }
  if (page.isLast) return nextKind(ctx, load)
  ctx.memory.delete(`full:${load.kind}:page`)
  ctx.cursors.set('initial-sync', { ...load, page: load.page + 1 })
  return again('more pages')
}

function nextKind(ctx: SyncContext, load: FirstLoad) {
  forget(ctx, load.kind)
  const kind = RELATION_KINDS[RELATION_KINDS.indexOf(load.kind) + 1]
  if (kind) {
    ctx.cursors.set('initial-sync', { ...load, kind, page: 1, lastId: 0 })
    return again('the next kind')
  }
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

async function heldPage(ctx: SyncContext, load: FirstLoad): Promise<LoadedPage> {
  const memory = `full:${load.kind}:page`
  const held = ctx.memory.get(memory) as LoadedPage | undefined
  if (held?.page === load.page) return held
  const readAt = ctx.now()
  const read = await ctx.powerOffice.contacts(load.kind, {
    page: load.page,
    pageSize: PAGE_SIZE,
    orderBy: 'Id asc',
  })
  reportUnreadable(ctx, load.kind, read.unreadable)
  if (load.page === 1 && load.lastId === 0) {
    // The pull goes on from here: nothing that changes while the load runs may be missed.
    const changedUpTo = read.rows.reduce<string | null>(
      (latest, row) => laterOf(latest, changedAt(row)),
      null,
    )
    if (changedUpTo) ctx.cursors.set(`${load.kind}:cursor`, changedUpTo)
    load.total += read.isLast ? read.rows.length : await ctx.powerOffice.countContacts(load.kind)
    ctx.cursors.set('initial-sync', load)
  }
  const page = { kind: load.kind, page: load.page, readAt, rows: read.rows, isLast: read.isLast }
  ctx.memory.set(memory, page)
  return page
}

/** Read once for a load; how far Tribe had come then is the line between old and new (spec §3). */
async function heldIndex(ctx: SyncContext, kind: RelationKind): Promise<TribeIndex> {
  const memory = `full:${kind}:index`
  const held = ctx.memory.get(memory) as TribeIndex | undefined
  if (held) return held
  const index = await readTribeIndex(ctx, kind)
  ctx.memory.set(memory, index)
  for (const type of typesOfKind(kind)) {
    if (ctx.cursors.get(`tribe:${type.set}:cursor`) !== null) continue
    const latest = index.roles
      .filter((role) => (type.party === 'organization' ? role.Organization : role.Person))
      .reduce<string | null>((last, row) => laterOf(last, mutatedAt(row)), null)
    if (latest === null) continue
    ctx.cursors.set(`tribe:${type.set}:baseline`, latest)
    ctx.cursors.set(`tribe:${type.set}:cursor`, latest)
  }
  return index
}

/** Tribe does not always say which organisation it made along with a role; contact persons need to know. */
async function learnCompanies(ctx: SyncContext): Promise<void> {
  for (const type of [COMPANY_CUSTOMER, COMPANY_SUPPLIER]) {
    if ((await ctx.links.countWithoutRelation(type.kind)) === 0) continue
    const roles = await ctx.tribe.allRoles(type.set)
    const known = roles.flatMap((role) =>
      role.Organization ? [{ tribeId: role.ID, relationId: role.Organization.ID }] : [],
    )
    for (let at = 0; at < known.length; at += 1000)
      await ctx.links.learnRelations(type.kind, known.slice(at, at + 1000))
  }
}

const isWanted = (ctx: SyncContext, kind: RelationKind) =>
  typesOfKind(kind).some((type) => isOn(type, ctx.settings))

function forget(ctx: SyncContext, kind: RelationKind): void {
  ctx.memory.delete(`full:${kind}:page`)
  ctx.memory.delete(`full:${kind}:index`)
}
