import type { Facts } from '../facts'
import type { PreviewItem, PreviewStore } from '../sync-step'
import { SEEN } from '../two-way/reconcile'
import { WORDS_MS } from './job'

export interface PreviewPage {
  state: 'none' | 'running' | 'done'
  at: string | null
  counts: Record<string, number>
  items: DecidedItem[]
}

export interface DecidedItem extends PreviewItem {
  /** What an admin decided on it, since or before. */
  decision: { action: 'link' | 'create' | 'leave'; tribeId: string | null } | null
}

export interface PreviewRow extends Record<string, SqlStorageValue> {
  kind: string
  outcome: string
  power_office_id: string | null
  tribe_ids: string
  number: string | null
  name: string
  duplicates: string
  to_power_office: string
}

export interface PreviewQuery {
  kind?: string | undefined
  outcome?: string | undefined
  /** Only those with possible duplicates. */
  duplicates?: boolean | undefined
  limit: number
  offset: number
}

/** The last preview, in the SQLite of the tenant's object. It shows names, so it goes when the tenant is activated, or in a week. */
export function previewsIn(sql: SqlStorage, facts: Facts) {
  const store: PreviewStore = {
    begin(at) {
      sql.exec('drop table if exists preview')
      sql.exec(`create table preview (kind text not null, outcome text not null, power_office_id text, tribe_ids text not null,
        number text, name text not null, duplicates text not null, to_power_office text not null default '[]')`)
      facts.set('preview', { state: 'running', at })
    },
    clear(kind) {
      sql.exec('delete from preview where kind = ?', kind)
    },
    add(items) {
      for (let at = 0; at < items.length; at += 500)
        sql.exec(
          `insert into preview select value ->> 'kind', value ->> 'outcome', value ->> 'powerOfficeId', value -> 'tribeIds',
             value ->> 'number', value ->> 'name', value -> 'duplicates', value -> 'toPowerOffice' from json_each(?)`,
          JSON.stringify(items.slice(at, at + 500)),
        )
    },
    finish() {
      const head = facts.get('preview')
      if (head) facts.set('preview', { ...head, state: 'done' })
    },
  }
  const decided = (item: PreviewItem): DecidedItem => ({
    ...item,
    decision: facts.get(`decision:${item.kind}:${item.powerOfficeId}`),
  })
  return {
    store,
    forget(): void {
      sql.exec('drop table if exists preview')
      facts.remove('preview')
    },
    /** A preview shows names: one that is a week old goes, and whatever still works on it. */
    forgetWords(at: number): void {
      const head = facts.get('preview')
      if (!head || Date.parse(head.at) >= at - WORDS_MS) return
      this.forget()
      sql.exec("delete from jobs where kind = 'preview'")
    },
    read({ kind, outcome, duplicates, limit, offset }: PreviewQuery): PreviewPage {
      const head = facts.get('preview')
      if (!head) return { state: 'none', at: null, counts: {}, items: [] }
      if (head.state === 'done') {
        // Whoever asked for one has seen it.
        facts.set(SEEN, head.at)
        sql.exec("delete from jobs where kind = 'preview' and is_parked = 1")
      }
      const counts: Record<string, number> = {}
      for (const row of sql.exec<{ outcome: string; n: number }>(
        'select outcome, count(*) as n from preview group by outcome',
      ))
        counts[row.outcome] = row.n
      counts['possible-duplicates'] = sql
        .exec<{ n: number }>("select count(*) as n from preview where duplicates <> '[]'")
        .one().n
      const rows = sql.exec<PreviewRow>(
        `select * from preview where (?1 is null or kind = ?1) and (?2 is null or outcome = ?2)
           and (?3 = 0 or duplicates <> '[]') order by rowid limit ?4 offset ?5`,
        ...[kind ?? null, outcome ?? null, duplicates ? 1 : 0, limit, offset],
      )
      return { ...head, counts, items: rows.toArray().map(itemOf).map(decided) }
    },
  }
}

export const itemOf = (row: PreviewRow): PreviewItem => ({
  kind: row.kind,
  outcome: row.outcome as PreviewItem['outcome'],
  powerOfficeId: row.power_office_id,
  tribeIds: JSON.parse(row.tribe_ids),
  number: row.number,
  name: row.name,
  duplicates: JSON.parse(row.duplicates),
  toPowerOffice: JSON.parse(row.to_power_office ?? '[]'),
})

/** What an admin decided on a record that the preview showed. */
export interface Decision {
  kind: string
  powerOfficeId: string
  action: 'link' | 'create' | 'leave'
  tribeId: string | null
}
