import type { JobRequest } from '../sync-step'

/** What reads and writes tables; of the object's storage, no more is needed for jobs. */
export type Sql = Pick<SqlStorage, 'exec'>

/**
 * Events of Tribe as they came, each at the end of a table: a page of the disk for each, where a job is one in the table and
 * in each of its indexes. They are jobs before anything is asked of the jobs (DESIGN.md §1.19). `fold` inserts what `from`
 * selects, the oldest first.
 */
export function inboxIn(storage: SqlStorage, fold: (from: string) => string) {
  /** Null: nobody has looked since the object began. */
  let hasTable: boolean | null = null
  let isEmpty = false
  const isThere = (): boolean => {
    hasTable ??= storage.exec("select 1 from sqlite_master where name = 'inbox'").toArray().length > 0
    return hasTable
  }
  const empty = (): void => {
    isEmpty = true
    if (!isThere()) return
    storage.exec(fold("select kind, subject, hint, 'push', at, at from inbox where true order by id"))
    storage.exec('delete from inbox')
  }

  return {
    createTable(): void {
      storage.exec(
        'create table if not exists inbox (id integer primary key, kind text not null, subject text not null, hint text, at integer not null)',
      )
      hasTable = true
    },

    /** Stores what an event asks for: it is due, and a push. */
    take({ kind, subject, hint }: JobRequest, now: number): void {
      if (!isThere()) this.createTable()
      isEmpty = false
      storage.exec(
        'insert into inbox (kind, subject, hint, at) values (?1, ?2, ?3, ?4)',
        ...[kind, subject, hint ?? null, now],
      )
    },

    /** The tables with all events among the jobs. */
    sql: {
      exec: (query, ...values) => {
        if (!isEmpty) empty()
        return storage.exec(query, ...values)
      },
    } satisfies Sql as Sql,
  }
}
