import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { browserOf } from './browsing'
import { OPERATOR, type Relay, startRelay, Tenant } from './relay'

/** PowerOffice by its own consent page: whose books are connected with whose tenant, and what can go wrong on the way. */

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
beforeEach(() => {
  relay.powerOffice.onboarding.redirectUris.splice(0, 9, `${relay.url}/oauth/poweroffice/callback`)
  Object.assign(relay.powerOffice.onboarding.quirks, { tokenAlways: false, tokensStay: false })
})
afterEach(() => {
  relay.powerOffice.faults.clear()
  expect(relay.violations()).toEqual([])
})
afterAll(() => relay.close())

/** A company that the operator has added by its name alone, and the books of its client. */
async function added(name: string): Promise<Tenant> {
  const tenant = new Tenant(
    relay,
    relay.tribe.addEnvironment({ name }),
    relay.powerOffice.addClient({ name }),
  )
  const { status, body } = await relay.operator('POST', '/api/tenants', { name })
  expect(status).toBe(201)
  tenant.id = body.id
  tenant.token = body.adminToken
  return tenant
}

const begin = (tenant: Tenant, query = '') =>
  relay.fetch(`/api/tenants/${tenant.id}/poweroffice/connect${query}`, {
    headers: { authorization: `Bearer ${tenant.token}` },
  })
/** By a script: the cookie of the answer is nobody's. */
const linkMadeBy = async (tenant: Tenant) => (await begin(tenant)).headers.get('location') ?? ''
const connectionOf = async (tenant: Tenant) => (await tenant.api('GET', '')).body.connections.powerOffice
const named = (body: string) => body.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')
const codeOf = ({ text }: { text: string }) => JSON.parse(text).error.code
/** A browser in which the admin of the tenant has gone to PowerOffice, and that page. */
async function sentAway(tenant: Tenant) {
  const browser = browserOf(relay)
  await browser.logIn(tenant.token)
  const { to } = await browser.open(`/console/tenants/${tenant.id}/setup/poweroffice/consent`)
  return { browser, page: to }
}

test('a company is added by its name alone, and its checklist says what is to be connected', async () => {
  const acme = await added('Acme AS')
  const { body } = await acme.api('GET', '/checklist')
  const open = body.filter(({ step }: { step: string }) => ['tribe', 'poweroffice'].includes(step))
  expect(open.map(({ step, ok }: { step: string; ok: boolean }) => [step, ok])).toEqual([
    ['tribe', false],
    ['poweroffice', false],
  ])
})

test('begun in the console, a consent connects as soon as the browser comes back, and the key opens the books', async () => {
  const acme = await added('Acme AS')
  const { browser, page } = await sentAway(acme)
  const back = await browser.open(relay.powerOffice.allowOnboarding(page, acme.books))
  expect([back.status, back.to]).toEqual([302, `/console/tenants/${acme.id}?connected=poweroffice`])
  expect(await connectionOf(acme)).toBe('Acme AS')
  // What came back is in no address any more, and the key is at rest only sealed.
  expect(back.to).not.toMatch(/token|status/)
  const rows = JSON.stringify(await relay.sql('select * from tenants'))
  for (const key of acme.books.keys) expect(rows).not.toContain(key)
  expect(JSON.stringify(relay.lines())).not.toMatch(/token=|OnboardingToken/)
  const [line] = (await acme.api('GET', '/audit')).body.entries
  expect(line).toMatchObject({ what: 'GET /oauth/poweroffice/callback', tenantId: acme.id, status: 302 })
})

test('a connected company goes to work by that key', async () => {
  const acme = await added('Acme AS')
  const { clientId, clientSecret } = acme.crm
  await acme.put('/tribe', { clientId, clientSecret })
  const { browser, page } = await sentAway(acme)
  await browser.open(relay.powerOffice.allowOnboarding(page, acme.books))
  const off = { enabled: false }
  await acme.api('PATCH', '/settings', { products: off, invoices: off, payments: off })
  acme.books.hasCustomer({ Name: 'Havnekroa AS' })
  await acme.activate()
  expect(acme.crm.customers()).toHaveLength(1)
})

