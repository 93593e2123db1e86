import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'

const NODE = ['--import', 'tsx']

test('the demo shows what it promises, and leaves nothing running', async () => {
  const args = [...NODE, 'test/demo/demo.ts']
  // Other tests run beside it.
  const env = { ...process.env, PATIENCE_MS: '250000' }
  const demo = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env })
  let shown = ''
  demo.stdout.on('data', (part) => {
    shown += part
  })
  const [code] = await once(demo, 'close')

  expect(shown).not.toContain('✗')
  expect(code).toBe(0)
  expect(shown).toContain('1,200 customers in Tribe')
  expect(shown).toContain('Paid in Tribe')
  const urls = [...shown.matchAll(/http:\/\/127\.0\.0\.1:\d+/g)].map(([url]) => url)
  expect(urls).toHaveLength(3)
  for (const url of urls) await expect(fetch(url)).rejects.toThrow()
})
