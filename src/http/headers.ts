import type { MiddlewareHandler } from 'hono'
import { type Env, isThisMachine, settingsOf } from '../env'
import { HttpError } from './errors'

const COMMON: readonly (readonly [string, string])[] = [
  ['content-security-policy', "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"],
  ['strict-transport-security', 'max-age=63072000; includeSubDomains'],
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
  ['referrer-policy', 'same-origin'],
]

/** The same for an answer that is made by itself, and kept nowhere. */
export const answerHeaders = (more: Record<string, string>): Headers =>
  new Headers([...COMMON, ['cache-control', 'no-store'], ...Object.entries(more)])

/** On each answer: nothing is guessed from its bytes, framed, or loaded along. The console and the docs say more of themselves. */
export const commonHeaders: MiddlewareHandler = async (c, next) => {
  await next()
  // To the answer as it is: `c.header` makes it anew for each.
  const { headers } = c.res
  for (const [name, value] of COMMON) if (!headers.has(name)) headers.set(name, value)
}

/** What an admin is shown is kept nowhere on the way. */
export const keptNowhere: MiddlewareHandler = async (c, next) => {
  await next()
  if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store')
}

/** A token that comes over plain http has been read on the way: off this machine it is not even looked at. */
export const httpsOnly: MiddlewareHandler<{ Bindings: Env }> = async (c, next) => {
  const { protocol, hostname } = new URL(c.req.url)
  if (protocol === 'http:' && !isThisMachine(hostname) && settingsOf(c.env).PUBLIC_URL.startsWith('https:'))
    throw new HttpError(403, 'request.https_only', 'Ask by https')
  await next()
}

/** One clear error at the first request, rather than a riddle at the hundredth. */
export const settingsChecked: MiddlewareHandler<{ Bindings: Env }> = async (c, next) => {
  settingsOf(c.env)
  await next()
}
