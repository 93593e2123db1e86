/**
 * `npm run differ -- --against v0.1.0 --seeds 300` lives the same days, seed by seed, with the Worker of a version that
 * was released and with this one, on the simulated platform and between the fakes of today, and compares how both worlds
 * end. What differs is listed in `test/differ/expected.json` with its reason, or the run is red.
 * `--from K` says the first seed, `--seed K` takes one and tells both stories; `--modes draft,book,send` leaves out what
 * an old version did not have yet.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bundle, ownFolder, relayOf } from '../bundle'
import { seedsOf, today } from '../seeds/day'
import { inProcesses, worksForAnother } from '../seeds/processes'
import { between } from './ending'
import { type End, MODES, type Mode, type play } from './play'

interface Task {
  seed: number
  modes: readonly Mode[]
  /** The two versions' files. */
  files: readonly [before: string, now: string]
}

interface Outcome {
  seed: number
  /** What stands in the one world alone, and in the other. */
  before: string[]
  now: string[]
  broke: string | null
  records: number
}

/** A difference that is meant. */
interface Expected {
  against: string
  /** A regular expression: each line that it fits may be there in one world alone. */
  line: string
  why: string
}

if (!worksForAnother(compare)) await main()

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      against: { type: 'string', default: 'v0.1.0' },
      seeds: { type: 'string', default: '20' },
      seed: { type: 'string' },
      from: { type: 'string' },
      day: { type: 'string', default: today() },
      modes: { type: 'string', default: MODES.join(',') },
    },
  })
  const { against, day, from } = values
  const modes = values.modes.split(',') as Mode[]
  const files = [await fileOf('before', relayOf(against)), await fileOf('now')] as const
  if (values.seed !== undefined) return tell({ seed: Number(values.seed), modes, files })
  const count = Number(values.seeds)
  const seeds =
    from === undefined ? seedsOf(day, count) : Array.from({ length: count }, (_, n) => Number(from) + n)
  await runAll(
    against,
    seeds.map((seed) => ({ seed, modes, files })),
  )
}

function fileOf(name: string, relay?: string): Promise<string> {
  const into = join(ownFolder(), name)
  return bundle('test/differ/play.ts', relay === undefined ? { into } : { into, relay })
}

async function endsOf({ seed, modes, files }: Task): Promise<End[]> {
  const ends: End[] = []
  for (const file of files) {
    const { play: live }: { play: typeof play } = await import(file)
    ends.push(await live(seed, modes))
  }
  return ends
}

async function compare(task: Task): Promise<Outcome> {
  const { seed } = task
  try {
    const [before, now] = await endsOf(task)
    const { onlyOne, onlyOther } = between(before?.lines ?? [], now?.lines ?? [])
    return { seed, before: onlyOne, now: onlyOther, broke: null, records: now?.lines.length ?? 0 }
  } catch (thrown) {
    const broke = thrown instanceof Error ? String(thrown.stack) : String(thrown)
    return { seed, before: [], now: [], broke, records: 0 }
  }
}

async function runAll(against: string, tasks: readonly Task[]): Promise<void> {
  const startedAt = Date.now()
  const list: Expected[] = JSON.parse(readFileSync(join(import.meta.dirname, 'expected.json'), 'utf8'))
  const meant = list.filter((one) => one.against === against).map(({ line }) => new RegExp(line))
  const isMeant = (line: string) => meant.some((one) => one.test(line))
  const total = { alike: 0, listed: 0, differ: 0, records: 0 }
  await inProcesses<Task, Outcome>(import.meta.url, tasks, ({ seed, before, now, broke, records }) => {
    total.records += records
    const told = [
      ...(broke ? [`it broke: ${broke}`] : []),
      ...before.filter((line) => !isMeant(line)).map((line) => `${against}: ${line}`),
      ...now.filter((line) => !isMeant(line)).map((line) => `now: ${line}`),
    ]
    if (told.length > 0) total.differ++
    else if (before.length + now.length > 0) total.listed++
    else total.alike++
    if (told.length === 0) return
    console.log(`seed ${seed}: npm run differ -- --against ${against} --seed ${seed}`)
    for (const line of told) console.log(`  ${line}`)
  })
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(0)
  const { alike, listed, differ, records } = total
  console.log(
    `${tasks.length} seeds against ${against}: ${alike} end alike, ${listed} differ as is listed, ${differ} differ; ${records} records and problems compared, ${seconds} s`,
  )
  process.exitCode = differ > 0 || tasks.length === 0 ? 1 : 0
}

async function tell(task: Task): Promise<void> {
  const [before, now] = await endsOf(task)
  for (const end of [before, now])
    console.log([...(end?.story ?? []), '', ...(end?.lines ?? []), ''].join('\n'))
  const { onlyOne, onlyOther } = between(before?.lines ?? [], now?.lines ?? [])
  const told = [...onlyOne.map((line) => `- ${line}`), ...onlyOther.map((line) => `+ ${line}`)]
  console.log(told.length > 0 ? told.join('\n') : 'both end alike')
  process.exitCode = told.length > 0 ? 1 : 0
}
