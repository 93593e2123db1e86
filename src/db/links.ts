import { and, desc, eq, inArray, or, type SQL, sql } from 'drizzle-orm'
import { unionAll } from 'drizzle-orm/sqlite-core'
import { type Database, PAGE_ROWS, withDatabase } from './database'
import { type InvoiceExportState, links, type Settlement } from './schema'

export type Link = typeof links.$inferSelect
export type LinkKind = Link['kind']
export type LinkState = Omit<Link, 'tenantId' | 'exportState'> & { exportState?: InvoiceExportState | null }

/** An invoice, as much of it as the nightly comparison has to know. */
export interface KnownInvoice {
  tribeId: string
  powerOfficeId: string
  state: Link['state']
  stage: InvoiceExportState['stage'] | null
  mode: InvoiceExportState['mode'] | null
  /** Null while nothing was ever told of its balance. */
  settled: Settlement['state'] | null
  isOwed: number | null
}

/** How a link stands, to whoever looks on: of what an admin forgot there is none. */
export const shownState = (state: Link['state'] | undefined) =>
  state === undefined || state === 'forgotten' ? ('unlinked' as const) : state

/** Of no ids there is nothing to ask. */
const orNone = async <T>(ids: readonly string[], run: () => Promise<T[]>): Promise<T[]> =>
  ids.length === 0 ? [] : run()
/** Many ids travel as one parameter: D1 takes a hundred at most. */
const among = (column: unknown, ids: readonly string[]) =>
  sql`${column} in (select value from json_each(${JSON.stringify(ids)}))`

/** Asks for all links of these records of Tribe's, or of roles that they play. */
export const linksAbout = (db: Database, tenantId: string, tribeIds: readonly string[]) => {
  const where = (column: typeof links.tribeId | typeof links.tribeRelationId) =>
    db
      .select()
      .from(links)
      .where(and(eq(links.tenantId, tenantId), among(column, tribeIds)))
  // `union` would sort them, and read all links of the tenant in their order for that.
  return unionAll(where(links.tribeId), where(links.tribeRelationId))
}

