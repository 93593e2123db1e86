import type { Facts } from '../sync-step'

/** Small facts by name, as JSON, in the SQLite of the tenant's object: how far sweeps have come, and the like. */
export function factsIn(
  sql: SqlStorage,
): Facts & { createTable(): void; forgetAllBut(names: readonly string[]): void } {
  return {
    createTable() {
      sql.exec('create table if not exists cursors (name text primary key, value text not null)')
    },
    /** What these names say stays, and tokens, which end with the credentials that they were given for. */
    forgetAllBut(names) {
      sql.exec(
        "delete from cursors where name not in (select value from json_each(?)) and name not like '%-token'",
        JSON.stringify(names),
      )
    },
    get<T>(name: string): T | null {
      const [row] = sql.exec<{ value: string }>('select value from cursors where name = ?', name).toArray()
      return row ? (JSON.parse(row.value) as T) : null
    },
    set(name, value) {
      sql.exec('insert or replace into cursors (name, value) values (?, ?)', name, JSON.stringify(value))
    },
    remove(name) {
      sql.exec('delete from cursors where name = ?', name)
    },
  }
}
