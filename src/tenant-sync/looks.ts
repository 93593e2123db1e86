import { isLeftAlone, isPassed, type LeftAlone, type Reason } from '../shared/reasons'

/** Why records were left alone, as the last look at each says; a row is an id and a word. */
export interface Look {
  kind: string
  subject: string
  reason: LeftAlone
  /** Since when every look has said so. */
  at: number
}

interface LookRow extends Record<string, SqlStorageValue> {
  kind: string
  subject: string
  reason: string
  at: number
}

/**
 * In the SQLite of the tenant's object. A record that is in step has no row, and a look that says what the one before it
 * said writes nothing: a sweep of a tenant at rest costs no write.
 */
export function looksIn(sql: SqlStorage) {
  const hasTable = () => sql.exec("select 1 from sqlite_master where name = 'looks'").toArray().length > 0
  let isThere = false
  const exists = () => {
    isThere ||= hasTable()
    return isThere
  }
  const reasonOf = (kind: string, subject: string): string | null =>
    exists()
      ? (sql.exec<LookRow>('select * from looks where kind = ? and subject = ?', kind, subject).toArray()[0]
          ?.reason ?? null)
      : null

  return {
    note(kind: string, subject: string, reason: Reason, at: number): void {
      if (isPassed(reason)) return
      const before = reasonOf(kind, subject)
      if (isLeftAlone(reason)) {
        if (before === reason) return
        if (!exists())
          sql.exec(
            'create table looks (kind text not null, subject text not null, reason text not null, at integer not null, primary key (kind, subject))',
          )
        sql.exec(
          `insert into looks (kind, subject, reason, at) values (?1, ?2, ?3, ?4)
             on conflict (kind, subject) do update set reason = excluded.reason, at = excluded.at`,
          ...[kind, subject, reason, at],
        )
      } else if (before !== null) {
        sql.exec('delete from looks where kind = ? and subject = ?', kind, subject)
      }
    },

    /** The newest of what was said of a record by any of its names; null when nothing keeps it from being in step. */
    find(kinds: readonly string[], subjects: readonly string[]): Look | null {
      if (!exists()) return null
      const found = sql
        .exec<LookRow>(
          `select * from looks where kind in (select value from json_each(?1))
             and subject in (select value from json_each(?2)) order by at desc limit 1`,
          ...[JSON.stringify(kinds), JSON.stringify(subjects)],
        )
        .toArray()[0]
      return found ? lookOf(found) : null
    },

    forget(): void {
      sql.exec('drop table if exists looks')
      isThere = false
    },
  }
}
export type Looks = ReturnType<typeof looksIn>

export const lookOf = ({ kind, subject, reason, at }: LookRow): Look => ({
  kind,
  subject,
  reason: reason as LeftAlone,
  at,
})
export type { LookRow }
