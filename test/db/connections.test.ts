import { readdirSync, readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, test } from 'vitest'
import { connectionsIn, type Side } from '../../src/db/connections'
import { type Database, openDatabase } from '../../src/db/database'
import { type Tenant, tenantsIn } from '../../src/db/tenants'
import { d1Over, freshDatabase } from '../platform/d1'

let rows: DatabaseSync
let db: Database
beforeEach(() => {
  rows = freshDatabase()
  db = openDatabase(d1Over(rows, async (_query, run) => run()))
})

const newTenant = (id: string) => ({
  id,
  name: id,
  state: 'setup' as const,
  createdAt: `2026-01-0${id}`,
  adminTokenHash: id,
  settings: {},
  sealedFingerprintKey: 'x',
  sealedWebhookSecret: 'x',
})
const said = { tribe: 'organizationId', powerOffice: 'clientId' } as const
const connect = (id: string, side: Side, company: string, key = company) =>
  connectionsIn(db).connect(id, side, company.toLowerCase(), {
    [side]: { [said[side]]: company },
    [side === 'tribe' ? 'sealedTribe' : 'sealedClientKey']: key,
  })
const tenant = async (id: string) => (await tenantsIn(db).find(id)) as Tenant

const KINDS = ['customer', 'supplier', 'contactPerson', 'product', 'invoice']
const STATES = ['linked', 'tribe-gone', 'poweroffice-gone']
const addLink = (tenantId: string, kind = 'customer', state = 'linked') =>
  rows.exec(`insert into links (tenant_id, kind, tribe_id, tribe_type, power_office_id, bases, state, recent, created_at, synced_at)
    values ('${tenantId}', '${kind}', 'r', 'R', '7', '{}', '${state}', '[]', '', '')`)
const addRows = (tenantId: string) =>
  rows.exec(`insert into unit_mappings values ('${tenantId}', 'u', 'EA'); insert into vat_mappings values ('${tenantId}', 'v', '3', 3000, 7);
    insert into timeline (tenant_id, kind, at, event, details) values ('${tenantId}', 'customer', '', 'linked', '{}')`)
const counts = (tenantId: string) =>
  ['unit_mappings', 'vat_mappings', 'timeline'].map(
    (table) => rows.prepare(`select count(*) as n from ${table} where tenant_id = ?`).get(tenantId)?.n,
  )

describe.each(['tribe', 'powerOffice'] as const)('the company in %s', (side) => {
  beforeEach(async () => {
    for (const id of ['1', '2']) expect(await connectionsIn(db).insert(newTenant(id))).toBe('kept')
    await connect('1', side, 'A-1')
  })
  const company = async (id: string) =>
    side === 'tribe' ? (await tenant(id)).tribeOrganization : (await tenant(id)).powerOfficeClient

  test('is held by one tenant alone, and free again once that is gone', async () => {
    expect(await connect('2', side, 'A-1')).toBe('held')
    expect(await company('2')).toBeNull()
    await tenantsIn(db).remove('1')
    expect(await connect('2', side, 'A-1')).toBe('kept')
    expect(await company('2')).toBe('a-1')
  })

  test('is the same however it is spelled, and whatever key opens it', async () => {
    addLink('1')
    addRows('1')
    expect(await connect('1', side, 'a-1', 'another key')).toBe('kept')
    expect(await tenant('1')).toMatchObject({
      [side === 'tribe' ? 'sealedTribe' : 'sealedClientKey']: 'another key',
    })
    expect(counts('1')).toEqual([1, 1, 1])
  })

  test.each(KINDS.flatMap((kind) => STATES.map((state) => [kind, state] as const)))(
    'stays while a %s is %s',
    async (kind, state) => {
      addLink('1', kind, state)
      addRows('1')
      expect(await connect('1', side, 'B-2')).toBe('other')
      expect(await company('1')).toBe('a-1')
      expect(await tenant('1')).toMatchObject({ [side]: { [said[side]]: 'A-1' } })
      expect(counts('1')).toEqual([1, 1, 1])
    },
  )

  test('stays once the tenant was activated, also while it is paused', async () => {
    for (const state of ['active', 'paused'] as const) {
      await tenantsIn(db).update('1', { state })
      expect(await connect('1', side, 'B-2')).toBe('other')
      expect(await connect('1', side, 'A-1')).toBe('kept')
    }
  })

  test('may turn to another one before that, and what was mapped for the former one is dropped', async () => {
    addLink('2')
    addRows('1')
    addRows('2')
    expect(await connect('1', side, 'B-2')).toBe('kept')
    expect(await company('1')).toBe('b-2')
    expect(counts('1')).toEqual(side === 'tribe' ? [0, 0, 0] : [1, 0, 0])
    expect(counts('2')).toEqual([1, 1, 1])
    expect(await connect('2', side, 'A-1')).toBe('kept')
  })

  test('which another tenant holds is refused before anything is dropped', async () => {
    await connect('2', side, 'B-2')
    addRows('1')
    expect(await connect('1', side, 'B-2')).toBe('held')
    expect(counts('1')).toEqual([1, 1, 1])
  })

  test('of a tenant that has none yet is taken, with links or without', async () => {
    addLink('2')
    expect(await connect('2', side, 'B-2')).toBe('kept')
  })

  test('cannot be changed between an admin’s look and the activation that follows it', async () => {
    const seen = await tenant('1')
    await connect('1', side, 'B-2')
    expect(await tenantsIn(db).activate(seen, 'now')).toBe(false)
    expect(await tenantsIn(db).activate(await tenant('1'), 'now')).toBe(true)
    expect(await tenant('1')).toMatchObject({ state: 'active', activatedAt: 'now' })
  })
})

