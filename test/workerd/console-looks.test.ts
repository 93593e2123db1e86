import { mkdirSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fillWithCustomers } from '../fakes/data/fill'
import { anOfficeAt, type Office } from '../stories/office'
import { OPERATOR, organizationOf, type Relay, type Tenant } from '../stories/relay'
import { type Browser, obstaclesOn, startBrowser } from './browser'
import { logIn, visit } from './console'
import { startInWorkerd } from './relay'

/**
 * Every page in three languages: its words, and what axe has to say of it, light and dark. With `PICTURES=1` also
 * pictures for people to look at, of each language and both themes, below `test/screenshots`.
 */

const SHOTS = 'test/screenshots'
/** Nothing reads them, and they take most of the time. */
const hasPictures = process.env.PICTURES !== undefined
/** On a machine that has other things to do. */
const LONG_MS = 300_000
const LANGUAGES = ['en', 'nl', 'nb'] as const
const THEMES = ['light', 'dark'] as const

let relay: Relay
let browser: Browser
let office: Office
let fresh: Tenant
let stopped: Tenant
let invoiceId: string
/** Whose first sync is taken back: seen and not confirmed, and carried out. */
let regretful: Tenant
let undone: Tenant
/** Outcomes of dry runs: one that is done, one that is on its way. */
let tried: string
let trying: string
/** A change of the relay's that can be taken back. */
let change: string
beforeAll(async () => {
  if (hasPictures) mkdirSync(SHOTS, { recursive: true })
  ;[relay, browser] = await Promise.all([startInWorkerd(), startBrowser()])
  office = await anOfficeAt(relay, 'draft', { seed: (_, books) => fillWithCustomers(books, 8) })
  fresh = await relay.tenant({ activate: false, seed: almostTwins })
  stopped = await relay.tenant()
  regretful = await relay.tenant({ seed: (_, books) => fillWithCustomers(books, 4) })
  undone = await relay.tenant({ seed: (_, books) => fillWithCustomers(books, 2) })
  await regrets()
  await trouble()
  await tries()
}, LONG_MS)
afterAll(async () => {
  await browser?.close()
  await relay?.close()
})

/** What a preview has to show: new ones, one to be decided, one that looks like another. */
function almostTwins(crm: Tenant['crm'], books: Tenant['books']): void {
  fillWithCustomers(books, 3)
  const twice = books.hasCustomer({ Name: 'Tvetydig AS' })
  for (const Name of ['Tvetydig', 'Tvetydig avd. Bergen'])
    crm.hasCustomer({ organization: { Name, DebtorNumber: String(twice.Number) }, silent: true })
  books.hasCustomer({ Name: 'Nesten Lik AS', OrganizationNumber: '914778271' })
  crm.hasCustomer({ organization: { Name: 'Nesten lik', VATNumber: 'NO 914 778 271 MVA' }, silent: true })
}

/** A problem in the books, a pair that came apart, a comparison, a preview, and a key that was taken back. */
async function trouble(): Promise<void> {
  const { tenant, roleId } = office
  const empty = tenant.crm.hasInvoice({ roleId, lines: [] })
  tenant.crm.sendInvoice(empty)
  tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId }))
  tenant.crm.sendInvoice(tenant.crm.hasInvoice({ roleId, currency: 'XTS' }))
  invoiceId = empty
  await tenant.quiet()
  const [gone] = tenant.crm.customers()
  tenant.crm.remove(String(gone?.ID))
  await tenant.quiet()
  await tenant.sync('compare')
  await fresh.api('POST', '/preview')
  await fresh.quiet()
  // A member that PowerOffice answers otherwise than it is read.
  const [odd] = regretful.books.customers()
  regretful.books.editCustomer(odd?.Id ?? 0, { WebsiteUrl: ['https://odd.example'] } as never)
  await regretful.poll()
  relay.powerOffice.faults.add({ name: 'unauthorized', account: stopped.books.clientKey, times: 1000 })
  stopped.crm.hasCustomer({})
  await stopped.quiet()
}

async function previewedUndo(tenant: Tenant): Promise<void> {
  const state = async () => (await tenant.api('GET', '/undo')).body.state
  await tenant.api('POST', '/undo', { what: 'first-load' })
  await relay.until(async () => (await state()) === 'previewed', 60_000)
}

/** First syncs that are taken back, one of them only as a preview; and a change whose former value is kept. */
async function regrets(): Promise<void> {
  const [touched] = regretful.crm.customers()
  regretful.crm.edit(String(organizationOf(touched).ID), { PhoneNumber: '22 33 44 55' })
  await regretful.quiet()
  await previewedUndo(regretful)
  await previewedUndo(undone)
  await undone.api('POST', '/undo/confirm')
  await relay.until(async () => (await undone.api('GET', '/undo')).body.state === 'done', 60_000)

  const { tenant } = office
  await tenant.api('PATCH', '/settings', { keepBefore: { days: 5 } })
  const contact = tenant.books.customers().at(-1)
  tenant.books.editCustomer(contact?.Id ?? 0, { PhoneNumber: '99 88 77 66' })
  await tenant.poll()
  const record = `/records?kind=customer&powerOfficeId=${contact?.Id}`
  const { timeline } = (await tenant.api('GET', record)).body
  const entry = timeline.find(({ event }: { event: string }) => event === 'updated-tribe')
  change = `/console/tenants/${tenant.id}/records/customer/poweroffice/${contact?.Id}/undo/${entry?.id}`
}

