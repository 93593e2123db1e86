import { createRoute } from '@hono/zod-openapi'
import { tenantObject } from '../tenant-object'
import { HttpError } from './errors'
import * as examples from './examples'
import { failing, forTenantInTurn, inTurnErrors, json, routes, TenantPath } from './openapi'
import * as z from './zod'

/** Finding a record of which one knows a name, a number or an id. */
export const search = routes()

const Kind = z.enum(['customer', 'supplier', 'contactPerson', 'product', 'invoice'])
const SearchAnswer = z
  .object({
    records: z.array(
      z.object({
        kind: Kind,
        tribeId: z.string().nullable(),
        powerOfficeId: z.string().nullable(),
        number: z.string().nullable(),
        name: z.string().nullable(),
        state: z.enum(['linked', 'tribe-gone', 'poweroffice-gone', 'unlinked']),
      }),
    ),
    unreachable: z
      .array(z.enum(['tribe', 'poweroffice']))
      .openapi({ description: 'Systems that did not answer' }),
    hasMore: z
      .boolean()
      .openapi({ description: 'There are others: on the next page, or for a text that says more' }),
  })
  .openapi('SearchResult')
export type SearchAnswer = z.infer<typeof SearchAnswer>

const find = createRoute({
  method: 'get',
  path: '/api/tenants/{id}/records/search',
  summary: 'Finds records of a kind: by id or number among the links, else by name in both systems',
  ...forTenantInTurn('Records'),
  request: {
    params: TenantPath,
    query: z.object({
      kind: Kind,
      q: z.string().trim().min(1).max(100),
      page: z.coerce.number().int().min(1).max(100).default(1),
    }),
  },
  responses: {
    200: json(SearchAnswer, 'At most 50, what fits best first', examples.found),
    ...inTurnErrors,
    409: failing('tenant.not_ready'),
  },
})
search.openapi(find, async (c) => {
  const tenant = c.get('tenant')
  if (!tenant.sealedTribe || !tenant.sealedClientKey)
    throw new HttpError(409, 'tenant.not_ready', 'Connect Tribe and PowerOffice first')
  const { kind, q, page } = c.req.valid('query')
  return c.json(await tenantObject(c.env, tenant.id).search(kind, q, page), 200)
})
