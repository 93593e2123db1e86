import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { browserOf } from './browsing'
import { anOfficeAt } from './office'
import { type Relay, startRelay, type Tenant } from './relay'

/** What pages say, and how they ask. */

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => expect(relay.violations()).toEqual([]))
afterAll(() => relay.close())

async function browserIn(tenant: Tenant) {
  const browser = browserOf(relay)
  await browser.logIn(tenant.token)
  return { ...browser, page: async (path = '') => browser.open(`/console/tenants/${tenant.id}${path}`) }
}
const said = (html: string) =>
  html
    .replace(/<script.*?<\/script>/gs, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')

test('the front of the relay is the console for a browser, and says what is where to all others', async () => {
  const { status, to } = await browserOf(relay).open('/')
  expect([status, to]).toEqual([302, '/console'])
  const other = await relay.fetch('/', { headers: { accept: 'application/json' } })
  expect([other.status, await other.json()]).toMatchObject([
    200,
    { links: { console: '/console', docs: '/docs' } },
  ])
  expect((await relay.fetch('/')).status).toBe(200)
})

test('the secret of Tribe’s webhooks is renewed by a button', async () => {
  const acme = await relay.tenant()
  const secrets = () => acme.crm.webhooks.map(({ headers }) => headers?.[0]?.value)
  const before = new Set(secrets())
  const browser = await browserIn(acme)
  const address = `/console/tenants/${acme.id}/webhook-secret`
  expect((await browser.page('/manage')).text).toContain(`action="${address}"`)
  const done = await browser.send(address)
  expect([done.status, done.to]).toEqual([303, `/console/tenants/${acme.id}/manage?saved=true`])
  await acme.quiet()
  expect(secrets()).not.toEqual([])
  expect(secrets().filter((secret) => before.has(secret))).toEqual([])
})

test('the comparison says what was paid, credited, written off and reversed, each apart', async () => {
  const { tenant, roleId } = await anOfficeAt(relay, 'book')
  const { crm, books } = tenant
  for (let n = 0; n < 3; n++) crm.sendInvoice(crm.hasInvoice({ roleId }))
  await tenant.quiet()
  const [paid, reversed] = books.postedInvoices()
  books.receivePayment(String(paid?.Id), paid?.TotalAmount ?? 0)
  books.reverseInvoice(String(reversed?.Id))
  await tenant.api('POST', '/sync', { what: 'compare' })
  await tenant.quiet()
  const { comparison } = await tenant.status()
  const sums = comparison.rows.find(({ what }: { what: string }) => what === 'invoices')?.sums
  expect(sums).toMatchObject({
    paid: paid?.TotalAmount,
    reversed: reversed?.TotalAmount,
    credited: 0,
    writtenOff: 0,
  })
  const { text } = await (await browserIn(tenant)).page('/comparison')
  expect(said(text)).toMatch(/Of it paid Of it open Of it credited Of it written off Reversed Invoices/)
  const cells = [...text.slice(text.lastIndexOf('<table')).matchAll(/<td class="number">([^<]*)<\/td>/g)]
  const numbers = cells.map(([, cell = '']) => Number(cell.replace(/[^\d.-]/g, '')))
  expect(numbers).toEqual([
    ...[sums.tribe, sums.powerOffice, sums.paid, sums.open],
    ...[sums.credited, sums.writtenOff, sums.reversed],
  ])
})

test('a name that is looked for stands in no address, whatever one does next', async () => {
  const acme = await relay.tenant({
    seed: (crm) => crm.hasCustomer({ organization: { Name: 'Ola Hemmelig' } }),
  })
  await acme.api('POST', '/sync', { what: 'unlinked' })
  await acme.quiet()
  const browser = await browserIn(acme)
  const empty = await browser.page('/records')
  expect(empty.text).toMatch(/<form method="post" action="[^"]*\/records" class="search">/)
  const found = await browser.send(`/console/tenants/${acme.id}/records`, { kind: 'customer', q: 'Hemmelig' })
  expect([found.status, found.to]).toEqual([200, ''])
  expect(said(found.text)).toContain('Ola Hemmelig')
  for (const [, address] of found.text.matchAll(/(?:href|action|name="back" value)="([^"]*)"/g))
    expect(address).not.toMatch(/hemmelig/i)

  // An old bookmark does not hand the name on to the page where one logs in.
  const asked = await browserOf(relay).open(`/console/tenants/${acme.id}/records?kind=customer&q=Hemmelig`)
  expect([asked.status, /Hemmelig/.test(asked.to)]).toEqual([303, false])
})

test('a search shows what fits best first, says when there is more, and leads on to it', async () => {
  const acme = await relay.tenant({
    seed(_, books) {
      for (let n = 10; n < 80; n++) books.hasCustomer({ Name: `Ny Vik ${n} AS` })
      for (const Name of ['Snarvikens Bakeri', 'Vik', 'Vik Bygg AS']) books.hasCustomer({ Name })
    },
  })
  const find = async (page: number) =>
    (await acme.api('GET', `/records/search?kind=customer&q=vik&page=${page}`)).body
  const [first, second] = [await find(1), await find(2)]
  const names = (answer: { records: { name: string }[] }) => answer.records.map(({ name }) => name)
  expect(names(first).slice(0, 3)).toEqual(['Vik', 'Vik Bygg AS', 'Ny Vik 10 AS'])
  expect([first.records.length, first.hasMore]).toEqual([50, true])
  expect(names(second).at(-1)).toBe('Snarvikens Bakeri')
  expect([second.records.length, second.hasMore]).toEqual([23, false])
  expect(new Set([...names(first), ...names(second)]).size).toBe(73)

  const browser = await browserIn(acme)
  const search = `/console/tenants/${acme.id}/records`
  const page = await browser.send(search, { kind: 'customer', q: 'vik' })
  expect(said(page.text)).toContain('The best 50 matches')
  expect(said(page.text)).toContain('There are more than are shown.')
  expect(page.text).toContain('Next page')
  const next = await browser.send(search, { kind: 'customer', q: 'vik', page: '2' })
  expect([said(next.text).includes('Snarvikens Bakeri'), next.text.includes('Next page')]).toEqual([
    true,
    false,
  ])
})

test('a page of units or VAT groups asks for a confirmation only where one is due', async () => {
  const acme = await relay.tenant({ activate: false })
  const browser = await browserIn(acme)
  for (const step of ['units', 'vat']) {
    const { text } = await browser.page(`/setup/${step}`)
    expect(text, step).not.toMatch(/<button type="submit" class="main">/)
    expect(said(text), step).not.toContain(' Confirm ')
  }
})

test('the overview says what health says: what is late is not in step, and what follows is told', async () => {
  const acme = await relay.tenant()
  const browser = await browserIn(acme)
  expect(said((await browser.page()).text)).toContain('Everything is in step')
  await relay.sleep(90 * 60_000)
  expect((await acme.status()).health).toMatchObject({
    state: 'unhealthy',
    ailments: [{ code: 'health.stale' }],
  })
  const late = await browser.page()
  expect(said(late.text)).not.toContain('Everything is in step')
  expect(said(late.text)).toContain('Something does not go on as it should')
  expect(said(late.text)).toContain('Relations from PowerOffice: One of the two systems has not been asked')
})

test('lists name a record by its number, also where the event does not say it', async () => {
  const acme = await relay.tenant()
  const made = acme.crm.hasCustomer({ organization: { Name: 'Nummer AS' } })
  await acme.quiet()
  const [customer] = acme.books.customers()
  acme.books.editCustomer(Number(customer?.Id), { PhoneNumber: '22 33 44 55' })
  await acme.sync('relations')
  const { entries } = (await acme.api('GET', '/timeline')).body
  expect(entries.length).toBeGreaterThan(1)
  for (const { number } of entries) expect(number).toBe(String(customer?.Number))
  const browser = await browserIn(acme)
  expect(said((await browser.page()).text)).not.toContain(String(made.roleId).slice(0, 8))
})

test('the page of an invoice says how far it has come and whether it is paid, and not that both sides are the same', async () => {
  const { tenant, roleId } = await anOfficeAt(relay, 'book')
  const id = tenant.crm.hasInvoice({ roleId })
  tenant.crm.sendInvoice(id)
  await tenant.quiet()
  const browser = await browserIn(tenant)
  const page = async () => said((await browser.page(`/records/invoice/tribe/${id}`)).text)
  const [posted] = tenant.books.postedInvoices()
  expect(await page()).toContain(`Booked in PowerOffice as number ${posted?.InvoiceNo}`)
  expect(await page()).toContain('both sides were the same to the øre. Nothing has been paid yet.')
  expect(await page()).not.toContain('Both sides are the same')
  tenant.books.receivePayment(posted?.Id ?? '', 1250)
  await relay.tick('0 */4 * * *')
  await tenant.quiet()
  expect(await page()).toContain('It is paid.')
})

test('fields are mapped and removed by mouse, and what a customer owes is asked for on its page', async () => {
  const DEBT = 'a4d81060__844e__4399__9142__2d960441a391'
  const acme = await relay.tenant({
    tribe: {
      annotations: true,
      customFields: { Relation_Organization: { [DEBT]: { kind: 'double', label: 'Utestående' } } },
    },
    seed(_, books) {
      const { Id } = books.hasCustomer({ Name: 'Vik AS' })
      books.hasInvoice(Id, { TotalAmount: 1250, NetPostedAmount: 1000, DueDate: '2026-02-01' })
    },
  })
  const browser = await browserIn(acme)
  const home = `/console/tenants/${acme.id}`
  const lists = await browser.page('/setup/fields?record=customer&find=utest')
  expect(lists.text).toContain(`<option value="${DEBT}">Utestående (${DEBT}) – number</option>`)
  expect(lists.text).not.toContain('MailingOptOut')
  const row = { record: 'customer', tribeField: DEBT, powerOfficeField: 'receivables.open' }
  const refused = await browser.send(`${home}/setup/fields`, { ...row, direction: 'both' })
  expect([refused.status, said(refused.text)]).toEqual([
    422,
    expect.stringContaining('field that is only read'),
  ])
  expect((await browser.send(`${home}/setup/fields`, { ...row, direction: 'to-tribe' })).status).toBe(303)
  await acme.quiet()
  expect(said((await browser.page('/setup/fields')).text)).toContain('from PowerOffice to Tribe')
  const gone = { row: `customer ${DEBT} receivables.open` }
  expect((await browser.send(`${home}/setup/fields/remove`, gone)).status).toBe(303)
  expect((await acme.api('GET', '/fields')).body.mapped).toEqual([])

  const [customer] = acme.books.customers()
  const page = await browser.page(`/records/customer/poweroffice/${customer?.Id}`)
  expect(said(page.text)).toContain('Ask PowerOffice what this customer owes')
  const asked = await browser.page(`/records/customer/poweroffice/${customer?.Id}?owed=true`)
  expect(said(asked.text)).toContain('Overdue 1,250')
  const { body } = await acme.api('GET', `/receivables?powerOfficeId=${customer?.Id}`)
  expect(body).toMatchObject({ open: 1250, overdue: 1250, openInvoices: 1, revenue12Months: 1000 })
  expect((await acme.api('GET', '/receivables?powerOfficeId=1')).status).toBe(404)
})
