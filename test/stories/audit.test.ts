import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { browserOf } from './browsing'
import { OPERATOR, type Relay, startRelay, type Tenant } from './relay'

/** Who did what, when and from where: it can be read, and strangers can neither fill it nor read it. */

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => expect(relay.violations()).toEqual([]))
afterAll(() => relay.close())

type Line = Record<string, unknown> & { id: number; what: string; status: number }
const linesOf = async (tenant: Tenant): Promise<Line[]> => (await tenant.api('GET', '/audit')).body.entries
const ofOperator = async (query = ''): Promise<Line[]> =>
  (await relay.operator('GET', `/api/audit${query}`)).body.entries
const told = (lines: Line[]) => lines.map(({ what, status }) => `${what} ${status}`)
const asked = (path: string, token: string, from: string, method = 'GET') =>
  relay.fetch(path, { method, headers: { authorization: `Bearer ${token}`, 'cf-connecting-ip': from } })
/** Refusals are gathered for a second. */
const gathered = () => relay.sleep(3000)

test('each change is a line before it is answered, with who, what, when, whose and from where, the newest first', async () => {
  const acme = await relay.tenant({ activate: false })
  await acme.api('PATCH', '/settings', { conflictPolicy: 'tribe' })
  await asked(`/api/tenants/${acme.id}/admin-token`, OPERATOR, '203.0.113.9', 'POST')
  const [line] = await ofOperator()
  expect(line).toEqual({
    id: expect.any(Number),
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    who: 'operator',
    what: 'POST /api/tenants/:id/admin-token',
    tenantId: acme.id,
    from: '203.0.113.9',
    status: 200,
    code: null,
    times: 1,
  })
  const { body } = await relay.operator('GET', `/api/tenants/${acme.id}/audit`)
  expect(told(body.entries)).toEqual([
    'POST /api/tenants/:id/admin-token 200',
    'PATCH /api/tenants/:id/settings 200',
    'PATCH /api/tenants/:id/settings 200',
    'PUT /api/tenants/:id/poweroffice 200',
    'POST /api/tenants 201',
  ])
  expect(body.entries.map(({ who }: Line) => who)).toEqual([
    'operator',
    'tenant',
    'tenant',
    'tenant',
    'operator',
  ])
})

test('what only reads is no line, but for what takes all along', async () => {
  const acme = await relay.tenant({ activate: false })
  const before = (await linesOf(acme)).length
  for (const path of ['', '/status', '/settings', '/audit', '/timeline']) await acme.api('GET', path)
  expect(await linesOf(acme)).toHaveLength(before)
  await acme.api('GET', '/export')
  await relay.fetch(`/api/tenants/${acme.id}/audit?format=ndjson`, {
    headers: { authorization: `Bearer ${acme.token}` },
  })
  expect(told(await linesOf(acme)).slice(0, 2)).toEqual([
    'GET /api/tenants/:id/audit 200',
    'GET /api/tenants/:id/export 200',
  ])
})

test('a log-in and a log-out in the console are lines, and so is a log-in that failed', async () => {
  const acme = await relay.tenant({ activate: false })
  const browser = browserOf(relay)
  await browser.logIn(acme.token)
  await browser.send('/console/logout')
  expect(told(await linesOf(acme)).slice(0, 2)).toEqual([
    'POST /api/me/log-out 204',
    'POST /api/me/log-in 200',
  ])
  await browser.logIn('wrong')
  await gathered()
  expect((await ofOperator())[0]).toMatchObject({
    who: 'nobody',
    what: 'POST /api/me/log-in',
    tenantId: null,
    status: 401,
    code: 'request.unauthorized',
  })
})

test('a delivery of Tribe’s and what the relay does by itself cost no line', async () => {
  const acme = await relay.tenant()
  const count = async () => (await relay.sql<{ n: number }>('select count(*) as n from audit'))[0]?.n
  const before = await count()
  acme.crm.hasCustomer({ organization: { Name: 'Nytt AS' } })
  expect(await acme.webhook({ entityId: crypto.randomUUID() }, { 'x-relay-secret': 'wrong' })).toBe(401)
  await acme.poll()
  await gathered()
  expect(await count()).toBe(before)
})

test('it is read in pages, and all of it as lines of JSON', async () => {
  const acme = await relay.tenant({ activate: false })
  for (let n = 0; n < 7; n++) await acme.api('PATCH', '/settings', { conflictPolicy: 'tribe' })
  const seen: number[] = []
  let next: string | null = null
  do {
    const path: string = next ? `/audit?pageSize=3&next=${next}` : '/audit?pageSize=3'
    const { body } = await acme.api('GET', path)
    seen.push(...body.entries.map(({ id }: Line) => id))
    next = body.next
  } while (next)
  expect(seen).toEqual([...seen].sort((a, b) => b - a))
  expect(new Set(seen).size).toBe(10)

  const all = await asked(`/api/tenants/${acme.id}/audit?format=ndjson`, acme.token, '203.0.113.9')
  expect(all.headers.get('content-type')).toBe('application/x-ndjson')
  const lines = (await all.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.map(({ id }) => id)).toEqual(seen)
  expect((await acme.api('GET', '/audit?next=x')).status).toBe(400)
})

