import { describe, expect, test } from 'vitest'
import { TenantSettings } from '../../src/db/settings'
import type { TenantStatus } from '../../src/db/tenant-statuses'
import { healthOf } from '../../src/health/health'

const NOW = Date.parse('2026-03-29T00:30:00Z')
const ago = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString()

const tenantStatus = (change: Partial<TenantStatus> = {}): TenantStatus => ({
  at: ago(1),
  reconnect: null,
  stuck: null,
  isLoading: false,
  nextDueAt: null,
  problems: {},
  atWorkSince: ago(10_000),
  streams: {
    webhooks: { lastEventAt: null, lastSuccessAt: null },
    relations: { lastSuccessAt: ago(10) },
    products: { lastSuccessAt: ago(10) },
    payments: { lastSuccessAt: ago(200) },
  },
  jobs: { due: 0, waiting: 0, later: 0, parked: 0 },
  spent: { tribe: 0, powerOffice: 0, statements: 0, runs: 0, failures: 0 },
  ...change,
})
const streams = (change: Partial<TenantStatus['streams']>) => ({
  streams: { ...tenantStatus().streams, ...change },
})
const OLD = { lastSuccessAt: ago(51) }

const settings = TenantSettings.parse({})
const health = (now: TenantStatus | null, state: 'setup' | 'active' | 'paused' = 'active', at = NOW) =>
  healthOf({ state, settings }, now, at)

describe('a tenant is well', () => {
  test.each([
    ['when nothing is late and nothing waits for a person', tenantStatus()],
    ['while a job waits for its time', tenantStatus({ nextDueAt: ago(-14) })],
    ['while work is due for less than forty minutes', tenantStatus({ nextDueAt: ago(39) })],
    [
      'though it had no webhook for long',
      tenantStatus(streams({ webhooks: { lastEventAt: ago(9000), lastSuccessAt: ago(9000) } })),
    ],
    [
      'while a first load runs, whatever the polls do',
      tenantStatus({ isLoading: true, ...streams({ relations: OLD }) }),
    ],
    [
      'though it has not polled yet, when it began just now',
      tenantStatus({
        atWorkSince: ago(3),
        ...streams({ relations: { lastSuccessAt: null }, products: OLD }),
      }),
    ],
  ])('%s', (_, now) => {
    expect(health(now)).toEqual({ state: 'healthy', ailments: [] })
  })

  test('though a stream is old that is switched off', () => {
    const off = TenantSettings.parse({ products: { enabled: false } })
    expect(
      healthOf({ state: 'active', settings: off }, tenantStatus(streams({ products: OLD })), NOW).state,
    ).toBe('healthy')
  })
})

describe('a tenant is not well', () => {
  test.each<[string, Partial<TenantStatus>, string, string | null]>([
    [
      'when a record waits for a person',
      { problems: { 'vat.unmapped': 3 } },
      'health.waits_for_a_person',
      'vat.unmapped',
    ],
    ['when work is due for more than forty minutes', { nextDueAt: ago(41) }, 'health.overdue', null],
    ['when nothing can be worked off', { stuck: 'relay.unexpected' }, 'health.stuck', 'relay.unexpected'],
    [
      'when relations were not polled in fifty minutes',
      streams({ relations: OLD }),
      'health.stale',
      'relations',
    ],
    ['when products were not', streams({ products: OLD }), 'health.stale', 'products'],
    [
      'when payments were not polled in nine hours',
      streams({ payments: { lastSuccessAt: ago(541) } }),
      'health.stale',
      'payments',
    ],
    ['when a stream never was', streams({ payments: { lastSuccessAt: null } }), 'health.stale', 'payments'],
  ])('%s', (_, change, code, what) => {
    const { state, ailments } = health(tenantStatus(change))
    expect(state).toBe('unhealthy')
    expect(ailments).toMatchObject([{ code, what }])
  })

  test('when it has to reconnect: what follows from that is not told besides', () => {
    const reconnect = { code: 'tribe.credentials_refused', since: ago(300) }
    const now = tenantStatus({ reconnect, nextDueAt: ago(290), ...streams({ relations: OLD }) })
    expect(health(now).ailments).toEqual([
      { code: 'health.reconnect', what: 'tribe.credentials_refused', count: null, since: ago(300) },
    ])
  })

  test('by the clock alone: what was written down grows old', () => {
    expect(health(tenantStatus(), 'active', NOW + 39 * 60_000).state).toBe('healthy')
    expect(health(tenantStatus(), 'active', NOW + 41 * 60_000).state).toBe('unhealthy')
  })
})

test.each(['setup', 'paused'] as const)('nothing is expected of a tenant in the state %s', (state) => {
  expect(health(tenantStatus({ problems: { 'vat.unmapped': 3 } }), state).state).toBe('idle')
})
test('nor of one that has not told anything yet', () => {
  expect(health(null).state).toBe('idle')
})