/** The links of one tenant. */
export const linksOf = (db: Database, tenantId: string) => {
  const mine = (kind: LinkKind) => and(eq(links.tenantId, tenantId), eq(links.kind, kind))
  const select = (where: SQL | undefined) => db.select().from(links).where(where)
  const rows = (where: SQL | undefined): Promise<Link[]> => withDatabase(() => select(where).all())
  return {
    /** By the record itself, or by the organisation or person behind it. With `or`, SQLite would read all of a kind. */
    findByTribe: (kind: LinkKind, tribeId: string): Promise<LinkState | null> =>
      withDatabase(async () => {
        const [found] = await unionAll(
          select(and(mine(kind), eq(links.tribeId, tribeId))),
          select(and(mine(kind), eq(links.tribeRelationId, tribeId))),
        ).limit(1)
        return found ?? null
      }),

    findByPowerOffice: (kind: LinkKind, powerOfficeId: string): Promise<LinkState | null> =>
      withDatabase(
        async () => (await select(and(mine(kind), eq(links.powerOfficeId, powerOfficeId))).get()) ?? null,
      ),

    /** By any of its ids, or by its number: for that, all of a kind are read, as a person asks for now and then. */
    matching: (kind: LinkKind, text: string): Promise<Link[]> =>
      withDatabase(() => {
        const columns = [links.tribeId, links.tribeRelationId, links.powerOfficeId, links.number]
        const isIt = or(...columns.map((column) => eq(column, text)))
        return select(and(mine(kind), isIt))
          .limit(20)
          .all()
      }),

    /** Those of a page of PowerOffice's, in one query. */
    amongPowerOffice: (kind: LinkKind, powerOfficeIds: readonly string[]): Promise<Link[]> =>
      orNone(powerOfficeIds, () => rows(and(mine(kind), among(links.powerOfficeId, powerOfficeIds)))),

    /** Those of a page of Tribe's, in one query. */
    amongTribe: (kind: LinkKind, tribeIds: readonly string[]): Promise<Link[]> =>
      orNone(tribeIds, () => rows(and(mine(kind), among(links.tribeId, tribeIds)))),

    /** The record itself, of whatever kind. */
    ofTribeId: (tribeId: string): Promise<Link[]> =>
      rows(and(eq(links.tenantId, tenantId), eq(links.tribeId, tribeId))),

    /** The numbers of records by any id of theirs, as `kind id`; in one round, for a page of a list. */
    numbersOf: (ids: readonly string[]): Promise<ReadonlyMap<string, string>> =>
      withDatabase(async () => {
        const of = (
          column: typeof links.tribeId | typeof links.tribeRelationId | typeof links.powerOfficeId,
        ) =>
          db
            .select({ kind: links.kind, id: column, number: links.number })
            .from(links)
            .where(
              and(
                eq(links.tenantId, tenantId),
                inArray(links.kind, links.kind.enumValues),
                among(column, ids),
              ),
            )
        const rows = (
          await db.batch([of(links.tribeId), of(links.tribeRelationId), of(links.powerOfficeId)])
        ).flat()
        return new Map(rows.flatMap(({ kind, id, number }) => (number ? [[`${kind} ${id}`, number]] : [])))
      }),

    /** All roles of an organisation or person that are linked. */
    ofRelation: (relationId: string): Promise<Link[]> =>
      rows(and(eq(links.tenantId, tenantId), eq(links.tribeRelationId, relationId))),

    /** All roles that these organisations or persons play, in one query. */
    amongRelations: (relationIds: readonly string[]): Promise<Link[]> =>
      orNone(relationIds, () =>
        rows(and(eq(links.tenantId, tenantId), among(links.tribeRelationId, relationIds))),
      ),

    /** The pairs of a kind that are in step, by their ids alone. */
    pairs: (
      kind: LinkKind,
    ): Promise<{ tribeId: string; powerOfficeId: string; powerOfficeParentId: string | null }[]> =>
      withDatabase(() =>
        db
          .select({
            tribeId: links.tribeId,
            powerOfficeId: links.powerOfficeId,
            powerOfficeParentId: links.powerOfficeParentId,
          })
          .from(links)
          .where(and(mine(kind), eq(links.state, 'linked')))
          .all(),
      ),

    /** All invoices that were ever tied, by how far they have come and what is known to have been paid. */
    invoices: (): Promise<KnownInvoice[]> =>
      withDatabase(() =>
        db
          .select({
            tribeId: links.tribeId,
            powerOfficeId: links.powerOfficeId,
            state: links.state,
            stage: sql<InvoiceExportState['stage'] | null>`${links.exportState} ->> '$.stage'`,
            mode: sql<InvoiceExportState['mode'] | null>`${links.exportState} ->> '$.mode'`,
            settled: sql<Settlement['state'] | null>`${links.exportState} ->> '$.settlement.state'`,
            isOwed: sql<number | null>`${links.exportState} ->> '$.settlement.isOwed'`,
          })
          .from(links)
          .where(mine('invoice'))
          .all(),
      ),

    /** Pairs of which one side was deleted, the newest first (DESIGN.md §4.6). */
    detached: (page: { limit: number; offset: number }): Promise<Link[]> =>
      withDatabase(() =>
        select(and(eq(links.tenantId, tenantId), inArray(links.state, ['tribe-gone', 'poweroffice-gone'])))
          .orderBy(desc(links.syncedAt), links.tribeId)
          .limit(page.limit)
          .offset(page.offset)
          .all(),
      ),

    /** All of them, a page at a time, so that any number fits in the memory. */
    async *pages(): AsyncGenerator<Link[]> {
      let last: Pick<Link, 'kind' | 'tribeId'> | undefined
      do {
        const { kind, tribeId } = last ?? { kind: '', tribeId: '' }
        const after = sql`(${links.kind}, ${links.tribeId}) > (${kind}, ${tribeId})`
        const page = await withDatabase(() =>
          select(and(eq(links.tenantId, tenantId), after))
            .orderBy(links.kind, links.tribeId)
            .limit(PAGE_ROWS)
            .all(),
        )
        yield page
        last = page.at(-1)
      } while (last)
    },

    /** All or none. */
    saveAll: async (states: readonly LinkState[]): Promise<void> => {
      if (states.length > 0) await withDatabase(() => upsert(db, tenantId, states))
    },

    /** Notes the organisations and persons behind roles, where that was not known yet. */
    learnRelations: (
      kind: LinkKind,
      known: readonly { tribeId: string; relationId: string }[],
    ): Promise<unknown> =>
      withDatabase(() =>
        db.$client
          .prepare(`with known as materialized
              (select value ->> 'tribeId' as tribe_id, value ->> 'relationId' as relation_id from json_each(?3))
            update links set tribe_relation_id = known.relation_id from known
            where links.tenant_id = ?1 and links.kind = ?2 and links.tribe_id = known.tribe_id
              and links.tribe_relation_id is null`)
          .bind(tenantId, kind, JSON.stringify(known))
          .run(),
      ),

    /** How many are linked without it being known who plays the role. */
    countWithoutRelation: (kind: LinkKind): Promise<number> =>
      withDatabase(async () => {
        const isOne = and(mine(kind), eq(links.state, 'linked'), sql`${links.tribeRelationId} is null`)
        return (await db.select({ n: sql<number>`count(*)` }).from(links).where(isOne).get())?.n ?? 0
      }),

    /** What was last in step of these fields is of other rows: they are compared as if for the first time. */
    dropBases: async (kind: LinkKind, fields: readonly string[]): Promise<void> => {
      for (const field of fields)
        await withDatabase(() =>
          db
            .update(links)
            .set({ bases: sql`json_remove(${links.bases}, ${`$."${field}"`})` })
            .where(mine(kind))
            .run(),
        )
    },

    /** Notes what was in step of fields of which nothing was known; what is known by now stays. */
    addBases: async (kind: LinkKind, rows: readonly Pick<Link, 'tribeId' | 'bases'>[]): Promise<void> => {
      if (rows.length > 0)
        await withDatabase(() =>
          db.$client
            .prepare(`update links set bases = json_patch(news.value -> 'bases', links.bases) from json_each(?3) as news
              where links.tenant_id = ?1 and links.kind = ?2 and links.tribe_id = news.value ->> 'tribeId'`)
            .bind(tenantId, kind, JSON.stringify(rows))
            .run(),
        )
    },

    /** An admin parts the two: neither is tied, made or written because of the other by itself. */
    forget: (kind: LinkKind, tribeId: string, at: string): Promise<unknown> =>
      withDatabase(() =>
        db
          .update(links)
          .set({ state: 'forgotten', syncedAt: at })
          .where(and(mine(kind), eq(links.tribeId, tribeId)))
          .run(),
      ),

    remove: (kind: LinkKind, tribeId: string): Promise<unknown> =>
      withDatabase(() =>
        db
          .delete(links)
          .where(and(mine(kind), eq(links.tribeId, tribeId)))
          .run(),
      ),

    removeAll: async (kind: LinkKind, tribeIds: readonly string[]): Promise<void> => {
      if (tribeIds.length > 0)
        await withDatabase(() =>
          db
            .delete(links)
            .where(and(mine(kind), among(links.tribeId, tribeIds)))
            .run(),
        )
    },

    /** How many are linked, by kind; detached ones do not count. */
    counts: (): Promise<Record<LinkKind, number>> =>
      withDatabase(async () => {
        const rows = await db
          .select({ kind: links.kind, count: sql<number>`count(*)` })
          .from(links)
          .where(and(eq(links.tenantId, tenantId), eq(links.state, 'linked')))
          .groupBy(links.kind)
        const none: Record<LinkKind, number> = {
          customer: 0,
          supplier: 0,
          contactPerson: 0,
          product: 0,
          invoice: 0,
        }
        return { ...none, ...Object.fromEntries(rows.map((row) => [row.kind, row.count])) }
      }),
  }
}
export type Links = ReturnType<typeof linksOf>

