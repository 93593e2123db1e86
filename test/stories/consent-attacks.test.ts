import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { browserOf } from './browsing'
import { OPERATOR, type Relay, startRelay, Tenant } from './relay'

/** Whose Tribe is connected with whose tenant: a consent counts at once only where it began. */

let relay: Relay
beforeAll(async () => {
  relay = await startRelay({
    secrets: { TRIBE_CLIENT_ID: 'marketplace-1', TRIBE_CLIENT_SECRET: 'marketplace-secret-1' },
  })
  relay.tribe.addApplication(`${relay.url}/oauth/tribe/callback`)
})
afterEach(() => expect(relay.violations()).toEqual([]))
afterAll(() => relay.close())

/** A company that the operator has added, with nothing connected. */
async function added(name: string): Promise<Tenant> {
  const tenant = new Tenant(relay, relay.tribe.addEnvironment({ name }), relay.powerOffice.addClient())
  const { body } = await relay.operator('POST', '/api/tenants', { name })
  tenant.id = body.id
  tenant.token = body.adminToken
  return tenant
}

/** By a script: the cookie of the answer is nobody's. */
async function linkMadeBy(tenant: Tenant): Promise<string> {
  const headers = { authorization: `Bearer ${tenant.token}` }
  const answer = await relay.fetch(`/api/tenants/${tenant.id}/tribe/connect`, { headers })
  return answer.headers.get('location') ?? ''
}
const allowed = (link: string, who: Tenant) => relay.wait(relay.tribe.acceptConsent(link, who.crm))
const connectionOf = async (tenant: Tenant) => (await tenant.api('GET', '')).body.connections.tribe
const named = (body: string) => body.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')

test('begun in the console, a consent connects as soon as the browser comes back', async () => {
  const acme = await added('Acme AS')
  const browser = browserOf(relay)
  await browser.logIn(acme.token)
  const { to } = await browser.open(`/console/tenants/${acme.id}/setup/tribe/consent`)
  const back = await browser.open(await allowed(to, acme))
  expect([back.status, back.to]).toEqual([302, `/console/tenants/${acme.id}?connected=tribe`])
  expect(await connectionOf(acme)).toBe('Acme AS')
})

test('the cookie of a consent is for the way back from another site, for no script, and ends with the consent', async () => {
  const acme = await added('Acme AS')
  const headers = { authorization: `Bearer ${acme.token}` }
  const { headers: told } = await relay.fetch(`/api/tenants/${acme.id}/tribe/connect`, { headers })
  expect(told.get('set-cookie')).toMatch(
    /^relay_consent=[\w-]{43}; Max-Age=900; Path=\/; HttpOnly; SameSite=Lax$/,
  )
})

test('where https is spoken, the cookie of a consent is for this host alone', async () => {
  const vars = { PUBLIC_URL: 'https://relay.example' }
  const secrets = { TRIBE_CLIENT_ID: 'marketplace-1', TRIBE_CLIENT_SECRET: 'marketplace-secret-1' }
  const secure = await startRelay({ vars, secrets })
  const { body } = await secure.operator('POST', '/api/tenants', { name: 'Acme AS' })
  const headers = { authorization: `Bearer ${body.adminToken}` }
  const answer = await secure.fetch(`/api/tenants/${body.id}/tribe/connect`, { headers })
  await secure.close()
  expect(answer.headers.get('set-cookie')).toMatch(
    /^__Host-relay_consent=[^;]+; Max-Age=900; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  )
})

test('a link that is handed on ends at a page that names both, and is confirmed there by somebody who is logged in', async () => {
  const acme = await added('Acme AS')
  const browser = browserOf(relay)
  const back = await browser.open(await allowed(await linkMadeBy(acme), acme))
  expect([back.status, await connectionOf(acme)]).toEqual([302, null])

  // Nobody is logged in here: first that, then back.
  const asked = await browser.open(back.to)
  expect(asked.to).toBe(`/console/login?${new URLSearchParams({ back: back.to })}`)
  expect(await browser.logIn(acme.token, back.to)).toBe(back.to)
  const page = await browser.open(back.to)
  expect(named(page.text)).toContain('Tribe of Acme AS will be connected to company Acme AS')
  const form = page.text.match(/<form method="post" action="(\/console\/consent\/[^"]+)"[^>]*>(.*?)<\/form>/)
  expect(form?.[2]).not.toContain('<input')
  expect(await connectionOf(acme)).toBeNull()

  const done = await browser.send(form?.[1] ?? '')
  expect([done.status, done.to]).toEqual([303, `/console/tenants/${acme.id}?connected=tribe`])
  expect(await connectionOf(acme)).toBe('Acme AS')
  expect((await browser.send(form?.[1] ?? '')).status).toBe(400)
})

