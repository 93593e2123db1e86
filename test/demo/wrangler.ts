/** The Worker as anyone runs it by hand: wrangler's migrations, then `wrangler dev`. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { descendantsOf, freePort, QUIET_WRANGLER } from '../machine'

const PROJECT = join(import.meta.dirname, '../..')
const WRANGLER = join(PROJECT, 'node_modules/wrangler/bin/wrangler.js')
const READY_WITHIN_MS = Number(process.env.PATIENCE_MS ?? 60_000)
const STOPS_WITHIN_MS = 8000

export interface WorkerOptions {
  /** Where D1 and the Durable Objects are kept. */
  stateDir: string
  vars: Readonly<Record<string, string>>
}

/** Resolves with where the Worker listens, as soon as it answers: that is its `PUBLIC_URL`. */
export async function startWorker({ stateDir, vars }: WorkerOptions): Promise<string> {
  const quiet = {
    ...QUIET_WRANGLER,
    CI: 'true',
    WRANGLER_REGISTRY_PATH: `${stateDir}/registry`,
    WRANGLER_LOG_PATH: `${stateDir}/logs`,
  }
  const migrate = start(['d1', 'migrations', 'apply', 'DB', '--local', '--persist-to', stateDir], quiet)
  const [migrated] = await once(migrate.child, 'exit')
  if (migrated !== 0) throw new Error(`wrangler d1 migrations apply failed:\n${migrate.output()}`)

  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const settings = Object.entries({ ...vars, PUBLIC_URL: url }).flatMap(([name, value]) => [
    '--var',
    `${name}:${value}`,
  ])
  const args = ['dev', '--ip', '127.0.0.1', '--port', String(port), '--inspector-port', '0']
  const own = ['--show-interactive-dev-session=false', '--persist-to', stateDir]
  await answers(url, start([...args, ...own, ...settings], quiet))
  return url
}

/** Ends all that was started here, also what is still on its way; nothing starts after that. */
export async function stopWorkers(): Promise<void> {
  isOver = true
  await Promise.all([...running].map(stop))
}

const running = new Set<ChildProcess>()
let isOver = false

interface Started {
  child: ChildProcess
  output(): string
}

function start(args: string[], env: Readonly<Record<string, string>>): Started {
  if (isOver) throw new Error('nothing starts any more')
  const child = spawn(process.execPath, [WRANGLER, ...args], {
    cwd: PROJECT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (part) => {
      printed += part
    })
  return { child, output: () => printed }
}

async function answers(url: string, { child, output }: Started): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  for (;;) {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5000) }).catch(() => null)
    if (answer?.ok) return
    if (!running.has(child)) throw new Error(`wrangler dev ended:\n${output()}`)
    // It would wait for the sources to be mended.
    if (/Build failed/i.test(output())) throw new Error(`wrangler dev cannot build the Worker:\n${output()}`)
    if (Date.now() > deadline) throw new Error(`wrangler dev does not answer:\n${output()}`)
    await sleep(100)
  }
}

/** Ends wrangler by its id, and by theirs whichever of its own processes outlive it. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return
  const family = descendantsOf(child.pid)
  const hasEnded = once(child, 'exit')
  child.kill('SIGTERM')
  await Promise.race([hasEnded, sleep(STOPS_WITHIN_MS, null, { ref: false })])
  for (const pid of [child.pid, ...family]) end(pid)
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
