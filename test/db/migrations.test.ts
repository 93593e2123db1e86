import { readdirSync, readFileSync } from 'node:fs'
import { generateSQLiteDrizzleJson, generateSQLiteMigration } from 'drizzle-kit/api'
import { expect, test } from 'vitest'
import * as schema from '../../src/db/schema'

const META = 'migrations/meta'
const read = (name: string) => JSON.parse(readFileSync(`${META}/${name}`, 'utf8'))

test('the migrations make the tables that the schema describes: else run `npm run db:generate`', async () => {
  const last = readdirSync(META)
    .filter((name) => name.endsWith('_snapshot.json'))
    .sort()
    .at(-1)
  const now = await generateSQLiteDrizzleJson(schema)

  expect(await generateSQLiteMigration(read(last ?? ''), now)).toEqual([])
})

test('each migration is in the journal, in order', () => {
  const files = readdirSync('migrations').filter((name) => name.endsWith('.sql'))
  const entries: { tag: string }[] = read('_journal.json').entries

  expect(entries.map(({ tag }) => `${tag}.sql`)).toEqual(files.sort())
})