test('only who may administer the tenant begins, and one client can be asked for by its number', async () => {
  const [acme, other] = [await added('Acme AS'), await added('Other AS')]
  const headers = { authorization: `Bearer ${other.token}` }
  expect((await relay.fetch(`/api/tenants/${acme.id}/poweroffice/connect`, { headers })).status).toBe(404)
  expect((await relay.fetch(`/api/tenants/${acme.id}/poweroffice/connect`)).status).toBe(401)
  expect((await begin(acme, '?organizationNumber=x')).status).toBe(400)
  const number = acme.books.organization.OrganizationNumber
  const page = (await begin(acme, `?organizationNumber=${number}`)).headers.get('location') ?? ''
  const browser = browserOf(relay)
  await browser.logIn(acme.token)
  const back = await browser.open(relay.powerOffice.allowOnboarding(page, acme.books, other.books))
  expect((await browser.send(back.to)).status).toBe(303)
  expect(await connectionOf(acme)).toBe('Acme AS')
})

describe('what is not a consent', () => {
  test.each([
    ['Canceled', 'poweroffice.consent_refused'],
    ['ClientNotFound', 'poweroffice.consent_client_not_found'],
    ['NoClientAccess', 'poweroffice.consent_no_access'],
    ['IntegrationBlocked', 'poweroffice.integration_blocked'],
  ] as const)(
    '%s is said as %s, whether or not a token comes along, and connects nothing',
    async (status, code) => {
      for (const tokenAlways of [false, true]) {
        relay.powerOffice.onboarding.quirks.tokenAlways = tokenAlways
        const acme = await added('Acme AS')
        const { browser, page } = await sentAway(acme)
        const back = await browser.open(relay.powerOffice.refuseOnboarding(page, status))
        expect([back.status, codeOf(back)]).toEqual([400, code])
        expect(await connectionOf(acme)).toBeNull()
      }
    },
  )

  test.each([
    ['a status that nobody knows', '&status=Maybe&token=abc'],
    ['no status', ''],
    ['success without a token', '&status=Success'],
    ['a token that PowerOffice does not know', '&status=Success&token=made-up'],
  ])('%s is not one', async (_, query) => {
    const acme = await added('Acme AS')
    const { browser, page } = await sentAway(acme)
    const state = stateIn(relay.powerOffice.refuseOnboarding(page, 'Canceled'))
    const back = await browser.open(`/oauth/poweroffice/callback?state=${state}${query}`)
    expect([back.status, codeOf(back)]).toEqual([400, 'poweroffice.consent_not_completed'])
    expect(await connectionOf(acme)).toBeNull()
  })

  test('what comes back twice, too late, without a state, or with another one is refused', async () => {
    const acme = await added('Acme AS')
    const first = await sentAway(acme)
    const way = relay.powerOffice.allowOnboarding(first.page, acme.books)
    expect((await first.browser.open(way)).status).toBe(302)
    const late = await sentAway(acme)
    const lateWay = relay.powerOffice.allowOnboarding(late.page, acme.books)
    await relay.sleep(15 * 60_000)
    const token = new URL(lateWay).searchParams.get('token')
    for (const [browser, address] of [
      [first.browser, way],
      [late.browser, lateWay],
      [late.browser, `/oauth/poweroffice/callback?status=Success&token=${token}`],
      [late.browser, `/oauth/poweroffice/callback?state=${acme.id}.made-up&status=Success&token=${token}`],
      [late.browser, `/oauth/poweroffice/callback?state=nobody.x&status=Success&token=${token}`],
    ] as const) {
      const back = await browser.open(address)
      expect([back.status, codeOf(back)]).toEqual([400, 'poweroffice.consent_state_unknown'])
    }
  })

  test('a state of Tribe’s page is none of PowerOffice’s', async () => {
    const acme = await added('Acme AS')
    const { browser, page } = await sentAway(acme)
    const state = stateIn(relay.powerOffice.allowOnboarding(page, acme.books))
    const back = await browser.open(`/oauth/tribe/callback?state=${state}&code=abc`)
    expect([back.status, codeOf(back)]).toEqual([400, 'tribe.consent_state_unknown'])
  })
})

