import { tenantObject } from '../tenant-object'
import { SECRET_HEADER } from '../tribe/webhook-signature'
import { isOneTooMany, tooMany } from './admin-auth'
import { atMost, MOST_BYTES } from './body'
import { HttpError, notFound } from './errors'
import * as examples from './examples'
import { answerHeaders } from './headers'
import { Accepted, failing, json, routes } from './openapi'
import { isTenantId } from './tenant-id'
import * as z from './zod'

const REFUSALS: Record<string, string> = {
  'webhook.not_from_tribe': 'This delivery does not carry the secret of this tenant',
  'request.not_json': 'The body is not JSON',
}

/** Made once: to set header upon header costs more than to take an event. */
const ACCEPTED = JSON.stringify({ accepted: true })
const ACCEPTED_HEADERS = answerHeaders({ 'content-type': 'application/json' })

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
    429: failing('request.too_many_attempts'),
    503: failing('relay.object_unavailable'),
  },
})
webhooks.post('/tribe/:tenantId', atMost(MOST_BYTES), async (c) => {
  const tenantId = c.req.param('tenantId')
  if (!(await isTenantId(c.env, tenantId))) throw notFound()
  const raw = await c.req.raw.arrayBuffer()
  // The object knows the tenant's webhook secret and keeps its own jobs, so D1 may be away.
  const taken = await take(tenantObject(c.env, tenantId), raw, c.req.raw.headers)
  if (taken.status === 202) return new Response(ACCEPTED, { status: 202, headers: ACCEPTED_HEADERS })
  if (taken.status === 404) throw notFound()
  // Right ones are taken all the same: a webhook that was set up wrongly in Tribe comes from the same addresses as ours.
  if (taken.status === 401 && (await isOneTooMany(c, ` ${tenantId}`))) throw tooMany('deliveries')
  throw new HttpError(
    taken.status,
    taken.code ?? 'request.invalid',
    REFUSALS[taken.code ?? ''] ?? 'The delivery cannot be taken',
  )
})

/** Nearly all carry our own header, and no other is sent along: they cost more than the event. Only where it is wrong, a signature has to be found. */
async function take(object: ReturnType<typeof tenantObject>, raw: ArrayBuffer, headers: Headers) {
  const ours = headers.get(SECRET_HEADER)
  const taken = ours === null ? null : await object.takeWebhook(raw, { [SECRET_HEADER.toLowerCase()]: ours })
  return taken && taken.status !== 401 ? taken : object.takeWebhook(raw, Object.fromEntries(headers))
}
