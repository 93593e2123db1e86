import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { PowerOfficeClientBooks } from '../fakes/poweroffice'
import { browserOf } from './browsing'
import { OPERATOR, type Relay, startRelay } from './relay'

/** Several clients of PowerOffice were picked: the operator has a company made for each. */

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
beforeEach(() => {
  relay.powerOffice.onboarding.redirectUris.splice(0, 9, `${relay.url}/oauth/poweroffice/callback`)
})
afterEach(() => {
  relay.powerOffice.faults.clear()
  expect(relay.violations()).toEqual([])
})
afterAll(() => relay.close())

const clients = (...names: string[]) => names.map((name) => relay.powerOffice.addClient({ name }))

/** The operator has added a company, gone to PowerOffice from it, and picked these; where the browser is then. */
async function picked(books: readonly PowerOfficeClientBooks[]) {
  const { body } = await relay.operator('POST', '/api/tenants', { name: 'Regnskapsbyrået AS' })
  const browser = browserOf(relay)
  await browser.logIn(OPERATOR)
  const { to } = await browser.open(`/console/tenants/${body.id}/setup/poweroffice/consent`)
  const back = await browser.open(relay.powerOffice.allowOnboarding(to, ...books))
  const consent = String(back.to).split('/').at(-1) ?? ''
  return { browser, page: String(back.to), consent, asker: String(body.id), token: String(body.adminToken) }
}
const makeEach = (consent: string) => relay.operator('POST', '/api/consents/companies', { consent })
const outcomesIn = (body: { companies: { name: string; outcome: string }[] }) =>
  body.companies.map(({ name, outcome }) => `${name}: ${outcome}`)
const countOf = async (name: string) =>
  (await relay.operator('GET', '/api/tenants')).body.filter((one: { name: string }) => one.name === name)
    .length

test('in the console: a company for each, named and connected, with its token shown once; the one it was begun for stays', async () => {
  const { browser, page, asker } = await picked(clients('Nord AS', 'Sør <b>AS'))
  const asked = await browser.open(page)
  expect(asked.text).toContain('Make a company for each')
  const made = await browser.send(`${page}/companies`)
  expect(made.status).toBe(200)
  expect(made.text).toContain('Sør &lt;b&gt;AS')
  expect([...made.text.matchAll(/<code class="secret">([\w-]{43})<\/code>/g)]).toHaveLength(2)
  const all = (await relay.operator('GET', '/api/tenants')).body
  const nord = all.find(({ name }: { name: string }) => name === 'Nord AS')
  expect(nord).toMatchObject({ state: 'setup', connections: { tribe: null, powerOffice: 'Nord AS' } })
  expect(all.find(({ id }: { id: string }) => id === asker).connections.powerOffice).toBeNull()
  // It is used up.
  expect((await browser.send(`${page}/companies`)).status).toBe(400)
})

test('a company that was made is its admin’s, and goes to work once Tribe is connected', async () => {
  const both = clients('Vest AS', 'Øst AS')
  const [books] = both
  const { consent } = await picked(both)
  const { body } = await makeEach(consent)
  const { tenantId, adminToken } = body.companies[0]
  const crm = relay.tribe.addEnvironment({ name: 'Vest AS' })
  const { clientId, clientSecret } = crm
  const call = (method: string, path: string, sent?: unknown) =>
    relay.call(adminToken, method, `/api/tenants/${tenantId}${path}`, sent)
  expect((await call('PUT', '/tribe', { clientId, clientSecret })).status).toBe(200)
  const off = { enabled: false }
  await call('PATCH', '/settings', { products: off, invoices: off, payments: off })
  books?.hasCustomer({ Name: 'Havnekroa AS' })
  expect((await call('POST', '/activate')).status).toBe(202)
  await relay.until(() => crm.customers().length === 1)
})

test('each has its line in the audit trail, and the keys are nowhere but sealed', async () => {
  const books = clients('En AS', 'To AS')
  const { consent, asker } = await picked(books)
  const { body } = await makeEach(consent)
  for (const id of [asker, ...body.companies.map(({ tenantId }: { tenantId: string }) => tenantId)]) {
    const { entries } = (await relay.operator('GET', `/api/tenants/${id}/audit`)).body
    expect(entries[0]).toMatchObject({ who: 'operator', what: 'POST /api/consents/companies', status: 200 })
  }
  const kept = JSON.stringify([await relay.sql('select * from tenants'), relay.lines()])
  for (const key of books.flatMap(({ keys }) => [...keys])) expect(kept).not.toContain(key)
  for (const { adminToken } of body.companies) expect(kept).not.toContain(adminToken)
})

test('asked twice, at once, or again after PowerOffice was away: none is made twice', async () => {
  const { consent } = await picked(clients('Alfa AS', 'Beta AS', 'Gamma AS'))
  relay.powerOffice.faults.add({ name: 'unavailable', on: /Token/, skip: 1, times: 1 })
  const first = await makeEach(consent)
  expect(outcomesIn(first.body)).toEqual(['Alfa AS: made', 'Beta AS: later', 'Gamma AS: later'])
  const both = await Promise.all([makeEach(consent), makeEach(consent)])
  const outcomes = both.flatMap(({ status, body }) => (status === 200 ? outcomesIn(body) : []))
  expect(outcomes.filter((line) => line === 'Beta AS: made')).toHaveLength(1)
  expect(outcomes.filter((line) => line === 'Gamma AS: made')).toHaveLength(1)
  expect(outcomes).toContain('Alfa AS: held')
  for (const name of ['Alfa AS', 'Beta AS', 'Gamma AS']) expect(await countOf(name)).toBe(1)
  expect((await makeEach(consent)).status).toBe(400)
})

test('a client that has a company is told so and not who has it, and one whose key is refused is told by its code', async () => {
  const holder = await relay.tenant({ activate: false })
  const [refused] = clients('Sperret AS')
  const { consent } = await picked([holder.books, refused as PowerOfficeClientBooks])
  refused?.revokeKey()
  const { body } = await makeEach(consent)
  expect(body.companies).toMatchObject([
    { outcome: 'held', tenantId: null, adminToken: null },
    { name: 'Sperret AS', outcome: 'refused', code: 'poweroffice.client_key_refused' },
  ])
  expect(JSON.stringify(body.companies)).not.toContain(holder.id)
  expect(await countOf('Sperret AS')).toBe(0)
})

test('of very many, twenty are made at a time', async () => {
  const names = Array.from({ length: 23 }, (_, n) => `Klient ${n} AS`)
  const { consent } = await picked(clients(...names))
  const first = outcomesIn((await makeEach(consent)).body)
  expect([first.filter((line) => line.endsWith('made')).length, first.slice(20)]).toEqual([
    20,
    names.slice(20).map((name) => `${name}: later`),
  ])
  const second = outcomesIn((await makeEach(consent)).body)
  expect(second.filter((line) => line.endsWith('made'))).toHaveLength(3)
})

test('it is the operator’s: an admin of the company is not offered it, and may not', async () => {
  const { page, consent, token } = await picked(clients('Hvit AS', 'Sort AS'))
  const browser = browserOf(relay)
  await browser.logIn(token)
  expect((await browser.open(page)).text).not.toContain('/companies"')
  expect((await relay.call(token, 'POST', '/api/consents/companies', { consent })).status).toBe(401)
  expect(await countOf('Hvit AS')).toBe(0)
  expect((await browser.send(`${page}/1`)).status).toBe(303)
})
