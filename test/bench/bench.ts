/**
 * Measures the relay on this machine and writes `BENCHMARKS.md`, in a quarter of an hour. With `--quick` it only goes
 * through all of it once, in small, and writes nothing; `--only intake` measures a part, and writes nothing either. Not
 * a test: what it gives depends on the machine and what else runs there. A goal that is missed makes it end with 1.
 */
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { startSystems } from '../demo/systems'
import { pushesInCrowds } from './crowds'
import { onActiveTenants, onPausedTenants } from './intake'
import { build, startRuntime } from './runtime'
import {
  atRest,
  firstLoad,
  firstLoadAtWindow,
  lostAnswers,
  rowsOfD1,
  type Size,
  tooManyRequests,
  type World,
} from './scenes'
import { type Row, tableOf } from './table'

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
})
const SIZE: Size = options.quick
  ? { rounds: 1, roundMs: 300, events: 10, records: 40, windowed: 100, pushes: 2 }
  : { rounds: 11, roundMs: 2000, events: 60, records: 500, windowed: 2000, pushes: 8 }

/** What Tribe allows; without it, calls to Tribe cost nothing but their time. */
const LIMITED = { TRIBE_REQUESTS_PER_MINUTE: '1000' }

type Scene = (world: World, size: Size) => Promise<Row[]>
/** Each part has a workerd of its own, so that none is slowed by what another has left. */
const PARTS: Readonly<
  Record<string, { config?: string; vars?: Record<string, string>; scenes: readonly Scene[] }>
> = {
  intake: { scenes: [onPausedTenants] },
  'intake-active': { vars: LIMITED, scenes: [onActiveTenants] },
  rest: { scenes: [atRest] },
  trouble: { scenes: [tooManyRequests, lostAnswers] },
  load: { scenes: [firstLoad, memoryOf] },
  window: { vars: LIMITED, scenes: [firstLoadAtWindow] },
  crowds: { vars: LIMITED, scenes: [pushesInCrowds] },
  rows: { config: 'test/bench/counted/wrangler.toml', scenes: [rowsOfD1] },
}

async function memoryOf({ runtime }: World): Promise<Row[]> {
  return [
    {
      what: 'Memory of workerd with both Workers, after that load',
      value: `${runtime.memory().toFixed(0)} MB`,
      goal: 'the limit of 128 MB is for one Worker; `npm run big` enforces it',
    },
  ]
}

async function measured(name: string, bundles: Map<string, string>): Promise<Row[]> {
  const { config = 'wrangler.toml', vars = {}, scenes } = PARTS[name] ?? { scenes: [] }
  const systems = await startSystems({ customers: 0 })
  try {
    const runtime = await startRuntime(await bundleOf(config, bundles), systems, vars)
    try {
      const rows: Row[] = []
      for (const scene of scenes) rows.push(...show(await scene({ systems, runtime }, SIZE)))
      const wrong = [...systems.tribe.violations, ...systems.powerOffice.violations]
      if (wrong.length > 0) throw new Error(`the relay did what it never should: ${wrong.join('; ')}`)
      return rows
    } finally {
      await runtime.close()
    }
  } finally {
    systems.tribe.stopDeliveries()
    await systems.close()
  }
}

async function bundleOf(config: string, bundles: Map<string, string>): Promise<string> {
  const known = bundles.get(config)
  if (known) return known
  const folder = build(config, await mkdtemp(join(tmpdir(), 'relay-bench-')))
  const entry = join(folder, config === 'wrangler.toml' ? 'index.js' : 'worker.js')
  bundles.set(config, entry)
  return entry
}

async function sizeOf(bundle: string): Promise<Row[]> {
  const text = await readFile(bundle)
  return show([
    {
      what: 'The bundle, compressed as Cloudflare counts it',
      value: `${(gzipSync(text).length / 1024).toFixed(0)} KiB (${(text.length / 1024).toFixed(0)} KiB)`,
      goal: 'limit: 10 MB',
    },
  ])
}

function show(rows: Row[]): Row[] {
  for (const { what, value, goal, isMet } of rows)
    console.log(`${what}: ${value}${goal ? ` (${goal}${isMet === false ? ', MISSED' : ''})` : ''}`)
  return rows
}

/** Which share of the processors others use, of two seconds in which this process does nothing. */
async function busyShare(): Promise<number> {
  const read = () => {
    const all = cpus().map(({ times }) => times)
    const idle = all.reduce((sum, times) => sum + times.idle, 0)
    return { idle, total: all.reduce((sum, one) => sum + Object.values(one).reduce((a, b) => a + b, 0), 0) }
  }
  const before = read()
  await new Promise((resolve) => setTimeout(resolve, 2000))
  const after = read()
  return 1 - (after.idle - before.idle) / (after.total - before.total)
}

/** How long the disk takes to keep four kilobytes for sure, in milliseconds, the shortest first. */
async function syncs(): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'relay-bench-'))
  const file = await open(join(folder, 'synced'), 'w')
  const times: number[] = []
  for (let n = 0; n < 200; n++) {
    await file.write(Buffer.alloc(4096))
    const sentAt = performance.now()
    await file.sync()
    times.push(performance.now() - sentAt)
  }
  await file.close()
  await rm(folder, { recursive: true })
  return times.sort((a, b) => a - b)
}

const begun = performance.now()
const bundles = new Map<string, string>()
const rows: Row[] = []
const busy = [await busyShare()]
try {
  const names = options.only === undefined ? Object.keys(PARTS) : options.only.split(',')
  for (const name of names) rows.push(...(await measured(name, bundles)))
  if (options.only === undefined) rows.push(...(await sizeOf(await bundleOf('wrangler.toml', bundles))))
} finally {
  for (const bundle of bundles.values()) await rm(join(bundle, '..'), { recursive: true, force: true })
}
busy.push(await busyShare())
const minutes = (performance.now() - begun) / 60_000
console.log(`${minutes.toFixed(1)} minutes`)

if (!options.quick && options.only === undefined) {
  const machine = {
    processor: `${cpus().length} × ${cpus()[0]?.model.trim()}`,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    syncs: await syncs(),
    busy,
    at: new Date(),
    minutes,
  }
  await writeFile(join(import.meta.dirname, 'BENCHMARKS.md'), tableOf(rows, machine))
}
const missed = rows.filter(({ isMet }) => isMet === false)
if (!options.quick && missed.length > 0) {
  console.error(`Goals missed: ${missed.map(({ what, value }) => `${what}: ${value}`).join('; ')}`)
  process.exitCode = 1
}
