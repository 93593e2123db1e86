import { defineConfig } from 'vitest/config'

const PARTS = 'test/**/*.test.ts'
const STORIES = 'test/stories/**/*.test.ts'
const DEMO = 'test/stories/demo.test.ts'

const QUIET_WRANGLER = {
  WRANGLER_SEND_METRICS: 'false',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_LOG: 'error',
}
const story = { testTimeout: 60_000, hookTimeout: 60_000, env: QUIET_WRANGLER }

export default defineConfig({
  test: {
    reporters: ['default', './test/summary-reporter.ts'],
    // Stories mostly wait: three side by side take little more than one.
    maxWorkers: 3,
    projects: [
      { test: { name: 'parts', include: [PARTS], exclude: [STORIES] } },
      { test: { ...story, name: 'stories', include: [STORIES], exclude: [DEMO] } },
      // By itself, after all the others: it shows how long things take.
      { test: { ...story, name: 'demo', include: [DEMO], sequence: { groupOrder: 1 } } },
    ],
  },
})
