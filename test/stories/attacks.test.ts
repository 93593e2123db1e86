import { createHmac } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { OPERATOR, type Relay, startRelay, type Tenant } from './relay'

/** What an attacker tries at the front door, and what comes of it. */

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => {
  relay.tribe.faults.clear()
  relay.powerOffice.faults.clear()
  expect(relay.violations()).toEqual([])
})
afterAll(() => relay.close())

const deliver = (acme: Tenant, body: string, headers: Record<string, string> = {}) =>
  relay.fetch(`/webhooks/tribe/${acme.id}`, { method: 'POST', headers, body })
const audit = () => relay.logged('audit')

describe('webhooks', () => {
  test('a delivery with hundreds of made-up signatures is refused, and the body is hashed once for each secret', async () => {
    const acme = await relay.tenant()
    await acme.put('/tribe/signing-secrets', { secrets: ['one', 'two'] })
    const headers = Object.fromEntries(
      Array.from({ length: 400 }, (_, n) => [
        `x-mac-${n}`,
        `${'A'.repeat(80)}${String(n).padStart(6, '0')}==`,
      ]),
    )
    const hashed = countedHashes()
    expect((await deliver(acme, JSON.stringify({ payload: {} }), headers)).status).toBe(401)
    // One for each secret, and the id's own, unless it is known.
    expect(hashed.end()).toBeLessThanOrEqual(3)
  })

  test('a right signature among a few others is found', async () => {
    const acme = await relay.tenant()
    await acme.put('/tribe/signing-secrets', { secrets: ['one', 'two'] })
    const body = JSON.stringify({ payload: { entityId: crypto.randomUUID() } })
    const right = createHmac('sha512', 'two').update(body).digest('base64')
    expect((await deliver(acme, body, { 'x-a': `${'B'.repeat(86)}==`, 'x-b': right })).status).toBe(202)
    await acme.quiet()
  })

  test('one delivery asks for a thousand looks at the most; the poll finds the rest', async () => {
    const acme = await relay.tenant({ activate: false })
    const ids = () => Array.from({ length: 20 }, () => crypto.randomUUID())
    const events = Array.from({ length: 900 }, () => ({ payload: { changed: ids() } }))
    await acme.put('/tribe/signing-secrets', { secrets: ['one'] })
    const body = JSON.stringify(events)
    const mac = createHmac('sha512', 'one').update(body).digest('base64')
    expect((await deliver(acme, body, { 'x-mac': mac })).status).toBe(202)
    const [stored] = await relay.objectSql<{ n: number }>(acme.id, 'select count(*) as n from inbox')
    expect(stored?.n).toBe(1001)
  })

  test('a secret that got out is replaced: webhooks are registered anew, and the old one counts for an hour', async () => {
    const acme = await relay.tenant()
    const headersOf = () => acme.crm.webhooks.map(({ headers }) => headers?.[0]?.value ?? '')
    const [old = ''] = headersOf()
    const count = acme.crm.webhooks.length
    const types = () => acme.crm.webhooks.map(({ entityType }) => entityType).sort()
    const typesBefore = types()
    expect((await acme.api('POST', '/webhook-secret')).status).toBe(202)
    await acme.quiet()
    expect([acme.crm.webhooks.length, new Set(headersOf()).size, headersOf().includes(old)]).toEqual([
      count,
      1,
      false,
    ])
    expect(types()).toEqual(typesBefore)
    acme.crm.hasCustomer({ organization: { Name: 'Nytt AS' } })
    await acme.quiet()
    expect(acme.books.customers().map(({ Name }) => Name)).toContain('Nytt AS')

    const withOld = async () => (await deliver(acme, '{}', { 'x-relay-secret': old })).status
    expect(await withOld()).toBe(202)
    await relay.sleep(3_600_000)
    expect(await withOld()).toBe(401)
    expect(JSON.stringify((await acme.api('GET', '/export')).body)).not.toContain('webhooks-former')
  })

  test('a renewal that dies half-way leaves each webhook once', async () => {
    const acme = await relay.tenant()
    const [old = ''] = acme.crm.webhooks.map(({ headers }) => headers?.[0]?.value)
    const count = acme.crm.webhooks.length
    relay.tribe.faults.add({ name: 'unavailable', on: /^POST .*webhooks/, skip: 3, times: 2 })
    relay.tribe.faults.add({ name: 'lost-after', on: /^DELETE .*webhooks/, skip: 2 })
    await acme.api('POST', '/webhook-secret')
    await acme.quiet()
    const now = acme.crm.webhooks.map(({ headers }) => headers?.[0]?.value)
    expect([now.length, new Set(now).size, now.includes(old)]).toEqual([count, 1, false])
  })

  test('whoever delivers wrongly on and on is told to wait; what is Tribe’s is taken all the same, from that address too', async () => {
    const [acme, other] = [await relay.tenant(), await relay.tenant()]
    const send = async (tenant: Tenant, secret: string, from = '203.0.113.5') =>
      (await deliver(tenant, '{}', { 'x-relay-secret': secret, 'cf-connecting-ip': from })).status
    const rightOf = ({ crm }: Tenant) => crm.webhooks[0]?.headers[0]?.value ?? ''
    const answers: number[] = []
    for (let n = 0; n < 200 && answers.at(-1) !== 429; n++) answers.push(await send(acme, `wrong ${n}`))
    expect([answers[0], answers.at(-1)]).toEqual([401, 429])
    expect(await send(acme, rightOf(acme))).toBe(202)
    expect(await send(acme, 'wrong', '203.0.113.6')).toBe(401)
    expect(await send(other, 'wrong')).toBe(401)
    await relay.sleep(61_000)
    expect(await send(acme, 'wrong')).toBe(401)
  })

  test('a made-up id of a tenant wakes no object', async () => {
    const answer = await relay.fetch(`/webhooks/tribe/${crypto.randomUUID()}`, { method: 'POST', body: '{}' })
    expect(answer.status).toBe(404)
  })
})

