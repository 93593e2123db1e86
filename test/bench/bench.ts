/**
 * Measures the relay on this machine and writes `BENCHMARKS.md`. With `--quick` it only goes through all of it
 * once, in small, and writes nothing. Not a test: what it gives depends on the machine and what else runs there.
 * A goal that is missed makes it end with 1.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { cpus, loadavg, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { startSystems } from '../demo/systems'
import { build, startRuntime } from './runtime'
import * as scenes from './scenes'
import { type Row, tableOf } from './table'

const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const SIZE: scenes.Size = options.quick
  ? { rounds: 1, roundMs: 300, events: 6, records: 40 }
  : { rounds: 9, roundMs: 2000, events: 60, records: 500 }
const HERE = import.meta.dirname

async function measured(config: string, run: (world: Parameters<typeof scenes.intake>[0]) => Promise<Row[]>) {
  const folder = await mkdtemp(join(tmpdir(), 'relay-bench-'))
  const systems = await startSystems({ customers: 0 })
  try {
    build(config, folder)
    const entry = join(folder, config === 'wrangler.toml' ? 'index.js' : 'worker.js')
    const runtime = await startRuntime(entry, systems)
    try {
      const rows = await run({ systems, runtime })
      const wrong = [...systems.tribe.violations, ...systems.powerOffice.violations]
      if (wrong.length > 0) throw new Error(`the relay did what it never should: ${wrong.join('; ')}`)
      return config === 'wrangler.toml' ? [...rows, ...(await sizeOf(entry))] : rows
    } finally {
      await runtime.close()
    }
  } finally {
    systems.tribe.stopDeliveries()
    await systems.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function sizeOf(bundle: string): Promise<Row[]> {
  const text = await readFile(bundle)
  return [
    {
      what: 'The bundle, compressed as Cloudflare counts it',
      value: `${(gzipSync(text).length / 1024).toFixed(0)} KiB (${(text.length / 1024).toFixed(0)} KiB)`,
      goal: 'limit: 10 MB',
    },
  ]
}

const show = (rows: Row[]) => {
  for (const { what, value, goal } of rows) console.log(`${what}: ${value}${goal ? ` (${goal})` : ''}`)
  return rows
}
const ms = (value: number) => `${value.toFixed(1)} ms`
const times = (value: number) => `${value.toFixed(2)} ×`

const loadBefore = loadavg()[0] ?? 0
const main = await measured('wrangler.toml', async (world) => {
  const rows: Row[] = []
  const add = (...more: Row[]) => rows.push(...show(more))
  const calm = world.runtime.memory()

  const { perSecond, p50, p95, refused } = await scenes.intake(world, SIZE)
  if (refused > 0) throw new Error(`${refused} events were refused`)
  add(
    {
      what: 'Webhook intake of paused tenants (stored, not worked off), against a bare Worker: events a second',
      value: `${times(perSecond.ratio)} (${perSecond.relay.toFixed(0)} and ${perSecond.bare.toFixed(0)})`,
      goal: '≥ 0.70 ×',
      isMet: perSecond.ratio >= 0.7,
    },
    {
      what: 'The same: half of them answered within',
      value: `${times(p50.ratio)} (${ms(p50.relay)} and ${ms(p50.bare)})`,
      goal: '≤ 1.50 ×',
      isMet: p50.ratio <= 1.5,
    },
    {
      what: 'The same: 95 % within',
      value: `${times(p95.ratio)} (${ms(p95.relay)} and ${ms(p95.bare)})`,
      goal: '',
    },
  )

  const rest = await scenes.atRest(world, SIZE)
  if (rest.doubled !== 0) throw new Error(`${rest.doubled} customers more than events`)
  add(
    {
      what: "From a webhook to PowerOffice's request, at rest, p50",
      value: ms(rest.p50),
      goal: '≤ 25 ms',
      isMet: rest.p50 <= 25,
    },
    { what: 'The same, p95', value: ms(rest.p95), goal: '≤ 60 ms', isMet: rest.p95 <= 60 },
    { what: 'From a webhook to its answer, at rest, p50', value: ms(rest.toAnswer), goal: '' },
  )

  const refusedForAWhile = await scenes.tooManyRequests(world)
  if (refusedForAWhile.struck === 0) throw new Error('nothing was refused')
  add({
    what: 'PowerOffice says 429 for 5 s, 50 events under way: lost, doubled',
    value: `${refusedForAWhile.lost}, ${refusedForAWhile.doubled} (all done after ${refusedForAWhile.seconds.toFixed(1)} s)`,
    goal: '0, 0',
    isMet: refusedForAWhile.lost + refusedForAWhile.doubled === 0,
  })
  const lost = await scenes.lostAnswers(world)
  if (lost.struck !== scenes.UNDER_WAY) throw new Error(`only ${lost.struck} answers were lost`)
  add({
    what: `The answer to ${lost.struck} of 50 creates is lost: lost, doubled`,
    value: `${lost.lost}, ${lost.doubled} (all done after ${lost.seconds.toFixed(1)} s)`,
    goal: '0, 0',
    isMet: lost.lost + lost.doubled === 0,
  })

  const load = await scenes.firstLoad(world, SIZE)
  add(
    {
      what: `First load of ${load.records} customers, against the least that the calls take (Tribe ${load.latencyMs} ms, four at a time; PowerOffice 10 a second)`,
      value: `${times(load.ratio)} (${load.seconds.toFixed(1)} s and ${load.least.toFixed(1)} s; ${load.toTribe} calls to Tribe, ${load.toPowerOffice} to PowerOffice)`,
      goal: '≤ 1.25 ×',
      isMet: load.ratio <= 1.25,
    },
    {
      what: 'Memory of workerd with both Workers: at first, and after all of this',
      value: `${calm.toFixed(0)} MB, ${world.runtime.memory().toFixed(0)} MB`,
      goal: 'the limit of 128 MB is for one Worker; `npm run big` enforces it',
    },
  )
  return rows
})
const rowsOfD1 = await measured('test/bench/counted/wrangler.toml', async (world) => {
  const { load, poll, push } = await scenes.rowsOfD1(world, SIZE)
  const told = ({ read, written, statements }: typeof load) =>
    `${read.toFixed(1)} read, ${written.toFixed(1)} written, ${statements.toFixed(2)} statements`
  return show([
    { what: 'D1, for each record of a first load', value: told(load), goal: '' },
    { what: 'D1, for a poll of relations without news', value: told(poll), goal: '' },
    { what: 'D1, for a new customer in Tribe', value: told(push), goal: '' },
  ])
})

if (!options.quick) {
  const machine = {
    processor: `${cpus().length} × ${cpus()[0]?.model.trim()}`,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    loads: [loadBefore, loadavg()[0] ?? 0],
    at: new Date(),
  }
  await writeFile(join(HERE, 'BENCHMARKS.md'), tableOf([...main, ...rowsOfD1], machine))
  const missed = main.filter(({ isMet }) => isMet === false)
  if (missed.length > 0) {
    console.error(`Goals missed: ${missed.map(({ what, value }) => `${what}: ${value}`).join('; ')}`)
    process.exitCode = 1
  }
}
