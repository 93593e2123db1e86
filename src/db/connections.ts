import { and, eq, ne, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { type Database, withDatabase } from './database'
import { links, tenants, timeline, toldFields, unitMappings, vatMappings } from './schema'
import type { NewTenant, TenantChange } from './tenants'

/**
 * What became of a wish to connect a tenant with a company: `kept`; or nothing is changed, because the tenant belongs to
 * another company (`other`), or another tenant holds this one (`held`).
 */
export type Connecting = 'kept' | 'other' | 'held'

/** Of each system: the column that no two tenants may share, and where the company stands in what was told of it. */
const SIDES = {
  tribe: { column: tenants.tribeOrganization, said: sql`${tenants.tribe} ->> '$.organizationId'` },
  powerOffice: { column: tenants.powerOfficeClient, said: sql`${tenants.powerOffice} ->> '$.clientId'` },
} as const
export type Side = keyof typeof SIDES

/** Where one side of a tenant stands, whether or not it may turn to another company. */
const standing = (side: Side, id: string) => {
  const { column, said } = SIDES[side]
  return {
    before: sql<string | null>`ifnull(${column}, nullif(lower(trim(${said})), ''))`,
    isFree: sql<number>`${tenants.state} = 'setup' and not exists (select 1 from ${links} where ${links.tenantId} = ${id})`,
  }
}

/** Which tenant serves which two companies. Each wish is one transaction, so that of two at once one alone is granted. */
export const connectionsIn = (db: Database) => ({
  /** Makes a tenant; not when another one holds the organisation that it names. */
  insert: (tenant: NewTenant): Promise<Exclude<Connecting, 'other'>> =>
    unlessHeld(async () => {
      await db.insert(tenants).values(tenant).run()
      return 'kept' as const
    }),

  /**
   * Keeps how a tenant reaches one of the systems. A tenant may turn to another company only while it is being set up
   * and has no links, whatever their kind and state: they, and all that it did, belong to the company that it
   * has served. What was mapped for that company is dropped.
   */
  connect: (id: string, side: Side, company: string, change: TenantChange): Promise<Connecting> =>
    unlessHeld(async () => {
      const { before, isFree } = standing(side, id)
      const isTurning = sql`exists (select 1 from ${tenants} where ${tenants.id} = ${id} and ${before} <> ${company} and ${isFree})`
      const field = side === 'tribe' ? { tribeOrganization: company } : { powerOfficeClient: company }
      const mine = (tenantId: SQLiteColumn) => and(eq(tenantId, id), isTurning)
      const [, , , , , kept] = await db.batch([
        db.delete(timeline).where(mine(timeline.tenantId)),
        db.delete(vatMappings).where(mine(vatMappings.tenantId)),
        db.delete(unitMappings).where(and(mine(unitMappings.tenantId), sql`${side} = 'tribe'`)),
        db.delete(toldFields).where(mine(toldFields.tenantId)),
        db.update(tenants).set({ fields: null }).where(mine(tenants.id)),
        db
          .update(tenants)
          .set({ ...change, ...field })
          .where(and(eq(tenants.id, id), sql`(ifnull(${before}, ${company}) = ${company} or (${isFree}))`))
          .returning({ id: tenants.id }),
      ])
      return kept.length > 0 ? 'kept' : 'other'
    }),

  /** What would become of the wish this moment; nothing is changed. */
  wouldConnect: (id: string, side: Side, company: string): Promise<Connecting> =>
    withDatabase(async () => {
      const { before, isFree } = standing(side, id)
      const { column } = SIDES[side]
      const [row, holder] = await db.batch([
        db
          .select({ before, isFree: sql<number>`(${isFree})` })
          .from(tenants)
          .where(eq(tenants.id, id)),
        db
          .select({ id: tenants.id })
          .from(tenants)
          .where(and(eq(column, company), ne(tenants.id, id))),
      ])
      const [now] = row
      if (now?.before && now.before !== company && !now.isFree) return 'other'
      return holder.length > 0 ? 'held' : 'kept'
    }),

  /**
   * Gives each company that no tenant holds to the oldest of those that are connected to it: tenants of an older version
   * may share one, and the one that held it may be gone. Gives how many tenants share what another one holds.
   */
  settle: (): Promise<number> =>
    withDatabase(async () => {
      for (const [column, said] of [
        ['tribe_organization', "tribe ->> '$.organizationId'"],
        ['power_office_client', "power_office ->> '$.clientId'"],
      ]) {
        const company = (of: string) => `nullif(lower(trim(${of}.${said})), '')`
        await db.$client
          .prepare(`update tenants set ${column} = ${company('tenants')} where ${column} is null and id = (
            select one.id from tenants as one where ${company('one')} = ${company('tenants')}
            order by one.${column} is null, one.state = 'setup', one.created_at, one.id limit 1)`)
          .run()
      }
      const isSharing = sql`(${tenants.tribeOrganization} is null and ${tenants.tribe} ->> '$.organizationId' <> '')
        or (${tenants.powerOfficeClient} is null and ${tenants.powerOffice} ->> '$.clientId' <> '')`
      const [row] = await db.select({ count: sql<number>`count(*)` }).from(tenants).where(isSharing)
      return row?.count ?? 0
    }),
})

/** D1 says by an error that another row has the value. */
async function unlessHeld<T>(run: () => Promise<T>): Promise<T | 'held'> {
  return withDatabase(async () => {
    try {
      return await run()
    } catch (thrown) {
      const said = thrown instanceof Error ? `${thrown.message} ${String(thrown.cause ?? '')}` : ''
      if (/UNIQUE constraint failed: tenants\.(tribe_organization|power_office_client)/.test(said))
        return 'held'
      throw thrown
    }
  })
}
