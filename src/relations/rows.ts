import type { LinkState } from '../db/links'
import type { Contact } from '../poweroffice/schemas'
import { asSyncError, SyncError } from '../shared/errors'
import { forEachLimited } from '../shared/limit'
import type { SyncContext, SyncResult } from '../sync-step'
import type { Role } from '../tribe/schemas'
import { setOfType } from '../tribe/sets'
import { companiesOf } from './companies'
import { type RelationKind, type RelationType, typeOfContact } from './kinds'
import { mutatedAt } from './link'
import { findMatches, NO_MATCHES, type TribeIndex } from './matching'
import type { Fills } from './pair'
import { syncFromPowerOffice, syncFromTribe } from './sync'

/** A sweep holds the rows of a page, and takes each through its step at hand: no call per record. */

/** Rows between two notes of how far a sweep has come. */
export const CHUNK = 100
export const PAGE_SIZE = 2000
const AT_ONCE = 4
/** Rows between two looks whether a push is due. */
const STRIDE = 8
/** Records that fail for want of an answer, before the whole chunk is put off. */
const MOST_UNANSWERED = 3
/** How far each poll goes back behind the last one. */
export const OVERLAP_MS = 5 * 60_000

export const again = (because: string): SyncResult => ({ status: 'again', afterSeconds: 0, because })

export interface RowOptions {
  readAt: number
  /** Gives all of Tribe's relations; null: ask Tribe for the few that matter. */
  indexOf: (() => Promise<TribeIndex>) | null
  fills: Fills
  /** Called for each row that is not in step, or cannot be looked at. */
  onDifference?: (contact: Contact) => void
}

/** Takes rows of PowerOffice's through their step; gives how many are done, since a push may come in between. */
export async function syncContacts(
  ctx: SyncContext,
  kind: RelationKind,
  rows: readonly Contact[],
  options: RowOptions,
): Promise<number> {
  if (rows.length === 0) return 0
  const ids = rows.map((row) => String(row.Id))
  const links = linksById(await ctx.links.amongPowerOffice(kind, ids))
  const siblings = linksById(
    kind === 'contactPerson' ? [] : await ctx.links.amongPowerOffice(otherKind(kind), ids),
  )
  if (kind === 'contactPerson')
    await companiesOf(ctx).preload({ contactIds: [...new Set(rows.map((row) => String(row.ContactId)))] })
  const unlinked = rows.filter((row) => !links.has(String(row.Id)))
  const index = options.indexOf
    ? await options.indexOf()
    : unlinked.length > 0
      ? await findMatches(ctx, kind, unlinked)
      : null
  return eachRow(
    ctx,
    rows,
    (row) => ({ kind, subject: subjectOf(row) }),
    async (contact) => {
      const type = typeOfContact(kind, contact)
      if (!type) return
      const sibling = siblings.get(String(contact.Id)) ?? null
      await syncFromPowerOffice(ctx, {
        type,
        contact,
        readAt: options.readAt,
        link: links.get(String(contact.Id)) ?? null,
        matchesOf: async () =>
          index?.matchesOf(ctx, type, contact, await withRelation(ctx, sibling)) ?? NO_MATCHES,
        roleOf: (link) => roleOf(ctx, link),
        fills: options.fills,
      })
    },
  )
}

/** A job's name for a contact: a contact person is found below its contact only. */
export const subjectOf = (contact: Contact): string =>
  contact.ContactId == null ? `powerOffice:${contact.Id}` : `powerOffice:${contact.Id}:${contact.ContactId}`

export const roleOf = (ctx: SyncContext, link: LinkState): Promise<Role | null> =>
  ctx.tribe.findRole(setOfType(link.tribeType), link.tribeId)

export const otherKind = (kind: RelationKind): RelationKind => (kind === 'customer' ? 'supplier' : 'customer')
export const linksById = (links: readonly LinkState[]) =>
  new Map(links.map((link) => [link.powerOfficeId, link]))

/** The organisation behind a link may not be known yet: Tribe's answer to a create does not always name it. */
export async function withRelation(ctx: SyncContext, link: LinkState | null): Promise<LinkState | null> {
  if (
    link?.state !== 'linked' ||
    link.tribeRelationId ||
    !link.tribeType.startsWith('Relationship.Organization')
  )
    return link?.state === 'linked' ? link : null
  const role = await roleOf(ctx, link)
  return { ...link, tribeRelationId: role?.Organization?.ID ?? null }
}

/** Takes roles of Tribe's through their step; gives how many are done. */
export async function syncRoles(
  ctx: SyncContext,
  type: RelationType,
  rows: readonly Role[],
  readAt: number,
): Promise<number> {
  const baseline = ctx.cursors.get<string>(`tribe:${type.set}:baseline`)
  const links = await ctx.links.amongTribe(
    type.kind,
    rows.map((row) => row.ID),
  )
  const byId = new Map(links.map((link) => [link.tribeId, link]))
  if (type.kind === 'contactPerson')
    await companiesOf(ctx).preload({
      organizationIds: [...new Set(rows.flatMap((row) => row.Relation?.ID ?? []))],
    })
  return eachRow(
    ctx,
    rows,
    (row) => ({ kind: type.kind, subject: `tribe:${row.ID}` }),
    async (role) => {
      const link = byId.get(role.ID) ?? null
      // What only Tribe has is left alone until it changes (spec §3).
      if (!link && baseline && (mutatedAt(role) ?? '') <= baseline) return
      // Synced since the page was read: the row is the older of the two.
      if (link && Date.parse(link.syncedAt) >= readAt) return
      await ctx.alone(role.ID, () =>
        syncFromTribe(ctx, { type, roleId: role.ID, role, link, inDoubt: false }),
      )
    },
  )
}

/**
 * One bad record never blocks the others: it gets a job of its own. Only when nothing answers, all of it
 * waits. Stops early when a push is due, and gives how many rows are done.
 */
export async function eachRow<T>(
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
      if (error.remedy === 'reconnect' || ++unanswered > MOST_UNANSWERED) throw error
      ctx.enqueue({ ...jobOf(row), lane: 'bulk', afterSeconds: 5 })
    }
  }
  for (let at = 0; at < rows.length; at += STRIDE) {
    if (at > 0 && ctx.mustYield()) return at
    await forEachLimited(rows.slice(at, at + STRIDE), AT_ONCE, one)
  }
  return rows.length
}

export function reportUnreadable(ctx: SyncContext, kind: string, ids: readonly string[]): void {
  for (const id of ids) {
    const message = `A ${kind} came in a form that the relay does not know (${id}): tell whoever runs the relay`
    ctx.park(
      { kind, subject: `powerOffice:${id}`, lane: 'bulk' },
      new SyncError('relation.unreadable', 'data', message),
    )
  }
}
