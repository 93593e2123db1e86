import { and, eq, sql } from 'drizzle-orm'
import { type Database, withDatabase } from './database'
import { toldFields } from './schema'

const PAGE_ROWS = 500

export type ToldKind = (typeof toldFields.$inferSelect)['kind']
export interface Told {
  tribeId: string
  prints: Record<string, string>
}

/** What was written into the CRM's fields of one tenant, as fingerprints. */
export const toldFieldsOf = (db: Database, tenantId: string) => {
  const mine = (kind: ToldKind) => and(eq(toldFields.tenantId, tenantId), eq(toldFields.kind, kind))
  return {
    /** Those of a page of records, in one query. */
    among: (kind: ToldKind, tribeIds: readonly string[]): Promise<Told[]> =>
      withDatabase(() =>
        db
          .select({ tribeId: toldFields.tribeId, prints: toldFields.prints })
          .from(toldFields)
          .where(
            and(
              mine(kind),
              sql`${toldFields.tribeId} in (select value from json_each(${JSON.stringify(tribeIds)}))`,
            ),
          )
          .all(),
      ),

    /** Puts these in the place of what was noted of the records before, in one statement. */
    saveAll: async (kind: ToldKind, rows: readonly Told[]): Promise<void> => {
      if (rows.length === 0) return
      await withDatabase(() =>
        db.run(sql`insert into told_fields (tenant_id, kind, tribe_id, prints)
          select ${tenantId}, ${kind}, value ->> 'tribeId', value -> 'prints'
          from json_each(${JSON.stringify(rows)}) where true
          on conflict (tenant_id, kind, tribe_id) do update set prints = excluded.prints`),
      )
    },

    /** All of them, a page at a time. */
    async *pages(): AsyncGenerator<(Told & { kind: ToldKind })[]> {
      let last: { kind: string; tribeId: string } | undefined
      do {
        const { kind, tribeId } = last ?? { kind: '', tribeId: '' }
        const rows = await withDatabase(() =>
          db
            .select({ kind: toldFields.kind, tribeId: toldFields.tribeId, prints: toldFields.prints })
            .from(toldFields)
            .where(
              and(
                eq(toldFields.tenantId, tenantId),
                sql`(${toldFields.kind}, ${toldFields.tribeId}) > (${kind}, ${tribeId})`,
              ),
            )
            .orderBy(toldFields.kind, toldFields.tribeId)
            .limit(PAGE_ROWS)
            .all(),
        )
        yield rows
        last = rows.at(-1)
      } while (last)
    },
  }
}
export type ToldFields = ReturnType<typeof toldFieldsOf>
