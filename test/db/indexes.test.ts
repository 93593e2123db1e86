import { readdirSync, readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { auditIn } from '../../src/db/audit'
import { openDatabase } from '../../src/db/database'
import { linksOf } from '../../src/db/links'
import { tenantsIn } from '../../src/db/tenants'
import { timelineOf } from '../../src/db/timeline'

/** A D1 that answers nothing and notes what it is asked. */
function listening() {
  const asked: string[] = []
  const statement = {
    bind: () => statement,
    raw: async () => [],
    all: async () => ({ results: [] }),
    run: async () => ({}),
    first: async () => null,
  }
  const prepare = (sql: string) => {
    asked.push(sql)
    return statement
  }
  const batch = async (statements: unknown[]) => statements.map(() => ({ results: [] }))
  return { db: openDatabase({ prepare, batch } as unknown as D1Database), asked }
}

/** How SQLite would go about it, with the tables and indexes of the migrations. */
function planOf(sql: string, about = /links|timeline|tenants|audit/): string[] {
  const database = new DatabaseSync(':memory:')
  const folder = `${import.meta.dirname}/../../migrations`
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.sql')))
    database.exec(readFileSync(`${folder}/${file}`, 'utf8'))
  const rows = database.prepare(`explain query plan ${sql}`).all()
  return rows.map((row) => String(row.detail)).filter((line) => about.test(line))
}

const { db, asked } = listening()
const links = linksOf(db, 'tenant')
const ids = { tribeId: 't', powerOfficeId: '1' }
for (const [what, ask] of [
  ['a record of Tribe', () => links.findByTribe('customer', 't')],
  ['a record of PowerOffice', () => links.findByPowerOffice('customer', '1')],
  ['a page of PowerOffice', () => links.amongPowerOffice('customer', ['1'])],
  ['a page of Tribe', () => links.amongTribe('customer', ['t'])],
  ['an id of Tribe', () => links.ofTribeId('t')],
  ['an organisation', () => links.ofRelation('o')],
  ['organisations', () => links.amongRelations(['o'])],
  ['what is learned late', () => links.learnRelations('customer', [{ tribeId: 't', relationId: 'o' }])],
  ['the timeline of a record', () => timelineOf(db, 'tenant').of('customer', ids)],
] as const)
  test(`${what} is found by its own id, and not by reading all of a tenant or a kind`, async () => {
    asked.length = 0
    await ask()
    const plan = asked.flatMap((sql) => planOf(sql))
    expect(plan.length).toBeGreaterThan(0)
    for (const line of plan) expect(line).toMatch(/(tribe_id|tribe_relation_id|power_office_id)=\?/)
  })

test('what events tell of is found by its own id, along with the tenant', async () => {
  asked.length = 0
  await tenantsIn(db).findWithLinks('tenant', ['t', 'o'])
  const plan = asked.flatMap((sql) => planOf(sql, /links|tenants/))
  expect(plan).toEqual([
    expect.stringMatching(/tenants .*\(id=\?\)/),
    expect.stringMatching(/links_by_tribe \(tenant_id=\? AND tribe_id=\?\)/),
    expect.stringMatching(/links_by_relation \(tenant_id=\? AND tribe_relation_id=\?\)/),
  ])
})

test('whose token it is, is found by its hash', async () => {
  asked.length = 0
  await tenantsIn(db).findByAdminTokenHash('hash')
  const plan = asked.flatMap((sql) => planOf(sql))
  expect(plan).toEqual([expect.stringContaining('(admin_token_hash=?)')])
})

test('what is read whole is read along an index, and those of one tenant alone', async () => {
  asked.length = 0
  for await (const _ of links.pages());
  for await (const _ of timelineOf(db, 'tenant').pages());
  const plan = asked.flatMap((sql) => planOf(sql))
  expect(plan.length).toBeGreaterThan(2)
  for (const line of plan) expect(line).toMatch(/SEARCH .*\(tenant_id=\?/)
  expect(asked.flatMap((sql) => planOf(sql, /TEMP B-TREE/))).toEqual([])
})

test.each([
  [
    'a page of it',
    () => auditIn(db).page('tenant', { before: 7, limit: 10 }),
    /audit_by_tenant \(tenant_id=\? AND id<\?\)/,
  ],
  ['what is old', () => auditIn(db).forgetBefore('2026'), /audit_by_time \(at<\?\)/],
  ['a page of all', () => auditIn(db).page(null, { before: 7, limit: 10 }), /PRIMARY KEY \(rowid<\?\)/],
] as const)('of the audit trail, %s is found along an index', async (_, ask, plan) => {
  asked.length = 0
  await ask()
  expect(asked.flatMap((sql) => planOf(sql))).toEqual([expect.stringMatching(plan)])
  expect(asked.flatMap((sql) => planOf(sql, /TEMP B-TREE/))).toEqual([])
})
