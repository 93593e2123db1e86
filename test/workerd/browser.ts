/** Headless Chromium, which comes with the tests' packages: no browser has to be installed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import packed, { inflate } from '@sparticuz/chromium'
import axe from 'axe-core'
import { chromium, type Page } from 'playwright-core'

/** Made for one page in one process; a story opens several. */
const NOT_OURS = new Set(['--single-process', '--no-zygote', '--in-process-gpu', '--disable-web-security'])

/**
 * Unpacked into a folder of its own each time, with the libraries and the font that a bare machine lacks: so it
 * is the same browser everywhere, and a run that was cut off leaves no half of one behind.
 */
export async function startBrowser() {
  const folder = mkdtempSync(join(tmpdir(), 'relay-browser-'))
  const before = process.env.TMPDIR
  process.env.TMPDIR = folder
  const bin = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '../bin')
  const unpacked = Promise.all([packed.executablePath(), inflate(join(bin, 'al2023.tar.br'))])
  const [executablePath, libraries] = await unpacked.finally(() => {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  })
  // The one that is packed looks for fonts where a function in the cloud has them.
  writeFileSync(join(folder, 'fonts', 'fonts.conf'), fontsIn(join(folder, 'fonts'), join(folder, 'cache')))
  const browser = await chromium.launch({
    executablePath,
    args: [
      ...packed.args.filter((arg) => !NOT_OURS.has(arg)),
      ...['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(libraries, 'lib'),
      FONTCONFIG_PATH: join(folder, 'fonts'),
      HOME: folder,
    },
  })
  return {
    open: browser.newContext.bind(browser),
    async close() {
      await browser.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
const fontsIn = (
  folder: string,
  cache: string,
) => `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${folder}</dir><dir>/usr/share/fonts</dir><cachedir>${cache}</cachedir></fontconfig>`

export type Browser = Awaited<ReturnType<typeof startBrowser>>

/** What would keep somebody from using the page, as axe finds it: serious and critical, a line each. */
export async function obstaclesOn(page: Page, rules?: string[]): Promise<string[]> {
  if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(axe.source)
  const { violations } = await page.evaluate(
    (runOnly) =>
      (globalThis as unknown as { axe: typeof axe }).axe.run({
        resultTypes: ['violations'],
        ...(runOnly ? { runOnly } : {}),
      }),
    rules,
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}
