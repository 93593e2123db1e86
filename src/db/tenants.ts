import { and, eq, sql } from 'drizzle-orm'
import { goneName } from './audit'
import { type Database, withDatabase } from './database'
import { type Link, linksAbout } from './links'
import {
  auditLines,
  hours,
  links,
  tenantStatuses,
  tenants,
  timeline,
  toldFields,
  unitMappings,
  vatMappings,
} from './schema'

export type Tenant = typeof tenants.$inferSelect
export type NewTenant = typeof tenants.$inferInsert
export type SealedColumn = Extract<keyof Tenant, `sealed${string}`>
export type TenantChange = Partial<Omit<Tenant, 'id' | 'createdAt'>>

/** The registry of tenants. The only queries that are not closed over one tenant. */
export const tenantsIn = (db: Database) => ({
  find: (id: string): Promise<Tenant | null> =>
    withDatabase(async () => (await db.select().from(tenants).where(eq(tenants.id, id)).get()) ?? null),

  /** The same, with the links of these records of Tribe's, in one round. */
  findWithLinks: (
    id: string,
    tribeIds: readonly string[],
  ): Promise<{ tenant: Tenant | null; links: Link[] }> =>
    withDatabase(async () => {
      const [rows, links] = await db.batch([
        db.select().from(tenants).where(eq(tenants.id, id)),
        linksAbout(db, id, tribeIds),
      ])
      return { tenant: rows[0] ?? null, links }
    }),

  findByAdminTokenHash: (hash: string): Promise<Tenant | null> =>
    withDatabase(
      async () => (await db.select().from(tenants).where(eq(tenants.adminTokenHash, hash)).get()) ?? null,
    ),

  all: (): Promise<Tenant[]> =>
    withDatabase(() => db.select().from(tenants).orderBy(tenants.createdAt, tenants.id).all()),

  activeIds: (): Promise<string[]> =>
    withDatabase(async () => {
      const rows = await db
        .select({ id: tenants.id })
        .from(tenants)
        .where(eq(tenants.state, 'active'))
        .orderBy(tenants.id)
      return rows.map((row) => row.id)
    }),

  ids: (): Promise<string[]> =>
    withDatabase(async () => {
      const rows = await db.select({ id: tenants.id }).from(tenants).orderBy(tenants.id)
      return rows.map((row) => row.id)
    }),

  names: (): Promise<{ id: string; name: string }[]> =>
    withDatabase(() => db.select({ id: tenants.id, name: tenants.name }).from(tenants).all()),

  /** Who serves an organisation of Tribe, where that is known. */
  findByOrganization: (organization: string): Promise<string | null> =>
    withDatabase(async () => {
      const where = eq(tenants.tribeOrganization, organization)
      return (await db.select({ id: tenants.id }).from(tenants).where(where).get())?.id ?? null
    }),

  update: (id: string, change: TenantChange): Promise<unknown> =>
    withDatabase(() => db.update(tenants).set(change).where(eq(tenants.id, id)).run()),

  /** Keeps new settings; false when others were kept since these were read of the tenant. */
  keepSettings: (
    { id, settings }: Pick<Tenant, 'id' | 'settings'>,
    change: TenantChange & { settings: object },
  ): Promise<boolean> =>
    withDatabase(async () => {
      const asRead = sql`json(${tenants.settings}) is json(${JSON.stringify(settings)})`
      const rows = await db
        .update(tenants)
        .set(change)
        .where(and(eq(tenants.id, id), asRead))
        .returning({ id: tenants.id })
      return rows.length > 0
    }),

  /** False when the tenant has turned to another company since this was read of it. */
  activate: ({ id, activatedAt, tribe, powerOffice }: Tenant, at: string): Promise<boolean> =>
    withDatabase(async () => {
      const served = [
        sql`${tenants.tribe} ->> '$.organizationId' is ${JSON.stringify(tribe)} ->> '$.organizationId'`,
        sql`${tenants.powerOffice} ->> '$.clientId' is ${JSON.stringify(powerOffice)} ->> '$.clientId'`,
      ]
      const rows = await db
        .update(tenants)
        .set({ state: 'active', activatedAt: activatedAt ?? at })
        .where(and(eq(tenants.id, id), ...served))
        .returning({ id: tenants.id })
      return rows.length > 0
    }),

  /** What was learned of its Tribe; not when it has turned to another organisation meanwhile. */
  keepTribe: (id: string, tribe: { organizationId: string }): Promise<unknown> =>
    withDatabase(() =>
      db
        .update(tenants)
        .set({ tribe })
        .where(
          and(eq(tenants.id, id), sql`${tenants.tribe} ->> '$.organizationId' is ${tribe.organizationId}`),
        )
        .run(),
    ),

  /** Puts one sealed text in the place of another; not when that has been replaced meanwhile. */
  replaceSealed: (id: string, column: SealedColumn, was: string, now: string): Promise<unknown> =>
    withDatabase(() =>
      db
        .update(tenants)
        .set({ [column]: now })
        .where(and(eq(tenants.id, id), eq(tenants[column], was)))
        .run(),
    ),

  /** Forgets the tenant and all its rows, in one transaction. Lines of the audit trail stay, and no longer name it. */
  remove: async (id: string): Promise<unknown> => {
    const tenantId = await goneName(id)
    return withDatabase(() =>
      db.batch([
        db.update(auditLines).set({ tenantId }).where(eq(auditLines.tenantId, id)),
        db.delete(links).where(eq(links.tenantId, id)),
        db.delete(timeline).where(eq(timeline.tenantId, id)),
        db.delete(unitMappings).where(eq(unitMappings.tenantId, id)),
        db.delete(vatMappings).where(eq(vatMappings.tenantId, id)),
        db.delete(toldFields).where(eq(toldFields.tenantId, id)),
        db.delete(tenantStatuses).where(eq(tenantStatuses.tenantId, id)),
        db.delete(hours).where(eq(hours.tenantId, id)),
        db.delete(tenants).where(eq(tenants.id, id)),
      ]),
    )
  },
})
