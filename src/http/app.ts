import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { consoleOf } from '../console/app'
import { openDatabase } from '../db/database'
import { tenantsIn } from '../db/tenants'
import { SettingsError, settingsOf } from '../env'
import { SyncError } from '../shared/errors'
import { languageFrom } from '../shared/language'
import { logFault } from '../shared/log'
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
import { HttpError } from './errors'
import { events } from './events'
import { exported } from './export'
import { fields } from './fields'
import { front } from './front'
import { commonHeaders, httpsOnly, keptNowhere } from './headers'
import { jobs } from './jobs'
import { lookups } from './lookups'
import { mcpWith } from './mcp'
import { me } from './me'
import { names } from './names'
import { ABOUT, describeSecurity } from './openapi'
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

/** The front door: believes little, does little. Here, and only here, an error becomes an answer. */
export const app = new OpenAPIHono<App>()

// First, so that no answer goes out without them.
app.use(commonHeaders)
for (const path of ['/api/*', '/oauth/*', '/webhooks/*', '/status', '/metrics', '/mcp', '/console/*'])
  app.use(path, keptNowhere)
app.use(async (c, next) => {
  settingsOf(c.env) // One clear error at the first request, rather than a riddle at the hundredth.
  await next()
})
app.use(httpsOnly)
app.use('/api/*', audit, atMost(MOST_BYTES), languageFrom({ query: 'language' }))
for (const path of ['/oauth/*', '/status', '/metrics', '/mcp']) app.use(path, audit, atMost(MOST_BYTES))
app.use('/console/*', atMost(MOST_FORM_BYTES))
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
const described = once(() => app.getOpenAPI31Document(ABOUT))
const docs = once(() => docsPage(described()))
app.get('/openapi.json', (c) => c.json(described()))
app.get('/docs', (c) => c.html(docs(), 200, DOCS_HEADERS))

app.notFound((c) => failure(c, 404, 'request.no_such_route', 'There is nothing at this address'))

/** When nobody said how long it takes. */
const COME_BACK_SECONDS = 5

app.onError(async (thrown, c) => {
  if (thrown instanceof HttpError) return refusal(c, thrown)
  if (thrown instanceof SettingsError) return failure(c, 500, 'settings.invalid', thrown.message)
  if (thrown instanceof HTTPException && thrown.status < 500)
    return failure(c, 400, 'request.invalid', thrown.message || 'The request cannot be read')
  if (thrown instanceof SyncError) {
    const isForTime = thrown.remedy === 'time'
    if (isForTime) c.header('retry-after', String(thrown.retryAfterSeconds ?? COME_BACK_SECONDS))
    return failure(c, isForTime ? 503 : 422, thrown.code, thrown.message)
  }
  if (await hasLeft(c)) return failure(c, 404, 'tenant.unknown', 'There is no such tenant')
  logFault('request', thrown, { path: new URL(c.req.url).pathname })
  return failure(c, 500, 'relay.unexpected', 'The relay met something it did not expect')
})

function refusal(c: Context<App>, { status, code, message, details, retryAfter }: HttpError) {
  if (status === 401) c.header('www-authenticate', 'Bearer realm="relay"')
  const afterSeconds = retryAfter ?? (status === 503 ? COME_BACK_SECONDS : null)
  if (afterSeconds !== null) c.header('retry-after', String(afterSeconds))
  return failure(c, status, code, message, details)
}

/** The tenant was deleted while this was under way: whatever failed of it failed because of that. */
async function hasLeft(c: Context<App>): Promise<boolean> {
  const tenant: { id: string } | undefined = c.get('tenant')
  const isThere = async (id: string) => (await tenantsIn(openDatabase(c.env.DB)).find(id)) !== null
  return tenant !== undefined && !(await isThere(tenant.id).catch(() => true))
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

function failure(
  c: Context,
  code: 400 | 401 | 404 | 409 | 413 | 422 | 500 | 503 | HttpError['status'],
  name: string,
  message: string,
  details?: unknown,
) {
  c.set('code', name)
  return c.json({ error: { code: name, message, ...(details === undefined ? {} : { details }) } }, code)
}
