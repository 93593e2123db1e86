import { eq, lt } from 'drizzle-orm'
import { type Database, withDatabase } from './database'
import { endedSessions } from './schema'

/** Sessions that were ended by a log-out: their cookies may still be about. */
export const endedSessionsIn = (db: Database) => ({
  has: (id: string): Promise<boolean> =>
    withDatabase(async () => {
      const where = eq(endedSessions.id, id)
      return (await db.select({ id: endedSessions.id }).from(endedSessions).where(where).get()) !== undefined
    }),

  add: (id: string, until: number): Promise<unknown> =>
    withDatabase(() => db.insert(endedSessions).values({ id, until }).onConflictDoNothing().run()),

  /** False when it was ended before: what is good once is used up by it. */
  end: (id: string, until: number): Promise<boolean> =>
    withDatabase(async () => {
      const ended = db.insert(endedSessions).values({ id, until }).onConflictDoNothing()
      return (await ended.returning({ id: endedSessions.id })).length > 0
    }),

  forgetBefore: (at: number): Promise<unknown> =>
    withDatabase(() => db.delete(endedSessions).where(lt(endedSessions.until, at)).run()),
})
