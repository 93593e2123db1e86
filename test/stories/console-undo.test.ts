import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { browserOf } from './browsing'
import { organizationOf, type Relay, startRelay, type Tenant } from './relay'
import { only } from './shop'

/** The pages that take back: the first sync, and a single change of the relay's. */

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => {
  relay.tribe.faults.clear()
  // An undo is the one thing that deletes.
  expect(
    relay.violations().filter((one) => !/deleted by API: (Relation|Product|Address)/.test(String(one))),
  ).toEqual([])
})
afterAll(() => relay.close())

async function browserIn(tenant: Tenant) {
  const browser = browserOf(relay)
  await browser.logIn(tenant.token)
  const home = `/console/tenants/${tenant.id}`
  return {
    page: (path: string) => browser.open(`${home}${path}`),
    send: (path: string, form: Record<string, string> = {}) => browser.send(`${home}${path}`, form),
  }
}
const said = (html: string) => html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')
const titleOf = (html: string) => /<title>([^<]*)<\/title>/.exec(html)?.[1] ?? ''

const namesIn = (tenant: Tenant) =>
  tenant.crm
    .all('Relation_Organization')
    .map(({ Name }) => String(Name))
    .filter((name) => /brukt/i.test(name))
    .toSorted()

test('the first sync is taken back: what would be deleted and what stays, by name and with its reason; a name to type; how it goes; what came of it', async () => {
  const acme = await relay.tenant({
    seed: (_crm, books) => {
      for (const Name of ['Ubrukt AS', 'Brukt AS']) books.hasCustomer({ Name })
    },
  })
  await relay.sleep(60_000)
  const used = acme.crm.customers().find((role) => organizationOf(role).Name === 'Brukt AS')
  acme.crm.edit(String(organizationOf(used).ID), { PhoneNumber: '22' })
  await acme.quiet()
  const { name } = await acme.status()
  const browser = await browserIn(acme)
  expect((await browser.page('/manage')).text).toContain(`href="/console/tenants/${acme.id}/undo"`)

  const first = await browser.page('/undo')
  expect(titleOf(first.text)).toMatch(/^Take back the first sync · /)
  expect(first.text).not.toContain('/undo/confirm')
  expect((await browser.send('/undo')).to).toBe(`/console/tenants/${acme.id}/undo`)
  const waiting = await browser.page('/undo')
  expect(said(waiting.text)).toContain('The relay is working out what can be taken back')
  expect(waiting.text).toContain('http-equiv="refresh"')
  await acme.quiet()

  const shown = said((await browser.page('/undo')).text)
  expect(shown).toContain('Nothing has been taken back yet')
  expect(shown).toContain('Customer Ubrukt AS Would be deleted in Tribe')
  expect(shown).toContain('Customer Brukt AS Stays: somebody has changed or used it since')
  expect(shown).toContain(`To confirm, type the name of the company: ${name}`)
  const mistyped = await browser.send('/undo/confirm', { name: 'Another AS' })
  expect([mistyped.status, said(mistyped.text).includes('so nothing was taken back')]).toEqual([422, true])
  expect(namesIn(acme)).toEqual(['Brukt AS', 'Ubrukt AS'])

  relay.tribe.faults.add({ name: 'slow-before', delayMs: 2000, times: 30 })
  expect((await browser.send('/undo/confirm', { name })).status).toBe(303)
  const under = await browser.page('/undo')
  expect(said(under.text)).toContain('The first sync is being taken back')
  expect([said(under.text), under.text]).toEqual([
    expect.stringContaining('0 of 1 records'),
    expect.stringContaining('<progress id="done" max="1"'),
  ])
  relay.tribe.faults.clear()
  await relay.until(async () => (await acme.api('GET', '/undo')).body.state === 'done', 600_000)
  expect((await acme.api('GET', '/undo')).body.done).toBe(1)
  const report = await browser.page('/undo')
  expect(said(report.text)).toContain('The first sync has been taken back')
  expect(said(report.text)).toContain('Customer Ubrukt AS Deleted in Tribe')
  expect(said(report.text)).toContain('Customer Brukt AS Stayed: somebody had changed or used it')
  expect(namesIn(acme)).toEqual(['Brukt AS'])

  // From there the first sync begins anew.
  expect(report.text).toContain(`action="/console/tenants/${acme.id}/setup/activate"`)
  expect((await browser.send('/setup/activate')).to).toBe(`/console/tenants/${acme.id}`)
  await acme.quiet()
  expect(namesIn(acme)).toEqual(['Brukt AS', 'Ubrukt AS'])
})