const stateIn = (address: string) => new URL(address).searchParams.get('state') ?? ''

describe('PowerOffice in trouble', () => {
  test('a return address that is not allowed is said so, before anybody is sent away', async () => {
    relay.powerOffice.onboarding.redirectUris.splice(0)
    const acme = await added('Acme AS')
    const answer = await begin(acme)
    expect([answer.status, (await answer.json<Failed>()).error.code]).toEqual([
      400,
      'poweroffice.onboarding_unavailable',
    ])
  })

  test.each(['unavailable', 'lost-after', 'html', 'empty', 'truncated', 'redirect'] as const)(
    'an answer to Initiate that is lost (%s) is for time to mend',
    async (name) => {
      const acme = await added('Acme AS')
      relay.powerOffice.faults.add({ name, on: /Initiate/ })
      expect((await begin(acme)).status).toBe(503)
      expect((await begin(acme)).status).toBe(302)
    },
  )

  test('an answer to Finalize that is lost ends the consent; a new one connects', async () => {
    const acme = await added('Acme AS')
    relay.powerOffice.faults.add({ name: 'lost-after', on: /Finalize/ })
    const { browser, page } = await sentAway(acme)
    const way = relay.powerOffice.allowOnboarding(page, acme.books)
    expect((await browser.open(way)).status).toBe(503)
    expect(codeOf(await browser.open(way))).toBe('poweroffice.consent_state_unknown')
    expect(await connectionOf(acme)).toBeNull()
    const again = await browser.open(`/console/tenants/${acme.id}/setup/poweroffice/consent`)
    await browser.open(relay.powerOffice.allowOnboarding(again.to, acme.books))
    expect(await connectionOf(acme)).toBe('Acme AS')
  })

  test('a 429 at Finalize was not executed: it is asked again', async () => {
    const acme = await added('Acme AS')
    relay.powerOffice.faults.add({ name: 'rate-limited', on: /Finalize/ })
    const { browser, page } = await sentAway(acme)
    expect((await browser.open(relay.powerOffice.allowOnboarding(page, acme.books))).status).toBe(302)
    expect(await connectionOf(acme)).toBe('Acme AS')
  })

  test('while the new key cannot be tried, it is held, and whoever is logged in tries it again', async () => {
    const acme = await added('Acme AS')
    relay.powerOffice.faults.add({ name: 'unavailable', on: /Token/, times: 2 })
    const { browser, page } = await sentAway(acme)
    const back = await browser.open(relay.powerOffice.allowOnboarding(page, acme.books))
    expect([back.status, back.to]).toEqual([302, expect.stringContaining(`/console/consent/${acme.id}.`)])
    expect((await browser.send(back.to)).status).toBe(503)
    expect((await browser.send(back.to)).status).toBe(303)
    expect(await connectionOf(acme)).toBe('Acme AS')
    expect((await browser.send(back.to)).status).toBe(400)
  })

  test('a page that is no web page is not gone to', async () => {
    const acme = await added('Acme AS')
    const made = relay.powerOffice.onboarding.answer
    Object.assign(relay.powerOffice.onboarding, { answer: () => ({ TemporaryUrl: 'javascript:alert(1)' }) })
    expect((await begin(acme)).status).toBe(503)
    Object.assign(relay.powerOffice.onboarding, { answer: made })
  })
})

type Failed = { error: { code: string } }

