import type { LinkKind } from '../db/links'
import { canonicalNumber } from '../shared/numbers'
import type { SyncContext } from '../sync-step'

/** A record that a system found; a name that nobody was asked for is null. */
export interface Hit {
  id: string
  number: string | null
  name: string | null
}

/** How records of a kind are looked for by the words of a text, in one list of either side. */
export interface SearchedKind {
  inCrm(ctx: SyncContext, kind: LinkKind, words: readonly string[]): Promise<Hit[]>
  /** Without a word, all of them. */
  inBooks(ctx: SyncContext, kind: LinkKind, words: readonly string[]): Promise<Hit[]>
  /** What these records are called in the CRM, one call for those of a set; null for a kind that goes by its numbers. */
  namesInCrm: ((ctx: SyncContext, links: readonly NamedLink[]) => Promise<Hit[]>) | null
}

/** A record of the CRM, and which of its types it is. */
export interface NamedLink {
  id: string
  type: string
}

export const hit = (
  id: string | number,
  number: string | number | null | undefined,
  name: string | null | undefined,
): Hit => ({
  id: String(id),
  number: number == null ? null : String(number),
  name: name ?? null,
})

/** Those that have each of these words in name or number, or have them for a number: of a list that cannot be asked for words. */
export function withWords(hits: readonly Hit[], words: readonly string[]): Hit[] {
  const wanted = words.map((word) => word.toLowerCase())
  const asNumber = canonicalNumber(words.join(' '))
  return hits.filter(({ name, number }) => {
    const all = `${name ?? ''} ${number ?? ''}`.toLowerCase()
    return wanted.every((word) => all.includes(word)) || (number !== null && number === asNumber)
  })
}
