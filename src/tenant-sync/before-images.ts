import { DAY_MS } from '../shared/dates'
import { createSealer } from '../shared/secrets'

/** Values that writes overwrote: sealed with a key of the tenant's, in the SQLite of its object, and gone after their days. */

/** What is kept, without the key. */
export function beforeImagesIn({ sql, now }: { sql: SqlStorage; now: () => number }) {
  const forgetOld = (at: number) => {
    sql.exec(
      'create table if not exists before_images (id text primary key, until integer not null, sealed text not null)',
    )
    sql.exec('delete from before_images where until <= ?', at)
  }
  return {
    /** Those whose days are over; at work or not. */
    forgetWords: forgetOld,
    /** They are kept for so many days less than was said; those whose days are over by that go at once. */
    shorten(byDays: number): void {
      forgetOld(now())
      sql.exec('update before_images set until = until - ?', byDays * DAY_MS)
      forgetOld(now())
    },
    /** With the tenant's key. */
    async withKey(tenantId: string, key: string) {
      const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`before:${key}`))
      const sealer = createSealer(new Map([['before', new Uint8Array(digest)]]))
      const nameOf = (id: string) => `${tenantId}:before:${id}`
      return {
        async keep(value: string, days: number): Promise<string> {
          const id = crypto.randomUUID()
          const sealed = await sealer.seal(nameOf(id), value)
          forgetOld(now())
          sql.exec(
            'insert into before_images (id, until, sealed) values (?, ?, ?)',
            id,
            now() + days * DAY_MS,
            sealed,
          )
          return id
        },
        async open(id: string): Promise<string | null> {
          forgetOld(now())
          const [row] = sql
            .exec<{ sealed: string }>('select sealed from before_images where id = ?', id)
            .toArray()
          return row ? sealer.open(nameOf(id), row.sealed) : null
        },
      }
    },
  }
}
export type BeforeImages = ReturnType<typeof beforeImagesIn>