test('a tenant that is made with an organisation of another one is not made', async () => {
  const about = { tribe: { organizationId: 'A' }, tribeOrganization: 'a' }
  expect(await connectionsIn(db).insert({ ...newTenant('1'), ...about })).toBe('kept')
  expect(await connectionsIn(db).insert({ ...newTenant('2'), ...about })).toBe('held')
  expect(await tenantsIn(db).ids()).toEqual(['1'])
})

const migrations = () =>
  readdirSync('migrations')
    .filter((name) => name.endsWith('.sql'))
    .sort()

describe('a database of the version before', () => {
  const anOldDatabase = (
    tenants: { id: string; state: string; org: string | null; client: string | null }[],
  ) => {
    rows = new DatabaseSync(':memory:')
    rows.exec(readFileSync('migrations/0000_registry.sql', 'utf8'))
    for (const { id, state, org, client } of tenants)
      rows
        .prepare(`insert into tenants (id, name, state, created_at, admin_token_hash, settings, sealed_fingerprint_key, sealed_webhook_secret, tribe, power_office)
          values (?, '', ?, ?, '', '{}', '', '', ?, ?)`)
        .run(
          ...[id, state, `2026-01-0${id}`],
          ...[
            org === null ? null : JSON.stringify({ organizationId: org }),
            client === null ? null : JSON.stringify({ clientId: client }),
          ],
        )
    for (const later of migrations().slice(1)) rows.exec(readFileSync(`migrations/${later}`, 'utf8'))
    db = openDatabase(d1Over(rows, async (_query, run) => run()))
  }
  const held = () =>
    rows
      .prepare('select id, tribe_organization as org, power_office_client as client from tenants order by id')
      .all()
      .map(({ id, org, client }) => `${id} ${org} ${client}`)

  test('knows which tenant serves which companies; of those that share one, the oldest at work holds it', async () => {
    anOldDatabase([
      { id: '1', state: 'setup', org: 'X', client: 'A' },
      { id: '2', state: 'active', org: 'x', client: 'A' },
      { id: '3', state: 'paused', org: 'X', client: 'B' },
      { id: '4', state: 'setup', org: null, client: null },
      { id: '5', state: 'setup', org: 'Y', client: '' },
    ])
    expect(held()).toEqual(['1 null null', '2 x a', '3 null b', '4 null null', '5 y null'])
    expect(await connectionsIn(db).settle()).toBe(2)
    expect(held()).toEqual(['1 null null', '2 x a', '3 null b', '4 null null', '5 y null'])
  })

  test('gives what is free again to the next one', async () => {
    anOldDatabase([
      { id: '1', state: 'active', org: 'X', client: 'A' },
      { id: '2', state: 'active', org: 'X', client: 'A' },
    ])
    await tenantsIn(db).remove('1')
    expect(await connectionsIn(db).settle()).toBe(0)
    expect(held()).toEqual(['2 x a'])
  })

  test('does not let a tenant that shares a company turn away from it unseen', async () => {
    anOldDatabase([
      { id: '1', state: 'active', org: 'X', client: 'A' },
      { id: '2', state: 'active', org: 'X', client: 'A' },
    ])
    expect(await connect('2', 'powerOffice', 'B')).toBe('other')
    expect(await connect('2', 'powerOffice', 'A')).toBe('held')
  })
})
