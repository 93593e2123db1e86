import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'

const ROOT = join(import.meta.dirname, '..')

/** Not in one piece: this file is bundled, too. */
const DIRNAME = ['import', 'meta', 'dirname'].join('.')

/** A folder of our own, gone when this process ends. */
export function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'relay-tests-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

interface How {
  into?: string
  /** The folder of another version of the relay, which then is the Worker on the simulated platform, with its own tables. */
  relay?: string
}

/** Makes one file of a script of the tests and of all it uses, and gives where it is. Its errors still name the sources' lines. */
export async function bundle(entry: string, { into = ownFolder(), relay }: How = {}): Promise<string> {
  // It comes with wrangler, which bundles with it.
  const { build, stop }: typeof import('esbuild') = createRequire(join(ROOT, 'test/bundle.ts'))('esbuild')
  const outfile = join(into, `${basename(entry, '.ts')}.mjs`)
  const withOther = relay === undefined ? [] : [theWorkerOf(relay)]
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
      ...withOther,
      { name: 'dirname', setup: (given) => given.onLoad({ filter: /\/test\/.*\.ts$/ }, withDirname(relay)) },
    ],
    logLevel: 'warning',
  })
  await stop()
  return outfile
}

/** The simulated platform is where the Worker is begun: there, and nowhere else, the other one takes its place. */
const theWorkerOf = (relay: string): import('esbuild').Plugin => ({
  name: 'relay',
  setup: (given) =>
    given.onResolve({ filter: /\/src\/index$/ }, ({ importer }) =>
      importer.endsWith('/test/platform/platform.ts') ? { path: join(relay, 'src/index.ts') } : null,
    ),
})

const withDirname = (relay: string | undefined) => (given: { path: string }) => {
  const source = readFileSync(given.path, 'utf8')
  const own = dirname(given.path)
  // The platform reads migrations and crons, which are the Worker's.
  const isPlatform = relay !== undefined && own.endsWith('/test/platform')
  const folder = isPlatform ? join(relay, 'test/platform') : own
  const contents = source.replaceAll(DIRNAME, JSON.stringify(folder))
  return { contents, loader: 'ts' as const }
}

/** The sources of another version, by a tag or a commit, in a folder of their own; a folder with sources is taken as it is. */
export function relayOf(ref: string): string {
  if (existsSync(join(ref, 'src/index.ts'))) return resolve(ref)
  const folder = ownFolder()
  const archive = execFileSync('git', ['archive', ref, ...OF_THE_WORKER], { cwd: ROOT, maxBuffer: 2 ** 28 })
  execFileSync('tar', ['-x', '-C', folder], { input: archive })
  mkdirSync(join(folder, 'test/platform'), { recursive: true })
  if (librariesOf(folder) === librariesOf(ROOT))
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  else
    execFileSync('npm', ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder })
  return folder
}

const OF_THE_WORKER = ['src', 'migrations', 'wrangler.toml', 'package.json', 'package-lock.json', '.npmrc']

/** What the Worker is made with, version by version. */
const librariesOf = (folder: string): string =>
  JSON.stringify(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).dependencies)
