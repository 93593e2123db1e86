import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import type { Systems } from '../demo/systems'
import { cpuOf, descendantsOf, freePort, QUIET_WRANGLER, readProc } from '../machine'

/**
 * The built bundle in workerd, reached without wrangler in between; beside it a bare Worker, which does the
 * least that the intake of a webhook can be: look at the secret, and insert one row into an object.
 */
export interface Runtime {
  relayUrl: string
  bareUrl: string
  /** Megabytes that workerd holds. */
  memory(): number
  /** Seconds that processors have worked for workerd. */
  cpu(): number
  close(): Promise<void>
}

const PROJECT = join(import.meta.dirname, '../..')
export const OPERATOR = 'operator-token-of-the-bench'
export const BARE_SECRET = 'secret-of-the-bare-worker'

const BARE = `
import { DurableObject } from 'cloudflare:workers'
const sha256 = async (text) => new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
export class Store extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env)
    ctx.storage.sql.exec('create table if not exists events (id integer primary key, body text not null)')
  }
  async take(body) {
    this.ctx.storage.sql.exec('insert into events (body) values (?)', body)
  }
}
export default {
  async fetch(request, env) {
    const [given, known] = await Promise.all([sha256(request.headers.get('x-relay-secret') ?? ''), sha256(env.SECRET)])
    if (!crypto.subtle.timingSafeEqual(given, known)) return new Response(null, { status: 401 })
    await env.STORE.getByName(new URL(request.url).pathname).take(await request.text())
    return Response.json({ accepted: true }, { status: 202 })
  },
}`

/** Builds the Worker as for a deploy; gives the folder. */
export function build(config: string, folder: string): string {
  const wrangler = join(PROJECT, 'node_modules/wrangler/bin/wrangler.js')
  execFileSync(process.execPath, [wrangler, 'deploy', '--dry-run', '-c', config, '--outdir', folder], {
    cwd: PROJECT,
    env: { ...process.env, ...QUIET_WRANGLER, WRANGLER_LOG: 'error' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return folder
}

export async function startRuntime(
  bundle: string,
  systems: Systems,
  vars: Readonly<Record<string, string>> = {},
): Promise<Runtime> {
  const [relayPort, barePort] = [await freePort(), await freePort()]
  const before = workerds()
  const relayUrl = `http://127.0.0.1:${relayPort}`
  const own = { compatibilityDate: '2026-10-20' }
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      workers: [
        {
          ...own,
          name: 'relay',
          modules: [{ type: 'ESModule', path: 'index.js', contents: readFileSync(bundle, 'utf8') }],
          d1Databases: { DB: 'bench' },
          durableObjects: {
            TENANT_SYNC: { className: 'TenantSync', useSQLite: true },
            POWEROFFICE_GATE: { className: 'PowerOfficeGate', useSQLite: true },
          },
          ratelimits: { FAILED_LOGINS: { namespace_id: '1001', simple: { limit: 100, period: 60 } } },
          bindings: {
            ...systems.vars,
            ...vars,
            PUBLIC_URL: relayUrl,
            ADMIN_TOKEN: OPERATOR,
            SEALING_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
          },
          unsafeDirectSockets: [{ host: '127.0.0.1', port: relayPort }],
        },
        {
          ...own,
          name: 'bare',
          modules: [{ type: 'ESModule', path: 'bare.js', contents: BARE }],
          durableObjects: { STORE: { className: 'Store', useSQLite: true } },
          bindings: { SECRET: BARE_SECRET },
          unsafeDirectSockets: [{ host: '127.0.0.1', port: barePort }],
        },
      ],
      // Its log is a line for each job: read, and not shown.
      handleStructuredLogs: () => undefined,
    }),
  )
  await miniflare.ready
  const database = await miniflare.getD1Database('DB', 'relay')
  for (const statement of migrations()) await database.prepare(statement).run()
  const ours = workerds().filter((pid) => !before.includes(pid))
  return {
    relayUrl,
    bareUrl: `http://127.0.0.1:${barePort}`,
    memory: () => ours.reduce((sum, pid) => sum + residentMb(pid), 0),
    cpu: () => ours.reduce((sum, pid) => sum + cpuOf(pid).own, 0),
    close: () => miniflare.dispose(),
  }
}

function migrations(): string[] {
  const folder = join(PROJECT, 'migrations')
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('--> statement-breakpoint'))
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}

/** The processes of workerd that this one has started, directly or not. */
const workerds = () => descendantsOf(process.pid).filter((pid) => readProc(pid, 'comm').trim() === 'workerd')

const residentMb = (pid: number) => Number(/VmRSS:\s+(\d+)/.exec(readProc(pid, 'status'))?.[1] ?? 0) / 1024
