import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { fillWithCustomers } from '../fakes/data/fill'
import { anOfficeAt } from '../stories/office'
import { OPERATOR, organizationOf, type Relay } from '../stories/relay'
import { only, remap } from '../stories/shop'
import { type Browser, startBrowser } from './browser'
import { logIn, logInto } from './console'
import { startInWorkerd } from './relay'

/** The console in a browser: what the operator and an admin do there, from an empty tenant to one at work. */

let relay: Relay
let browser: Browser
beforeAll(async () => {
  ;[relay, browser] = await Promise.all([
    startInWorkerd({
      secrets: { TRIBE_CLIENT_ID: 'marketplace-1', TRIBE_CLIENT_SECRET: 'marketplace-secret-1' },
    }),
    startBrowser(),
  ])
  relay.tribe.addApplication(`${relay.url}/oauth/tribe/callback`)
}, 180_000)
afterEach(() => {
  relay.tribe.faults.clear()
  // An undo is the one thing that deletes.
  expect(relay.violations().filter((one) => !/deleted by API: Relation/.test(String(one)))).toEqual([])
})
afterAll(async () => {
  await browser?.close()
  await relay?.close()
})

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
const follow = (page: Page, name: string) => page.getByRole('link', { name, exact: true }).first().click()
/** One of the steps in the list of them. */
const step = (page: Page, name: string) => page.locator('.steps a', { hasText: name }).click()
const title = async (page: Page) => (await page.locator('h1').textContent()) ?? ''
const headline = (page: Page) => page.locator('.notice .title').first()

test('from an empty tenant to a finished first sync', async () => {
  const crm = relay.tribe.addEnvironment({ name: 'Fjordlys AS' })
  const books = relay.powerOffice.addClient({ name: 'Fjordlys Regnskap', allowSendInvoice: false })
  const granted = books.privileges
  books.setPrivileges(['Supplier_Full'])
  fillWithCustomers(books, 30)
  const [twin] = books.customers()
  crm.hasProduct({ Name: 'Konsulenttime' })
  crm.hasCustomer({ organization: { Name: 'Ligner', VATNumber: String(twin?.OrganizationNumber) } })

  const page = await logInto(browser, relay, OPERATOR)
  await page.getByLabel('Name of the company').fill('Fjordlys AS')
  await press(page, 'Add')
  const token = await page.getByLabel('Admin token').inputValue()
  expect(token).toMatch(/^[\w-]{43}$/)
  await follow(page, 'I have kept it: go on')

  // Step 1: credentials that Tribe does not know, then its consent page.
  await page.getByLabel('Client id').fill('wrong')
  await page.getByLabel('Client secret').fill('wrong')
  await press(page, 'Connect Tribe')
  expect(await page.getByRole('alert').textContent()).toContain('Tribe does not accept the client id')
  await follow(page, 'Go to Tribe')
  await page.locator('[name=environment]').selectOption(crm.id)
  await press(page, 'Allow')
  await page.getByText('Saved.').waitFor()
  expect(await title(page)).toBe('Connect PowerOffice')
  await step(page, 'Tribe')
  await page.getByText('Connected to Fjordlys AS').waitFor()

  // Step 2: a key that is refused, one that lacks rights, and at last all of it.
  await step(page, 'PowerOffice')
  await page.getByLabel('Client key').fill('wrong')
  await press(page, 'Connect PowerOffice')
  expect(await page.getByRole('alert').textContent()).toContain('PowerOffice does not accept the client key')
  await page.getByLabel('Client key').fill(books.clientKey)
  await press(page, 'Connect PowerOffice')
  expect(await page.getByText('Ask PowerOffice').first().textContent()).toContain('Customer_Full')
  books.setPrivileges(granted)
  await page.getByLabel('Client key').fill(books.clientKey)
  await press(page, 'Connect PowerOffice')

  // Step 3: what is synced, and how invoices go.
  expect(await title(page)).toBe('What is synced')
  expect(await page.getByLabel('Verstuurd').isChecked()).toBe(true)
  await page.getByLabel('Contact persons too').uncheck()
  await page.locator('#mode-book').check()
  await press(page, 'Save and go on')
  // The right to post is PowerOffice's to give: drafts until then.
  await step(page, 'PowerOffice')
  expect(await headline(page).textContent()).toContain('may not post invoices')
  await step(page, 'What is synced')
  await page.locator('#mode-draft').check()
  await press(page, 'Save and go on')

  // Steps 4 to 6: the ledger account, and the proposals, which are there to be confirmed.
  expect(await title(page)).toBe('Default ledger account for sales')
  await page.getByLabel('Ledger account').selectOption('3000')
  await press(page, 'Save and go on')
  expect(await title(page)).toBe('Units')
  expect(await page.locator('td select').first().inputValue()).toBe('HUR')
  await press(page, 'Confirm')
  expect(await title(page)).toBe('VAT groups')
  expect(await page.getByLabel('NO - 25%').inputValue()).toBe('3:3000')
  await press(page, 'Confirm')

  // Step 7: the preview, which is worked out while one looks on; one decision.
  await press(page, 'Work out the preview')
  await page.getByRole('link', { name: /^1 possible duplicates/ }).click()
  expect(await page.locator('tbody tr').count()).toBe(1)
  await page.getByLabel(`Decision on ${twin?.Name}`).selectOption({ label: 'Leave it out' })
  await press(page, 'Save decisions')
  expect(await page.getByLabel(`Decision on ${twin?.Name}`).inputValue()).toBe('leave')
  await follow(page, 'Go on to activation')

  // Step 8; Tribe takes its time, so that there is something to be seen.
  relay.tribe.faults.add({ name: 'slow-before', on: /^POST .*odata/, times: 30, delayMs: 250 })
  await press(page, 'Activate and begin the first sync')
  expect(await headline(page).textContent()).toContain('The first sync is running')
  const seen = page.locator('#progress label')
  await expect
    .poll(() => seen.textContent(), { timeout: 120_000, interval: 100 })
    .toMatch(/^\d+ of \d+ records/)
  await page.getByText('Everything is in step').waitFor({ timeout: 120_000 })
  expect(await page.locator('.counts div').first().textContent()).toBe('Customers29')
  expect(books.customers()).toHaveLength(30)

  // The admin gets in with the token that was shown.
  expect(await (await logInto(browser, relay, token)).locator('.tenant').textContent()).toBe('Fjordlys AS')
})

