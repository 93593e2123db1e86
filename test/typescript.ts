/**
 * Lets plain Node run what Vitest and wrangler run: imports without an ending, folders with an `index.ts`,
 * JSON, TypeScript that is more than types, JSX, and the little that we use of `cloudflare:workers`. Use: `node --import ./test/typescript.ts file.ts`.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire, registerHooks, stripTypeScriptTypes } from 'node:module'
import { fileURLToPath } from 'node:url'

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === 'cloudflare:workers')
      return next(new URL('./platform/workers.ts', import.meta.url).href, context)
    // It is written for bundlers: its imports have no ending.
    if (
      /^itty-durable\//.test(specifier) ||
      (specifier.startsWith('.') && context.parentURL?.includes('/itty-durable/'))
    )
      return next(`${specifier}.js`, context)
    const url = specifier.startsWith('.') && context.parentURL ? found(specifier, context.parentURL) : null
    if (!url) return next(specifier, context)
    const isJson = url.endsWith('.json')
    return {
      url,
      format: isJson ? 'json' : 'module',
      importAttributes: isJson ? { type: 'json' } : {},
      shortCircuit: true,
    }
  },
  load(url, context, next) {
    if (!/\.tsx?$/.test(url) || url.includes('/node_modules/')) return next(url, context)
    if (url.endsWith('.tsx')) return { format: 'module', source: withoutJsx(url), shortCircuit: true }
    const source = stripTypeScriptTypes(readFileSync(fileURLToPath(url), 'utf8'), {
      mode: 'transform',
      sourceUrl: url,
    })
    return { format: 'module', source, shortCircuit: true }
  },
})

function found(specifier: string, from: string): string | null {
  const candidates = ['', '.ts', '.tsx', '/index.ts'].map((end) => new URL(specifier + end, from).href)
  return candidates.find((url) => /\.(tsx?|json)$/.test(url) && existsSync(fileURLToPath(url))) ?? null
}

/** Pages are written in JSX, which Node leaves alone; esbuild comes with wrangler, which bundles with it. */
function withoutJsx(url: string): string {
  const { transformSync }: typeof import('esbuild') = createRequire(import.meta.url)('esbuild')
  const options = {
    loader: 'tsx',
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    sourcemap: 'inline',
  } as const
  return transformSync(readFileSync(fileURLToPath(url), 'utf8'), options).code
}
