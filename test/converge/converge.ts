/**
 * `npm run converge -- --seeds 5000 --from 1` runs that many seeds, on all cores; `-- --seed 1234` runs one
 * and tells its story.
 */
import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { reportOf, run, SLICES } from './run'

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    /** Every so manieth seed, for one process of several. */
    step: { type: 'string' },
    /** `relations`, `products` or `all`. */
    of: { type: 'string', default: 'relations' },
  },
})
const last = Number(values.from) + Number(values.seeds) - 1

if (!SLICES[values.of]) throw new Error(`--of is one of ${Object.keys(SLICES).join(', ')}`)
if (values.seed !== undefined) await tell(Number(values.seed))
else if (values.step !== undefined) await runAll(Number(values.from), Number(values.step))
else await share(availableParallelism())

async function tell(seed: number): Promise<void> {
  const { story, faults } = await run(seed, SLICES[values.of])
  console.log([...story, '', ...(faults.length > 0 ? faults : ['all is in step'])].join('\n'))
  process.exitCode = faults.length > 0 ? 1 : 0
}

async function runAll(from: number, step: number): Promise<void> {
  for (let seed = from; seed <= last; seed += step) {
    const { story: _, ...outcome } = await run(seed, SLICES[values.of])
    process.send?.(outcome)
  }
}

async function share(processes: number): Promise<void> {
  const startedAt = Date.now()
  const total = { runs: 0, failed: 0, writes: 0, lives: 0 }
  const ends = Array.from({ length: processes }, (_, n) => {
    const given = [
      '--from',
      String(Number(values.from) + n),
      '--seeds',
      String(last - Number(values.from) - n + 1),
    ]
    const child = fork(fileURLToPath(import.meta.url), [
      ...given,
      '--step',
      String(processes),
      '--of',
      values.of,
    ])
    child.on('message', (outcome: Omit<Awaited<ReturnType<typeof run>>, 'story'>) => {
      total.runs++
      total.writes += outcome.writes
      total.lives += outcome.lives
      if (outcome.faults.length === 0) return
      total.failed++
      console.log(reportOf(values.of, outcome))
    })
    return new Promise<number | null>((resolve) => child.on('exit', resolve))
  })
  const codes = await Promise.all(ends)
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
  console.log(
    `${total.runs} seeds, ${total.failed} failed, ${total.writes} writes, ${total.lives} lives, ${seconds} s`,
  )
  process.exitCode = total.failed > 0 || codes.some((code) => code !== 0) || total.runs === 0 ? 1 : 0
}
