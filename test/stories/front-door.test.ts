import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OPERATOR, type Relay, startRelay, type Tenant } from './relay'

let relay: Relay
let acme: Tenant
beforeAll(async () => {
  relay = await startRelay()
  acme = await relay.tenant()
})
afterAll(() => relay.close())

const code = (answer: { body: { error?: { code: string } } }) => answer.body.error?.code
const NOBODY = '00000000-0000-4000-8000-000000000000'

/** Everything that the relay keeps, in D1 and in the tenant's object. */
async function kept(): Promise<unknown> {
  const rows = await Promise.all(
    ['links', 'timeline', 'tenants'].map((table) => relay.sql(`select count(*) as n from ${table}`)),
  )
  return [
    rows,
    await relay.objectSql(acme.id, 'select kind, subject, asked from jobs'),
    await relay.objectSql(acme.id, 'select * from inbox'),
    await relay.objectSql(acme.id, "select * from cursors where name = 'streams'"),
  ]
}

test('a delivery that is not from Tribe is refused and leaves no trace', async () => {
  const before = await kept()
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    relay.fetch(path, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    })
  const secret = Object.fromEntries(
    (acme.crm.webhooks[0]?.headers ?? []).map(({ name, value }) => [name, value]),
  )

  const good = JSON.stringify({ payload: { entityId: NOBODY } })
  expect((await post(`/webhooks/tribe/${acme.id}`, good)).status).toBe(401)
  expect((await post(`/webhooks/tribe/${acme.id}`, good, { 'x-relay-secret': 'guess' })).status).toBe(401)
  expect((await post(`/webhooks/tribe/${NOBODY}`, good, secret)).status).toBe(404)
  expect((await post('/webhooks/tribe/acme', good, secret)).status).toBe(404)
  for (const [body, told] of [
    ['x'.repeat(1024 * 1024 + 1), [413, 'request.too_large']],
    ['{"payload":', [400, 'request.not_json']],
  ] as const) {
    const refused = await post(`/webhooks/tribe/${acme.id}`, body, secret)
    expect([refused.status, code({ body: await refused.json() })]).toEqual(told)
  }
  expect(await kept()).toEqual(before)

  const large = JSON.stringify({ payload: { entityId: NOBODY, filler: 'x'.repeat(1024 * 1024 - 100) } })
  expect(large.length).toBeLessThanOrEqual(1024 * 1024)
  expect((await post(`/webhooks/tribe/${acme.id}`, large, secret)).status).toBe(202)
  await acme.quiet()
})

test('a delivery with the right signature is taken when the admin has entered the secret', async () => {
  const body = JSON.stringify({ payload: { entityId: NOBODY } })
  const signature = createHmac('sha512', 'of-tribe').update(body).digest('base64')
  const post = () =>
    relay.fetch(`/webhooks/tribe/${acme.id}`, {
      method: 'POST',
      body,
      headers: { 'x-some-name': signature },
    })
  expect((await post()).status).toBe(401)
  expect((await acme.put('/tribe/signing-secrets', { secrets: ['another', 'of-tribe'] })).status).toBe(200)
  expect((await post()).status).toBe(202)
  await acme.quiet()
})

test('a tenant is made with credentials that Tribe knows, and refused with others', async () => {
  const tribe = { clientId: acme.crm.clientId, clientSecret: 'wrong' }
  const refused = await relay.operator('POST', '/api/tenants', { name: 'Wrong AS', tribe })
  expect([refused.status, code(refused)]).toEqual([422, 'tribe.credentials_refused'])
  const unfit = await relay.operator('POST', '/api/tenants', { name: '', tribe: { clientId: 1 } })
  expect([unfit.status, code(unfit)]).toEqual([400, 'request.invalid'])
  expect(unfit.body.error.details.faults.map((fault: { path: string }) => fault.path)).toEqual([
    'name',
    'tribe.clientId',
    'tribe.clientSecret',
  ])
  expect((await relay.operator('POST', '/api/tenants', '{')).status).toBe(400)
})