test('a tenant sees its own lines alone, and its export holds them', async () => {
  const [acme, other] = [await relay.tenant({ activate: false }), await relay.tenant({ activate: false })]
  await other.api('POST', '/preview')
  const mine = await linesOf(acme)
  expect(new Set(mine.map(({ tenantId }) => tenantId))).toEqual(new Set([acme.id]))
  expect(JSON.stringify(mine)).not.toContain(other.id)
  expect((await relay.call(acme.token, 'GET', '/api/audit')).status).toBe(401)
  expect((await relay.call(acme.token, 'GET', `/api/tenants/${other.id}/audit`)).status).toBe(404)
  await gathered()
  const [trespass, refusal] = (await linesOf(acme)).filter(({ status }) => status > 400)
  expect([trespass, refusal].map((line) => [line?.what, line?.status, line?.who])).toEqual([
    ['GET /api/tenants/:id/audit', 404, 'tenant'],
    ['GET /api/audit', 401, 'tenant'],
  ])
  // Of the one whose address was tried, nothing is told.
  expect(JSON.stringify(await linesOf(acme))).not.toContain(other.id)
  const { body } = await acme.api('GET', '/export')
  expect(body.audit).toEqual(await linesOf(acme))
})

test('a stranger’s thousand wrong tokens are a handful of lines that say how many they were', async () => {
  const before = (await ofOperator('?pageSize=500')).length
  for (let n = 0; n < 1000; n++) await asked('/api/tenants', `wrong-${n}`, '198.51.100.1')
  await gathered()
  const lines = (await ofOperator('?pageSize=500')).slice(0, -before || undefined)
  expect(lines.reduce((sum, { times }) => sum + Number(times), 0)).toBe(1000)
  expect(lines.length).toBeLessThanOrEqual(30)
  expect(new Set(lines.map(({ code }) => code))).toEqual(
    new Set(['request.unauthorized', 'request.too_many_attempts']),
  )
  for (const line of lines)
    expect(line).toMatchObject({ from: '198.51.100.1', tenantId: null, who: 'nobody' })
})

test('from a thousand addresses at once, the later ones are counted and not named', async () => {
  const before = (await ofOperator('?pageSize=500'))[0]?.id ?? 0
  const knocks = Array.from({ length: 1000 }, (_, n) => `2001:db8::${n.toString(16)}`)
  await relay.wait(Promise.all(knocks.map((from) => asked('/api/tenants', 'wrong', from))))
  await gathered()
  const lines = (await ofOperator('?pageSize=500')).filter(({ id }) => id > before)
  expect(lines.reduce((sum, { times }) => sum + Number(times), 0)).toBe(1000)
  expect(lines.length).toBeLessThanOrEqual(120)
})

test('no value stands in a line: not of a setting, a token, a search or an address', async () => {
  const acme = await relay.tenant({ activate: false })
  await acme.api('PATCH', '/settings', { alerts: { email: 'kari@fjordlys.example' } })
  await acme.api('POST', '/sync?q=Solveig', { what: 'nonsense-of-Solveig' })
  await acme.api('GET', '/records/search?kind=customer&q=Solveig')
  await relay.fetch('/oauth/tribe/callback?code=secret-code&state=secret-state')
  await relay.call('secret-token-of-somebody', 'GET', '/api/tenants')
  await gathered()
  const rows = JSON.stringify(await relay.sql('select * from audit'))
  expect(rows).toContain('GET /oauth/tribe/callback')
  expect(rows).not.toMatch(/Solveig|kari|secret-code|secret-state|secret-token/)
})

test('a company that leaves is not named any more, and the operator keeps what was done', async () => {
  const acme = await relay.tenant({ activate: false })
  await acme.api('DELETE', '')
  const lines = await ofOperator()
  expect(lines[0]).toMatchObject({ what: 'DELETE /api/tenants/:id', status: 204, who: 'tenant' })
  const name = lines[0]?.tenantId
  expect(name).toMatch(/^gone-[0-9a-f]{16}$/)
  expect(told(lines.filter(({ tenantId }) => tenantId === name))).toContain('POST /api/tenants 201')
  expect(JSON.stringify(await relay.sql('select * from audit'))).not.toContain(acme.id)
})

test('a line is kept for 400 days', async () => {
  const acme = await relay.tenant({ activate: false })
  const old = async (days: number) =>
    relay.sql(
      `insert into audit (at, tenant_id, who, what, status, times) values (?, ?, 'tenant', ?, 200, 1)`,
      ...[new Date(Date.now() - days * 86_400_000).toISOString(), acme.id, `old ${days}`],
    )
  for (const days of [399, 401]) await old(days)
  await relay.tick('30 2 * * *')
  expect(told(await linesOf(acme))).toContain('old 399 200')
  expect(told(await linesOf(acme))).not.toContain('old 401 200')
})

test('in the console a company reads its own trail, and the operator that of all', async () => {
  const acme = await relay.tenant({ activate: false })
  const browser = browserOf(relay)
  await browser.logIn(acme.token)
  const mine = await browser.open(`/console/tenants/${acme.id}/audit`)
  expect(mine.text).toContain('PowerOffice connected')
  expect(mine.text).toContain('Logged in')
  const file = await browser.open(`/console/tenants/${acme.id}/audit/file`)
  expect(file.text.trim().split('\n').length).toBeGreaterThan(3)
  expect((await browser.open('/console/audit')).to).toBe(`/console/tenants/${acme.id}/audit`)

  const operator = browserOf(relay)
  await operator.logIn(OPERATOR)
  const all = await operator.open('/console/audit')
  expect(all.text).toContain(`/console/tenants/${acme.id}/audit`)
  expect(all.text).toContain('Somebody without a right token')
})
