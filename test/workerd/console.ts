import type { BrowserContextOptions, Page } from 'playwright-core'
import type { Relay } from '../stories/relay'
import type { Browser } from './browser'

/** Ways into the console. */

/** A page of a new visitor, at the console's door. */
export async function visit(
  browser: Browser,
  relay: Relay,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.open({ baseURL: relay.url, locale: 'en-GB', ...options })
  context.setDefaultTimeout(8_000)
  const page = await context.newPage()
  await page.goto('/console')
  return page
}

export async function logIn(page: Page, token: string): Promise<void> {
  await page.locator('#token').fill(token)
  await page.locator('main button').click()
}

export async function logInto(
  browser: Browser,
  relay: Relay,
  token: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const page = await visit(browser, relay, options)
  await logIn(page, token)
  return page
}
