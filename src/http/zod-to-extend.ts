import { ZodType } from 'zod/v4'

/**
 * Stands for `zod` where `@hono/zod-openapi` imports it (`wrangler.toml`): it extends this class, and to hand it all of zod
 * would deploy all of it.
 */
export const z = { ZodType }
