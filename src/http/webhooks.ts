import { Hono } from 'hono'
import type { App } from './admin-auth'
import { HttpError, isTenantId, notFound } from './errors'

const MOST_BYTES = 1024 * 1024

const REFUSALS: Record<string, string> = {
  'webhook.not_from_tribe': 'This delivery does not carry the secret of this tenant',
  'request.not_json': 'The body is not JSON',
}

export const webhooks = new Hono<App>().post('/tribe/:tenantId', async (c) => {
  const tenantId = c.req.param('tenantId')
  if (!isTenantId(tenantId)) throw notFound()
  const raw = await bodyOf(c.req.raw)
  // The object knows the tenant's webhook secret and keeps its own jobs, so D1 may be away.
  const taken = await c.env.TENANT_SYNC.getByName(tenantId).takeWebhook(
    raw,
    Object.fromEntries(c.req.raw.headers),
  )
  if (taken.status === 202) return c.json({ accepted: true }, 202)
  if (taken.status === 404) throw notFound()
  throw new HttpError(
    taken.status,
    taken.code ?? 'request.invalid',
    REFUSALS[taken.code ?? ''] ?? 'The delivery cannot be taken',
  )
})

/** Reads no more than is allowed, whatever the length that was announced. */
async function bodyOf(request: Request): Promise<ArrayBuffer> {
  const tooLarge = () => new HttpError(413, 'request.too_large', 'A delivery may have 1 MiB at most')
  if (Number(request.headers.get('content-length') ?? 0) > MOST_BYTES) throw tooLarge()
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of request.body ?? []) {
    length += part.byteLength
    if (length > MOST_BYTES) throw tooLarge()
    parts.push(part)
  }
  return new Blob(parts).arrayBuffer()
}