test('an invoice that waits for a mapping: the console says so, the admin maps it, and it is gone', async () => {
  const { tenant, roleId } = await anOfficeAt(relay, 'draft')
  const group = tenant.crm.lookupId('Datastore_VatGroup', 'NO15')
  await remap(tenant, 'vat', { [group]: null })
  tenant.crm.sendInvoice(
    tenant.crm.hasInvoice({ roleId, lines: [{ price: 10, vatGroup: 'NO15', description: 'Lunsj' }] }),
  )
  await tenant.quiet()

  const page = await logInto(browser, relay, tenant.token)
  expect(await headline(page).textContent()).toContain('One thing needs you')
  const problem = page.locator('.problem')
  expect(await problem.locator('h3').textContent()).toBe(
    'The VAT group or VAT code has no counterpart in the other system.',
  )
  await problem.locator('.records a').click()
  expect(await headline(page).textContent()).toContain('has no counterpart')
  await follow(page, 'Go to VAT groups')
  await page.locator(`[name="vat:${group}"]`).selectOption('31:3010')
  await press(page, 'Confirm')
  await page.getByText('Saved.').waitFor()
  await tenant.quiet()

  await follow(page, 'Overview')
  expect(await headline(page).textContent()).toContain('Everything is in step')
  expect(only(tenant.books.salesOrders()).TotalAmount).toBe(11.5)
})

