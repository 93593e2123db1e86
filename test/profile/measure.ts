import { appendFileSync } from 'node:fs'
import { relative } from 'node:path'
import { afterAll, beforeEach, expect } from 'vitest'
import { cpuOf, descendantsOf } from '../machine'

/** How long a test file takes, and how much of that processors work for it; in seconds. */
export interface Measured {
  file: string
  isInWorkerd: boolean
  wall: number
  /** Until its first test: what it imports, and what it starts, such as workerd. */
  start: number
  own: number
  /** Of what it started: workerd, a browser, other processes. */
  children: number
}

const PROJECT = `${import.meta.dirname}/../..`

/** What the processes that this one started have used, whether they have ended or not. */
const childrenCpu = () =>
  descendantsOf(process.pid)
    .map(cpuOf)
    .reduce((sum, { own, ended }) => sum + own + ended, cpuOf(process.pid).ended)

const at = { wall: performance.now(), own: process.cpuUsage(), children: childrenCpu() }
const secondsSince = (moment: number) => (performance.now() - moment) / 1000
let start: number | null = null

beforeEach(() => {
  start ??= secondsSince(at.wall)
})

// The first that is registered is the last that runs.
afterAll(() => {
  const { user, system } = process.cpuUsage(at.own)
  const measured: Measured = {
    file: relative(PROJECT, String(expect.getState().testPath)),
    isInWorkerd: process.env.STORIES === 'workerd',
    wall: secondsSince(at.wall),
    start: start ?? 0,
    own: (user + system) / 1_000_000,
    children: Math.max(0, childrenCpu() - at.children),
  }
  appendFileSync(String(process.env.PROFILE), `${JSON.stringify(measured)}\n`)
})