test("PowerOffice's client key is tried at once, and what is missing is named", async () => {
  const wrong = await acme.put('/poweroffice', { clientKey: NOBODY })
  expect([wrong.status, code(wrong)]).toEqual([422, 'poweroffice.client_key_refused'])

  const books = relay.powerOffice.addClient({
    name: 'Liten AS',
    privileges: ['Customer_Full'],
    invalidPrivileges: ['Product_Full'],
    allowSendInvoice: false,
  })
  const other = await relay.tenant({ activate: false })
  const connected = await other.put('/poweroffice', { clientKey: books.clientKey })
  expect(connected).toMatchObject({
    status: 200,
    body: { clientName: 'Liten AS', canSend: false, validPrivileges: ['Customer_Full'] },
  })
  const missing: { privilege: string; neededFor: string; fix: string }[] = connected.body.missing
  expect(missing.map((one) => one.privilege)).toEqual(
    expect.arrayContaining(['Supplier_Full', 'Product_Full', 'SalesOrders_Full']),
  )
  expect(missing.find((one) => one.privilege === 'Product_Full')?.fix).toContain('module')

  const early = await other.api('POST', '/activate')
  expect([early.status, code(early)]).toEqual([409, 'tenant.not_ready'])
  expect(early.body.error.details.checklist).toContainEqual(
    expect.objectContaining({ step: 'privilege:Supplier_Full', ok: false }),
  )
})

test('activation registers a webhook for each type once, with a secret of its own', async () => {
  const types = acme.crm.webhooks.map((hook) => hook.entityType)
  expect(new Set(types).size).toBe(types.length)
  expect(types).toContain('Relation.Organization')
  expect(
    acme.crm.webhooks.every((hook) => hook.webhookUrl === `${relay.url}/webhooks/tribe/${acme.id}`),
  ).toBe(true)

  acme.crm.removeWebhooks(acme.crm.webhooks[0]?.id)
  await relay.tick('30 2 * * *')
  await acme.quiet()
  expect(acme.crm.webhooks.map((hook) => hook.entityType).sort()).toEqual([...types].sort())
})

test("a tenant's token reaches that tenant only", async () => {
  const other = await relay.tenant({ activate: false })
  expect((await relay.call(acme.token, 'GET', `/api/tenants/${acme.id}`)).status).toBe(200)
  expect((await relay.call(acme.token, 'GET', `/api/tenants/${other.id}`)).status).toBe(404)
  expect((await relay.call(acme.token, 'GET', `/api/tenants/${NOBODY}`)).status).toBe(404)
  expect((await relay.call(acme.token, 'GET', '/api/tenants')).status).toBe(401)
  expect((await relay.call(acme.token, 'GET', '/status')).status).toBe(401)
  expect((await relay.call(null, 'GET', `/api/tenants/${acme.id}`)).status).toBe(401)
  expect((await relay.call('rubbish', 'GET', `/api/tenants/${acme.id}`)).status).toBe(401)

  const { body } = await relay.call(other.token, 'POST', `/api/tenants/${other.id}/admin-token`)
  expect((await relay.call(other.token, 'GET', `/api/tenants/${other.id}`)).status).toBe(401)
  expect((await relay.call(body.adminToken, 'GET', `/api/tenants/${other.id}`)).status).toBe(200)
  const headers = { authorization: `Bearer ${body.adminToken}` }
  const shown = await relay.fetch(`/api/tenants/${other.id}`, { headers })
  expect(shown.headers.get('cache-control')).toBe('no-store')
})

test('settings are changed part by part, and what is unknown is refused', async () => {
  const changed = await acme.api('PATCH', '/settings', {
    relations: { suppliers: false },
    conflictPolicy: 'tribe',
  })
  expect(changed.body).toMatchObject({
    relations: { enabled: true, suppliers: false },
    conflictPolicy: 'tribe',
  })
  expect((await acme.api('GET', '/settings')).body).toEqual(changed.body)
  expect(code(await acme.api('PATCH', '/settings', { relations: { colour: 'red' } }))).toBe('request.invalid')
  expect(code(await acme.api('PATCH', '/settings', { conflictPolicy: 'mine' }))).toBe('request.invalid')
})

