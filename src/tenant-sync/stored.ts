import type { PreviewItem } from '../sync-step'
import { type EventRow, eventOf, type OutEvent } from './event'
import type { Sql } from './inbox'
import { type Job, type JobRow, jobOf } from './job'
import { type Look, type LookRow, lookOf } from './looks'
import { itemOf, type PreviewRow } from './previews'

/** What the object of a tenant keeps, to be read whole: a page at a time, secrets and tokens left out. */
export interface Stored {
  jobs: Job
  preview: PreviewItem
  cursors: { name: string; value: unknown }
  events: OutEvent
  looks: Look
}
export type StoredKind = keyof Stored

export interface StoredPage<K extends StoredKind> {
  rows: Stored[K][]
  /** Where the next page begins; null after the last. */
  next: string | null
}

const PAGE_ROWS = 500
/** Facts by these names hold hashes and sealed secrets. */
const SECRET = /^(tenant|consent-(asked(-poweroffice)?|held)|webhooks-former|tribe-grants)$|-token$/

/** The order of rows, and how one is told. */
const TABLES: { [K in StoredKind]: { by: string; read: (row: never) => Stored[K] | null } } = {
  jobs: { by: 'id', read: (row: JobRow) => jobOf(row) },
  events: { by: 'rowid', read: (row: EventRow) => eventOf(row) },
  looks: { by: 'rowid', read: (row: LookRow) => lookOf(row) },
  preview: { by: 'rowid', read: (row: PreviewRow) => itemOf(row) },
  cursors: {
    by: 'name',
    read: ({ name, value }: { name: string; value: string }) =>
      SECRET.test(name) ? null : { name, value: JSON.parse(value) },
  },
}

export function storedPage<K extends StoredKind>(sql: Sql, kind: K, after: string | null): StoredPage<K> {
  const { by, read } = TABLES[kind]
  const isThere = sql.exec('select 1 from sqlite_master where name = ?', kind).toArray().length > 0
  if (!isThere) return { rows: [], next: null }
  // Rows are numbered; only facts have names.
  const last = kind === 'cursors' ? (after ?? '') : Number(after ?? 0)
  const found = sql
    .exec<Record<string, SqlStorageValue> & { place: string | number }>(
      `select ${by} as place, * from ${kind} where ${by} > ? order by ${by} limit ?`,
      ...[last, PAGE_ROWS],
    )
    .toArray()
  const end = found.length < PAGE_ROWS ? undefined : found.at(-1)
  return {
    rows: found.map((row) => read(row as never)).filter((row) => row !== null),
    next: end ? String(end.place) : null,
  }
}