/** A dry run with something of everything, and one that nobody lets go on. */
async function tries(): Promise<void> {
  const { tenant } = office
  const contact = tenant.books.customers().at(-1)
  tenant.books.editCustomer(contact?.Id ?? 0, { PhoneNumber: '11 22 33 44' })
  const settings = { conflictPolicy: 'tribe' }
  tried = (await tenant.api('POST', '/dry-run', { settings, vat: { mappings: [] } })).body.dryRunId
  const state = async () => (await tenant.api('GET', `/dry-run/${tried}`)).body.state
  await relay.until(async () => (await state()) === 'done', 60_000)
  const begun = await stopped.api('POST', '/dry-run', { settings })
  trying = begun.body.dryRunId
}

const ROW = {
  record: 'customer',
  tribeField: 'MailingOptOut',
  powerOfficeField: 'JobStop',
  direction: 'to-tribe',
}

const PAGES: [string, () => string][] = [
  ['companies', () => '/console/tenants'],
  ['connect-tribe', () => `/console/tenants/${fresh.id}/setup/tribe`],
  ['connect-poweroffice', () => `/console/tenants/${fresh.id}/setup/poweroffice`],
  ['what-is-synced', () => `/console/tenants/${office.tenant.id}/setup/general`],
  ['ledger-account', () => `/console/tenants/${office.tenant.id}/setup/account`],
  ['units', () => `/console/tenants/${office.tenant.id}/setup/units`],
  ['vat-groups', () => `/console/tenants/${office.tenant.id}/setup/vat`],
  ['fields', () => `/console/tenants/${office.tenant.id}/setup/fields?find=job`],
  ['fields-tried', () => `/console/tenants/${office.tenant.id}/setup/fields/try?${new URLSearchParams(ROW)}`],
  ['dry-run', () => `/console/tenants/${office.tenant.id}/dry-run/${tried}`],
  ['dry-run-waiting', () => `/console/tenants/${stopped.id}/dry-run/${trying}`],
  ['dry-run-over', () => `/console/tenants/${office.tenant.id}/dry-run/none`],
  ['undo', () => `/console/tenants/${office.tenant.id}/undo`],
  ['undo-preview', () => `/console/tenants/${regretful.id}/undo`],
  ['undo-done', () => `/console/tenants/${undone.id}/undo`],
  ['undo-change', () => change],
  ['preview', () => `/console/tenants/${fresh.id}/setup/preview`],
  ['activate', () => `/console/tenants/${fresh.id}/setup/activate`],
  ['overview', () => `/console/tenants/${office.tenant.id}`],
  ['overview-stopped', () => `/console/tenants/${stopped.id}`],
  ['records', () => `/console/tenants/${office.tenant.id}/records`],
  ['record', () => `/console/tenants/${office.tenant.id}/records/invoice/tribe/${invoiceId}`],
  ['comparison', () => `/console/tenants/${office.tenant.id}/comparison`],
  ['access', () => `/console/tenants/${office.tenant.id}/manage`],
  ['events', () => `/console/tenants/${office.tenant.id}/events`],
  ['audit', () => `/console/tenants/${office.tenant.id}/audit`],
  ['audit-of-all', () => '/console/audit'],
  ['nothing', () => '/console/nowhere'],
]

/** Norwegian is looked at on a phone. */
const AT_A_DESK = hasPictures ? LANGUAGES : LANGUAGES.slice(0, 2)

test.each(AT_A_DESK)(
  'in %s each page has its words, in both themes, and keeps nobody out',
  async (language) => {
    const page = await visit(browser, relay, { locale: language, viewport: { width: 1100, height: 800 } })
    const faults: string[] = await look(page, language, 'log-in')
    await logIn(page, OPERATOR)
    for (const [name, path] of PAGES) {
      await page.goto(path())
      faults.push(...(await look(page, language, name)))
    }
    expect(faults).toEqual([])
  },
  LONG_MS,
)

test(
  'in nb each page has its words, and on a phone nothing runs off the side',
  async () => {
    const page = await visit(browser, relay, { locale: 'nb', viewport: { width: 360, height: 740 } })
    const faults = await otherWords(page, 'nb', 'log-in')
    await logIn(page, OPERATOR)
    for (const [name, path] of PAGES) {
      await page.goto(path())
      faults.push(...(await otherWords(page, 'nb', name)))
      const width = await page.evaluate('document.documentElement.scrollWidth')
      if (Number(width) > 360) faults.push(`${name}: ${width}`)
      if (name === 'overview') await picture(page, `phone-${name}`)
    }
    expect(faults).toEqual([])
  },
  LONG_MS,
)

type Language = (typeof LANGUAGES)[number]

async function otherWords(page: Page, language: Language, name: string): Promise<string[]> {
  const is = await page.locator('html').getAttribute('lang')
  return is === language ? [] : [`${name}: another language`]
}

async function picture(page: Page, name: string): Promise<void> {
  if (hasPictures) await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true })
}

/** Takes its pictures, and gives what is wrong with it. */
async function look(page: Page, language: Language, name: string): Promise<string[]> {
  const faults = await otherWords(page, language, name)
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme })
    await picture(page, `${name}-${language}-${colorScheme}`)
    // It sees structure, which no language changes, and colours, which a theme does.
    if (language !== 'en') continue
    const found = await obstaclesOn(page, colorScheme === 'dark' ? ['color-contrast'] : undefined)
    faults.push(...found.map((fault) => `${name} ${colorScheme}: ${fault}`))
  }
  return faults
}