test('the operator sees all tenants at a glance, and whether the relay is up', async () => {
  await acme.quiet()
  const { body } = await relay.operator('GET', '/status')
  expect(body.tenants).toContainEqual(
    expect.objectContaining({
      id: acme.id,
      state: 'active',
      jobs: { due: 0, waiting: 0, later: 0, parked: 0 },
    }),
  )
  expect(await relay.call(null, 'GET', '/health')).toEqual({ status: 200, body: { ok: true } })
  expect((await relay.call(null, 'GET', '/openapi.json')).body.openapi).toBe('3.1.0')
  expect(code(await relay.call(null, 'GET', '/nowhere'))).toBe('request.no_such_route')
})

test('a tenant that leaves is forgotten: its webhooks go, its records stay', async () => {
  const gone = await relay.tenant({ seed: (_crm, books) => books.hasCustomer({ Name: 'Stays AS' }) })
  gone.crm.webhooks // registered
  expect((await relay.call(OPERATOR, 'DELETE', `/api/tenants/${gone.id}`)).status).toBe(204)
  expect(gone.crm.webhooks).toEqual([])
  expect(gone.crm.customers()).toHaveLength(1)
  expect((await relay.call(OPERATOR, 'GET', `/api/tenants/${gone.id}`)).status).toBe(404)
  for (const table of ['links', 'timeline'])
    expect(await relay.sql(`select count(*) as n from ${table} where tenant_id = ?`, gone.id)).toEqual([
      { n: 0 },
    ])
  expect(await gone.webhook({ entityId: NOBODY }, { 'x-relay-secret': 'whatever' })).toBe(404)
})

// Let in at once, a right one among many would show a guesser which it was.
test('whoever sends wrong tokens on and on is told to wait, with a right one too; nobody at another address is', async () => {
  const attempt = (token: string, from = '203.0.113.77') =>
    relay.fetch('/api/tenants', { headers: { authorization: `Bearer ${token}`, 'cf-connecting-ip': from } })
  let answer = await attempt('wrong')
  for (let n = 0; n < 200 && answer.status === 401; n++) answer = await attempt(`wrong ${n}`)
  expect(answer.status).toBe(429)
  const seconds = Number(answer.headers.get('retry-after'))
  expect(seconds).toBeGreaterThan(0)
  expect((await answer.json()) as object).toMatchObject({ error: { code: 'request.too_many_attempts' } })

  expect((await attempt(OPERATOR)).status).toBe(429)
  expect((await attempt(OPERATOR, '203.0.113.78')).status).toBe(200)
  expect((await acme.api('GET', '/status')).status).toBe(200)
  await relay.sleep(seconds * 1000)
  expect((await attempt(OPERATOR)).status).toBe(200)
})

test('problems are told in English, Dutch and Norwegian', async () => {
  const other = await relay.tenant()
  other.crm.revokeCredentials()
  other.crm.hasCustomer({ organization: { Name: 'Three languages AS' } })
  await other.quiet()
  const told = async (path: string, acceptLanguage = '') => {
    const headers = { authorization: `Bearer ${other.token}`, 'accept-language': acceptLanguage }
    const answer = await relay.fetch(`/api/tenants/${other.id}${path}`, { headers })
    const { problems } = (await answer.json()) as { problems: Record<string, string>[] }
    return problems[0] ?? {}
  }
  expect(await told('/status')).toMatchObject({ code: 'tribe.credentials_refused', language: 'en' })
  expect(await told('/status', 'nb-NO,en;q=0.5')).toMatchObject({
    language: 'nb',
    cause: expect.stringContaining('klient-ID'),
    nextStep: expect.stringContaining('koble til'),
  })
  expect(await told('/status?language=nl', 'no')).toMatchObject({
    language: 'nl',
    cause: expect.stringContaining('accepteert'),
  })
})
