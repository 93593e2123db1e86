import type { Context, MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { type AuditLine, auditIn } from '../db/audit'
import { openDatabase } from '../db/database'
import type { Env } from '../env'
import { log, logFault } from '../shared/log'
import type { App } from './admin-auth'

/** Reads that take much along, or change something on the way. */
const TELLING = /\/(export|connect)$|^\/oauth\//
/** What an assistant does by `/mcp` are calls of this API, with lines of their own. */
const isTelling = ({ req }: Context<App>) =>
  (req.method !== 'GET' && req.path !== '/mcp') || TELLING.test(req.path) || req.query('format') === 'ndjson'

/**
 * One line for each change, log-in, export, consent and refusal that an admin or the operator causes: who, what, of
 * which tenant, from where, and what came of it. It holds no value of a record, and of an address only its pattern.
 */
export const audit: MiddlewareHandler<App> = async (c, next) => {
  const handled = next().then(() => note(c))
  // Whoever hangs up once a change is under way is in the trail all the same.
  if (isTelling(c)) outlive(c, handled)
  await handled
}

/** Statuses of refusals; 404 to a tenant's token is one, too: it was another tenant's address. */
const isRefusal = (c: Context<App>): boolean =>
  [401, 403, 429].includes(c.res.status) || (c.res.status === 404 && c.get('isTrespass') === true)

async function note(c: Context<App>): Promise<void> {
  const refused = isRefusal(c)
  if (!refused && !isTelling(c)) return
  const about = {
    at: new Date().toISOString(),
    who: c.get('who') ?? 'nobody',
    what: `${c.req.method} ${routePath(c, -1)}`,
    tenantId: c.get('tenant')?.id ?? c.get('about') ?? null,
    from: c.req.header('cf-connecting-ip') ?? null,
    status: c.res.status,
  }
  log('audit', about)
  const line = { ...about, code: c.get('code') ?? null, times: 1 }
  if (refused) return gather(c, line)
  const made = c.get('made') ?? []
  const kept = write(c, [line, ...made.map((tenantId) => ({ ...line, tenantId }))])
  outlive(c, kept)
  // A database that takes its time does not keep the answer.
  await Promise.race([kept, sleep(PATIENCE_MS)])
}

const PATIENCE_MS = 2000
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Before the answer, so that it is found by whoever looks then. */
async function write(c: Context<App>, lines: readonly AuditLine[]): Promise<void> {
  try {
    await auditIn(openDatabase(c.env.DB)).add(lines)
  } catch (thrown) {
    logFault('audit-line', thrown, { status: c.res.status })
    for (const line of lines) gather(c, line)
  }
}

/**
 * Refusals wait for a second, and those that are alike become one line that says how often: strangers with wrong tokens
 * must not be able to fill the database. Of too many places at once, the later ones are counted and not named.
 */
function gather(c: Context<App>, line: AuditLine): void {
  const gathered = gatheredIn.get(c.env) ?? { lines: new Map<string, AuditLine>(), since: 0 }
  gatheredIn.set(c.env, gathered)
  const told = gathered.lines.size < MOST_LINES ? line : { ...line, from: null }
  const key = JSON.stringify({ ...told, at: null, times: null })
  put(gathered, key, told)
  // A request that was to write them may have been cut off.
  const now = Date.now()
  if (gathered.since !== 0 && now - gathered.since < OVERDUE_MS) return
  gathered.since = now
  outlive(c, writeGathered(c.env, gathered))
}

function put({ lines }: Gathered, key: string, line: AuditLine): void {
  const known = lines.get(key)
  if (known) known.times += line.times
  else lines.set(key, { ...line })
}

interface Gathered {
  lines: Map<string, AuditLine>
  /** When somebody set out to write them; 0 while nobody has to. */
  since: number
}
const gatheredIn = new WeakMap<Env, Gathered>()
const MOST_LINES = 100
const OVERDUE_MS = 30_000
/** Before each try; after the last one the log alone knows of them. */
const TRIES_AFTER_MS = [1000, 4000, 12_000]
/** A request may be cut off after half a minute; while refusals go on to come, the next one goes on. */
const LONGEST_MS = 10_000

async function writeGathered(env: Env, gathered: Gathered): Promise<void> {
  const until = Date.now() + LONGEST_MS
  let failures = 0
  do {
    await sleep(TRIES_AFTER_MS[failures] ?? 0)
    // What comes meanwhile is gathered anew.
    const lines = [...gathered.lines]
    gathered.lines.clear()
    try {
      await auditIn(openDatabase(env.DB)).add(lines.map(([, line]) => line))
      failures = 0
    } catch (thrown) {
      failures++
      logFault('audit-lines', thrown, { tries: failures, lines: lines.length })
      if (failures < TRIES_AFTER_MS.length) for (const [key, line] of lines) put(gathered, key, line)
    }
  } while (gathered.lines.size > 0 && (failures > 0 || Date.now() < until))
  gathered.since = 0
}

/** Goes on when the browser is gone. */
function outlive(c: Context<App>, work: Promise<unknown>): void {
  c.executionCtx.waitUntil(work.catch(() => undefined))
}
