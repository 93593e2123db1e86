import { afterAll, beforeAll, expect, test } from 'vitest'
import { startFakeTribe } from '../fakes/tribe'
import { callerFor, callerWith, type Running, tokenFor } from './tribe'

let tribe: Running
beforeAll(async () => {
  tribe = await startFakeTribe({ seed: 1 })
})
afterAll(() => tribe.close())

const REDIRECT = 'http://127.0.0.1:4000/oauth/tribe/callback'

const consentUrl = (clientId: string, more: Record<string, string> = {}) =>
  `${tribe.authUrl}/auth?${new URLSearchParams({
    client_id: clientId,
    redirect_uri: REDIRECT,
    state: 'state-of-eight-or-more',
    response_type: 'code',
    scope: 'read write offline',
    ...more,
  })}`

test('an application gets a token for its own environment, and the identity tells which that is', async () => {
  const env = tribe.addEnvironment({ name: 'Hav og Fjell AS' })
  const call = await callerFor(tribe, env)
  const { rows } = await call.get('Relationship_Organization_Identity', {
    $expand: 'Relation($select=ID)',
    $select: 'Name',
  })
  expect(rows).toMatchObject([{ Name: 'Hav og Fjell AS', Relation: { ID: env.ownOrganizationId } }])
  const employee = await call.get('GetCurrentEmployee()', { $expand: 'Person' })
  expect(employee.body).toMatchObject({
    _Type: 'Relationship.Person.Contact.Employee',
    Person: { FirstName: 'PowerOffice', LastName: 'sync' },
  })
  expect(env.violations).toEqual([])
})

test('a wrong secret, a revoked application and a secret from before its rotation get no token', async () => {
  const env = tribe.addEnvironment()
  const ask = (client_secret: string) =>
    tokenFor(tribe, { grant_type: 'client_credentials', client_id: env.clientId, client_secret })
  expect(await ask('wrong')).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
  const old = env.clientSecret
  env.rotateSecret()
  expect(await ask(old)).toMatchObject({ status: 401 })
  expect(await ask(env.clientSecret)).toMatchObject({
    status: 200,
    body: { token_type: 'bearer', expires_in: 3599 },
  })
  env.revokeCredentials()
  expect(await ask(env.clientSecret)).toMatchObject({ status: 401 })
})

test('client credentials may not ask for offline access unless the application was set up so', async () => {
  const form = (env: { clientId: string; clientSecret: string }) => ({
    grant_type: 'client_credentials',
    client_id: env.clientId,
    client_secret: env.clientSecret,
    scope: 'read write offline',
  })
  expect((await tokenFor(tribe, form(tribe.addEnvironment()))).body.error).toBe('invalid_grant')
  const { body } = await tokenFor(tribe, form(tribe.addEnvironment({ offlineConfigured: true })))
  expect(body.refresh_token).toEqual(expect.any(String))
})

test('a token expires by the clock, and whoever goes on using it is noted', async () => {
  const fake = await startFakeTribe({ tokenLifeSeconds: 60 })
  const env = fake.addEnvironment()
  const call = await callerFor(fake, env)
  expect((await call.get('Product')).status).toBe(200)
  fake.clock.advance(61_000)
  expect((await call.get('Product')).status).toBe(401)
  expect(env.violations).toEqual([])
  for (let i = 0; i < 4; i++) await call.get('Product')
  expect(env.violations).toEqual(['an expired token was used more than once'])
  await fake.close()
})

test('a token in the query works, and is noted', async () => {
  const env = tribe.addEnvironment()
  const { token } = await callerFor(tribe, env)
  const answer = await fetch(`${tribe.apiUrl}/odata/Product?access_token=${token}`)
  expect(answer.status).toBe(200)
  expect(env.violations).toEqual(['access_token in the query'])
  expect((await fetch(`${tribe.apiUrl}/odata/Product`)).status).toBe(401)
})