describe('sizes', () => {
  test.each([
    ['/console/login', 64 * 1024 + 1, 413],
    ['/api/tenants', 1024 * 1024 + 1, 413],
    ['/webhooks/tribe/none', 1024 * 1024 + 1, 413],
    ['/mcp', 1024 * 1024 + 1, 413],
    ['/oauth/tribe/callback', 1024 * 1024 + 1, 413],
    ['/metrics', 1024 * 1024 + 1, 413],
  ])('%s does not take %i bytes from anybody', async (path, bytes, status) => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new Uint8Array(bytes).fill(97))
        controller.close()
      },
    })
    const init = { method: 'POST', body, duplex: 'half', headers: { authorization: `Bearer ${OPERATOR}` } }
    expect((await relay.fetch(path, init as RequestInit)).status).toBe(status)
  })

  test.each(['poweroffice', 'tribe'] as const)(
    'an answer of %s that would fill the memory is not read on, and told',
    async (system) => {
      const acme = await relay.tenant()
      const huge = { name: 'huge' as const, times: Number.POSITIVE_INFINITY }
      if (system === 'tribe') relay.tribe.faults.add({ ...huge, on: /^GET .*Customer/, account: acme.crm.id })
      else relay.powerOffice.faults.add({ ...huge, on: /^GET .*Customers/, account: acme.books.clientKey })
      await acme.api('POST', '/sync', { what: 'relations' })
      await relay.sleep(5000)
      const { body } = await acme.api('GET', '/jobs?state=waiting')
      expect(body.jobs.map(({ code }: { code: string | null }) => code)).toContain(
        `${system}.answer_too_large`,
      )
      relay.powerOffice.faults.clear()
      relay.tribe.faults.clear()
      await acme.quiet()
    },
  )
})

