import { and, desc, eq, sql } from 'drizzle-orm'
import { union } from 'drizzle-orm/sqlite-core'
import { type Database, withDatabase } from './database'
import { timeline } from './schema'

export type TimelineEntry = Omit<typeof timeline.$inferSelect, 'id' | 'tenantId'>

/** What happened to the records of one tenant. */
export const timelineOf = (db: Database, tenantId: string) => ({
  addAll: async (entries: readonly TimelineEntry[]): Promise<void> => {
    if (entries.length === 0) return
    await withDatabase(() =>
      db.run(sql`insert into timeline (tenant_id, kind, tribe_id, power_office_id, at, event, details)
        select ${tenantId}, value ->> 'kind', value ->> 'tribeId', value ->> 'powerOfficeId', value ->> 'at',
          value ->> 'event', value -> 'details' from json_each(${JSON.stringify(entries)})`),
    )
  },

  /** The newest first; what was told of either id of the pair. */
  of: (
    kind: string,
    ids: { tribeId: string | null; powerOfficeId: string | null },
    limit = 100,
  ): Promise<TimelineEntry[]> =>
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
})
export type Timeline = ReturnType<typeof timelineOf>
