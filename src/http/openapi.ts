import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { App } from './admin-auth'
import { HttpError } from './errors'

/** What all routes have in common: how a fault is told, and how an error looks. */

export const ErrorAnswer = z
  .object({ error: z.object({ code: z.string(), message: z.string(), details: z.unknown().optional() }) })
  .openapi('Error')

/** A body or query that does not fit is 400 `request.invalid`, with the path of each fault. */
function refuse(result: { success: true } | { success: false; error: z.core.$ZodError }): void {
  if (result.success) return
  const faults = result.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }))
  throw new HttpError(400, 'request.invalid', 'The request does not have the form that is expected', {
    faults,
  })
}

export const routes = () => new OpenAPIHono<App>({ defaultHook: refuse })

export const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})

export const body = <T extends z.ZodType>(schema: T) => ({
  required: true,
  content: { 'application/json': { schema } },
})

/** The errors that any route of a tenant may answer. */
export const tenantErrors = {
  400: json(ErrorAnswer, 'The request does not have the form that is expected'),
  401: json(ErrorAnswer, 'No admin token, or not a right one'),
  404: json(ErrorAnswer, 'No such tenant'),
}

export const TenantPath = z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) })
export const Accepted = z.object({ accepted: z.literal(true) }).openapi('Accepted')
export const ACCEPTED = { accepted: true } as const
