import { createRoute } from '@hono/zod-openapi'
import { openDatabase } from '../db/database'
import { endedSessionsIn } from '../db/sessions'
import type { Tenant } from '../db/tenants'
import { anyAdmin, SESSION_HEADER } from './admin-auth'
import * as examples from './examples'
import { failing, json, operatorErrors, routes } from './openapi'
import * as z from './zod'

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
me.openapi(who, (c) => c.json(whoseOf(c.get('tenant')), 200))

const whoseOf = (tenant: Tenant | undefined): Me => ({
  isOperator: tenant === undefined,
  tenantId: tenant?.id ?? null,
})

const logIn = createRoute({
  method: 'post',
  path: '/api/me/log-in',
  summary: 'The same, for whoever begins a session with it: the audit trail tells of it',
  middleware: anyAdmin,
  security: [{ tenant: [] }, { operator: [] }],
  tags: ['Tenants'],
  responses: { 200: json(Me, 'The operator’s, or a tenant’s', examples.me), ...operatorErrors },
})
me.openapi(logIn, (c) => c.json(whoseOf(c.get('tenant')), 200))

const logOut = createRoute({
  method: 'post',
  path: '/api/me/log-out',
  summary: 'Ends the session of the console that the call is made in; tokens stay as they are',
  middleware: anyAdmin,
  security: [{ tenant: [] }, { operator: [] }],
  tags: ['Tenants'],
  request: { headers: z.object({ [SESSION_HEADER]: z.uuid() }) },
  responses: { 204: { description: 'Ended' }, 400: failing('request.invalid'), ...operatorErrors },
})
me.openapi(logOut, async (c) => {
  const session = c.req.valid('header')[SESSION_HEADER]
  await endedSessionsIn(openDatabase(c.env.DB)).add(session, Date.now() + LONGEST_MS)
  return c.body(null, 204)
})

/** No session of the console lasts longer. */
const LONGEST_MS = 12 * 3_600_000
