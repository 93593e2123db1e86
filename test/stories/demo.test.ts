import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'

test('the demo shows what it promises, and leaves nothing running', { timeout: 150_000 }, async () => {
  const args = [
    '--disable-warning=ExperimentalWarning',
    '--import',
    './test/typescript.ts',
    'test/demo/demo.ts',
  ]
  const demo = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let shown = ''
  demo.stdout.on('data', (part) => {
    shown += part
  })
  const [code] = await once(demo, 'exit')

  expect(shown).toContain('1,200 customers in Tribe')
  expect(shown).not.toContain('✗')
  expect(code).toBe(0)
  const urls = [...shown.matchAll(/http:\/\/127\.0\.0\.1:\d+/g)].map(([url]) => url)
  expect(urls).toHaveLength(3)
  for (const url of urls) await expect(fetch(url)).rejects.toThrow()
})