describe('several clients', () => {
  test('are shown by name, and the one that is chosen is connected', async () => {
    const acme = await added('Acme AS')
    const other = relay.powerOffice.addClient({ name: 'Andre <b>AS' })
    const { browser, page } = await sentAway(acme)
    const back = await browser.open(relay.powerOffice.allowOnboarding(page, other, acme.books))
    expect(await connectionOf(acme)).toBeNull()
    const asked = await browser.open(back.to)
    expect(named(asked.text)).toContain('Andre &lt;b&gt;AS')
    const forms = [
      ...asked.text.matchAll(/<form method="post" action="(\/console\/consent\/[^"]+)"[^>]*>(.*?)<\/form>/g),
    ]
    expect(forms).toHaveLength(2)
    for (const [, , inside] of forms) expect(inside).not.toContain('<input')
    // Nothing is chosen for anybody.
    expect((await browser.send(back.to)).status).toBe(400)
    expect((await browser.send(`${back.to}/2`)).status).toBe(400)
    expect((await browser.send(forms[1]?.[1] ?? '')).status).toBe(303)
    expect(await connectionOf(acme)).toBe('Acme AS')
    expect((await browser.send(forms[0]?.[1] ?? '')).status).toBe(400)
  })

  test('one that another company holds is refused without saying who, and another may be chosen', async () => {
    const holder = await relay.tenant({ activate: false })
    const acme = await added('Acme AS')
    const { browser, page } = await sentAway(acme)
    const back = await browser.open(relay.powerOffice.allowOnboarding(page, holder.books, acme.books))
    const refused = await browser.send(`${back.to}/0`)
    expect([refused.status, refused.text.includes(holder.id)]).toEqual([422, false])
    expect((await browser.send(`${back.to}/1`)).status).toBe(303)
    expect(await connectionOf(acme)).toBe('Acme AS')
  })
})

describe('attacks', () => {
  test('a link that is handed on ends at a page that names both, and is confirmed by somebody who is logged in', async () => {
    const acme = await added('Acme AS')
    const browser = browserOf(relay)
    const back = await browser.open(relay.powerOffice.allowOnboarding(await linkMadeBy(acme), acme.books))
    expect([back.status, await connectionOf(acme)]).toEqual([302, null])
    expect((await browser.open(back.to)).to).toContain('/console/login?')
    await browser.logIn(acme.token)
    const page = await browser.open(back.to)
    expect(named(page.text)).toMatch(/Acme AS, \d{9} in PowerOffice will be connected to company Acme AS/)
    const [, action, inside] =
      page.text.match(/<form method="post" action="(\/console\/consent\/[^"]+)"[^>]*>(.*?)<\/form>/) ?? []
    expect(inside).not.toContain('<input')
    expect((await browser.send(action ?? '')).to).toBe(`/console/tenants/${acme.id}?connected=poweroffice`)
    expect(await connectionOf(acme)).toBe('Acme AS')
  })

  test('the books of a victim who follows an attacker’s link are connected with nobody', async () => {
    const [attacker, victim] = [await added('Angriper AS'), await added('Offer AS')]
    const browser = browserOf(relay)
    await browser.logIn(victim.token)
    const back = await browser.open(
      relay.powerOffice.allowOnboarding(await linkMadeBy(attacker), victim.books),
    )
    expect((await browser.open(back.to)).status).toBe(403)
    const own = browserOf(relay)
    await own.logIn(attacker.token)
    expect((await own.send(back.to)).status).toBe(400)
    for (const tenant of [attacker, victim]) expect(await connectionOf(tenant)).toBeNull()
  })

  test('the attacker’s own cookie is worth nothing in the victim’s browser, nor the cookie of another consent', async () => {
    const [attacker, victim] = [await added('Angriper AS'), await added('Offer AS')]
    const { page } = await sentAway(attacker)
    const { browser } = await sentAway(victim)
    const back = await browser.open(relay.powerOffice.allowOnboarding(page, victim.books))
    expect(back.to).toContain(`/console/consent/${attacker.id}.`)
    expect(await connectionOf(attacker)).toBeNull()
  })

  test('what another tenant holds is refused at once, without saying who', async () => {
    const holder = await relay.tenant({ activate: false })
    const acme = await added('Acme AS')
    for (const open of [
      async () => {
        const { browser, page } = await sentAway(acme)
        return browser.open(relay.powerOffice.allowOnboarding(page, holder.books))
      },
      async () =>
        browserOf(relay).open(relay.powerOffice.allowOnboarding(await linkMadeBy(acme), holder.books)),
    ]) {
      const back = await open()
      expect([back.status, codeOf(back)]).toEqual([400, 'poweroffice.client_taken'])
      expect(back.text).not.toContain(holder.id)
    }
  })

  test('a company at work does not turn to other books', async () => {
    const acme = await relay.tenant()
    const { browser, page } = await sentAway(acme)
    const back = await browser.open(relay.powerOffice.allowOnboarding(page, relay.powerOffice.addClient()))
    expect([back.status, codeOf(back)]).toEqual([400, 'poweroffice.other_client'])
  })

  test('the cookie is for the way back from another site, for this host alone, and for no script', async () => {
    const acme = await added('Acme AS')
    expect((await begin(acme)).headers.get('set-cookie')).toMatch(
      /^relay_consent_poweroffice=[\w-]{43}; Max-Age=900; Path=\/; HttpOnly; SameSite=Lax$/,
    )
    const secure = await startRelay({ vars: { PUBLIC_URL: 'https://relay.example' } })
    secure.powerOffice.onboarding.redirectUris.push('https://relay.example/oauth/poweroffice/callback')
    const { body } = await secure.operator('POST', '/api/tenants', { name: 'Acme AS' })
    const headers = { authorization: `Bearer ${OPERATOR}` }
    const answer = await secure.fetch(`/api/tenants/${body.id}/poweroffice/connect`, { headers })
    await secure.close()
    expect(answer.headers.get('set-cookie')).toMatch(
      /^__Host-relay_consent_poweroffice=[^;]+; Max-Age=900; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
  })

  test('what is held lies sealed, is not exported, and is worth nothing after a quarter of an hour', async () => {
    const acme = await added('Acme AS')
    const browser = browserOf(relay)
    await browser.logIn(acme.token)
    const back = await browser.open(relay.powerOffice.allowOnboarding(await linkMadeBy(acme), acme.books))
    const kept = JSON.stringify(await relay.objectSql(acme.id, 'select * from cursors'))
    for (const key of acme.books.keys) expect(kept).not.toContain(key)
    expect(JSON.stringify((await acme.api('GET', '/export')).body)).not.toMatch(/consent-(asked|held)/)
    await relay.sleep(15 * 60_000)
    expect((await browser.send(back.to)).status).toBe(400)
  })
})

