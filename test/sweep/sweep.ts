/**
 * `npm run sweep` lets something go wrong once at each call and at each query on the way of an invoice, on all cores;
 * `-- --of undo` and `-- --of undo-200` on that of the undo of a first load.
 * `-- --every 4` takes one blow of four, other ones each day, and `--day 2026-11-29` those of that day;
 * `-- --mishap crash-after` takes one kind of blow, at each call and query; `-- --piece 4` sweeps one piece alone;
 * `-- --blow '{"piece":1,"blow":{"at":7,"call":"late"}}'` plays one and tells its story.
 */
import { parseArgs } from 'node:util'
import type { Blow } from '../platform/weather'
import { shareOf, today } from '../seeds/day'
import { inProcesses, worksForAnother } from '../seeds/processes'
import { blowsOn, PIECES, type Played, play } from './play'
import { LARGE, playUndo, SMALL, SOME } from './undo/play'

/** What is swept. */
const SWEPT = {
  invoices: suite({ pieces: PIECES, play, blowsOn, well: 'it is in the books once' }),
  undo: suite({ pieces: [SMALL], play: playUndo, blowsOn, well: 'it is undone' }),
  'undo-200': suite({
    pieces: [LARGE],
    play: playUndo,
    blowsOn: (counted) => blowsOn(counted, SOME),
    well: 'it is undone',
  }),
}
type Swept = keyof typeof SWEPT

function suite<P>({
  pieces,
  play,
  blowsOn,
  well,
}: {
  pieces: readonly P[]
  play: (piece: P, blow: Blow | null) => Promise<Played>
  blowsOn: (counted: { calls: number; queries: number }) => Blow[]
  well: string
}) {
  return {
    count: pieces.length,
    play: (n: number, blow: Blow | null) => play(pieces[n] as P, blow),
    blowsOn,
    well,
  }
}

interface Task {
  of: Swept
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
  const { fault, calls, queries } = await SWEPT[task.of].play(task.piece, task.blow)
  return { task, fault, calls, queries }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      of: { type: 'string', default: 'invoices' },
      every: { type: 'string', default: '1' },
      day: { type: 'string', default: today() },
      piece: { type: 'string' },
      mishap: { type: 'string' },
      blow: { type: 'string' },
    },
  })
  if (values.blow) return tell(JSON.parse(values.blow))
  const { day } = values
  const of = values.of as Swept
  const every = Number(values.every)
  const startedAt = Date.now()
  const failed: Outcome[] = []
  const hear = (outcome: Outcome) => void (outcome.fault !== null && failed.push(outcome))
  if (every > 1)
    console.log(`blows of ${day}; again with: npm run sweep -- --of ${of} --every ${every} --day ${day}`)
  const fair: Outcome[] = []
  const pieces = values.piece === undefined ? [...Array(SWEPT[of].count).keys()] : [Number(values.piece)]
  for (const piece of pieces) fair.push(await outcomeOf({ of, piece, blow: null }))
  for (const outcome of fair) hear(outcome)
  const isWanted = (blow: Blow) =>
    values.mishap === undefined || ('call' in blow ? blow.call : blow.query) === values.mishap
  const all = fair.flatMap((outcome) =>
    SWEPT[of]
      .blowsOn(outcome)
      .filter(isWanted)
      .map((blow): Task => ({ of, piece: outcome.task.piece, blow })),
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

async function tell({ of = 'invoices', piece, blow }: Task): Promise<void> {
  const { fault, story } = await SWEPT[of].play(piece, blow)
  console.log([...story, '', fault ?? SWEPT[of].well].join('\n'))
  process.exitCode = fault === null ? 0 : 1
}
