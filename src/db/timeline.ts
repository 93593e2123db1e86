import { and, desc, eq, sql } from 'drizzle-orm'
import { union } from 'drizzle-orm/sqlite-core'
import { type Database, PAGE_ROWS, withDatabase } from './database'
import { links, timeline } from './schema'

export type TimelineEntry = Omit<typeof timeline.$inferSelect, 'id' | 'tenantId'>

/** What happened to the records of one tenant. */
export const timelineOf = (db: Database, tenantId: string) => ({
  /** Told once, though it is said again after a write whose answer was lost. */
  addAll: async (entries: readonly TimelineEntry[]): Promise<void> => {
    if (entries.length === 0) return
    await withDatabase(() =>
      db.run(sql`insert into timeline (tenant_id, kind, tribe_id, power_office_id, at, event, details)
        select ${tenantId}, value ->> 'kind', value ->> 'tribeId', value ->> 'powerOfficeId', value ->> 'at',
          value ->> 'event', value -> 'details' from json_each(${JSON.stringify(entries)})
        where not exists (select 1 from timeline as told where told.tenant_id = ${tenantId}
          and told.kind = value ->> 'kind' and told.tribe_id is value ->> 'tribeId'
          and told.power_office_id is value ->> 'powerOfficeId' and told.at = value ->> 'at'
          and told.event = value ->> 'event' and told.details = value -> 'details')`),
    )
  },

  /** The newest first; what was told of either id of the pair. */
  of: (
    kind: string,
    ids: { tribeId: string | null; powerOfficeId: string | null },
    limit = 100,
  ): Promise<(TimelineEntry & { id: number })[]> =>
    withDatabase(async () => {
      const mine = and(eq(timeline.tenantId, tenantId), eq(timeline.kind, kind))
      const about = (column: typeof timeline.tribeId | typeof timeline.powerOfficeId, id: string | null) =>
        db
          .select()
          .from(timeline)
          .where(id === null ? sql`false` : and(mine, eq(column, id)))
      // One by each id: with `or`, SQLite would read all of a kind.
      const both = union(
        about(timeline.tribeId, ids.tribeId),
        about(timeline.powerOfficeId, ids.powerOfficeId),
      )
      return both.orderBy(desc(timeline.id)).limit(limit)
    }),

  find: (id: number): Promise<TimelineEntry | null> =>
    withDatabase(
      async () =>
        (await db
          .select()
          .from(timeline)
          .where(and(eq(timeline.tenantId, tenantId), eq(timeline.id, id)))
          .get()) ?? null,
    ),

  /** Of all records, the newest first. */
  latest: (page: { limit: number; offset: number }): Promise<(typeof timeline.$inferSelect)[]> =>
    withDatabase(() =>
      db
        .select()
        .from(timeline)
        .where(eq(timeline.tenantId, tenantId))
        .orderBy(desc(timeline.id))
        .limit(page.limit)
        .offset(page.offset)
        .all(),
    ),

  /** What was written to the CRM since then, the oldest first. */
  writtenToCrm: (from: string) =>
    withDatabase(() =>
      db
        .select({
          kind: timeline.kind,
          tribeId: timeline.tribeId,
          at: timeline.at,
          event: timeline.event,
          kept: sql<string | null>`${timeline.details} ->> '$.kept'`,
        })
        .from(timeline)
        .where(
          and(
            eq(timeline.tenantId, tenantId),
            sql`${timeline.at} >= ${from}`,
            sql`${timeline.event} in ('created-in-tribe', 'role-given-in-tribe', 'updated-tribe')`,
          ),
        )
        .orderBy(timeline.id)
        .all(),
    ),

  /** All of it, a page at a time. By the ids of Tribe's, which the index goes by: those without one come first. */
  async *pages(): AsyncGenerator<TimelineEntry[]> {
    for (const kind of links.kind.enumValues)
      for (const isInTribe of [false, true]) {
        let last: typeof timeline.$inferSelect | undefined
        do {
          const { tribeId, id } = last ?? { tribeId: '', id: 0 }
          const after = isInTribe
            ? sql`${timeline.tribeId} >= ${tribeId} and (${timeline.tribeId} > ${tribeId} or ${timeline.id} > ${id})`
            : sql`${timeline.tribeId} is null and ${timeline.id} > ${id}`
          const rows = await withDatabase(() =>
            db
              .select()
              .from(timeline)
              .where(and(eq(timeline.tenantId, tenantId), eq(timeline.kind, kind), after))
              .orderBy(...(isInTribe ? [timeline.tribeId] : []), timeline.id)
              .limit(PAGE_ROWS)
              .all(),
          )
          yield rows
          last = rows.at(-1)
        } while (last)
      }
  },
})
export type Timeline = ReturnType<typeof timelineOf>
