import { OpenAPIHono } from '@hono/zod-openapi'
import { explain, PROBLEMS } from '../shared/problems'
import { type App, operatorOnly, tenantAdmin } from './admin-auth'
import { HttpError } from './errors'
import { inTurn } from './in-turn'
import * as z from './zod'

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

const exampleOf = (example: unknown) => (example === undefined ? {} : { example })

export const json = <T extends z.ZodType>(schema: T, description: string, example?: z.input<T>) => ({
  description,
  content: { 'application/json': { schema, ...exampleOf(example) } },
})

export const body = <T extends z.ZodType>(schema: T, example?: z.input<T>) => ({
  required: true,
  content: { 'application/json': { schema, ...exampleOf(example) } },
})

/** An answer that is an error with one of these codes; what they mean is in the catalogue of problems. */
export const failing = (...codes: string[]) => ({
  description: codes.map((code) => `\`${code}\``).join(', '),
  content: { 'application/json': { schema: ErrorAnswer, examples: Object.fromEntries(codes.map(failure)) } },
})

function failure(code: string) {
  if (!Object.hasOwn(PROBLEMS, code)) throw new Error(`${code} is not in the catalogue of problems`)
  const { cause, nextStep } = explain(code, 'en')
  return [code, { summary: `${cause} ${nextStep}`, value: { error: { code, message: cause } } }] as const
}

/** What any route may answer that wants a token. */
export const operatorErrors = {
  401: failing('request.unauthorized'),
  429: failing('request.too_many_attempts'),
  503: failing('relay.database_unavailable'),
}
export const tenantErrors = {
  400: failing('request.invalid'),
  ...operatorErrors,
  404: failing('tenant.unknown'),
}

export const inTurnErrors = {
  ...tenantErrors,
  429: failing('request.too_many', 'request.too_many_attempts'),
}

/** Who may, and under which heading it is described. A route without one of these is open to anybody. */
export const forTenant = (tag: string) => ({
  middleware: tenantAdmin,
  security: [{ tenant: [] }, { operator: [] }],
  tags: [tag],
})
/** The same for what may cost calls to both systems each time: so many a minute of a tenant, together. */
export const forTenantInTurn = (tag: string) => ({
  ...forTenant(tag),
  middleware: [tenantAdmin, inTurn],
})
export const forOperator = (tag: string) => ({
  middleware: operatorOnly,
  security: [{ operator: [] }],
  tags: [tag],
})
export const forAnybody = (tag: string) => ({ security: [], tags: [tag] })

export const TenantPath = z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) })
export const Accepted = z.object({ accepted: z.literal(true) }).openapi('Accepted')
export const ACCEPTED = { accepted: true } as const

/** The head of the description of the API. */
export const ABOUT = {
  openapi: '3.1.0',
  info: {
    title: 'Tribe ⇄ PowerOffice relay',
    version: '0.1.0',
    description:
      'Everything that an admin or the operator does. An error is always {"error":{"code","message","details"}}; its code is stable, and the catalogue of problems says what it means and what to do.',
  },
}

/**
 * What any call may answer besides what it says: no request of its form, one that is too long, a relay that is not set up, or a
 * system that is away.
 */
const ANY_ERROR = {
  ...failing(
    ...['request.invalid', 'request.not_json', 'request.too_large', 'request.https_only', 'settings.invalid'],
    ...['relay.unexpected', 'relay.database_unavailable', 'tribe.unreachable', 'poweroffice.unreachable'],
  ),
  description: 'Any other error',
}

/** The description of an API, with what any of its calls may answer. */
export function describedApi(api: OpenAPIHono<App>) {
  const described = api.getOpenAPI31Document(ABOUT)
  const { schema: _, ...media } = ANY_ERROR.content['application/json']
  const content = { 'application/json': { ...media, schema: { $ref: '#/components/schemas/Error' } } }
  for (const methods of Object.values(described.paths ?? {}))
    for (const operation of Object.values(methods as Record<string, { responses: Record<string, unknown> }>))
      operation.responses.default = { description: ANY_ERROR.description, content }
  return described
}

export function describeSecurity(registry: OpenAPIHono<App>['openAPIRegistry']): void {
  const bearer = { type: 'http', scheme: 'bearer' } as const
  registry.registerComponent('securitySchemes', 'operator', {
    ...bearer,
    description: "The operator's ADMIN_TOKEN: reaches everything.",
  })
  registry.registerComponent('securitySchemes', 'tenant', {
    ...bearer,
    description: "A tenant's own admin token: reaches that tenant, and for any other it is 404.",
  })
  registry.registerComponent('securitySchemes', 'tribe', {
    type: 'apiKey',
    in: 'header',
    name: 'X-Relay-Secret',
    description: "Registered with Tribe's webhooks; a right signature of Tribe's will do, too.",
  })
}