test('after thirty days it is too late, which the page says', async () => {
  const acme = await relay.tenant()
  await relay.sleep(31 * 86_400_000)
  const { status, text } = await (await browserIn(acme)).send('/undo')
  expect([status, text.includes('undo.too_late')]).toEqual([409, true])
})

/** A customer of which PowerOffice's telephone number took the place of Tribe's. */
async function aChange(days: number) {
  const acme = await relay.tenant({
    settings: { keepBefore: { days } },
    seed: (_crm, books) => books.hasCustomer({ Name: 'Kunde AS', PhoneNumber: '11' }),
  })
  const contactId = only(acme.books.customers()).Id
  acme.books.editCustomer(contactId, { PhoneNumber: '22' })
  await acme.poll()
  const phones = () => [
    organizationOf(acme.crm.customers()[0]).PhoneNumber,
    only(acme.books.customers()).PhoneNumber,
  ]
  return {
    acme,
    browser: await browserIn(acme),
    record: `/records/customer/poweroffice/${contactId}`,
    phones,
  }
}
const linkIn = (text: string) => /href="[^"]*(\/records\/[^"]*\/undo\/\d+)"/.exec(text)?.[1]

test('a change is taken back from its record’s timeline, after a page that shows what it was and what both systems hold, and a name to type', async () => {
  const { browser, acme, record, phones } = await aChange(5)
  const path = linkIn((await browser.page(record)).text) ?? ''
  const page = await browser.page(path)
  expect(titleOf(page.text)).toMatch(/^Take back a change: Customer \d+ · /)
  expect(said(page.text)).toContain('The relay changed these fields in Tribe')
  expect(said(page.text)).toContain('Field Tribe PowerOffice Would be again in Tribe telephone 22 22 11')
  const { name } = await acme.status()
  expect(said(page.text)).toContain(`To confirm, type the name of the company: ${name}`)
  for (const form of [{}, { name: 'Another AS' }]) {
    const mistyped = await browser.send(path, form)
    expect([mistyped.status, said(mistyped.text).includes('so nothing was taken back')]).toEqual([422, true])
  }
  await acme.quiet()
  expect(phones()).toEqual(['22', '22'])
  expect((await browser.send(path, { name })).to).toBe(`/console/tenants/${acme.id}${record}?begun=true`)
  await acme.quiet()
  expect(phones()).toEqual(['11', '22'])
})

test('what somebody has changed since is not taken back, and what was not kept cannot be', async () => {
  const { browser, acme, record, phones } = await aChange(5)
  const path = linkIn((await browser.page(record)).text) ?? ''
  acme.crm.edit(String(organizationOf(acme.crm.customers()[0]).ID), { PhoneNumber: '44' })
  await acme.quiet()
  // The page says so before anybody tries.
  const told = await browser.page(path)
  expect([told.text.includes('undo.changed_since'), told.text.includes('Take this change back')]).toEqual([
    true,
    false,
  ])
  const { name } = await acme.status()
  const refused = await browser.send(path, { name })
  expect([refused.status, refused.text.includes('undo.changed_since')]).toEqual([409, true])
  expect(phones()).toEqual(['44', '44'])
  const other = await aChange(0)
  expect(linkIn((await other.browser.page(other.record)).text)).toBeUndefined()
  expect((await other.browser.page(`${other.record}/undo/1`)).status).toBe(404)
})

test('an id that no record can have is not there, and neither system is asked about it', async () => {
  const acme = await relay.tenant()
  const browser = await browserIn(acme)
  const [tribe, books] = [relay.tribe.log.matching(/odata/, acme.crm.id).length, acme.calls().length]
  for (const [side, id] of [
    ['tribe', 'no-guid'],
    ['tribe', "x') or (1 eq 1"],
    ['tribe', '17'],
    ['poweroffice', 'seventeen'],
    ['poweroffice', '1;2'],
  ] as const) {
    const ref = encodeURIComponent(id)
    for (const path of [`/records/customer/${side}/${ref}`, `/records/customer/${side}/${ref}/undo/1`])
      expect([path, (await browser.page(path)).status]).toEqual([path, 404])
    const name = side === 'tribe' ? 'tribeId' : 'powerOfficeId'
    const answer = await acme.api('GET', `/records?kind=customer&${name}=${ref}&values=true`)
    expect([answer.status, answer.body.error.code]).toEqual([404, 'record.unknown'])
  }
  expect((await browser.page('/records/banana/tribe/00000000-0000-4000-8000-000000000000')).status).toBe(404)
  expect([relay.tribe.log.matching(/odata/, acme.crm.id).length, acme.calls().length]).toEqual([tribe, books])
})
