import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Relay, Tenant } from './relay'
import { OPERATOR, startRelay } from './relay'

/** Every route that the running relay describes, tried by those who may not: a new one cannot be forgotten. */

let relay: Relay
let acme: Tenant
let other: Tenant
let routes: Route[] = []

interface Route {
  method: string
  path: string
  /** Which tokens reach it; nobody's for what is open to anybody. */
  holders: string[]
}

beforeAll(async () => {
  relay = await startRelay()
  acme = await relay.tenant({ activate: false })
  other = await relay.tenant({ activate: false })
  const { body } = await relay.call(null, 'GET', '/openapi.json')
  const described: [string, Record<string, { security?: Record<string, unknown>[] }>][] = Object.entries(
    body.paths,
  )
  routes = described.flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security = [] }]) => ({
      method: method.toUpperCase(),
      path,
      holders: security.flatMap((one) => Object.keys(one)).sort(),
    })),
  )
})
afterAll(() => relay.close())

let asked = 0
/** Each time from another address: what is counted by address is another story's. */
async function ask({ method, path }: Route, authorization: string | null, id = acme.id): Promise<string> {
  const address = { 'cf-connecting-ip': `203.0.113.${++asked % 250}` }
  const headers = { ...address, ...(authorization === null ? {} : { authorization }) }
  const filled = path.replace(/\{(id|tenantId)\}/, id).replace(/\{(jobId|eventId)\}/, '1')
  const answer = await relay.fetch(filled, { method, headers })
  const text = await answer.text()
  return `${answer.status} ${text.startsWith('{"error"') ? JSON.parse(text).error.code : ''}`.trim()
}
const of = (holder: string) => routes.filter(({ holders }) => holders.includes(holder))
const outcomes = async (some: Route[], authorization: string | null, id?: string) => {
  const found: Record<string, string> = {}
  for (const route of some) found[`${route.method} ${route.path}`] = await ask(route, authorization, id)
  return found
}
const all = (some: Route[], outcome: string) =>
  Object.fromEntries(some.map(({ method, path }) => [`${method} ${path}`, outcome]))

test('who may is said of each route; open to anybody are these alone', () => {
  const named = (holders: string[]) =>
    routes
      .filter((route) => route.holders.join() === holders.join())
      .map(({ method, path }) => `${method} ${path}`)
  expect(named([])).toEqual([
    'GET /',
    'GET /health',
    'GET /oauth/tribe/callback',
    'GET /oauth/poweroffice/callback',
  ])
  expect(named(['tribe'])).toEqual(['POST /webhooks/tribe/{tenantId}'])
  const kinds = new Set(routes.map(({ holders }) => holders.join()))
  expect(kinds).toEqual(new Set(['', 'operator', 'operator,tenant', 'tribe']))
  expect(of('tenant').length).toBeGreaterThan(30)
})

test.each([
  ['without a token', () => null],
  ['with rubbish', () => 'Bearer rubbish'],
  ['with rubbish of a token’s length', () => `Bearer ${'x'.repeat(43)}`],
  ['with the hash of a token, as it is stored', () => `Bearer ${'0'.repeat(64)}`],
  ['with a right token, said in another way', () => `Basic ${acme.token}`],
])('%s nothing is answered but 401', async (_, authorization) => {
  const closed = of('operator')
  expect(await outcomes(closed, authorization())).toEqual(all(closed, '401 request.unauthorized'))
})

test("with another tenant's token, each tenant is as if it did not exist", async () => {
  const routes = of('tenant').filter(({ path }) => path.includes('{id}'))
  const unknown = all(routes, '404 tenant.unknown')
  expect(await outcomes(routes, `Bearer ${other.token}`)).toEqual(unknown)
  expect(await outcomes(routes, `Bearer ${acme.token}`, '00000000-0000-4000-8000-000000000000')).toEqual(
    unknown,
  )
})

test("what is the operator's is not a tenant's", async () => {
  const routes = of('operator').filter(({ holders }) => !holders.includes('tenant'))
  expect(routes.length).toBeGreaterThan(2)
  expect(await outcomes(routes, `Bearer ${acme.token}`)).toEqual(all(routes, '401 request.unauthorized'))
})

test('a delivery that is not from Tribe is refused, whatever token comes with it', async () => {
  const routes = of('tribe')
  expect(await outcomes(routes, `Bearer ${acme.token}`)).toEqual(all(routes, '401 webhook.not_from_tribe'))
})

