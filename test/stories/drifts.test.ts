import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { browserOf } from './browsing'
import { OPERATOR, type Relay, startRelay, type Tenant } from './relay'
import { only } from './shop'

/** What either system answers otherwise than it is read: a message for the operator, and a table on his page. */

const SECRET = 'Kari Nordmann'
const HOUR_MS = 3_600_000
interface Message {
  path: string
  event: string
  tenantId: string
  about: string[]
}
const arrived: Message[] = []
async function receive(request: Request): Promise<Response> {
  const { event, tenant, ailments } = (await request.json()) as {
    event: string
    tenant: { id: string }
    ailments: { what: string }[]
  }
  const { pathname } = new URL(request.url)
  arrived.push({ path: pathname, event, tenantId: tenant.id, about: ailments.map(({ what }) => what) })
  return new Response(null, { status: 204 })
}

let relay: Relay
beforeAll(async () => {
  relay = await startRelay({
    outside: {
      answer: receive,
      vars: (url) => ({ ALERT_WEBHOOK_URL: `${url}/operator`, ALERT_AFTER_SECONDS: '5' }),
    },
    secrets: { ALERT_WEBHOOK_SECRET: 'secret of the operator' },
  })
})
beforeEach(() => {
  arrived.length = 0
})
afterEach(() => expect(relay.violations()).toEqual([]))
afterAll(() => relay.close())

const aCompany = () =>
  relay.tenant({
    settings: { alerts: { webhookUrl: `${relay.outsideUrl}/tenant`, webhookSecret: 'secret of the tenant' } },
    seed: (_crm, books) => books.hasCustomer({ Name: 'Kunde AS', WebsiteUrl: 'https://kunde.example' }),
  })
/** PowerOffice answers something else in this member of these companies, or what it used to. */
async function answers(members: Readonly<Record<string, unknown>>, ...tenants: Tenant[]) {
  for (const { books } of tenants) books.editCustomer(only(books.customers()).Id, members as never)
  // One tick is for all.
  for (const tenant of tenants) await tenant.poll()
  await relay.sleep(8000)
}
const LIST = { WebsiteUrl: [SECRET] }
const TEXT = { WebsiteUrl: 'https://ny.example' }
const toldTo = (path: string) => arrived.filter((one) => one.path === path)
const codes = async (tenant: Tenant) =>
  (await tenant.status()).health.ailments.map(({ code }: { code: string }) => code)

test('the operator gets one message of a drift, from the company that met it first, and each company its own', async () => {
  const [first, second, third] = [await aCompany(), await aCompany(), await aCompany()]
  await answers(LIST, first)
  await answers(LIST, second)
  for (const company of [first, second]) expect(await codes(company)).toEqual(['contract.drifted'])
  const about = ['Customers.WebsiteUrl']
  expect(toldTo('/operator')).toMatchObject([{ event: 'tenant-unhealthy', tenantId: first.id, about }])
  expect(toldTo('/tenant').map(({ tenantId }) => tenantId)).toEqual([first.id, second.id])

  // Another member is another drift.
  await answers({ PhoneNumber: [SECRET] }, third)
  expect(toldTo('/operator').map(({ tenantId }) => tenantId)).toEqual([first.id, third.id])
  arrived.length = 0

  await relay.sleep(2 * HOUR_MS)
  await answers(TEXT, first, second)
  const recovered = (path: string) =>
    toldTo(path).flatMap(({ tenantId, event }) => (event === 'tenant-recovered' ? [tenantId] : []))
  expect(recovered('/operator')).toEqual([first.id])
  expect(recovered('/tenant').toSorted()).toEqual([first.id, second.id].toSorted())

  // Once nobody has met it for a night, it is news again, whoever meets it.
  arrived.length = 0
  await relay.tick('30 2 * * *')
  await answers(LIST, second)
  await answers(LIST, first)
  expect(toldTo('/operator')).toMatchObject([{ tenantId: second.id, event: 'tenant-unhealthy' }])
  for (const company of [first, second, third]) expect((await company.api('DELETE', '')).status).toBe(204)
})

test('the operator’s page has a table of what has drifted, in three languages: paths and types, and no value', async () => {
  const [first, second] = [await aCompany(), await aCompany()]
  await answers(LIST, first, second)
  const browser = browserOf(relay)
  await browser.logIn(OPERATOR)
  const page = async (language: string) => {
    await browser.send('/console/language', { language })
    const { text } = await browser.open('/console/tenants')
    expect(text).not.toContain(SECRET)
    return text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')
  }
  const row = /Customers\.WebsiteUrl \(PowerOffice\) text list 2 /
  for (const [language, title, heads] of [
    ['en', 'What Tribe or PowerOffice answers otherwise', 'Where Is read as Was found Companies Since'],
    ['nl', 'Waar Tribe of PowerOffice anders antwoordt', 'Waar Wordt gelezen als Gevonden Bedrijven Sinds'],
    ['nb', 'Der Tribe eller PowerOffice svarer annerledes', 'Hvor Leses som Funnet Bedrifter Siden'],
  ] as const) {
    const said = await page(language)
    expect(said).toContain(title)
    expect(said).toContain(heads)
    expect(said).toMatch(row)
  }
  await browser.send('/console/language', { language: 'en' })
  const overview = (await browser.open(`/console/tenants/${first.id}`)).text
  expect(overview).toContain('<strong>Customers.WebsiteUrl: </strong>')

  await relay.sleep(2 * HOUR_MS)
  await answers(TEXT, first, second)
  expect(await page('en')).not.toContain('What Tribe or PowerOffice answers otherwise')
})
