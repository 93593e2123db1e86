import { jobsIn } from '../../src/tenant-sync/jobs'
import { FakePowerOffice } from '../fakes/poweroffice'
import { FakeTribe } from '../fakes/tribe'
import { Driver } from '../platform/driver'
import { Platform, TRIBE } from '../platform/platform'
import { Timeline } from '../platform/timeline'
import type { Outside, RelayOptions, Row, Stage } from './relay'

const START = '2026-03-02T07:00:00Z'
const SEED = 1
const CALM_MS = 1000
/** Where the relay is: on this machine, as in workerd. */
const HERE = 'http://127.0.0.1:8787'
const OUTSIDE = 'https://outside.example'

/** The small Cloudflare of `test/platform`, on a clock that leaps: whatever takes a day there takes no time here. */
export function simulatedStage(options: RelayOptions): Stage {
  const requestsPerSecond = options.requestsPerSecond ?? 500
  const timeline = new Timeline(Date.parse(START))
  const driver = new Driver(timeline)
  const tribe = new FakeTribe({ seed: SEED })
  const powerOffice = new FakePowerOffice({ requestsPerSecond, seed: SEED })
  const story: string[] = []
  let lines: string[] = []
  const platform = new Platform({
    seed: SEED,
    timeline,
    tribe,
    powerOffice,
    tell: (line) => story.push(`${new Date(timeline.now()).toISOString()} ${line}`),
    onCall: ({ host, method, path, status }) => story.push(`${host} ${method} ${path} → ${status}`),
    onLog: (line) => lines.push(line),
    vars: {
      PUBLIC_URL: HERE,
      POWEROFFICE_REQUESTS_PER_SECOND: String(requestsPerSecond),
      CALL_TIMEOUT_MS: String(options.callTimeoutMs ?? 5000),
      ...options.outside?.vars(OUTSIDE),
      ...options.vars,
      ...options.secrets,
    },
    bindings: {
      FAILED_LOGINS: limiter(timeline),
      ...(options.outside ? { SEND_EMAIL: mailTo(options.outside) } : {}),
    },
    hosts: {
      '127.0.0.1:8787': (request) => platform.fetch(request),
      ...(options.outside ? { 'outside.example': options.outside.answer } : {}),
    },
  })
  const rowsOf = (result: unknown): Row[] => (result as { results: Row[] }).results
  return {
    url: HERE,
    outsideUrl: OUTSIDE,
    authUrl: `${TRIBE}/oauth2`,
    tribe,
    powerOffice,
    fetch: (path, init) =>
      driver.waitFor(
        platform.fetch(new Request(new URL(path, HERE), init)).then(async (answer) => {
          const { status, headers } = answer
          const body = await answer.arrayBuffer()
          return new Response(body.byteLength > 0 ? body : null, { status, headers })
        }),
      ),
    tick: (cron, at) => driver.waitFor(platform.tick(cron, at?.getTime())),
    sleep: (ms) => driver.sleep(ms),
    wait: (work) => driver.waitFor(work),
    async isQuiet(tenant, withinMs = 3_600_000) {
      const { sql } = jobsIn(platform.tenantSync.of(tenant.id).sql)
      const open =
        "select 1 from jobs where is_parked = 0 and kind <> 'alert' and not (kind = 'documentation' and due_at > ?) limit 1"
      const stopped = "select 1 from cursors where name = 'reconnect'"
      const isCalm = () =>
        sql.exec(open, timeline.now()).toArray().length === 0 || sql.exec(stopped).toArray().length > 0
      const deadline = timeline.now() + withinMs
      // What shows how it is doing is written a moment after.
      for (let calmSince: number | null = null; ; ) {
        if (timeline.now() > deadline) return false
        await driver.waitFor(tenant.crm.settled())
        calmSince = isCalm() ? (calmSince ?? timeline.now()) : null
        if (calmSince !== null && timeline.now() >= calmSince + CALM_MS) break
        await driver.sleep(calmSince === null ? 50 : CALM_MS / 2)
      }
      for (const { code, message } of sql
        .exec("select code, message from jobs where message <> ''")
        .toArray())
        checkWords(String(code), String(message))
      return true
    },
    lines: () => lines,
    clearLines() {
      lines = []
    },
    sql: async <T extends Row>(query: string, ...values: unknown[]) =>
      rowsOf(
        await driver.waitFor(
          platform.binding
            .prepare(query)
            .bind(...values)
            .all(),
        ),
      ) as T[],
    objectSql: async <T extends Row>(tenantId: string, query: string, ...values: unknown[]) =>
      platform.tenantSync
        .of(tenantId)
        .sql.exec(query, ...(values as SqlStorageValue[]))
        .toArray() as unknown as T[],
    async restart(secrets = {}) {
      platform.deploy(secrets)
    },
    async close() {
      tribe.stopDeliveries()
      // Whatever was under way says no more.
      platform.deploy()
      platform.close()
      if (process.env.STORY) console.log(story.join('\n'))
    },
  }
}

/** What a program says that does not know what it speaks of. */
const EMPTY_WORDS = /\b(undefined|null|NaN)\b|\[object |\bits own problem\b/

/** Each problem that a story comes to names what it means. */
export function checkWords(code: string, message: string): void {
  if (EMPTY_WORDS.test(message)) throw new Error(`the message of ${code} says nothing: ${message}`)
}

const mailTo = (outside: Outside) => ({
  async send(mail: unknown) {
    const body = JSON.stringify(mail)
    await outside.answer(new Request(`${OUTSIDE}/mail`, { method: 'POST', body }))
  },
})

/** As the one of `wrangler.toml`: so many of a key in a minute. */
function limiter(timeline: Timeline) {
  const seen = new Map<string, number[]>()
  return {
    async limit({ key }: { key: string }) {
      const now = timeline.now()
      const recent = (seen.get(key) ?? []).filter((at) => at > now - 60_000)
      seen.set(key, [...recent, now])
      return { success: recent.length < 100 }
    },
  }
}
