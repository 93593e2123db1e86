import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Relay, relayOn, type Tenant } from '../stories/relay'
import { simulatedStage } from '../stories/simulated'
import { aWorld } from './world'
import { predicted, tried, written } from './written'

/** Any change in any world: what a dry run tells is what the change then writes, exactly, and the dry run itself writes nothing. */

let relay: Relay
beforeAll(() => {
  relay = relayOn(simulatedStage({}))
})
afterEach(() => expect(relay.violations()).toEqual([]))
afterAll(() => relay.close())

const ALL = 100
const SHARE = 10
const today = Math.floor(Date.parse(process.env.DAY ?? '2026-11-30') / 86_400_000)
const SEEDS = Array.from({ length: ALL }, (_, n) => n + 1).filter(
  (seed) => process.env.SOAK || seed % SHARE === today % SHARE,
)

/** Its own report, and how often Tribe and PowerOffice were asked. */
const OWN = /^(dry-runs?$|dry-run:|hours$|tribe-window$)/

/** All that the relay keeps of the tenant, in D1 and in its object. */
async function kept(tenant: Tenant) {
  const tables = ['links', 'told_fields', 'timeline', 'unit_mappings', 'vat_mappings', 'tenants'] as const
  const rows = await Promise.all(
    tables.map((table) =>
      relay.sql(`select * from ${table} where ${table === 'tenants' ? 'id' : 'tenant_id'} = ?`, tenant.id),
    ),
  )
  const facts = await relay.objectSql(tenant.id, 'select * from cursors order by name')
  const jobs = await relay.objectSql(
    tenant.id,
    'select kind, subject, is_parked, code from jobs order by kind, subject',
  )
  return { rows, facts: facts.filter(({ name }) => !OWN.test(String(name))), jobs }
}

test.each(SEEDS)('what is predicted is what the change then writes, in world %i', async (seed) => {
  const { tenant, change, act, what } = await aWorld(relay, seed)
  relay.tribe.log.clear()
  relay.powerOffice.log.clear()
  const before = await kept(tenant)
  const { records } = await tried(tenant, change)
  expect([tenant.tribeWrites(), tenant.calls(/^(POST|PATCH|PUT|DELETE)/)]).toEqual([[], []])
  expect(await kept(tenant)).toEqual(before)
  const was = await written(relay, tenant, act)
  expect({ what, told: predicted(records) }).toEqual({ what, told: was })
})
