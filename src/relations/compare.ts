import type { LinkState } from '../db/links'
import type { Comparison, ComparisonRow } from '../pairs/comparison'
import { again, CHUNK, eachRow, PAGE_SIZE, reportUnreadable } from '../pairs/rows'
import type { Contact } from '../poweroffice/schemas'
import { merge } from '../shared/two-way'
import { DONE, type Step, type SyncContext, type SyncResult } from '../sync-step'
import {
  isOn,
  RELATION_KINDS,
  type RelationKind,
  type RelationType,
  typeOfContact,
  typesOfKind,
} from './kinds'
import { fieldsOf, printsOf, tribeRelation } from './link'
import { relationFromPowerOffice } from './mapping'
import { readTribeIndex, type TribeIndex } from './matching'
import { LED_BY_POWEROFFICE } from './relation'
import { linksById, otherKind, roleOf, subjectOf, withRelation } from './rows'
import { syncFromPowerOffice } from './sync'

/**
 * The nightly comparison (spec §8): every record of both sides. What drifted is repaired by the normal
 * rules, what is gone is looked at once more, and the counts of both sides stand next to each other.
 */

/** Lives in memory: a comparison that was cut off begins its kind anew. */
interface Underway {
  index: TribeIndex
  page: number
  readAt: number
  rows: Contact[]
  isLast: boolean
  done: number
  seen: Set<string>
  differ: number
}

const WHAT: Record<RelationKind, string> = {
  customer: 'customers',
  supplier: 'suppliers',
  contactPerson: 'contactPersons',
}

/** The subject is the kind; without one it begins with customers, and each kind asks for the next. */
export const compareRelations: Step = async (ctx, { id }) => {
  if (ctx.cursors.get('initial-sync')) return DONE
  const kind = RELATION_KINDS.find((name) => name === id) ?? 'customer'
  if (id === '' || !ctx.cursors.get('comparison:rows')) ctx.cursors.set('comparison:rows', [])
  if (typesOfKind(kind).some((type) => isOn(type, ctx.settings))) {
    const result = await compareKind(ctx, kind)
    if (result.status === 'again') return result
  }
  const next = RELATION_KINDS[RELATION_KINDS.indexOf(kind) + 1]
  if (next) ctx.enqueue({ kind: 'compare', subject: next, lane: 'bulk' })
  else {
    const products =
      ctx.cursors.get<Comparison>('comparison')?.rows.filter(({ what }) => what === 'products') ?? []
    const comparison: Comparison = {
      at: new Date(ctx.now()).toISOString(),
      rows: [...(ctx.cursors.get<ComparisonRow[]>('comparison:rows') ?? []), ...products],
    }
    ctx.cursors.set('comparison', comparison)
    ctx.cursors.remove('comparison:rows')
    ctx.enqueue({ kind: 'compare', subject: 'product', lane: 'bulk' })
  }
  return DONE
}

async function compareKind(ctx: SyncContext, kind: RelationKind): Promise<SyncResult> {
  const memory = `compare:${kind}`
  const held = ctx.memory.get(memory) as Underway | undefined
  const now = held ?? {
    ...(await pageOf(ctx, kind, 1)),
    index: await readTribeIndex(ctx, kind),
    seen: new Set<string>(),
    differ: 0,
  }
  ctx.memory.set(memory, now)
  const chunk = now.rows.slice(now.done, now.done + CHUNK)
  now.done += await compareRows(ctx, kind, chunk, now)
  await ctx.flush()
  if (now.done < now.rows.length) return again('more rows of this page')
  if (!now.isLast) {
    ctx.memory.set(memory, { ...now, ...(await pageOf(ctx, kind, now.page + 1)) })
    return again('more pages')
  }
  ctx.memory.delete(memory)
  await lookForGone(ctx, kind, now)
  const linked = (await ctx.links.counts())[kind]
  const row: ComparisonRow = {
    what: WHAT[kind],
    tribe: now.index.roles.length,
    powerOffice: now.seen.size,
    linked,
    differ: now.differ,
  }
  ctx.cursors.set('comparison:rows', [...(ctx.cursors.get<ComparisonRow[]>('comparison:rows') ?? []), row])
  return DONE
}

async function pageOf(ctx: SyncContext, kind: RelationKind, page: number) {
  const readAt = ctx.now()
  const read = await ctx.powerOffice.contacts(kind, { page, pageSize: PAGE_SIZE, orderBy: 'Id asc' })
  reportUnreadable(ctx, kind, read.unreadable)
  return { page, readAt, rows: read.rows, isLast: read.isLast, done: 0 }
}

async function compareRows(
  ctx: SyncContext,
  kind: RelationKind,
  rows: readonly Contact[],
  now: Underway,
): Promise<number> {
  const ids = rows.map((row) => String(row.Id))
  const links = linksById(await ctx.links.amongPowerOffice(kind, ids))
  const siblings = linksById(
    kind === 'contactPerson' ? [] : await ctx.links.amongPowerOffice(otherKind(kind), ids),
  )
  return eachRow(
    ctx,
    rows,
    (row) => ({ kind, subject: subjectOf(row) }),
    async (contact) => {
      const type = typeOfContact(kind, contact)
      if (!type || !isOn(type, ctx.settings)) return
      now.seen.add(String(contact.Id))
      const link = links.get(String(contact.Id)) ?? null
      const role = link && now.index.role(link.tribeId)
      if (link && role && (await isInStep(ctx, type, { link, contact, role }))) return
      if (link?.state === 'linked') now.differ++
      const sibling = siblings.get(String(contact.Id)) ?? null
      await syncFromPowerOffice(ctx, {
        type,
        contact,
        readAt: now.readAt,
        link,
        matchesOf: async () => now.index.matchesOf(ctx, type, contact, await withRelation(ctx, sibling)),
        // The list is minutes old: what is written is decided on what Tribe holds now.
        roleOf: (held) => roleOf(ctx, held),
        fills: 'always',
      })
    },
  )
}

async function isInStep(
  ctx: SyncContext,
  type: RelationType,
  {
    link,
    contact,
    role,
  }: { link: LinkState; contact: Contact; role: NonNullable<ReturnType<TribeIndex['role']>> },
): Promise<boolean> {
  const plan = merge({
    fields: fieldsOf(ctx, type),
    tribe: await printsOf(ctx, await tribeRelation(ctx, type, role)),
    powerOffice: await printsOf(ctx, relationFromPowerOffice(type, contact)),
    bases: link.bases,
    policy: ctx.settings.conflictPolicy,
    newest: 'powerOffice',
    ledByPowerOffice: LED_BY_POWEROFFICE,
  })
  return plan.toTribe.length + plan.toPowerOffice.length + plan.fills.length === 0
}

/** Records that one of the lists does not have any more: only a look of their own may say that they are gone. */
async function lookForGone(ctx: SyncContext, kind: RelationKind, { seen, index }: Underway): Promise<void> {
  for (const { tribeId, powerOfficeId, powerOfficeParentId } of await ctx.links.pairs(kind)) {
    const parent = powerOfficeParentId === null ? '' : `:${powerOfficeParentId}`
    if (!seen.has(powerOfficeId))
      ctx.enqueue({ kind, subject: `powerOffice:${powerOfficeId}${parent}`, lane: 'bulk' })
    else if (!index.has(tribeId)) ctx.enqueue({ kind, subject: `tribe:${tribeId}`, lane: 'bulk' })
  }
}
