import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Plugin } from 'vite'

const AS_TEXT = /^import (\w+) from '(\.[^']+)' with \{ type: 'text' \}$/gm

/** What is imported `with { type: 'text' }` is put in its place, as esbuild does for wrangler and for `bundle.ts`. */
export const textImports: Plugin = {
  name: 'text-imports',
  enforce: 'pre',
  transform: (code, id) =>
    code.replace(AS_TEXT, (_statement, name: string, path: string) => {
      const text = readFileSync(join(dirname(id), path), 'utf8')
      return `const ${name} = ${JSON.stringify(text)}`
    }),
}
