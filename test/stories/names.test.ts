import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { browserOf } from './browsing'
import { type Relay, startRelay, type Tenant } from './relay'

/** Names on the pages of the console: asked live, for what is on the screen. */

let relay: Relay
beforeAll(async () => {
  relay = await startRelay({
    callTimeoutMs: 1500,
    vars: { POWEROFFICE_RECORD_URL: 'https://go.example/{KIND}/{ID}' },
  })
})
afterEach(() => {
  relay.tribe.faults.clear()
  relay.powerOffice.faults.clear()
  expect(relay.violations()).toEqual([])
})
afterAll(() => relay.close())

const TWELVE = 12
const ofTwelve = () =>
  relay.tenant({
    seed: (_, books) => {
      for (let n = 0; n < TWELVE; n++) books.hasCustomer({ Name: `Nabo ${n}. AS` })
    },
  })
async function pageOf(tenant: Tenant, path = ''): Promise<string> {
  const browser = browserOf(relay)
  await browser.logIn(tenant.token)
  relay.tribe.log.clear()
  relay.powerOffice.log.clear()
  return (await browser.open(`/console/tenants/${tenant.id}${path}`)).text
}
const namesIn = (tenant: Tenant) => tenant.books.customers().map(({ Name }) => String(Name))
const shown = (html: string, tenant: Tenant) =>
  namesIn(tenant).filter((name) => html.includes(name.replaceAll('&', '&amp;'))).length
const asked = (tenant: Tenant) => ({
  tribe: relay.tribe.log.matching(/^GET \/v1\/odata/, tenant.crm.id).length,
  powerOffice: tenant.calls().length,
})

test('a list of twelve is one call to Tribe, each has its name, and nothing of it is kept', async () => {
  const acme = await ofTwelve()
  const html = await pageOf(acme)
  expect(shown(html, acme)).toBe(TWELVE)
  expect(asked(acme)).toEqual({ tribe: 1, powerOffice: 0 })
  const kept = JSON.stringify((await acme.api('GET', '/export')).body)
  expect(namesIn(acme).filter((name) => kept.includes(name))).toEqual([])
})

test('while Tribe is away, PowerOffice is asked once; while both are, the ids stand there', async () => {
  const acme = await ofTwelve()
  relay.tribe.faults.add({ name: 'unavailable', account: acme.crm.id, times: 1000 })
  const html = await pageOf(acme)
  expect(shown(html, acme)).toBe(TWELVE)
  expect(asked(acme).powerOffice).toBe(1)

  relay.powerOffice.faults.add({ name: 'forbidden', account: acme.books.clientKey, times: 1000 })
  const bare = await pageOf(acme)
  expect(shown(bare, acme)).toBe(0)
  expect(bare).toContain('<span class="id">10000</span>')
})

test('names count among the sixty a minute; past them the page is there without', async () => {
  const acme = await ofTwelve()
  let status = 200
  for (let n = 0; n < 70 && status !== 429; n++)
    status = (await acme.api('GET', '/records/names?records=customer::1')).status
  expect(status).toBe(429)
  const html = await pageOf(acme)
  expect(shown(html, acme)).toBe(0)
  expect(html).toContain('<span class="id">10000</span>')
  expect(asked(acme)).toEqual({ tribe: 0, powerOffice: 0 })
})

test('what is no record, or of another company, is not named', async () => {
  const [acme, other] = await Promise.all([ofTwelve(), relay.tenant()])
  const [role] = acme.crm.customers()
  const ask = (records: string) => acme.api('GET', `/records/names?records=${encodeURIComponent(records)}`)
  expect((await ask(`customer:${role?.ID}:`)).body.names).toMatchObject([{ name: expect.any(String) }])
  for (const wrong of ['', 'customer', 'nothing:1:2', 'customer:1:2:3', Array(51).fill('customer:1:').join()])
    expect([wrong.slice(0, 20), (await ask(wrong)).status]).toEqual([wrong.slice(0, 20), 400])
  const foreign = `/api/tenants/${other.id}/records/names?records=customer:${role?.ID}:`
  expect((await relay.call(other.token, 'GET', foreign)).body.names).toEqual([])
  expect((await relay.call(acme.token, 'GET', foreign)).status).toBe(404)
})

test('the page of a record says its name, and leads into both systems', async () => {
  const acme = await ofTwelve()
  const [role] = acme.crm.customers()
  const [customer] = acme.books.customers()
  const html = await pageOf(acme, `/records/customer/poweroffice/${customer?.Id}`)
  const title = /<h1>([\s\S]*?)<\/h1>/.exec(html)?.[1] ?? ''
  expect(title.replace(/\s+/g, ' ').trim()).toBe(`Customer ${customer?.Number} ${customer?.Name}`)
  expect(role).toBeDefined()
  expect(html).toMatch(/href="https:\/\/app\.tribecrm\.nl\/entity\/[0-9a-f-]{36}"/)
  expect(html).toContain(`href="https://go.example/customer/${customer?.Id}"`)
})
