/**
 * `npm run sweep` lets something go wrong once at each call and at each query on the way of an invoice, on all cores.
 * `-- --every 4` takes one blow of four, other ones each day, and `--day 2026-11-29` those of that day;
 * `-- --piece 4` sweeps one piece alone; `-- --blow '{"piece":1,"blow":{"at":7,"call":"late"}}'` plays one and tells its story.
 */
import { parseArgs } from 'node:util'
import type { Blow } from '../platform/weather'
import { shareOf, today } from '../seeds/day'
import { inProcesses, worksForAnother } from '../seeds/processes'
import { blowsOn, PIECES, type Piece, play } from './play'

interface Task {
  /** Which of the pieces. */
  piece: number
  blow: Blow | null
}
interface Outcome {
  task: Task
  fault: string | null
  calls: number
  queries: number
}

if (!worksForAnother(outcomeOf)) await main()

async function outcomeOf(task: Task): Promise<Outcome> {
  const { fault, calls, queries } = await play(PIECES[task.piece] as Piece, task.blow)
  return { task, fault, calls, queries }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      every: { type: 'string', default: '1' },
      day: { type: 'string', default: today() },
      piece: { type: 'string' },
      blow: { type: 'string' },
    },
  })
  if (values.blow) return tell(JSON.parse(values.blow))
  const { day } = values
  const every = Number(values.every)
  const startedAt = Date.now()
  const failed: Outcome[] = []
  const hear = (outcome: Outcome) => void (outcome.fault !== null && failed.push(outcome))
  if (every > 1) console.log(`blows of ${day}; again with: npm run sweep -- --every ${every} --day ${day}`)
  const fair: Outcome[] = []
  const pieces = values.piece === undefined ? [...PIECES.keys()] : [Number(values.piece)]
  for (const piece of pieces) fair.push(await outcomeOf({ piece, blow: null }))
  for (const outcome of fair) hear(outcome)
  const all = fair.flatMap((outcome) =>
    blowsOn(outcome).map((blow): Task => ({ piece: outcome.task.piece, blow })),
  )
  const tasks = shareOf(all, day, every)
  if (failed.length === 0) await inProcesses<Task, Outcome>(import.meta.url, tasks, hear)
  for (const { task, fault } of failed)
    console.log(`${fault}\n  npm run sweep -- --blow '${JSON.stringify(task)}'`)
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
  const ways = fair.map(({ calls, queries }) => `${calls}+${queries}`).join(', ')
  console.log(
    `${tasks.length} of ${all.length} blows (calls and queries on the ways: ${ways}), ${failed.length} failed, ${seconds} s`,
  )
  process.exitCode = failed.length > 0 || tasks.length === 0 ? 1 : 0
}

async function tell({ piece, blow }: Task): Promise<void> {
  const { fault, story } = await play(PIECES[piece] as Piece, blow)
  console.log([...story, '', fault ?? 'it is in the books once'].join('\n'))
  process.exitCode = fault === null ? 0 : 1
}
