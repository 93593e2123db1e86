import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { OPERATOR, type Relay, startRelay, type Tenant } from './relay'

/** Who gets into the console, what another site can do there, and what a name can. */

let relay: Relay
let acme: Tenant
let other: Tenant
beforeAll(async () => {
  relay = await startRelay()
  ;[acme, other] = await Promise.all([relay.tenant(), relay.tenant()])
})
afterEach(() => expect(relay.violations()).toEqual([]))
afterAll(() => relay.close())

interface Asked {
  cookie?: string
  form?: Record<string, string>
  headers?: Record<string, string>
  /** Null: whoever sends the form does not say where it comes from. */
  origin?: string | null
}

async function ask(path: string, { cookie, form, headers = {}, origin = relay.url }: Asked = {}) {
  const answer = await relay.fetch(path, {
    method: form ? 'POST' : 'GET',
    headers: {
      ...(cookie ? { cookie } : {}),
      ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      ...(form && origin !== null ? { origin } : {}),
      ...headers,
    },
    ...(form ? { body: new URLSearchParams(form).toString() } : {}),
  })
  const to = answer.headers.get('location')
  return { status: answer.status, to, headers: answer.headers, text: await answer.text() }
}

async function cookieOf(token: string): Promise<string> {
  const { headers } = await ask('/console/login', { form: { token } })
  return headers.get('set-cookie')?.split(';')[0] ?? ''
}

test('whoever is not logged in is asked for a token at the front door', async () => {
  const { status, text } = await ask('/console')
  expect(status).toBe(200)
  expect(text).toContain('name="token"')
})

test('the pages’ looks and their script come without a login, as they stand in their files', async () => {
  const written = (name: string) => readFileSync(`src/console/${name}`, 'utf8')
  const style = await ask('/console/style.css')
  expect(style.text).toBe(['page', 'forms', 'parts'].map((name) => written(`style/${name}.css`)).join('\n'))
  expect(style.headers.get('content-type')).toBe('text/css; charset=utf-8')
  const script = await ask('/console/live.js')
  expect(script.text).toBe(written('live.js'))
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
})

test('a right token leads in, by a cookie that no script and no other site can use, and that does not hold it', async () => {
  const { status, to, headers } = await ask('/console/login', {
    form: { token: acme.token, back: `/console/tenants/${acme.id}/records` },
  })
  expect([status, to]).toEqual([303, `/console/tenants/${acme.id}/records`])
  const cookie = headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/^relay_session=[^;]+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Lax$/)
  expect(decodeURIComponent(cookie)).not.toContain(acme.token)
  // The first page is one's own: the list of tenants is the operator's.
  const mine = await cookieOf(acme.token)
  expect((await ask('/console', { cookie: mine })).to).toBe(`/console/tenants/${acme.id}`)
  expect((await ask('/console/tenants', { cookie: mine })).to).toBe(`/console/tenants/${acme.id}`)
  expect((await ask('/console', { cookie: await cookieOf(OPERATOR) })).to).toBe('/console/tenants')
})

test('where https is spoken, the cookie goes nowhere else', async () => {
  const secure = await startRelay({ vars: { PUBLIC_URL: 'https://relay.example' } })
  const answer = await secure.fetch('/console/login', {
    method: 'POST',
    body: new URLSearchParams({ token: OPERATOR }),
    headers: { origin: 'https://relay.example' },
  })
  await secure.close()
  expect(answer.headers.get('set-cookie')).toMatch(/HttpOnly; Secure; SameSite=Lax$/)
})

test.each([
  ['a token of nobody’s', () => 'x'.repeat(43)],
  ['no token', () => ''],
  ['a token that is no header', () => 'å\nb'],
])('%s is told so, and leads nowhere', async (_, token) => {
  const { status, headers, text } = await ask('/console/login', { form: { token: token() } })
  expect([status, headers.get('set-cookie')]).toEqual([401, null])
  expect(text).toContain('This token is not known')
})

test('what one comes back to after logging in is within the console', async () => {
  for (const back of [
    'https://evil.example',
    '//evil.example',
    '/console/../..//evil',
    '/api/me',
    '/console\\@evil',
  ])
    expect((await ask('/console/login', { form: { token: acme.token, back } })).to).toBe('/console')
})

test('without a cookie, with one that was altered or that is of another kind, one has to log in', async () => {
  const cookie = await cookieOf(acme.token)
  const altered = `${cookie.slice(0, -4)}${cookie.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`
  const path = `/console/tenants/${acme.id}`
  for (const one of ['', 'relay_session=rubbish', `relay_session=${acme.token}`, altered])
    expect((await ask(path, { cookie: one })).to).toBe(
      `/console/login?${new URLSearchParams({ back: path })}`,
    )
  expect((await ask(path, { cookie })).status).toBe(200)
})

test('a token that has been replaced is no way in any more, and one can log out', async () => {
  const tenant = await relay.tenant({ activate: false })
  const cookie = await cookieOf(tenant.token)
  await tenant.api('POST', '/admin-token')
  const ended = await ask(`/console/tenants/${tenant.id}/manage`, { cookie })
  expect([ended.status, ended.to]).toEqual([303, '/console/login?ended=true'])
  expect(ended.headers.get('set-cookie')).toMatch(/^relay_session=; Max-Age=0/)
  const out = await ask('/console/logout', { form: {}, cookie: await cookieOf(acme.token) })
  expect(out.headers.get('set-cookie')).toMatch(/^relay_session=; Max-Age=0/)
})

