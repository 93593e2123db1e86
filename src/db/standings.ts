import { eq } from 'drizzle-orm'
import { type Database, withDatabase } from './database'
import { type Standing, standings, tenants } from './schema'

export type { Standing }

export interface TenantStanding {
  id: string
  name: string
  state: 'setup' | 'active' | 'paused'
  settings: unknown
  standing: Standing | null
}

/** How all tenants stand; one row each. */
export const standingsIn = (db: Database) => ({
  save: (tenantId: string, standing: Standing): Promise<unknown> =>
    withDatabase(() =>
      db
        .insert(standings)
        .values({ tenantId, standing })
        .onConflictDoUpdate({ target: standings.tenantId, set: { standing } })
        .run(),
    ),

  find: (tenantId: string): Promise<Standing | null> =>
    withDatabase(async () => {
      const row = await db.select().from(standings).where(eq(standings.tenantId, tenantId)).get()
      return row?.standing ?? null
    }),

  /** Every tenant, and how it stands; null for one of which nothing was told yet. One statement. */
  all: (): Promise<TenantStanding[]> =>
    withDatabase(() =>
      db
        .select({
          id: tenants.id,
          name: tenants.name,
          state: tenants.state,
          settings: tenants.settings,
          standing: standings.standing,
        })
        .from(tenants)
        .leftJoin(standings, eq(standings.tenantId, tenants.id))
        .orderBy(tenants.createdAt, tenants.id)
        .all(),
    ),
})
