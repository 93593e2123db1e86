import '@hono/zod-openapi'

/** zod, whose schemas `@hono/zod-openapi` has taught `.openapi()`. As names of their own, and not as one object: what nothing names is not deployed. */
export * from 'zod/v4'