test('an admin chooses Tribe’s own numbers, sees what that needs, and an invoice arrives with its paper', async () => {
  const { tenant, roleId } = await anOfficeAt(relay, 'draft')
  const { books, crm } = tenant
  const granted = books.privileges
  const isForVouchers = (one: string) => /^(OutgoingInvoiceVoucher|VoucherDocumentation)/.test(one)
  books.setPrivileges(granted.filter((one) => !isForVouchers(one)))
  await tenant.put('/poweroffice', { clientKey: books.clientKey })

  const page = await logInto(browser, relay, tenant.token)
  await follow(page, 'Settings')
  await step(page, 'What is synced')
  await page.getByLabel('Booked under Tribe’s own number').check()
  await press(page, 'Save and go on')
  expect((await tenant.api('GET', '/settings')).body.invoices.mode).toBe('voucher')
  await step(page, 'PowerOffice')
  const needed = page.getByText('OutgoingInvoiceVoucher_Full').first()
  expect(await needed.textContent()).toBe('OutgoingInvoiceVoucher_Full')
  crm.sendInvoice(crm.hasInvoice({ roleId }))
  await tenant.quiet()
  await follow(page, 'Overview')
  expect(await page.locator('.problem h3').textContent()).toContain('under their own numbers')
  expect(books.postedInvoices()).toEqual([])

  // Nothing is a sales order: the right to these is not asked for any more.
  books.setPrivileges(granted.filter((one) => !one.startsWith('SalesOrder')))
  await follow(page, 'Settings')
  await step(page, 'PowerOffice')
  await page.getByLabel('Client key').fill(books.clientKey)
  await press(page, 'Connect PowerOffice')
  await page.getByText('Saved.').waitFor()
  expect(await page.getByText(/OutgoingInvoiceVoucher_Full|SalesOrders_Full/).count()).toBe(0)
  await follow(page, 'Overview')
  await page.locator('.records a').first().click()
  await press(page, 'Try again')
  await tenant.quiet()
  await follow(page, 'Records')
  await page.getByLabel('Kind').selectOption('invoice')
  await page.getByLabel('Name, number or id').fill('20260001')
  await press(page, 'Find')
  await page.locator('tbody a').first().click()
  expect(await headline(page).textContent()).toContain('20260001')
  const told = await page.getByRole('table', { name: 'What happened' }).textContent()
  for (const words of ['Made in PowerOffice', 'PDF from Tribe put on the voucher'])
    expect(told).toContain(words)
  const posted = only(books.postedInvoices())
  expect(posted).toMatchObject({ InvoiceNo: 20260001, TotalAmount: 1250 })
  expect(Buffer.from(books.documents.get(posted.Id)?.bytes ?? []).toString()).toContain('% 2026-0001')
})

test('an admin lets papers travel: what hangs on an invoice is on its order, and PowerOffice’s PDF is in Tribe', async () => {
  const { tenant, roleId } = await anOfficeAt(relay, 'send')
  const { crm, books } = tenant
  const page = await logInto(browser, relay, tenant.token)
  await follow(page, 'Settings')
  await step(page, 'What is synced')
  await page.getByLabel('Attachments of an invoice in Tribe go along to PowerOffice').check()
  await page.getByLabel('New customers get their invoices electronically').check()
  await press(page, 'Save and go on')
  expect((await tenant.api('GET', '/settings')).body.invoices).toMatchObject({
    attachments: 'all',
    delivery: 'rule',
    pdfToTribe: true,
  })
  const id = crm.hasInvoice({ roleId })
  const data = new TextEncoder().encode('uke 1')
  crm.hasAttachment(id, { name: 'timer på prosjekt.txt', mimeType: 'text/plain', data })
  crm.sendInvoice(id)
  await tenant.quiet()
  const posted = only(books.postedInvoices())
  await expect
    .poll(() => crm.filesOn(id).map(({ name }) => name))
    .toContain(`PowerOffice ${posted.InvoiceNo}.pdf`)
  expect(books.filesOn(posted.Id)).toContainEqual({ name: 'timer på prosjekt.txt', text: 'uke 1' })
  expect(crm.filesOn(id).at(-1)?.text).toContain(`% Faktura ${posted.InvoiceNo}`)
  await follow(page, 'Records')
  await page.getByLabel('Kind').selectOption('invoice')
  await page.getByLabel('Name, number or id').fill(String(posted.InvoiceNo))
  await press(page, 'Find')
  await page.locator('tbody a').first().click()
  const told = await page.getByRole('table', { name: 'What happened' }).textContent()
  for (const words of [
    'Attachments from Tribe put on the order',
    'PDF from PowerOffice attached in Tribe',
    'Delivered: by e-mail',
  ])
    expect(told).toContain(words)
})

