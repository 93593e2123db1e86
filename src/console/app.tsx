import { Hono } from 'hono'
import { csrf } from 'hono/csrf'
import { secureHeaders } from 'hono/secure-headers'
import { type Env, settingsOf } from '../env'
import { languageFrom } from '../shared/language'
import { type AskApi, apiOf, Refusal } from './api'
import { assets } from './assets'
import { failurePage } from './failure'
import { activate } from './pages/activate'
import { audit } from './pages/audit'
import { comparison } from './pages/comparison'
import { connect } from './pages/connect'
import { consents } from './pages/consents'
import { dryRun } from './pages/dry-run'
import { events } from './pages/events'
import { fields } from './pages/fields'
import { general } from './pages/general'
import { LANGUAGE_COOKIE, languages } from './pages/languages'
import { loginWith } from './pages/login'
import { manage } from './pages/manage'
import { mappings } from './pages/mappings'
import { overview } from './pages/overview'
import { preview } from './pages/preview'
import { record } from './pages/record'
import { records } from './pages/records'
import { tenants } from './pages/tenants'
import { tryRow } from './pages/try-row'
import { undo } from './pages/undo'
import { undoChange } from './pages/undo-change'
import { sessionOf } from './session'
import { type Console, viewOf } from './view'

/**
 * The console: pages for whoever would rather not call the API. It is a client of that API, and nothing more
 * than one: it reads no table and wakes no object.
 */
export function consoleOf(ask: AskApi) {
  const app = new Hono<Console>()
  app.onError(failurePage)
  app.use(HEADERS, languageFrom({ cookie: LANGUAGE_COOKIE }))
  app.use(async (c, next) => {
    const now = Date.now()
    const session = await sessionOf(c, now)
    const { pathname, searchParams } = new URL(c.req.url)
    // A bookmark of an older version may hold a name, which is not handed on from address to address.
    searchParams.delete('q')
    const path = searchParams.size > 0 ? `${pathname}?${searchParams}` : pathname
    // A page that answers a form has no address to come back to.
    c.set('view', viewOf(c.get('language'), session, c.req.method === 'GET' ? path : '/console', now))
    await next()
    // What an admin sees is nobody else's, and a token that is shown once is not to be found again.
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store')
  })
  app.route('/', assets)
  // A form that another site has filled in is refused, whatever cookie comes along.
  app.use(csrf({ origin: (origin, c) => originsOf(c.env, c.req.url).includes(origin) }))
  app.route('/', languages)
  app.route('/', loginWith(ask))
  app.use(async (c, next) => {
    const { session, path } = c.get('view')
    if (!session) return c.redirect(`/console/login?${new URLSearchParams({ back: path })}`, 303)
    c.set('session', session)
    c.set('api', apiOf(ask, c, session.token, session.id))
    return next()
  })
  const forTenants = [
    overview,
    connect,
    general,
    mappings,
    fields,
    tryRow,
    dryRun,
    preview,
    undo,
    activate,
    records,
    record,
    undoChange,
    comparison,
  ]
  for (const pages of [tenants, consents, audit, events, ...forTenants, manage]) app.route('/', pages)
  app.all('*', () => {
    throw new Refusal(404, 'request.no_such_route', 'There is nothing at this address', null)
  })
  return app
}

/** Nothing from elsewhere, nothing within the page itself, and no frame around it. */
const HEADERS = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
    formAction: ["'self'"],
    styleSrc: ["'self'"],
    scriptSrc: ["'self'"],
    connectSrc: ["'self'"],
    imgSrc: ['data:'],
  },
  xFrameOptions: 'DENY',
  referrerPolicy: 'same-origin',
})

const originsOf = (env: Env, url: string) =>
  [url, settingsOf(env).PUBLIC_URL].map((one) => new URL(one).origin)
