import type { Cursors } from '../sync-step'

/** Small facts by name, as JSON, in the SQLite of the tenant's object: how far sweeps have come, and the like. */
export function cursorsIn(sql: SqlStorage): Cursors & { createTable(): void } {
  return {
    createTable() {
      sql.exec('create table if not exists cursors (name text primary key, value text not null)')
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