test('what a change would do is worked out while one looks on, and is saved from there', async () => {
  const { tenant } = await anOfficeAt(relay, 'draft')
  const { crm, books } = tenant
  const [role] = crm.customers()
  const [contact] = books.customers()
  crm.edit(String(organizationOf(role).ID), { PhoneNumber: '11' }, { silent: true })
  books.editCustomer(contact?.Id ?? 0, { PhoneNumber: '99' })
  const page = await logInto(browser, relay, tenant.token)
  await follow(page, 'Settings')
  await step(page, 'What is synced')
  await page.getByLabel('Tribe wins').check()
  // It takes its time, so that there is something to be seen.
  relay.tribe.faults.add({ name: 'slow-before', on: /odata/, times: 6, delayMs: 700 })
  await press(page, 'What would this do?')
  expect(await headline(page).textContent()).toContain('The relay is working it out')
  await page.getByText('Nothing has been written yet').waitFor({ timeout: 60_000 })
  const example = page.getByRole('table', { name: 'Some examples' })
  expect(await example.locator('tbody tr').textContent()).toBe(
    `Customer ${String(contact?.Name)}PowerOfficetelephone9911`,
  )
  expect((await tenant.api('GET', '/settings')).body.conflictPolicy).toBe('poweroffice')
  const file = page.waitForEvent('download')
  await follow(page, 'Download the whole list (CSV)')
  expect((await file).suggestedFilename()).toBe('dry-run.csv')
  // Back in the form, it is as it was filled in.
  await page.getByRole('link', { name: 'Back to the form' }).click()
  expect(await page.getByLabel('Tribe wins').isChecked()).toBe(true)
  await page.getByLabel('For how many days').fill('7')
  await press(page, 'What would this do?')
  await page.getByText('Nothing has been written yet').waitFor({ timeout: 60_000 })
  await press(page, 'Save this change')
  await page.getByText('Saved.').waitFor()
  const { conflictPolicy, keepBefore } = (await tenant.api('GET', '/settings')).body
  expect([conflictPolicy, keepBefore]).toEqual(['tribe', { days: 7 }])
})

test('the first sync is taken back once its preview was seen and the company’s name typed, without a script', async () => {
  const tenant = await relay.tenant({ seed: (_, books) => fillWithCustomers(books, 3) })
  const { name } = await tenant.status()
  const page = await logInto(browser, relay, tenant.token, { javaScriptEnabled: false })
  await follow(page, 'Settings')
  await page.getByRole('link', { name: 'Alerts, access, leaving' }).click()
  await follow(page, 'See what would be taken back')
  await press(page, 'Work out what would be taken back')
  await page.getByText('Nothing has been taken back yet').waitFor({ timeout: 60_000 })
  expect(await page.locator('tbody tr').count()).toBe(3)
  await page.getByLabel('To confirm, type the name').fill(name)
  await press(page, 'Take back the first sync')
  await page.getByText('The first sync has been taken back').waitFor({ timeout: 60_000 })
  expect(tenant.crm.customers()).toEqual([])
  await press(page, 'Begin the first sync anew')
  await tenant.quiet()
  expect(tenant.crm.customers()).toHaveLength(3)
})

test('for records of the admin’s choice the step Fields shows what a row would do', async () => {
  const FIELD = 'aaaaaaaa__844e__4399__9142__2d960441a391'
  const tenant = await relay.tenant({
    tribe: {
      annotations: true,
      customFields: { Relation_Organization: { [FIELD]: { kind: 'string', label: 'Merknad' } } },
    },
    seed: (_, books) => books.hasCustomer({ Name: 'Vik AS', JobStopReason: 'Ubetalt' }),
  })
  const page = await logInto(browser, relay, tenant.token)
  await follow(page, 'Settings')
  await step(page, 'Fields')
  await page.getByLabel('Field in Tribe').selectOption(FIELD)
  await page.getByLabel('Field in PowerOffice').selectOption('JobStopReason')
  await press(page, 'See it for some records')
  expect(await title(page)).toBe('What these fields would do')
  await page.getByLabel('Name, number or id').fill('vik')
  await press(page, 'Find')
  await page.getByRole('checkbox').first().check()
  await press(page, 'Show what would happen to these')
  const row = page.getByRole('table', { name: 'The records that you picked' }).locator('tbody tr')
  expect(await row.textContent()).toBe(
    'Vik AS–UbetaltDiffersGoes to Tribe: the field is mapped one way, from PowerOffice',
  )
  await press(page, 'Map these fields')
  await page.getByText('Saved.').waitFor()
  await tenant.quiet()
  expect(organizationOf(only(tenant.crm.customers()))[FIELD]).toBe('Ubetalt')
})

