/** How a list is read page by page, while people go on changing what is in it (API.md §2.6). */

export const PAGE_SIZE = 100
/** So often at the most, a page before is read once more: a Tribe that keeps no order would never come to an end. */
const MOST_BACK = 3

/** Where a page is. As a text, what is known of it stands behind `#`: Tribe's own links need not tell how many rows came before. */
interface Place {
  path: string
  before: number
  /** The last row of the page before, with which this one has to begin; null where nobody knows. */
  last: string | null
  timesBack: number
}

export function placeIn(from: string): Place {
  const [path = '', before = '0', last = '', timesBack = '0'] = from.split('#')
  return { path, before: Number(before), last: last || null, timesBack: Number(timesBack) }
}

const textOf = ({ path, before, last, timesBack }: Place): string =>
  `${path}#${before}#${last ?? ''}#${timesBack}`

/** A row as its id tells it; null for one that has none. */
export type Ids = readonly (string | null)[]

/**
 * Each page begins with the last row of the one before. Where that is not there, rows were deleted meanwhile, and others have
 * moved to where we have read already: gives where the page before is read once more. Null: nothing was passed over.
 */
export function pageBefore(
  { before, last, timesBack }: Place,
  ids: Ids,
  pathAt: (skip: number) => string,
): string | null {
  // The page before is empty, too: all that is left has moved to the beginning.
  const isBackTooLittle = last === null && timesBack > 0 && ids.length === 0 && before > 0
  const isShifted = last !== null && !ids.includes(last)
  if (!(isShifted || isBackTooLittle) || timesBack >= MOST_BACK) return null
  const back = isShifted ? Math.max(0, before - PAGE_SIZE) : 0
  return textOf({ path: pathAt(back), before: back, last: null, timesBack: timesBack + 1 })
}

/** Where the next page is; null once a page held nothing new, since a short one proves nothing. */
export function pageAfter(
  { before, last, timesBack }: Place,
  ids: Ids,
  { link, pathAt }: { link: string | null; pathAt: (skip: number) => string },
): string | null {
  const read = before + ids.length
  if (link !== null) return textOf({ path: link, before: read, last: null, timesBack })
  if (!ids.some((id) => id === null || id !== last)) return null
  const end = ids.at(-1) ?? null
  const next = end === null ? read : read - 1
  return textOf({ path: pathAt(next), before: next, last: end, timesBack })
}
