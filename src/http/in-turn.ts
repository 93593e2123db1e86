import type { MiddlewareHandler } from 'hono'
import { tenantObject } from '../tenant-object'
import type { App } from './admin-auth'
import { HttpError } from './errors'

/**
 * What a person or a script asks for directly and is answered from the two systems, or from all that is kept: a tenant
 * may ask sixty times a minute, whatever it is and whoever asks for it, so that it cannot use up what all tenants share.
 */
export const inTurn: MiddlewareHandler<App> = async (c, next) => {
  const seconds = await tenantObject(c.env, c.get('tenant').id).ask()
  if (seconds !== null)
    throw new HttpError(
      429,
      'request.too_many',
      'Sixty times a minute is the most that may be asked for this company',
      { retryAfterSeconds: seconds },
      seconds,
    )
  await next()
}
