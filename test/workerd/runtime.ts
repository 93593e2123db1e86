import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { QUIET_WRANGLER } from '../machine'

const PROJECT = join(import.meta.dirname, '../..')
const BUNDLE = join(PROJECT, 'dist/index.js')
const NAME = 'relay'

/** A Worker around the built one (`./around`): it counts, or copies what leaves it. */
export type Around = 'counted' | 'mail'

export interface RuntimeGiven {
  vars: Readonly<Record<string, string>>
  around?: Around | undefined
}

/** The bundle that `npm run build` makes, made anew when the source has changed since: a single story can be run at any time. */
export function bundle(): string {
  const built = statSync(BUNDLE, { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (built < Math.max(...['src', 'wrangler.toml'].map(newest)))
    execFileSync(process.execPath, [join(PROJECT, 'node_modules/wrangler/bin/wrangler.js'), ...BUILD], {
      cwd: PROJECT,
      env: { ...process.env, ...QUIET_WRANGLER, WRANGLER_LOG: 'error' },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  return readFileSync(BUNDLE, 'utf8')
}
const BUILD = ['deploy', '--dry-run', '--outdir', 'dist']

function newest(path: string): number {
  const about = statSync(join(PROJECT, path))
  if (!about.isDirectory()) return about.mtimeMs
  const files = readdirSync(join(PROJECT, path), { recursive: true, withFileTypes: true })
  return Math.max(
    ...files.filter((one) => one.isFile()).map((one) => statSync(join(one.parentPath, one.name)).mtimeMs),
  )
}

/** The built bundle in workerd, with the storage of its objects and its D1 in a folder that goes with it. */
export async function startRuntime({ vars, around }: RuntimeGiven) {
  const modules = [
    ...(around ? [{ type: 'ESModule' as const, path: 'around.js', contents: sourceAround(around) }] : []),
    { type: 'ESModule' as const, path: 'index.js', contents: bundle() },
  ]
  let lines: string[] = []
  const optionsWith = (bindings: Readonly<Record<string, string>>) =>
    convertV4MiniflareOptions({
      name: NAME,
      modules,
      compatibilityDate: '2026-10-20',
      d1Databases: { DB: NAME },
      durableObjects: {
        TENANT_SYNC: { className: 'TenantSync', useSQLite: true },
        POWEROFFICE_GATE: { className: 'PowerOfficeGate', useSQLite: true },
      },
      ratelimits: { FAILED_LOGINS: { namespace_id: '1001', simple: { limit: 100, period: 60 } } },
      ...(around === 'mail' ? { email: { send_email: [{ name: 'SEND_EMAIL' }] } } : {}),
      bindings: { ...bindings },
      unsafeInspectDurableObjects: true,
      handleStructuredLogs: ({ message }) => lines.push(message),
    })
  let current = vars
  const miniflare = new Miniflare(optionsWith(current))
  await miniflare.ready
  const database = () => miniflare.getD1Database('DB')
  const empty = await database()
  await empty.batch(migrations().map((statement) => empty.prepare(statement)))
  return {
    fetch: (request: Request): Promise<Response> =>
      miniflare.dispatchFetch(request.url, request as never) as never,
    database,
    storageOf: (name: string) => miniflare.unsafeGetDurableObjectStorage(NAME, 'TenantSync', { name }),
    async tick(cron: string, scheduledTime: Date): Promise<void> {
      const worker = await miniflare.getWorker()
      await worker.scheduled({ cron, scheduledTime })
    },
    lines: () => lines,
    clearLines() {
      lines = []
    },
    async restart(changed: Readonly<Record<string, string>>): Promise<void> {
      current = { ...current, ...changed }
      await miniflare.setOptions(optionsWith(current))
    },
    close: () => miniflare.dispose(),
  }
}

/** Its source, as it stands around the bundle. */
const sourceAround = (around: Around) =>
  stripTypeScriptTypes(readFileSync(join(import.meta.dirname, 'around', `${around}.ts`), 'utf8')).replaceAll(
    "'../../../src/index'",
    "'./index.js'",
  )

function migrations(): string[] {
  const folder = join(PROJECT, 'migrations')
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('--> statement-breakpoint'))
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}
