import { createHmac } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { organizationOf, type Relay, startRelay, type Tenant } from './relay'

const OPERATORS = 'secret of the operator'
const TENANTS = 'secret of the tenant'

interface Arrived {
  path: string
  headers: Headers
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: looked at as a receiver without types would
  message: any
}

/** Whoever receives messages; it may be told how to answer at a path. */
const receiver = {
  arrived: [] as Arrived[],
  answers: new Map<string, { status: number; headers?: Record<string, string> } | 'never'>(),
  at: (path: string) => receiver.arrived.filter((one) => one.path === path),
}
async function receive(request: Request): Promise<Response> {
  const text = await request.text()
  const path = new URL(request.url).pathname
  receiver.arrived.push({ path, headers: request.headers, text, message: JSON.parse(text) })
  const answer = receiver.answers.get(path) ?? { status: 204 }
  return answer === 'never' ? new Promise(() => undefined) : new Response(null, answer)
}

let relay: Relay
beforeAll(async () => {
  relay = await startRelay({
    callTimeoutMs: 1000,
    outside: {
      answer: receive,
      vars: (url) => ({
        ALERT_WEBHOOK_URL: `${url}/operator`,
        ALERT_EMAIL: 'operator@example.com',
        ALERT_FROM: 'relay@example.com',
        ALERT_AFTER_SECONDS: '5',
      }),
    },
    secrets: { ALERT_WEBHOOK_SECRET: OPERATORS },
  })
})
beforeEach(async () => {
  receiver.answers.clear()
  // What the story before is still told of.
  await relay.sleep(10_000)
  receiver.arrived.length = 0
})
afterEach(() => {
  relay.tribe.faults.clear()
  relay.powerOffice.faults.clear()
  expect(relay.violations()).toEqual([])
})
afterAll(() => relay.close())

const own = () => ({ webhookUrl: `${relay.outsideUrl}/tenant`, webhookSecret: TENANTS })

/** A tenant that turns ill by its first load: so many numbers stand for two customers each, and a person has to decide. */
async function aTenant(count = 1) {
  const acme = await relay.tenant({
    settings: { alerts: own() },
    activate: false,
    seed(crm, books) {
      for (let n = 0; n < count; n++) {
        const { Number: number } = books.hasCustomer({ Name: `Nordvik ${n} AS` })
        for (const Name of [`Nordvik ${n} AS`, `Sørvik ${n} AS`])
          crm.hasCustomer({ organization: { Name, DebtorNumber: String(number) } })
      }
    },
  })
  return {
    acme,
    async break() {
      await acme.activate()
      expect((await acme.status()).health.state).toBe('unhealthy')
    },
    async mend() {
      for (const customer of acme.books.customers()) {
        const role = acme.crm.customers().find((one) => organizationOf(one).Name === customer.Name)
        const pair = { kind: 'customer', tribeId: role?.ID, powerOfficeId: String(customer.Id) }
        expect((await acme.api('POST', '/records/relink', pair)).status).toBe(202)
      }
      await acme.quiet()
    },
  }
}

const until = (isSo: () => boolean) => relay.until(isSo, 60_000, 100)
const events = (path: string) => receiver.at(path).map(({ message }) => message.event)
const calm = () => relay.sleep(8000)

test('a tenant that turns ill is told of once, to the operator and the tenant, signed; and once when it is well', async () => {
  const { acme, ...it } = await aTenant(3)
  await it.break()
  await until(() => receiver.arrived.length >= 3)
  await acme.poll()
  await acme.sync('relations')
  await calm()
  for (const [path, secret] of [
    ['/operator', OPERATORS],
    ['/tenant', TENANTS],
  ] as const) {
    const [first, ...more] = receiver.at(path)
    expect(more).toEqual([])
    expect(first?.message).toMatchObject({
      event: 'tenant-unhealthy',
      tenant: { id: acme.id, name: 'Fjordlys AS' },
      ailments: [{ code: 'health.waits_for_a_person', count: 3 }],
    })
    const time = String(first?.headers.get('x-relay-timestamp'))
    expect(Math.abs(Number(time) * 1000 - Date.now())).toBeLessThan(60_000)
    const hash = createHmac('sha256', secret).update(`${time}.${first?.text}`).digest('hex')
    expect(first?.headers.get('x-relay-signature')).toBe(`sha256=${hash}`)
  }
  expect(receiver.at('/mail').map(({ message }) => message)).toMatchObject([
    { to: 'operator@example.com', subject: 'Fjordlys AS: needs attention' },
  ])

  await it.mend()
  await until(() => receiver.arrived.length >= 6)
  await acme.poll()
  await calm()
  expect(events('/operator')).toEqual(['tenant-unhealthy', 'tenant-recovered'])
  expect(events('/tenant')).toEqual(['tenant-unhealthy', 'tenant-recovered'])
  expect(receiver.at('/mail')[1]?.message.subject).toBe('Fjordlys AS: in step again')
})

