import { html } from 'hono/html'
import type { Child, FC, PropsWithChildren } from 'hono/jsx'
import { LANGUAGES } from '../shared/problems'
import type { ConsoleContext, View } from './view'
import { homeOf } from './view'

export type Tab = 'overview' | 'records' | 'comparison' | 'settings'
const TABS: readonly [Tab, string][] = [
  ['overview', ''],
  ['records', '/records'],
  ['comparison', '/comparison'],
  ['settings', '/setup'],
]

export interface Frame {
  title: string
  /** Whose pages these are. */
  tenant?: { id: string; name: string }
  tab?: Tab
  /** What is on the page changes by itself: without a script, the browser loads it anew. */
  isLive?: boolean
}

const NAMES = { en: 'English', nl: 'Nederlands', nb: 'Norsk' } as const

/** Draws a page. */
export function page(c: ConsoleContext, frame: Frame, content: Child, status: 200 | number = 200) {
  const view = c.get('view')
  c.status(status as 200)
  return c.html(
    html`<!doctype html>${(
      <Document view={view} frame={frame}>
        {content}
      </Document>
    )}`,
  )
}

const Document: FC<PropsWithChildren<{ view: View; frame: Frame }>> = ({ view, frame, children }) => (
  <html lang={view.language}>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="robots" content="noindex" />
      <title>
        {[frame.title, frame.tenant?.name, view.texts.product].filter((part) => part).join(' · ')}
      </title>
      <link rel="stylesheet" href="/console/style.css" />
      <link rel="icon" href="data:," />
      {frame.isLive && (
        <noscript>
          <meta http-equiv="refresh" content="5" />
        </noscript>
      )}
      <script src="/console/live.js" defer />
    </head>
    <body>
      <a class="skip" href="#content">
        {view.texts.skip}
      </a>
      <Header view={view} frame={frame} />
      <main id="content" tabindex={-1}>
        {children}
      </main>
      <Footer view={view} />
    </body>
  </html>
)

const Header: FC<{ view: View; frame: Frame }> = ({ view: { texts, session }, frame: { tenant, tab } }) => (
  <header>
    <div class="bar">
      <a class="brand" href="/console">
        <span>Tribe</span>
        <span class="arrows" aria-hidden="true">
          ⇄
        </span>
        <span>PowerOffice</span>
      </a>
      {session && (
        <form method="post" action="/console/logout">
          <button type="submit" class="link">
            {texts.login.out}
          </button>
        </form>
      )}
    </div>
    {tenant && (
      <div class="whose">
        {session?.tenantId === null && <a href="/console/tenants">← {texts.tenants.title}</a>}
        <p class="tenant">{tenant.name}</p>
        {tab && (
          <nav aria-label={texts.tabs.label}>
            <ul>
              {TABS.map(([name, path]) => (
                <li>
                  <a href={homeOf(tenant.id, path)} {...(name === tab ? { 'aria-current': 'page' } : {})}>
                    {texts.tabs[name]}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
        )}
      </div>
    )}
  </header>
)

const Footer: FC<{ view: View }> = ({ view: { texts, language, path } }) => (
  <footer>
    <form method="post" action="/console/language" aria-label={texts.language}>
      <input type="hidden" name="back" value={path} />
      {LANGUAGES.map((one) => (
        <button
          type="submit"
          class="link"
          name="language"
          value={one}
          lang={one}
          {...(one === language ? { 'aria-current': 'true' } : {})}
        >
          {NAMES[one]}
        </button>
      ))}
    </form>
  </footer>
)