test('a user of any environment can give a marketplace application access, with tokens that rotate', async () => {
  const env = tribe.addEnvironment({ name: 'Valgt AS' })
  const app = tribe.addApplication(REDIRECT)
  const page = await fetch(consentUrl(app.clientId))
  expect(await page.text()).toContain('Valgt AS')
  const next = new URL(await tribe.acceptConsent(consentUrl(app.clientId), env))
  expect(next.searchParams.get('state')).toBe('state-of-eight-or-more')
  const client = { client_id: app.clientId, client_secret: app.clientSecret }
  const code = next.searchParams.get('code') ?? ''
  const first = await tokenFor(tribe, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: REDIRECT,
    ...client,
  })
  expect(first).toMatchObject({ status: 200, body: { scope: 'read write offline' } })
  const refresh = (token: unknown) =>
    tokenFor(tribe, { grant_type: 'refresh_token', refresh_token: String(token), ...client })
  const second = await refresh(first.body.refresh_token)
  expect(second.body.refresh_token).not.toBe(first.body.refresh_token)
  const employee = await callerWith(tribe, String(second.body.access_token)).get('GetCurrentEmployee()')
  expect(employee.body._Name).toBe('Ingrid Bakke')

  // Whoever comes with the old one may be a thief, so the grant is locked for all.
  expect((await refresh(first.body.refresh_token)).body.error).toBe('invalid_grant')
  expect((await refresh(second.body.refresh_token)).body.error).toBe('invalid_grant')
  expect((await callerWith(tribe, String(second.body.access_token)).get('Product')).status).toBe(401)
  expect(env.violations).toEqual(['an old refresh token was used: the grant is locked'])
})

test('the consent page refuses a short state, an unknown scope and an address that is not registered', async () => {
  tribe.addEnvironment()
  const app = tribe.addApplication(REDIRECT)
  const go = (more: Record<string, string>) =>
    fetch(consentUrl(app.clientId, { consent: 'yes', ...more }), { redirect: 'manual' })
  expect((await go({ state: 'short' })).headers.get('location')).toContain('error=invalid_state')
  expect((await go({ scope: 'read everything' })).headers.get('location')).toContain('error=invalid_scope')
  expect((await go({ redirect_uri: 'https://elsewhere.example/' })).status).toBe(400)
  expect((await go({})).headers.get('location')).toContain('code=')
  expect(await tribe.refuseConsent(consentUrl(app.clientId))).toContain('error=access_denied')
})

test('a code works once, and its second use ends what came of the first', async () => {
  const env = tribe.addEnvironment()
  const app = tribe.addApplication(REDIRECT)
  const next = new URL(await tribe.acceptConsent(consentUrl(app.clientId), env))
  const form = {
    grant_type: 'authorization_code',
    code: next.searchParams.get('code') ?? '',
    redirect_uri: REDIRECT,
    client_id: app.clientId,
    client_secret: app.clientSecret,
  }
  const first = await tokenFor(tribe, form)
  expect((await tokenFor(tribe, form)).status).toBe(400)
  expect((await callerWith(tribe, String(first.body.access_token)).get('Product')).status).toBe(401)
})

test('the log knows whose request it was, and by whom a token was asked', async () => {
  const env = tribe.addEnvironment()
  const call = await callerFor(tribe, env)
  await call.get('Product')
  expect(tribe.log.matching(/GET \/v1\/odata\/Product/, env.id)).toHaveLength(1)
  expect(tribe.log.matching(/POST \/oauth2\/token/, env.clientId)).toMatchObject([{ status: 200 }])
})

test('more requests at once than allowed are noted', async () => {
  const fake = await startFakeTribe({ latencyMs: 40 })
  const env = fake.addEnvironment({ maxConcurrent: 3 })
  const call = await callerFor(fake, env)
  await Promise.all([1, 2, 3].map(() => call.get('Product')))
  expect(env.violations).toEqual([])
  await Promise.all([1, 2, 3, 4].map(() => call.get('Product')))
  expect(env.violations).toEqual(['4 requests at once'])
  expect(fake.violations).toEqual([`${env.id}: 4 requests at once`])
  await fake.close()
})
