import { mkdirSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { fillWithCustomers } from '../fakes/data/fill'
import type { PowerOfficeClientBooks } from '../fakes/poweroffice'
import type { TribeEnvironment } from '../fakes/tribe'
import { type Browser, obstaclesOn, startBrowser } from './browser'
import { OPERATOR, type Relay, startRelay } from './relay'

/** The console, in a browser: what an admin and the operator see and do there. */

const SHOTS = 'test/screenshots'

let relay: Relay
let browser: Browser
beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true })
  ;[relay, browser] = await Promise.all([
    startRelay({
      secrets: { TRIBE_CLIENT_ID: 'marketplace-1', TRIBE_CLIENT_SECRET: 'marketplace-secret-1' },
    }),
    startBrowser(),
  ])
  relay.tribe.addApplication(`${relay.url}/oauth/tribe/callback`)
})
afterEach(() => expect(relay.violations()).toEqual([]))
afterAll(async () => {
  await browser.close()
  await relay.close()
})

async function logIn(token: string, options: Parameters<Browser['open']>[0] = {}): Promise<Page> {
  const context = await browser.open({ baseURL: relay.url, locale: 'en-GB', ...options })
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  await page.goto('/console')
  await page.locator('#token').fill(token)
  await page.locator('main button').click()
  return page
}

test('try', async () => {
  const crm: TribeEnvironment = relay.tribe.addEnvironment({ name: 'Fjordlys AS' })
  const books: PowerOfficeClientBooks = relay.powerOffice.addClient({ name: 'Fjordlys AS' })
  fillWithCustomers(books, 120)
  crm.hasProduct({ Name: 'Konsulenttime' })
  const page = await logIn(OPERATOR)
  const shot = async (name: string) => {
    await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true })
    console.log(name, page.url(), await obstaclesOn(page))
  }
  await shot('tenants')
  await page.getByLabel('Name of the company').fill('Fjordlys AS')
  await page.getByRole('button', { name: 'Add' }).click()
  await shot('token')
  await page.getByRole('link', { name: 'I have kept it' }).click()
  await shot('tribe')
  await page.getByLabel('Client id').fill(crm.clientId)
  await page.getByLabel('Client secret').fill(crm.clientSecret)
  await page.getByRole('button', { name: 'Connect Tribe' }).click()
  await shot('poweroffice')
  await page.getByLabel('Client key').fill(books.clientKey)
  await page.getByRole('button', { name: 'Connect PowerOffice' }).click()
  await shot('general')
  await page.getByRole('button', { name: 'Save' }).click()
  await shot('account')
  await page.getByLabel('Ledger account').selectOption('3000')
  await page.getByRole('button', { name: 'Save' }).click()
  await shot('units')
  await page.getByRole('button', { name: 'Confirm' }).click()
  await shot('vat')
  await page.getByRole('button', { name: 'Confirm' }).click()
  await shot('preview0')
  await page.getByRole('button', { name: 'Work out' }).click()
  await page.getByRole('link', { name: 'Go on to activation' }).waitFor()
  await shot('preview')
  await page.getByRole('link', { name: 'Go on to activation' }).click()
  await shot('activate')
  await page.getByRole('button', { name: 'Activate' }).click()
  await shot('progress')
  await page.getByText('Everything is in step').waitFor()
  await shot('overview')
})
