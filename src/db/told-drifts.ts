import { and, eq } from 'drizzle-orm'
import type { System } from '../shared/contract'
import { type Database, withDatabase } from './database'
import { toldDrifts } from './schema'

/** A place of either system's answers: paths only. */
export interface DriftedPath {
  system: System
  path: string
}
const isAt = ({ system, path }: DriftedPath) => and(eq(toldDrifts.system, system), eq(toldDrifts.path, path))

/** What has drifted and was told to the operator: once, however many companies meet it. */
export const toldDriftsIn = (db: Database) => ({
  /** False when another company tells it. `teller` is a name that a company has here alone. */
  claim: ({ system, path }: DriftedPath, teller: string): Promise<boolean> =>
    withDatabase(async () => {
      await db.insert(toldDrifts).values({ system, path, teller }).onConflictDoNothing().run()
      const row = await db.select().from(toldDrifts).where(isAt({ system, path })).get()
      return row?.teller === teller
    }),

  /** What no company meets any more may be told anew. */
  forgetAllBut: (met: readonly DriftedPath[]): Promise<void> =>
    withDatabase(async () => {
      const isMet = (row: DriftedPath) =>
        met.some(({ system, path }) => system === row.system && path === row.path)
      for (const row of await db.select().from(toldDrifts).all())
        if (!isMet(row)) await db.delete(toldDrifts).where(isAt(row)).run()
    }),
})
