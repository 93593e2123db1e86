import type { Context, MiddlewareHandler } from 'hono'
import { openDatabase } from '../db/database'
import { type Tenant, tenantsIn } from '../db/tenants'
import { type Env, settingsOf } from '../env'
import { sameSecret, sha256 } from '../shared/secrets'
import { HttpError, notFound } from './errors'

export interface Variables {
  /** Set on routes of one tenant. */
  tenant: Tenant
}
export type App = { Bindings: Env; Variables: Variables }

/** The operator's token, and no other. */
export const operatorOnly: MiddlewareHandler<App> = async (c, next) => {
  if (!(await isOperator(c, bearerOf(c)))) throw unauthorized()
  await next()
}

/**
 * The operator's token, or that of the tenant in the path. Another tenant's id answers as if it did not
 * exist, so that tokens tell nothing of who else is here.
 */
export const tenantAdmin: MiddlewareHandler<App> = async (c, next) => {
  const token = bearerOf(c)
  const tenants = tenantsIn(openDatabase(c.env.DB))
  const operator = await isOperator(c, token)
  const own = operator ? null : await tenants.findByAdminTokenHash(await sha256(token))
  if (!operator && !own) throw unauthorized()
  const tenant = operator ? await tenants.find(c.req.param('id') ?? '') : own
  if (!tenant || tenant.id !== c.req.param('id')) throw notFound()
  c.set('tenant', tenant)
  await next()
}

function bearerOf(c: Context<App>): string {
  const [scheme, token] = (c.req.header('authorization') ?? '').split(' ')
  if (scheme?.toLowerCase() !== 'bearer' || !token) throw unauthorized()
  return token
}

async function isOperator(c: Context<App>, token: string): Promise<boolean> {
  // Hashes have one length whatever the tokens', so that comparing tells nothing of it.
  return sameSecret(await sha256(token), await sha256(settingsOf(c.env).ADMIN_TOKEN))
}

const unauthorized = () =>
  new HttpError(401, 'request.unauthorized', 'This needs an admin token: Authorization: Bearer …')