test('a form that another site sends is refused, though the browser sends the cookie along', async () => {
  const cookie = await cookieOf(acme.token)
  const path = `/console/tenants/${acme.id}/pause`
  for (const [origin, headers] of [
    ['https://evil.example', {}],
    ['null', {}],
    [null, {}],
    [null, { 'sec-fetch-site': 'cross-site' }],
    [null, { 'content-type': 'text/plain' }],
  ] as const) {
    const { status, text } = await ask(path, { cookie, form: {}, origin, headers })
    expect([status, text.includes('did not come from the console')]).toEqual([403, true])
    expect(text).toContain('(request.foreign_form)')
  }
  expect((await acme.status()).state).toBe('active')
  expect((await ask(path, { cookie, form: {} })).status).toBe(303)
  expect((await acme.status()).state).toBe('paused')
  await ask(`/console/tenants/${acme.id}/resume`, { cookie, form: {} })
})

const PAGES = [
  ...['', '/setup', '/setup/tribe', '/setup/tribe/consent', '/setup/poweroffice', '/setup/general'],
  ...[
    '/setup/account',
    '/setup/units',
    '/setup/vat',
    '/setup/fields',
    '/setup/preview',
    '/setup/activate',
    '/records',
  ],
  ...['/records', '/records/customer/poweroffice/1', '/comparison', '/manage', '/export'],
  ...['/undo', '/records/customer/poweroffice/1/undo/1', '/dry-run/1', '/dry-run/1/list.csv'],
]
const FORMS = [
  ...['/pause', '/resume', '/retry', '/sync', '/token', '/disconnect', '/records/relink', '/records/forget'],
  ...['/records/recreate', '/setup/tribe', '/setup/poweroffice', '/setup/general', '/setup/account'],
  ...[
    '/alerts',
    '/setup/signing',
    '/setup/units',
    '/setup/vat',
    '/setup/fields',
    '/setup/fields/remove',
    '/setup/fields/read',
    '/setup/lists',
    '/setup/preview',
    '/setup/decisions',
    '/setup/activate',
  ],
  ...['/undo', '/undo/confirm', '/records/customer/poweroffice/1/undo/1'],
  ...['/dry-run?step=general', '/dry-run?step=fields', '/dry-run/1/again', '/dry-run/1/save'],
]

test("another tenant's pages and forms are as if they did not exist", async () => {
  const cookie = await cookieOf(other.token)
  const decided = { 'decide:customer:1': 'leave', what: 'relations', kind: 'customer', tribeId: other.id }
  const outcomes = await Promise.all([
    ...PAGES.map((path) => ask(`/console/tenants/${acme.id}${path}`, { cookie })),
    ...FORMS.map((path) => ask(`/console/tenants/${acme.id}${path}`, { cookie, form: decided })),
  ])
  const missing = await ask('/console/tenants/nobody', { cookie })
  expect(missing.text).toContain('There is nothing at this address')
  for (const { status, text } of outcomes) {
    expect(status).toBe(404)
    expect(text).toContain('There is nothing at this address')
    expect(text).not.toContain('Fjordlys')
  }
})

test('a name is a name, whatever it holds', async () => {
  const name = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
  const { body } = await relay.operator('POST', '/api/tenants', { name })
  const cookie = await cookieOf(OPERATOR)
  for (const path of [
    '/console/tenants',
    `/console/tenants/${body.id}/setup/tribe`,
    `/console/tenants/${body.id}/manage`,
  ]) {
    const { text } = await ask(path, { cookie })
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&gt;&lt;img src=x')
    expect(text.match(/<script|<img/g)).toEqual(['<script'])
  }
  await relay.operator('DELETE', `/api/tenants/${body.id}`)
})

test('every page forbids scripts and styles within itself, frames around it, and to be kept', async () => {
  const cookie = await cookieOf(acme.token)
  for (const path of ['/console/login', `/console/tenants/${acme.id}`, '/console/nowhere']) {
    const { headers, text } = await ask(path, { cookie })
    const policy = headers.get('content-security-policy') ?? ''
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ])
      expect(policy).toContain(rule)
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(text).not.toMatch(/ style=| on\w+=|<style/)
  }
})

test('it speaks the language that was chosen, else the browser’s, else English', async () => {
  const langOf = async (headers: Record<string, string>) =>
    /<html lang="(\w+)"/.exec((await ask('/console/login', { headers })).text)?.[1]
  expect(await langOf({ 'accept-language': 'nl-NL,nl;q=0.9,en;q=0.8' })).toBe('nl')
  expect(await langOf({ 'accept-language': 'nn-NO,de' })).toBe('nb')
  expect(await langOf({ 'accept-language': 'de' })).toBe('en')
  const chosen = await ask('/console/language', {
    form: { language: 'nb', back: '/console/login?left=true' },
  })
  expect(chosen.to).toBe('/console/login?left=true')
  const cookie = chosen.headers.get('set-cookie')?.split(';')[0] ?? ''
  expect(await langOf({ cookie, 'accept-language': 'nl' })).toBe('nb')
})
