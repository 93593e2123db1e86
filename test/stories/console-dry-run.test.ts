import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { browserOf } from './browsing'
import { organizationOf, type Relay, startRelay, type Tenant } from './relay'
import { aShopAt, clearLogs } from './shop'

/** "What would this do?", beside each button that saves: what its page says, and where it leads. */

let relay: Relay
beforeAll(async () => {
  relay = await startRelay()
})
afterEach(() => expect(relay.violations()).toEqual([]))
afterAll(() => relay.close())

const SILENT = { silent: true }

async function browserIn(tenant: Tenant, token = tenant.token) {
  const browser = browserOf(relay)
  await browser.logIn(token)
  const home = `/console/tenants/${tenant.id}`
  return {
    page: (path: string) => browser.open(`${home}${path}`),
    send: (path: string, form: Record<string, string> = {}) => browser.send(`${home}${path}`, form),
    open: browser.open,
    /** Tries what a form says, and gives the address of its outcome. */
    async tries(step: string, form: Record<string, string>) {
      const begun = await browser.send(`${home}/dry-run?step=${step}`, form)
      expect([begun.status, begun.to]).toEqual([
        303,
        expect.stringMatching(new RegExp(`^${home}/dry-run/[\\w-]+$`)),
      ])
      return begun.to
    },
  }
}
const said = (html: string) => html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')
const titleOf = (html: string) => /<title>([^<]*)<\/title>/.exec(html)?.[1]

/** A customer that was edited on both sides, which nobody has told the relay. */
async function aConflict() {
  const acme = await relay.tenant({
    seed: (_crm, books) => books.hasCustomer({ Name: 'Nordvik Bygg AS', PhoneNumber: '10' }),
  })
  const organizationId = String(organizationOf(acme.crm.customers()[0]).ID)
  acme.crm.edit(organizationId, { PhoneNumber: '111' }, SILENT)
  acme.books.editCustomer(acme.books.customers()[0]?.Id ?? 0, { PhoneNumber: '999' })
  return acme
}
/** The form of what is synced, as it is sent with everything on. */
const GENERAL = {
  relations: 'on',
  suppliers: 'on',
  contactPersons: 'on',
  privatePersons: 'on',
  financialFields: 'on',
  products: 'on',
  invoices: 'on',
  payments: 'on',
  mode: 'draft',
  papersShown: 'on',
  pdfToTribe: 'on',
  keepBeforeDays: '0',
}

test('beside each button that saves settings, mappings or fields stands what it would do; before the first sync the preview is for that', async () => {
  const acme = await relay.tenant()
  const fresh = await relay.tenant({ activate: false })
  for (const step of ['general', 'account', 'units', 'vat', 'fields']) {
    const { text } = await (await browserIn(acme)).page(`/setup/${step}`)
    const isThere = text.includes(`formaction="/console/tenants/${acme.id}/dry-run?step=${step}"`)
    // No product uses a unit yet: its table is folded, and has the button all the same.
    expect([step, isThere]).toEqual([step, true])
    expect((await (await browserIn(fresh)).page(`/setup/${step}`)).text).not.toContain('/dry-run')
  }
})

test('a change of the policy: its page waits, then tells counts, an example by name with both values, and all records as a file; nothing was written', async () => {
  const acme = await aConflict()
  const browser = await browserIn(acme)
  clearLogs(relay)
  relay.tribe.faults.add({ name: 'slow-before', delayMs: 2000, times: 30 })
  const outcome = await browser.tries('general', { ...GENERAL, conflictPolicy: 'tribe' })
  const waiting = await browser.open(outcome)
  expect(said(waiting.text)).toContain('The relay is working it out')
  expect(waiting.text).toContain('data-again')
  expect(waiting.text).toContain('http-equiv="refresh"')
  relay.tribe.faults.clear()
  await acme.quiet()

  const { text, status } = await browser.open(outcome)
  expect([status, titleOf(text)]).toEqual([200, expect.stringMatching(/^What this change would do · /)])
  expect(text).not.toContain('data-again')
  const words = said(text)
  expect(words).toContain('PowerOffice Customers telephone 1')
  expect(words).toContain('Customer Nordvik Bygg AS PowerOffice telephone 999 111')
  expect(words).toContain('Customer Nordvik Bygg AS PowerOffice changed telephone')
  const file = await browser.open(`${outcome}/list.csv`)
  expect(file.headers.get('content-type')).toContain('text/csv')
  const { Id } = acme.books.customers()[0] ?? { Id: 0 }
  expect(file.text).toBe(
    `side,action,kind,tribeId,powerOfficeId,fields\r\npowerOffice,update,customer,${acme.crm.customers()[0]?.ID},${Id},phone\r\n`,
  )
  expect([acme.tribeWrites(), acme.calls(/^(POST|PATCH|PUT|DELETE)/)]).toEqual([[], []])
})