/**
 * One statement for any number of rows. A record that was tied to another before is untied by it: both ids
 * of a pair are unique within their kind, and `replace` clears either. A state that is older than the one
 * which is kept is passed over: it comes from a write that failed, or from a run that was replaced.
 */
async function upsert(db: Database, tenantId: string, states: readonly LinkState[]): Promise<void> {
  const insert = db.$client.prepare(`insert or replace into links
    (tenant_id, kind, tribe_id, tribe_type, tribe_relation_id, power_office_id, power_office_parent_id, number, bases,
      state, power_office_changed_at, recent, life, created_at, synced_at)
    select ?1, value ->> 'kind', value ->> 'tribeId', value ->> 'tribeType', value ->> 'tribeRelationId',
      value ->> 'powerOfficeId', value ->> 'powerOfficeParentId', value ->> 'number', value -> 'bases', value ->> 'state',
      value ->> 'powerOfficeChangedAt', value -> 'recent', value -> 'exportState', value ->> 'createdAt', value ->> 'syncedAt'
    from json_each(?2)
    where not exists (select 1 from links as kept where kept.tenant_id = ?1 and kept.kind = value ->> 'kind'
      and (kept.tribe_id = value ->> 'tribeId' or kept.power_office_id = value ->> 'powerOfficeId')
      and kept.synced_at > value ->> 'syncedAt')`)
  await insert.bind(tenantId, JSON.stringify(states)).run()
}
