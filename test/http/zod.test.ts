import { readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { sourcesIn } from '../sources'

/**
 * When the Worker is bundled, `src/http/zod-to-extend.ts` stands for `zod` as one object. What asked that object for more
 * would get it in each test that runs from the sources, and not where it is deployed.
 */
const EXTENDS = '@hono/zod-openapi/dist/index.mjs'

test('zod as one object is asked for by one library only, and by none of our sources', async () => {
  // It comes with wrangler, which bundles with it.
  const { build }: typeof import('esbuild') = createRequire(import.meta.url)('esbuild')
  const { metafile } = await build({
    entryPoints: ['src/index.ts'],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    outfile: 'index.js',
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    external: ['cloudflare:*'],
  })
  const asking = Object.entries(metafile.inputs).filter(([, { imports }]) =>
    imports.some(({ original }) => original === 'zod'),
  )
  expect(asking.map(([path]) => path.replace(/^.*node_modules\//, ''))).toEqual([EXTENDS])

  const given = [...sourcesIn('src')].filter(([, text]) =>
    /\bz\b[^}]*\} from '@hono\/zod-openapi'/.test(text),
  )
  expect(given.map(([path]) => path)).toEqual([])
})

test('that library wants nothing of it but the class that it extends', () => {
  const uses = (code: string, name: string) => [
    ...new Set(code.match(new RegExp(`\\b${name}\\.\\w+|\\w*\\(${name}\\)`, 'g'))),
  ]
  const library = realpathSync('node_modules/@hono/zod-openapi/dist/index.mjs')
  expect(uses(readFileSync(library, 'utf8'), 'z')).toEqual(['extendZodWithOpenApi(z)'])
  const extending = createRequire(library)
    .resolve('@asteasolutions/zod-to-openapi')
    .replace(/\.[cm]?js$/, '.mjs')
  expect(uses(readFileSync(extending, 'utf8'), 'zod')).toEqual(['extendZodWithOpenApi(zod)', 'zod.ZodType'])
})