test('what was tried is saved from there as it was tried; or its form is as it was filled in, to be changed', async () => {
  const acme = await aConflict()
  const browser = await browserIn(acme)
  const outcome = await browser.tries('general', {
    ...GENERAL,
    conflictPolicy: 'newest',
    keepBeforeDays: '12',
  })
  await acme.quiet()
  const run = outcome.split('/').at(-1)
  const back = await browser.page(`/setup/general?tried=${run}`)
  expect(back.text).toMatch(/value="newest" checked/)
  expect(back.text).toMatch(/name="keepBeforeDays"[^>]*value="12"/)
  expect((await acme.api('GET', '/settings')).body.conflictPolicy).toBe('poweroffice')
  const saved = await browser.open(outcome)
  expect(saved.text).toContain(`action="${outcome}/save"`)
  const done = await browser.send(`/dry-run/${run}/save`)
  expect([done.status, done.to]).toEqual([303, `/console/tenants/${acme.id}/setup/general?saved=true`])
  const { body } = await acme.api('GET', '/settings')
  expect([body.conflictPolicy, body.keepBefore.days]).toEqual(['newest', 12])
})

test('mappings and fields are tried by the same button; what could never be saved is told as when it is saved', async () => {
  const shop = await aShopAt(relay, {
    seed: (crm) => crm.hasProduct({ Name: 'Vare', Code: 'V', SalesPrice: 10 }),
  })
  await shop.sync('unlinked')
  shop.crm.edit(String(shop.crm.products()[0]?.ID), { SalesPrice: 20 }, SILENT)
  const browser = await browserIn(shop)
  const vat = await browser.tries('vat', {})
  await shop.quiet()
  const words = said((await browser.open(vat)).text)
  expect(words).toContain('The VAT group or VAT code has no counterpart in the other system. 1')
  expect((await shop.api('GET', '/mappings/vat')).body.mappings).not.toEqual([])

  const row = { record: 'customer', tribeField: 'Nothing', powerOfficeField: 'receivables.open' }
  const refused = await browser.send('/dry-run?step=fields', { ...row, direction: 'to-tribe' })
  expect(refused.status).toBe(422)
  expect(refused.text).toContain('field.unknown')
})

test('one that failed says so and is tried again; one that is an hour old, or another company’s, is told plainly', async () => {
  const acme = await aConflict()
  const other = await relay.tenant()
  const browser = await browserIn(acme)
  relay.tribe.faults.add({ name: 'slow-before', delayMs: 2000, times: Number.POSITIVE_INFINITY })
  const outcome = await browser.tries('general', { ...GENERAL, conflictPolicy: 'tribe' })
  for (let n = 0; n < 4; n++) {
    await relay.sleep(3000)
    await relay.restart()
  }
  relay.tribe.faults.clear()
  await relay.until(
    async () => !(await browser.open(outcome)).text.includes('The relay is working it out'),
    600_000,
    1000,
  )
  const failed = await browser.open(outcome)
  expect(said(failed.text)).toContain('It could not be worked out')
  expect(failed.text).not.toContain('/save"')
  const again = await browser.send(`/dry-run/${outcome.split('/').at(-1)}/again`)
  await acme.quiet()
  expect(said((await browser.open(again.to)).text)).toContain('Nothing has been written yet')

  const stranger = await browserIn(other)
  const path = again.to.slice(again.to.indexOf('/dry-run'))
  for (const asked of [path, `${path}/list.csv`]) {
    const { status, text } = await stranger.page(asked)
    expect([status, said(text).includes('Nordvik')]).toEqual([404, false])
  }
  await relay.sleep(3_600_000)
  const over = await browser.open(again.to)
  expect(over.status).toBe(404)
  expect(said(over.text)).toContain('There is no such dry run')
})

test('a dry run says which change it tries, and keeps no secret of it', async () => {
  const acme = await relay.tenant({ activate: false })
  const settings = {
    conflictPolicy: 'tribe',
    events: { url: 'https://hooks.example/in', secret: 'whsec_of-nobody-0123456789' },
  }
  const { body } = await acme.api('POST', '/dry-run', { settings })
  const { change } = (await acme.api('GET', `/dry-run/${body.dryRunId}`)).body
  expect(change).toEqual({
    settings: { conflictPolicy: 'tribe', events: { url: 'https://hooks.example/in' } },
  })
})
