/**
 * `node test/bundled.ts test/converge/converge.ts …` runs a script of the tests as one file that esbuild has made of
 * it and of all it uses: it begins in a third of a second, and one import at a time would take four. Its errors still
 * name the lines of the sources.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

/** Makes the file, and gives where it is. */
async function bundle(entry: string): Promise<string> {
  // It comes with wrangler, which bundles with it.
  const { build, stop }: typeof import('esbuild') = createRequire(import.meta.url)('esbuild')
  const folder = mkdtempSync(join(tmpdir(), 'relay-tests-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const outfile = join(folder, `${basename(entry, '.ts')}.mjs`)
  await build({
    entryPoints: [entry],
    outfile,
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    sourcemap: 'linked',
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    alias: { 'cloudflare:workers': join(ROOT, 'test/platform/workers.ts') },
    // Files are still read from beside their source.
    plugins: [
      { name: 'dirname', setup: (given) => given.onLoad({ filter: /\/test\/.*\.ts$/ }, withDirname) },
    ],
    logLevel: 'warning',
  })
  await stop()
  return outfile
}

function withDirname({ path }: { path: string }) {
  const source = readFileSync(path, 'utf8')
  const contents = source.replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
  return { contents, loader: 'ts' as const }
}

const [entry = ''] = process.argv.splice(2, 1)
process.setSourceMapsEnabled(true)
await import(pathToFileURL(await bundle(entry)).href)