test('a record is found by number, by name in either system, and its page tells what happened to it', async () => {
  const { tenant, roleId, organizationId } = await anOfficeAt(relay, 'draft')
  tenant.crm.hasSupplier({ organization: { Name: 'Stille Leveranser AS' }, silent: true })
  const alone = tenant.books.hasCustomer({ Name: 'Bare Her AS' })
  const number = String(tenant.books.customers().find(({ Name }) => Name === 'Nordlys Maskin AS')?.Number)
  const page = await logInto(browser, relay, tenant.token)
  await follow(page, 'Records')
  const find = async (kind: string, text: string) => {
    await page.getByLabel('Kind').selectOption(kind)
    await page.getByLabel('Name, number or id').fill(text)
    // A click does not wait for the page that it leads to.
    await Promise.all([page.waitForEvent('load'), press(page, 'Find')])
    return (await page.locator('tbody tr').allTextContents()).map((row) => row.replaceAll('✓ ', ''))
  }
  const calls = tenant.calls().length
  for (const known of [number, roleId, organizationId])
    expect(await find('customer', known)).toEqual([expect.stringContaining(`${number}In bothIn step`)])
  expect(tenant.calls().length).toBe(calls)

  expect(await find('customer', 'maskin NORD')).toEqual([expect.stringMatching(/Nordlys Maskin AS.*In both/)])
  expect(tenant.calls().length).toBe(calls + 1)
  expect(await find('customer', 'bare her')).toEqual([
    expect.stringMatching(/Bare Her AS.*PowerOffice.*Not linked/),
  ])
  expect(await find('supplier', 'stille')).toEqual([
    expect.stringMatching(/Stille Leveranser AS.*Tribe.*Not linked/),
  ])
  expect(await find('product', 'KONS-01')).toEqual([expect.stringMatching(/Konsulenttime.*In both/)])
  expect(await find('customer', 'finnes ikke')).toEqual([])

  await find('customer', 'bare her')
  await follow(page, 'Bare Her AS')
  expect(await headline(page).textContent()).toContain('Not linked yet')
  await press(page, 'Make it on the other side')
  await tenant.quiet()
  await page.goto(`${page.url().split('?')[0]}`)
  expect(await headline(page).textContent()).toContain('In step')
  expect(await page.getByRole('table', { name: 'What happened' }).textContent()).toContain('Made in Tribe')
  expect(tenant.crm.customers().some((role) => JSON.stringify(role).includes('Bare Her AS'))).toBe(true)
  expect(alone.Id).toBeGreaterThan(0)
})

test('one problem of many is tried again, or all of a kind; a pause holds, and going on goes on', async () => {
  const tenant = await relay.tenant()
  relay.powerOffice.faults.add({
    name: 'refused',
    on: /^POST .*\/Customers/,
    account: tenant.books.clientKey,
    times: 3,
  })
  for (const Name of ['En AS', 'To AS', 'Tre AS']) tenant.crm.hasCustomer({ organization: { Name } })
  await tenant.quiet()
  expect((await tenant.status()).jobs.parked).toBe(3)
  const page = await logInto(browser, relay, tenant.token)
  expect(await headline(page).textContent()).toContain('3 things need you')
  await page.locator('.records a').first().click()
  await press(page, 'Try again')
  await tenant.quiet()
  await follow(page, 'Overview')
  expect(await headline(page).textContent()).toContain('2 things need you')
  await page.getByRole('button', { name: 'Try all 2 again' }).click()
  await tenant.quiet()
  await follow(page, 'Overview')
  expect(await headline(page).textContent()).toContain('Everything is in step')
  expect(tenant.books.customers()).toHaveLength(3)

  await press(page, 'Pause')
  await follow(page, 'Overview')
  expect(await headline(page).textContent()).toContain('The sync is paused')
  tenant.crm.hasCustomer({ organization: { Name: 'Fire AS' } })
  await relay.wait(tenant.crm.settled())
  expect(tenant.books.customers()).toHaveLength(3)
  await press(page, 'Go on')
  await tenant.quiet()
  expect(tenant.books.customers()).toHaveLength(4)
})

