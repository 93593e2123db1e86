import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { consoleOf } from '../../src/console/app'
import type { Env } from '../../src/env'

/** What becomes of a page that fails, by an API that answers what these tests say. */

const ENV = {
  PUBLIC_URL: 'http://127.0.0.1:8787',
  POWEROFFICE_APPLICATION_KEY: 'application',
  POWEROFFICE_SUBSCRIPTION_KEY: 'subscription',
  ADMIN_TOKEN: 'a-token-of-the-operator-of-this-test',
  SEALING_KEYS: `k1:${btoa('7'.repeat(32))}`,
} as unknown as Env
const HERE = 'http://127.0.0.1:8787'
const NOWHERE = { waitUntil() {}, passThroughOnException() {}, props: {} }

let answers: Record<string, () => Response>
const pages = consoleOf(
  (request) => answers[new URL(request.url).pathname]?.() ?? new Response(null, { status: 404 }),
)
const ask = (path: string, init: RequestInit = {}) =>
  pages.fetch(new Request(`${HERE}${path}`, init), ENV, NOWHERE)
let cookie: string
let lines: string[]

beforeEach(async () => {
  answers = { '/api/me/log-in': () => Response.json({ tenantId: null }) }
  lines = []
  for (const level of ['log', 'error'] as const)
    vi.spyOn(console, level).mockImplementation((line) => lines.push(`${level} ${line}`))
  const answer = await ask('/login', {
    method: 'POST',
    headers: { origin: HERE },
    body: new URLSearchParams({ token: 'a-token' }),
  })
  cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
})
afterEach(() => vi.restoreAllMocks())

test('a bug of ours in a page is answered 500, and its line in the log holds no word of what was on the page', async () => {
  answers['/status'] = () => Response.json({ tenants: 'Ada Nordmann' })
  answers['/api/activity'] = () => Response.json({})
  const { status } = await ask('/tenants', { headers: { cookie } })

  expect(status).toBe(500)
  expect(lines).toEqual([
    expect.stringMatching(
      /^error \{"event":"console","path":"\/tenants","code":"relay\.unexpected","detail":".*TypeError/,
    ),
  ])
  expect(lines.join()).not.toContain('Ada')
})

test('an answer of the API that cannot be read is such a bug, and is not quoted', async () => {
  answers['/status'] = () => new Response('Ada Nordmann')
  const { status } = await ask('/tenants', { headers: { cookie } })

  expect(status).toBe(500)
  expect(lines).toHaveLength(1)
  expect(lines.join()).not.toContain('Ada')
})

test('a body that is no form is the browser’s fault: 400, and nothing in the log', async () => {
  const { status } = await ask('/login', {
    method: 'POST',
    headers: { origin: HERE, 'content-type': 'multipart/form-data' },
    body: 'Ada',
  })

  expect(status).toBe(400)
  expect(lines).toEqual([])
})

test('what the API could not answer is logged by its code, not as a bug of the page', async () => {
  answers['/status'] = () =>
    Response.json({ error: { code: 'relay.database_unavailable', message: 'of Ada' } }, { status: 503 })
  const { status } = await ask('/tenants', { headers: { cookie } })

  expect(status).toBe(503)
  expect(lines).toEqual([
    'log {"event":"console","path":"/tenants","code":"relay.database_unavailable","status":503}',
  ])
})