describe('leaving', () => {
  test('with PowerOffice: the integration is taken out of the client, and the company is forgotten', async () => {
    const acme = await relay.tenant()
    expect((await acme.api('DELETE', '?offboard=true')).status).toBe(204)
    expect(acme.books.isRevoked).toBe(true)
    expect((await acme.api('GET', '')).status).toBe(401)
  })

  test('without a word about it, PowerOffice is left alone', async () => {
    const acme = await relay.tenant()
    expect((await acme.api('DELETE', '')).status).toBe(204)
    expect(acme.books.isRevoked).toBe(false)
  })

  test('while PowerOffice does not answer, or does not allow it, the company stays, and works on', async () => {
    const acme = await relay.tenant()
    relay.powerOffice.faults.add({ name: 'unavailable', on: /Offboarding/ })
    expect((await acme.api('DELETE', '?offboard=true')).status).toBe(503)
    acme.books.setPrivileges(acme.books.privileges.filter((one) => one !== 'CommonServices_Full'))
    const refused = await acme.api('DELETE', '?offboard=true')
    expect([refused.status, refused.body.error.code]).toEqual([422, 'poweroffice.offboarding_refused'])
    acme.crm.hasCustomer({ organization: { Name: 'Nytt AS' } })
    await acme.quiet()
    expect(acme.books.customers().map(({ Name }) => Name)).toContain('Nytt AS')
    expect((await acme.api('DELETE', '')).status).toBe(204)
  })

  test('an integration that is out already, or an answer that was lost, keeps nobody', async () => {
    const acme = await relay.tenant()
    relay.powerOffice.faults.add({ name: 'lost-after', on: /Offboarding/ })
    expect((await acme.api('DELETE', '?offboard=true')).status).toBe(503)
    expect((await acme.api('DELETE', '?offboard=true')).status).toBe(204)
    const none = await added('Ingen AS')
    expect((await none.api('DELETE', '?offboard=true')).status).toBe(204)
  })
})
