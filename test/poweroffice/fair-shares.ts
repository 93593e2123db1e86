import { createHash } from 'node:crypto'
import { tick } from '../../src/cron'
import type { Env } from '../../src/env'
import { requestToken } from '../../src/poweroffice/auth'
import { type Caller, createCaller } from '../../src/poweroffice/caller'
import { createGate, type Gate, newReach } from '../../src/poweroffice/gate'
import type { Lane } from '../../src/poweroffice/turns'
import { ApiError } from '../../src/shared/errors'
import { createLocks } from '../../src/shared/locks'
import { createTokens, type Token } from '../../src/shared/tokens'
import { DONE, type JobRequest, type Step, type SyncContext } from '../../src/sync-step'
import { drain } from '../../src/tenant-sync/drain'
import { jobsIn } from '../../src/tenant-sync/jobs'
import { TribeWindow, type WindowNote, withTurn } from '../../src/tribe/window'
import { sqliteInMemory } from '../tenant-sync/sqlite'
import { type AGate, aStorage, gateIn, gatesBehind } from './a-gate'
import { chance } from './turns-simulation'
import { VirtualTime } from './virtual-time'

/**
 * Many tenants at one gate, in virtual time: the real gate by way of itty-durable, the real callers with
 * their tokens and tries, and the real jobs and drain of each tenant. Only what a job is about is left out:
 * it makes the calls that such a job makes.
 */

const START = Date.parse('2026-03-02T08:00:00Z')
const BASE = 'https://poweroffice.example'
const MINUTE = 60_000
export const QUARTER = 15 * MINUTE
export const beganAt = START

export interface Setting {
  tenants: number
  /** How many records the first of them brings to PowerOffice, a call each. */
  load: number
  /** Webhooks a second, of all the others together; a read and a write each. */
  pushesPerSecond: number
  /** Clocks of the tenants' objects are wrong by so much. */
  skewMs: number
  /** The gate is restarted so often, on another machine, whose clock differs by up to a second; never, if left out. */
  restartEveryMs?: number
  /** One has a key that is not accepted any more, and to one PowerOffice says 429 again and again. */
  trouble: boolean
  seed: number
}

/** A call as it reached PowerOffice. */
export interface Call {
  tenant: number
  leftAt: number
  arrivedAt: number
  status: number
}

/** How long a call waited for its turn. */
export interface Wait {
  tenant: number
  lane: Lane
  since: number
  ms: number
}

/** A call as it left for Tribe, while that wanted to be left alone or not. */
export interface TribeCall {
  tribe: number
  lane: Lane
  leftAt: number
  waitedMs: number
  isHeld: boolean
}

export const BIG = 0
export const BROKEN = 1
export const THROTTLED = 2
/** Three of one Tribe, each with an index to read; and one whose Tribe says again and again that it wants to be left alone. */
export const SHARING = [10, 11, 12]
export const HELD = 13
export const tribeOf = (tenant: number) => (SHARING.includes(tenant) ? 10 : tenant)

const ask = (tribe: unknown) => (tribe as () => Promise<void>)()

/** What each kind of job asks of both systems. */
const handlers = (onRecord: () => void): Readonly<Record<string, Step>> => ({
  customer: async ({ powerOffice, tribe }) => {
    await ask(tribe)
    const { get, write } = powerOffice as unknown as Caller
    await get('Customers/1')
    await write('PATCH', 'Customers/1', [])
    return DONE
  },
  product: async ({ powerOffice }) => {
    await (powerOffice as unknown as Caller).write('POST', 'Customers', {})
    onRecord()
    return DONE
  },
  'pull-relations': async ({ powerOffice }) => {
    const { get } = powerOffice as unknown as Caller
    for (const list of ['Customers', 'Suppliers', 'ContactPersons']) await get(list)
    return DONE
  },
  'pull-products': async ({ powerOffice }) => {
    await (powerOffice as unknown as Caller).get('Products')
    return DONE
  },
  'poll-tribe': async ({ tribe }) => {
    for (let n = 0; n < 6; n++) await ask(tribe)
    return DONE
  },
  compare: async ({ tribe }) => {
    await ask(tribe)
    return DONE
  },
})

