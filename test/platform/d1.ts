import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'

const FOLDER = join(import.meta.dirname, '../../migrations')

/** The files that make the relay's tables, in their order. */
export const migrations = (): string[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.sql'))
    .sort()

/** Makes or changes tables as these files say. */
export function migrate(database: DatabaseSync, files: readonly string[]): void {
  for (const file of files) database.exec(readFileSync(join(FOLDER, file), 'utf8'))
}

/** A fresh SQLite with all of the relay's tables. */
export function freshDatabase(): DatabaseSync {
  const database = new DatabaseSync(':memory:')
  migrate(database, migrations())
  return database
}

/** One statement and its values. */
export interface Asked {
  query: string
  values: readonly SQLInputValue[]
}

/** Goes around each query: it may hold it up, or let it fail. The query of a batch is `batch`, and what it asks is listed. */
export type Passage = <T>(query: string, run: () => T, asked: readonly Asked[]) => Promise<T>

/** As much of a D1 binding as drizzle and our own queries use, over node:sqlite. */
export function d1Over(database: DatabaseSync, pass: Passage): D1Database {
  const [asRows, inArrays] = [new Map<string, StatementSync>(), new Map<string, StatementSync>()]
  const statementOf = (query: string, asArrays: boolean): StatementSync => {
    const prepared = asArrays ? inArrays : asRows
    const known = prepared.get(query)
    if (known) return known
    const made = database.prepare(query)
    made.setReturnArrays(asArrays)
    prepared.set(query, made)
    return made
  }
  const prepare = (query: string, values: SQLInputValue[] = []) => {
    const rows = (asArrays = false) => statementOf(query, asArrays).all(...values)
    const asked = [{ query, values }]
    const all = () => pass(query, () => ({ results: rows(), success: true, meta: {} }), asked)
    return {
      asked,
      run_: () => ({ results: rows(), success: true, meta: {} }),
      bind: (...given: SQLInputValue[]) => prepare(query, given),
      all,
      run: all,
      raw: () => pass(query, () => rows(true), asked),
      first: () => pass(query, () => rows()[0] ?? null, asked),
    }
  }
  const binding = {
    prepare: (query: string) => prepare(query),
    batch: (statements: ReturnType<typeof prepare>[]) => {
      const run = () => {
        database.exec('begin')
        try {
          const results = statements.map((statement) => statement.run_())
          database.exec('commit')
          return results
        } catch (thrown) {
          database.exec('rollback')
          throw thrown
        }
      }
      return pass(
        'batch',
        run,
        statements.flatMap(({ asked }) => asked),
      )
    },
  }
  return binding as unknown as D1Database
}
