import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { tick } from '../src/cron'
import type { Env } from '../src/env'
import type { JobRequest } from '../src/sync-step'

const QUARTER = '*/15 * * * *'

interface Asked {
  tenantId: string
  requests: JobRequest[]
}

/** A Worker with so many active tenants; `isBroken` says whose object does not answer. */
function aWorker(
  tenants: number,
  {
    perSecond = 10,
    isBroken = (_: string) => false,
  }: { perSecond?: number; isBroken?: (id: string) => boolean } = {},
) {
  const ids = Array.from({ length: tenants }, (_, n) => `tenant ${String(n).padStart(5, '0')}`)
  const asked: Asked[] = []
  const places = { now: 0, most: 0 }
  const env = {
    DB: {
      prepare: (query: string) => ({
        bind: (...values: unknown[]) => ({
          raw: async () => {
            expect(query).toMatch(/where "tenants"\."state" = \?/)
            expect(values).toEqual(['active'])
            return ids.map((id) => [id])
          },
        }),
      }),
    },
    TENANT_SYNC: {
      getByName: (tenantId: string) => ({
        async enqueue(requests: JobRequest[]) {
          places.now++
          places.most = Math.max(places.most, places.now)
          await new Promise((resolve) => setImmediate(resolve))
          places.now--
          if (isBroken(tenantId)) throw new Error('the object is overloaded')
          asked.push({ tenantId, requests })
        },
      }),
    },
    POWEROFFICE_REQUESTS_PER_SECOND: String(perSecond),
    PUBLIC_URL: 'https://relay.example.com',
    POWEROFFICE_APPLICATION_KEY: 'a',
    POWEROFFICE_SUBSCRIPTION_KEY: 's',
    ADMIN_TOKEN: 't',
    SEALING_KEYS: `k:${Buffer.alloc(32).toString('base64')}`,
  }
  return { env: env as unknown as Env, ids, asked, places }
}

const kindsOf = (asked: readonly Asked[]) => [
  ...new Set(asked.map(({ requests }) => requests.map(({ kind }) => kind).join())),
]
const delaysOf = (asked: readonly Asked[]) =>
  asked.flatMap(({ requests }) => requests[0]?.afterSeconds ?? []).sort((a, b) => a - b)

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  vi.spyOn(console, 'log').mockImplementation(() => {})
})
afterEach(() => {
  vi.restoreAllMocks()
})

test('each quarter of an hour every active tenant looks at what changed on both sides', async () => {
  const { env, ids, asked } = aWorker(3)
  await tick(env, QUARTER)
  expect(asked.map(({ tenantId }) => tenantId).sort()).toEqual(ids)
  expect(asked[0]?.requests).toEqual([
    { kind: 'pull-relations', subject: '', lane: 'bulk', afterSeconds: 0 },
    { kind: 'pull-products', subject: '', lane: 'bulk', afterSeconds: 0 },
    { kind: 'poll-tribe', subject: '', lane: 'bulk', afterSeconds: 0 },
  ])
  expect(kindsOf(asked)).toEqual(['pull-relations,pull-products,poll-tribe'])
})

test('each night webhooks that are missing at Tribe are registered again, and both sides are compared', async () => {
  const { env, asked } = aWorker(2)
  await tick(env, '30 2 * * *')
  expect(kindsOf(asked)).toEqual(['register-webhooks,watch-mappings,compare'])
})

test.each(['0 */4 * * *', '0 0 1 1 *'])('the tick "%s" wakes every tenant all the same', async (cron) => {
  const { env, ids, asked } = aWorker(3)
  await tick(env, cron)
  expect(asked.map(({ tenantId }) => tenantId).sort()).toEqual(ids)
})

test('a tenant whose object does not answer keeps nobody waiting, and is named in the log', async () => {
  const { env, asked } = aWorker(20, { isBroken: (id) => id.endsWith('07') })
  await tick(env, QUARTER)
  expect(asked).toHaveLength(19)
  expect(vi.mocked(console.error).mock.calls.map(([line]) => JSON.parse(line))).toEqual([
    {
      event: 'wake',
      tenantId: 'tenant 00007',
      cron: QUARTER,
      code: 'relay.unexpected',
      detail: expect.stringContaining('the object is overloaded'),
    },
  ])
  expect(vi.mocked(console.log).mock.calls.map(([line]) => JSON.parse(line))).toEqual([
    { event: 'tick', cron: QUARTER, tenants: 20, failed: 1, ms: expect.any(Number) },
  ])
})

test('no more than six objects are spoken to at once', async () => {
  const { env, places } = aWorker(50)
  await tick(env, QUARTER)
  expect(places.most).toBe(6)
})

test('without tenants there is nothing to do', async () => {
  const { env, asked } = aWorker(0)
  await tick(env, QUARTER)
  expect(asked).toEqual([])
})

describe('the polls of many tenants are spread', () => {
  test('as the budget allows, at five calls a tenant', async () => {
    const { env, asked } = aWorker(200)
    await tick(env, QUARTER)
    const delays = delaysOf(asked)
    for (let from = 0; from <= 100; from++) {
      // In any ten seconds no more tenants begin than may call PowerOffice then, but for one second's rounding.
      const begun = delays.filter((at) => at >= from && at < from + 10).length
      expect(begun * 5).toBeLessThanOrEqual(10 * (10 + 1))
    }
    expect(delays.at(-1)).toBe(99)
  })

  test('a larger budget brings them closer together', async () => {
    const { env, asked } = aWorker(200, { perSecond: 50 })
    await tick(env, QUARTER)
    expect(delaysOf(asked).at(-1)).toBe(19)
  })

  test.each([1440, 1800, 5000])(
    'evenly over twelve minutes at most, so that the next tick finds them done: %i tenants',
    async (tenants) => {
      const { env, asked } = aWorker(tenants)
      await tick(env, QUARTER)
      const delays = delaysOf(asked)
      expect(delays).toHaveLength(tenants)
      expect(delays.at(-1)).toBeLessThan(12 * 60)
      expect(delays.at(-1)).toBeGreaterThan(11 * 60)
      const inFirstHalf = delays.filter((at) => at < 6 * 60).length
      expect(Math.abs(inFirstHalf - tenants / 2)).toBeLessThan(tenants / 50)
    },
  )

  test('a tenant keeps its place from tick to tick', async () => {
    const [first, second] = [aWorker(30), aWorker(30)]
    await tick(first.env, QUARTER)
    await tick(second.env, QUARTER)
    const placesOf = ({ asked }: { asked: Asked[] }) =>
      new Map(asked.map((one) => [one.tenantId, one.requests[0]?.afterSeconds]))
    expect(placesOf(first)).toEqual(placesOf(second))
  })
})