test('each answer says that nothing is guessed from its bytes, and what may be a tenant’s is kept nowhere', async () => {
  const open = ['/', '/health', '/openapi.json', '/docs', '/console/style.css', '/console/live.js']
  const paths = [
    ...routes.map(({ method, path }) => [method, path] as const),
    ...[...open, '/console', '/console/login', '/nowhere', '/api/nowhere'].map(
      (path) => ['GET', path] as const,
    ),
    ...['/console/login', '/console/tenants', '/api/me'].map((path) => ['DELETE', path] as const),
  ]
  for (const authorization of [null, `Bearer ${acme.token}`, `Bearer ${OPERATOR}`])
    for (const [method, path] of paths) {
      // Whoever may would change something.
      if (authorization && method !== 'GET') continue
      const filled = path.replace(/\{(id|tenantId)\}/, acme.id).replace(/\{\w+\}/, '1')
      const headers = {
        'cf-connecting-ip': `203.0.113.${++asked % 250}`,
        ...(authorization ? { authorization } : {}),
      }
      const answer = await relay.fetch(filled, { method, headers })
      const what = `${method} ${path} ${answer.status}`
      expect([what, answer.headers.get('x-content-type-options')]).toEqual([what, 'nosniff'])
      if (!open.includes(path) && path !== '/nowhere')
        expect([what, answer.headers.get('cache-control')]).toEqual([what, 'no-store'])
    }
})

const QUERY =
  'kind=customer&powerOfficeId=1&values=true&q=x&entryId=1&records=customer::1&record=customer&tribeField=Name&powerOfficeField=Name&direction=both'

test('a company that is not connected yet meets no fault of the relay’s own, whatever is asked for it', async () => {
  const { body: bare } = await relay.operator('POST', '/api/tenants', { name: 'Ny AS' })
  const { body: described } = await relay.call(null, 'GET', '/openapi.json')
  for (const { method, path } of of('tenant').filter((route) => route.method !== 'DELETE')) {
    const operation = described.paths[path][method.toLowerCase()]
    const example = operation.requestBody?.content['application/json'].example
    const records = path.endsWith('/fields/try') ? QUERY.replace('customer::1', ':1') : QUERY
    const filled = path.replace('{id}', bare.id).replace(/\{\w+\}/, '1')
    const { status } = await relay.operator(method, `${filled}?${records}`, example)
    expect([method, path, status < 500]).toEqual([method, path, true])
  }
})

test('a body that is too large is refused with the same headers', async () => {
  const body = 'x'.repeat(1024 * 1024 + 1)
  const takers = routes.filter(({ method }) => method !== 'GET' && method !== 'DELETE')
  const paths = [
    ...takers.map(({ method, path }) => [method, path] as const),
    ['POST', '/console/login'] as const,
  ]
  for (const [method, path] of paths) {
    const filled = path.replace(/\{(id|tenantId)\}/, acme.id).replace(/\{\w+\}/, '1')
    const headers = { 'cf-connecting-ip': `203.0.113.${++asked % 250}`, authorization: `Bearer ${OPERATOR}` }
    const answer = await relay.fetch(filled, { method, headers, body })
    const told = ['x-content-type-options', 'cache-control'].map((name) => answer.headers.get(name))
    expect([method, path, answer.status, ...told]).toEqual([method, path, 413, 'nosniff', 'no-store'])
  }
})

test('a relay that is not set up says so, with the same headers', async () => {
  const bare = await startRelay({ vars: { POWEROFFICE_REQUESTS_PER_SECOND: 'many' } })
  const [health, status] = [await bare.fetch('/health'), await bare.fetch('/status')]
  await bare.close()
  expect([health.status, health.headers.get('x-content-type-options')]).toEqual([500, 'nosniff'])
  expect([status.status, status.headers.get('cache-control')]).toEqual([500, 'no-store'])
})

test('the first page leads a browser to the console, and tells all others what is where', async () => {
  const browser = await relay.fetch('/', { headers: { accept: 'text/html,*/*' }, redirect: 'manual' })
  expect([browser.status, browser.headers.get('location')]).toEqual([302, '/console'])
  const script = await relay.fetch('/', { headers: { accept: '*/*' } })
  const { links } = await script.json<{ links: Record<string, string> }>()
  for (const path of Object.values(links)) expect((await relay.fetch(path)).status).toBeLessThan(400)
})

test('and after all of that, nothing has changed', async () => {
  expect((await acme.api('GET', '')).body).toMatchObject({ id: acme.id, state: 'setup' })
  expect((await acme.status()).jobs).toEqual({ due: 0, waiting: 0, later: 0, parked: 0 })
  expect(relay.violations()).toEqual([])
})
