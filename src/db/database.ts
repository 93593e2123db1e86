import { DrizzleQueryError, sql } from 'drizzle-orm'
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'
import { SyncError } from '../shared/errors'

export type Database = DrizzleD1Database & { $client: D1Database }

/** Without the schema, which only relational queries ask for: to read it takes longer than a query. */
export const openDatabase = (binding: D1Database): Database => drizzle(binding)

/** Of what is read whole, a page at a time. */
export const PAGE_ROWS = 1000

/** The same D1, which tells of each statement before it leaves, and whether it may change anything. */
export const watched = (binding: D1Database, onStatement: (isWrite: boolean) => void): D1Database =>
  new Proxy(binding, {
    get(target, name) {
      const member = Reflect.get(target, name)
      if (name === 'prepare')
        return (query: string) => {
          onStatement(!/^\s*select\b/i.test(query))
          return target.prepare(query)
        }
      return typeof member === 'function' ? member.bind(target) : member
    },
  })

/**
 * Runs queries. When D1 is away or cannot answer, that is nobody's fault, and time mends it (DESIGN.md §1.2). The
 * message holds no query: its parameters may be somebody's data.
 */
export async function withDatabase<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (thrown) {
    const cause = thrown instanceof DrizzleQueryError ? thrown.cause : thrown
    const reason = cause instanceof Error ? cause.message : ''
    if (!(thrown instanceof DrizzleQueryError) && !reason.startsWith('D1_')) throw thrown
    throw new SyncError(
      'relay.database_unavailable',
      'time',
      `The relay's own database did not answer (${reason.slice(0, 80)})`,
    )
  }
}

/** Throws when D1 does not answer. */
export const ping = (db: Database): Promise<unknown> => withDatabase(() => db.get(sql`select 1`))
