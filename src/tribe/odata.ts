/** The dialect of OData that Tribe speaks (API.md §2). */

/** A query string with `%20` for blanks and `%2B` for plus signs: Tribe does not decode `+` (API.md §2.4). */
export function queryString(query: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
    .join('&')
}

/** What is asked of a set: its own members, and records that come along. */
export type Asked = {
  $select: string
  $expand?: string
}

/** Names in a list, each once. */
export const listed = (names: readonly string[]): string => [...new Set(names)].join(',')

/** A record that comes along, with what is asked of it. */
export const expanding = (name: string, { $select, $expand }: Asked): string =>
  `${name}($select=${$select}${$expand ? `;$expand=${$expand}` : ''})`

/** A text in a filter: quotes are doubled (API.md §2.3). */
export const literal = (text: string): string => `'${text.replace(/'/g, "''")}'`

export const isGuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

/** There is no `in`: alternatives are chained, few enough to keep a URL short (API.md §2.3). */
export const anyOf = (path: string, ids: readonly string[]): string =>
  ids.map((id) => `${path} eq ${id}`).join(' or ')

/** What was made or changed since; `LastMutationDate` can be empty on rows that were never edited (API.md §3). */
export const changedSince = (instant: string, path = ''): string =>
  `(${path}CreationDate ge ${instant}) or (${path}LastMutationDate ge ${instant})`

/** Each of these words stands in one of these places, in whatever case (API.md §2.3). */
export const holding = (paths: readonly string[], words: readonly string[]): string =>
  words
    .map((word) => `(${paths.map((path) => `contains(${path},${literal(word)})`).join(' or ')})`)
    .join(' and ')

/** The rows that have the first of these ids that any of them has. */
export function allNamed<T extends { ImportId?: string | null | undefined }>(
  rows: readonly T[],
  importIds: readonly string[],
): T[] {
  const having = importIds.map((id) => rows.filter((one) => one.ImportId === id))
  return having.find((some) => some.length > 0) ?? []
}
