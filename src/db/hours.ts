import { and, eq, gte, lt, sql } from 'drizzle-orm'
import { type Database, withDatabase } from './database'
import { hours } from './schema'

export type Hour = typeof hours.$inferSelect

/** D1 takes 100 parameters in a statement; a row has eight. */
const MOST_ROWS = 12
const ALL = {
  events: sql`excluded.events`,
  writes: sql`excluded.writes`,
  problems: sql`excluded.problems`,
  tribe: sql`excluded.tribe`,
  powerOffice: sql`excluded.power_office`,
  arrivals: sql`excluded.arrivals`,
}

/** What happened in each hour, in numbers; kept for 35 days. */
export const hoursIn = (db: Database) => ({
  /** Written by the object whose hours they are, as often as it likes: each says all that it has counted of its hour. */
  save: async (rows: readonly Hour[]): Promise<void> => {
    for (let from = 0; from < rows.length; from += MOST_ROWS)
      await withDatabase(() =>
        db
          .insert(hours)
          .values(rows.slice(from, from + MOST_ROWS))
          .onConflictDoUpdate({ target: [hours.tenantId, hours.hour], set: ALL })
          .run(),
      )
  },

  /** Of one tenant, the oldest first. */
  since: (tenantId: string, hour: string): Promise<Hour[]> =>
    withDatabase(() =>
      db
        .select()
        .from(hours)
        .where(and(eq(hours.tenantId, tenantId), gte(hours.hour, hour)))
        .orderBy(hours.hour)
        .all(),
    ),

  /** Of all tenants: calls by hour. */
  callsSince: (hour: string): Promise<{ hour: string; tribe: number; powerOffice: number }[]> =>
    withDatabase(() =>
      db
        .select({
          hour: hours.hour,
          tribe: sql<number>`sum(${hours.tribe})`,
          powerOffice: sql<number>`sum(${hours.powerOffice})`,
        })
        .from(hours)
        .where(gte(hours.hour, hour))
        .groupBy(hours.hour)
        .orderBy(hours.hour)
        .all(),
    ),

  /** Of all tenants: how long changes took, and how many calls to Tribe each made, an hour a row. */
  arrivalsSince: (hour: string): Promise<Pick<Hour, 'tenantId' | 'tribe' | 'arrivals'>[]> =>
    withDatabase(() =>
      db
        .select({ tenantId: hours.tenantId, tribe: hours.tribe, arrivals: hours.arrivals })
        .from(hours)
        .where(gte(hours.hour, hour))
        .all(),
    ),

  forgetBefore: (hour: string): Promise<unknown> =>
    withDatabase(() => db.delete(hours).where(lt(hours.hour, hour)).run()),
})