test('the operator may confirm it, too', async () => {
  const acme = await added('Acme AS')
  const browser = browserOf(relay)
  await browser.logIn(OPERATOR)
  const back = await browser.open(await allowed(await linkMadeBy(acme), acme))
  expect((await browser.send(back.to)).status).toBe(303)
  expect(await connectionOf(acme)).toBe('Acme AS')
})

test('a link that the admin of one company made does not connect the Tribe of another, whoever opens what came of it', async () => {
  const attacker = await added('Angriper AS')
  const victim = await added('Offer AS')
  const browser = browserOf(relay)
  await browser.logIn(victim.token)
  const back = await browser.open(await allowed(await linkMadeBy(attacker), victim))
  const page = await browser.open(back.to)
  expect([page.status, named(page.text)]).toEqual([
    403,
    expect.stringContaining('a company that you are not logged in for'),
  ])
  expect(page.text).toContain('(tribe.consent_not_yours)')
  expect((await browser.send(back.to)).status).toBeGreaterThanOrEqual(400)

  // The attacker gets nothing of it either, by the page's own address.
  const own = browserOf(relay)
  await own.logIn(attacker.token)
  expect((await own.open(back.to)).status).toBe(400)
  expect((await own.send(back.to)).status).toBe(400)
  for (const tenant of [attacker, victim]) expect(await connectionOf(tenant)).toBeNull()
})

test('the attacker, who began in a browser, cannot use what the other one allowed', async () => {
  const attacker = await added('Angriper AS')
  const victim = await added('Offer AS')
  const own = browserOf(relay)
  await own.logIn(attacker.token)
  const { to } = await own.open(`/console/tenants/${attacker.id}/setup/tribe/consent`)
  await browserOf(relay).open(await allowed(to, victim))
  const guess = `/console/consent/${attacker.id}.${new URL(to).searchParams.get('state')?.split('.')[1]}`
  expect((await own.send(guess)).status).toBe(400)
  expect(await connectionOf(attacker)).toBeNull()
})

test('a cookie of another consent is no cookie of this one', async () => {
  const [acme, other] = [await added('Acme AS'), await added('Other AS')]
  const browser = browserOf(relay)
  await browser.logIn(other.token)
  await browser.open(`/console/tenants/${other.id}/setup/tribe/consent`)
  const back = await browser.open(await allowed(await linkMadeBy(acme), acme))
  expect(back.to).toContain(`/console/consent/${acme.id}.`)
  expect(await connectionOf(acme)).toBeNull()
})

test('what waits to be confirmed lies sealed, is not exported, and is worth nothing after a quarter of an hour', async () => {
  const acme = await added('Acme AS')
  const browser = browserOf(relay)
  await browser.logIn(acme.token)
  const back = await browser.open(await allowed(await linkMadeBy(acme), acme))
  const kept = JSON.stringify(await relay.objectSql(acme.id, 'select * from cursors'))
  expect(kept).toContain('consent-held')
  expect(kept).not.toMatch(/[ar]t_[a-z0-9]{48}|Acme/)
  expect(JSON.stringify((await acme.api('GET', '/export')).body)).not.toContain('consent-held')
  await relay.sleep(15 * 60_000)
  expect((await browser.send(back.to)).status).toBe(400)
  await relay.tick('30 2 * * *')
  expect(await relay.objectSql(acme.id, "select 1 from cursors where name = 'consent-held'")).toEqual([])
})

test('what another tenant holds is refused before anybody is asked to confirm it', async () => {
  const acme = await relay.tenant({ activate: false })
  const other = await added('Other AS')
  const browser = browserOf(relay)
  const back = await browser.open(await allowed(await linkMadeBy(other), acme))
  expect([back.status, JSON.parse(back.text).error.code]).toEqual([400, 'tribe.organization_taken'])
})
