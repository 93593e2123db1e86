import { createRoute, z } from '@hono/zod-openapi'
import { anyAdmin } from './admin-auth'
import * as examples from './examples'
import { json, operatorErrors, routes } from './openapi'

/** Whose token it is: a console that is given one has to know where it may go. */
export const me = routes()

const Me = z
  .object({
    isOperator: z.boolean(),
    tenantId: z.string().nullable().openapi({ description: 'The tenant whose token it is' }),
  })
  .openapi('Me')
export type Me = z.infer<typeof Me>

const who = createRoute({
  method: 'get',
  path: '/api/me',
  summary: 'Whose token this is',
  middleware: anyAdmin,
  security: [{ tenant: [] }, { operator: [] }],
  tags: ['Tenants'],
  responses: {
    200: json(Me, 'The operator’s, or a tenant’s', examples.me),
    ...operatorErrors,
  },
})
me.openapi(who, (c) => {
  const tenant = c.get('tenant')
  return c.json({ isOperator: tenant === undefined, tenantId: tenant?.id ?? null }, 200)
})
