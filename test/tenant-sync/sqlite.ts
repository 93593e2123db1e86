import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'

/**
 * The SQLite of a Durable Object, in Node and in memory: as much of it as the tenant's object uses. Each
 * `exec` runs at once; `rowsWritten` is not told, since workerd counts those of indexes too.
 */
export function sqliteInMemory(): SqlStorage {
  const database = new DatabaseSync(':memory:')
  const prepared = new Map<string, StatementSync>()
  const storage = {
    exec(query: string, ...values: SQLInputValue[]) {
      const statement = prepared.get(query) ?? database.prepare(query)
      prepared.set(query, statement)
      const rows = statement.all(...values)
      return {
        toArray: () => rows,
        [Symbol.iterator]: () => rows.values(),
        one() {
          if (rows.length !== 1)
            throw new Error(`Expected exactly one result from SQL query, but got ${rows.length}`)
          return rows[0]
        },
        get rowsWritten(): number {
          throw new Error('Only workerd can say how many rows it has written')
        },
      }
    },
  }
  return storage as unknown as SqlStorage
}
