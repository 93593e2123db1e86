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
    hangs = (_: string) => false,
    databaseIsAway = () => false,
  }: {
    perSecond?: number
    isBroken?: (id: string) => boolean
    hangs?: (id: string) => boolean
    databaseIsAway?: () => boolean
  } = {},
) {
  const ids = Array.from({ length: tenants }, (_, n) => `tenant ${String(n).padStart(5, '0')}`)
  const asked: Asked[] = []
  const places = { now: 0, most: 0 }
  const used = { statements: 0, objects: 0 }
  const env = {
    DB: {
      prepare: (query: string) => ({
        bind: (...values: unknown[]) => ({
          raw: async () => {
            expect(query).toMatch(/where "tenants"\."state" = \?/)
            expect(values).toEqual(['active'])
            used.statements++
            if (databaseIsAway()) throw new Error('D1_ERROR: Network connection lost.')
            return ids.map((id) => [id])
          },
        }),
      }),
    },
    DATA_JURISDICTION: 'none',
    TENANT_SYNC: {
      getByName: (tenantId: string) => ({
        async enqueue(requests: JobRequest[]) {
          used.objects++
          places.now++
          places.most = Math.max(places.most, places.now)
          await new Promise((resolve) => setImmediate(resolve))
          if (hangs(tenantId)) await new Promise(() => {})
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
    ADMIN_TOKEN: 't'.repeat(32),
    SEALING_KEYS: `k:${Buffer.alloc(32).toString('base64')}`,
  }
  return { env: env as unknown as Env, ids, asked, places, used }
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

describe('with two thousand tenants', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  /** Goes on until it is over; gives how long that took. */
  async function lasting(run: Promise<void>): Promise<number> {
    const begun = Date.now()
    let isOver = false
    const noteOver = () => {
      isOver = true
    }
    run.then(noteOver, noteOver)
    // Timers are in no hurry as long as objects answer.
    for (let rounds = 0; !isOver; rounds++) {
      await new Promise((resolve) => setImmediate(resolve))
      if (rounds % 20 === 19) await vi.advanceTimersByTimeAsync(100)
    }
    await run
    return Date.now() - begun
  }

  test.each([QUARTER, '0 */4 * * *', '30 2 * * *'])(
    'the tick "%s" wakes all, well within what one invocation may ask for',
    async (cron) => {
      const { env, ids, asked, used } = aWorker(2000)
      await lasting(tick(env, cron))
      expect(asked.map(({ tenantId }) => tenantId).sort()).toEqual(ids)
      expect(used).toEqual({ statements: 1, objects: 2000 })
    },
  )

  test('some that hang and some that throw neither stop nor slow the others', async () => {
    const { env, asked } = aWorker(2000, {
      hangs: (id) => id.endsWith('0500'),
      isBroken: (id) => id.endsWith('17'),
    })
    const lastedMs = await lasting(tick(env, QUARTER))
    expect(asked).toHaveLength(2000 - 1 - 20)
    expect(lastedMs).toBeLessThan(60_000)
    expect(vi.mocked(console.error).mock.calls).toHaveLength(21)
  })

  test('even if a hundred of them hang, the tick is over before the next', async () => {
    const { env, asked } = aWorker(2000, { hangs: (id) => Number(id.slice(-5)) < 100 })
    expect(await lasting(tick(env, QUARTER))).toBeLessThan(5 * 60_000)
    expect(asked).toHaveLength(1900)
  })

  test('the nightly comparison, which costs more, has three hours', async () => {
    const { env, asked } = aWorker(2000)
    await lasting(tick(env, '30 2 * * *'))
    const last = delaysOf(asked).at(-1) ?? 0
    // As the budget allows, at ten calls a tenant.
    expect(last).toBe(1999)
    const many = aWorker(20_000)
    await lasting(tick(many.env, '30 2 * * *'))
    expect(delaysOf(many.asked).at(-1)).toBeLessThan(3 * 3600)
  })

  test('that are more than one key carries, the log says so', async () => {
    const lines = () => vi.mocked(console.log).mock.calls.map(([line]) => JSON.parse(line))
    await lasting(tick(aWorker(1500).env, QUARTER))
    expect(lines().map(({ event }) => event)).toEqual(['tick'])
    await lasting(tick(aWorker(2000).env, QUARTER))
    expect(lines().at(-1)).toEqual({ event: 'too-many-tenants', tenants: 2000, carried: 1620 })
  })

  test('a D1 that is away for a minute does not cost a tick', async () => {
    const begun = Date.now()
    const { env, asked } = aWorker(3, { databaseIsAway: () => Date.now() < begun + 60_000 })
    await lasting(tick(env, '0 */4 * * *'))
    expect(asked).toHaveLength(3)
  })

  test('one that is away for long fails the tick', async () => {
    const { env } = aWorker(3, { databaseIsAway: () => true })
    await expect(lasting(tick(env, QUARTER))).rejects.toMatchObject({ code: 'relay.database_unavailable' })
  })
})

test('of few tenants all begin within seconds', async () => {
  const { env, asked } = aWorker(10)
  for (const cron of [QUARTER, '0 */4 * * *', '30 2 * * *']) await tick(env, cron)
  expect(Math.max(...delaysOf(asked))).toBeLessThan(10)
})
