import { defineConfig } from 'vitest/config'
import { QUIET_WRANGLER } from './test/machine.ts'
import { dayOfCommit } from './test/seeds/day.ts'
import Sequence from './test/sequence.ts'
import { textImports } from './test/text-imports.ts'

const PARTS = 'test/**/*.test.ts'
const STORIES = 'test/stories/**/*.test.ts'
const WORKERD = 'test/workerd/**/*.test.ts'
const DEMO = 'test/workerd/demo.test.ts'
/** Stories that are told a second time, in workerd: what they show hangs on the runtime. */
const TOLD_TWICE = ['every-feature', 'faults', 'settings', 'trouble'].map(
  (name) => `test/stories/${name}.test.ts`,
)

/**
 * Stories in which hours pass, or a thousand things at once: they are told in the simulation only, where that takes no time.
 * So is `front-door`: Node's client in front of workerd fails when an answer comes before the body has left.
 */
const LEAPING = [
  ...[
    'asked-directly',
    'assistants',
    'attacks',
    'audit',
    'consent-attacks',
    'consent-poweroffice',
    'console-dry-run',
    'console-pages',
  ],
  ...[
    'console-undo',
    'crowds',
    'dimensions',
    'drifts',
    'dry-run',
    'echoes',
    'events',
    'front-door',
    'load-at-window',
    'pictures',
    'tribe-window',
    'undo',
  ],
].map((name) => `test/stories/${name}.test.ts`)
const notToldHere = process.env.STORIES === 'workerd' ? LEAPING : []

const plugins = [textImports]
// Some parts run the whole Worker in plain Node (`test/platform`).
const inNode = {
  plugins,
  resolve: { alias: { 'cloudflare:workers': `${import.meta.dirname}/test/platform/workers.ts` } },
}
// `npm run profile` measures each file.
const measured = process.env.PROFILE ? { setupFiles: ['test/profile/measure.ts'] } : {}
/** Which seeds and blows a run takes; `npm run soak` takes all of them. */
if (process.env.DAY === undefined) {
  const day = dayOfCommit(import.meta.dirname)
  console.log(`Seeds of ${day}, the day of the last commit. DAY=${day} takes the same ones again.`)
  // This file is read once for each project.
  process.env.DAY = day
}
const env = { DAY: process.env.DAY }
// Nothing here waits: what is slow is the machine.
const patient = { ...measured, testTimeout: 300_000, hookTimeout: 300_000 }
// Written for bundlers: its imports have no ending.
const inlined = { server: { deps: { inline: ['itty-durable'] } } }
const inWorkerd = {
  ...measured,
  testTimeout: 300_000,
  hookTimeout: 300_000,
  env: { ...QUIET_WRANGLER, WRANGLER_LOG: 'error', STORIES: 'workerd' },
}

export default defineConfig({
  test: {
    reporters: ['default', './test/summary-reporter.ts'],
    // Those in workerd mostly wait: three side by side take little more than one.
    maxWorkers: 3,
    sequence: { sequencer: Sequence },
    projects: [
      {
        ...inNode,
        test: {
          ...{ ...patient, ...inlined, env, name: 'parts', isolate: false },
          include: [PARTS],
          exclude: [STORIES, WORKERD],
        },
      },
      {
        ...inNode,
        test: {
          ...patient,
          ...inlined,
          name: 'stories',
          include: [STORIES],
          exclude: notToldHere,
          isolate: false,
        },
      },
      {
        plugins,
        test: {
          ...{ ...inWorkerd, name: 'workerd', isolate: false },
          include: [WORKERD, ...TOLD_TWICE],
          exclude: [DEMO],
        },
      },
      { test: { ...inWorkerd, name: 'demo', include: [DEMO] } },
      // By itself, after all the others: ten calls a second are counted where they arrive, and a process of the fakes that
      // others have stalled takes two seconds' calls for one's.
      {
        test: {
          ...inWorkerd,
          name: 'gate',
          include: ['test/stories/gate.test.ts'],
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