describe('tokens and sessions', () => {
  const login = async (token: string) => {
    const answer = await relay.fetch('/console/login', {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: new URL(relay.url).origin },
      body: new URLSearchParams({ token, back: '/console/tenants' }).toString(),
    })
    return answer.headers.get('set-cookie') ?? ''
  }
  const page = (cookie: string) =>
    relay.fetch('/console/tenants', { headers: { cookie: cookie.split(';')[0] ?? '' }, redirect: 'manual' })

  test('a cookie that was copied is worth nothing after the log-out', async () => {
    const cookie = await login(OPERATOR)
    expect((await page(cookie)).status).toBe(200)
    await relay.fetch('/console/logout', {
      method: 'POST',
      redirect: 'manual',
      headers: {
        cookie: cookie.split(';')[0] ?? '',
        origin: new URL(relay.url).origin,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: '',
    })
    const after = await page(cookie)
    expect([after.status, after.headers.get('location')]).toEqual([
      303,
      expect.stringContaining('/console/login'),
    ])
  })

  test('a session ends after two hours without a page, and lives on with one', async () => {
    const cookie = await login(OPERATOR)
    await relay.sleep(119 * 60_000)
    const looked = await page(cookie)
    expect(looked.status).toBe(200)
    const renewed = looked.headers.get('set-cookie') ?? ''
    await relay.sleep(119 * 60_000)
    expect([(await page(cookie)).status, (await page(renewed)).status]).toEqual([303, 200])
  })

  test('with https the cookie is for this host alone', async () => {
    if (!relay.url.startsWith('https:')) return
    expect(await login(OPERATOR)).toMatch(/^__Host-relay_session=.*Path=\/; HttpOnly; Secure; SameSite=Lax/)
  })

  test('a token that came over plain http is not looked at', async () => {
    if (!relay.url.startsWith('https:')) return
    const answer = await relay.fetch('http://relay.example/api/tenants', {
      headers: { authorization: `Bearer ${OPERATOR}` },
    })
    expect([answer.status, await answer.json()]).toEqual([
      403,
      { error: { code: 'request.https_only', message: 'Ask by https' } },
    ])
  })
})

test.each([
  '/health',
  '/api/tenants',
  '/status',
  '/metrics',
  '/openapi.json',
  '/nowhere',
  '/docs',
  '/console/login',
])('%s carries the usual headers', async (path) => {
  const { headers } = await relay.fetch(path, { headers: { authorization: `Bearer ${OPERATOR}` } })
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('strict-transport-security')).toContain('max-age=')
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  if (/^\/(api|status|metrics|console)/.test(path)) expect(headers.get('cache-control')).toBe('no-store')
})

test('a request without a right token is told how to bring one', async () => {
  const { status, headers } = await relay.fetch('/api/tenants')
  expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="relay"'])
})

test('each change, export and refusal is a line that says who, what, whose and from where, and no more', async () => {
  const acme = await relay.tenant({ activate: false })
  relay.clearLines()
  await acme.api('PATCH', '/settings', { conflictPolicy: 'tribe' })
  await acme.api('GET', '/export')
  await acme.api('GET', '/status')
  await relay.call('wrong', 'GET', `/api/tenants/${acme.id}`)
  await relay.operator('POST', `/api/tenants/${acme.id}/admin-token`)
  expect(audit()).toEqual([
    {
      event: 'audit',
      at: expect.any(String),
      who: 'tenant',
      what: 'PATCH /api/tenants/:id/settings',
      tenantId: acme.id,
      from: null,
      status: 200,
    },
    {
      event: 'audit',
      at: expect.any(String),
      who: 'tenant',
      what: 'GET /api/tenants/:id/export',
      tenantId: acme.id,
      from: null,
      status: 200,
    },
    {
      event: 'audit',
      at: expect.any(String),
      who: 'nobody',
      what: expect.stringMatching(/^GET \/api/),
      tenantId: null,
      from: null,
      status: 401,
    },
    {
      event: 'audit',
      at: expect.any(String),
      who: 'operator',
      what: 'POST /api/tenants/:id/admin-token',
      tenantId: acme.id,
      from: null,
      status: 200,
    },
  ])
})

/** How often a MAC of SHA-512 is worked out. */
function countedHashes() {
  const { subtle } = crypto
  const real = subtle.sign
  let count = 0
  Object.defineProperty(subtle, 'sign', {
    configurable: true,
    writable: true,
    value: (...given: Parameters<typeof real>) => {
      const [how] = given
      if (how === 'HMAC') count++
      return Reflect.apply(real, subtle, given)
    },
  })
  return {
    end: () => {
      Object.defineProperty(subtle, 'sign', { configurable: true, writable: true, value: real })
      return count
    },
  }
}
