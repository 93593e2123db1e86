import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'parts', include: ['test/**/*.test.ts'], exclude: ['test/stories/**'] } },
      {
        test: {
          name: 'stories',
          include: ['test/stories/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          env: {
            WRANGLER_SEND_METRICS: 'false',
            CLOUDFLARE_CF_FETCH_ENABLED: 'false',
            WRANGLER_HIDE_BANNER: 'true',
            WRANGLER_LOG: 'error',
          },
        },
      },
    ],
  },
})