test('a tenant whose credentials are refused is told of, though nothing else of it runs', async () => {
  const { acme } = await aTenant(0)
  await acme.activate()
  acme.books.quirks.revokeTokensToo = true
  acme.books.revokeKey()
  acme.crm.hasCustomer({ organization: { Name: 'Waits AS' } })
  await acme.quiet()
  await until(() => receiver.at('/tenant').length === 1)
  expect(receiver.at('/tenant')[0]?.message.ailments).toMatchObject([
    { code: 'health.reconnect', what: 'poweroffice.client_key_refused' },
  ])
  expect((await acme.status()).state).toBe('reconnect')

  acme.books.restoreKey()
  await acme.put('/poweroffice', { clientKey: acme.books.clientKey })
  await until(() => receiver.at('/tenant').length === 2)
  await calm()
  expect(events('/tenant')).toEqual(['tenant-unhealthy', 'tenant-recovered'])
})

test.each([
  ['sends it elsewhere', { status: 307, headers: { location: '/elsewhere' } }],
  ['never answers', 'never'],
] as const)('a receiver that %s gets it later, and no other gets it twice', async (_, answer) => {
  receiver.answers.set('/tenant', answer)
  const { acme, ...it } = await aTenant()
  await it.break()
  await until(() => receiver.at('/tenant').length >= 2)
  receiver.answers.clear()
  const before = receiver.at('/tenant').length
  await until(() => receiver.at('/tenant').length > before)
  await calm()
  expect(receiver.at('/elsewhere')).toEqual([])
  expect([receiver.at('/operator').length, receiver.at('/mail').length]).toEqual([1, 1])
  // Each try is the same message.
  expect(new Set(receiver.at('/tenant').map(({ message }) => message.id)).size).toBe(1)
  const { jobs, state } = await acme.status()
  expect([jobs.waiting, state]).toEqual([0, 'active'])
})

test('a message waits in the object: a restart does not lose it', async () => {
  receiver.answers.set('/tenant', { status: 503 })
  const it = await aTenant()
  await it.break()
  await until(() => receiver.at('/tenant').length >= 1)
  await relay.restart()
  receiver.answers.clear()
  const before = receiver.at('/tenant').length
  await until(() => receiver.at('/tenant').length > before)
  expect(events('/tenant').at(-1)).toBe('tenant-unhealthy')
})

test('a tenant that is paused is nobody’s concern, and one that goes on is', async () => {
  const { acme, ...it } = await aTenant()
  await acme.api('POST', '/pause')
  expect((await acme.status()).health).toEqual({ state: 'idle', ailments: [] })
  await it.break()
  await acme.api('POST', '/pause')
  await calm()
  expect(receiver.arrived).toEqual([])
  expect((await acme.status()).health).toEqual({ state: 'idle', ailments: [] })
  await acme.api('POST', '/resume')
  await until(() => receiver.at('/operator').length === 1)
})

describe('where a tenant’s alerts go', () => {
  let acme: Tenant
  beforeAll(async () => {
    acme = await relay.tenant({ activate: false })
  })
  const change = (alerts: Record<string, unknown>) => acme.api('PATCH', '/settings', { alerts })

  test.each([
    'https://127.0.0.1/',
    'https://localhost/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://[::ffff:192.168.0.1]/',
    'https://10.1.2.3/',
    'https://169.254.169.254/latest/meta-data',
    'https://metadata.google.internal/',
    'http://alerts.example.com/',
    'https://user:password@alerts.example.com/',
    'mailto:admin@example.com',
  ])('is never %s', async (webhookUrl) => {
    const answer = await change({ webhookUrl, webhookSecret: TENANTS })
    expect([answer.status, answer.body.error?.code]).toEqual([422, 'alert.address_refused'])
    expect((await acme.api('GET', '/settings')).body.alerts).toEqual({ webhookUrl: null, email: null })
  })

  test('is a public address with a secret, which is never shown', async () => {
    const webhookUrl = 'https://alerts.example.com/relay'
    expect((await change({ webhookUrl })).body.error.code).toBe('alert.secret_missing')
    expect((await change({ webhookUrl, webhookSecret: 'short' })).body.error.code).toBe('request.invalid')
    const changed = await change({ webhookUrl, webhookSecret: TENANTS, email: 'admin@example.com' })
    expect(changed.body.alerts).toEqual({ webhookUrl, email: 'admin@example.com' })
    // The secret stays when another part changes.
    expect((await change({ email: null })).body.alerts).toEqual({ webhookUrl, email: null })
    expect((await acme.api('PATCH', '/settings', { conflictPolicy: 'tribe' })).status).toBe(200)
    const [row] = await relay.sql('select * from tenants where id = ?', acme.id)
    expect(row?.sealed_alert_secret).toMatch(/^k1\./)
    const shown = JSON.stringify([
      row,
      (await acme.api('GET', '/settings')).body,
      (await acme.api('GET', '/export')).body,
    ])
    expect(shown).not.toContain(TENANTS)
    expect((await change({ email: 'no address' })).body.error.code).toBe('request.invalid')
  })
})
