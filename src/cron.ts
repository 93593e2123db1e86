import { openDatabase } from './db/database'
import { tenantsIn } from './db/tenants'
import { type Env, settingsOf } from './env'
import { forEachLimited, within } from './shared/limit'
import { log, logFault } from './shared/log'
import { sweepsOf, type Tick } from './slices'
import type { JobRequest } from './sync-step'
import { tenantObject } from './tenant-object'

interface Round {
  asks: Tick | null
  /** A tenant's part of it costs PowerOffice about this many calls. */
  calls: number
  /** All tenants begin within this time, so that the next tick finds them done. */
  withinSeconds: number
}

const MINUTE_S = 60
const HOUR_S = 60 * MINUTE_S

/** Which tick asks for what, at every active tenant (DESIGN.md §2.7); `slices.ts` says which sweeps those are. */
const TICKS: Readonly<Record<string, Round>> = {
  '*/15 * * * *': {
    asks: 'often',
    calls: 5,
    withinSeconds: 12 * MINUTE_S,
  },
  '0 */4 * * *': { asks: 'by day', calls: 2, withinSeconds: 12 * MINUTE_S },
  '30 2 * * *': {
    asks: 'by night',
    calls: 10,
    withinSeconds: 3 * HOUR_S,
  },
}
const WAKE_ONLY: Round = { asks: null, calls: 0, withinSeconds: 0 }

/** Cloudflare lets an invocation wait for six answers at a time. */
const AT_ONCE = 6
/** An object that takes longer to store three jobs is left alone until the next tick. */
const ANSWERS_WITHIN_MS = 5000
/** D1 is known to be away for a minute now and then; a tick for payments comes only every four hours. */
const TRIES = 6
const BETWEEN_TRIES_MS = 20_000

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/**
 * Wakes every active tenant, which also revives what was lost. Their work is spread as PowerOffice's budget
 * allows: of few, all begin at once or within seconds. One that fails or hangs does not keep the others waiting.
 */
export async function tick(env: Env, cron: string, tell = log): Promise<void> {
  const perSecond = settingsOf(env).POWEROFFICE_REQUESTS_PER_SECOND
  const startedAt = Date.now()
  let failed = 0
  const { asks, calls, withinSeconds } = TICKS[cron] ?? WAKE_ONLY
  const sweeps = asks === null ? [] : sweepsOf(asks)
  const ids = await activeIds(env)
  const apartS = Math.min(calls / perSecond, withinSeconds / Math.max(1, ids.length))
  const numbered = ids.map((id, index) => ({ id, afterSeconds: Math.floor(index * apartS) }))
  await forEachLimited(numbered, AT_ONCE, async ({ id, afterSeconds }) => {
    const requests = sweeps.map((kind): JobRequest => ({ kind, subject: '', lane: 'bulk', afterSeconds }))
    try {
      await within(ANSWERS_WITHIN_MS, tenantObject(env, id).enqueue(requests))
    } catch (thrown) {
      failed++
      logFault('wake', thrown, { tenantId: id, cron })
    }
  })
  tell('tick', { cron, tenants: ids.length, failed, ms: Date.now() - startedAt })
  const carried = tenantsCarried(perSecond)
  if (ids.length > carried) tell('too-many-tenants', { tenants: ids.length, carried })
}

/** Of so many tenants the polls of a quarter fit in one key's budget; with more, they come less often. */
export const tenantsCarried = (perSecond: number): number =>
  Math.floor((15 * MINUTE_S * perSecond * USABLE) / (TICKS['*/15 * * * *']?.calls ?? 1))
/** The gate keeps a part back for the way there, and pushes want theirs. */
const USABLE = 0.9

async function activeIds(env: Env): Promise<string[]> {
  for (let tries = 1; ; tries++) {
    try {
      return await tenantsIn(openDatabase(env.DB)).activeIds()
    } catch (thrown) {
      if (tries === TRIES) throw thrown
      logFault('tick', thrown, { tries })
      await sleep(BETWEEN_TRIES_MS)
    }
  }
}
