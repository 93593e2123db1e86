import type { DatabaseSync } from 'node:sqlite'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import type { Asked } from './d1'

/** So many rows travel in one statement, as JSON. */
const ROWS = 500

/**
 * The rows that these statements read and write, as the D1 of workerd counts them, which is how Cloudflare does: each
 * row that is looked at, of an index and of a list of values too, and not those that are answered.
 */
export async function countedByD1(before: DatabaseSync, asked: readonly Asked[]) {
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: 'export default {}',
      compatibilityDate: '2026-10-20',
      d1Databases: { DB: 'counted' },
    }),
  )
  try {
    const d1 = await runtime.getD1Database('DB')
    await copy(before, d1)
    const counted = { statements: 0, read: 0, written: 0 }
    for (const { query, values } of asked) {
      const { meta } = await d1
        .prepare(query)
        .bind(...values)
        .run()
      counted.statements++
      counted.read += meta.rows_read
      counted.written += meta.rows_written
    }
    return counted
  } finally {
    await runtime.dispose()
  }
}

type D1 = Awaited<ReturnType<Miniflare['getD1Database']>>

/** Tables with their rows, and then their indexes. */
async function copy(from: DatabaseSync, to: D1): Promise<void> {
  const made = from
    .prepare("select type, name, sql from sqlite_master where sql is not null and name not like 'sqlite_%'")
    .all()
    .map((row) => ({ type: String(row.type), name: String(row.name), sql: String(row.sql) }))
  const ofType = (type: string) => made.filter((one) => one.type === type)
  for (const { sql } of ofType('table')) await to.prepare(sql).run()
  for (const { name } of ofType('table')) {
    const rows = from.prepare(`select * from "${name}"`).all()
    const columns = Object.keys(rows[0] ?? {})
    const list = columns.map((column) => `"${column}"`).join(', ')
    const picked = columns.map((column) => `value ->> '$."${column}"'`).join(', ')
    for (let at = 0; at < rows.length; at += ROWS)
      await to
        .prepare(`insert into "${name}" (${list}) select ${picked} from json_each(?)`)
        .bind(JSON.stringify(rows.slice(at, at + ROWS)))
        .run()
  }
  for (const { sql } of ofType('index')) await to.prepare(sql).run()
}
