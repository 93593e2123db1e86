import { eq } from 'drizzle-orm'
import { type Database, withDatabase } from './database'
import { type TenantStatus, tenantStatuses, tenants } from './schema'

export type { TenantStatus }

export interface TenantOverview {
  id: string
  name: string
  state: 'setup' | 'active' | 'paused'
  settings: unknown
  tenantStatus: TenantStatus | null
}

/** How all tenants stand; one row each. */
export const tenantStatusesIn = (db: Database) => ({
  save: (tenantId: string, tenantStatus: TenantStatus): Promise<unknown> =>
    withDatabase(() =>
      db
        .insert(tenantStatuses)
        .values({ tenantId, tenantStatus })
        .onConflictDoUpdate({ target: tenantStatuses.tenantId, set: { tenantStatus } })
        .run(),
    ),

  find: (tenantId: string): Promise<TenantStatus | null> =>
    withDatabase(async () => {
      const row = await db.select().from(tenantStatuses).where(eq(tenantStatuses.tenantId, tenantId)).get()
      return row?.tenantStatus ?? null
    }),

  /** Every tenant, and how it stands; null for one of which nothing was told yet. One statement. */
  all: (): Promise<TenantOverview[]> =>
    withDatabase(() =>
      db
        .select({
          id: tenants.id,
          name: tenants.name,
          state: tenants.state,
          settings: tenants.settings,
          tenantStatus: tenantStatuses.tenantStatus,
        })
        .from(tenants)
        .leftJoin(tenantStatuses, eq(tenantStatuses.tenantId, tenants.id))
        .orderBy(tenants.createdAt, tenants.id)
        .all(),
    ),
})
