import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { browserOf } from './browsing'
import { OPERATOR, type Relay, startRelay } from './relay'

/** The operator's list of companies, and what pages are called. */

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => expect(relay.violations()).toEqual([]))
afterAll(() => relay.close())

const said = (html: string) => html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')

test('the operator finds a company by its name or its state, and the name stands in no address', async () => {
  const browser = browserOf(relay)
  await browser.logIn(OPERATOR)
  const made = await relay.operator('POST', '/api/tenants', { name: 'Ødegård & Sønner' })
  expect(made.status).toBe(201)
  const find = async (form: Record<string, string>) =>
    said((await browser.send('/console/tenants/find', form)).text)
  const byName = await find({ q: 'ødegård' })
  expect(byName).toContain('Ødegård &amp; Sønner – Being set up')
  expect(byName).not.toContain('Fjordlys AS')
  expect(await find({ q: 'nobody of that name' })).toContain('No company matches.')
  expect(await find({ q: 'ødegård', health: 'paused' })).toContain('No company matches.')
  const { text } = await browser.open('/console/tenants?health=setup')
  expect(text).toContain('Ødegård')
  expect(text).toContain('<option value="setup" selected')
  const page = (await browser.send('/console/tenants/find', { q: 'ødegård' })).text
  expect(page).toContain('method="post" action="/console/tenants/find"')
  expect(page).not.toMatch(/(href|action)="[^"]*(degård|deg%)/i)
  expect((await browser.open('/console/tenants/find')).to).toBe('/console/tenants')
})

test('past fifty companies there are pages, and each company is on one of them', async () => {
  for (let n = 0; n < 52; n++) await relay.operator('POST', '/api/tenants', { name: `Mange ${n} AS` })
  const browser = browserOf(relay)
  await browser.logIn(OPERATOR)
  const seen: string[] = []
  const counts: number[] = []
  for (let page = 1; page <= 2; page++) {
    const { text } = await browser.send('/console/tenants/find', { q: 'mange', page: String(page) })
    expect(said(text)).toContain(`52 companies, those that need attention first: page ${page} of 2`)
    expect(text).toContain(`name="page" value="${3 - page}"`)
    const names = [...text.matchAll(/>(Mange \d+ AS)<\/a>/g)].map(([, name = '']) => name)
    counts.push(names.length)
    seen.push(...names)
  }
  expect(counts).toEqual([50, 2])
  expect(new Set(seen).size).toBe(52)
  const beyond = await browser.open('/console/tenants?page=99')
  expect([beyond.status, /page (\d+) of \1/.test(said(beyond.text))]).toEqual([200, true])
})

test('each page says in its title what it is, and no two say the same', async () => {
  const acme = await relay.tenant()
  const fresh = await relay.tenant({ activate: false })
  const browser = browserOf(relay)
  await browser.logIn(OPERATOR)
  const setup = ['tribe', 'poweroffice', 'preview', 'activate']
  const paths = [
    ...['/console/tenants', '/console/audit', '/console/nowhere'],
    ...[
      '',
      '/records',
      '/comparison',
      '/manage',
      '/events',
      '/audit',
      '/records/customer/tribe/2f1c8d7e-4b0a-4c6e-9a53-0d8f6e1b7a42',
    ].map((path) => `/console/tenants/${acme.id}${path}`),
    ...['general', 'account', 'units', 'vat', 'fields'].map(
      (step) => `/console/tenants/${acme.id}/setup/${step}`,
    ),
    ...setup.map((step) => `/console/tenants/${fresh.id}/setup/${step}`),
  ]
  const titles = new Map<string, string[]>()
  for (const path of paths) {
    const { text } = await browser.open(path)
    const title = (/<title>([^<]*)<\/title>/.exec(text)?.[1] ?? '').trim()
    expect(title, path).toMatch(/\S.* · /)
    titles.set(title, [...(titles.get(title) ?? []), path])
  }
  expect([...titles].filter(([, pages]) => pages.length > 1)).toEqual([])
})
