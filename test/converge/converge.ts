/**
 * `npm run converge -- --seeds 5000 --from 1` runs that many seeds, on all cores; without `--from` they are today's,
 * and `-- --day 2026-11-29` takes those of another day. `-- --seed 1234` runs one and tells its story.
 */
import { parseArgs } from 'node:util'
import { seedsOf, today } from '../seeds/day'
import { inProcesses, worksForAnother } from '../seeds/processes'
import { KNOWN_RED } from './known-red'
import { type Outcome, reportOf, run, SLICES } from './run'

type Told = Omit<Outcome, 'story'>
interface Task {
  seed: number
  of: string
}

if (!worksForAnother(async ({ seed, of }: Task): Promise<Told> => withoutStory(await run(seed, SLICES[of]))))
  await main()

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string', default: '100' },
      from: { type: 'string' },
      day: { type: 'string', default: today() },
      /** `relations`, `products`, `all`, `own` with fields of an admin's own, `bills` with invoices, or `admin` with one who meddles. */
      of: { type: 'string', default: 'relations' },
    },
  })
  const { of, day } = values
  if (!SLICES[of]) throw new Error(`--of is one of ${Object.keys(SLICES).join(', ')}`)
  if (values.seed !== undefined) return tell(Number(values.seed), of)
  const count = Number(values.seeds)
  if (values.from !== undefined) return runAll(numbersFrom(Number(values.from), count), of)
  console.log(
    `${of}, seeds of ${day}; again with: npm run converge -- --of ${of} --seeds ${count} --day ${day}`,
  )
  const seeds = seedsOf(day, count)
  for (const seed of seeds.filter((one) => KNOWN_RED[one]))
    console.log(`known red: ${seed}, ${KNOWN_RED[seed]}`)
  return runAll(
    seeds.filter((seed) => !KNOWN_RED[seed]),
    of,
  )
}

function numbersFrom(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, n) => from + n)
}

function withoutStory({ story: _, ...told }: Outcome): Told {
  return told
}

async function tell(seed: number, of: string): Promise<void> {
  const { story, faults } = await run(seed, SLICES[of])
  console.log([...story, '', ...(faults.length > 0 ? faults : ['all is in step'])].join('\n'))
  process.exitCode = faults.length > 0 ? 1 : 0
}

async function runAll(seeds: readonly number[], of: string): Promise<void> {
  const startedAt = Date.now()
  const total = { runs: 0, failed: 0, writes: 0, lives: 0 }
  const tasks = seeds.map((seed): Task => ({ seed, of }))
  await inProcesses<Task, Told>(import.meta.url, tasks, (outcome) => {
    total.runs++
    total.writes += outcome.writes
    total.lives += outcome.lives
    if (outcome.faults.length === 0) return
    total.failed++
    console.log(reportOf(of, outcome))
  })
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
  console.log(
    `${total.runs} seeds, ${total.failed} failed, ${total.writes} writes, ${total.lives} lives, ${seconds} s`,
  )
  process.exitCode = total.failed > 0 || total.runs === 0 ? 1 : 0
}
