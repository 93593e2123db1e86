import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'

/** Given to a script that is to work for another process of the same script. */
const WORKER = '--worker'

/** True in a process that `inProcesses` has begun, which then works off what it is sent. */
export function worksForAnother<Task, Outcome>(work: (task: Task) => Promise<Outcome>): boolean {
  if (!process.argv.includes(WORKER)) return false
  process.on('message', (task) => void work(task as Task).then((outcome) => process.send?.(outcome)))
  process.send?.(null)
  return true
}

/**
 * Lets a process on each core, which runs this same script, work these off: each takes the next one as soon as it
 * has done the last. Throws when a process ends before its time.
 */
export async function inProcesses<Task, Outcome>(
  script: string,
  tasks: readonly Task[],
  heard: (outcome: Outcome) => void,
): Promise<void> {
  const left = [...tasks]
  const count = Math.min(availableParallelism(), tasks.length)
  await Promise.all(
    Array.from({ length: count }, async () => {
      // Whose code threw is told by the names of the sources, there as here.
      const execArgv = [...process.execArgv, '--enable-source-maps']
      const child = fork(fileURLToPath(script), [WORKER], { execArgv })
      child.on('message', (outcome) => {
        if (outcome !== null) heard(outcome as Outcome)
        const task = left.shift()
        if (task === undefined) child.disconnect()
        else child.send(task as object)
      })
      const code = await new Promise((resolve) => child.on('exit', resolve))
      if (code !== 0) throw new Error(`a process ended with ${code}`)
    }),
  )
  if (left.length > 0) throw new Error(`${left.length} were never begun`)
}
