import { eq } from 'drizzle-orm'
import { type Database, withDatabase } from './database'
import { unitMappings, vatMappings } from './schema'

export type UnitMapping = Omit<typeof unitMappings.$inferSelect, 'tenantId'>
export type VatMapping = Omit<typeof vatMappings.$inferSelect, 'tenantId'>

/** What an admin mapped: units and VAT groups of one tenant. */
export const mappingsOf = (db: Database, tenantId: string) => ({
  units: (): Promise<UnitMapping[]> =>
    withDatabase(() =>
      db
        .select({ tribeUnitId: unitMappings.tribeUnitId, powerOfficeUnit: unitMappings.powerOfficeUnit })
        .from(unitMappings)
        .where(eq(unitMappings.tenantId, tenantId))
        .all(),
    ),

  vat: (): Promise<VatMapping[]> =>
    withDatabase(() =>
      db
        .select({
          tribeVatGroupId: vatMappings.tribeVatGroupId,
          powerOfficeVatCode: vatMappings.powerOfficeVatCode,
          salesAccountNo: vatMappings.salesAccountNo,
          salesAccountId: vatMappings.salesAccountId,
        })
        .from(vatMappings)
        .where(eq(vatMappings.tenantId, tenantId))
        .all(),
    ),

  /** All of them at once, in one transaction. */
  replaceUnits: (rows: readonly UnitMapping[]): Promise<unknown> =>
    withDatabase(() =>
      db.batch([
        db.delete(unitMappings).where(eq(unitMappings.tenantId, tenantId)),
        ...rows.map((row) => db.insert(unitMappings).values({ ...row, tenantId })),
      ]),
    ),

  replaceVat: (rows: readonly VatMapping[]): Promise<unknown> =>
    withDatabase(() =>
      db.batch([
        db.delete(vatMappings).where(eq(vatMappings.tenantId, tenantId)),
        ...rows.map((row) => db.insert(vatMappings).values({ ...row, tenantId })),
      ]),
    ),
})
export type MappingQueries = ReturnType<typeof mappingsOf>
