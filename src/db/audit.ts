import { and, desc, eq, lt, sql } from 'drizzle-orm'
import { sha256 } from '../shared/secrets'
import { type Database, PAGE_ROWS, withDatabase } from './database'
import { auditLines } from './schema'

export type AuditEntry = typeof auditLines.$inferSelect
export type AuditLine = Omit<AuditEntry, 'id'>

/** What stands in the trail for a tenant that left: it names nobody, and whoever knows the tenant's id can tell. */
export const goneName = async (tenantId: string): Promise<string> =>
  `gone-${(await sha256(`gone:${tenantId}`)).slice(0, 16)}`

/** The audit trail of all tenants, and of what belongs to none. */
export const auditIn = (db: Database) => {
  /** The newest first; of one tenant, or of all. */
  const page = (
    tenantId: string | null,
    { before, limit }: { before: number | null; limit: number },
  ): Promise<AuditEntry[]> =>
    withDatabase(() =>
      db
        .select()
        .from(auditLines)
        .where(
          and(
            tenantId === null ? undefined : eq(auditLines.tenantId, tenantId),
            before === null ? undefined : lt(auditLines.id, before),
          ),
        )
        .orderBy(desc(auditLines.id))
        .limit(limit)
        .all(),
    )
  return {
    page,

    /** One write, however many. A tenant that is gone by then is not named. */
    add: async (lines: readonly AuditLine[]): Promise<void> => {
      if (lines.length === 0) return
      const rows = await Promise.all(
        lines.map(async (line) => ({ ...line, goneAs: line.tenantId && (await goneName(line.tenantId)) })),
      )
      await withDatabase(() =>
        db.run(sql`insert into audit (at, tenant_id, who, what, "from", status, code, times)
          select value ->> 'at',
            case when exists (select 1 from tenants where id = value ->> 'tenantId') then value ->> 'tenantId' else value ->> 'goneAs' end,
            value ->> 'who', value ->> 'what', value ->> 'from', value ->> 'status', value ->> 'code', value ->> 'times'
          from json_each(${JSON.stringify(rows)})`),
      )
    },

    /** All of it, a page at a time, the newest first. */
    async *pages(tenantId: string | null): AsyncGenerator<AuditEntry[]> {
      let before: number | null = null
      do {
        const rows: AuditEntry[] = await page(tenantId, { before, limit: PAGE_ROWS })
        yield rows
        before = rows.length < PAGE_ROWS ? null : (rows.at(-1)?.id ?? null)
      } while (before !== null)
    },

    forgetBefore: (at: string): Promise<unknown> =>
      withDatabase(() => db.delete(auditLines).where(lt(auditLines.at, at)).run()),
  }
}
