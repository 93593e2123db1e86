import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { openDatabase } from '../db/database'
import { tenantsIn } from '../db/tenants'
import { SettingsError } from '../env'
import { SyncError } from '../shared/errors'
import { logFault } from '../shared/log'
import type { App } from './admin-auth'
import { HttpError } from './errors'

export const nothingHere = (c: Context<App>): Response =>
  failure(c, 404, 'request.no_such_route', 'There is nothing at this address')

/** When nobody said how long it takes. */
const COME_BACK_SECONDS = 5

/** What was thrown, as the answer that says it: here, and only here, an error becomes one. */
export async function asAnswer(thrown: Error, c: Context<App>): Promise<Response> {
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
}

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
