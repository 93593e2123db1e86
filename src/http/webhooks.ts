import { z } from '@hono/zod-openapi'
import { HttpError, isTenantId, notFound } from './errors'
import * as examples from './examples'
import { Accepted, failing, json, routes } from './openapi'

const MOST_BYTES = 1024 * 1024

const REFUSALS: Record<string, string> = {
  'webhook.not_from_tribe': 'This delivery does not carry the secret of this tenant',
  'request.not_json': 'The body is not JSON',
}

/** Where Tribe's deliveries come in. The body is read by us, so the route is described by hand. */
export const webhooks = routes()

webhooks.openAPIRegistry.registerPath({
  method: 'post',
  path: '/tribe/{tenantId}',
  summary: 'Takes an event of Tribe; once it is answered, the event is stored',
  tags: ['Webhooks'],
  security: [{ tribe: [] }],
  request: {
    params: z.object({ tenantId: z.string() }),
    body: {
      description: 'Whatever Tribe sends, 1 MiB at most. Says at the least which record it is about',
      content: {
        'application/json': {
          schema: z.unknown(),
          example: { payload: { entityId: examples.record.tribeId } },
        },
      },
    },
  },
  responses: {
    202: json(Accepted, 'Stored', examples.accepted),
    400: failing('request.not_json'),
    401: failing('webhook.not_from_tribe'),
    404: failing('tenant.unknown'),
    413: failing('request.too_large'),
  },
})
webhooks.post('/tribe/:tenantId', async (c) => {
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

/** Reads no more than is allowed, whether or not a length was announced. */
async function bodyOf(request: Request): Promise<ArrayBuffer> {
  const tooLarge = () => new HttpError(413, 'request.too_large', 'A delivery may have 1 MiB at most')
  const announced = request.headers.get('content-length')
  if (Number(announced ?? 0) > MOST_BYTES) throw tooLarge()
  // No more comes than was announced: HTTP sees to it.
  if (announced !== null && /^\d+$/.test(announced)) return request.arrayBuffer()
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of request.body ?? []) {
    length += part.byteLength
    if (length > MOST_BYTES) throw tooLarge()
    parts.push(part)
  }
  return new Blob(parts).arrayBuffer()
}
