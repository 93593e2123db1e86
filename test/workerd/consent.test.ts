import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { PowerOfficeClientBooks } from '../fakes/poweroffice'
import type { Application, TribeEnvironment } from '../fakes/tribe'
import { type Relay, Tenant } from '../stories/relay'
import { startInWorkerd } from './relay'

/** What a story expects the relay to have done wrong, in Tribe's eyes: nothing, but for lost answers. */
let expected: RegExp | null
let relay: Relay
let application: Application
beforeAll(async () => {
  // The first application of the marketplace; where it leads back to is known when the relay runs.
  relay = await startInWorkerd({
    secrets: { TRIBE_CLIENT_ID: 'marketplace-1', TRIBE_CLIENT_SECRET: 'marketplace-secret-1' },
  })
  application = relay.tribe.addApplication(`${relay.url}/oauth/tribe/callback`)
})
beforeEach(() => {
  expected = null
})
afterEach(() => {
  relay.tribe.faults.clear()
  application.isRevoked = false
  const lines = relay.violations().filter((line) => !expected?.test(line))
  relay.tribe.violations.length = 0
  expect(lines).toEqual([])
})
afterAll(() => relay.close())

const HOUR_MS = 3_600_000
const refreshes = () =>
  relay.tribe.log.all.filter(({ path, body }) => path.endsWith('/token') && /refresh_token/.test(body))

/** The browser of whoever begins: a consent connects at once only where it began. */
let cookie = ''

