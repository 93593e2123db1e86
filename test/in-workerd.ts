import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'

export interface Workerd {
  /** Sends a value to the Worker as JSON and gives what it answers. */
  ask(question: unknown): Promise<unknown>
  close(): Promise<void>
}

/**
 * A small Worker in the real runtime, for what Node does otherwise: constant-time comparison, the SQLite of
 * Durable Objects. `main` may import the named modules of src, which import nothing but each other.
 */
export async function startWorkerd(main: string, sources: readonly string[]): Promise<Workerd> {
  const read = (source: string) =>
    stripTypeScriptTypes(readFileSync(`${import.meta.dirname}/../src/${source}.ts`, 'utf8'))
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      modules: [
        { type: 'ESModule', path: 'main', contents: main },
        ...sources.map((source) => ({ type: 'ESModule' as const, path: source, contents: read(source) })),
      ],
      compatibilityDate: '2026-10-20',
      durableObjects: { STORE: { className: 'Store', useSQLite: true } },
    }),
  )
  await runtime.ready
  return {
    async ask(question) {
      const answer = await runtime.dispatchFetch('http://test/', {
        method: 'POST',
        body: JSON.stringify(question),
      })
      return answer.json()
    },
    close: () => runtime.dispose(),
  }
}
