import { appendFileSync } from 'node:fs'
import { relative } from 'node:path'
import { afterAll, expect } from 'vitest'
import { descendantsOf, readProc } from '../machine'

/** How long a test file takes, and how much of that processors work for it; in seconds. */
export interface Measured {
  file: string
  isInWorkerd: boolean
  wall: number
  own: number
  /** Of what it started: workerd, a browser. */
  children: number
}

const TICKS_PER_SECOND = 100
const PROJECT = `${import.meta.dirname}/../..`

/** What the processes that this one started have used, and those that they had started and outlived. */
function childrenCpu(): number {
  const ticks = descendantsOf(process.pid).flatMap((pid) => {
    const stat = readProc(pid, 'stat')
    const after = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return after.slice(11, 15).map(Number)
  })
  return ticks.reduce((sum, one) => sum + one, 0) / TICKS_PER_SECOND
}

const at = { wall: performance.now(), own: process.cpuUsage(), children: childrenCpu() }

// The first that is registered is the last that runs.
afterAll(() => {
  const { user, system } = process.cpuUsage(at.own)
  const measured: Measured = {
    file: relative(PROJECT, String(expect.getState().testPath)),
    isInWorkerd: process.env.STORIES === 'workerd',
    wall: (performance.now() - at.wall) / 1000,
    own: (user + system) / 1_000_000,
    children: Math.max(0, childrenCpu() - at.children),
  }
  appendFileSync(String(process.env.PROFILE), `${JSON.stringify(measured)}\n`)
})