export function simulate(setting: Setting) {
  const time = new VirtualTime(START)
  const random = chance(setting.seed)
  const between = (least: number, most: number) => least + random() * (most - least)
  const storage = aStorage()
  let gateClock = 0
  Date.now = () => Math.floor(time.now() + gateClock)
  let gate: AGate = gateIn(storage)
  let awayUntil = 0
  const restarts: number[] = []
  const calls: Call[] = []
  const waits: Wait[] = []
  let loaded = 0

  // ── PowerOffice ───────────────────────────────────────────────────────────

  const isRefused = (tenant: number) =>
    setting.trouble && tenant === BROKEN && time.now() > START + QUARTER / 2
  /** To one of them PowerOffice says 429, whatever it asks, in five minutes of each quarter. */
  const isThrottled = (tenant: number) =>
    setting.trouble && tenant === THROTTLED && (time.now() - START + MINUTE) % QUARTER < 5 * MINUTE
  function answerTo(tenant: number, path: string): Response {
    if (isRefused(tenant))
      return new Response('{"error":"invalid_client"}', { status: path === '/OAuth/Token' ? 400 : 401 })
    if (isThrottled(tenant)) return new Response('', { status: 429, headers: { 'retry-after': '1' } })
    return path === '/OAuth/Token'
      ? Response.json({ access_token: `token of ${tenant}`, expires_in: 1200, token_type: 'Bearer' })
      : Response.json({ Id: 1 })
  }
  const powerOfficeFor =
    (tenant: number): typeof fetch =>
    async (input) => {
      const leftAt = time.now()
      await time.sleep(between(5, 40))
      const answer = answerTo(tenant, new URL(String(input)).pathname)
      calls.push({ tenant, leftAt, arrivedAt: time.now(), status: answer.status })
      await time.sleep(between(20, 40))
      return answer
    }

  // ── Tribe ─────────────────────────────────────────────────────────────────

  const windows = new Map<number, TribeWindow>()
  const tribeCalls: TribeCall[] = []
  const heldUntil = new Map<number, number>()
  const tribeRandom = chance(setting.seed + 1)
  function windowOf(tribe: number): TribeWindow {
    let kept: WindowNote | null = null
    const set = (one: WindowNote) => {
      kept = structuredClone(one)
    }
    const note = { get: () => kept, set }
    const after = (ms: number, run: () => void) => time.after(ms, run)
    const window = windows.get(tribe) ?? new TribeWindow({ perMinute: 1000, now: time.now, note, after })
    windows.set(tribe, window)
    return window
  }
  async function askTribe(tribe: number, lane: Lane): Promise<void> {
    const since = time.now()
    await withTurn(windowOf(tribe), lane, async () => {
      const leftAt = time.now()
      const isHeld = leftAt < (heldUntil.get(tribe) ?? 0)
      const nth = tribeCalls.push({ tribe, lane, leftAt, waitedMs: leftAt - since, isHeld })
      await time.sleep(30 + tribeRandom() * 50)
      if (!setting.trouble || tribe !== HELD || nth % 50 > 0) return
      heldUntil.set(tribe, time.now() + 30_000)
      throw new ApiError('tribe.too_many_requests', 'time', '429', 429, null, 30)
    })
  }

  // ── Tenants ───────────────────────────────────────────────────────────────

  function aTenant(index: number) {
    const jobs = jobsIn(sqliteInMemory())
    jobs.createTable()
    const withLock = createLocks()
    const writes = createLocks()
    const skew = between(-setting.skewMs, setting.skewMs)
    const now = () => time.now() + skew
    // A few are on another continent.
    const distance = index % 40 === 7 ? 90 : between(1, 8)
    const namespace = gatesBehind(() => gate, {
      delayMs: () => distance * between(0.8, 1.4),
      sleep: time.sleep,
      mishap: () => {
        if (time.now() < awayUntil) throw new Error('Network connection lost.')
      },
    })
    const base = { fetch: powerOfficeFor(index), timeoutMs: 30_000 }
    let kept: Token | null = null
    const store = {
      get: async () => kept,
      put: async (token: Token | null) => {
        kept = token
      },
    }
    let isStopped = false

    const reach = newReach()
    const callerOf = (lane: Lane): Caller => {
      const real = createGate({
        namespace,
        name: 'key',
        perSecond: 10,
        tenantId: `tenant ${index}`,
        lane,
        now,
        reach,
        // Timers are late, more or less.
        sleep: (ms) => time.sleep(ms + between(0, 3)),
      })
      const watched: Gate = {
        ...real,
        async turn() {
          const since = time.now()
          await real.turn()
          waits.push({ tenant: index, lane, since, ms: time.now() - since })
        },
      }
      const keys = {
        tokenUrl: `${BASE}/OAuth/Token`,
        applicationKey: 'a',
        subscriptionKey: 's',
        clientKey: `key of ${index}`,
      }
      return createCaller({
        ...base,
        baseUrl: `${BASE}/v2`,
        subscriptionKey: 's',
        gate: watched,
        tokens: createTokens(store, () => requestToken(keys, { ...base, gate: watched, now }), now),
        oneAtATime: (write) => writes('write', write),
      })
    }

    /** As the object's `work`: one drain at a time, then an alarm for what is left. */
    let alarmAt = Number.POSITIVE_INFINITY
    async function work(): Promise<void> {
      await withLock('drain', async () => {
        if (isStopped || (jobs.nextDueAt() ?? Number.POSITIVE_INFINITY) > now()) return
        const callers = { push: callerOf('push'), bulk: callerOf('bulk') }
        const deadline = now() + 5 * MINUTE
        await drain({
          jobs,
          handlers: handlers(() => loaded++),
          only: null,
          contextFor: ({ lane }) =>
            ({
              powerOffice: callers[lane],
              flush: async () => undefined,
              lastBecause: () => null,
              tribe: () => askTribe(tribeOf(index), lane),
            }) as unknown as SyncContext,
          credentials: () => '',
          refreshed: async () => false,
          onReconnect: () => {
            isStopped = true
          },
          onSuccess: () => undefined,
          now,
          random,
          mayGoOn: () => now() < deadline,
          log: () => undefined,
        })
      })
      const dueAt = jobs.nextDueAt()
      if (dueAt === null || isStopped || dueAt >= alarmAt) return
      alarmAt = Math.max(dueAt, now() + 1 + windowOf(tribeOf(index)).heldForMs)
      time.after(alarmAt - now(), () => {
        alarmAt = Number.POSITIVE_INFINITY
        void work()
      })
    }
    return {
      enqueue(requests: readonly JobRequest[]) {
        for (const request of requests) jobs.enqueue(request, now())
        void work()
      },
      isAwaited: jobs.isAwaited,
      get isStopped() {
        return isStopped
      },
    }
  }
  const tenants = Array.from({ length: setting.tenants }, (_, index) => aTenant(index))

  // ── What happens ──────────────────────────────────────────────────────────

  const ids = tenants.map((_, index) => String(index).padStart(5, '0'))
  const env = envOf(ids, (id) => tenants[Number(id)])
  /** Polls that the next tick found undone. */
  const latePolls: number[] = []
  let ticks = 0
  function quarter(): void {
    if (ticks++ > 0)
      for (const [index, tenant] of tenants.entries())
        if (index > THROTTLED && index !== HELD && tenant.isAwaited('pull-relations', ''))
          latePolls.push(index)
    void tick(env, '*/15 * * * *', () => undefined)
    time.after(QUARTER, quarter)
  }
  quarter()

  let pushed = 0
  const others = tenants.slice(THROTTLED + 1)
  function push(): void {
    others[Math.floor(random() * others.length)]?.enqueue([
      { kind: 'customer', subject: `record ${pushed++}`, lane: 'push' },
    ])
    time.after((-Math.log(1 - random()) * 1000) / setting.pushesPerSecond, push)
  }
  function pushTo(index: number): void {
    tenants[index]?.enqueue([{ kind: 'customer', subject: `record ${pushed++}`, lane: 'push' }])
    time.after(10_000, () => pushTo(index))
  }
  if (setting.pushesPerSecond > 0) {
    push()
    // Those in trouble have work all the time.
    pushTo(BROKEN)
    pushTo(THROTTLED)
    pushTo(SHARING[0] ?? 0)
  }

  function restart(): void {
    gate = gateIn(storage)
    gateClock = between(-500, 500)
    awayUntil = time.now() + 150
    restarts.push(time.now())
    time.after(setting.restartEveryMs ?? 0, restart)
  }
  if (setting.restartEveryMs) time.after(setting.restartEveryMs, restart)

  tenants[BIG]?.enqueue(
    Array.from({ length: setting.load }, (_, n) => ({
      kind: 'product',
      subject: `${n}`,
      lane: 'bulk' as const,
    })),
  )

  for (const index of setting.trouble ? [...SHARING, HELD] : [])
    tenants[index]?.enqueue(
      Array.from({ length: 3000 }, (_, n) => ({ kind: 'compare', subject: `${n}`, lane: 'bulk' as const })),
    )

  return {
    calls,
    tribeCalls,
    waits,
    restarts,
    latePolls,
    tenants,
    /** Until then, or until the load is done; gives how long that took. */
    async run(mostMs: number): Promise<number> {
      await time.run(mostMs, () => loaded >= setting.load)
      return time.now() - START
    },
    /** The same each time, with the same seed. */
    digest: () =>
      createHash('sha256')
        .update(calls.map(({ tenant, leftAt }) => `${tenant} ${leftAt.toFixed(3)}`).join())
        .digest('hex'),
  }
}

/** The Worker's environment, as far as the tick needs it. */
function envOf(
  ids: readonly string[],
  tenantOf: (id: string) => { enqueue(requests: readonly JobRequest[]): void } | undefined,
): Env {
  return {
    DB: { prepare: () => ({ bind: () => ({ raw: async () => ids.map((id) => [id]) }) }) },
    DATA_JURISDICTION: 'none',
    TENANT_SYNC: {
      getByName: (id: string) => ({
        enqueue: async (requests: JobRequest[]) => tenantOf(id)?.enqueue(requests),
      }),
    },
    PUBLIC_URL: 'https://relay.example',
    POWEROFFICE_APPLICATION_KEY: 'a',
    POWEROFFICE_SUBSCRIPTION_KEY: 's',
    ADMIN_TOKEN: 't'.repeat(32),
    SEALING_KEYS: `k:${Buffer.alloc(32).toString('base64')}`,
  } as unknown as Env
}