test('a new token ends the old one; leaving wants the name, and then everything is forgotten', async () => {
  const tenant = await relay.tenant()
  const page = await logInto(browser, relay, tenant.token)
  await follow(page, 'Settings')
  await step(page, 'Alerts, access, leaving')
  await press(page, 'Make a new token')
  const token = await page.getByLabel('Admin token').inputValue()
  expect((await relay.call(tenant.token, 'GET', `/api/tenants/${tenant.id}`)).status).toBe(401)
  expect((await relay.call(token, 'GET', `/api/tenants/${tenant.id}`)).status).toBe(200)
  await follow(page, 'I have kept it: go on')

  await page.getByLabel('Address of a webhook').fill('https://10.0.0.1/alerts')
  await press(page, 'Save')
  expect(await page.getByRole('alert').textContent()).toContain('Alerts go to public https addresses only')
  await page.getByLabel('Address of a webhook').fill('https://alerts.example.com/relay')
  await page.getByLabel('Secret of the webhook').fill('sixteen characters and more')
  await press(page, 'Save')
  await page.getByText('Saved.').waitFor()
  const { alerts } = (await relay.call(token, 'GET', `/api/tenants/${tenant.id}/settings`)).body
  expect(alerts).toEqual({ webhookUrl: 'https://alerts.example.com/relay', email: null })
  const file = page.waitForEvent('download')
  await follow(page, 'Download')
  expect(JSON.parse(readFileSync(await (await file).path(), 'utf8')).tenant.id).toBe(tenant.id)

  const typed = page.getByLabel(/To confirm, type the name/)
  await typed.fill('Fjordlys')
  await press(page, 'Disconnect for good')
  expect(await page.getByRole('alert').textContent()).toContain('nothing was done')
  await typed.fill('Fjordlys AS')
  await press(page, 'Disconnect for good')
  expect(await headline(page).textContent()).toContain('has been disconnected')
  expect((await relay.operator('GET', `/api/tenants/${tenant.id}`)).status).toBe(404)
  expect(tenant.crm.webhooks).toEqual([])
})

test('without a script all of it works: log in, settings, sync, pause; what runs is loaded anew', async () => {
  const tenant = await relay.tenant({ activate: false, seed: (_, books) => fillWithCustomers(books, 12) })
  const page = await logInto(browser, relay, tenant.token, { javaScriptEnabled: false })
  await step(page, 'What is synced')
  await page.getByLabel('Suppliers too').uncheck()
  await press(page, 'Save and go on')
  expect((await tenant.api('GET', '/settings')).body.relations.suppliers).toBe(false)
  await step(page, 'Activate')
  relay.tribe.faults.add({ name: 'slow-before', on: /^POST .*odata/, times: 12, delayMs: 500 })
  await press(page, 'Activate and begin the first sync')
  expect(await page.locator('meta[http-equiv=refresh]').getAttribute('content')).toBe('5')
  await tenant.quiet()
  await follow(page, 'Overview')
  await page.getByLabel('Sync now').selectOption('compare')
  await press(page, 'Sync')
  await tenant.quiet()
  await follow(page, 'Comparison')
  expect(await page.locator('tbody tr').first().textContent()).toBe('Customers1212120✓ The same')
  await press(page, 'Log out')
  expect(await title(page)).toBe('Log in')
  await page.goto(`/console/tenants/${tenant.id}`)
  await logIn(page, tenant.token)
  expect(new URL(page.url()).pathname).toBe(`/console/tenants/${tenant.id}`)
})
