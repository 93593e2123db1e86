/**
 * Stands for `zod` in the bundle (`[alias]` in `wrangler.toml`): a library gets the namespace `z` handed over as a whole, so
 * a bundler would keep all of zod for it. The source imports `zod`.
 */
export * as z from './used'
