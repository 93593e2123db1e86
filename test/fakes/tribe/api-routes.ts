/** `/v1`: lets callers in by their token, and answers for OData, files and webhooks. */
import { type Context, Hono } from 'hono'
import type { Holder } from './auth'
import type { Core } from './core'
import { answerOData, type Caller } from './odata-routes'
import { ODataProblem } from './problem'
import type { Json } from './store'
import { isGuid } from './values'
import type { Webhooks } from './webhooks'

export interface Tenancy {
  core: Core
  webhooks: Webhooks
  /** Requests that have arrived and are not answered. */
  underWay: number
}

export type Admit = (token: string) => (Holder & { tenancy: Tenancy }) | null

const MAY_WRITE = /^(POST|PUT|PATCH|DELETE)$/

export function apiRoutes(admit: Admit): Hono {
  const app = new Hono()
  const answer =
    (work: (c: Context, caller: Caller, path: string) => Response | Promise<Response>) =>
    async (c: Context): Promise<Response> => {
      const url = new URL(c.req.url)
      const token = tokenOf(c)
      const holder = token ? admit(token) : null
      if (!holder) return problem(c, 401, 'The access token is missing, unknown or expired.')
      const { tenancy } = holder
      const { core, webhooks } = tenancy
      if (url.searchParams.has('access_token')) core.violate('access_token in the query')
      const isAllowed = holder.scope.split(' ').includes(MAY_WRITE.test(c.req.method) ? 'write' : 'read')
      if (!isAllowed) return problem(c, 403, 'The scope of the token does not allow this.')
      const caller: Caller = {
        core,
        webhooks,
        origin: { apiUrl: `${url.origin}/v1` },
        isConsent: holder.isConsent,
      }
      try {
        return await work(c, caller, url.pathname.replace(/^\/v1\/[^/]*\/?/, ''))
      } catch (error) {
        if (!(error instanceof ODataProblem)) throw error
        if (error.violation) core.violate(error.violation)
        return problem(c, error.status, error.message)
      }
    }
  app.all('/odata', answer(answerOData))
  app.all('/odata/*', answer(answerOData))
  app.get('/odata-file/*', answer(file))
  app.get('/webhooks', answer(listWebhooks))
  app.post('/webhooks', answer(createWebhook))
  app.delete('/webhooks/*', answer(deleteWebhook))
  return app
}

/** From the header, or from the query as old clients do. */
export function tokenOf(c: Context): string | null {
  const header = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1]
  return header ?? new URL(c.req.url).searchParams.get('access_token')
}

function problem(c: Context, status: ODataProblem['status'], message: string): Response {
  return c.json({ error: { code: null, message } }, status)
}

function file(c: Context, { core }: Caller, path: string): Response {
  const [set, id, property] = path.split('/')
  const row = isGuid(id) ? core.store.find(id.toLowerCase()) : null
  const found =
    row && row.type.name === set && !row.hidden ? core.store.find(row.links[property ?? ''] ?? '') : null
  if (found?.type.name !== 'File') throw new ODataProblem(404, 'There is no such file.')
  const kept = Buffer.from(String(found.fields.Data ?? ''), 'base64')
  const bytes = new Uint8Array(Math.max(kept.length, core.fileSizes.get(row?.id ?? '') ?? 0))
  bytes.set(kept)
  return c.body(bytes, 200, { 'content-type': String(found.fields.MimeType) })
}

function listWebhooks(c: Context, { core, webhooks }: Caller): Response {
  const shown = webhooks.all.map((hook) => webhooks.shown(hook))
  const { webhookListShape } = core.options
  return c.json(webhookListShape === 'array' ? shown : { [webhookListShape]: shown })
}

async function createWebhook(c: Context, { webhooks }: Caller): Promise<Response> {
  const text = await c.req.text()
  let body: Json
  try {
    body = JSON.parse(text) as Json
  } catch {
    throw new ODataProblem(400, 'The body is not JSON.', 'a webhook body that is not JSON')
  }
  return c.json(webhooks.shown(webhooks.create(body)), 201)
}

function deleteWebhook(c: Context, { webhooks }: Caller, path: string): Response {
  if (!webhooks.remove(path)) throw new ODataProblem(404, `There is no webhook ${path}.`)
  return c.body(null, 204)
}
