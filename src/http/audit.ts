import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { log } from '../shared/log'
import type { App } from './admin-auth'

/** Reads that take much along, or change something on the way. */
const TELLING = /\/(export|connect)$|^\/oauth\//

/**
 * One line for each change, export, consent and refusal that an admin or the operator causes: who, what, of which
 * tenant, from where, and what came of it. It holds no value of a record, and of an address only its pattern.
 */
export const audit: MiddlewareHandler<App> = async (c, next) => {
  await next()
  const { status } = c.res
  const isRefusal = [401, 403, 429].includes(status)
  if (c.req.method === 'GET' && !isRefusal && !TELLING.test(c.req.path)) return
  log('audit', {
    who: c.get('who') ?? 'nobody',
    what: `${c.req.method} ${routePath(c, -1)}`,
    tenantId: c.get('tenant')?.id ?? null,
    from: c.req.header('cf-connecting-ip') ?? null,
    status,
  })
}
