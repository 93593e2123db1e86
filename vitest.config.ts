import { defineConfig } from 'vitest/config'
import { QUIET_WRANGLER } from './test/machine'

const PARTS = 'test/**/*.test.ts'
const STORIES = 'test/stories/**/*.test.ts'
const DEMO = 'test/stories/demo.test.ts'

// Some parts run the whole Worker in plain Node (`test/platform`).
const inNode = {
  resolve: { alias: { 'cloudflare:workers': `${import.meta.dirname}/test/platform/workers.ts` } },
}
// Written for bundlers: its imports have no ending.
const inlined = { server: { deps: { inline: ['itty-durable'] } } }
const story = {
  testTimeout: 120_000,
  hookTimeout: 120_000,
  env: { ...QUIET_WRANGLER, WRANGLER_LOG: 'error' },
}

export default defineConfig({
  test: {
    reporters: ['default', './test/summary-reporter.ts'],
    // Stories mostly wait: three side by side take little more than one.
    maxWorkers: 3,
    projects: [
      {
        ...inNode,
        test: {
          name: 'parts',
          include: [PARTS],
          exclude: [STORIES],
          // Nothing here waits: what is slow is the machine.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          ...inlined,
        },
      },
      { ...inNode, test: { ...story, ...inlined, name: 'stories', include: [STORIES], exclude: [DEMO] } },
      // By itself, after all the others: it shows how long things take.
      { test: { ...story, name: 'demo', include: [DEMO], sequence: { groupOrder: 1 } } },
    ],
  },
})
