import { OpenAPIHono } from '@hono/zod-openapi'
import { consoleOf } from '../console/app'
import { languageFrom } from '../shared/language'
import { activation } from './activation'
import { activity } from './activity'
import type { App } from './admin-auth'
import { audit } from './audit'
import { atMost, MOST_BYTES, MOST_FORM_BYTES } from './body'
import { companies } from './companies'
import { consent } from './consent'
import { consentPowerOffice } from './consent-poweroffice'
import { DOCS_HEADERS, docsPage } from './docs'
import { dryRuns } from './dry-run'
import { events } from './events'
import { exported } from './export'
import { asAnswer, nothingHere } from './failures'
import { fields } from './fields'
import { front } from './front'
import { commonHeaders, httpsOnly, keptNowhere, settingsChecked } from './headers'
import { jobs } from './jobs'
import { lookups } from './lookups'
import { mcpWith } from './mcp'
import { me } from './me'
import { names } from './names'
import { describedApi, describeSecurity } from './openapi'
import { operator } from './operator'
import { owed } from './owed'
import { preview } from './preview'
import { records } from './records'
import { search } from './search'
import { settings } from './settings'
import { status } from './status'
import { tenants } from './tenants'
import { timeline } from './timeline'
import { trail } from './trail'
import { tryFields } from './try-fields'
import { undo } from './undo'
import { webhooks } from './webhooks'

/** The front door: believes little, does little. */
export const app = new OpenAPIHono<App>()

// First, so that no answer goes out without them.
app.use(commonHeaders)
for (const path of ['/api/*', '/oauth/*', '/webhooks/*', '/status', '/metrics', '/mcp', '/console/*'])
  app.use(path, keptNowhere)
app.use(settingsChecked, httpsOnly)
app.use('/api/*', audit, atMost(MOST_BYTES), languageFrom({ query: 'language' }))
for (const path of ['/oauth/*', '/status', '/metrics', '/mcp']) app.use(path, audit, atMost(MOST_BYTES))
app.use('/console/*', atMost(MOST_FORM_BYTES))
// Described here; `deliveries.ts` takes them.
app.route('/webhooks', webhooks)
app.route('/', front)
app.route('/', status)
app.route('/', operator)
app.route('/', tenants)
app.route('/', activation)
app.route('/', consent)
app.route('/', consentPowerOffice)
app.route('/', companies)
app.route('/', settings)
app.route('/', jobs)
app.route('/', lookups)
app.route('/', fields)
app.route('/', tryFields)
app.route('/', owed)
app.route('/', activity)
app.route('/', preview)
app.route('/', names)
app.route('/', records)
app.route('/', dryRuns)
app.route('/', undo)
app.route('/', exported)
app.route('/', me)
app.route('/', timeline)
app.route('/', trail)
app.route('/', events)
app.route('/', search)
app.route(
  '/',
  mcpWith((request, env, execution) => app.fetch(request, env, execution)),
)
app.route(
  '/console',
  consoleOf((request, env, execution) => app.fetch(request, env, execution)),
)

describeSecurity(app.openAPIRegistry)
/** The description of the API is made when it is first asked for, and once in the life of an isolate. */
const described = once(() => describedApi(app))
const docs = once(() => docsPage(described()))
app.get('/openapi.json', (c) => c.json(described()))
app.get('/docs', (c) => c.html(docs(), 200, DOCS_HEADERS))

app.notFound(nothingHere)
app.onError(asAnswer)

function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
