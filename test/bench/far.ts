/**
 * `npm run far -- --tenants 1600 --links 3000` fills a D1 of its own with generated companies, each record with the history of its making, and
 * tells how large it gets, and how long what reads it takes: a tick, `/status`, a poll of a hundred records, a search.
 */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { openDatabase } from '../../src/db/database'
import { linksOf } from '../../src/db/links'
import { TenantSettings } from '../../src/db/settings'
import { tenantStatusesIn } from '../../src/db/tenant-statuses'
import { tenantsIn } from '../../src/db/tenants'
import { healthOf } from '../../src/health/health'
import { d1Over, freshDatabase } from '../platform/d1'
import { monthOf } from './month'

const { values } = parseArgs({
  options: { tenants: { type: 'string', default: '100' }, links: { type: 'string', default: '3000' } },
})
const [tenants, links] = [Number(values.tenants), Number(values.links)]
const NOW = Date.parse('2026-11-30T02:30:00Z')
const KINDS = ['customer', 'customer', 'contactPerson', 'product', 'invoice']
const PRINT = 'A1b2C3d4E5f6'
const BASES = JSON.stringify(
  Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`someField${n}`, PRINT])),
)
const STANDING = JSON.stringify({
  at: '2026-11-30T02:15:00.000Z',
  reconnect: null,
  isLoading: false,
  atWorkSince: '2026-01-01T00:00:00.000Z',
  streams: {
    webhooks: { lastEventAt: null, lastSuccessAt: null },
    relations: { lastSuccessAt: '2026-11-30T02:15:00.000Z' },
    products: { lastSuccessAt: '2026-11-30T02:15:00.000Z' },
    payments: { lastSuccessAt: '2026-11-30T00:00:00.000Z' },
  },
  jobs: { due: 0, waiting: 0, parked: 1 },
  nextDueAt: null,
  problems: { 'vat.unmapped': 1 },
  stuck: null,
  spent: { tribe: 1e6, powerOffice: 1e6, statements: 1e6, runs: 1e6, failures: 12 },
})

const database = freshDatabase()
const hex = (n: number, width: number) => n.toString(16).padStart(width, '0')
const tenantId = (n: number) => `${hex(n, 8)}-0000-4000-8000-000000000000`
const tribeId = (n: number) => `${hex((n * 2654435761) % 2 ** 32, 8)}-0000-4000-8000-${hex(n, 12)}`

function fill(): void {
  const tenant =
    database.prepare(`insert into tenants (id, name, state, created_at, admin_token_hash, settings,
    sealed_fingerprint_key, sealed_webhook_secret) values (?, ?, 'active', '2026-01-01', ?, '{}', ?, ?)`)
  const standing = database.prepare('insert into standings (tenant_id, standing) values (?, ?)')
  const link =
    database.prepare(`insert into links (tenant_id, kind, tribe_id, tribe_type, tribe_relation_id, power_office_id,
    number, bases, state, recent, created_at, synced_at) values (?, ?, ?, 'Relationship.Organization.CommercialRelationship.Customer',
    ?, ?, ?, ?, 'linked', '[]', '2026-01-01T00:00:00.000Z', '2026-11-30T00:00:00.000Z')`)
  const told =
    database.prepare(`insert into timeline (tenant_id, kind, tribe_id, power_office_id, at, event, details)
    values (?, ?, ?, ?, '2026-01-01T00:00:00.000Z', 'created-in-tribe', '{}')`)
  for (let n = 0; n < tenants; n++) {
    const id = tenantId(n)
    database.exec('begin')
    tenant.run(id, `Selskap ${n} AS`, hex(n, 64), 'x'.repeat(90), 'x'.repeat(90))
    standing.run(id, STANDING)
    for (let m = 0; m < links; m++) {
      const kind = KINDS[m % KINDS.length] ?? 'customer'
      const [there, here] = [tribeId(n * links + m), String(7_000_000 + m)]
      link.run(id, kind, there, tribeId(m), here, String(10_000 + m), BASES)
      told.run(id, kind, there, here)
    }
    database.exec('commit')
  }
}

const db = openDatabase(d1Over(database, async (_, run) => run()))
const middle = Math.floor(tenants / 2)
const mine = linksOf(db, tenantId(middle))
const asked = Array.from({ length: 100 }, (_, n) => String(7_000_000 + n * 5))

/** The median of some tries, in milliseconds. */
async function timed(run: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let tries = 0; tries < 15; tries++) {
    const from = performance.now()
    await run()
    times.push(performance.now() - from)
  }
  return times.sort((a, b) => a - b)[7] ?? 0
}

const from = performance.now()
fill()
const filledS = (performance.now() - from) / 1000
const pragma = (name: string) => Number(Object.values(database.prepare(`pragma ${name}`).get() ?? {})[0])
const bytes = pragma('page_count') * pragma('page_size')
const settings = TenantSettings.parse({})
const rows: [string, number][] = [
  ['a tick: which tenants are active', await timed(() => tenantsIn(db).activeIds())],
  [
    '/status: how all stand, and their health',
    await timed(async () => {
      for (const row of await tenantStatusesIn(db).all())
        healthOf({ state: row.state, settings }, row.tenantStatus, NOW)
    }),
  ],
  [
    'a poll: the links of 100 records of one tenant',
    await timed(() => mine.amongPowerOffice('customer', asked)),
  ],
  ['a search: a number, in one tenant', await timed(() => mine.matching('customer', '10500'))],
]
console.log(
  `${tenants} tenants × ${links} links, each with a line of history; ${cpus()[0]?.model}, ${filledS.toFixed(0)} s to fill`,
)
console.log(`size: ${(bytes / 1e6).toFixed(0)} MB, ${(bytes / tenants / links).toFixed(0)} bytes a record`)
for (const [what, ms] of rows) console.log(`${what}: ${ms.toFixed(2)} ms`)
for (const line of monthOf({ tenants, links, bytes })) console.log(line)