async function visit(url: string, token: string | null = null) {
  const answer = await relay.fetch(url, {
    headers: { cookie, ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
  })
  cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie
  const text = await answer.text()
  const isJson = answer.headers.get('content-type')?.includes('json')
  return {
    status: answer.status,
    location: answer.headers.get('location') ?? '',
    code: isJson ? JSON.parse(text).error?.code : null,
  }
}

/** A tenant that the operator made without any credentials of Tribe's. */
async function aTenant(): Promise<Tenant> {
  const tenant = new Tenant(relay, relay.tribe.addEnvironment(), relay.powerOffice.addClient())
  const { status, body } = await relay.operator('POST', '/api/tenants', { name: 'Samtykke AS' })
  expect([status, body.state]).toEqual([201, 'setup'])
  tenant.id = body.id
  tenant.token = body.adminToken
  const off = { enabled: false }
  await tenant.api('PATCH', '/settings', { products: off, invoices: off, payments: off })
  return tenant
}

const begin = async (tenant: Tenant) =>
  (await visit(`${relay.url}/api/tenants/${tenant.id}/tribe/connect`, tenant.token)).location

/** An admin goes to Tribe's page, says yes there, and comes back. */
async function consent(tenant: Tenant, environment: TribeEnvironment = tenant.crm) {
  return visit(await relay.tribe.acceptConsent(await begin(tenant), environment))
}

async function connected(): Promise<Tenant> {
  const tenant = await aTenant()
  expect((await consent(tenant)).status).toBe(302)
  await tenant.put('/poweroffice', { clientKey: tenant.books.clientKey })
  await tenant.activate()
  return tenant
}

const names = (books: PowerOfficeClientBooks) =>
  books
    .customers()
    .map(({ Name }) => Name)
    .sort()

test('a tenant without credentials waits to be connected; consent does, and the tenant goes to work', async () => {
  const acme = await aTenant()
  const steps = async () => (await acme.api('GET', '/checklist')).body
  expect(await steps()).toContainEqual(expect.objectContaining({ step: 'tribe', ok: false }))
  expect((await acme.put('/poweroffice', { clientKey: acme.books.clientKey })).status).toBe(200)
  for (const [method, path] of [
    ['POST', '/activate'],
    ['POST', '/preview'],
    ['GET', '/lookups'],
  ] as const)
    expect((await acme.api(method, path)).status, path).toBe(409)

  const page = new URL(await begin(acme))
  expect(`${page.origin}${page.pathname}`).toBe(`${relay.authUrl}/auth`)
  expect(page.searchParams.get('scope')).toBe('read write offline')
  expect(page.searchParams.get('state')?.length).toBeGreaterThanOrEqual(8)

  const back = await visit(await relay.tribe.acceptConsent(page.href, acme.crm))
  expect(back.status).toBe(302)
  expect(back.location).toContain(`/console/tenants/${acme.id}`)
  expect(await steps()).toContainEqual({
    step: 'tribe',
    ok: true,
    message: expect.stringContaining(acme.crm.options.name),
  })
  await acme.activate()
  acme.crm.hasCustomer({ organization: { Name: 'By consent AS' } })
  await acme.quiet()
  expect(names(acme.books)).toEqual(['By consent AS'])
})

test('only who may administer the tenant begins a consent', async () => {
  const [acme, other] = [await aTenant(), await aTenant()]
  const connect = `${relay.url}/api/tenants/${acme.id}/tribe/connect`
  expect((await visit(connect)).status).toBe(401)
  expect((await visit(connect, other.token)).status).toBe(404)
})

test('what a user refuses is not connected, and can be asked for again', async () => {
  const acme = await aTenant()
  const back = await relay.tribe.refuseConsent(await begin(acme))
  expect(await visit(back)).toMatchObject({ status: 400, code: 'tribe.consent_refused' })
  expect(await visit(back)).toMatchObject({ status: 400, code: 'tribe.consent_state_unknown' })
  expect((await consent(acme)).status).toBe(302)
})

test('a state counts once, for its own tenant, and only the last that was given', async () => {
  const [acme, other] = [await aTenant(), await aTenant()]
  const callback = (query: Record<string, string>) =>
    visit(`${relay.url}/oauth/tribe/callback?${new URLSearchParams(query)}`)
  const unknown = { status: 400, code: 'tribe.consent_state_unknown' }

  const back = new URL(await relay.tribe.acceptConsent(await begin(acme), acme.crm))
  const [code = '', state = ''] = [back.searchParams.get('code'), back.searchParams.get('state')].map(
    (value) => value ?? '',
  )
  const secret = state.split('.')[1] ?? ''
  for (const forged of ['', 'rubbish', `${acme.id}.guess`, `${acme.id}.`, acme.id, `${other.id}.${secret}`])
    expect(await callback({ code, state: forged }), forged).toMatchObject(unknown)
  expect(await callback({ code })).toMatchObject(unknown)

  // Guesses leave the real one good; it is used up by being used, whatever comes of it.
  expect((await visit(back.href)).status).toBe(302)
  expect(await visit(back.href)).toMatchObject(unknown)

  const first = await relay.tribe.acceptConsent(await begin(acme), acme.crm)
  await begin(acme)
  expect(await visit(first)).toMatchObject(unknown)
})

test('a state that is older than a quarter of an hour counts no more', async () => {
  const acme = await aTenant()
  const back = await relay.tribe.acceptConsent(await begin(acme), acme.crm)
  await relay.objectSql(
    acme.id,
    "update cursors set value = json_set(value, '$.endsAt', json_extract(value, '$.endsAt') - 900000) where name = 'consent-asked'",
  )
  expect(await visit(back)).toMatchObject({ status: 400, code: 'tribe.consent_state_unknown' })
})

test('a code that Tribe does not take connects nothing, and says so', async () => {
  const acme = await aTenant()
  const state = new URL(await begin(acme)).searchParams.get('state') ?? ''
  const query = new URLSearchParams({ code: 'made-up', state })
  const answer = await visit(`${relay.url}/oauth/tribe/callback?${query}`)
  expect(answer).toMatchObject({ status: 400, code: 'tribe.consent_not_completed' })
})

test('the consent of another company is not taken by a tenant that is connected', async () => {
  const acme = await connected()
  const answer = await consent(acme, relay.tribe.addEnvironment())
  expect(answer).toMatchObject({ status: 400, code: 'tribe.other_organization' })
  acme.crm.hasCustomer({ organization: { Name: 'Still ours AS' } })
  await acme.quiet()
  expect(names(acme.books)).toEqual(['Still ours AS'])
})

test('refresh tokens rotate over many expiries and a restart, each one used once', async () => {
  const acme = await connected()
  const made: string[] = []
  for (let n = 1; n <= 4; n++) {
    relay.tribe.clock.advance(2 * HOUR_MS)
    if (n === 3) await relay.restart()
    const Name = `Hour ${n} AS`
    made.push(Name)
    acme.crm.hasCustomer({ organization: { Name } })
    await acme.quiet()
  }
  expect(names(acme.books)).toEqual(made)
  const used = refreshes().map(({ body }) => new URLSearchParams(body).get('refresh_token'))
  expect(used.length).toBeGreaterThanOrEqual(4)
  expect(new Set(used).size).toBe(used.length)
})

test('however much goes on at once, one refresh is enough', async () => {
  const acme = await connected()
  // As when the hour is over: the relay knows that its token has ended.
  await relay.objectSql(
    acme.id,
    "update cursors set value = json_set(value, '$.expiresAt', 0) where name like '%:tribe-token'",
  )
  relay.tribe.clock.advance(2 * HOUR_MS)
  relay.tribe.log.clear()
  relay.tribe.faults.add({ name: 'slow-after', on: /\/token/, delayMs: 300 })
  for (let n = 0; n < 4; n++) acme.crm.hasCustomer({ organization: { Name: `At once ${n} AS` } })
  const lookups = await Promise.all([1, 2, 3].map(() => acme.api('GET', '/lookups?refresh=true')))
  expect(lookups.map(({ status }) => status)).toEqual([200, 200, 200])
  await acme.quiet()
  expect(names(acme.books)).toHaveLength(4)
  expect(refreshes()).toHaveLength(1)
})

test('the new refresh token is kept before the new access token is used, so a crash in between loses nothing', async () => {
  const acme = await connected()
  relay.tribe.clock.advance(2 * HOUR_MS)
  relay.tribe.log.clear()
  // The first call with the new token hangs; by then the refresh token must be on record.
  relay.tribe.faults.add({ name: 'unauthorized', on: /GET \/v1\/odata/ })
  relay.tribe.faults.add({ name: 'slow-before', on: /GET \/v1\/odata/, delayMs: 3000 })
  acme.crm.hasCustomer({ organization: { Name: 'Crash AS' } })
  await expect.poll(() => refreshes().length, { timeout: 120_000 }).toBe(1)
  await relay.restart()
  await acme.quiet()
  relay.tribe.clock.advance(2 * HOUR_MS)
  acme.crm.hasCustomer({ organization: { Name: 'After the crash AS' } })
  await acme.quiet()
  expect((await acme.status()).state).toBe('active')
  expect(names(acme.books)).toEqual(['After the crash AS', 'Crash AS'])
})

test('a consent that was taken back stops the tenant and says so; a new one lets it go on', async () => {
  const acme = await connected()
  acme.crm.revokeTokens()
  acme.crm.hasCustomer({ organization: { Name: 'Waits for consent AS' } })
  await acme.quiet()
  const status = await acme.status()
  expect(status.state).toBe('reconnect')
  expect(status.problems).toMatchObject([{ code: 'tribe.consent_ended', remedy: 'reconnect' }])
  expect(status.jobs.due).toBeGreaterThan(0)

  expect((await consent(acme)).status).toBe(302)
  await acme.quiet()
  expect((await acme.status()).state).toBe('active')
  expect(names(acme.books)).toEqual(['Waits for consent AS'])
})

test('when the answer to a refresh is lost, the tenant is not locked out in silence', async () => {
  expected = /an old refresh token was used/
  const acme = await connected()
  relay.tribe.clock.advance(2 * HOUR_MS)
  relay.tribe.faults.add({ name: 'lost-after', on: /\/token/ })
  acme.crm.hasCustomer({ organization: { Name: 'Lost AS' } })
  await expect.poll(async () => (await acme.status()).state, { timeout: 120_000 }).toBe('reconnect')
  expect((await acme.status()).problems).toMatchObject([{ code: 'tribe.consent_ended' }])
  await consent(acme)
  await acme.quiet()
  expect(names(acme.books)).toEqual(['Lost AS'])
})

test('a refresh that never reached Tribe is sent again', async () => {
  const acme = await connected()
  relay.tribe.clock.advance(2 * HOUR_MS)
  relay.tribe.faults.add({ name: 'lost-before', on: /\/token/ })
  acme.crm.hasCustomer({ organization: { Name: 'Again AS' } })
  await acme.quiet()
  expect((await acme.status()).state).toBe('active')
  expect(names(acme.books)).toEqual(['Again AS'])
})

test("a fault in the operator's application is told as such, and heals when it is mended", async () => {
  const acme = await connected()
  relay.tribe.clock.advance(2 * HOUR_MS)
  application.isRevoked = true
  acme.crm.hasCustomer({ organization: { Name: 'Operator AS' } })
  await acme.quiet()
  expect((await acme.status()).problems).toMatchObject([{ code: 'tribe.application_refused' }])
  application.isRevoked = false
  await acme.api('POST', '/jobs/retry', {})
  await acme.quiet()
  expect(names(acme.books)).toEqual(['Operator AS'])
})

test('from consent to client credentials and back', async () => {
  const acme = await connected()
  const { clientId, clientSecret } = acme.crm
  expect((await acme.put('/tribe', { clientId, clientSecret })).status).toBe(200)
  relay.tribe.log.clear()
  relay.tribe.clock.advance(2 * HOUR_MS)
  acme.crm.hasCustomer({ organization: { Name: 'By credentials AS' } })
  await acme.quiet()
  expect(refreshes()).toEqual([])

  expect((await consent(acme)).status).toBe(302)
  for (const Name of ['By consent AS', 'By consent still AS']) {
    relay.tribe.clock.advance(2 * HOUR_MS)
    acme.crm.hasCustomer({ organization: { Name } })
    await acme.quiet()
  }
  expect(names(acme.books)).toEqual(['By consent AS', 'By consent still AS', 'By credentials AS'])
})

test('no token of Tribe lies anywhere unsealed', async () => {
  const acme = await connected()
  await relay.sleep(50)
  const kept = JSON.stringify([
    await relay.sql('select * from tenants'),
    await relay.objectSql(acme.id, 'select * from cursors'),
  ])
  expect(kept).not.toMatch(/[ar]t_[a-z0-9]{48}/)
})
